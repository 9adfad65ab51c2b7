//! The record of every turn: what was asked, what was answered, with what and how quickly. It is written as things
//! happen, and it is what a model is shown of the conversation so far.
//!
//! The event bus hands it each event before anybody else sees it, so that nothing is told that is not recorded.
//! Calls take a moment of the disk, no more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jarvis_core::{
    AttachmentId, AttachmentNote, ConversationId, Event, EventKind, Failure, MessageId, Outcome, Role,
    Source, TurnId,
};
use jarvis_memory::{
    By, Kind, Message, MessageStatus, MessageUpdate, NewMessage, Query, Recall, Recalled, Store, StoreError,
    ToolUse, asks_for_past,
};
use jiff::{SignedDuration, Timestamp};

use crate::attachments::WAITS;

/// The last messages of the conversation, which a model is shown as they are; older ones are summed up in a pause.
pub(crate) const REMEMBERED: u32 = 16;
/// At most so many are shown, when there was no pause to sum them up.
const MOST_REMEMBERED: u32 = 40;
/// A spoken request goes on with the last conversation when that is no older.
const GOES_ON: SignedDuration = SignedDuration::from_mins(30);

/// What was said is written this often while more of it comes, so that little is lost when the program dies.
const WRITTEN_EVERY_MS: u64 = 1000;

/// A deleted conversation can be brought back for so long.
const REGRET: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a person asks.
#[derive(Clone, Debug, Default)]
pub struct Request<'t> {
    /// The words; may be empty where something is attached.
    pub text: &'t str,
    /// What goes with it, kept before by [`Journal::attach`].
    pub attachments: Vec<AttachmentId>,
    /// Whether it was said aloud.
    pub spoken: bool,
}

/// A turn under way.
struct OpenTurn {
    conversation: ConversationId,
    /// The answer that is being written.
    answer: MessageId,
    /// What was said before that, summed up.
    summary: Option<String>,
    /// The conversation up to the request, which is the last of it.
    talk: Vec<Message>,
    text: String,
    reflex: Option<String>,
    tools: Vec<ToolUse>,
    notes: Vec<AttachmentNote>,
    sources: Vec<Source>,
    /// When it was last written, or its first piece came.
    written_ms: Option<u64>,
}

impl OpenTurn {
    /// What there is of the answer, when it is time to write that.
    fn so_far(&mut self, now_ms: u64) -> Option<MessageUpdate> {
        let written_ms = *self.written_ms.get_or_insert(now_ms);
        if now_ms.saturating_sub(written_ms) < WRITTEN_EVERY_MS {
            return None;
        }
        self.written_ms = Some(now_ms);
        Some(MessageUpdate {
            reflex: self.reflex.clone(),
            tools: self.tools.clone(),
            notes: self.notes.clone(),
            sources: self.sources.clone(),
            ..MessageUpdate::new(self.text.clone(), MessageStatus::Streaming)
        })
    }
}

/// See the module.
pub struct Journal {
    memory: Arc<Recall>,
    open: Mutex<HashMap<TurnId, OpenTurn>>,
    /// Ends of answers for which there was no room. They are kept as soon as there is.
    late: Mutex<HashMap<MessageId, MessageUpdate>>,
    current: Mutex<Option<ConversationId>>,
    /// The conversation whose question waits for the person's next words, and until when.
    awaited: Mutex<Option<(ConversationId, Instant)>>,
}

impl Journal {
    /// The journal in `memory`. What was deleted long ago goes for good.
    pub fn open(memory: Recall, now: Timestamp) -> Result<Self, Failure> {
        let store = memory.store();
        match store.purge(now - REGRET).and_then(|_| store.forget_waiting(now - WAITS)) {
            // Even to remove something takes room.
            Ok(_) | Err(StoreError::Full) => {}
            Err(error) => return Err(error.failure()),
        }
        memory.catch_up();
        Ok(Self::over(memory))
    }

    /// Removes for good the conversations whose last message is older than so many days, but for the pinned ones; 0 keeps them all.
    /// Returns how many conversations that were.
    pub async fn keep_days(&self, days: u32, now: Timestamp) -> Result<usize, Failure> {
        if days == 0 {
            return Ok(0);
        }
        let before = now - SignedDuration::from_hours(24 * i64::from(days));
        let gone = self.with(move |store| store.purge_old(before)).await?;
        if gone > 0 {
            tracing::info!(conversations = gone, days, "conversations were removed for their age");
            self.memory.catch_up();
        }
        Ok(gone)
    }

