//! What people are shown of the tools and the rules, and what they can change of them.

use std::sync::Arc;

use jarvis_core::{Code, EventKind, Failure, Risk, TaintKind, ToolCall};
use jarvis_guard::{Circumstances, Decision, Policy, SHIPPED_RULES, constitution};
use jarvis_tools::{Called, Telemetry, ToolError, Turn};
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Hands;

/// One tool, as a page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ToolEntry {
    /// Its name.
    pub name: String,
    /// The group it is shown in.
    pub group: String,
    /// When to use it.
    pub description: String,
    /// Whether it is on.
    pub on: bool,
    /// What its output is made of, when that is text which nobody vouches for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taint: Option<TaintKind>,
    /// It is stopped after so many seconds.
    pub time_limit_s: u64,
    /// Requests that it serves.
    pub examples: Vec<String>,
    /// JSON Schema of its arguments.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    /// How it has fared since Jarvis started.
    pub telemetry: Telemetry,
}

/// What would be decided, and why.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explained {
    /// What is to happen.
    pub decision: Decision,
    /// How much harm it can do.
    pub risk: Risk,
    /// Which rule decides.
    pub rule: String,
    /// Which effect of the call decides.
    pub effect: String,
    /// What it would do, in plain words.
    pub words: String,
    /// Whether "undo that" takes it back.
    pub undoable: bool,
}

/// What came of a call.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ToolResult {
    /// Whether it did what it should.
    pub ok: bool,
    /// What it returned, or why not.
    pub result: String,
    /// How long it ran.
    pub took_ms: u64,
    /// Its number in the undo journal, when it can be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<u64>,
}

impl From<Called> for ToolResult {
    fn from(called: Called) -> Self {
        let took_ms = u64::try_from(called.took.as_millis()).unwrap_or(u64::MAX);
        match called.result {
            Ok(output) => Self { ok: true, result: output.text, took_ms, undo: output.undo },
            Err(error) => Self { ok: false, result: error.to_string(), took_ms, undo: None },
        }
    }
}

/// The rules in force.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rules {
    /// Their text.
    pub text: String,
    /// Whether they are the person's own, and not those that ship.
    pub own: bool,
    /// The file that the person's own are in, or would be.
    pub file: String,
    /// The constitution above them.
    pub constitution: String,
    /// Why they cannot be used, if so: then nothing acts, or the rules before hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Hands {
    /// Every tool.
    pub fn entries(&self) -> Vec<ToolEntry> {
        let entry = |about: jarvis_tools::About| ToolEntry {
            on: self.toolbox().is_on(&about.spec.name),
            telemetry: self.toolbox().telemetry(&about.spec.name),
            group: about.group.to_owned(),
            description: about.spec.description,
            taint: about.taint,
            time_limit_s: about.time_limit.as_secs(),
            examples: about.examples.iter().map(|e| (*e).to_owned()).collect(),
            parameters: about.spec.parameters,
            name: about.spec.name,
        };
        self.toolbox().list().into_iter().map(entry).collect()
    }

    /// What would be decided of the person's own wish. Runs nothing.
    pub fn explain(
        &self,
        tool: &str,
        arguments: &Value,
        circumstances: &Circumstances,
    ) -> Result<Explained, Failure> {
        let (act, verdict) = self.toolbox().explain(tool, arguments, circumstances).map_err(|e| told(&e))?;
        let jarvis_guard::Verdict { decision, risk, rule, effect } = verdict;
        Ok(Explained { decision, risk, rule, effect, words: act.words, undoable: act.undoable })
    }

    /// Calls a tool as the person's own wish, told on the bus like any other.
    pub async fn call(&self, tool: &str, arguments: Value, cancel: CancellationToken) -> ToolResult {
        let call = ToolCall { id: String::new(), name: tool.to_owned(), arguments: arguments.clone() };
        let turn = Turn::new(Arc::clone(self.toolbox()), self.approver(), Circumstances::person(), cancel);
        self.bus.publish(None, EventKind::ToolStarted { tool: tool.to_owned(), arguments });
        let called = turn.call(call, &|_| {}).await;
        let (id, words) = (called.id, called.words.clone());
        let result = ToolResult::from(called);
        self.bus.publish(
            None,
            EventKind::ToolFinished {
                tool: tool.to_owned(),
                ok: result.ok,
                result: result.result.clone(),
                call: id,
                words: Some(words).filter(|words| !words.is_empty()),
                took_ms: Some(result.took_ms),
                undo: result.undo,
            },
        );
        result
    }

    /// The rules in force.
    pub fn rules(&self) -> Rules {
        let own = std::fs::read_to_string(&self.rules_file).ok();
        let text = own.clone().unwrap_or_else(|| SHIPPED_RULES.to_owned());
        Rules {
            problem: Policy::new(&text).err().map(|e| e.to_string()),
            text,
            own: own.is_some(),
            file: self.rules_file.display().to_string(),
            constitution: constitution::text().unwrap_or_default().to_owned(),
        }
    }

    /// Takes other rules, or with none those that ship. Rules that cannot be used change nothing.
    pub fn set_rules(&self, text: Option<&str>) -> Result<(), Failure> {
        let remedy = "Correct that place; the rules before still hold.";
        let unusable = |e: &dyn std::fmt::Display| Failure::sentence(Code::BadConfig, e, remedy);
        match text {
            Some(text) => {
                Policy::new(text).map_err(|e| unusable(&e))?;
                jarvis_files::replace(&self.rules_file, text.as_bytes())
                    .map_err(|e| crate::settings::unwritable(&self.rules_file, &e))?;
            }
            None => match std::fs::remove_file(&self.rules_file) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(crate::settings::unwritable(&self.rules_file, &e));
                }
                _ => {}
            },
        }
        self.guard().reload().map_err(|problem| unusable(&problem))?;
        self.bus.publish(None, EventKind::ToolsChanged);
        Ok(())
    }
}

/// What a person is told when a tool cannot even be planned.
pub fn told(error: &ToolError) -> Failure {
    let (code, remedy) = match error {
        ToolError::Unknown { .. } => (Code::NotFound, "`jarvis tools list` names those there are."),
        ToolError::BadArguments { .. } => {
            (Code::BadRequest, "`jarvis tools list --json` shows what each tool takes.")
        }
        ToolError::Unavailable { .. } => (Code::Unavailable, "See `jarvis doctor`."),
        // Nothing is refused before it is planned, but where there are no rules.
        ToolError::Refused { .. } => (Code::BadConfig, "`jarvis guard check` says where."),
        ToolError::Stopped { .. } => (Code::Cancelled, "Ask again."),
        ToolError::Failed { .. } => (Code::BadRequest, "Look at what was asked for."),
    };
    Failure::sentence(code, error, remedy)
}
