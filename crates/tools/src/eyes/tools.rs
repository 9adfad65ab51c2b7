//! What a model can do with the eyes: read the screen, take a screenshot. Finding something on it: `finding.rs`.
//!
//! What stands on the screen was written by anybody: all of it is tainted, titles of windows too.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jarvis_engine::eyes::{Area, View};
use jarvis_guard::{Effect, PATIENCE, Running, TaintKind, place};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::eyes::{Eyes, EyesError, Picture};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments, spec};

/// Longest text that is handed to a model, in characters.
const MAX_TEXT: usize = 12_000;
/// So long a name is kept for the same picture: as long as the guard waits for an answer.
const SAME_NAME: Duration = PATIENCE;
/// The eyes give up before.
const TIME_LIMIT: Duration = Duration::from_secs(90);

impl From<EyesError> for ToolError {
    fn from(error: EyesError) -> Self {
        let reason = format!("{error}. {}", error.remedy());
        match error {
            EyesError::NoScreen { .. } | EyesError::NoLanguage { .. } => Self::unavailable(reason),
            _ => Self::failed(reason),
        }
    }
}

/// What is looked at, as a model says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Target {
    /// The whole screen.
    #[default]
    Screen,
    /// One window.
    Window,
    /// A part of the screen.
    Region,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Looking {
    /// What to look at.
    #[serde(default)]
    target: Target,
    /// For a window: a part of its title; without it, the window that has the focus.
    window: Option<String>,
    /// For a region: its left edge, in pixels.
    x: Option<i32>,
    /// For a region: its upper edge, in pixels.
    y: Option<i32>,
    /// For a region: its width, in pixels.
    width: Option<u32>,
    /// For a region: its height, in pixels.
    height: Option<u32>,
}

impl Looking {
    fn view(self, tool: &str) -> Result<View, ToolError> {
        let bad = |reason: &str| ToolError::BadArguments { tool: tool.to_owned(), reason: reason.to_owned() };
        Ok(match self.target {
            Target::Screen => View::Screen,
            Target::Window => View::Window { title: self.window.filter(|title| !title.trim().is_empty()) },
            Target::Region => {
                let (Some(x), Some(y), Some(width), Some(height)) = (self.x, self.y, self.width, self.height)
                else {
                    return Err(bad("a region needs x, y, width and height"));
                };
                if width == 0 || height == 0 {
                    return Err(bad("a region has a width and a height"));
                }
                View::Region { x, y, width, height }
            }
        })
    }
}

fn view(tool: &str, given: &Value) -> Result<View, ToolError> {
    arguments::<Looking>(tool, given)?.view(tool)
}

/// What is looked at, in words.
pub(super) fn words(view: &View) -> String {
    match view {
        View::Screen => "the screen".into(),
        View::Window { title: Some(title) } => format!("the window \"{title}\""),
        View::Window { title: None } => "the window in front".into(),
        View::Region { x, y, width, height } => {
            format!("the part of the screen at {x}, {y} ({width} by {height})")
        }
    }
}

fn source(view: &View, picture: &Picture) -> String {
    picture.title.clone().unwrap_or_else(|| words(view))
}

pub(super) fn about<A: JsonSchema>(
    name: &str,
    description: &str,
    examples: &'static [&'static str],
) -> About {
    About {
        spec: spec::<A>(name, description),
        group: "screen",
        examples,
        taint: Some(TaintKind::Screen),
        time_limit: TIME_LIMIT,
    }
}

/// `read_screen`: the text on the screen, and which windows there are.
pub struct ReadScreen {
    about: About,
    eyes: Eyes,
}

impl ReadScreen {
    /// With these eyes.
    pub fn new(eyes: Eyes) -> Self {
        const EXAMPLES: &[&str] =
            &["what does it say on my screen", "read the error message", "read this window to me"];
        let description = "Reads the text on the screen, in a window, or in a part of the screen.";
        Self { about: about::<Looking>("read_screen", description, EXAMPLES), eyes }
    }
}

