//! What plays: the keys of a media player, pressed over D-Bus (MPRIS 2).

use async_trait::async_trait;
use jarvis_guard::{Effect, Running};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;
use zbus::{Connection, Proxy};

use super::{bus, unreachable};
use crate::desktop::likeness::{ENOUGH, likeness};
use crate::desktop::{Desktop, about};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// Players have names that begin so.
const PLAYERS: &str = "org.mpris.MediaPlayer2.";

/// `media`.
pub(super) struct Media {
    about: About,
    desktop: Desktop,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// What it is to do.
    action: Action,
    /// Name of the player; without it, the one that plays.
    player: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    Play,
    Pause,
    Next,
    Previous,
    Stop,
}

impl Action {
    /// Name of the method, and what is said when it is done.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Play => ("Play", "Go on playing.", "It plays."),
            Self::Pause => ("Pause", "Pause what plays.", "Paused."),
            Self::Next => ("Next", "Go on to the next title.", "The next one."),
            Self::Previous => ("Previous", "Go back to the title before.", "The one before."),
            Self::Stop => ("Stop", "Stop what plays.", "Stopped."),
        }
    }

    /// Which players it is for, the best first.
    fn wanted(self) -> [&'static str; 3] {
        match self {
            Self::Play => ["Paused", "Stopped", "Playing"],
            _ => ["Playing", "Paused", "Stopped"],
        }
    }
}

impl Media {
    pub(super) fn new(desktop: &Desktop) -> Self {
        let about = about::<Wish>(
            "sound",
            "media",
            "Plays, pauses or stops music or a video, or goes to the next or the previous title.",
            &["Pause the music", "Next song", "Go on playing", "Musik anhalten"],
        );
        Self { about, desktop: desktop.clone() }
    }
}

#[async_trait]
impl Tool for Media {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let wish: Wish = arguments("media", given)?;
        Ok(Plan { effects: vec![Effect::Adjust], words: wish.action.words().1.into(), undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Wish { action, player } = arguments("media", running.arguments())?;
        let usual = Builder::session().map_err(|error| unreachable(&error))?;
        let bus = bus(&self.desktop, "DBUS_SESSION_BUS_ADDRESS", usual).await?;
        let player = find(&bus, action, player.as_deref()).await?;
        let (method, _, done) = action.words();
        let answer = player.call_method(method, &()).await;
        answer.map_err(|error| ToolError::failed(format!("The player did not do it ({error}).")))?;
        Ok(Output::text(done))
    }
}

async fn find(bus: &Connection, action: Action, said: Option<&str>) -> Result<Proxy<'static>, ToolError> {
    let names = DBusProxy::new(bus).await.map_err(|error| unreachable(&error))?.list_names().await;
    let names =
        names.map_err(|error| ToolError::failed(format!("The message bus gives no answer ({error}).")))?;
    let mut found: Vec<(usize, Proxy<'static>)> = Vec::new();
    for name in names.iter().map(|name| name.as_str()).filter(|name| name.starts_with(PLAYERS)) {
        // What follows a dot tells the processes of one player apart.
        let short = name[PLAYERS.len()..].split('.').next().unwrap_or_default();
        if said.is_some_and(|said| likeness(said, short) < ENOUGH) {
            continue;
        }
        let path = "/org/mpris/MediaPlayer2";
        let interface = "org.mpris.MediaPlayer2.Player";
        let Ok(player) = Proxy::new(bus, name.to_owned(), path, interface).await else { continue };
        let state: String = player.get_property("PlaybackStatus").await.unwrap_or_default();
        let rank = action.wanted().iter().position(|wanted| *wanted == state).unwrap_or(usize::MAX);
        found.push((rank, player));
    }
    let best = found.into_iter().min_by_key(|(rank, _)| *rank);
    best.map(|(_, player)| player).ok_or_else(|| {
        ToolError::failed(match said {
            Some(said) => format!("No player called \"{said}\" runs."),
            None => "Nothing plays: no player runs. Start one first.".into(),
        })
    })
}
