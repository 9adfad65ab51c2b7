//! What a microphone and a recording have in common: recognise a request, answer it aloud.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jarvis_agents::reflex::Effect;
use jarvis_core::audio::rms_dbfs;
use jarvis_core::{Code, Completeness, EventKind, Failure, Outcome, TurnId, TurnTimings, Usage};
use jarvis_tools::dictated;
use jarvis_voice::speech::SpeechError;
use jarvis_voice::stt::{TranscribeOptions, Transcriber, gate};
use jarvis_voice::wake::{Candidate, SecondLook};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::brain::{Answer, Brain};
use crate::bus::EventBus;
use crate::journal::Request;
use crate::mouth::{Mouth, Sink};
use crate::setup::Setup;
use crate::typed::instead_of_answer;
use crate::vocabulary::Vocabulary;

/// Pieces of text that may wait for the voice: more than any answer has, whatever `llm.max_tokens` is.
const TEXT_AHEAD: usize = 1 << 20;

/// A look at what may be the wake word is not waited for longer than this: the engine may have to start first.
pub(crate) const LONGEST_LOOK: Duration = Duration::from_millis(1500);

/// A recognised request.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The words, without the wake word; empty when there were no others.
    pub text: String,
    /// The words as they were said.
    pub said: String,
    /// ISO 639-1 code.
    pub language: String,
    /// Whether they are a finished command.
    pub completeness: Completeness,
}

impl Heard {
    /// Itself, when there is something in it besides the wake word.
    pub fn request(self) -> Option<Self> {
        Some(self).filter(|heard| !heard.text.is_empty())
    }

    /// The words that are shown while it is said. What is dictated is shown as it will be typed, the wake word with it.
    pub fn shown(&self, dictated: bool) -> &str {
        if dictated { &self.said } else { &self.text }
    }
}

/// A given answer.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its text, as far as it was given.
    pub text: String,
    /// What else it does.
    pub effect: Effect,
    /// Tokens, when a language model took part.
    pub usage: Option<Usage>,
    /// When the first piece of text was there.
    pub first_token: Option<Instant>,
    /// When the first sound was handed to the sink.
    pub first_audio: Option<Instant>,
    /// How it ended: given in full, broken off with an apology, or interrupted because everything was stopped.
    pub outcome: Outcome,
}

/// Ears' and mouth's other ends, and the brain between them.
pub struct Conversation {
    /// Where everything that happens is told.
    pub bus: EventBus,
    /// Recognises.
    pub transcriber: Arc<dyn Transcriber>,
    /// Thinks.
    pub brain: Arc<Brain>,
    /// Speaks.
    pub mouth: Mouth,
    /// Languages that are spoken, ISO 639-1.
    pub languages: Vec<String>,
    vocabulary: Vocabulary,
    second_look: SecondLook,
    /// Watches over the speech engine for as long as this is there.
    _watch: JoinSet<()>,
    /// Language of the request at hand, as an early draft of it has shown: finding it again costs as much as recognising.
    request_language: Mutex<Option<String>>,
}

impl Conversation {
    /// A conversation that has not begun, made of the parts that the configuration names. Problems that need not
    /// stop it are told on the bus.
    pub async fn new(setup: &Setup, bus: EventBus) -> Result<Self, Failure> {
        let brain = Arc::new(Brain::from_setup(setup, bus.clone()).await.complete()?);
        Self::with_brain(setup, brain, bus)
    }

    /// The same with a brain that is there already.
    pub fn with_brain(setup: &Setup, brain: Arc<Brain>, bus: EventBus) -> Result<Self, Failure> {
        let speech = setup.speech_engine();
        let transcriber = setup.transcriber(&speech)?;
        let mouth = setup.mouth(bus.clone())?;
        let languages = setup.languages();
        let vocabulary = Vocabulary::new(setup.vocabulary(), bus.clone());
        let second_look = setup.second_look(Arc::clone(&transcriber));
        let mut watch = JoinSet::new();
        watch.spawn(tell_of_fallback(speech.watch_fallback(), bus.clone()));
        Ok(Self {
            bus,
            transcriber,
            brain,
            mouth,
            languages,
            vocabulary,
            second_look,
            _watch: watch,
            request_language: Mutex::default(),
        })
    }

