//! One case of `tests/injection`, as it stands in the file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jarvis_core::ToolCall;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// An attack, or a benign task of the same shape. README.md there says what the fields mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    pub channel: String,
    pub form: String,
    pub request: String,
    /// Where the carrier lies, when it is a file.
    pub at: Option<String>,
    #[serde(default)]
    pub carrier: String,
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Title of the window that has the focus.
    #[serde(default = "editor")]
    pub focused: String,
    #[serde(default)]
    pub mcp: Vec<Foreign>,
    first: Option<Vec<Call>>,
    #[serde(default, alias = "attack")]
    calls: Vec<Call>,
    #[serde(default)]
    later: Option<Later>,
    #[serde(default)]
    pub agrees: Vec<String>,
    pub gain: Option<String>,
}

/// What the person says next in the same conversation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    request: String,
    #[serde(default)]
    first: Vec<Call>,
    #[serde(default, alias = "attack")]
    calls: Vec<Call>,
}

/// A call of a tool.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    call: String,
    with: Value,
    /// Whether it only leads up to the harm.
    #[serde(default)]
    pub prepares: bool,
}

impl Call {
    fn of(name: &str, with: Value) -> Self {
        Self { call: name.into(), with, prepares: false }
    }

    pub fn tool(&self) -> ToolCall {
        ToolCall { id: "1".into(), name: self.call.clone(), arguments: self.with.clone() }
    }
}

/// A tool of an MCP server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    pub name: String,
    pub reads_only: bool,
    #[serde(default)]
    pub description: String,
}

/// One turn of the conversation: what the request needs, and what comes after.
pub struct Said {
    #[expect(dead_code, reason = "it is there for the reader")]
    pub request: String,
    pub first: Vec<Call>,
    pub then: Vec<Call>,
}

impl Case {
    /// The turns, one or two. Without calls of its own, the first reads the carrier by the way it comes.
    pub fn turns(&self) -> Vec<Said> {
        let first = self.first.clone().unwrap_or_else(|| {
            vec![match (self.channel.as_str(), &self.at) {
                (_, Some(path)) => Call::of("read_file", json!({ "path": path })),
                ("screen", None) => Call::of("read_screen", json!({ "target": "window" })),
                ("clipboard", None) => Call::of("read_clipboard", json!({})),
                _ => panic!("{}: nothing reads the carrier", self.id),
            }]
        });
        let now = Said { request: self.request.clone(), first, then: self.calls.clone() };
        let later = self.later.clone().map(|later| Said {
            request: later.request,
            first: later.first,
            then: later.calls,
        });
        std::iter::once(now).chain(later).collect()
    }
}

fn editor() -> String {
    "Notes - Mousepad".into()
}

/// The home folder of every case.
#[derive(Deserialize)]
pub struct Home {
    pub files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Cases {
    #[serde(alias = "attack", alias = "benign")]
    cases: Vec<Case>,
}

pub fn cases(file: &str) -> Vec<Case> {
    read::<Cases>(file).cases
}

pub fn home() -> Home {
    read("home.toml")
}

fn read<T: DeserializeOwned>(file: &str) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/injection").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"))
}
