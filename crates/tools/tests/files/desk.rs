//! A person's desk: a home folder, a guard, and the tools for files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jarvis_core::ToolCall;
use jarvis_guard::audit::AuditLog;
use jarvis_guard::{Act, Approver, Circumstances, Consent, Grants, Guard, Places, Question};
use jarvis_tools::{Called, Files, Toolbox};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Says yes, and may do something while it is asked.
#[derive(Default)]
pub struct Yes {
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Yes {
    pub fn but(meanwhile: impl FnOnce() + Send + 'static) -> Self {
        Self { meanwhile: Mutex::new(Some(Box::new(meanwhile))) }
    }
}

#[async_trait]
impl Approver for Yes {
    async fn ask(&self, _: &Question, _: &Act) -> Consent {
        if let Some(meanwhile) = self.meanwhile.lock().unwrap().take() {
            meanwhile();
        }
        Consent::Once
    }
}

pub struct Desk {
    /// Removes the home folder in the end, where it is the desk's own.
    pub folder: Option<tempfile::TempDir>,
    pub home: PathBuf,
    pub files: Arc<Files>,
    pub toolbox: Toolbox,
}

/// Where the undo journal of a home folder is.
pub fn state(home: &Path) -> PathBuf {
    home.join(".local/state/jarvis/undo")
}

impl Desk {
    /// One with the rules that ship.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        Self { folder: Some(folder), ..Self::at(&home, None) }
    }

    /// One that asks about everything.
    pub fn asking() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        fs::create_dir_all(home.join(".config")).unwrap();
        let rules = home.join(".config/rules.cedar");
        fs::write(&rules, "").unwrap();
        Self { folder: Some(folder), ..Self::at(&home, Some(rules)) }
    }

    /// One in a home folder that is there.
    pub fn at(home: &Path, rules: Option<PathBuf>) -> Self {
        let places = Places::new(home, &[state(home)]);
        let files = Files::open(home, &state(home), places.clone()).unwrap();
        let guard = Guard::new(places, rules, Grants::none(), AuditLog::in_memory().unwrap());
        assert_eq!(guard.problem(), None);
        let toolbox = Toolbox::new(Arc::new(guard));
        for tool in files.tools() {
            toolbox.add(tool);
        }
        Self { folder: None, home: home.to_owned(), files, toolbox }
    }

    /// The same, after the program has ended and was started again.
    pub fn reopened(self) -> Self {
        let Self { folder, home, files, toolbox } = self;
        drop((files, toolbox));
        Self { folder, ..Self::at(&home, None) }
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.home.join(below)
    }

    pub fn write(&self, below: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(below).parent().unwrap()).unwrap();
        fs::write(self.path(below), content).unwrap();
    }

    pub fn text(&self, below: &str) -> Option<String> {
        fs::read_to_string(self.path(below)).ok()
    }

    pub async fn call_with(&self, tool: &str, arguments: Value, approver: &dyn Approver) -> Called {
        let call = ToolCall { id: "1".into(), name: tool.into(), arguments };
        let (circumstances, cancel) = (Circumstances::person(), CancellationToken::new());
        self.toolbox.call(call, &circumstances, approver, &cancel, &|_| {}).await
    }

    /// What a call gave, or why not: the text alone.
    pub async fn call(&self, tool: &str, arguments: Value) -> Result<String, String> {
        let called = self.call_with(tool, arguments, &Yes::default()).await;
        called.result.map(|output| output.text).map_err(|error| error.to_string())
    }

    /// A call that must do what it should.
    pub async fn does(&self, tool: &str, arguments: Value) -> String {
        let told = format!("{tool} {arguments}");
        self.call(tool, arguments).await.unwrap_or_else(|error| panic!("{told}: {error}"))
    }

    /// A call that must be refused or fail, with these words in the reason.
    pub async fn fails(&self, tool: &str, arguments: Value, sign: &str) {
        let told = format!("{tool} {arguments}");
        match self.call(tool, arguments).await {
            Ok(text) => panic!("{told} was done: {text}"),
            Err(reason) => assert!(reason.contains(sign), "{told}: {reason:?} lacks {sign:?}"),
        }
    }
}

/// Everything below a folder: each path, with what a file holds and where a link leads.
pub fn tree(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, top: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(top).unwrap().to_string_lossy().into_owned();
            let kind = path.symlink_metadata().unwrap().file_type();
            if kind.is_symlink() {
                found.push(format!("{name} -> {}", fs::read_link(&path).unwrap().display()));
            } else if kind.is_dir() {
                found.push(format!("{name}/"));
                walk(&path, top, found);
            } else {
                found.push(format!("{name}: {}", String::from_utf8_lossy(&fs::read(&path).unwrap())));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
