//! Programs of the menus: which there are, starting one, and asking one to end.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jarvis_guard::{Effect, Running, TaintKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::entries::{self, Entry};
use super::likeness::{ENOUGH, likeness};
use super::planned::Planned;
use super::x11::Window;
use super::{Desktop, about, blocking, launch};
use crate::system::{Process, end_politely};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

pub(super) fn tools(desktop: &Desktop) -> Vec<Arc<dyn Tool>> {
    vec![Arc::new(ListApps::new(desktop)), Arc::new(OpenApp::new(desktop)), Arc::new(QuitApp::new(desktop))]
}

struct ListApps {
    about: About,
    desktop: Desktop,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// A name, or a kind of program: "browser"; all of them if not told.
    query: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Name {
    /// Name of the program as the person says it, or its kind: "Firefox", "text editor".
    name: String,
}

impl ListApps {
    fn new(desktop: &Desktop) -> Self {
        let mut about = about::<Query>(
            "apps",
            "list_apps",
            "Lists the programs that are installed, or those that fit a name or a kind.",
            &["Which programs are installed?", "Do I have a drawing program?", "Welche Programme habe ich?"],
        );
        about.taint = Some(TaintKind::Names);
        Self { about, desktop: desktop.clone() }
    }
}

#[async_trait]
impl Tool for ListApps {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        arguments::<Query>("list_apps", given)?;
        Ok(Plan::look("List the installed programs."))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Query { query } = arguments("list_apps", running.arguments())?;
        let desktop = self.desktop.clone();
        let entries = blocking(running, move |_| Ok(entries::all(&desktop))).await?;
        let found: Vec<&Entry> = match query.as_deref().map(str::trim).filter(|query| !query.is_empty()) {
            Some(query) => entries::meant(&entries, query),
            None => entries.iter().collect(),
        };
        let lines: Vec<String> = found
            .iter()
            .map(|entry| match entry.kind.as_str() {
                "" => entry.name.clone(),
                kind => format!("{} ({kind})", entry.name),
            })
            .collect();
        let text = if lines.is_empty() { "None is installed.".into() } else { lines.join("\n") };
        Ok(Output { source: Some("names of programs".into()), ..Output::text(text) })
    }
}

struct OpenApp {
    about: About,
    desktop: Desktop,
    planned: Planned<Entry>,
}

impl OpenApp {
    fn new(desktop: &Desktop) -> Self {
        let about = about::<Name>(
            "apps",
            "open_app",
            "Starts an installed program, by its name or its kind.",
            &["Open Firefox", "Start the calculator", "Öffne den Texteditor"],
        );
        Self { about, desktop: desktop.clone(), planned: Planned::default() }
    }
}

#[async_trait]
impl Tool for OpenApp {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let Name { name } = arguments("open_app", given)?;
        let entries = entries::all(&self.desktop);
        let Some(&entry) = entries::meant(&entries, &name).first() else {
            return Err(ToolError::failed(format!(
                "No program called \"{name}\" is installed. `list_apps` tells which are."
            )));
        };
        let effects = vec![Effect::Launch { app: entry.name.clone() }];
        let plan = Plan { effects, words: format!("Start {}.", entry.name), undoable: false };
        Ok(self.planned.keep(given, plan, entry.clone()))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Entry { name, line, terminal, folder, .. } = self.planned.take(running)?;
        let mut line = line;
        if terminal {
            line = in_terminal(&self.desktop, line)?;
        }
        // A folder that is gone is no reason not to start.
        let folder = folder.filter(|folder| folder.is_dir());
        launch::start(&self.desktop, &line[0], &line[1..], folder.as_deref()).await?;
        Ok(Output::text(format!("{name} is started.")))
    }
}

/// Terminals, and what stands before the program that one is to run; each word of it an argument of its own.
const TERMINALS: &[(&str, &[&str])] = &[
    ("xdg-terminal-exec", &[]),
    ("gnome-terminal", &["--"]),
    ("ptyxis", &["--"]),
    ("konsole", &["-e"]),
    ("xfce4-terminal", &["-x"]),
    ("alacritty", &["-e"]),
    ("kitty", &[]),
    ("foot", &[]),
    ("x-terminal-emulator", &["-e"]),
    ("xterm", &["-e"]),
];

fn in_terminal(desktop: &Desktop, line: Vec<String>) -> Result<Vec<String>, ToolError> {
    let known = TERMINALS.iter().find(|(name, _)| desktop.program(name).is_some());
    let (terminal, before) = known.ok_or_else(|| {
        ToolError::unavailable(
            "It runs in a terminal, and none is installed. Install one, for instance xterm.",
        )
    })?;
    let words = std::iter::once(*terminal).chain(before.iter().copied()).map(str::to_owned);
    Ok(words.chain(line).collect())
}

struct QuitApp {
    about: About,
    desktop: Desktop,
    planned: Planned<Live>,
}

/// A program that runs: its windows, by number and title, and its processes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Live {
    windows: Vec<(u32, String)>,
    processes: Vec<Process>,
}

impl QuitApp {
    fn new(desktop: &Desktop) -> Self {
        let mut about = about::<Name>(
            "apps",
            "quit_app",
            "Ends a program: closes all its windows, then asks what is left of it to end. It may ask whether to save.",
            &["Quit Firefox", "Close the calculator", "Beende den Editor"],
        );
        about.taint = Some(TaintKind::Screen);
        Self { about, desktop: desktop.clone(), planned: Planned::default() }
    }

