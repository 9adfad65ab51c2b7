//! A wake word of one's own: its data made, its head trained, and measured.
//!
//! What is said is chosen by [`recipe`] and said by the voices that Jarvis has ([`speech`]); [`corpus`] hears it in many rooms and
//! over many noises; [`learn`] trains the head, [`train`] chooses its threshold and writes its file, [`evaluate`] measures any
//! head. Nothing here runs while Jarvis listens: [`jarvis_voice::wake`] does.

pub mod corpus;
mod error;
pub mod evaluate;
mod files;
pub mod learn;
mod network;
mod programs;
mod progress;
pub mod recipe;
pub mod sound;
pub mod speech;
pub mod train;
pub mod voices;

pub use error::TrainingError;
pub use files::replace;
pub use progress::{OnProgress, Stage};