#[async_trait]
impl Tool for ReadScreen {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, arguments: &Value) -> Result<Plan, ToolError> {
        let view = view(&self.about.spec.name, arguments)?;
        let words = format!("Read what stands on {}.", words(&view));
        Ok(Plan { effects: vec![Effect::See], words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let view = view(&self.about.spec.name, running.arguments())?;
        let picture = self.eyes.capture(&view).await?;
        let source = source(&view, &picture);
        let text = self.eyes.read(picture.png).await?.text();
        // Of a window it is known already which it is; and the text is of use without the titles.
        let windows = match view {
            View::Window { .. } => Vec::new(),
            _ => self.eyes.windows().await.unwrap_or_default(),
        };
        let mut said = String::new();
        if !windows.is_empty() {
            let titles = windows.iter().map(|window| {
                format!("\"{}\"{}", window.title, if window.focused { " (in front)" } else { "" })
            });
            said = format!("Windows: {}\n\n", titles.collect::<Vec<_>>().join(", "));
        }
        said += if text.trim().is_empty() { "No text can be seen there." } else { &text };
        if let Some((end, _)) = said.char_indices().nth(MAX_TEXT) {
            said.truncate(end);
            said += "\n(There is more; look at a part of it.)";
        }
        Ok(Output { text: said, source: Some(source), ..Output::default() })
    }
}

/// `take_screenshot`: a picture of the screen, kept with the person's pictures.
pub struct TakeScreenshot {
    about: About,
    eyes: Eyes,
    folder: PathBuf,
    /// The last name that was planned: when, and for which arguments.
    named: Mutex<Option<(Instant, Value, PathBuf)>>,
}

impl TakeScreenshot {
    /// With these eyes, for the person whose home folder is `home`.
    pub fn new(eyes: Eyes, home: &Path) -> Self {
        const EXAMPLES: &[&str] = &["take a screenshot", "take a picture of this window"];
        let description =
            "Takes a picture of the screen, of a window or of a part of the screen, and keeps it as a file.";
        let folder = pictures(home).join("Screenshots");
        Self {
            about: about::<Looking>("take_screenshot", description, EXAMPLES),
            eyes,
            folder,
            named: Mutex::default(),
        }
    }
}

/// Where the person keeps pictures, as the desktop was told.
fn pictures(home: &Path) -> PathBuf {
    let told = std::env::var_os("XDG_PICTURES_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    told.or_else(|| {
        let dirs = std::fs::read_to_string(home.join(".config/user-dirs.dirs")).ok()?;
        let value =
            dirs.lines().find_map(|line| line.trim().strip_prefix("XDG_PICTURES_DIR="))?.trim_matches('"');
        let path = match value.strip_prefix("$HOME") {
            Some(below) => home.join(below.trim_start_matches('/')),
            None => PathBuf::from(value),
        };
        path.is_absolute().then_some(path)
    })
    .unwrap_or_else(|| home.join("Pictures"))
}

/// A name that is not taken, by the time.
fn free_name(folder: &Path, now: &jiff::Zoned) -> PathBuf {
    let time = now.strftime("%Y-%m-%d %H-%M-%S");
    let numbered = (2..).map(|n| folder.join(format!("Screenshot {time} ({n}).png")));
    let first = folder.join(format!("Screenshot {time}.png"));
    // There is an end to what is taken within one second.
    std::iter::once(first.clone()).chain(numbered).take(1000).find(|path| !path.exists()).unwrap_or(first)
}

impl TakeScreenshot {
    /// Where the picture is kept. Asked once more within moments, as when a yes is given to what was read out, it is the same.
    fn name(&self, arguments: &Value, folder: &Path) -> PathBuf {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, of, path)) = &*named
            && (of, path.parent()) == (arguments, Some(folder))
            && at.elapsed() < SAME_NAME
            && !path.exists()
        {
            return path.clone();
        }
        let path = free_name(folder, &jiff::Zoned::now());
        *named = Some((Instant::now(), arguments.clone(), path.clone()));
        path
    }
}

