//! The gate: a call is judged, the person is asked where that is due, it is written down, and only then is there a [`Running`].
//!
//! The toolbox calls it; nothing else makes an [`Approved`] or a [`Running`]. Whatever goes wrong here (rules that cannot be read, a
//! record that cannot be written, nobody who answers) means no.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jarvis_core::{ToolCall, TurnId};
use jarvis_files::Stamp;
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::act::{Act, Effect, Risk};
use crate::approval::{Approver, Consent, PATIENCE, Question};
use crate::audit::{AuditLog, Ending, Entry, NoteKind, Ticket};
use crate::circumstances::{Circumstances, Origin, Taint};
use crate::grants::{self, Grant, GrantError, Grants};
use crate::place::Places;
use crate::policy::{Decision, Policy, PolicyError, Verdict};
use crate::secrets;

/// What was approved runs within this time, or is asked about anew.
const GOOD_FOR: Duration = Duration::from_secs(30);

/// By what name a call is refused that would carry off a key. No rule is asked.
const KEYS_STAY: &str = "keys-stay";

/// Why a call does not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A rule denies it.
    #[error("{words} This is not allowed (rule {rule}).")]
    Denied {
        /// What it would have done.
        words: String,
        /// Which rule.
        rule: String,
    },
    /// The person said no.
    #[error("You said no to this: {words}")]
    Declined {
        /// What it would have done.
        words: String,
    },
    /// The person is asked aloud, and answers with their next words.
    #[error("The person is being asked, and has not answered yet: {words}")]
    Waiting {
        /// What it would do.
        words: String,
    },
    /// Nobody answered in time.
    #[error("Nobody answered in time, so it was not done: {words}")]
    Unanswered {
        /// What it would have done.
        words: String,
    },
    /// Everything was stopped, or the turn was.
    #[error("It was stopped before it began.")]
    Stopped,
    /// What was approved has waited too long.
    #[error("The approval has expired.")]
    Expired,
    /// It could not be written down, so it is not done.
    #[error("It could not be recorded, so it was not done ({reason}).")]
    NoRecord {
        /// Why.
        reason: String,
    },
    /// There are no rules to judge by.
    #[error("Nothing is done, because {reason}.")]
    NoRules {
        /// Why.
        reason: String,
    },
}

/// See the module.
pub struct Guard {
    policy: RwLock<Result<Policy, PolicyError>>,
    grants: Grants,
    audit: AuditLog,
    places: Places,
    rules_file: Option<PathBuf>,
    /// Of the rules that were read.
    rules_read: Mutex<Stamp>,
    /// A question waits for so long.
    patience: Duration,
    /// Cancelled by the emergency stop, and then a new one.
    stop: Mutex<CancellationToken>,
}

impl Guard {
    /// A guard that judges by the rules in `rules_file` (those that ship, where there is no such file), and writes to `audit`.
    pub fn new(places: Places, rules_file: Option<PathBuf>, grants: Grants, audit: AuditLog) -> Self {
        let guard = Self {
            policy: RwLock::new(Err(PolicyError::Constitution)),
            grants,
            audit,
            places,
            rules_file,
            rules_read: Mutex::default(),
            patience: PATIENCE,
            stop: Mutex::default(),
        };
        // Rules that cannot be read are told by `problem`, and let nothing run.
        let _ = guard.reload();
        guard
    }

    /// The same, whose questions wait for so long.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// A guard for when nothing can be written down: it lets nothing run.
    pub fn without_records() -> Self {
        let audit = AuditLog::in_memory().expect("a log in working memory needs nothing");
        Self {
            policy: RwLock::new(Err(PolicyError::NoRecords)),
            grants: Grants::none(),
            audit,
            places: Places::new(Path::new("/"), &[]),
            rules_file: None,
            rules_read: Mutex::default(),
            patience: PATIENCE,
            stop: Mutex::default(),
        }
    }

    /// Reads the rules anew. Where they cannot be read the old ones hold, if there were any.
    pub fn reload(&self) -> Result<(), String> {
        let loaded = match &self.rules_file {
            Some(file) => {
                *self.rules_read.lock().unwrap_or_else(PoisonError::into_inner) = Stamp::of(file);
                Policy::load(file)
            }
            None => Policy::new(crate::policy::SHIPPED_RULES),
        };
        let mut policy = self.policy.write().unwrap_or_else(PoisonError::into_inner);
        let problem = loaded.as_ref().err().map(ToString::to_string);
        if loaded.is_ok() || policy.is_err() {
            *policy = loaded;
        }
        problem.map_or(Ok(()), Err)
    }

    /// Follows the file of the rules: a person may edit it at any time.
    fn keep_up(&self) {
        let Some(file) = &self.rules_file else { return };
        let read = *self.rules_read.lock().unwrap_or_else(PoisonError::into_inner);
        if Stamp::of(file) != read
            && let Err(reason) = self.reload()
        {
            tracing::warn!(reason, "the rules were changed and cannot be read; those before hold");
        }
    }

