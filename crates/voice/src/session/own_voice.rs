//! The wake word in Jarvis's own words: what the speaker plays is known before it is heard.

use jarvis_core::audio::{Frame, ms_to_samples};

use crate::wake::{GatedWake, WakeDetector, WakeError};

/// So long after it was played a wake word may still be its echo: half a second on its way, the room, and the detector being sure of
/// the one a little before the other.
const ECHO_MS: u64 = 1200;

/// See the module.
pub(super) struct OwnVoice {
    detector: GatedWake,
    /// When it last said the wake word, samples of the session's clock.
    said: Option<u64>,
}

impl OwnVoice {
    pub(super) fn new(detector: Box<dyn WakeDetector>) -> Self {
        Self { detector: GatedWake::new(detector), said: None }
    }

    /// Takes what is played `now`. Whether a wake word that is heard now may be the session's own.
    pub(super) fn says_it(&mut self, played: &Frame, now: u64) -> Result<bool, WakeError> {
        // Behind the gate: while nothing is played it costs nothing.
        if self.detector.process(played, false)?.is_some() {
            self.said = Some(now);
        }
        Ok(self.said.is_some_and(|said| now < said + ms_to_samples(ECHO_MS)))
    }
}
