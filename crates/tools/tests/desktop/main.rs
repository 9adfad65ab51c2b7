//! The desktop's tools on a screen, a bus and a sound card of their own, with real programs: nothing of the machine's own
//! desktop is touched.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

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
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};

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
        wait_for_window_manager(&screen);
        let desktop = on(&screen);
        let mut tools = jarvis_tools::desktop::tools(&desktop, None);
        tools.extend(jarvis_tools::open::tools(&desktop, &screen.home()));
        Self { bench: Bench::new(tools), screen, programs: Vec::new() }
    }

    /// Starts a program, and waits until a window with such a title has the focus.
    async fn start(&mut self, program: &str, arguments: &[&str], title: &str) {
        let mut command = Command::new(program);
        command.args(arguments).envs(self.screen.env()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{program} cannot be run ({error}); `make test` installs it"));
        self.programs.push(child);
        self.wait_for(|windows| windows.contains(title)).await;
        if !self.focused().await.contains(title) {
            self.bench.done("focus_window", json!({ "title": title })).await;
        }
    }

    /// Waits until the list of the windows is so. The test runner's own time limit ends a wait in vain.
    async fn wait_for(&self, is_so: impl Fn(&str) -> bool) {
        while !is_so(&self.windows().await) {}
    }

    /// A terminal; it does nothing by itself. What runs in it gives it its title: before that it may not listen yet.
    async fn terminal(&mut self, title: &str) {
        let script = format!("printf '\\033]2;{title}\\007'; exec cat");
        let line = ["-geometry", "60x15", "-e", "sh", "-c", &script];
        self.start("xterm", &line, &format!("\"{title}\"")).await;
    }

    /// An editor with a file.
    async fn editor(&mut self, name: &str) -> PathBuf {
        let file = self.screen.home().join(name);
        std::fs::write(&file, "").unwrap();
        self.start("mousepad", &[file.to_str().unwrap()], name).await;
        file
    }

    async fn windows(&self) -> String {
        self.bench.done("list_windows", Value::Null).await
    }

    async fn focused(&self) -> String {
        focused(&self.windows().await).to_owned()
    }
}

/// The line of the window that has the focus.
fn focused(windows: &str) -> &str {
    windows.lines().find(|line| line.ends_with("has the focus")).unwrap_or_default()
}

/// Whether the editor shows that its file has been changed.
fn is_changed(windows: &str) -> bool {
    windows.lines().any(|line| line.starts_with("\"*"))
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

/// A window that is there before its manager is, is not given the focus.
fn wait_for_window_manager(screen: &Screen) {
    let env = screen.env();
    let (_, display) = env.iter().find(|(name, _)| *name == "DISPLAY").unwrap();
    let (x, number) = x11rb::connect(display.to_str()).unwrap();
    let root = x.setup().roots[number].root;
    let sign = x.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK").unwrap().reply().unwrap().atom;
    // The test runner's own time limit ends a wait in vain.
    while x.get_property(false, root, sign, AtomEnum::ANY, 0, 1).unwrap().reply().unwrap().value.is_empty() {}
}

fn on(screen: &Screen) -> Desktop {
    Desktop::on(None, screen.env())
}
