//! Ears and mouth: wake word, voice activity, endpointing, speech to text, text to speech, turn-taking.
//!
//! Takes frames, returns facts. It opens no device: sound comes in and goes out as samples.

pub mod barge_in;
pub mod endpoint;
pub mod onnx;
pub mod pronunciation;
pub mod sentences;
pub mod session;
pub mod speakable;
pub mod speech;
pub mod stt;
pub mod tts;
pub mod turn_end;
pub mod vad;
pub mod wake;
