//! Typing, keys, clicks and scrolling, as real input events. A call is for the one window that it was planned for: where
//! another one has the focus, or lies there, when it runs, nothing is pressed; where that changes meanwhile, it ends.

use std::sync::Arc;

use async_trait::async_trait;
use enigo::{Button, Coordinate, Direction, Enigo, Key, Keyboard, Mouse, Settings};
use jarvis_guard::{Effect, Input, Running};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::keys::{Chord, kinds};
use super::planned::Planned;
use super::x11::{Window, X};
use super::{Desktop, about, blocking, windows};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// Letters that are typed before it is looked again whether that is still wanted, and there.
const CHUNK: usize = 16;
/// Longer text is a file, not typing.
const LONGEST: usize = 20_000;
pub(super) fn tools(desktop: &Desktop) -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(Keyboarding::new(desktop, true)),
        Arc::new(Keyboarding::new(desktop, false)),
        Arc::new(Mousing::new(desktop, true)),
        Arc::new(Mousing::new(desktop, false)),
    ]
}

/// The one that is meant, if it can be typed into: Jarvis's own window is not pressed by Jarvis.
fn allowed(window: Window) -> Result<Window, ToolError> {
    if window.is_own() {
        let reason =
            "Jarvis asks you there what it may do, so it does not press keys or buttons in it itself.".into();
        return Err(ToolError::Refused { reason });
    }
    Ok(window)
}

/// What was planned for: the window, and whether it is to be brought to the front first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aim {
    id: u32,
    pid: Option<u32>,
    title: String,
    bring: bool,
}

impl Aim {
    /// The window that is named, or has the focus.
    pub(super) fn at(x: &X, window: Option<&str>) -> Result<(Self, Window), ToolError> {
        let found = match window {
            Some(said) => windows::named(x, said, true)?,
            None => x.focused().ok_or_else(|| {
                ToolError::failed(
                    "No window has the focus, so there is nothing to type into. Click into one first.",
                )
            })?,
        };
        let found = allowed(found)?;
        let bring = window.is_some() && !found.focused;
        Ok((Self { id: found.id, pid: found.pid, title: found.words(), bring }, found))
    }

    pub(super) fn effects(&self, window: &Window, kinds: Vec<Input>) -> Vec<Effect> {
        let bring = self.bring.then(|| window.effect(false));
        let input = kinds.into_iter().map(|kind| Effect::Input { window: window.words(), kind });
        bring.into_iter().chain(input).collect()
    }

    /// Brings it to the front where that was planned, and sees that it has the focus.
    pub(super) fn ready(&self, x: &X, stop: &CancellationToken) -> Result<Window, ToolError> {
        let window = x.windows()?.into_iter().find(|w| w.id == self.id && w.pid == self.pid);
        let window =
            window.ok_or_else(|| ToolError::failed(format!("The window \"{}\" is gone.", self.title)))?;
        if self.bring {
            x.focus(&window, stop)?;
        }
        self.still(x)?;
        Ok(window)
    }

    fn still(&self, x: &X) -> Result<(), ToolError> {
        if x.active() == Some(self.id) {
            return Ok(());
        }
        let reason = format!("\"{}\" no longer has the focus, so nothing more was pressed.", self.title);
        Err(ToolError::Refused { reason })
    }
}

/// Says that it was stopped.
fn stopped(stop: &CancellationToken) -> Result<(), ToolError> {
    if stop.is_cancelled() {
        return Err(ToolError::Stopped { tool: "input".into(), reason: "no more keys are pressed".into() });
    }
    Ok(())
}

/// Keyboard and mouse of the display.
pub(super) fn hands(desktop: &Desktop) -> Result<Enigo, ToolError> {
    let settings = Settings { x11_display: desktop.display(), ..Settings::default() };
    Enigo::new(&settings).map_err(|error| {
        ToolError::unavailable(format!(
            "Keys cannot be pressed on this screen ({error}). It needs the XTEST extension."
        ))
    })
}

