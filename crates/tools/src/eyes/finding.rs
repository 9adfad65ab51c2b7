//! `find_on_screen`: where on the screen a text or a picture is, so that it can be clicked.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jarvis_engine::eyes::{Area, View};
use jarvis_guard::{Effect, Running, place};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::tools::{about, words};
use super::{Eyes, MAX_BYTES, find_text};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// So many places are told.
const MAX_PLACES: usize = 10;

#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Finding {
    /// The text to look for, as it is written there.
    text: Option<String>,
    /// Instead of a text: the file of a picture of it in the same size, such as a part of a screenshot.
    picture: Option<String>,
}

/// What is looked for.
#[derive(Debug, PartialEq)]
enum Wanted {
    Text(String),
    Picture(PathBuf),
}

/// See the module.
pub struct FindOnScreen {
    about: About,
    eyes: Eyes,
    home: PathBuf,
}

impl FindOnScreen {
    /// With these eyes, for the person whose home folder is `home`.
    pub fn new(eyes: Eyes, home: &Path) -> Self {
        const EXAMPLES: &[&str] = &["where is the save button", "find the word invoice on my screen"];
        let description = "Finds where on the screen a text or a picture is: the places to click, in pixels.";
        Self { about: about::<Finding>("find_on_screen", description, EXAMPLES), eyes, home: home.to_owned() }
    }

    fn wanted(&self, given: &Value) -> Result<Wanted, ToolError> {
        let tool = &self.about.spec.name;
        let bad = |reason: &str| ToolError::BadArguments { tool: tool.clone(), reason: reason.into() };
        let Finding { text, picture } = arguments(tool, given)?;
        let said = |value: Option<String>| value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        match (said(text), said(picture)) {
            (Some(text), None) => Ok(Wanted::Text(text)),
            (None, Some(picture)) => {
                let unreadable = |e| ToolError::failed(format!("{picture} cannot be looked at ({e})."));
                let path = place::resolve(&place::named(&picture, &self.home)).map_err(unreadable)?;
                Ok(Wanted::Picture(path))
            }
            (None, None) => Err(bad("there is nothing to look for")),
            (Some(_), Some(_)) => Err(bad("either a text or a picture is looked for")),
        }
    }

    /// The places of a text, a line each.
    async fn find_text(&self, wanted: &str) -> Result<Vec<String>, ToolError> {
        let screen = self.eyes.capture(&View::Screen).await?;
        let found = find_text(&self.eyes.read(screen.png).await?, wanted);
        let line = |text: &str, place: &Area, likeness: f32| {
            format!("\"{text}\" at {}", at(place, &screen.place, likeness))
        };
        Ok(found.iter().map(|found| line(&found.text, &found.place, found.likeness)).collect())
    }

    /// The places of a picture, a line each.
    async fn find_picture(&self, path: &Path) -> Result<Vec<String>, ToolError> {
        let wanted = bytes(path)
            .map_err(|e| ToolError::failed(format!("{} cannot be read ({e}).", path.display())))?;
        let screen = self.eyes.capture(&View::Screen).await?;
        let found = self.eyes.find_picture(&screen.png, &wanted).await?;
        Ok(found
            .iter()
            .map(|found| format!("At {}", at(&found.place, &screen.place, found.likeness)))
            .collect())
    }
}

/// Where the middle of something is on the screen, and how alike it is.
fn at(place: &Area, screen: &Area, likeness: f32) -> String {
    let (x, y) = place.middle();
    format!("x {}, y {} ({}% alike)", x + screen.x, y + screen.y, (likeness * 100.0).round())
}

/// A file's bytes, if it is one and not too large.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    // What is no file may never end.
    if !path.metadata()?.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[async_trait]
impl Tool for FindOnScreen {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let (what, read) = match self.wanted(given)? {
            Wanted::Text(text) => (format!("\"{text}\""), None),
            Wanted::Picture(path) => (format!("the picture {}", path.display()), Some(Effect::Read { path })),
        };
        let effects = std::iter::once(Effect::See).chain(read).collect();
        Ok(Plan { effects, words: format!("Look for {what} on the screen."), undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        // Where it was approved to be read, and nowhere else.
        let approved = running.act().effects.iter().find_map(|effect| match effect {
            Effect::Read { path } => Some(path.clone()),
            _ => None,
        });
        let places = match (self.wanted(running.arguments())?, approved) {
            (Wanted::Text(text), _) => self.find_text(&text).await?,
            (Wanted::Picture(_), Some(path)) => self.find_picture(&path).await?,
            (Wanted::Picture(_), None) => return Err(ToolError::failed("no picture was approved")),
        };
        let text = if places.is_empty() {
            "That is not to be seen on the screen.".to_owned()
        } else {
            places.into_iter().take(MAX_PLACES).collect::<Vec<_>>().join("\n")
        };
        Ok(Output { text, source: Some(words(&View::Screen)), ..Output::default() })
    }
}
