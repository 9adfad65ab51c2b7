//! Text to speech: the seam, and behind it the voices of the speech engine.
//!
//! What comes in is plain text, a sentence or clause at a time: [`crate::sentences`] cuts, [`crate::speakable`] makes
//! it plain.

mod engine_voice;

use async_trait::async_trait;
use futures::stream::BoxStream;
use jarvis_core::audio::Pcm;

pub use crate::speakable::Language;
pub use crate::speech::SpeechError;
pub use engine_voice::EngineVoice;
pub use jarvis_engine::speech::{Accent, VoiceFiles, VoiceModel};

/// Sound as it becomes ready. Dropping it cancels what is left.
pub type Speech = BoxStream<'static, Result<Pcm, SpeechError>>;

/// Turns words into sound.
#[async_trait]
pub trait Synthesizer: Send + Sync {
    /// What it speaks, by which what is written is to be read.
    fn language(&self) -> Language;

    /// Gets ready, so that the first sentence is not the one that waits.
    async fn warm(&self) -> Result<(), SpeechError>;

    /// Says `text` at `speed`, 0.5 (half) to 2.0 (double). Work begins at once, not when the stream is first read.
    /// All pieces have the same sample rate; after an error there are no more. Text without letters or digits is
    /// no sound.
    fn synthesize(&self, text: &str, speed: f32) -> Speech;
}
