//! The microphone and the speaker of a voice loop, and what comes between the two: the echo, which is removed.

use jarvis_audio::{AudioError, Capture, Cleaning, Player, Tap};
use jarvis_core::config::Audio;

/// See the module.
pub struct Devices {
    pub(super) capture: Capture,
    pub(super) player: Option<Player>,
    pub(super) tap: Option<Tap>,
    pub(super) cleaning: Cleaning,
    /// Whether the speaker is still to be found.
    pub(super) mute: bool,
}

impl Devices {
    /// Opens the speaker that belongs to the microphone. Where there is none, that is told beside: until it is found, answers are
    /// given in writing.
    pub fn open(capture: Capture, audio: &Audio) -> (Self, Option<AudioError>) {
        let opened = if audio.echo_cancellation {
            let opened = Player::open_tapped_or_wait(&audio.output, audio.volume);
            opened.map(|(player, tap, missing)| (player, Some(tap), missing))
        } else {
            let opened = Player::open_or_wait(&audio.output, audio.volume);
            opened.map(|(player, missing)| (player, None, missing))
        };
        let (player, tap, problem) = match opened {
            Ok((player, tap, missing)) => (Some(player), tap, missing),
            Err(e) => (None, None, Some(e)),
        };
        // Without a speaker there is no echo.
        let cleaning = Cleaning { echo: tap.is_some(), noise: audio.noise_suppression };
        (Self { capture, player, tap, cleaning, mute: problem.is_some() }, problem)
    }

    /// Name of the speaker, where there is one.
    pub fn speaker(&self) -> Option<&str> {
        self.player.as_ref().filter(|_| !self.mute).map(Player::name)
    }

    /// Name of the microphone.
    pub fn microphone(&self) -> &str {
        self.capture.name()
    }
}
