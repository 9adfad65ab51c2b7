//! The desktop: windows, keyboard and mouse, programs of the menus, the clipboard.
//!
//! What is done is told beforehand by the very window or program that it is done to, and looked at again when it runs: where
//! another window has come up since, nothing is typed or pressed. Jarvis's own window is never typed into or clicked at, for
//! there it is asked what it may do. Nothing is ever passed through a shell. Wired up by the assistant.

mod apps;
pub mod click;
mod clipboard;
mod entries;
mod input;
mod keyboard;
mod keys;
pub(crate) mod launch;
pub(crate) mod likeness;
pub(crate) mod planned;
mod pointer;
mod windows;
mod x11;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jarvis_guard::Running;
use schemars::JsonSchema;
use tokio_util::sync::CancellationToken;

use crate::tool::{About, Tool, ToolError, spec};

/// Where a person works: which screen, and the environment in which programs are started there.
#[derive(Clone, Debug, Default)]
pub struct Desktop {
    display: Option<String>,
    env: Vec<(OsString, OsString)>,
}

impl Desktop {
    /// The one that this process was started on.
    pub fn here() -> Self {
        Self::default()
    }

    /// Another one: an X display, if it differs from that of the environment, and what differs in the environment.
    pub fn on<K: Into<OsString>, V: Into<OsString>>(
        display: Option<String>,
        env: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self { display, env: env.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }

    /// A variable of its environment; an empty one counts as none.
    pub(crate) fn var(&self, name: &str) -> Option<OsString> {
        let own = self.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        own.or_else(|| std::env::var_os(name)).filter(|value| !value.is_empty())
    }

    /// What differs from the environment of this process.
    pub(crate) fn env(&self) -> impl Iterator<Item = (OsString, OsString)> {
        let display = self.display.iter().map(|display| ("DISPLAY".into(), display.into()));
        self.env.clone().into_iter().chain(display)
    }

    fn display(&self) -> Option<String> {
        let display = match &self.display {
            Some(display) => Some(display.clone()),
            None => self.var("DISPLAY").and_then(|display| display.into_string().ok()),
        };
        display.filter(|display| !display.is_empty())
    }

    /// Whether X programs run as guests of a Wayland session, which hides all others.
    fn is_wayland(&self) -> bool {
        self.var("WAYLAND_DISPLAY").is_some()
    }

    /// A program of the `PATH`.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let path = self.var("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| launch::is_program(file))
    }

    /// A connection to its X server.
    fn x(&self) -> Result<x11::X, ToolError> {
        let Some(display) = self.display() else {
            return Err(ToolError::unavailable(if self.is_wayland() {
                "Under Wayland no program may see the windows of others, move them or type into them. Log in to a \
                 session with X11 to have it done."
            } else {
                "There is no screen here. Start Jarvis in a desktop session, where DISPLAY is set."
            }));
        };
        x11::X::connect(&display)
    }
}

/// The tools of the desktop. `finder` finds text on the screen; without it there is no `click_text`.
pub fn tools(desktop: &Desktop, finder: Option<Arc<dyn click::TextFinder>>) -> Vec<Arc<dyn Tool>> {
    let mut tools = windows::tools(desktop);
    tools.extend(input::tools(desktop));
    tools.extend(pointer::tools(desktop));
    tools.extend(apps::tools(desktop));
    tools.extend(clipboard::tools());
    tools.extend(finder.map(|finder| Arc::new(click::ClickText::new(desktop, finder)) as Arc<dyn Tool>));
    tools
}

/// Names of the programs of the menus, in the person's language. Reads a file for each of them.
pub fn app_names(desktop: &Desktop) -> Vec<String> {
    entries::all(desktop).into_iter().map(|entry| entry.name).collect()
}

/// What a tool says of itself; half a minute is time enough for anything that is done at a desktop.
pub(crate) fn about<A: JsonSchema>(
    group: &'static str,
    name: &str,
    description: &str,
    examples: &'static [&'static str],
) -> About {
    let spec = spec::<A>(name, description);
    About { spec, group, examples, taint: None, time_limit: Duration::from_secs(30) }
}

/// Does what blocks on a thread of its own. The token is cancelled by the emergency stop, and when nobody waits any more.
pub(crate) async fn blocking<T: Send + 'static>(
    running: &Running,
    work: impl FnOnce(&CancellationToken) -> Result<T, ToolError> + Send + 'static,
) -> Result<T, ToolError> {
    let stop = running.stop().child_token();
    let _stopped_when_dropped = stop.clone().drop_guard();
    let done = tokio::task::spawn_blocking(move || work(&stop)).await;
    done.unwrap_or_else(|_| Err(ToolError::failed("It broke off within Jarvis; please report this.")))
}

/// A stranger's text as part of one line: no control characters, and not without end.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 150;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    line.trim().to_owned()
}
