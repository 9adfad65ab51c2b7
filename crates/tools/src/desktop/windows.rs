//! Windows: which there are, and focusing, placing and closing one that is named the way people name it.

use std::sync::Arc;

use async_trait::async_trait;
use jarvis_guard::{Running, TaintKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::likeness::{ENOUGH, likeness};
use super::planned::Planned;
use super::x11::{Area, Window, X};
use super::{Desktop, about, blocking, launch};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

pub(super) fn tools(desktop: &Desktop) -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(ListWindows::new(desktop)),
        Arc::new(OneWindow::new(desktop, Deed::Focus)),
        Arc::new(OneWindow::new(desktop, Deed::Move)),
        Arc::new(OneWindow::new(desktop, Deed::Close)),
    ]
}

/// The window that is meant. What is as like is told apart by lying on top, unless that must not be guessed.
pub(super) fn named(x: &X, said: &str, may_guess: bool) -> Result<Window, ToolError> {
    let windows = x.windows()?;
    let like = |w: &Window| likeness(said, &w.title).max(likeness(said, &w.app));
    let mut found: Vec<(f64, Window)> =
        windows.into_iter().map(|w| (like(&w), w)).filter(|(like, _)| *like >= ENOUGH).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = found.first().map_or(0.0, |(like, _)| *like);
    found.retain(|(like, _)| best - like < 0.01);
    let count = found.len();
    let Some((_, window)) = found.into_iter().next() else {
        return Err(ToolError::failed(format!("There is no window called \"{said}\".")));
    };
    if count > 1 && !may_guess {
        return Err(ToolError::failed(format!(
            "{count} windows are called \"{said}\". Name the one that is meant by more of its title."
        )));
    }
    Ok(window)
}

/// Whose windows cannot be seen, if any.
fn unseen(desktop: &Desktop) -> &'static str {
    if desktop.is_wayland() {
        "\nPrograms that run on Wayland itself are not in this list: it hides their windows from other programs."
    } else {
        ""
    }
}

struct ListWindows {
    about: About,
    desktop: Desktop,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoArguments {}

impl ListWindows {
    fn new(desktop: &Desktop) -> Self {
        let mut about = about::<NoArguments>(
            "windows",
            "list_windows",
            "Lists the open windows, the uppermost first: title, program, place on the screen, which has the focus.",
            &["Which windows are open?", "What am I working on?", "Welche Fenster sind offen?"],
        );
        about.taint = Some(TaintKind::Screen);
        Self { about, desktop: desktop.clone() }
    }
}

#[async_trait]
impl Tool for ListWindows {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        arguments::<NoArguments>("list_windows", given)?;
        Ok(Plan::look("List the open windows."))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let desktop = self.desktop.clone();
        let windows = blocking(running, move |_| desktop.x()?.windows()).await?;
        if windows.is_empty() {
            return Ok(Output::text(format!("No windows are open.{}", unseen(&self.desktop))));
        }
        let lines: Vec<String> = windows.iter().map(line).collect();
        let text = format!("{}{}", lines.join("\n"), unseen(&self.desktop));
        Ok(Output { source: Some("titles of windows".into()), ..Output::text(text) })
    }
}

fn line(window: &Window) -> String {
    let Area { x, y, width, height } = window.area;
    let state = match (window.focused, window.minimised) {
        (true, _) => ", has the focus",
        (false, true) => ", minimised",
        (false, false) => "",
    };
    format!("\"{}\" ({}), at {x},{y}, {width} x {height}{state}", window.title, window.app)
}

/// What is done to one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Focus,
    Move,
    Close,
}

