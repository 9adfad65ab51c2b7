//! The desktop's tools on a screen, a bus and a sound card of their own, with real programs: nothing of the machine's own
//! desktop is touched.

mod apps;
mod clipboard;
mod input;
mod session;
mod windows;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use async_trait::async_trait;
use jarvis_core::ToolCall;
use jarvis_guard::audit::AuditLog;
use jarvis_guard::{Act, Approver, Circumstances, Consent, Grants, Guard, Places, Question};
use jarvis_testkit::screen::Screen;
use jarvis_tools::desktop::Desktop;
use jarvis_tools::{Tool, ToolError, Toolbox};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Says yes.
struct Yes;

#[async_trait]
impl Approver for Yes {
    async fn ask(&self, _: &Question, _: &Act) -> Consent {
        Consent::Once
    }
}

/// A toolbox of these tools, under a guard of its own.
struct Bench {
    toolbox: Toolbox,
    cancel: CancellationToken,
    home: tempfile::TempDir,
}

impl Bench {
    fn new(tools: Vec<Arc<dyn Tool>>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let audit = AuditLog::in_memory().unwrap();
        let guard = Guard::new(Places::new(home.path(), &[]), None, Grants::none(), audit);
        let toolbox = Toolbox::new(Arc::new(guard));
        tools.into_iter().for_each(|tool| toolbox.add(tool));
        Self { toolbox, cancel: CancellationToken::new(), home }
    }

    async fn asked(
        &self,
        name: &str,
        arguments: Value,
        circumstances: &Circumstances,
        approver: &dyn Approver,
    ) -> Result<String, ToolError> {
        let call = ToolCall { id: "1".into(), name: name.into(), arguments };
        let called = self.toolbox.call(call, circumstances, approver, &self.cancel, &|_| ()).await;
        called.result.map(|output| output.text)
    }

    async fn call(&self, name: &str, arguments: Value) -> Result<String, ToolError> {
        self.asked(name, arguments, &Circumstances::person(), &Yes).await
    }

    async fn done(&self, name: &str, arguments: Value) -> String {
        let shown = arguments.to_string();
        self.call(name, arguments).await.unwrap_or_else(|error| panic!("{name} {shown}: {error}"))
    }
}

/// A screen with programs on it.
struct Desk {
    bench: Bench,
    screen: Screen,
    programs: Vec<Child>,
}

impl Desk {
    fn new() -> Self {
        let screen = Screen::start();
        let desktop = on(&screen);
        let mut tools = jarvis_tools::desktop::tools(&desktop, None);
        tools.extend(jarvis_tools::open::tools(&desktop, &screen.home()));
        Self { bench: Bench::new(tools), screen, programs: Vec::new() }
    }

    /// Starts a program, and waits for its window.
    fn start(&mut self, program: &str, arguments: &[&str], title: &str) {
        let mut command = Command::new(program);
        command.args(arguments).envs(self.screen.env()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{program} cannot be run ({error}); `make test` installs it"));
        self.programs.push(child);
        self.wait_for(title);
    }

    /// Waits for a window whose title fits the pattern.
    fn wait_for(&self, title: &str) {
        self.screen.xdotool(&["search", "--sync", "--onlyvisible", "--name", title]);
    }

    /// A terminal; it does nothing by itself.
    fn terminal(&mut self, title: &str) {
        let pattern = format!("^{title}$");
        self.start("xterm", &["-title", title, "-geometry", "60x15", "-e", "cat"], &pattern);
    }

    /// An editor with a file.
    fn editor(&mut self, name: &str) -> PathBuf {
        let file = self.screen.home().join(name);
        std::fs::write(&file, "").unwrap();
        self.start("mousepad", &[file.to_str().unwrap()], name);
        file
    }

    async fn windows(&self) -> String {
        self.bench.done("list_windows", Value::Null).await
    }

    async fn focused(&self) -> String {
        let windows = self.windows().await;
        windows.lines().find(|line| line.contains("has the focus")).unwrap_or_default().to_owned()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for program in &mut self.programs {
            // It may have ended by itself.
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

fn on(screen: &Screen) -> Desktop {
    Desktop::on(None, screen.env())
}
