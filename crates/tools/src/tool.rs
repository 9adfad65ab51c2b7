//! What a tool is: it describes itself, tells what a call would do, and does it once that was approved.

use std::time::Duration;

use async_trait::async_trait;
use jarvis_core::ToolSpec;
use jarvis_guard::{Act, Effect, Running, Taint, TaintKind};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a tool gave no result. The text is for the model and the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// There is no such tool, or it is switched off.
    #[error("there is no tool called {name:?}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The arguments are not what the schema asks for.
    #[error("{tool}: {reason}")]
    BadArguments {
        /// Name of the tool.
        tool: String,
        /// What is wrong.
        reason: String,
    },
    /// The guard, or the person, said no.
    #[error("{reason}")]
    Refused {
        /// Why, one plain sentence.
        reason: String,
    },
    /// It was stopped, or took too long.
    #[error("{tool} was stopped: {reason}")]
    Stopped {
        /// Name of the tool.
        tool: String,
        /// By whom or what.
        reason: String,
    },
    /// What it needs is not there: no screen, no sandbox, no sound.
    #[error("{reason}")]
    Unavailable {
        /// What is missing, and the remedy.
        reason: String,
    },
    /// It could not be done.
    #[error("{reason}")]
    Failed {
        /// Why, one plain sentence.
        reason: String,
    },
}

impl ToolError {
    /// It could not be done.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::Failed { reason: reason.into() }
    }

    /// What it needs is not there.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into() }
    }
}

/// What a tool says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Name, description and schema, as a model is told.
    pub spec: ToolSpec,
    /// The group it is shown in: "files", "screen", "input".
    pub group: &'static str,
    /// Requests that it serves, in a person's words; by these it is chosen for a turn.
    pub examples: &'static [&'static str],
    /// What its output is made of, when that is text which nobody vouches for.
    pub taint: Option<TaintKind>,
    /// It is stopped after this.
    pub time_limit: Duration,
}

impl About {
    /// What a model has read when it is offered this: the words that a stranger's server has for its tool.
    pub fn described_by(&self) -> Option<Taint> {
        let source = || format!("the description of {}", self.spec.name);
        self.taint.filter(|kind| *kind == TaintKind::Mcp).map(|kind| Taint { kind, source: source() })
    }
}

/// What a call gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// For the model and the person: a short sentence, or the text that was asked for.
    pub text: String,
    /// Where the text is from, for people, when it is tainted: a path, a window's title.
    pub source: Option<String>,
    /// A number of the undo journal, when it can be taken back.
    pub undo: Option<u64>,
    /// A PNG of what was seen, for a model that can see.
    pub picture: Option<Vec<u8>>,
}

impl Output {
    /// A sentence.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// One thing that Jarvis can do.
#[async_trait]
pub trait Tool: Send + Sync {
    /// What it is.
    fn about(&self) -> &About;

    /// What a call would do. Changes nothing; may look (where a link leads, which window has the focus).
    fn plan(&self, arguments: &Value) -> Result<Plan, ToolError>;

    /// Does it. `running` holds the very arguments that were approved; it is finished by the caller. Dropping the future
    /// ends it, and whatever it started.
    async fn run(&self, running: &Running) -> Result<Output, ToolError>;
}

/// What a call would do: [`Act`] without the tool's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Everything it would touch.
    pub effects: Vec<Effect>,
    /// The exact effect, one plain sentence.
    pub words: String,
    /// Whether "undo that" takes it back.
    pub undoable: bool,
}

impl Plan {
    /// Something that only looks.
    pub fn look(words: impl Into<String>) -> Self {
        Self { effects: vec![Effect::Look], words: words.into(), undoable: false }
    }

    /// As the guard judges it.
    pub fn of(self, tool: &str) -> Act {
        let Self { effects, words, undoable } = self;
        Act { tool: tool.to_owned(), effects, words, undoable }
    }
}

/// Describes a tool by the type of its arguments: the schema is that type's.
pub fn spec<A: JsonSchema>(name: &str, description: &str) -> ToolSpec {
    let settings = schemars::generate::SchemaSettings::draft07().with(|s| {
        s.meta_schema = None;
        s.inline_subschemas = true;
    });
    let mut parameters = settings.into_generator().into_root_schema_for::<A>().to_value();
    if let Some(root) = parameters.as_object_mut() {
        root.remove("title");
        root.remove("description");
    }
    ToolSpec { name: name.to_owned(), description: description.to_owned(), parameters }
}

/// Reads arguments; null counts as none, because small models write it so.
pub fn arguments<A: DeserializeOwned>(tool: &str, arguments: &Value) -> Result<A, ToolError> {
    let given = match arguments {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Object(fields) => Value::Object(
            fields.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect(),
        ),
        other => other.clone(),
    };
    serde_json::from_value(given)
        .map_err(|e| ToolError::BadArguments { tool: tool.to_owned(), reason: e.to_string() })
}