/// One tool for each deed.
struct OneWindow {
    about: About,
    desktop: Desktop,
    deed: Deed,
    planned: Planned<Window>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Title of the window or name of its program, or a part of it.
    title: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Moved {
    /// Title of the window or name of its program, or a part of it.
    title: String,
    /// Where it goes, if not to numbers.
    #[serde(rename = "where")]
    to: Option<Where>,
    /// Left edge, pixels from the left of the screen.
    x: Option<i32>,
    /// Upper edge, pixels from the top of the screen.
    y: Option<i32>,
    /// Width with its frame, pixels.
    width: Option<u16>,
    /// Height with its frame, pixels.
    height: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Where {
    /// The left half of the screen.
    Left,
    /// The right half.
    Right,
    /// The upper half.
    Top,
    /// The lower half.
    Bottom,
    /// The middle, at its size.
    Centre,
    /// All of the screen, its panels left free.
    #[serde(alias = "maximize")]
    Maximise,
    /// All of the screen, nothing else in sight.
    Fullscreen,
    /// Out of sight.
    #[serde(alias = "minimize")]
    Minimise,
    /// As it was before it was maximised or minimised.
    Restore,
}

impl OneWindow {
    fn new(desktop: &Desktop, deed: Deed) -> Self {
        let group = "windows";
        let mut about = match deed {
            Deed::Focus => about::<Named>(
                group,
                "focus_window",
                "Brings an open window to the front and gives it the focus.",
                &["Switch to the browser", "Bring the letter to the front", "Wechsle zum Editor"],
            ),
            Deed::Move => about::<Moved>(
                group,
                "move_window",
                "Moves a window or changes its size: to a half of the screen, maximised, minimised, or to given pixels.",
                &["Put the terminal on the left", "Maximise this window", "Mach das Fenster kleiner"],
            ),
            Deed::Close => about::<Named>(
                group,
                "close_window",
                "Closes one window, as its own button does. The program may ask whether to save.",
                &["Close that window", "Close the picture", "Schließ das Fenster"],
            ),
        };
        about.taint = Some(TaintKind::Screen);
        Self { about, desktop: desktop.clone(), deed, planned: Planned::default() }
    }

    fn wish(&self, given: &Value) -> Result<Moved, ToolError> {
        let name = &self.about.spec.name;
        if self.deed != Deed::Move {
            let Named { title } = arguments(name, given)?;
            return Ok(Moved { title, to: None, x: None, y: None, width: None, height: None });
        }
        let wish: Moved = arguments(name, given)?;
        let numbers = wish.x.is_some() || wish.y.is_some() || wish.width.is_some() || wish.height.is_some();
        if wish.to.is_some() == numbers {
            let reason = "give either where, or some of x, y, width and height".into();
            return Err(ToolError::BadArguments { tool: name.clone(), reason });
        }
        Ok(wish)
    }
}

#[async_trait]
impl Tool for OneWindow {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let wish = self.wish(given)?;
        let window = named(&self.desktop.x()?, &wish.title, self.deed != Deed::Close)?;
        let title = window.words();
        let words = match self.deed {
            Deed::Focus => format!("Bring the window \"{title}\" to the front."),
            Deed::Move => format!("Move the window \"{title}\" or change its size."),
            Deed::Close => format!("Close the window \"{title}\"."),
        };
        let plan = Plan { effects: vec![window.effect(self.deed == Deed::Close)], words, undoable: false };
        // Only which one it is counts: it may have been moved since.
        let known = Window { area: Area::default(), focused: false, minimised: false, ..window };
        Ok(self.planned.keep(given, plan, known))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let wish = self.wish(running.arguments())?;
        let window = self.planned.take(running)?;
        let (desktop, deed) = (self.desktop.clone(), self.deed);
        let text = blocking(running, move |stop| {
            let x = desktop.x()?;
            let window = x.windows()?.into_iter().find(|w| w.id == window.id && w.pid == window.pid);
            let Some(window) = window else { return Err(ToolError::failed("That window is gone.")) };
            match deed {
                Deed::Focus => {
                    x.focus(&window, stop).map(|()| format!("\"{}\" has the focus.", window.words()))
                }
                Deed::Move => put(&x, &window, &wish, stop),
                Deed::Close => close(&x, &window, stop),
            }
        });
        Ok(Output::text(text.await?))
    }
}

fn close(x: &X, window: &Window, stop: &CancellationToken) -> Result<String, ToolError> {
    let title = window.words();
    if x.close(&[window.id], stop)? {
        Ok(format!("\"{title}\" is closed."))
    } else {
        Err(ToolError::failed(format!(
            "\"{title}\" was asked to close and is still open; it may be asking whether to save. Look at it."
        )))
    }
}

fn put(x: &X, window: &Window, wish: &Moved, stop: &CancellationToken) -> Result<String, ToolError> {
    let (id, title) = (window.id, window.words());
    let room = x.room_for(window)?;
    let area = match wish.to {
        Some(Where::Minimise) => {
            x.minimise(id)?;
            let is_away = || x.windows().is_ok_and(|all| all.iter().any(|w| w.id == id && w.minimised));
            launch::until(stop, is_away);
            return Ok(format!("\"{title}\" is minimised."));
        }
        Some(Where::Maximise) => {
            x.fullscreen(id, false)?;
            x.focus(window, stop)?;
            x.maximise(id, true)?;
            settled(x, id, stop);
            return Ok(format!("\"{title}\" is maximised."));
        }
        Some(Where::Fullscreen) => {
            x.focus(window, stop)?;
            x.fullscreen(id, true)?;
            settled(x, id, stop);
            return Ok(format!("\"{title}\" fills the screen."));
        }
        to => target(to, wish, room, window.area),
    };
    x.fullscreen(id, false)?;
    x.maximise(id, false)?;
    if window.minimised || wish.to == Some(Where::Restore) {
        x.focus(window, stop)?;
    }
    if wish.to == Some(Where::Restore) {
        return Ok(format!("\"{title}\" is as it was."));
    }
    x.place(id, area)?;
    let mut now = settled(x, id, stop).unwrap_or(area);
    if now != area {
        // Without being maximised it may have got another frame.
        x.place(id, area)?;
        now = settled(x, id, stop).unwrap_or(now);
    }
    Ok(format!("\"{title}\" is at {},{} and {} x {} large.", now.x, now.y, now.width, now.height))
}

/// Where it goes, with its frame.
fn target(to: Option<Where>, wish: &Moved, room: Area, now: Area) -> Area {
    let Area { x, y, width, height } = room;
    match to {
        Some(Where::Left) => Area { width: width / 2, ..room },
        Some(Where::Right) => Area { x: x + width / 2, width: width - width / 2, ..room },
        Some(Where::Top) => Area { height: height / 2, ..room },
        Some(Where::Bottom) => Area { y: y + height / 2, height: height - height / 2, ..room },
        Some(Where::Centre) => {
            Area { x: x + (width - now.width) / 2, y: y + (height - now.height) / 2, ..now }
        }
        _ => Area {
            x: wish.x.unwrap_or(now.x),
            y: wish.y.unwrap_or(now.y),
            width: wish.width.map_or(now.width, i32::from).max(1),
            height: wish.height.map_or(now.height, i32::from).max(1),
        },
    }
}

/// Where a window is, once that stays the same. A program need not go where it is told: terminals keep to whole letters.
fn settled(x: &X, id: u32, stop: &CancellationToken) -> Option<Area> {
    let mut last = None;
    let mut same = 0;
    launch::until(stop, || {
        let now = x.windows().ok().and_then(|all| Some(all.into_iter().find(|w| w.id == id)?.area));
        same = if now == last { same + 1 } else { 0 };
        last = now;
        same >= 5
    });
    last
}