    /// Gets the engines ready while the person is still speaking.
    pub async fn warm(&self) -> Result<(), SpeechError> {
        let ears = async {
            self.transcriber.warm().await?;
            self.second_look.warm().await
        };
        let (ears, mouth) = tokio::join!(ears, self.mouth.warm());
        ears.and(mouth)
    }

    /// Whether it is the wake word; none where nobody can tell in time.
    pub async fn is_wake_word(&self, candidate: &Candidate) -> Option<bool> {
        match tokio::time::timeout(LONGEST_LOOK, self.second_look.confirms(candidate)).await {
            Ok(Ok(confirmed)) => Some(confirmed),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the wake word is not looked at again");
                None
            }
            Err(_) => None,
        }
    }

    /// A request begins: what was known of the one before does not hold for it, and there may be new names to expect in it.
    pub fn request_begins(&self) {
        *self.request_language() = None;
        self.vocabulary.refresh();
    }

    fn request_language(&self) -> MutexGuard<'_, Option<String>> {
        self.request_language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was said; none when there were no words in it.
    pub async fn recognise(
        &self,
        samples: &[f32],
        voiced_ms: u64,
        settled: bool,
    ) -> Result<Option<Heard>, SpeechError> {
        let known = self.request_language().clone().filter(|_| settled);
        let options = TranscribeOptions {
            languages: known.map_or_else(|| self.languages.clone(), |language| vec![language]),
            // Names take time to read: a guess that is only shown does without.
            vocabulary: if settled { self.vocabulary.all() } else { self.vocabulary.own() },
            draft: !settled,
        };
        let transcript = self.transcriber.transcribe(samples, &options).await?;
        let Some(said) = gate::plausible(&transcript, voiced_ms, rms_dbfs(samples)) else { return Ok(None) };
        let text = self.brain.without_wake_word(&said).to_string();
        let mut heard =
            Heard { text, said, language: transcript.language, completeness: Completeness::default() };
        // The wake word alone says nothing of what follows it, nor of its language.
        if !heard.text.is_empty() {
            heard.completeness = self.brain.completeness(&heard.text);
            if !settled {
                *self.request_language() = Some(heard.language.clone());
            }
        }
        Ok(Some(heard))
    }

    /// The request is recorded. An answer is worth more than its record: where there can be none, that is told.
    fn begin(&self, turn: TurnId, text: &str) {
        let (journal, now) = (self.bus.journal(), Timestamp::now());
        let request = Request { text, spoken: true, ..Request::default() };
        let begun = journal
            .current(now)
            .and_then(|conversation| journal.begin(turn, conversation, None, request, now));
        if let Err(failure) = begun {
            self.bus.fail(Some(turn), failure);
        }
    }

    /// Answers aloud, in the voice that speaks the answer's language. Sound goes to `sink` under the name `utterance`; the sink is
    /// told its end in every case. Who cancels has told the turn's end before.
    pub async fn answer(
        &self,
        turn: TurnId,
        heard: &Heard,
        utterance: u64,
        sink: &dyn Sink,
        cancel: &CancellationToken,
    ) -> Answered {
        let text = &heard.text;
        // The brain cancels it where everything is stopped; the turn's end is then told by whoever waits for the answer.
        let stop = cancel.child_token();
        self.begin(turn, text);
        let mouth = self.mouth.in_language(self.brain.reflex_language(text).unwrap_or(&heard.language));
        let (pieces, to_say) = mpsc::channel(TEXT_AHEAD);
        let thinking = async {
            let mut first_token = None;
            let result = self.brain.answer(turn, text, &pieces, &mut first_token, &stop, true).await;
            if let Err(failure) = &result
                && !stop.is_cancelled()
            {
                self.bus.fail(Some(turn), failure.clone());
                // A person who cannot see the screen hears what is wrong, and the remedy.
                let _ = pieces.send(failure.to_string()).await;
            }
            drop(pieces);
            (result, first_token)
        };
        let saying = mouth.say(Some(turn), utterance, to_say, sink, &stop);
        let ((result, first_token), said) = tokio::join!(thinking, saying);
        let first_audio = said.unwrap_or_else(|e| {
            self.bus.fail(Some(turn), e.failure());
            None
        });
        let (outcome, Answer { text, effect, usage }) = match result {
            Ok(answer) => (Outcome::Answered, answer),
            Err(_) if stop.is_cancelled() => (Outcome::Interrupted, Answer::default()),
            Err(failure) => {
                let text = instead_of_answer(&failure, first_token.is_some());
                (Outcome::Failed, Answer { text, ..Answer::default() })
            }
        };
        if cancel.is_cancelled() {
            end_late(&self.bus, turn);
        }
        Answered { text, effect, usage, first_token, first_audio, outcome }
    }

    /// Types what was said into the window that has the focus, with the punctuation that was said. Nothing is answered, and it is no
    /// part of a conversation: it is somebody's letter. Like every act it is in the audit log. Returns whether it was typed.
    pub async fn dictate(&self, heard: &Heard, cancel: &CancellationToken) -> bool {
        let text = dictated(&heard.said, &heard.language);
        let typed = self.brain.hands().call("type_text", json!({ "text": text }), cancel.clone()).await;
        if !typed.ok && !cancel.is_cancelled() {
            let remedy = "Click into the text that it is to go to, and say it again.";
            self.bus.fail(None, Failure::sentence(Code::Unavailable, &typed.result, remedy));
        }
        typed.ok
    }
}

