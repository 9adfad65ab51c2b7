//! A voice that speaks in the speech engine, Piper's or Kokoro's: the files say which.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;
use jarvis_core::audio::Pcm;
use jarvis_engine::Replies;
use jarvis_engine::speech::{Reply, Request, VoiceFiles};
use jarvis_engine::wire::bytes_to_samples;

use super::{Language, Speech, SpeechError, Synthesizer};
use crate::speech::SpeechEngine;

/// Speaks with one voice.
pub struct EngineVoice {
    engine: Arc<SpeechEngine>,
    voice: VoiceFiles,
    language: Language,
}

impl EngineVoice {
    /// The paths in `voice` are absolute: the engine has a working directory of its own.
    pub fn new(engine: Arc<SpeechEngine>, voice: VoiceFiles, language: Language) -> Self {
        Self { engine, voice, language }
    }
}

#[async_trait]
impl Synthesizer for EngineVoice {
    fn language(&self) -> Language {
        self.language
    }

    async fn warm(&self) -> Result<(), SpeechError> {
        Ok(self.engine.run(Request::LoadVoice { voice: self.voice.clone() }).await?)
    }

    fn synthesize(&self, text: &str, speed: f32) -> Speech {
        let request = Request::Synthesize { voice: self.voice.clone(), text: text.into(), speed };
        let saying = Saying {
            replies: self.engine.request(request.clone(), Vec::new()),
            engine: Arc::clone(&self.engine),
            request: Some(request),
            delivered: 0,
            to_skip: 0,
        };
        stream::unfold(Some(saying), |saying| async move {
            let mut saying = saying?;
            match saying.next().await? {
                Ok(piece) => Some((Ok(piece), Some(saying))),
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }
}

/// One text on its way to becoming sound.
struct Saying {
    engine: Arc<SpeechEngine>,
    replies: Replies<Request, Reply>,
    /// What to ask again should the engine die; taken when that has happened.
    request: Option<Request>,
    /// Samples that the listener has.
    delivered: usize,
    /// Of those, how many the second attempt has yet to leave out.
    to_skip: usize,
}

impl Saying {
    async fn next(&mut self) -> Option<Result<Pcm, SpeechError>> {
        loop {
            match self.replies.next().await? {
                Ok((Reply::Audio { sample_rate }, payload)) => {
                    let mut samples = bytes_to_samples(&payload);
                    let skipped = self.to_skip.min(samples.len());
                    samples.drain(..skipped);
                    self.to_skip -= skipped;
                    if !samples.is_empty() {
                        self.delivered += samples.len();
                        return Some(Ok(Pcm { samples, sample_rate }));
                    }
                }
                Ok((Reply::Transcript(_) | Reply::Likelihood { .. }, _)) => {}
                Err(error) => {
                    let error = SpeechError::from(error);
                    match self.request.take() {
                        Some(request) if error.engine_died() => {
                            // It goes on where it broke off, to within the voice's small variations of tempo.
                            self.to_skip = self.delivered;
                            self.replies = self.engine.request(request, Vec::new());
                        }
                        _ => return Some(Err(error)),
                    }
                }
            }
        }
    }
}
