//! Clicks and the wheel, as real input events. A click is for the window that lay there when it was planned: where another one
//! lies there when it runs, nothing is pressed.

use std::sync::Arc;

use async_trait::async_trait;
use enigo::{Button, Coordinate, Direction, Enigo, Mouse};
use jarvis_guard::{Effect, Input, Running};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::input::{Aim, allowed, failed, hands, stopped};
use super::planned::Planned;
use super::x11::{Window, X};
use super::{Desktop, about, blocking};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

pub(super) fn tools(desktop: &Desktop) -> Vec<Arc<dyn Tool>> {
    vec![Arc::new(Mousing::new(desktop, true)), Arc::new(Mousing::new(desktop, false))]
}

/// `click` and `scroll`.
struct Mousing {
    about: About,
    desktop: Desktop,
    planned: Planned<Target>,
    clicks: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Click {
    /// Pixels from the left of the screen.
    x: u16,
    /// Pixels from the top of the screen.
    y: u16,
    /// Which button; the left one if not told.
    button: Option<WhichButton>,
    /// How often: 2 is a double click.
    count: Option<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum WhichButton {
    #[default]
    Left,
    Middle,
    Right,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Scroll {
    /// Which way the content moves on.
    direction: Way,
    /// Notches of the wheel, 1 to 50; three are about a third of a page.
    amount: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    Up,
    Down,
    Left,
    Right,
}

/// What is pressed, where, how often. Without a place: in the middle of the window that has the focus.
struct Presses {
    place: Option<(i32, i32)>,
    button: Button,
    count: usize,
}

/// A place on the screen, and the window that lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) x: i32,
    pub(super) y: i32,
    id: Option<u32>,
}

impl Target {
    /// What lies there, told for the guard.
    pub(super) fn at(x11: &X, x: i32, y: i32) -> Result<(Self, String), ToolError> {
        let window = x11.at(x, y)?.map(allowed).transpose()?;
        let title = window.as_ref().map_or_else(|| "the desktop".to_owned(), Window::words);
        Ok((Self { x, y, id: window.map(|w| w.id) }, title))
    }

    /// Whether that window lies there.
    pub(super) fn is_in(&self, window: u32) -> bool {
        self.id == Some(window)
    }

    /// Presses there, if the same window still lies there.
    pub(super) fn press(
        &self,
        x11: &X,
        hands: &mut Enigo,
        buttons: impl Iterator<Item = Button>,
    ) -> Result<(), ToolError> {
        hands.move_mouse(self.x, self.y, Coordinate::Abs).map_err(failed)?;
        for button in buttons {
            if x11.at(self.x, self.y)?.map(|w| w.id) != self.id {
                let reason = "Another window lies there by now, so nothing more was pressed.".into();
                return Err(ToolError::Refused { reason });
            }
            hands.button(button, Direction::Click).map_err(failed)?;
        }
        Ok(())
    }
}

impl Mousing {
    fn new(desktop: &Desktop, clicks: bool) -> Self {
        let about = if clicks {
            about::<Click>(
                "input",
                "click",
                "Clicks at a place on the screen, given in pixels.",
                &["Click at 200, 300", "Double-click there", "Klick auf die Stelle"],
            )
        } else {
            about::<Scroll>(
                "input",
                "scroll",
                "Scrolls in the window that has the focus.",
                &["Scroll down", "Go further up on the page", "Blättere weiter"],
            )
        };
        Self { about, desktop: desktop.clone(), planned: Planned::default(), clicks }
    }

    fn wish(&self, given: &Value) -> Result<Presses, ToolError> {
        let name = &self.about.spec.name;
        let times = |count: Option<u8>, usual: u8, most: u8| {
            let reason = format!("the number must be 1 to {most}");
            let count = Some(count.unwrap_or(usual)).filter(|count| (1..=most).contains(count));
            count.map(usize::from).ok_or(ToolError::BadArguments { tool: name.clone(), reason })
        };
        if self.clicks {
            let Click { x, y, button, count } = arguments(name, given)?;
            let button = match button.unwrap_or_default() {
                WhichButton::Left => Button::Left,
                WhichButton::Middle => Button::Middle,
                WhichButton::Right => Button::Right,
            };
            return Ok(Presses { place: Some((x.into(), y.into())), button, count: times(count, 1, 3)? });
        }
        let Scroll { direction, amount } = arguments(name, given)?;
        let button = match direction {
            Way::Up => Button::ScrollUp,
            Way::Down => Button::ScrollDown,
            Way::Left => Button::ScrollLeft,
            Way::Right => Button::ScrollRight,
        };
        Ok(Presses { place: None, button, count: times(amount, 3, 50)? })
    }
}

#[async_trait]
impl Tool for Mousing {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let Presses { place, count, .. } = self.wish(given)?;
        let x = self.desktop.x()?;
        let (place, kind) = match place {
            Some(place) => (place, Input::Click),
            None => {
                let area = Aim::at(&x, None)?.1.area;
                ((area.x + area.width / 2, area.y + area.height / 2), Input::Scroll)
            }
        };
        let (target, title) = Target::at(&x, place.0, place.1)?;
        let words = match kind {
            Input::Click if count == 1 => format!("Click at {}, {} in \"{title}\".", place.0, place.1),
            Input::Click => format!("Click {count} times at {}, {} in \"{title}\".", place.0, place.1),
            _ => format!("Scroll in the window \"{title}\"."),
        };
        let plan = Plan { effects: vec![Effect::Input { window: title, kind }], words, undoable: false };
        Ok(self.planned.keep(given, plan, target))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Presses { button, count, .. } = self.wish(running.arguments())?;
        let target = self.planned.take(running)?;
        let (desktop, clicks) = (self.desktop.clone(), self.clicks);
        blocking(running, move |stop| {
            let buttons = std::iter::repeat_n(button, count).take_while(|_| !stop.is_cancelled());
            target.press(&desktop.x()?, &mut hands(&desktop)?, buttons)?;
            stopped(stop)?;
            Ok(Output::text(if clicks { "Clicked." } else { "Scrolled." }))
        })
        .await
    }
}