fn failed(error: enigo::InputError) -> ToolError {
    ToolError::failed(format!("The screen did not take the input ({error})."))
}

/// `type_text` and `press_keys`.
struct Keyboarding {
    about: About,
    desktop: Desktop,
    planned: Planned<Aim>,
    types: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TypeText {
    /// The text, exactly as it is to be typed. A line feed presses Enter.
    text: String,
    /// Title of the window or name of its program; without it, the window that has the focus.
    window: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PressKeys {
    /// A key or a combination, like "ctrl+s", "alt+F4", "Enter"; several one after another are parted by blanks: "ctrl+a Delete".
    keys: String,
    /// Title of the window or name of its program; without it, the window that has the focus.
    window: Option<String>,
}

impl Keyboarding {
    fn new(desktop: &Desktop, types: bool) -> Self {
        let about = if types {
            about::<TypeText>(
                "input",
                "type_text",
                "Types text by the keyboard into the window that has the focus, or into a window that is named.",
                &["Type: kind regards, Ada", "Write hello into the editor", "Schreib das in den Brief"],
            )
        } else {
            about::<PressKeys>(
                "input",
                "press_keys",
                "Presses keys in the window that has the focus, or in a window that is named: shortcuts, Enter, arrows.",
                &["Press control S", "Save it with the keyboard", "Drück Escape"],
            )
        };
        Self { about, desktop: desktop.clone(), planned: Planned::default(), types }
    }

    fn wish(&self, given: &Value) -> Result<(Wish, Option<String>), ToolError> {
        let name = &self.about.spec.name;
        let bad = |reason: String| ToolError::BadArguments { tool: name.clone(), reason };
        if !self.types {
            let PressKeys { keys, window } = arguments(name, given)?;
            return Ok((Wish::Press(chords(&keys).map_err(bad)?), window));
        }
        let TypeText { text, window } = arguments(name, given)?;
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err(bad(format!("the text must have 1 to {LONGEST} letters")));
        }
        // Control characters are keys in disguise: Escape, or Ctrl with a letter.
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(bad("the text holds control characters; keys are pressed with press_keys".into()));
        }
        Ok((Wish::Type(text.replace("\r\n", "\n")), window))
    }
}

/// "ctrl+a Delete" is two; "page down" is one.
fn chords(keys: &str) -> Result<Vec<Chord>, String> {
    const MOST: usize = 20;
    if let Ok(one) = Chord::parse(keys) {
        return Ok(vec![one]);
    }
    let chords = keys.split_whitespace().map(Chord::parse).collect::<Result<Vec<_>, _>>()?;
    match chords.len() {
        0 => Err("no key is named".into()),
        1..=MOST => Ok(chords),
        _ => Err(format!("no more than {MOST} keys at once")),
    }
}

enum Wish {
    Type(String),
    Press(Vec<Chord>),
}

impl Wish {
    fn kinds(&self) -> Vec<Input> {
        let mut kinds = match self {
            Self::Type(text) => kinds(text),
            Self::Press(chords) => chords.iter().map(Chord::kind).collect(),
        };
        let mut seen = Vec::new();
        kinds.retain(|kind| {
            !seen.contains(kind) && {
                seen.push(*kind);
                true
            }
        });
        kinds
    }

    fn words(&self, given: &Value, title: &str) -> String {
        const SHOWN: usize = 300;
        match self {
            Self::Type(text) => {
                let mut shown: String = text.chars().take(SHOWN).collect();
                let rest = text.chars().count().saturating_sub(SHOWN);
                if rest > 0 {
                    shown.push_str(&format!(" … and {rest} letters more"));
                }
                format!("Type {shown:?} into the window \"{title}\".")
            }
            Self::Press(_) => {
                let keys = given.get("keys").and_then(Value::as_str).unwrap_or_default().trim();
                format!("Press {keys} in the window \"{title}\".")
            }
        }
    }
}

