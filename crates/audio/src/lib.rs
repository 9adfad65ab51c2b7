//! Devices, real-time rings, resampling, playback, sound files; the only user of cpal and rodio.
//!
//! - [`Capture`]: any microphone to 16 kHz mono frames, and on through an unplugged microphone;
//! - [`Player`]: speech of any rate to any speaker, gapless, silent at once when told;
//! - [`file`]: any WAV or FLAC in, WAV out;
//! - [`devices`]: what can be chosen.
//!
//! It knows nothing of wake words, recognisers or turns, and never decides what to do about a failure: it reports
//! an [`AudioError`] whose `failure()` a person can read.

mod capture;
pub mod devices;
mod error;
pub mod file;
mod intake;
mod playback;
mod resample;
mod watch;

pub use capture::{Capture, CaptureConfig, CaptureItem};
pub use devices::Direction;
pub use error::AudioError;
pub use playback::{Player, PlayerEvent};
pub use resample::{Resampler, resample};
