//! The volume of the loudspeaker in use, by the sound server's own program: `wpctl` of PipeWire or `pactl` of PulseAudio.

use std::process::Stdio;

use async_trait::async_trait;
use jarvis_guard::{Effect, Running};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::desktop::{Desktop, about};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// `set_volume`.
pub(super) struct SetVolume {
    about: About,
    desktop: Desktop,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// The volume, 0 to 100.
    percent: Option<u8>,
    /// By how much it changes: 10 is louder, -10 is softer.
    change: Option<i8>,
    /// Whether it is silent.
    mute: Option<bool>,
}

impl SetVolume {
    pub(super) fn new(desktop: &Desktop) -> Self {
        let about = about::<Wish>(
            "sound",
            "set_volume",
            "Sets the volume of the loudspeaker, changes it, mutes it; with no arguments tells it.",
            &["Turn it up", "Set the volume to 30 percent", "Be quiet", "Mach leiser"],
        );
        Self { about, desktop: desktop.clone() }
    }
}

fn wish(given: &Value) -> Result<Wish, ToolError> {
    let wish: Wish = arguments("set_volume", given)?;
    let bad = |reason: &str| ToolError::BadArguments { tool: "set_volume".into(), reason: reason.into() };
    match wish {
        Wish { percent: Some(101..), .. } => Err(bad("percent is 0 to 100")),
        Wish { percent: Some(_), change: Some(_), .. } => Err(bad("give either percent or change")),
        wish => Ok(wish),
    }
}

