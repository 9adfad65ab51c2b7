//! Devices, real-time rings, resampling, playback, sound files; the only user of cpal and rodio.
//!
//! - [`Capture`]: any microphone to 16 kHz mono frames, and on through an unplugged microphone;
//! - [`Player`]: speech of any rate to any speaker, gapless, silent at once when told;
//! - [`Cleaner`]: what the microphone hears, without the speaker's echo and without noise;
//! - [`file`]: any WAV or FLAC in, WAV out;
//! - [`devices`]: what can be chosen;
//! - [`room`]: a simulated room to measure in.
//!
//! It knows nothing of wake words, recognisers or turns, and never decides what to do about a failure: it reports
//! an [`AudioError`] whose `failure()` a person can read.

mod capture;
mod cleaner;
pub mod devices;
mod echo;
mod error;
pub mod file;
mod intake;
mod noise;
mod playback;
mod resample;
pub mod room;
mod watch;

pub use capture::{Capture, CaptureConfig, CaptureItem};
pub use cleaner::{Cleaner, Cleaning};
pub use devices::Direction;
pub use echo::EchoCanceller;
pub use error::AudioError;
pub use noise::NoiseSuppressor;
pub use playback::{Player, PlayerEvent, Tap};
pub use resample::{Resampler, resample};