/// The end of an interrupted turn may have been told before its record began. Then it is told once more, or the conversation would
/// wait for it for ever.
fn end_late(bus: &EventBus, turn: TurnId) {
    if bus.journal().conversation_of(turn).is_some() {
        let (outcome, answer, timings) = (Outcome::Interrupted, String::new(), TurnTimings::default());
        bus.publish(Some(turn), EventKind::TurnEnded { outcome, answer, timings, usage: None });
    }
}

/// Tells that the graphics card is used no longer, when it comes to that. What came before this conversation was told.
async fn tell_of_fallback(mut fallen_back: watch::Receiver<Option<String>>, bus: EventBus) {
    if fallen_back.borrow_and_update().is_some() || fallen_back.changed().await.is_err() {
        return;
    }
    let reason = fallen_back.borrow().clone().unwrap_or_default();
    let message = format!(
        "The speech engine for the graphics card died ({reason}); the processor does its work from now on."
    );
    let remedy = "Bring the card's driver up to date and start Jarvis again, or switch it off with `jarvis config set stt.gpu false`.";
    bus.fail(None, Failure::new(Code::EngineFailed, message, remedy));
}

#[cfg(test)]
mod tests {
    use jarvis_memory::MessageStatus;

    use super::*;

    #[test]
    fn a_turn_whose_end_was_told_before_its_record_began_is_ended_once_more() {
        let (bus, turn, now) = (EventBus::default(), TurnId::new(), Timestamp::now());
        let mut events = bus.subscribe();
        end_late(&bus, turn);
        assert!(events.try_recv().is_err(), "nobody knows it");
        let conversation = bus.journal().current(now).unwrap();
        let request = Request { text: "what time is it", spoken: true, ..Request::default() };
        bus.journal().begin(turn, conversation, None, request, now).unwrap();
        end_late(&bus, turn);
        assert!(!bus.journal().is_busy());
        let answer = bus.journal().store().all_messages(conversation).unwrap().pop().unwrap();
        assert_eq!(answer.status, MessageStatus::Interrupted);
        end_late(&bus, turn);
        assert!(matches!(events.try_recv().unwrap().kind, EventKind::TurnEnded { .. }));
        assert!(events.try_recv().is_err(), "once");
    }

    #[test]
    fn a_request_is_more_than_the_wake_word_which_is_part_of_what_is_dictated() {
        let heard = |text: &str, said: &str| Heard {
            text: text.into(),
            said: said.into(),
            language: "en".into(),
            completeness: Completeness::default(),
        };
        assert_eq!(heard("", "Jarvis.").request(), None);
        let stop = heard("stop.", "Jarvis, stop.");
        assert_eq!(stop.clone().request(), Some(stop.clone()));
        assert_eq!((stop.shown(false), stop.shown(true)), ("stop.", "Jarvis, stop."));
    }
}
