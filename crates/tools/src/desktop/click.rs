//! Clicking at what stands on the screen. Finding it is the eyes' work, behind [`TextFinder`].

use std::sync::Arc;

use async_trait::async_trait;
use enigo::Button;
use jarvis_guard::{Effect, Input, Running, TaintKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::input::{Aim, hands};
use super::planned::Planned;
use super::pointer::Target;
use super::{Desktop, about, blocking};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// Text that stands on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundText {
    /// Its middle, pixels from the left of the screen.
    pub x: i32,
    /// Its middle, pixels from the top of the screen.
    pub y: i32,
    /// What stands there.
    pub text: String,
}

/// Finds text on the screen.
#[async_trait]
pub trait TextFinder: Send + Sync {
    /// Where `wanted` stands, the best first; empty when it is nowhere to be seen.
    async fn find(&self, wanted: &str) -> Result<Vec<FoundText>, ToolError>;
}

/// `click_text`: clicks at a word or a line in the window that has the focus.
pub struct ClickText {
    about: About,
    desktop: Desktop,
    finder: Arc<dyn TextFinder>,
    planned: Planned<Aim>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The text to click at, as it stands on the screen.
    text: String,
    /// Title of the window or name of its program; without it, the window that has the focus.
    window: Option<String>,
}

impl ClickText {
    /// With the eyes that find the text.
    pub fn new(desktop: &Desktop, finder: Arc<dyn TextFinder>) -> Self {
        let mut about = about::<Wanted>(
            "input",
            "click_text",
            "Clicks at a text that stands in the window that has the focus, or in one that is named: a button, a link, a line.",
            &["Click on Save", "Press the button that says OK", "Klick auf Weiter"],
        );
        about.taint = Some(TaintKind::Screen);
        Self { about, desktop: desktop.clone(), finder, planned: Planned::default() }
    }

    fn wish(&self, given: &Value) -> Result<Wanted, ToolError> {
        let wanted: Wanted = arguments("click_text", given)?;
        if wanted.text.trim().is_empty() {
            let reason = "the text to click at is empty".into();
            return Err(ToolError::BadArguments { tool: "click_text".into(), reason });
        }
        Ok(wanted)
    }
}

#[async_trait]
impl Tool for ClickText {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let wanted = self.wish(given)?;
        let (aim, window) = Aim::at(&self.desktop.x()?, wanted.window.as_deref())?;
        let words = format!("Click at {:?} in the window \"{}\".", wanted.text.trim(), window.words());
        let mut effects = vec![Effect::See];
        effects.extend(aim.effects(&window, vec![Input::Click]));
        Ok(self.planned.keep(given, Plan { effects, words, undoable: false }, aim))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let wanted = self.wish(running.arguments())?;
        let aim = self.planned.take(running)?;
        let (desktop, ready) = (self.desktop.clone(), aim.clone());
        let window = blocking(running, move |stop| ready.ready(&desktop.x()?, stop)).await?;
        let found = self.finder.find(wanted.text.trim()).await?;
        let desktop = self.desktop.clone();
        let text = blocking(running, move |stop| {
            let x = desktop.x()?;
            aim.ready(&x, stop)?;
            // What stands in other windows was not approved.
            for place in found {
                let Ok((target, _)) = Target::at(&x, place.x, place.y) else { continue };
                if target.is_in(window.id) {
                    target.press(&x, &mut hands(&desktop)?, std::iter::once(Button::Left))?;
                    return Ok(format!("Clicked at \"{}\".", super::one_line(&place.text)));
                }
            }
            Err(ToolError::failed(format!(
                "\"{}\" is not to be seen in \"{}\".",
                wanted.text.trim(),
                window.words()
            )))
        });
        Ok(Output::text(text.await?))
    }
}