    /// Why nothing can be judged, if so.
    pub fn problem(&self) -> Option<String> {
        self.policy.read().unwrap_or_else(PoisonError::into_inner).as_ref().err().map(ToString::to_string)
    }

    /// Takes in keys of services, which from now on no call carries off, whatever the rules say, and no record holds. The log has
    /// them, as it must not write them.
    pub fn keep_secret(&self, values: Vec<String>) {
        self.audit.keep_secret(values);
    }

    /// Where things lie.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// What was done, refused and asked.
    pub fn audit(&self) -> &AuditLog {
        &self.audit
    }

    /// What is allowed for always.
    pub fn grants(&self) -> Vec<Grant> {
        self.grants.list()
    }

    /// Takes back what was allowed for always.
    pub fn revoke(&self, id: Uuid) -> Result<Option<Grant>, GrantError> {
        let gone = self.grants.revoke(id)?;
        if let Some(grant) = &gone {
            self.note(NoteKind::Revoked, None, &grant.words);
        }
        Ok(gone)
    }

    /// Stops everything that runs, at once. What is asked about is answered by no.
    pub fn stop_everything(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *stop).cancel();
        drop(stop);
        self.note(NoteKind::EmergencyStop, None, "");
    }

    /// Cancelled when everything is stopped the next time.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).child_token()
    }

    /// What would be decided. Runs nothing, asks nobody, writes nothing.
    pub fn judge(
        &self,
        act: &Act,
        arguments: &Value,
        circumstances: &Circumstances,
    ) -> Result<Verdict, Refusal> {
        self.keep_up();
        let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        let policy = policy.as_ref().map_err(|e| Refusal::NoRules { reason: e.to_string() })?;
        let leaves = |effect: &&Effect| matches!(effect, Effect::Send { .. } | Effect::Foreign { .. });
        let mut secret = false;
        if let Some(effect) = act.effects.iter().find(leaves) {
            let known = self.audit.known();
            let sent = arguments.to_string();
            if secrets::holds(&sent, &known) {
                let risk = crate::risk::of_act(act, &self.places);
                let (rule, effect) = (KEYS_STAY.to_owned(), effect.name().to_owned());
                return Ok(Verdict { decision: Decision::Deny, risk, rule, effect });
            }
            secret = secrets::leaks(&sent, &known);
        }
        let always = |effect: &Effect| {
            let risk = crate::risk::of(effect, act.undoable, &self.places);
            circumstances.tainted_by.is_empty() && self.grants.allow(act, effect, circumstances.origin, risk)
        };
        Ok(policy.judge(act, circumstances, &self.places, &always, secret))
    }

    /// Judges a call, asks where that is due, and approves it or not. A refusal is written down.
    pub async fn admit(
        self: &Arc<Self>,
        call: ToolCall,
        act: Act,
        circumstances: &Circumstances,
        approver: &dyn Approver,
        cancel: &CancellationToken,
    ) -> Result<Approved<ToolCall>, Refusal> {
        // A stop holds for what is being asked about, too.
        let stop = self.stop_token();
        let id = Uuid::now_v7();
        let verdict = match self.judge(&act, &call.arguments, circumstances) {
            Ok(verdict) => verdict,
            Err(refusal) => return Err(refusal),
        };
        let entry = |consent| Entry {
            call: id,
            tool: &call.name,
            arguments: &call.arguments,
            words: &act.words,
            risk: verdict.risk,
            origin: circumstances.origin,
            turn: circumstances.turn,
            tainted_by: &circumstances.tainted_by,
            decision: verdict.decision.as_str(),
            rule: &verdict.rule,
            consent,
        };
        let refused = |refusal: Refusal, consent| {
            self.note(NoteKind::Refused, Some(&entry(consent)), &refusal.to_string());
            Err(refusal)
        };
        let consent = match verdict.decision {
            Decision::Run => None,
            Decision::Deny => {
                let rule = verdict.rule.clone();
                return refused(Refusal::Denied { words: act.words.clone(), rule }, None);
            }
            Decision::Ask => {
                let question = self.question(id, &act, &verdict, circumstances);
                let answer = tokio::select! {
                    biased;
                    () = stop.cancelled() => return refused(Refusal::Stopped, None),
                    () = cancel.cancelled() => return refused(Refusal::Stopped, None),
                    answer = tokio::time::timeout(self.patience, approver.ask(&question, &act)) => answer,
                };
                match answer {
                    Err(_) => return refused(Refusal::Unanswered { words: act.words.clone() }, None),
                    Ok(Consent::No) => {
                        return refused(Refusal::Declined { words: act.words.clone() }, Some(Consent::No));
                    }
                    Ok(Consent::Later) => {
                        return refused(Refusal::Waiting { words: act.words.clone() }, Some(Consent::Later));
                    }
                    Ok(Consent::Always) if question.always.is_some() => {
                        // What cannot be kept holds this once.
                        if let Ok(grant) =
                            self.grants.add(&act, circumstances.origin, verdict.risk, Timestamp::now())
                        {
                            self.note(NoteKind::Granted, Some(&entry(Some(Consent::Always))), &grant.words);
                        }
                        Some(Consent::Always)
                    }
                    Ok(Consent::Once | Consent::Always) => Some(Consent::Once),
                }
            }
        };
        let (origin, turn, tainted_by) =
            (circumstances.origin, circumstances.turn, circumstances.tainted_by.clone());
        let until = Instant::now() + GOOD_FOR;
        Ok(Approved {
            what: call,
            act,
            id,
            verdict,
            consent,
            origin,
            turn,
            tainted_by,
            until,
            stop,
            guard: Arc::clone(self),
        })
    }

    fn question(&self, id: Uuid, act: &Act, verdict: &Verdict, circumstances: &Circumstances) -> Question {
        let lasting = verdict.risk < Risk::Critical && circumstances.tainted_by.is_empty();
        Question {
            id,
            tool: act.tool.clone(),
            words: act.words.clone(),
            risk: verdict.risk,
            undoable: act.undoable,
            origin: circumstances.origin,
            tainted_by: circumstances.tainted_by.clone(),
            rule: verdict.rule.clone(),
            always: lasting.then(|| grants::words(act)),
            seconds: u32::try_from(self.patience.as_secs()).unwrap_or(u32::MAX),
        }
    }

    /// Writes down a call of which nobody could say what it would do: an unknown tool, or arguments that make no sense.
    pub fn refuse_unplanned(&self, call: &ToolCall, circumstances: &Circumstances, reason: &str) {
        let entry = Entry {
            call: Uuid::now_v7(),
            tool: &call.name,
            arguments: &call.arguments,
            words: "",
            risk: Risk::Low,
            origin: circumstances.origin,
            turn: circumstances.turn,
            tainted_by: &circumstances.tainted_by,
            decision: Decision::Deny.as_str(),
            rule: "not-planned",
            consent: None,
        };
        self.note(NoteKind::Refused, Some(&entry), reason);
    }

    /// A note that cannot be written changes nothing that was decided.
    fn note(&self, kind: NoteKind, entry: Option<&Entry<'_>>, detail: &str) {
        if self.audit.note(kind, entry, detail).is_err() {
            tracing::error!("the audit log could not be written to");
        }
    }
}