#[async_trait]
impl Tool for Keyboarding {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let (wish, window) = self.wish(given)?;
        let (aim, window) = Aim::at(&self.desktop.x()?, window.as_deref())?;
        let effects = aim.effects(&window, wish.kinds());
        let plan = Plan { effects, words: wish.words(given, &aim.title), undoable: false };
        Ok(self.planned.keep(given, plan, aim))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let (wish, _) = self.wish(running.arguments())?;
        let aim = self.planned.take(running)?;
        let desktop = self.desktop.clone();
        let text = blocking(running, move |stop| {
            let x = desktop.x()?;
            let mut hands = Hands { desktop: &desktop, held: Some(hands(&desktop)?) };
            aim.ready(&x, stop)?;
            let done = match &wish {
                Wish::Type(text) => type_out(text, &aim, &x, &mut hands, stop),
                Wish::Press(chords) => press_all(chords, &aim, &x, &mut hands, stop),
            };
            // Before the hands let go of the keys that they have borrowed.
            x.caught_up(aim.id, stop)?;
            done
        });
        Ok(Output::text(text.await?))
    }
}

/// The hands at work.
struct Hands<'a> {
    desktop: &'a Desktop,
    held: Option<Enigo>,
}

impl Hands<'_> {
    fn key(&mut self, key: Key, direction: Direction) -> Result<(), ToolError> {
        let held = self.held.take().map_or_else(|| hands(self.desktop), Ok)?;
        self.held.insert(held).key(key, direction).map_err(failed)
    }

    /// Gives back the keys that were borrowed. New hands look which are free, so these must be gone by then.
    fn let_go(&mut self) {
        self.held = None;
    }
}

fn type_out(
    text: &str,
    aim: &Aim,
    x: &X,
    hands: &mut Hands<'_>,
    stop: &CancellationToken,
) -> Result<String, ToolError> {
    let mut keys = x.letters()?;
    let letters: Vec<char> = text.chars().collect();
    for chunk in letters.chunks(CHUNK) {
        stopped(stop)?;
        aim.still(x)?;
        for &letter in chunk {
            let key = match letter {
                '\n' | '\r' => Key::Return,
                '\t' => Key::Tab,
                other => Key::Unicode(other),
            };
            if matches!(key, Key::Unicode(_)) && !keys.has_room_for(letter) {
                x.caught_up(aim.id, stop)?;
                hands.let_go();
                keys.give_back();
                keys.has_room_for(letter);
            }
            hands.key(key, Direction::Click)?;
        }
    }
    Ok(format!("Typed {} letters into \"{}\".", letters.len(), aim.title))
}

fn press_all(
    chords: &[Chord],
    aim: &Aim,
    x: &X,
    hands: &mut Hands<'_>,
    stop: &CancellationToken,
) -> Result<String, ToolError> {
    for Chord { held, key } in chords {
        stopped(stop)?;
        aim.still(x)?;
        let mut pressed = Ok(());
        for modifier in held {
            pressed = pressed.and_then(|()| hands.key(*modifier, Direction::Press));
        }
        let pressed = pressed.and_then(|()| hands.key(*key, Direction::Click));
        // Whatever happened: a key that stays down would spoil all that is typed from now on.
        for modifier in held.iter().rev() {
            let _ = hands.key(*modifier, Direction::Release);
        }
        pressed?;
    }
    Ok(format!("Pressed in \"{}\".", aim.title))
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

    /// The place, the buttons, how often.
    fn wish(&self, given: &Value) -> Result<(Option<(i32, i32)>, Button, usize), ToolError> {
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
            return Ok((Some((x.into(), y.into())), button, times(count, 1, 3)?));
        }
        let Scroll { direction, amount } = arguments(name, given)?;
        let button = match direction {
            Way::Up => Button::ScrollUp,
            Way::Down => Button::ScrollDown,
            Way::Left => Button::ScrollLeft,
            Way::Right => Button::ScrollRight,
        };
        Ok((None, button, times(amount, 3, 50)?))
    }
}

#[async_trait]
impl Tool for Mousing {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let (place, _, count) = self.wish(given)?;
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
        let (_, button, count) = self.wish(running.arguments())?;
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