#[async_trait]
impl Tool for SetVolume {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let words = match wish(given)? {
            Wish { percent: None, change: None, mute: None } => return Ok(Plan::look("Tell the volume.")),
            Wish { percent: Some(percent), .. } => format!("Set the volume to {percent} %."),
            Wish { change: Some(change), .. } => format!("Change the volume by {change} %."),
            Wish { mute: Some(true), .. } => "Mute the loudspeaker.".into(),
            Wish { .. } => "Unmute the loudspeaker.".into(),
        };
        Ok(Plan { effects: vec![Effect::Adjust], words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Wish { percent, change, mute } = wish(running.arguments())?;
        let server = Server::of(&self.desktop).await?;
        let target = match change {
            Some(change) => Some(i32::from(server.state().await?.0) + i32::from(change)),
            None => percent.map(i32::from),
        };
        if let Some(percent) = target {
            server.set(u8::try_from(percent.clamp(0, 100)).unwrap_or_default()).await?;
        }
        // A volume that is asked for is to be heard.
        let mute = mute.or_else(|| target.filter(|percent| *percent > 0).map(|_| false));
        if let Some(mute) = mute {
            server.mute(mute).await?;
        }
        let (percent, muted) = server.state().await?;
        let muted = if muted { ", muted" } else { "" };
        Ok(Output::text(format!("The volume is {percent} %{muted}.")))
    }
}

/// Which program speaks to the sound server.
enum Server<'a> {
    PipeWire(&'a Desktop),
    PulseAudio(&'a Desktop),
}

impl<'a> Server<'a> {
    async fn of(desktop: &'a Desktop) -> Result<Self, ToolError> {
        let (pipewire, pulseaudio) = (Self::PipeWire(desktop), Self::PulseAudio(desktop));
        match (desktop.program("wpctl").is_some(), desktop.program("pactl").is_some()) {
            (true, false) => Ok(pipewire),
            // It is there on many machines where PulseAudio plays.
            (true, true) if pipewire.state().await.is_ok() => Ok(pipewire),
            (_, true) => Ok(pulseaudio),
            (false, false) => Err(ToolError::unavailable(
                "The volume is set by `wpctl` or `pactl`, and neither is installed. Install the package wireplumber or \
                 pulseaudio-utils.",
            )),
        }
    }

    async fn set(&self, percent: u8) -> Result<(), ToolError> {
        match self {
            Self::PipeWire(_) => {
                let share = format!("{:.2}", f32::from(percent) / 100.0);
                self.ask(&["set-volume", "@DEFAULT_AUDIO_SINK@", &share]).await?
            }
            Self::PulseAudio(_) => {
                self.ask(&["set-sink-volume", "@DEFAULT_SINK@", &format!("{percent}%")]).await?
            }
        };
        Ok(())
    }

    async fn mute(&self, on: bool) -> Result<(), ToolError> {
        let on = if on { "1" } else { "0" };
        match self {
            Self::PipeWire(_) => self.ask(&["set-mute", "@DEFAULT_AUDIO_SINK@", on]).await?,
            Self::PulseAudio(_) => self.ask(&["set-sink-mute", "@DEFAULT_SINK@", on]).await?,
        };
        Ok(())
    }

    /// Volume in per cent, and whether it is muted.
    async fn state(&self) -> Result<(u8, bool), ToolError> {
        let strange = || ToolError::failed("The sound server does not tell its volume.");
        match self {
            Self::PipeWire(_) => {
                pipewire(&self.ask(&["get-volume", "@DEFAULT_AUDIO_SINK@"]).await?).ok_or_else(strange)
            }
            Self::PulseAudio(_) => {
                let volume = self.ask(&["get-sink-volume", "@DEFAULT_SINK@"]).await?;
                let mute = self.ask(&["get-sink-mute", "@DEFAULT_SINK@"]).await?;
                pulseaudio(&volume, &mute).ok_or_else(strange)
            }
        }
    }

    async fn ask(&self, arguments: &[&str]) -> Result<String, ToolError> {
        let (desktop, program) = match self {
            Self::PipeWire(desktop) => (desktop, "wpctl"),
            Self::PulseAudio(desktop) => (desktop, "pactl"),
        };
        let file =
            desktop.program(program).ok_or_else(|| ToolError::unavailable(format!("{program} is gone.")))?;
        let mut command = tokio::process::Command::new(file);
        // Its answers are read, so they must be in one language.
        command
            .args(arguments)
            .envs(desktop.env())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = command.output().await;
        let output =
            output.map_err(|error| ToolError::failed(format!("{program} did not start ({error}).")))?;
        if !output.status.success() {
            let complaint = crate::desktop::one_line(&String::from_utf8_lossy(&output.stderr));
            return Err(ToolError::unavailable(format!(
                "There is no loudspeaker to set ({program}: {complaint})."
            )));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// "Volume: 0.40 [MUTED]".
fn pipewire(text: &str) -> Option<(u8, bool)> {
    let share: f32 = text.trim().strip_prefix("Volume:")?.split_ascii_whitespace().next()?.parse().ok()?;
    Some(((share * 100.0).round().clamp(0.0, 255.0) as u8, text.contains("[MUTED]")))
}

/// "Volume: front-left: 19661 /  30% / -31.37 dB, ..." and "Mute: no".
fn pulseaudio(volume: &str, mute: &str) -> Option<(u8, bool)> {
    let percent =
        volume.split('/').find_map(|part| part.trim().strip_suffix('%')?.trim().parse::<u16>().ok())?;
    Some((u8::try_from(percent).unwrap_or(u8::MAX), mute.contains("yes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_servers_answer_is_understood() {
        assert_eq!(pipewire("Volume: 0.40\n"), Some((40, false)));
        assert_eq!(pipewire("Volume: 1.00 [MUTED]\n"), Some((100, true)));
        assert_eq!(pipewire("no"), None);
        let volume =
            "Volume: front-left: 19661 /  30% / -31.37 dB,   front-right: 19661 /  30% / -31.37 dB\n";
        assert_eq!(pulseaudio(volume, "Mute: no\n"), Some((30, false)));
        assert_eq!(pulseaudio(volume, "Mute: yes\n"), Some((30, true)));
        assert_eq!(pulseaudio("", ""), None);
    }

    #[test]
    fn wishes_that_contradict_themselves_are_refused() {
        for (given, fine) in [
            (serde_json::json!({}), true),
            (serde_json::json!({"percent": 0}), true),
            (serde_json::json!({"change": -10, "mute": false}), true),
            (serde_json::json!({"percent": 101}), false),
            (serde_json::json!({"percent": 10, "change": 5}), false),
            (serde_json::json!({"percent": "10; reboot"}), false),
        ] {
            assert_eq!(wish(&given).is_ok(), fine, "{given}");
        }
    }
}
