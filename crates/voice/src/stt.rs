//! Speech to text: the seam, and behind it Whisper in the speech engine.
//!
//! A transcriber always answers with its best guess; whether anybody spoke at all is judged by [`gate`].

pub mod gate;
mod whisper;

use async_trait::async_trait;
pub use jarvis_engine::speech::Transcript;

pub use crate::speech::SpeechError;
pub use whisper::WhisperTranscriber;

/// How to recognise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TranscribeOptions {
    /// Languages that it may be, ISO 639-1 codes: one is taken as given, of several the likeliest, of none given
    /// the likeliest of all that the model knows.
    pub languages: Vec<String>,
    /// Words to expect: names, commands.
    pub vocabulary: Vec<String>,
    /// A quick guess is enough, for the words shown while the person speaks.
    pub draft: bool,
}

/// Turns sound into words. Dropping the future cancels the work.
#[async_trait]
pub trait Transcriber: Send + Sync {
    /// Gets ready, so that the first request is not the one that waits.
    async fn warm(&self) -> Result<(), SpeechError>;

    /// Recognises `samples`, 16 kHz mono in -1.0..=1.0.
    async fn transcribe(
        &self,
        samples: &[f32],
        options: &TranscribeOptions,
    ) -> Result<Transcript, SpeechError>;

    /// Natural logarithm of the probability that `samples` begin with `text`, in a language (ISO 639-1).
    async fn log_probability(&self, samples: &[f32], text: &str, language: &str) -> Result<f32, SpeechError>;
}