    /// A journal that ends with the program.
    pub fn in_memory() -> Self {
        let store = Store::in_memory().expect("a database in memory needs nothing but memory");
        Self::over(Recall::new(Arc::new(store), None))
    }

    fn over(memory: Recall) -> Self {
        Self {
            memory: Arc::new(memory),
            open: Mutex::default(),
            late: Mutex::default(),
            current: Mutex::default(),
            awaited: Mutex::default(),
        }
    }

    /// Reads or changes what is recorded, on a thread where that may take a while.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let store = Arc::clone(self.memory.store());
        let done = tokio::task::spawn_blocking(move || work(&store)).await;
        done.expect("reading the store does not panic").map_err(|e| e.failure())
    }

    /// What is kept, for who needs a moment of it at once.
    pub fn store(&self) -> &Store {
        self.memory.store()
    }

    /// What is kept, and what finds it.
    pub fn memory(&self) -> &Arc<Recall> {
        &self.memory
    }

    /// Looks for something in what is kept, on a thread where that may take a while.
    pub async fn find<T: Send + 'static>(
        &self,
        find: impl FnOnce(&Recall) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let memory = Arc::clone(&self.memory);
        let found = tokio::task::spawn_blocking(move || find(&memory)).await;
        found.expect("looking for something does not panic").map_err(|e| e.failure())
    }

    /// What comes to mind at a question, but for what was said in the same conversation, which is shown anyway.
    pub async fn recall(
        &self,
        turn: TurnId,
        text: &str,
        limit: usize,
        tokens: usize,
    ) -> Result<Vec<Recalled>, Failure> {
        let (text, not_in) = (text.to_string(), self.conversation_of(turn));
        self.find(move |memory| {
            memory.find(&Query {
                text: &text,
                kinds: &Kind::ALL,
                by: By::Both,
                limit,
                tokens,
                past: asks_for_past(&text),
                pinned: true,
                not_in,
                now: Timestamp::now(),
            })
        })
        .await
    }

    /// The conversation that a spoken request belongs to: the one whose question waits for it, else the one that was spoken or
    /// typed in last, or a new one when that is long ago.
    pub fn current(&self, now: Timestamp) -> Result<ConversationId, Failure> {
        let recent = |id: ConversationId| {
            let conversation = self.store().conversation(id).ok()?;
            (now.duration_since(conversation.updated_at) < GOES_ON).then_some(id)
        };
        if let Some(id) = self.awaited().or_else(|| self.last()).and_then(recent) {
            return Ok(id);
        }
        let id = self.store().create(None, now).map_err(|e| e.failure())?.id;
        self.set_last(id);
        Ok(id)
    }

    /// The conversation that was spoken or typed in last.
    pub fn last(&self) -> Option<ConversationId> {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next spoken request is awaited in this conversation until then, as the answer to a question; or in none.
    pub(crate) fn await_words(&self, awaited: Option<(ConversationId, Instant)>) {
        *self.awaited.lock().unwrap_or_else(PoisonError::into_inner) = awaited;
    }

    fn awaited(&self) -> Option<ConversationId> {
        let awaited = *self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        awaited.filter(|(_, until)| Instant::now() < *until).map(|(id, _)| id)
    }

    fn set_last(&self, id: ConversationId) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
    }

    /// A turn begins with the person's request, which may stand in place of an earlier one and everything behind it, and
    /// have that one's attachments. Returns it as it is recorded.
    pub fn begin(
        &self,
        turn: TurnId,
        conversation: ConversationId,
        instead_of: Option<MessageId>,
        request: Request<'_>,
        now: Timestamp,
    ) -> Result<Message, Failure> {
        self.keep_late();
        let Request { text, attachments, spoken } = request;
        let request = NewMessage { spoken, attachments, ..NewMessage::new(Role::User, text, Some(turn)) };
        let answer = NewMessage {
            status: MessageStatus::Streaming,
            spoken,
            ..NewMessage::new(Role::Assistant, "", Some(turn))
        };
        let begun = self.store().begin(conversation, instead_of, [request, answer], now).and_then(
            |[request, answer]| {
                let (summary, summed_up) = self.store().summary(conversation)?;
                let since = u32::try_from(request.seq.saturating_sub(summed_up)).unwrap_or(u32::MAX);
                let shown = since.clamp(REMEMBERED + 1, MOST_REMEMBERED);
                let (talk, _) = self.store().page(conversation, Some(request.seq + 1), shown)?;
                Ok((summary, talk, request, answer))
            },
        );
        let (summary, talk, asked, answer) = begun.map_err(|e| e.failure())?;
        let turn_under_way = OpenTurn {
            conversation,
            answer: answer.id,
            summary,
            talk,
            text: String::new(),
            reflex: None,
            tools: Vec::new(),
            notes: Vec::new(),
            sources: Vec::new(),
            written_ms: None,
        };
        self.turns().insert(turn, turn_under_way);
        self.set_last(conversation);
        Ok(asked)
    }

    /// The conversation up to the request of this turn, which is the last of it; none when the turn is not recorded.
    pub fn talk(&self, turn: TurnId) -> Option<Vec<Message>> {
        self.turns().get(&turn).map(|t| t.talk.clone())
    }

    /// What was said before that in the same conversation, summed up.
    pub fn summary(&self, turn: TurnId) -> Option<String> {
        self.turns().get(&turn).and_then(|t| t.summary.clone())
    }

    /// Whether an answer is being given.
    pub fn is_busy(&self) -> bool {
        !self.turns().is_empty()
    }

    /// Puts what has been said so far into answers that are under way, and their end into those for which there was no
    /// room.
    pub fn complete(&self, messages: &mut [Message]) {
        self.keep_late();
        let (turns, late) = (self.turns(), self.late());
        for message in messages.iter_mut().filter(|m| m.status == MessageStatus::Streaming) {
            if let Some(open) = turns.values().find(|open| open.answer == message.id) {
                message.content.clone_from(&open.text);
                message.notes.clone_from(&open.notes);
            } else if let Some(end) = late.get(&message.id).cloned() {
                let MessageUpdate { content, status, timings, usage, reflex, tools, notes, sources } = end;
                (message.content, message.status, message.timings) = (content, status, timings);
                (message.usage, message.reflex) = (usage, reflex);
                (message.tools, message.notes, message.sources) = (tools, notes, sources);
            }
        }
    }

    /// Tries once more to keep the ends for which there was no room, or no time.
    pub fn keep_late(&self) {
        self.late().retain(|answer, end| self.store().update(*answer, end).is_err_and(|e| e.passes()));
    }

    /// The conversation that a turn under way belongs to.
    pub fn conversation_of(&self, turn: TurnId) -> Option<ConversationId> {
        self.turns().get(&turn).map(|t| t.conversation)
    }

    /// The turns under way in a conversation.
    pub fn under_way(&self, conversation: ConversationId) -> Vec<TurnId> {
        let turns = self.turns();
        turns.iter().filter(|(_, t)| t.conversation == conversation).map(|(id, _)| *id).collect()
    }

    /// Something happened. An error means that it is not recorded.
    pub(crate) fn record(&self, event: &Event) -> Result<(), Failure> {
        let Some(turn) = event.turn else { return Ok(()) };
        let mut turns = self.turns();
        let Some(open) = turns.get_mut(&turn) else { return Ok(()) };
        match &event.kind {
            EventKind::AnswerDelta { text } => {
                open.text.push_str(text);
                // While somebody has the database, for long perhaps, all that is told would wait: a later piece does as well.
                if !self.store().is_busy()
                    && let Some(update) = open.so_far(event.at_ms)
                {
                    let answer = open.answer;
                    drop(turns);
                    // Where this cannot be written, the end cannot either, and that is told.
                    if let Err(error) = self.store().update(answer, &update) {
                        tracing::debug!(%error, "an answer is not written yet");
                    }
                }
            }
            EventKind::ReflexMatched { reflex } => open.reflex = Some(reflex.clone()),
            EventKind::ToolStarted { tool, arguments } => open.tools.push(ToolUse {
                tool: tool.clone(),
                arguments: arguments.clone(),
                ok: false,
                result: String::new(),
            }),
            EventKind::ToolFinished { tool, ok, result, .. } => {
                let started = open.tools.iter_mut().rev().find(|t| t.tool == *tool);
                if let Some(started) = started {
                    (started.ok, started.result) = (*ok, result.clone());
                }
            }
            EventKind::AttachmentLimited { note } => open.notes.push(note.clone()),
            EventKind::AnswerCited { sources } => open.sources.clone_from(sources),
            EventKind::TurnEnded { outcome, answer, timings, usage } => {
                let status = match outcome {
                    Outcome::Answered => MessageStatus::Complete,
                    Outcome::Interrupted | Outcome::NothingHeard => MessageStatus::Interrupted,
                    Outcome::Failed => MessageStatus::Failed,
                };
                // What an interrupted answer said until then, is what came piece by piece.
                let content = if answer.is_empty() { open.text.clone() } else { answer.clone() };
                let update = MessageUpdate {
                    timings: Some(*timings),
                    usage: *usage,
                    reflex: open.reflex.take(),
                    tools: std::mem::take(&mut open.tools),
                    notes: std::mem::take(&mut open.notes),
                    sources: std::mem::take(&mut open.sources),
                    ..MessageUpdate::new(content, status)
                };
                let answer = open.answer;
                turns.remove(&turn);
                drop(turns);
                let kept = self.store().update(answer, &update);
                self.memory.catch_up();
                match kept {
                    // The person has meanwhile put something else in its place.
                    Ok(()) | Err(StoreError::NotFound { .. }) => {}
                    Err(error) => {
                        if error.passes() {
                            self.late().insert(answer, update);
                        }
                        return Err(error.failure());
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn late(&self) -> MutexGuard<'_, HashMap<MessageId, MessageUpdate>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<TurnId, OpenTurn>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jarvis_memory::ArchiveFormat;

    use super::*;

    /// Somebody asks for what takes long to tell.
    fn a_story_is_wanted(journal: &Journal) -> (TurnId, ConversationId) {
        let (turn, now) = (TurnId::new(), Timestamp::now());
        let conversation = journal.current(now).unwrap();
        let request = Request { text: "tell me a story", attachments: Vec::new(), spoken: false };
        journal.begin(turn, conversation, None, request, now).unwrap();
        (turn, conversation)
    }

    #[test]
    fn what_was_said_is_there_before_the_answer_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jarvis.sqlite");
        let memory = || Recall::new(Arc::new(Store::open(&path).unwrap()), None);
        let (journal, other) = (
            Journal::open(memory(), Timestamp::now()).unwrap(),
            Journal::open(memory(), Timestamp::now()).unwrap(),
        );
        let (turn, conversation) = a_story_is_wanted(&journal);
        let say = |at_ms: u64, text: &str| {
            let kind = EventKind::AnswerDelta { text: text.into() };
            let event = Event { seq: 0, at_ms, turn: Some(turn), conversation: None, kind };
            journal.record(&event).unwrap();
            let answer = other.store().all_messages(conversation).unwrap().pop().unwrap();
            (answer.content, answer.status)
        };
        let streaming = MessageStatus::Streaming;
        assert_eq!(say(5000, "Once"), (String::new(), streaming));
        assert_eq!(say(5999, " upon"), (String::new(), streaming));
        assert_eq!(say(6000, " a"), ("Once upon a".into(), streaming));
        assert_eq!(say(6500, " time"), ("Once upon a".into(), streaming));
        assert_eq!(say(7100, "."), ("Once upon a time.".into(), streaming));
        // It dies: what it had said is kept, and somebody else knows that no more will come.
        drop(journal);
        let answer = other.store().all_messages(conversation).unwrap().pop().unwrap();
        assert_eq!(
            (answer.content.as_str(), answer.status),
            ("Once upon a time.", MessageStatus::Interrupted)
        );
    }

    #[test]
    fn an_answer_goes_on_while_somebody_has_the_database() {
        let journal = Journal::in_memory();
        let (turn, conversation) = a_story_is_wanted(&journal);
        let say = |at_ms: u64, text: &str| {
            let kind = EventKind::AnswerDelta { text: text.into() };
            journal.record(&Event { seq: 0, at_ms, turn: Some(turn), conversation: None, kind }).unwrap();
        };
        let written = || journal.store().all_messages(conversation).unwrap().pop().unwrap().content;
        say(5000, "Once");
        // In memory there is one connection, and the export has it.
        let goes_on = |done: u64, _: u64| {
            if done == 1 {
                say(7000, " upon");
            }
        };
        journal
            .store()
            .export(ArchiveFormat::Json, &mut Vec::<u8>::new(), Timestamp::now(), goes_on)
            .unwrap();
        assert_eq!(written(), "");
        say(7100, " a time");
        assert_eq!(written(), "Once upon a time");
    }

    #[test]
    fn the_answer_to_a_question_is_said_where_it_was_asked() {
        let (journal, now) = (Journal::in_memory(), Timestamp::now());
        let (asked, typed) = (journal.current(now).unwrap(), journal.store().create(None, now).unwrap().id);
        let soon = Instant::now() + Duration::from_secs(60);
        journal.await_words(Some((asked, soon)));
        let request = Request { text: "hello", ..Request::default() };
        journal.begin(TurnId::new(), typed, None, request, now).unwrap();
        assert_eq!(journal.last(), Some(typed));
        assert_eq!(journal.current(now).unwrap(), asked);
        for over in [None, Some((asked, Instant::now()))] {
            journal.await_words(over);
            assert_eq!(journal.current(now).unwrap(), typed);
        }
    }
}
