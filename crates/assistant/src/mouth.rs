//! From the pieces of an answer to sound: sentence by sentence, the first clause on its way while the rest
//! is still being written.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use jarvis_audio::Player;
use jarvis_core::audio::Pcm;
use jarvis_core::{EventKind, TurnId};
use jarvis_voice::pronunciation::Pronunciation;
use jarvis_voice::sentences::SentenceSplitter;
use jarvis_voice::speakable::speakable;
use jarvis_voice::speech::SpeechError;
use jarvis_voice::tts::Synthesizer;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;

/// Where speech goes: the speaker, or a recording of what the speaker would have played.
pub trait Sink: Send + Sync {
    /// Queues a piece behind what is queued.
    fn play(&self, utterance: u64, pcm: Pcm);
    /// No more pieces will come for this utterance.
    fn finish(&self, utterance: u64);
}

impl Sink for Player {
    fn play(&self, utterance: u64, pcm: Pcm) {
        Player::play(self, utterance, pcm);
    }

    fn finish(&self, utterance: u64) {
        Player::finish(self, utterance);
    }
}

/// Speaks.
pub struct Mouth {
    synthesizer: Arc<dyn Synthesizer>,
    speed: f32,
    pronunciation: PathBuf,
    bus: EventBus,
}

impl Mouth {
    /// `speed` is 0.5 (half) to 2.0 (double); `pronunciation` the person's own file of how words sound, which need not be
    /// there.
    pub fn new(synthesizer: Arc<dyn Synthesizer>, speed: f32, pronunciation: PathBuf, bus: EventBus) -> Self {
        Self { synthesizer, speed, pronunciation, bus }
    }

    /// Gets the voice ready ahead of the first word.
    pub async fn warm(&self) -> Result<(), SpeechError> {
        self.synthesizer.warm().await
    }

    /// Says the pieces of text as they come, until the channel closes. Returns when the first sound was handed
    /// over, if there was any. The sink has been told the end of the utterance in every case.
    pub async fn say(
        &self,
        turn: Option<TurnId>,
        utterance: u64,
        mut text: mpsc::Receiver<String>,
        sink: &dyn Sink,
        cancel: &CancellationToken,
    ) -> Result<Option<Instant>, SpeechError> {
        let mut splitter = SentenceSplitter::new(self.synthesizer.language());
        // Read for each answer: it is small, and a change holds at once.
        let words = Pronunciation::read(&self.pronunciation);
        let mut first_audio = None;
        let work = async {
            while let Some(delta) = text.recv().await {
                for sentence in splitter.push(&delta) {
                    self.sentence(turn, utterance, &sentence, &words, sink, &mut first_audio).await?;
                }
            }
            for sentence in splitter.finish() {
                self.sentence(turn, utterance, &sentence, &words, sink, &mut first_audio).await?;
            }
            Ok(())
        };
        let result = tokio::select! {
            result = work => result,
            () = cancel.cancelled() => Ok(()),
        };
        sink.finish(utterance);
        result.map(|()| first_audio)
    }

    async fn sentence(
        &self,
        turn: Option<TurnId>,
        utterance: u64,
        sentence: &str,
        words: &Pronunciation,
        sink: &dyn Sink,
        first_audio: &mut Option<Instant>,
    ) -> Result<(), SpeechError> {
        let text = speakable(sentence, self.synthesizer.language());
        if text.is_empty() {
            return Ok(());
        }
        let mut audio = self.synthesizer.synthesize(&words.apply(&text), self.speed);
        let mut begun = false;
        while let Some(piece) = audio.next().await {
            let piece = piece?;
            first_audio.get_or_insert_with(Instant::now);
            if !std::mem::replace(&mut begun, true) {
                self.bus.publish(turn, EventKind::SentenceStarted { text: text.clone() });
            }
            sink.play(utterance, piece);
        }
        Ok(())
    }
}
