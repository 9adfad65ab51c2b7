//! Every tool there is, under one guard: a call is planned, judged, approved, run, recorded and counted here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jarvis_core::ToolCall;
use jarvis_guard::audit::Ending;
use jarvis_guard::{Act, Approver, Circumstances, Guard, Refusal, Risk, Running, Taint, Verdict};
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::tool::{About, Output, Plan, Tool, ToolError};

/// How a tool has fared since the program started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Telemetry {
    /// Calls that ran.
    pub calls: u64,
    /// Of them, those that did what they should.
    pub succeeded: u64,
    /// Calls that were not allowed to run.
    pub refused: u64,
    /// Milliseconds of the latest.
    pub last_ms: u64,
    /// Milliseconds of all of them.
    pub total_ms: u64,
}

/// A call that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Called {
    /// By which the records know it; none when it never ran.
    pub id: Option<Uuid>,
    /// What it gave, or why not.
    pub result: Result<Output, ToolError>,
    /// What the turn has read by it.
    pub taint: Option<Taint>,
    /// What it was approved to do.
    pub words: String,
    /// How much harm it could have done.
    pub risk: Option<Risk>,
    /// How long it ran.
    pub took: Duration,
}

/// See the module.
pub struct Toolbox {
    guard: Arc<Guard>,
    tools: RwLock<BTreeMap<String, Arc<dyn Tool>>>,
    off: RwLock<BTreeSet<String>>,
    telemetry: Mutex<BTreeMap<String, Telemetry>>,
}

impl Toolbox {
    /// An empty one.
    pub fn new(guard: Arc<Guard>) -> Self {
        Self { guard, tools: RwLock::default(), off: RwLock::default(), telemetry: Mutex::default() }
    }

    /// The guard that all of them stand under.
    pub fn guard(&self) -> &Arc<Guard> {
        &self.guard
    }

    /// Puts a tool in; one of the same name goes.
    pub fn add(&self, tool: Arc<dyn Tool>) {
        let name = tool.about().spec.name.clone();
        self.tools.write().unwrap_or_else(PoisonError::into_inner).insert(name, tool);
    }

