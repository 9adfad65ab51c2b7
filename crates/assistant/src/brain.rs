//! What to answer: a reflex when there is one, else the language model.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use jarvis_agents::machine::MachineStatus;
use jarvis_agents::noting::{may_be_worth_noting, notes};
use jarvis_agents::persona::system_prompt;
use jarvis_agents::react::{self, Limits, ToolBox, ToolReply, TurnError, TurnEvent};
use jarvis_agents::recollection::{cited, with_recalled};
use jarvis_agents::reflex::{Context, Effect, Exchange, Reflexes, Reply};
use jarvis_agents::summary::{sum_up, with_summary};
use jarvis_agents::timers::Due;
use jarvis_agents::tools;
use jarvis_core::{
    Completeness, EventKind, Failure, Message, Question, Role, Source, Taint, ToolCall, ToolSpec, TurnId,
    Usage,
};
use jarvis_guard::Approver;
use jarvis_llm::{Abilities, ChatModel};
use jarvis_memory::{Message as Kept, Recalled, Store};
use jiff::{SignedDuration, Timestamp, Zoned};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::acting::{Acting, ActingTurn};
use crate::bus::EventBus;
use crate::hands::Hands;
use crate::reading;
use crate::setup::Setup;
use crate::timers::Timers;
use crate::wake_phrase::WakePhrase;

/// So much of what is kept comes to its mind at a question.
const RECALLED: usize = 8;
/// And so many tokens of it: a small model on a small machine reads some hundred a second.
const RECALLED_TOKENS: usize = 400;

/// A question of Jarvis's can be answered for so long.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(10);

/// An answer given in full.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// What else it does.
    pub effect: Effect,
    /// Tokens, when a language model took part.
    pub usage: Option<Usage>,
}

/// Thinks. What was said before it reads in the journal.
pub struct Brain {
    reflexes: Vec<Reflexes>,
    timers: Arc<Timers>,
    /// The language model, or why there is none: reflexes work all the same.
    model: Result<Arc<dyn ChatModel>, Failure>,
    limits: Limits,
    /// Whether it notes what a person says of themselves.
    notes_facts: AtomicBool,
    wake_phrase: WakePhrase,
    acting: Acting,
    bus: EventBus,
}

impl Brain {
    /// The brain that the configuration names.
    pub async fn from_setup(setup: &Setup, bus: EventBus) -> Self {
        let (timers, problem) = Timers::open(setup.paths.timers_file());
        if let Some(problem) = problem {
            bus.fail(None, problem);
        }
        let hands = Hands::open(setup, bus.clone()).await;
        Self::with_timers(setup, Arc::new(timers), hands, bus).await
    }

    /// The same with timers and hands that are there already.
    pub async fn with_timers(setup: &Setup, timers: Arc<Timers>, hands: Arc<Hands>, bus: EventBus) -> Self {
        let model = setup.chat_model().await;
        let reflexes = Reflexes::languages()
            .map(|code| Reflexes::load(code).expect("the reflexes that ship are tested"))
            .collect();
        let notes_facts = setup.config.memory.note_facts.into();
        let acting = Acting::new(hands, setup.config.tools.offered, bus.clone());
        let (limits, wake_phrase) = (setup.limits(), WakePhrase::new(&setup.wake_phrase()));
        Self { reflexes, timers, model, limits, notes_facts, wake_phrase, acting, bus }
    }

    /// Asks somebody else than those who look at the desk: a terminal.
    pub fn asking(mut self, approver: Arc<dyn Approver>) -> Self {
        self.acting.ask(approver);
        self
    }

    /// Follows the settings that need no other brain.
    pub fn obey(&self, setup: &Setup) {
        self.notes_facts.store(setup.config.memory.note_facts, Ordering::Relaxed);
        self.hands().obey(setup);
    }

    /// Itself, when it has a language model.
    pub fn complete(self) -> Result<Self, Failure> {
        match &self.model {
            Ok(_) => Ok(self),
            Err(failure) => Err(failure.clone()),
        }
    }

    /// Why it has no language model.
    pub fn problem(&self) -> Option<&Failure> {
        self.model.as_ref().err()
    }

    /// Provider and model, for people; none when there is no model.
    pub fn model_name(&self) -> Option<String> {
        self.model.as_ref().ok().map(|model| model.name())
    }

    fn model(&self) -> Result<&dyn ChatModel, Failure> {
        self.model.as_deref().map_err(Failure::clone)
    }

    /// Gets the language model ready.
    pub async fn warm(&self) -> Result<(), Failure> {
        self.model()?.warm().await.map_err(|e| e.failure())
    }