/// A call that may run: these very arguments, once, soon. Only the guard makes one.
#[must_use = "an approval that is not begun does nothing"]
pub struct Approved<T> {
    what: T,
    act: Act,
    id: Uuid,
    verdict: Verdict,
    consent: Option<Consent>,
    origin: Origin,
    turn: Option<TurnId>,
    tainted_by: Vec<Taint>,
    until: Instant,
    stop: CancellationToken,
    guard: Arc<Guard>,
}

impl Approved<ToolCall> {
    /// Writes down that it runs now, and lets it.
    pub fn begin(self) -> Result<Running, Refusal> {
        if Instant::now() > self.until {
            return Err(Refusal::Expired);
        }
        if self.stop.is_cancelled() {
            return Err(Refusal::Stopped);
        }
        let entry = Entry {
            call: self.id,
            tool: &self.what.name,
            arguments: &self.what.arguments,
            words: &self.act.words,
            risk: self.verdict.risk,
            origin: self.origin,
            turn: self.turn,
            tainted_by: &self.tainted_by,
            decision: self.verdict.decision.as_str(),
            rule: &self.verdict.rule,
            consent: self.consent,
        };
        let ticket =
            self.guard.audit.begin(&entry).map_err(|e| Refusal::NoRecord { reason: e.to_string() })?;
        Ok(Running {
            call: self.what,
            act: self.act,
            id: self.id,
            risk: self.verdict.risk,
            stop: self.stop,
            ticket: Some(ticket),
            began: Instant::now(),
            guard: self.guard,
        })
    }
}

/// A call that runs. Dropped without an end it counts as stopped; killed with its program, as unfinished.
pub struct Running {
    call: ToolCall,
    act: Act,
    id: Uuid,
    risk: Risk,
    stop: CancellationToken,
    ticket: Option<Ticket>,
    began: Instant,
    guard: Arc<Guard>,
}

impl Running {
    /// By which the records know it.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The call that was approved.
    pub fn call(&self) -> &ToolCall {
        &self.call
    }

    /// The arguments that were approved.
    pub fn arguments(&self) -> &Value {
        &self.call.arguments
    }

    /// What it was approved to do.
    pub fn act(&self) -> &Act {
        &self.act
    }

    /// How much harm it can do.
    pub fn risk(&self) -> Risk {
        self.risk
    }

    /// Cancelled when everything is to stop.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Writes down how it ended. Returns how long it took.
    pub fn finish(mut self, how: Ending, detail: &str) -> Duration {
        self.end(how, detail)
    }

    fn end(&mut self, how: Ending, detail: &str) -> Duration {
        let took = self.began.elapsed();
        if let Some(ticket) = self.ticket.take()
            && self.guard.audit.end(ticket, how, detail, took).is_err()
        {
            tracing::error!("the end of a call could not be recorded");
        }
        took
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end(Ending::Stopped, "");
    }
}