#[async_trait]
impl Tool for TakeScreenshot {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, arguments: &Value) -> Result<Plan, ToolError> {
        let view = view(&self.about.spec.name, arguments)?;
        let folder = place::resolve(&self.folder)
            .map_err(|e| ToolError::failed(format!("{} cannot be reached ({e})", self.folder.display())))?;
        let path = self.name(arguments, &folder);
        let words = format!("Take a picture of {} and keep it as {}.", words(&view), path.display());
        let mut effects = vec![Effect::See];
        if !folder.exists() {
            effects.push(Effect::Create { path: folder });
        }
        effects.push(Effect::Create { path });
        Ok(Plan { effects, words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let view = view(&self.about.spec.name, running.arguments())?;
        // Where it was approved to be, and nowhere else.
        let path = running.act().effects.iter().rev().find_map(|effect| match effect {
            Effect::Create { path } => Some(path.clone()),
            _ => None,
        });
        let path = path.ok_or_else(|| ToolError::failed("no file was approved"))?;
        let picture = self.eyes.capture(&view).await?;
        keep(&path, &picture.png)
            .map_err(|e| ToolError::failed(format!("{} cannot be written ({e})", path.display())))?;
        let Area { width, height, .. } = picture.place;
        let text = format!("Kept {} ({width} by {height} pixels).", path.display());
        let source = Some(source(&view, &picture));
        Ok(Output { text, source, picture: Some(picture.png), ..Output::default() })
    }
}

/// Writes a file that was not there.
fn keep(path: &Path, png: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(png);
    if written.is_err() {
        // Half a picture is of use to nobody.
        let _ = std::fs::remove_file(path);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_looked_at() {
        let title = |title: &str| View::Window { title: Some(title.into()) };
        let table = [
            (json!({}), Some(View::Screen)),
            (Value::Null, Some(View::Screen)),
            (json!({"target": "window", "window": "Mail"}), Some(title("Mail"))),
            (json!({"target": "window", "window": ""}), Some(View::Window { title: None })),
            (
                json!({"target": "region", "x": -5, "y": 0, "width": 10, "height": 20}),
                Some(View::Region { x: -5, y: 0, width: 10, height: 20 }),
            ),
            (json!({"target": "region", "x": 5}), None),
            (json!({"target": "region", "x": 5, "y": 0, "width": 0, "height": 20}), None),
            (json!({"target": "camera"}), None),
            (json!({"path": "/etc/passwd"}), None),
        ];
        for (given, expected) in table {
            assert_eq!(view("read_screen", &given).ok(), expected, "{given}");
        }
    }

    #[test]
    fn pictures_are_where_the_desktop_says() {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let at = |path: &Path| pictures(path).strip_prefix(path).expect("below").to_owned();
        assert_eq!(at(home.path()), Path::new("Pictures"));
        std::fs::create_dir(home.path().join(".config")).expect("is made");
        std::fs::write(
            home.path().join(".config/user-dirs.dirs"),
            "# x\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n",
        )
        .expect("is written");
        assert_eq!(at(home.path()), Path::new("Bilder"));
    }

    #[test]
    fn a_screenshot_takes_nobodys_place() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let now: jiff::Zoned = "2031-05-06T07:08:09[UTC]".parse().expect("a time");
        let first = free_name(folder.path(), &now);
        assert!(first.ends_with("Screenshot 2031-05-06 07-08-09.png"), "{first:?}");
        keep(&first, b"png").expect("is written");
        assert!(keep(&first, b"other").is_err());
        assert!(free_name(folder.path(), &now).ends_with("Screenshot 2031-05-06 07-08-09 (2).png"));
    }
}
