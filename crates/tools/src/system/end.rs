//! Ending a process, or all processes of a program.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use jarvis_guard::{Effect, Running, TaintKind};
use rustix::process::Signal;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::identity::Process;
use crate::desktop::about;
use crate::desktop::planned::Planned;
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// A process that was asked to end has so long for it.
const GRACE: Duration = Duration::from_secs(5);

/// `end_process`.
pub(super) struct EndProcess {
    about: About,
    planned: Planned<Vec<Process>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Name of the program, as `list_processes` tells it; all its processes end.
    name: Option<String>,
    /// Number of one process, in place of the name.
    pid: Option<u32>,
    /// Whether it has no say in it; it can save nothing then. Only where asking has not helped.
    force: Option<bool>,
}

impl EndProcess {
    pub(super) fn new() -> Self {
        let mut about = about::<Which>(
            "system",
            "end_process",
            "Ends the processes of a program, or one process by its number.",
            &["Kill that hanging program", "End the process 4711", "Beende den Prozess"],
        );
        about.taint = Some(TaintKind::Names);
        Self { about, planned: Planned::default() }
    }

    fn find(&self, which: &Which) -> Result<Vec<Process>, ToolError> {
        let bad =
            |reason: &str| ToolError::BadArguments { tool: "end_process".into(), reason: reason.into() };
        let found: Vec<Process> = match (&which.name, which.pid) {
            (None, Some(pid)) => Process::of(pid).into_iter().collect(),
            (Some(name), None) => {
                let name = name.trim();
                Process::all().into_iter().filter(|process| process.name.eq_ignore_ascii_case(name)).collect()
            }
            _ => return Err(bad("give either name or pid")),
        };
        if found.is_empty() {
            return Err(ToolError::failed(
                "There is no such process. `list_processes` tells which there are.",
            ));
        }
        let own: Vec<Process> = found.into_iter().filter(|process| !process.is_protected()).collect();
        if own.is_empty() {
            let reason =
                "That is Jarvis itself, what Jarvis runs in, or the system's own; it is not ended.".into();
            return Err(ToolError::Refused { reason });
        }
        Ok(own)
    }
}

#[async_trait]
impl Tool for EndProcess {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let which: Which = arguments("end_process", given)?;
        let found = self.find(&which)?;
        let force = which.force.unwrap_or(false);
        let name = crate::desktop::one_line(&found[0].name);
        let numbers: Vec<String> = found.iter().map(|process| process.pid.to_string()).collect();
        let how = if force { "End at once, with nothing saved" } else { "End" };
        let words = match numbers.as_slice() {
            [one] => format!("{how}: {name} (process {one})."),
            many => format!("{how}: {name} ({} processes: {}).", many.len(), many.join(", ")),
        };
        let own = found.iter().all(Process::is_own);
        let plan = Plan { effects: vec![Effect::End { process: name, own, force }], words, undoable: false };
        Ok(self.planned.keep(given, plan, found))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let which: Which = arguments("end_process", running.arguments())?;
        let processes = self.planned.take(running)?;
        let signal = if which.force.unwrap_or(false) { Signal::KILL } else { Signal::TERM };
        end(&processes, signal).await.map(Output::text)
    }
}

/// Asks them to end, and waits until they have.
pub(crate) async fn end_politely(processes: &[Process]) -> Result<String, ToolError> {
    end(processes, Signal::TERM).await
}

async fn end(processes: &[Process], signal: Signal) -> Result<String, ToolError> {
    let mut problem = None;
    for process in processes.iter().filter(|process| process.lives()) {
        if let Err(error) = process.signal(signal) {
            problem = Some(error);
        }
    }
    let until = Instant::now() + GRACE;
    loop {
        let left = processes.iter().filter(|process| process.lives()).count();
        if left == 0 {
            return Ok("It has ended.".into());
        }
        if let Some(error) = &problem {
            return Err(ToolError::failed(format!("It could not be ended ({error}).")));
        }
        if Instant::now() > until {
            return Err(ToolError::failed("It was asked to end and still runs. It can be ended by force."));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