    /// Takes a tool out: its server is gone.
    pub fn remove(&self, name: &str) {
        self.tools.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Switches tools off, by name; all others are on.
    pub fn switch_off(&self, names: impl IntoIterator<Item = String>) {
        *self.off.write().unwrap_or_else(PoisonError::into_inner) = names.into_iter().collect();
    }

    /// Whether a tool is on.
    pub fn is_on(&self, name: &str) -> bool {
        !self.off.read().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    /// What every tool says of itself, those that are off too, by name.
    pub fn list(&self) -> Vec<About> {
        let tools = self.tools.read().unwrap_or_else(PoisonError::into_inner);
        tools.values().map(|tool| tool.about().clone()).collect()
    }

    /// How a tool has fared.
    pub fn telemetry(&self, name: &str) -> Telemetry {
        self.counts().get(name).copied().unwrap_or_default()
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, Telemetry>> {
        self.telemetry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tool(&self, name: &str) -> Result<Arc<dyn Tool>, ToolError> {
        let unknown = || ToolError::Unknown { name: name.to_owned() };
        if !self.is_on(name) {
            return Err(unknown());
        }
        let tools = self.tools.read().unwrap_or_else(PoisonError::into_inner);
        tools.get(name).cloned().ok_or_else(unknown)
    }

    /// What a call would do, and what would be decided. Runs nothing.
    pub fn explain(
        &self,
        name: &str,
        arguments: &Value,
        circumstances: &Circumstances,
    ) -> Result<(Act, Verdict), ToolError> {
        let act = self.tool(name)?.plan(arguments)?.of(name);
        let verdict = self.guard.judge(&act, arguments, circumstances).map_err(refused)?;
        Ok((act, verdict))
    }

    /// Calls a tool: judged, approved, run, recorded. `began` is told what runs, once it does.
    pub async fn call(
        &self,
        call: ToolCall,
        circumstances: &Circumstances,
        approver: &dyn Approver,
        cancel: &CancellationToken,
        began: &(dyn Fn(&Running) + Sync),
    ) -> Called {
        let name = call.name.clone();
        let mut called = Called {
            id: None,
            result: Err(ToolError::Unknown { name: name.clone() }),
            taint: None,
            words: String::new(),
            risk: None,
            took: Duration::ZERO,
        };
        let planned = match self.tool(&name) {
            Ok(tool) => {
                // Why a call cannot be planned or fails may hold a stranger's words as well.
                called.taint = tool.about().taint.map(|kind| Taint { kind, source: name.clone() });
                self.plan(&tool, &call, cancel).await.map(|plan| (tool, plan))
            }
            Err(error) => Err(error),
        };
        let (tool, plan) = match planned {
            Ok(planned) => planned,
            Err(error) => {
                self.guard.refuse_unplanned(&call, circumstances, &error.to_string());
                called.result = Err(error);
                return called;
            }
        };
        called.words = plan.words.clone();
        let admitted = self.guard.admit(call, plan.of(&name), circumstances, approver, cancel).await;
        let running = match admitted.and_then(|approved| approved.begin()) {
            Ok(running) => running,
            Err(refusal) => {
                self.counts().entry(name).or_default().refused += 1;
                called.result = Err(refused(refusal));
                return called;
            }
        };
        began(&running);
        (called.id, called.risk) = (Some(running.id()), Some(running.risk()));
        let limit = tool.about().time_limit;
        let start = Instant::now();
        let stopped = |reason: &str| stopped(&name, reason);
        let (result, ending) = tokio::select! {
            biased;
            () = running.stop().cancelled() => (Err(stopped("everything was stopped")), Ending::Stopped),
            () = cancel.cancelled() => (Err(stopped("the turn was stopped")), Ending::Stopped),
            result = tokio::time::timeout(limit, tool.run(&running)) => match result {
                Ok(Ok(output)) => (Ok(output), Ending::Done),
                Ok(Err(error)) => (Err(error), Ending::Failed),
                Err(_) => (Err(stopped(&format!("it took longer than {} s", limit.as_secs()))), Ending::TimedOut),
            },
        };
        let detail = match &result {
            // What was read is nobody's to find in a log.
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        running.finish(ending, &detail);
        called.took = start.elapsed();
        if let (Some(taint), Ok(Output { source: Some(source), .. })) = (&mut called.taint, &result) {
            taint.source.clone_from(source);
        }
        let took_ms = u64::try_from(called.took.as_millis()).unwrap_or(u64::MAX);
        let mut counts = self.counts();
        let count = counts.entry(name.clone()).or_default();
        count.calls += 1;
        count.succeeded += u64::from(result.is_ok());
        count.last_ms = took_ms;
        count.total_ms += took_ms;
        drop(counts);
        called.result = result;
        called
    }

    /// What a call would do. It looks at files and at the screen, and a disk that does not answer holds up nobody who has stopped
    /// waiting.
    async fn plan(
        &self,
        tool: &Arc<dyn Tool>,
        call: &ToolCall,
        cancel: &CancellationToken,
    ) -> Result<Plan, ToolError> {
        let (planner, arguments) = (Arc::clone(tool), call.arguments.clone());
        let (limit, stop) = (tool.about().time_limit, self.guard.stop_token());
        let planning = tokio::task::spawn_blocking(move || planner.plan(&arguments));
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(stopped(&call.name, "everything was stopped")),
            () = cancel.cancelled() => Err(stopped(&call.name, "the turn was stopped")),
            planned = tokio::time::timeout(limit, planning) => match planned {
                Ok(Ok(planned)) => planned,
                Ok(Err(broken)) => match broken.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Err(stopped(&call.name, "Jarvis is being closed")),
                },
                Err(_) => Err(stopped(&call.name, &format!("it took longer than {} s", limit.as_secs()))),
            },
        }
    }
}

fn stopped(tool: &str, reason: &str) -> ToolError {
    ToolError::Stopped { tool: tool.to_owned(), reason: reason.to_owned() }
}

fn refused(refusal: Refusal) -> ToolError {
    ToolError::Refused { reason: refusal.to_string() }
}
