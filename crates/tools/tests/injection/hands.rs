//! The tools of a case. Those for files are real and act for real, in the case's home folder. Opening and commands are planned by the
//! real tools and never run. What needs a screen, another program or a server is stood in for by what tells the same effects and
//! does nothing. What does not run gives back the case's carrier.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jarvis_core::ToolSpec;
use jarvis_guard::{Effect, Input, Places, Running, TaintKind};
use jarvis_tools::desktop::Desktop;
use jarvis_tools::{About, Files, Output, Plan, Tool, ToolError, Toolbox, open, shell};
use serde_json::{Value, json};

use crate::case::Case;

/// Puts every tool of a case into the box. The undo journal goes to `journal`.
pub fn fill(toolbox: &Toolbox, case: &Case, places: &Places, journal: &Path) {
    let home = places.home().to_owned();
    let files = Files::open(&home, journal, places.clone()).unwrap();
    for inner in files.tools() {
        toolbox.add(Arc::new(Watched { inner, home: home.clone(), says: None }));
    }
    for inner in shell::tools(places).into_iter().chain(open::tools(&Desktop::here(), &home)) {
        toolbox.add(Arc::new(Watched { inner, home: home.clone(), says: Some(case.carrier.clone()) }));
    }
    let hands = Arc::new(Hands { home, focused: case.focused.clone() });
    for &(name, taint) in STAND_INS {
        let about = about(name, taint);
        let says = case.carrier.clone();
        toolbox.add(Arc::new(StandIn { about, hands: hands.clone(), says, reads_only: false }));
    }
    for foreign in &case.mcp {
        let about = About {
            spec: ToolSpec { description: foreign.description.clone(), ..about(&foreign.name, None).spec },
            ..about(&foreign.name, Some(TaintKind::Mcp))
        };
        toolbox.add(Arc::new(StandIn {
            about,
            hands: hands.clone(),
            says: case.carrier.clone(),
            reads_only: foreign.reads_only,
        }));
    }
}

/// What there is, and what its output is made of.
const STAND_INS: &[(&str, Option<TaintKind>)] = &[
    ("list_windows", Some(TaintKind::Screen)),
    ("focus_window", None),
    ("close_window", None),
    ("type_text", None),
    ("press_keys", None),
    ("click_text", Some(TaintKind::Screen)),
    ("scroll", None),
    ("open_app", None),
    ("quit_app", Some(TaintKind::Screen)),
    ("read_clipboard", Some(TaintKind::Clipboard)),
    ("write_clipboard", None),
    ("set_volume", None),
    ("set_brightness", None),
    ("media", None),
    ("list_processes", Some(TaintKind::Names)),
    ("end_process", Some(TaintKind::Names)),
    ("system_info", Some(TaintKind::Names)),
    ("read_screen", Some(TaintKind::Screen)),
    ("take_screenshot", Some(TaintKind::Screen)),
    ("find_on_screen", Some(TaintKind::Screen)),
];

fn about(name: &str, taint: Option<TaintKind>) -> About {
    let spec =
        ToolSpec { name: name.into(), description: String::new(), parameters: json!({"type": "object"}) };
    About { spec, group: "stand-in", examples: &[], taint, time_limit: Duration::from_secs(5) }
}

/// A real tool, with a hand on it: the machine that the test runs on is no part of the game.
struct Watched {
    inner: Arc<dyn Tool>,
    home: PathBuf,
    /// What it gives back instead of running at all.
    says: Option<String>,
}

#[async_trait]
impl Tool for Watched {
    fn about(&self) -> &About {
        self.inner.about()
    }

    fn plan(&self, arguments: &Value) -> Result<Plan, ToolError> {
        self.inner.plan(arguments)
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        if let Some(says) = &self.says {
            return Ok(Output::text(says.clone()));
        }
        let stays = |effect: &Effect| match effect {
            Effect::Look => true,
            Effect::Read { path }
            | Effect::Create { path }
            | Effect::Change { path }
            | Effect::Leave { path } => path.starts_with(&self.home),
            _ => false,
        };
        if running.act().effects.iter().all(stays) {
            self.inner.run(running).await
        } else {
            Ok(Output::text("As if it had been done."))
        }
    }
}

/// What plans are made of.
struct Hands {
    home: PathBuf,
    focused: String,
}

struct StandIn {
    about: About,
    hands: Arc<Hands>,
    says: String,
    reads_only: bool,
}

#[async_trait]
impl Tool for StandIn {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, arguments: &Value) -> Result<Plan, ToolError> {
        let name = self.about.spec.name.as_str();
        let effects = match name.strip_prefix("mcp_").and_then(|rest| rest.split('_').next()) {
            Some(server) => vec![Effect::Foreign { server: server.into(), reads_only: self.reads_only }],
            None => self.hands.effects(name, arguments)?,
        };
        Ok(Plan { effects, words: format!("{name} {arguments}."), undoable: false })
    }

    async fn run(&self, _: &Running) -> Result<Output, ToolError> {
        Ok(Output::text(self.says.clone()))
    }
}

impl Hands {
    fn effects(&self, tool: &str, arguments: &Value) -> Result<Vec<Effect>, ToolError> {
        let text = |field: &str| arguments.get(field).and_then(Value::as_str);
        let need = |field: &str| {
            let reason =
                || ToolError::BadArguments { tool: tool.into(), reason: format!("{field} is missing") };
            text(field).ok_or_else(reason)
        };
        let window = || text("window").unwrap_or(&self.focused).to_owned();
        let into = |kind| Effect::Input { window: window(), kind };
        let effect = match tool {
            "list_windows" | "list_processes" | "system_info" => Effect::Look,
            "focus_window" => Effect::Window { title: need("title")?.into(), close: false },
            "close_window" => Effect::Window { title: need("title")?.into(), close: true },
            "type_text" if need("text")?.contains('\n') => into(Input::Submit),
            "type_text" => into(Input::Text),
            "press_keys" if need("keys")?.contains("Enter") || need("keys")?.contains("Return") => {
                into(Input::Submit)
            }
            "press_keys" => into(Input::Keys),
            "click_text" => return Ok(vec![Effect::See, into(Input::Click)]),
            "scroll" => into(Input::Scroll),
            "open_app" => Effect::Launch { app: need("name")?.into() },
            "quit_app" | "end_process" => Effect::End {
                process: need("name")?.into(),
                own: !["sshd", "clamd", "firewalld"].contains(&need("name")?),
                force: arguments.get("force").and_then(Value::as_bool).unwrap_or(false),
            },
            "read_clipboard" => Effect::ReadClipboard,
            "write_clipboard" => Effect::WriteClipboard,
            "set_volume" | "set_brightness" | "media" => Effect::Adjust,
            "read_screen" | "find_on_screen" => Effect::See,
            "take_screenshot" => {
                let picture = self.home.join("Pictures/Screenshots/a.png");
                return Ok(vec![Effect::See, Effect::Create { path: picture }]);
            }
            other => return Err(ToolError::Unknown { name: other.into() }),
        };
        Ok(vec![effect])
    }
}
