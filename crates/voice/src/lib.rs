//! Ears and mouth: wake word, voice activity, endpointing, speech to text, text to speech, turn-taking.
//!
//! Takes frames, returns facts. It opens no device: sound comes in and goes out as samples.

pub mod endpoint;
pub mod session;