    fn find(&self, said: &str) -> Result<(String, Live), ToolError> {
        let entries = entries::all(&self.desktop);
        let entry = entries::meant(&entries, said).first().copied();
        let windows = self.desktop.x()?.windows()?;
        let of_entry = |window: &Window| entry.is_some_and(|entry| entry.owns(window));
        let mut own: Vec<&Window> = windows.iter().filter(|w| of_entry(w)).collect();
        let mut name = entry.map(|entry| entry.name.clone());
        if own.is_empty() {
            own = windows.iter().filter(|w| likeness(said, &w.app) >= ENOUGH).collect();
            name = own.first().map(|w| w.app.clone()).or(name);
        }
        let mut processes: Vec<Process> =
            own.iter().filter_map(|w| w.pid).filter_map(Process::of).filter(may_end).collect();
        // One process may have windows of several programs, as an office does: those of the others stay.
        let shared =
            |p: &Process| windows.iter().any(|w| w.pid == Some(p.pid) && !own.iter().any(|o| o.id == w.id));
        processes.retain(|process| !shared(process));
        if own.is_empty() {
            // It may run without any window. On another screen it is another's, or another matter.
            let screen = self.desktop.display().map(OsString::from);
            let is_it = |process: &Process| {
                entry.is_some_and(|entry| entry.started(process)) && process.variable("DISPLAY") == screen
            };
            processes = Process::all().into_iter().filter(|p| is_it(p) && may_end(p)).collect();
        }
        processes.sort_by_key(|process| process.pid);
        processes.dedup();
        if own.is_empty() && processes.is_empty() {
            return Err(ToolError::failed(format!("No program called \"{said}\" runs.")));
        }
        if own.iter().any(|window| window.is_own()) {
            let reason = "Jarvis does not end itself, nor what it runs in. Quit it from its own menu.".into();
            return Err(ToolError::Refused { reason });
        }
        let windows = own.iter().map(|w| (w.id, w.words())).collect();
        Ok((name.unwrap_or_else(|| said.to_owned()), Live { windows, processes }))
    }
}

impl Entry {
    /// Whether a window is its.
    fn owns(&self, window: &Window) -> bool {
        let app = &window.app;
        let is = |name: &str| !app.is_empty() && name.eq_ignore_ascii_case(app);
        // An entry that names its windows' class may share its program with others: a page that a browser shows like an app.
        let by_program = self.class.is_none() && self.program().is_some_and(|program| is(&program));
        self.class.as_deref().is_some_and(is)
            || is(&self.id)
            || self.id.rsplit('.').next().is_some_and(is)
            || by_program
    }

    fn program(&self) -> Option<Cow<'_, str>> {
        Some(Path::new(&self.line[0]).file_name()?.to_string_lossy())
    }

    /// Whether a process is what this entry starts: of a program that runs many things, `python3` or `steam`, only with the same
    /// arguments.
    fn started(&self, process: &Process) -> bool {
        let arguments = &self.line[1..];
        self.program().is_some_and(|program| {
            program == process.name
                && if arguments.is_empty() {
                    let bare = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
                    !RUN_OTHERS.contains(&bare)
                } else {
                    process.arguments().ends_with(arguments)
                }
        })
    }
}

/// Programs, without their versions, that run others: one of these alone does not tell what it runs.
const RUN_OTHERS: [&str; 14] = [
    "python", "perl", "ruby", "node", "java", "php", "sh", "bash", "dash", "zsh", "env", "electron",
    "flatpak", "wine",
];

fn may_end(process: &Process) -> bool {
    process.is_own() && !process.is_protected()
}

#[async_trait]
impl Tool for QuitApp {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let Name { name } = arguments("quit_app", given)?;
        let (name, found) = self.find(&name)?;
        let mut effects = vec![Effect::End { process: name.clone(), own: true, force: false }];
        let titles: Vec<String> = found.windows.iter().map(|(_, title)| format!("\"{title}\"")).collect();
        effects.extend(
            found.windows.iter().map(|(_, title)| Effect::Window { title: title.clone(), close: true }),
        );
        let words = if titles.is_empty() {
            format!("Quit {name}.")
        } else {
            format!("Quit {name}, and close {}.", titles.join(", "))
        };
        Ok(self.planned.keep(given, Plan { effects, words, undoable: false }, found))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Live { windows, processes } = self.planned.take(running)?;
        let (desktop, all) = (self.desktop.clone(), processes.clone());
        let closed = blocking(running, move |stop| {
            let x = desktop.x()?;
            let ids: Vec<u32> = windows.iter().map(|(id, _)| *id).filter(|id| x.exists(*id)).collect();
            let closed = x.close(&ids, stop)?;
            // Without its last window most end by themselves, and have to put their things in order first.
            if closed && !ids.is_empty() {
                launch::until(stop, || !all.iter().any(Process::lives));
            }
            Ok(closed)
        })
        .await?;
        if !closed {
            // Ending it now would lose what it asks to be saved.
            return Err(ToolError::failed(
                "It was asked to close and is still open; it may be asking whether to save. Look at it.",
            ));
        }
        end_politely(&processes).await.map(Output::text)
    }
}
