//! What runs, and what it takes: the processes of one program summed up, as people ask about programs.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jarvis_guard::{Running, TaintKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use sysinfo::{MINIMUM_CPU_UPDATE_INTERVAL, ProcessRefreshKind, ProcessesToUpdate, System};

use super::identity::Process;
use super::info::bytes;
use crate::desktop::{about, blocking, one_line};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// `list_processes`.
pub(super) struct ListProcesses {
    about: About,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct How {
    /// What stands first; memory if not told.
    sort: Option<Sort>,
    /// How many programs, 1 to 100; 15 if not told.
    limit: Option<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    /// The most memory first.
    #[default]
    Memory,
    /// The most work first.
    Cpu,
    /// By name.
    Name,
}

#[derive(Clone, Debug, Default)]
struct Program {
    memory: u64,
    cpu: f32,
    pids: Vec<u32>,
}

impl ListProcesses {
    pub(super) fn new() -> Self {
        let mut about = about::<How>(
            "system",
            "list_processes",
            "Lists the programs that run, with the memory and the share of the processor that all their processes take together.",
            &["What is eating my memory?", "Why is the computer so slow?", "Was läuft gerade?"],
        );
        about.taint = Some(TaintKind::Names);
        Self { about }
    }
}

#[async_trait]
impl Tool for ListProcesses {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        arguments::<How>("list_processes", given)?;
        Ok(Plan::look("List the programs that run."))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let how: How = arguments("list_processes", running.arguments())?;
        let mut programs = blocking(running, |_| measure()).await?;
        match how.sort.unwrap_or_default() {
            Sort::Memory => programs.sort_by_key(|(_, program)| std::cmp::Reverse(program.memory)),
            Sort::Cpu => programs.sort_by(|a, b| b.1.cpu.total_cmp(&a.1.cpu)),
            Sort::Name => programs.sort_by_key(|(name, _)| name.to_lowercase()),
        }
        let limit = usize::from(how.limit.unwrap_or(15).clamp(1, 100));
        let rest = programs.len().saturating_sub(limit);
        let mut lines: Vec<String> =
            programs.iter().take(limit).map(|(name, program)| line(name, program)).collect();
        if rest > 0 {
            lines.push(format!("and {rest} programs more"));
        }
        Ok(Output { source: Some("names of programs".into()), ..Output::text(lines.join("\n")) })
    }
}

fn line(name: &str, program: &Program) -> String {
    let which = match program.pids.as_slice() {
        [pid] => format!("process {pid}"),
        many => format!("{} processes", many.len()),
    };
    format!("{name}: {}, {:.0} % of one processor core ({which})", bytes(program.memory), program.cpu)
}

/// The work is that of a fifth of a second, between two looks.
fn measure() -> Result<Vec<(String, Program)>, ToolError> {
    let failed = |_| ToolError::failed("The system does not tell what runs.");
    let look = ProcessRefreshKind::nothing().with_memory().with_cpu().without_tasks();
    let mut system = System::new().map_err(failed)?;
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, look);
    std::thread::sleep(MINIMUM_CPU_UPDATE_INTERVAL);
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, look);
    let mut programs: BTreeMap<String, Program> = BTreeMap::new();
    for process in Process::all() {
        let Some(measured) = system.process(sysinfo::Pid::from_u32(process.pid)) else { continue };
        let program = programs.entry(one_line(&process.name)).or_default();
        program.memory += measured.memory();
        program.cpu += measured.cpu_usage();
        program.pids.push(process.pid);
    }
    Ok(programs.into_iter().collect())
}