    /// What is worth noting of what a person said.
    pub async fn notes(&self, said: &str) -> Result<Vec<String>, Failure> {
        if !self.notes_facts.load(Ordering::Relaxed) || !may_be_worth_noting(said) {
            return Ok(Vec::new());
        }
        notes(self.model()?, said).await.map_err(|e| e.failure())
    }

    /// The summary `before` of a talk brought up to date with what was said after it.
    pub async fn sum_up(&self, before: Option<&str>, said: &[Kept]) -> Result<String, Failure> {
        sum_up(self.model()?, before, said).await.map_err(|e| e.failure())
    }

    /// Its hands.
    pub fn hands(&self) -> &Arc<Hands> {
        self.acting.hands()
    }

    /// The timers it sets.
    pub fn timers(&self) -> &Arc<Timers> {
        &self.timers
    }

    /// `text` without the wake phrase at its beginning.
    pub fn without_wake_word<'t>(&self, text: &'t str) -> &'t str {
        self.wake_phrase.taken_off(text)
    }

    /// Whether `text` is a finished command, as far as can be told without a language model.
    pub fn completeness(&self, text: &str) -> Completeness {
        self.reflexes.iter().map(|r| r.completeness(text)).max().unwrap_or_default()
    }

    /// Whether `text` tells Jarvis, or what rings, to be silent.
    pub fn means_stop(&self, text: &str) -> bool {
        let ringing = self.timers.rings();
        self.reflexes.iter().any(|reflexes| reflexes.means_stop(text, ringing))
    }

    /// What is said when a timer has run out, and what it is called in a list.
    pub fn timer_words(&self, due: &Due) -> (String, String) {
        let (now, reflexes) = (Zoned::now(), self.set_in(due));
        (reflexes.ring_text(due, &now), reflexes.timer_name(&due.timer, &now))
    }

    /// The language of these words, ISO 639-1.
    pub fn timer_language(&self, due: &Due) -> &str {
        self.set_in(due).language()
    }

    /// The reflexes of the language that a timer was set in.
    fn set_in(&self, due: &Due) -> &Reflexes {
        let set_in = |r: &&Reflexes| due.timer.language.as_deref() == Some(r.language());
        self.reflexes.iter().find(set_in).unwrap_or(&self.reflexes[0])
    }

    /// The language of the reflex that answers `text`, ISO 639-1; none where that is left to the language model, which answers in
    /// the language of the question.
    pub fn reflex_language(&self, text: &str) -> Option<&str> {
        self.likeliest(text).into_iter().find(|r| r.would_match(text)).map(Reflexes::language)
    }

    /// Answers. The text goes to `pieces` as it comes, and to the bus; `first_token` is when it began. To a `spoken` request some
    /// questions are asked aloud. Where everything is stopped while the model answers, `cancel` is cancelled too.
    pub async fn answer(
        &self,
        turn: TurnId,
        text: &str,
        pieces: &mpsc::Sender<String>,
        first_token: &mut Option<Instant>,
        cancel: &CancellationToken,
        spoken: bool,
    ) -> Result<Answer, Failure> {
        let stop = self.hands().guard().stop_token();
        let talk = self.bus.journal().talk(turn).unwrap_or_default();
        let saying = Saying { turn, pieces, spoken, stop };
        if let Some(answer) = self.answer_to_question(&saying, text, first_token, cancel).await {
            return Ok(answer);
        }
        let mut reflex = self.reflex(&talk, text);
        if let Some((_, reply)) = &reflex
            && let Some(wish) = &reply.wish
        {
            let reflexes = self.reflexes_for(text);
            match self.acting.wish(wish, reflexes, &saying, cancel).await {
                Some((text, effect)) => {
                    self.bus
                        .publish(Some(turn), EventKind::ReflexMatched { reflex: reply.reflex.to_string() });
                    return Ok(self.say(&saying, text, effect, first_token).await);
                }
                // Nothing of that name is there: it may have been meant otherwise.
                None => reflex = None,
            }
        }
        if let Some((answer, reply)) = reflex {
            match reply.effect {
                Effect::StopEverything => self.acting.hands().stop_everything(),
                Effect::Stop => self.timers.silenced(),
                _ => {}
            }
            first_token.get_or_insert_with(Instant::now);
            self.bus.publish(Some(turn), EventKind::ReflexMatched { reflex: reply.reflex.to_string() });
            self.cite(turn, reply.sources);
            if reply.effect == Effect::MemoryChanged {
                self.bus.publish(None, EventKind::MemoryChanged);
                // What was forgotten may have stood in it.
                if let Some(id) = self.bus.journal().conversation_of(turn) {
                    self.bus.publish(None, EventKind::ConversationChanged { id });
                }
            }
            self.bus.publish(Some(turn), EventKind::AnswerDelta { text: answer.text.clone() });
            // Nobody listens any more when the turn was interrupted.
            let _ = pieces.send(answer.text.clone()).await;
            return Ok(answer);
        }
        let (messages, recalled) = self.shown(turn, &talk, text).await?;
        let read = self.acting.read_before(&talk, &recalled);
        let (mut answer, asked) = self.think(&saying, text, messages, read, first_token, cancel).await?;
        if let Some(question) = asked {
            let aloud = self.reflexes_for(text).asking().aloud.replace("{effect}", &question.words);
            let gap = if answer.text.is_empty() { "" } else { " " };
            let more = self.say(&saying, format!("{gap}{aloud}"), Effect::Asked, first_token).await;
            answer =
                Answer { text: format!("{}{}", answer.text, more.text), effect: Effect::Asked, ..answer };
        }
        self.cite(turn, cited(&answer.text, text, &recalled).into_iter().map(Recalled::source).collect());
        Ok(answer)
    }

    /// Says something whole.
    async fn say(
        &self,
        saying: &Saying<'_>,
        text: String,
        effect: Effect,
        first_token: &mut Option<Instant>,
    ) -> Answer {
        first_token.get_or_insert_with(Instant::now);
        self.bus.publish(Some(saying.turn), EventKind::AnswerDelta { text: text.clone() });
        // Nobody listens any more when the turn was interrupted.
        let _ = saying.pieces.send(text.clone()).await;
        Answer { text, effect, usage: None }
    }

    /// The answer to a yes or no, where something was read back and waits for that.
    async fn answer_to_question(
        &self,
        saying: &Saying<'_>,
        text: &str,
        first_token: &mut Option<Instant>,
        cancel: &CancellationToken,
    ) -> Option<Answer> {
        let waiting = self.acting.waiting(self.bus.journal().conversation_of(saying.turn))?;
        let (reflexes, yes) = self.reflexes.iter().find_map(|r| r.consent(text).map(|yes| (r, yes)))?;
        let said = if yes {
            self.acting.agreed(waiting, saying, cancel).await
        } else {
            reflexes.asking().declined.clone()
        };
        Some(self.say(saying, said, Effect::None, first_token).await)
    }

    /// The reflexes of the language that `text` is in, as far as they can tell.
    fn reflexes_for(&self, text: &str) -> &Reflexes {
        let likeliest = self.likeliest(text);
        likeliest.iter().copied().find(|r| r.would_match(text)).unwrap_or(likeliest[0])
    }

    /// The languages, that of `text` first.
    fn likeliest(&self, text: &str) -> Vec<&Reflexes> {
        Reflexes::likeliest(&self.reflexes, text)
    }

    /// Tells what an answer was known from.
    fn cite(&self, turn: TurnId, sources: Vec<Source>) {
        if !sources.is_empty() {
            self.bus.publish(Some(turn), EventKind::AnswerCited { sources });
        }
    }

    fn reflex(&self, talk: &[Kept], text: &str) -> Option<(Answer, Reply)> {
        // Who attaches something, asks about that.
        if talk.last().is_some_and(|request| !request.attachments.is_empty()) {
            return None;
        }
        let answered = talk.iter().rposition(|m| m.role == Role::Assistant && !m.content.is_empty());
        let last = answered.map(|at| {
            // What comes after something else, or long after, answers no question of it.
            let just_now =
                at + 2 >= talk.len() && Timestamp::now().duration_since(talk[at].created_at) < JUST_NOW;
            Exchange {
                request: at.checked_sub(1).map_or("", |before| &talk[before].content),
                answer: &talk[at].content,
                reflex: talk[at].reflex.as_deref().filter(|_| just_now),
                sources: &talk[at].sources,
            }
        });
        self.timers.with(|timers| {
            let mut context = Context {
                now: Zoned::now(),
                timers,
                ringing: self.timers.rings(),
                language: None,
                memory: self.bus.journal().store(),
                request: talk.last().map(|request| request.id),
                last,
                machine: &MachineStatus::read,
            };
            let reply = self.likeliest(text).into_iter().find_map(|r| r.respond(text, &mut context))?;
            Some((Answer { text: reply.text.clone(), effect: reply.effect, usage: None }, reply))
        })
    }

    /// What the model is shown, and what of it came to mind; of an attachment that it is not given whole, the person is told.
    async fn shown(
        &self,
        turn: TurnId,
        talk: &[Kept],
        text: &str,
    ) -> Result<(Vec<Message>, Vec<Recalled>), Failure> {
        let instructions = system_prompt("en", &Zoned::now());
        let summary = self.bus.journal().summary(turn);
        let mut messages = vec![Message::system(with_summary(&instructions, summary.as_deref()))];
        if talk.is_empty() {
            // The request could not be recorded; it is answered all the same.
            messages.push(Message::user(text));
            return Ok((messages, Vec::new()));
        }
        let abilities = if talk.iter().any(|m| !m.attachments.is_empty()) {
            self.model()?.abilities().await.map_err(|e| e.failure())?
        } else {
            // No server need be asked: it makes no difference.
            Abilities { sees: false, window: 0 }
        };
        let reading = reading::read(self.bus.journal(), talk, abilities, self.limits.max_tokens).await?;
        for note in reading.notes {
            self.bus.publish(Some(turn), EventKind::AttachmentLimited { note });
        }
        messages.extend(reading.messages);
        let recalled = self.bus.journal().recall(turn, text, RECALLED, RECALLED_TOKENS).await?;
        if let Some(asked) = messages.last_mut() {
            asked.content = with_recalled(&recalled, &asked.content);
        }
        Ok((messages, recalled))
    }

    /// Has the model answer, with the tools that fit. Says too what was read back and waits for a yes.
    async fn think(
        &self,
        saying: &Saying<'_>,
        text: &str,
        messages: Vec<Message>,
        read: Vec<Taint>,
        first_token: &mut Option<Instant>,
        cancel: &CancellationToken,
    ) -> Result<(Answer, Option<Question>), Failure> {
        let turn = saying.turn;
        let on = |event: TurnEvent| match event {
            TurnEvent::Delta(text) => {
                first_token.get_or_insert_with(Instant::now);
                self.bus.publish(Some(turn), EventKind::AnswerDelta { text: text.clone() });
                // The channel is larger than any answer; it only closes when nobody listens any more.
                let _ = saying.pieces.try_send(text);
            }
            TurnEvent::ToolStarted { name, arguments } => {
                self.bus.publish(Some(turn), EventKind::ToolStarted { tool: name, arguments });
            }
            TurnEvent::ToolFinished { name, reply } => {
                let ToolReply { ok, text: result, call, words, took_ms, undo, .. } = reply;
                let finished = EventKind::ToolFinished { tool: name, ok, result, call, words, took_ms, undo };
                self.bus.publish(Some(turn), finished);
            }
        };
        let tools = Tools {
            timers: &self.timers,
            language: self.likeliest(text)[0].language(),
            memory: self.bus.journal().store(),
            acting: self.acting.turn(saying, text, read, cancel),
        };
        let thinking = react::run(self.model()?, messages, &tools, &self.limits, on, cancel);
        let answer = tokio::select! {
            biased;
            () = saying.stop.cancelled() => {
                // Whoever waits for the answer sees by this that it was interrupted, and has not failed.
                cancel.cancel();
                Err(TurnError::Cancelled)
            }
            answer = thinking => answer,
        };
        let answer = answer.map_err(|e| e.failure())?;
        let asked = tools.acting.over();
        Ok((Answer { text: answer.text, effect: Effect::None, usage: Some(answer.usage) }, asked))
    }
}

