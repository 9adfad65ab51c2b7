//! The clipboard. What Jarvis puts on it is there while Jarvis runs: the one who offers it has to hand it out.
//!
//! It is that of the session in which this process runs, whichever screen else a [`super::Desktop`] names.

use std::sync::{Arc, Mutex, PoisonError};

use arboard::Clipboard;
use async_trait::async_trait;
use jarvis_guard::{Effect, Running, TaintKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{about, blocking};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// More than this is not for a conversation.
const LONGEST: usize = 20_000;

pub(super) fn tools() -> Vec<Arc<dyn Tool>> {
    let held = Held::default();
    vec![
        Arc::new(Read { about: about_read(), held: held.clone() }),
        Arc::new(Write { about: about_write(), held }),
    ]
}

/// Opened at the first use, and kept.
type Held = Arc<Mutex<Option<Clipboard>>>;

/// One attempt on what is kept, and one on a new connection: the session may have been another.
fn with<T>(held: &Held, work: impl Fn(&mut Clipboard) -> Result<T, arboard::Error>) -> Result<T, ToolError> {
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(clipboard) = held.as_mut() {
        match work(clipboard) {
            Err(arboard::Error::Unknown { .. } | arboard::Error::ClipboardOccupied) => {}
            done => return done.map_err(told),
        }
    }
    let opened = Clipboard::new().map_err(|error| {
        ToolError::unavailable(format!(
            "There is no clipboard here ({error}). Start Jarvis in a desktop session, where DISPLAY or WAYLAND_DISPLAY is set."
        ))
    })?;
    work(held.insert(opened)).map_err(told)
}

fn told(error: arboard::Error) -> ToolError {
    ToolError::failed(match error {
        arboard::Error::ContentNotAvailable => "There is no text on the clipboard.".to_owned(),
        error => format!("The clipboard gives no answer ({error})."),
    })
}

struct Read {
    about: About,
    held: Held,
}

struct Write {
    about: About,
    held: Held,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoArguments {}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Text {
    /// The text.
    text: String,
}

fn about_read() -> About {
    let mut about = about::<NoArguments>(
        "clipboard",
        "read_clipboard",
        "Reads the text on the clipboard: what was copied last.",
        &["What is on the clipboard?", "Summarise what I copied", "Was habe ich kopiert?"],
    );
    about.taint = Some(TaintKind::Clipboard);
    about
}

fn about_write() -> About {
    about::<Text>(
        "clipboard",
        "write_clipboard",
        "Puts a text on the clipboard, in place of what is there, for the person to paste.",
        &["Copy that", "Put the address on the clipboard", "Kopier mir das"],
    )
}

#[async_trait]
impl Tool for Read {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        arguments::<NoArguments>("read_clipboard", given)?;
        let words = "Read the clipboard.".into();
        Ok(Plan { effects: vec![Effect::ReadClipboard], words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let held = self.held.clone();
        let text = blocking(running, move |_| with(&held, Clipboard::get_text)).await?;
        let mut shown: String = text.chars().take(LONGEST).collect();
        if shown.len() < text.len() {
            shown.push_str(&format!("\n(cut off after {LONGEST} letters)"));
        }
        Ok(Output { source: Some("the clipboard".into()), ..Output::text(shown) })
    }
}

#[async_trait]
impl Tool for Write {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let Text { text } = arguments("write_clipboard", given)?;
        let shown: String = text.chars().take(200).collect();
        let rest = if shown.len() < text.len() { " …" } else { "" };
        let words = format!("Put on the clipboard: {shown:?}{rest}");
        Ok(Plan { effects: vec![Effect::WriteClipboard], words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Text { text } = arguments("write_clipboard", running.arguments())?;
        let held = self.held.clone();
        blocking(running, move |_| with(&held, |clipboard| clipboard.set_text(text.as_str()))).await?;
        Ok(Output::text("It is on the clipboard."))
    }
}
