//! From the pieces of an answer to sound: sentence by sentence, the first clause on its way while the rest
//! is still being written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
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
            let last = splitter.finish();
            for (i, sentence) in last.iter().enumerate() {
                let ending = Ending::new(sink);
                let sink: &dyn Sink = if i + 1 == last.len() { &ending } else { sink };
                self.sentence(turn, utterance, sentence, &words, sink, &mut first_audio).await?;
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

/// A sink that leaves out the silence at the end: what comes behind the last sentence is the person, not a pause.
struct Ending<'a> {
    sink: &'a dyn Sink,
    silence: Mutex<Vec<f32>>,
}

impl<'a> Ending<'a> {
    fn new(sink: &'a dyn Sink) -> Self {
        Self { sink, silence: Mutex::default() }
    }
}

impl Sink for Ending<'_> {
    fn play(&self, utterance: u64, mut pcm: Pcm) {
        let spoken = pcm.samples.iter().rposition(|sample| *sample != 0.0).map_or(0, |last| last + 1);
        let silence = pcm.samples.split_off(spoken);
        let mut before = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        if pcm.samples.is_empty() {
            before.extend(silence);
        } else {
            pcm.samples.splice(0..0, std::mem::replace(&mut *before, silence));
            self.sink.play(utterance, pcm);
        }
    }

    fn finish(&self, utterance: u64) {
        self.sink.finish(utterance);
    }
}

#[cfg(test)]
mod tests {
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
            futures::stream::iter([Ok(Pcm {
                sample_rate: 16_000,
                samples: [vec![0.1; 100], vec![0.0; 60]].concat(),
            })])
            .boxed()
        }
    }

    /// How long each piece was.
    #[derive(Default)]
    struct Lengths(Mutex<Vec<usize>>);

    impl Sink for Lengths {
        fn play(&self, _utterance: u64, pcm: Pcm) {
            self.0.lock().unwrap().push(pcm.samples.len());
        }

        fn finish(&self, _utterance: u64) {}
    }

    #[tokio::test]
    async fn there_is_a_pause_between_sentences_and_none_at_the_end() {
        let voice = Arc::new(FakeVoice { language: Language::British, said: Said::default() });
        let mouth = Mouth::new(voice, 1.0, "/nowhere".into(), EventBus::default());
        let (pieces, to_say) = mpsc::channel(1);
        pieces.try_send("Well. So it is.".to_string()).unwrap();
        drop(pieces);
        let lengths = Lengths::default();
        mouth.say(None, 1, to_say, &lengths, &CancellationToken::new()).await.unwrap();
        assert_eq!(*lengths.0.lock().unwrap(), [160, 100]);
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
            mouth.say(None, 1, to_say, &Lengths::default(), &CancellationToken::new()).await.unwrap();
            let said = std::mem::take(&mut *said.lock().unwrap());
            assert_eq!(said, [(expected.0, expected.1.to_string())], "{language}");
        }
    }
}