/// Where an answer goes.
pub(crate) struct Saying<'a> {
    pub turn: TurnId,
    pub pieces: &'a mpsc::Sender<String>,
    /// Whether the request was, and the answer is.
    pub spoken: bool,
    /// Cancelled when everything is stopped after the turn has begun.
    pub stop: CancellationToken,
}

/// The built-in tools over the assistant's own timers, and those that act on the machine.
struct Tools<'t> {
    timers: &'t Timers,
    /// That of the request, ISO 639-1.
    language: &'t str,
    memory: &'t Store,
    acting: ActingTurn<'t>,
}

#[async_trait]
impl ToolBox for Tools<'_> {
    fn specs(&self) -> Vec<ToolSpec> {
        tools::builtin_tools().into_iter().chain(self.acting.offered().iter().cloned()).collect()
    }

    async fn call(&self, call: ToolCall) -> ToolReply {
        if self.acting.offered().iter().any(|spec| spec.name == call.name) {
            return self.acting.call(call).await;
        }
        self.timers
            .with(|timers| {
                let mut context = Context {
                    now: Zoned::now(),
                    timers,
                    ringing: false,
                    language: Some(self.language),
                    memory: self.memory,
                    request: None,
                    last: None,
                    machine: &MachineStatus::read,
                };
                tools::call(&call.name, &call.arguments, &mut context).map_err(|e| e.to_string())
            })
            .into()
    }
}
