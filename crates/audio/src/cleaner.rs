//! From what the microphone hears to what is listened to: without echo, without noise, as far as each is wanted.
//!
//! What is not wanted costs nothing and changes nothing.

use jarvis_core::audio::{CleanFrame, Frame};

use crate::echo::EchoCanceller;
use crate::noise::NoiseSuppressor;

/// What is to be removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaning {
    /// The echo of the speaker.
    pub echo: bool,
    /// Steady noise; from what is listened to for wake word and voice activity only.
    pub noise: bool,
}

/// See the module. It stays on the thread that it was made on.
pub struct Cleaner {
    echo: Option<EchoCanceller>,
    noise: Option<NoiseSuppressor>,
}

impl Cleaner {
    /// One that removes what is wanted.
    pub fn new(wanted: Cleaning) -> Self {
        Self { echo: wanted.echo.then(EchoCanceller::new), noise: wanted.noise.then(NoiseSuppressor::new) }
    }

    /// Cleans a frame; `played` is what the speaker plays meanwhile, see [`EchoCanceller::cancel`].
    pub fn clean(&mut self, heard: &Frame, played: &Frame) -> CleanFrame {
        let mut clean = match &mut self.echo {
            Some(echo) => echo.cancel(heard, played),
            None => CleanFrame::from(*heard),
        };
        if let Some(noise) = &mut self.noise {
            noise.suppress(&mut clean.detection);
        }
        clean
    }
}
