//! From the pieces of an answer to sound: sentence by sentence, the first clause on its way while the rest
//! is still being written.

use std::collections::BTreeMap;
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
#[derive(Clone)]
pub struct Mouth {
    synthesizer: Arc<dyn Synthesizer>,
    /// Who speaks the languages that it does not, by their ISO 639-1 codes.
    others: BTreeMap<String, Arc<dyn Synthesizer>>,
    speed: f32,
    pronunciation: PathBuf,
    bus: EventBus,
}

impl Mouth {
    /// `speed` is 0.5 (half) to 2.0 (double); `pronunciation` the person's own file of how words sound, which need not be
    /// there.
    pub fn new(synthesizer: Arc<dyn Synthesizer>, speed: f32, pronunciation: PathBuf, bus: EventBus) -> Self {
        Self { synthesizer, others: BTreeMap::new(), speed, pronunciation, bus }
    }

    /// The same, with those who speak the languages that its own voice does not, by their ISO 639-1 codes.
    #[must_use]
    pub fn with_others(self, others: BTreeMap<String, Arc<dyn Synthesizer>>) -> Self {
        Self { others, ..self }
    }

    /// The one that speaks `language`, an ISO 639-1 code, and reads by its rules: itself where no other does.
    #[must_use]
    pub fn in_language(&self, language: &str) -> Self {
        let synthesizer = self.others.get(language).unwrap_or(&self.synthesizer);
        Self { synthesizer: Arc::clone(synthesizer), ..self.clone() }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use jarvis_voice::tts::{Language, Speech};

    use super::*;

    /// What was given to which voice to say.
    type Said = Arc<Mutex<Vec<(Language, String)>>>;

    struct FakeVoice {
        language: Language,
        said: Said,
    }

    #[async_trait]
    impl Synthesizer for FakeVoice {
        fn language(&self) -> Language {
            self.language
        }

        async fn warm(&self) -> Result<(), SpeechError> {
            Ok(())
        }

        fn synthesize(&self, text: &str, _speed: f32) -> Speech {
            self.said.lock().unwrap().push((self.language, text.into()));
            futures::stream::iter([Ok(Pcm { sample_rate: 16_000, samples: vec![0.0; 160] })]).boxed()
        }
    }

    struct Nowhere;

    impl Sink for Nowhere {
        fn play(&self, _utterance: u64, _pcm: Pcm) {}

        fn finish(&self, _utterance: u64) {}
    }

    #[tokio::test]
    async fn each_language_is_read_and_spoken_by_the_voice_that_speaks_it() {
        let said = Said::default();
        let voice =
            |language| -> Arc<dyn Synthesizer> { Arc::new(FakeVoice { language, said: Arc::clone(&said) }) };
        let others = BTreeMap::from([("de".to_string(), voice(Language::German))]);
        let mouth = Mouth::new(voice(Language::British), 1.0, "/nowhere".into(), EventBus::default())
            .with_others(others);
        let english = (Language::British, "There is a code block in the window.");
        let german = (Language::German, "Im Fenster steht Programmcode.");
        for (language, expected) in [("en", english), ("de", german), ("fr", english), ("en", english)] {
            let (pieces, to_say) = mpsc::channel(1);
            pieces.try_send("```\nx = 1\n```".to_string()).unwrap();
            drop(pieces);
            let mouth = mouth.in_language(language);
            mouth.say(None, 1, to_say, &Nowhere, &CancellationToken::new()).await.unwrap();
            let said = std::mem::take(&mut *said.lock().unwrap());
            assert_eq!(said, [(expected.0, expected.1.to_string())], "{language}");
        }
    }
}
