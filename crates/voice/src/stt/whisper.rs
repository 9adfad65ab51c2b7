//! Whisper, by way of the speech engine.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use jarvis_engine::speech::{Reply, Request, Transcript};
use jarvis_engine::wire::samples_to_bytes;

use super::{SpeechError, TranscribeOptions, Transcriber};
use crate::speech::SpeechEngine;

/// Recognises with one Whisper model.
pub struct WhisperTranscriber {
    engine: Arc<SpeechEngine>,
    model: PathBuf,
}

impl WhisperTranscriber {
    /// `model` is a file in GGML format, by its absolute path: the engine has a working directory of its own.
    pub fn new(engine: Arc<SpeechEngine>, model: PathBuf) -> Self {
        Self { engine, model }
    }

    /// The last reply of which `wanted` makes something.
    async fn ask<T>(
        &self,
        request: Request,
        sound: Bytes,
        wanted: impl Fn(Reply) -> Option<T>,
    ) -> Result<T, SpeechError> {
        let mut replies = self.engine.request(request, sound);
        let mut last = None;
        while let Some(item) = replies.next().await {
            last = wanted(item?.0).or(last);
        }
        last.ok_or(SpeechError::NoAnswer)
    }
}

#[async_trait]
impl Transcriber for WhisperTranscriber {
    async fn warm(&self) -> Result<(), SpeechError> {
        Ok(self.engine.run(Request::LoadTranscriber { model: self.model.clone() }).await?)
    }

    async fn transcribe(
        &self,
        samples: &[f32],
        options: &TranscribeOptions,
    ) -> Result<Transcript, SpeechError> {
        let request = Request::Transcribe {
            model: self.model.clone(),
            languages: options.languages.clone(),
            vocabulary: options.vocabulary.clone(),
            draft: options.draft,
        };
        let sound = Bytes::from(samples_to_bytes(samples));
        let transcript = |reply| match reply {
            Reply::Transcript(transcript) => Some(transcript),
            _ => None,
        };
        match self.ask(request.clone(), sound.clone(), transcript).await {
            // The person has spoken; it would be a pity to make them say it again.
            Err(error) if error.engine_died() => self.ask(request, sound, transcript).await,
            answer => answer,
        }
    }

    async fn log_probability(&self, samples: &[f32], text: &str, language: &str) -> Result<f32, SpeechError> {
        let request =
            Request::Likelihood { model: self.model.clone(), language: language.into(), text: text.into() };
        self.ask(request, Bytes::from(samples_to_bytes(samples)), |reply| match reply {
            Reply::Likelihood { log_probability } => Some(log_probability),
            _ => None,
        })
        .await
    }
}
