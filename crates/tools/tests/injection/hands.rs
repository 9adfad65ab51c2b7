//! The tools of a case. Those that need a screen, a network, another program or a server are stood in for: they tell the same
//! effects as the real ones, do nothing, and what they give back is the case's carrier.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jarvis_core::ToolSpec;
use jarvis_guard::{Effect, Input, Places, Running, TaintKind, command, place};
use jarvis_tools::{About, Output, Plan, Tool, ToolError, Toolbox};
use serde_json::{Value, json};

use crate::case::Case;

/// Puts every tool of a case into the box.
pub fn fill(toolbox: &Toolbox, case: &Case, places: &Places) {
    let home = places.home().to_owned();
    let hands = Arc::new(Hands { home, focused: case.focused.clone() });
    for &(name, taint) in TOOLS {
        let says =
            if taint.is_some() || name == "system_info" || name == "media" { &case.carrier } else { "" };
        toolbox.add(Arc::new(StandIn {
            about: about(name, taint),
            hands: hands.clone(),
            says: says.into(),
            reads_only: false,
        }));
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
const TOOLS: &[(&str, Option<TaintKind>)] = &[
    ("find_files", Some(TaintKind::Names)),
    ("list_folder", Some(TaintKind::Names)),
    ("read_file", Some(TaintKind::Document)),
    ("write_file", None),
    ("make_folder", None),
    ("copy_file", None),
    ("move_file", None),
    ("rename_file", None),
    ("trash_file", None),
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
    ("open", None),
    ("set_volume", None),
    ("set_brightness", None),
    ("media", Some(TaintKind::Output)),
    ("list_processes", Some(TaintKind::Names)),
    ("end_process", Some(TaintKind::Names)),
    ("system_info", None),
    ("read_screen", Some(TaintKind::Screen)),
    ("take_screenshot", Some(TaintKind::Screen)),
    ("find_on_screen", Some(TaintKind::Screen)),
    ("run_command", Some(TaintKind::Output)),
];

fn about(name: &str, taint: Option<TaintKind>) -> About {
    let spec =
        ToolSpec { name: name.into(), description: String::new(), parameters: json!({"type": "object"}) };
    About { spec, group: "stand-in", examples: &[], taint, time_limit: Duration::from_secs(5) }
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
        let (effects, undoable) = match name.strip_prefix("mcp_").and_then(|rest| rest.split('_').next()) {
            Some(server) => {
                (vec![Effect::Foreign { server: server.into(), reads_only: self.reads_only }], false)
            }
            None => self.hands.effects(name, arguments)?,
        };
        Ok(Plan { effects, words: format!("{name} {arguments}."), undoable })
    }

    async fn run(&self, _: &Running) -> Result<Output, ToolError> {
        Ok(Output::text(self.says.clone()))
    }
}

impl Hands {
    fn effects(&self, tool: &str, arguments: &Value) -> Result<(Vec<Effect>, bool), ToolError> {
        let text = |field: &str| arguments.get(field).and_then(Value::as_str);
        let need = |field: &str| {
            let reason =
                || ToolError::BadArguments { tool: tool.into(), reason: format!("{field} is missing") };
            text(field).ok_or_else(reason)
        };
        let path = |field: &str| need(field).and_then(|said| self.path(said));
        let window = || text("window").unwrap_or(&self.focused).to_owned();
        let into = |kind| Effect::Input { window: window(), kind };
        let effect = match tool {
            "read_file" | "list_folder" => Effect::Read { path: path("path")? },
            "find_files" => Effect::Read { path: self.path(text("folder").unwrap_or("~"))? },
            "write_file" => {
                let path = path("path")?;
                let there = path.exists();
                let effect = if there { Effect::Change { path } } else { Effect::Create { path } };
                return Ok((vec![effect], true));
            }
            "make_folder" => return Ok((vec![Effect::Create { path: path("path")? }], true)),
            "trash_file" => return Ok((vec![Effect::Leave { path: path("path")? }], true)),
            "copy_file" => {
                let effects =
                    vec![Effect::Read { path: path("from")? }, Effect::Create { path: path("to")? }];
                return Ok((effects, true));
            }
            "move_file" => {
                let effects =
                    vec![Effect::Leave { path: path("from")? }, Effect::Create { path: path("to")? }];
                return Ok((effects, true));
            }
            "rename_file" => {
                let (from, name) = (path("path")?, need("name")?);
                let to = from.with_file_name(name);
                return Ok((vec![Effect::Leave { path: from }, Effect::Create { path: to }], true));
            }
            "list_windows" | "list_processes" | "system_info" => Effect::Look,
            "focus_window" => Effect::Window { title: need("title")?.into(), close: false },
            "close_window" => Effect::Window { title: need("title")?.into(), close: true },
            "type_text" if need("text")?.contains('\n') => into(Input::Submit),
            "type_text" => into(Input::Text),
            "press_keys" if need("keys")?.contains("Enter") || need("keys")?.contains("Return") => {
                into(Input::Submit)
            }
            "press_keys" => into(Input::Keys),
            "click_text" => return Ok((vec![Effect::See, into(Input::Click)], false)),
            "scroll" => into(Input::Scroll),
            "open_app" => Effect::Launch { app: need("name")?.into() },
            "quit_app" | "end_process" => Effect::End {
                process: need("name")?.into(),
                own: !["sshd", "clamd", "firewalld"].contains(&need("name")?),
                force: arguments.get("force").and_then(Value::as_bool).unwrap_or(false),
            },
            "read_clipboard" => Effect::ReadClipboard,
            "write_clipboard" => Effect::WriteClipboard,
            "open" => return Ok((self.opened(need("target")?)?, false)),
            "set_volume" | "set_brightness" | "media" => Effect::Adjust,
            "read_screen" | "find_on_screen" => Effect::See,
            "take_screenshot" => {
                let picture = self.path("~/Pictures/Screenshots/a.png")?;
                return Ok((vec![Effect::See, Effect::Create { path: picture }], false));
            }
            "run_command" => {
                let command = command::read(need("command")?);
                let folder = text("folder").map(|said| self.path(said)).transpose()?;
                if folder.as_ref().is_some_and(|folder| !folder.is_dir()) {
                    return Err(ToolError::failed("that is no folder"));
                }
                let network = arguments.get("network").and_then(Value::as_bool).unwrap_or(false);
                Effect::Run { command, folder, network }
            }
            other => return Err(ToolError::Unknown { name: other.into() }),
        };
        Ok((vec![effect], false))
    }

    fn path(&self, said: &str) -> Result<PathBuf, ToolError> {
        place::resolve(&place::named(said, &self.home)).map_err(|e| ToolError::failed(e.to_string()))
    }

    /// An address goes to its host, with more than the address where it has a query; a file is read by its program.
    fn opened(&self, target: &str) -> Result<Vec<Effect>, ToolError> {
        if let Some((_, address)) = target.split_once("mailto:") {
            let (to, data) = address.split_once('?').unwrap_or((address, ""));
            let host = to.rsplit('@').next().unwrap_or(to).to_owned();
            return Ok(vec![Effect::Send { host, data: !data.is_empty() }]);
        }
        if let Some((scheme, rest)) = target.split_once("://") {
            let host = rest.split(['/', '?', '#']).next().unwrap_or(rest).to_owned();
            let data = !["http", "https"].contains(&scheme) || rest.contains(['?', '#', '@']);
            return Ok(vec![Effect::Send { host, data }]);
        }
        let path = self.path(target)?;
        let app = if runs(&path) { "run" } else { "text" };
        Ok(vec![Effect::Read { path }, Effect::Launch { app: app.into() }])
    }
}

fn runs(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "sh" || ending == "desktop")
}
