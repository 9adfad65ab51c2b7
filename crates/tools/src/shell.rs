//! Commands and scripts, in the sandbox alone: where none can be had, these tools say so and run nothing.
//!
//! A command line is taken apart before it is judged. What runs sees an own home folder, the one folder that was named, and
//! no network unless that was granted; so nothing of it can be undone, and nothing outside of that folder needs to be.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jarvis_guard::command::{self, CommandLine};
use jarvis_guard::place::{named, resolve};
use jarvis_guard::sandbox::{Cage, Limits, Sandbox};
use jarvis_guard::{Effect, Places, Risk, Running, TaintKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::tool::{About, Output, Plan, Tool, ToolError, arguments, spec};

/// Nothing runs longer; the sandbox ends it a little earlier.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The tools that run commands.
pub fn tools(places: &Places) -> Vec<Arc<dyn Tool>> {
    let shared = Arc::new(Shared { places: places.clone(), sandbox: OnceCell::new() });
    vec![Arc::new(RunCommand::new(Arc::clone(&shared))), Arc::new(RunScript::new(shared))]
}

struct Shared {
    places: Places,
    sandbox: OnceCell<Sandbox>,
}

impl Shared {
    /// Where a folder that was named leads; it must be one.
    fn folder(&self, said: Option<&str>) -> Result<Option<PathBuf>, ToolError> {
        let Some(said) = said.filter(|said| !said.trim().is_empty()) else { return Ok(None) };
        let folder = resolve(&named(said, self.places.home()))
            .map_err(|e| ToolError::failed(format!("{said} cannot be used: {e}")))?;
        if folder.is_dir() {
            Ok(Some(folder))
        } else {
            Err(ToolError::failed(format!("{said} is no folder")))
        }
    }

    async fn run(
        &self,
        program: &[String],
        stdin: Option<Vec<u8>>,
        running: &Running,
    ) -> Result<Output, ToolError> {
        let Some(Effect::Run { folder, network, .. }) = running.act().effects.first() else {
            return Err(ToolError::failed("nothing was approved to run"));
        };
        // Only a sandbox that works is kept: it may be installed while Jarvis runs.
        let find = || async {
            tokio::task::spawn_blocking(Sandbox::find)
                .await
                .map_err(|e| ToolError::unavailable(e.to_string()))?
                .map_err(|e| ToolError::unavailable(e.to_string()))
        };
        let sandbox = self.sandbox.get_or_try_init(find).await?;
        let wall = TIME_LIMIT - Duration::from_secs(5);
        let cage = Cage {
            folder: folder.clone(),
            network: *network,
            limits: Limits { wall, ..Limits::default() },
            ..Cage::default()
        };
        let ended = sandbox
            .run(program, stdin, &cage, running.stop())
            .await
            .map_err(|e| ToolError::failed(e.to_string()))?;
        let mut text = ended.output.trim_end().to_owned();
        for said in &ended.contained {
            text += &format!("\n[{said}]");
        }
        match ended.status {
            Some(0) if text.is_empty() => text = "It ran, and printed nothing.".into(),
            Some(0) => {}
            Some(status) => text += &format!("\n[It ended with status {status}.]"),
            None => text += "\n[It was ended.]",
        }
        let output = Output { source: Some("a command's output".into()), ..Output::text(text.trim_start()) };
        if ended.status == Some(0) { Ok(output) } else { Err(ToolError::failed(output.text)) }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CommandArguments {
    /// The command line, for bash.
    command: String,
    /// The one folder of the person's that it may read and write; it starts there. Leave out when it needs none.
    folder: Option<String>,
    /// Whether it needs the network.
    #[serde(default)]
    network: bool,
}

/// `run_command`.
struct RunCommand {
    about: About,
    shared: Arc<Shared>,
}

impl RunCommand {
    fn new(shared: Arc<Shared>) -> Self {
        let about = About {
            spec: spec::<CommandArguments>(
                "run_command",
                "Runs a command line in a sandbox, without the person's files but for one folder.",
            ),
            group: "commands",
            examples: &[
                "run the command git log in my project folder",
                "count the lines of the files in my notes folder",
            ],
            taint: Some(TaintKind::Output),
            time_limit: TIME_LIMIT,
        };
        Self { about, shared }
    }
}

#[async_trait]
impl Tool for RunCommand {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let wanted: CommandArguments = arguments("run_command", given)?;
        let folder = self.shared.folder(wanted.folder.as_deref())?;
        let words = words(&format!("the command `{}`", wanted.command), folder.as_ref(), wanted.network);
        let command = command::read(&wanted.command);
        Ok(Plan {
            effects: vec![Effect::Run { command, folder, network: wanted.network }],
            words,
            undoable: false,
        })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let wanted: CommandArguments = arguments("run_command", running.arguments())?;
        let program = ["bash", "--noprofile", "--norc", "-c", &wanted.command].map(str::to_owned);
        self.shared.run(&program, None, running).await
    }
}

/// Languages that scripts are written in.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Language {
    Bash,
    Python,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ScriptArguments {
    /// What it is written in.
    language: Language,
    /// The script.
    code: String,
    /// The one folder of the person's that it may read and write; it starts there. Leave out when it needs none.
    folder: Option<String>,
    /// Whether it needs the network.
    #[serde(default)]
    network: bool,
}

/// `run_script`.
struct RunScript {
    about: About,
    shared: Arc<Shared>,
}

impl RunScript {
    fn new(shared: Arc<Shared>) -> Self {
        let about = About {
            spec: spec::<ScriptArguments>(
                "run_script",
                "Runs a script of bash or Python in a sandbox, without the person's files but for one folder.",
            ),
            group: "commands",
            examples: &["write a python script that adds up the numbers in the csv file and run it"],
            taint: Some(TaintKind::Output),
            time_limit: TIME_LIMIT,
        };
        Self { about, shared }
    }
}

#[async_trait]
impl Tool for RunScript {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let wanted: ScriptArguments = arguments("run_script", given)?;
        let folder = self.shared.folder(wanted.folder.as_deref())?;
        let command = match wanted.language {
            Language::Bash => command::read(&wanted.code),
            // What Python would do cannot be told from outside; the sandbox holds it.
            Language::Python => CommandLine {
                text: wanted.code.clone(),
                programs: vec!["python3".into()],
                risk: Risk::High,
                reasons: vec!["runs a script".into()],
                ..command::read("true")
            },
        };
        let words = words(&format!("this script: `{}`", wanted.code), folder.as_ref(), wanted.network);
        Ok(Plan {
            effects: vec![Effect::Run { command, folder, network: wanted.network }],
            words,
            undoable: false,
        })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let wanted: ScriptArguments = arguments("run_script", running.arguments())?;
        // Bash reads a script from its input line by line, and what the script runs would read on from there: what was judged as a
        // comment could be run, and what comes after `cat` not at all. Python reads all of it first.
        let (program, input) = match wanted.language {
            Language::Bash => (vec!["bash", "--noprofile", "--norc", "-c", &wanted.code], None),
            Language::Python => (vec!["python3", "-I", "-"], Some(wanted.code.clone().into_bytes())),
        };
        let program: Vec<String> = program.into_iter().map(str::to_owned).collect();
        self.shared.run(&program, input, running).await
    }
}

fn words(what: &str, folder: Option<&PathBuf>, network: bool) -> String {
    let folder = folder
        .map_or(String::new(), |folder| format!(", which may change everything in {}", folder.display()));
    let network = if network { ", with the network" } else { "" };
    format!("Run {what} in the sandbox{folder}{network}.")
}
