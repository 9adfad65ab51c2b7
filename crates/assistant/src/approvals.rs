//! The desk at which questions wait for a person: each is told on the bus, and whoever shows it (the window, a browser, another
//! program) hands in the answer.
//!
//! It decides nothing: the guard asks, waits and gives up. A question that is dropped is told as settled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jarvis_core::{Consent, EventKind, Question};
use jarvis_guard::{Act, Approver, PATIENCE};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::bus::EventBus;

struct Open {
    question: Question,
    until: Instant,
    answer: oneshot::Sender<Consent>,
}

/// See the module.
pub struct ApprovalDesk {
    bus: EventBus,
    open: Arc<Mutex<BTreeMap<Uuid, Open>>>,
}

impl ApprovalDesk {
    /// An empty one.
    pub fn new(bus: EventBus) -> Self {
        Self { bus, open: Arc::default() }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<Uuid, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The questions that wait, the oldest first, with the seconds that are left.
    pub fn waiting(&self) -> Vec<Question> {
        let left = |open: &Open| {
            let seconds = open.until.saturating_duration_since(Instant::now()).as_secs();
            Question { seconds: u32::try_from(seconds).unwrap_or(u32::MAX), ..open.question.clone() }
        };
        self.open().values().map(left).collect()
    }

    /// Answers a question. False when it is settled already.
    pub fn settle(&self, id: Uuid, consent: Consent) -> bool {
        let open = self.open().remove(&id);
        open.is_some_and(|open| open.answer.send(consent).is_ok())
    }
}

#[async_trait]
impl Approver for ApprovalDesk {
    async fn ask(&self, question: &Question, _: &Act) -> Consent {
        let (answer, answered) = oneshot::channel();
        let open = Open { question: question.clone(), until: Instant::now() + PATIENCE, answer };
        self.open().insert(question.id, open);
        let mut settling =
            Settling { id: question.id, bus: self.bus.clone(), open: Arc::clone(&self.open), consent: None };
        self.bus.publish(None, EventKind::ApprovalAsked { question: question.clone() });
        let consent = answered.await.unwrap_or(Consent::No);
        settling.consent = Some(consent);
        consent
    }
}

/// Tells that a question is settled, also when nobody waits for the answer any more.
struct Settling {
    id: Uuid,
    bus: EventBus,
    open: Arc<Mutex<BTreeMap<Uuid, Open>>>,
    consent: Option<Consent>,
}

impl Drop for Settling {
    fn drop(&mut self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        self.bus.publish(None, EventKind::ApprovalSettled { id: self.id, consent: self.consent });
    }
}

/// Somebody who has answered already: yes to what was read back, once, and no to everything else.
pub(crate) struct ReadBack {
    /// The exact effect that was read back.
    pub words: String,
}

#[async_trait]
impl Approver for ReadBack {
    async fn ask(&self, question: &Question, _: &Act) -> Consent {
        let same = question.words == self.words && may_be_spoken(question);
        if same { Consent::Once } else { Consent::No }
    }
}

/// Whether the person's next words may answer a question: nothing high, and nothing that a stranger's text may have asked for.
pub(crate) fn may_be_spoken(question: &Question) -> bool {
    question.risk <= jarvis_core::Risk::Medium && question.tainted_by.is_empty()
}

/// Who answers in a turn: what may be answered aloud is put off to the end of a spoken one, everything else is asked at once.
pub(crate) struct Spoken {
    aloud: bool,
    others: Arc<dyn Approver>,
    asked: Mutex<Option<Question>>,
}

impl Spoken {
    /// For a turn that is spoken, or not; `others` are asked at once.
    pub fn new(aloud: bool, others: Arc<dyn Approver>) -> Self {
        Self { aloud, others, asked: Mutex::default() }
    }

    /// Whether something was put off.
    pub fn has_asked(&self) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What was put off.
    pub fn take(&self) -> Option<Question> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl Approver for Spoken {
    async fn ask(&self, question: &Question, act: &Act) -> Consent {
        if !self.aloud || !may_be_spoken(question) {
            return self.others.ask(question, act).await;
        }
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(question.clone());
        Consent::Later
    }
}

/// A question that was read back waits for the person's next words no longer than this.
pub(crate) const SPOKEN_PATIENCE: Duration = PATIENCE;
