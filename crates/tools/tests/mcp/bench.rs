//! What the tests share: the Python environment, a guard and its toolbox, a person who answers.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use jarvis_core::ToolCall;
use jarvis_guard::audit::AuditLog;
use jarvis_guard::{Act, Approver, Circumstances, Consent, Grants, Guard, Origin, Places, Question};
use jarvis_tools::{Called, Toolbox};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The folder of the scripts.
pub fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mcp")
}

/// A program of the Python environment: `JARVIS_TEST_MCP`, else the cache. It is made where it is not there, or another.
pub fn python(program: &str) -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(environment).join("bin").join(program)
}

fn environment() -> PathBuf {
    let wanted = std::fs::read_to_string(scripts().join("requirements.txt")).unwrap();
    let cache = || match std::env::var_os("XDG_CACHE_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(&std::env::var_os("HOME").expect("HOME is set")).join(".cache"),
    };
    let folder =
        std::env::var_os("JARVIS_TEST_MCP").map_or_else(|| cache().join("jarvis/mcp"), PathBuf::from);
    // Tests are processes of their own, and several may come here at once.
    std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
    let lock = std::fs::File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let note = folder.join("installed");
    if std::fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
        return folder;
    }
    eprintln!("installing what MCP is tested against into {} (once)", folder.display());
    let _ = std::fs::remove_dir_all(&folder);
    let run = |command: &mut Command, remedy: &str| {
        let ended = command.status().unwrap_or_else(|e| panic!("{command:?}: {e}. Remedy: {remedy}"));
        assert!(ended.success(), "{command:?} failed. Remedy: {remedy}");
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder), "apt-get install python3-venv");
    run(
        Command::new(folder.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--only-binary=:all:",
                "-r",
            ])
            .arg(scripts().join("requirements.txt")),
        "look at pip's message above; a network is needed once",
    );
    std::fs::write(note, wanted).unwrap();
    folder
}

/// A toolbox under a guard of its own, whose home is `home`.
pub fn toolbox(home: &Path) -> Arc<Toolbox> {
    let guard = Guard::new(Places::new(home, &[]), None, Grants::none(), AuditLog::in_memory().unwrap());
    Arc::new(Toolbox::new(Arc::new(guard)))
}

/// A person who says yes to everything, and remembers what was asked.
#[derive(Default)]
pub struct Yes(pub Mutex<Vec<Question>>);

#[async_trait]
impl Approver for Yes {
    async fn ask(&self, question: &Question, _: &Act) -> Consent {
        self.0.lock().unwrap().push(question.clone());
        Consent::Once
    }
}

/// Calls a tool on the wish of a model.
pub async fn call(toolbox: &Toolbox, approver: &dyn Approver, name: &str, arguments: Value) -> Called {
    let call = ToolCall { id: "1".into(), name: name.into(), arguments };
    let circumstances = Circumstances { origin: Origin::Model, turn: None, tainted_by: Vec::new() };
    toolbox.call(call, &circumstances, approver, &CancellationToken::new(), &|_| {}).await
}

/// What a call gave as text, be it an error.
pub fn text(called: &Called) -> String {
    match &called.result {
        Ok(output) => output.text.clone(),
        Err(error) => error.to_string(),
    }
}
