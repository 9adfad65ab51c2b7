//! Typing and keys, as real input events. A call is for the one window that it was planned for: where another one has the focus
//! when it runs, nothing is pressed; where that changes meanwhile, it ends.

use std::sync::Arc;

use async_trait::async_trait;
use enigo::{Direction, Enigo, Key, Keyboard, Settings};
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
    vec![Arc::new(Keyboarding::new(desktop, true)), Arc::new(Keyboarding::new(desktop, false))]
}

/// The one that is meant, if it can be typed into: Jarvis's own window is not pressed by Jarvis.
pub(super) fn allowed(window: Window) -> Result<Window, ToolError> {
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
        // Who was asked for a yes in Jarvis's window has left the one that it is for.
        let left = x.focused().is_some_and(|focused| focused.is_own());
        if self.bring || left {
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
pub(super) fn stopped(stop: &CancellationToken) -> Result<(), ToolError> {
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

pub(super) fn failed(error: enigo::InputError) -> ToolError {
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
        let mut about = if types {
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
        // A few milliseconds a letter, and far more on a machine that is busy.
        about.time_limit = std::time::Duration::from_secs(300);
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
        x.hands_off(stop)?;
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
