//! The microphone and the speaker of a voice loop, and what comes between the two: the echo, which is removed.

use jarvis_audio::{AudioError, Capture, Cleaning, Player, Tap};
use jarvis_core::config::Audio;

/// See the module.
pub struct Devices {
    pub(super) capture: Capture,
    pub(super) player: Option<Player>,
    pub(super) tap: Option<Tap>,
    pub(super) cleaning: Cleaning,
}

impl Devices {
    /// Opens the speaker that belongs to the microphone. Where there is none, that is told beside: answers are then given in
    /// writing.
    pub fn open(capture: Capture, audio: &Audio) -> (Self, Option<AudioError>) {
        let opened = if audio.echo_cancellation {
            Player::open_tapped(&audio.output, audio.volume).map(|(player, tap)| (player, Some(tap)))
        } else {
            Player::open(&audio.output, audio.volume).map(|player| (player, None))
        };
        let (player, tap, problem) = match opened {
            Ok((player, tap)) => (Some(player), tap, None),
            Err(e) => (None, None, Some(e)),
        };
        // Without a speaker there is no echo.
        let cleaning = Cleaning { echo: tap.is_some(), noise: audio.noise_suppression };
        (Self { capture, player, tap, cleaning }, problem)
    }

    /// Name of the speaker, where there is one.
    pub fn speaker(&self) -> Option<&str> {
        self.player.as_ref().map(Player::name)
    }

    /// Name of the microphone.
    pub fn microphone(&self) -> &str {
        self.capture.name()
    }
}
