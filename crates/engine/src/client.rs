//! The parent's end: one child process, started on demand, noticed when it dies, started again.
//!
//! A task owns the child. Everyone else sends it orders, so there is no lock and no half-dead state:
//! either the child lives and its requests are routed, or it does not and the next request starts it.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jarvis_core::{Code, Failure};
use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::wire::{self, Answer, Call, Fault, FaultCode};

/// How to start an engine.
#[derive(Clone, Debug)]
pub struct EngineSpec {
    /// Short name for people: "speech engine".
    pub name: &'static str,
    /// The executable.
    pub program: PathBuf,
    /// Another one for the same requests, which asks less of the machine: once `program` could not be started or has died, this
    /// takes its place for as long as the [`Engine`] lives.
    pub fallback: Option<PathBuf>,
    /// Its arguments.
    pub args: Vec<String>,
    /// Stop it after this long without a request, to give its memory back.
    pub idle_stop: Option<Duration>,
}

/// Why a request was not answered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// The executable cannot be started.
    #[error("the {name} cannot be started: {reason}")]
    Start {
        /// Name of the engine.
        name: &'static str,
        /// The system's reason.
        reason: String,
    },
    /// The process died with the request unanswered. Asking again starts it anew.
    #[error("the {name} stopped unexpectedly ({reason})")]
    Died {
        /// Name of the engine.
        name: &'static str,
        /// How it ended and the last thing it said.
        reason: String,
    },
    /// The engine answered that it cannot.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl EngineError {
    /// What the person is told.
    pub fn failure(&self) -> Failure {
        let (code, remedy) = match self {
            Self::Start { .. } => {
                (Code::EngineFailed, "Run `jarvis doctor`; if the file is missing, install Jarvis again.")
            }
            Self::Died { .. } => (Code::EngineFailed, "Ask again; it is being restarted."),
            Self::Fault(fault) => match fault.code {
                FaultCode::ModelMissing => (Code::ModelMissing, "Fetch it with `jarvis models pull`."),
                FaultCode::ModelDamaged => {
                    (Code::ModelDamaged, "Repair it with `jarvis models verify --repair`.")
                }
                FaultCode::BadRequest => {
                    (Code::BadRequest, "Correct the request, or the setting that it comes from.")
                }
                FaultCode::Cancelled => (Code::Cancelled, "Ask again."),
                FaultCode::Internal => (Code::EngineFailed, "Ask again; if it stays, run `jarvis doctor`."),
            },
        };
        Failure::sentence(code, self, remedy)
    }
}

type Item<Rep> = Result<(Rep, Bytes), EngineError>;

enum Order<Req, Rep> {
    Request { body: Req, payload: Bytes, replies: mpsc::UnboundedSender<Item<Rep>>, id: u64 },
    Cancel { id: u64 },
    Stop,
}

/// A supervised engine process.
pub struct Engine<Req, Rep> {
    orders: mpsc::UnboundedSender<Order<Req, Rep>>,
    next_id: AtomicU64,
    pid: watch::Receiver<Option<u32>>,
    fallen_back: watch::Receiver<Option<String>>,
}

impl<Req, Rep> Engine<Req, Rep>
where
    Req: Serialize + Send + Sync + 'static,
    Rep: DeserializeOwned + Send + 'static,
{
    /// An engine that is not started yet. Must be called within a tokio runtime; the process ends when the
    /// last handle is dropped.
    pub fn new(spec: EngineSpec) -> Self {
        let (orders, inbox) = mpsc::unbounded_channel();
        let (pid_tx, pid) = watch::channel(None);
        let (fallen_back_tx, fallen_back) = watch::channel(None);
        let supervisor = Supervisor {
            spec,
            pid: pid_tx,
            fallen_back: fallen_back_tx,
            running: None,
            back_off: BackOff::default(),
            reply: PhantomData,
        };
        tokio::spawn(supervisor.run(inbox));
        Self { orders, next_id: AtomicU64::new(1), pid, fallen_back }
    }

    /// Asks. The answer is cancelled when the returned [`Replies`] is dropped before its end.
    pub fn request(&self, body: Req, payload: impl Into<Bytes>) -> Replies<Req, Rep> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (replies, items) = mpsc::unbounded_channel();
        // A send can only fail when the runtime is shutting down; the reply stream then just ends.
        let _ = self.orders.send(Order::Request { body, payload: payload.into(), replies, id });
        Replies { id, items, orders: self.orders.clone(), ended: false }
    }

    /// Asks and waits for the end, ignoring items: for loading ahead.
    pub async fn run(&self, body: Req) -> Result<(), EngineError> {
        let mut replies = self.request(body, Bytes::new());
        while let Some(item) = replies.next().await {
            item?;
        }
        Ok(())
    }

    /// Stops the process now; the next request starts it again.
    pub fn stop(&self) {
        let _ = self.orders.send(Order::Stop);
    }

    /// Follows the process id: `None` while it does not run.
    pub fn watch_pid(&self) -> watch::Receiver<Option<u32>> {
        self.pid.clone()
    }

    /// Follows whether the fallback has taken over: the reason from then on.
    pub fn watch_fallback(&self) -> watch::Receiver<Option<String>> {
        self.fallen_back.clone()
    }

    /// Process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        *self.pid.borrow()
    }
}

/// The items of one reply, in order. Dropping it cancels what is left.
pub struct Replies<Req, Rep> {
    id: u64,
    items: mpsc::UnboundedReceiver<Item<Rep>>,
    orders: mpsc::UnboundedSender<Order<Req, Rep>>,
    ended: bool,
}

impl<Req, Rep> Replies<Req, Rep> {
    /// The next item; `None` after the last. After an error there are no more.
    pub async fn next(&mut self) -> Option<Item<Rep>> {
        let item = self.items.recv().await;
        if !matches!(item, Some(Ok(_))) {
            self.ended = true;
        }
        item
    }
}

impl<Req, Rep> Drop for Replies<Req, Rep> {
    fn drop(&mut self) {
        if !self.ended {
            let _ = self.orders.send(Order::Cancel { id: self.id });
        }
    }
}

/// How long to wait before the next start: nothing after a process that has answered anything, be it a part of a reply,
/// and doubling from one that has not to the next.
#[derive(Default)]
struct BackOff {
    failures: u32,
    until: Option<Instant>,
}

impl BackOff {
    fn died(&mut self) {
        self.failures += 1;
        // The first death is forgiven at once: a person is waiting.
        if self.failures > 1 {
            let wait = Duration::from_millis(250 << (self.failures - 2).min(7));
            self.until = Some(Instant::now() + wait);
        }
    }

    fn answered(&mut self) {
        *self = Self::default();
    }
}

struct Running<Rep> {
    child: Child,
    stdin: ChildStdin,
    answers: mpsc::UnboundedReceiver<(Answer<Rep>, Bytes)>,
    waiting: HashMap<u64, mpsc::UnboundedSender<Item<Rep>>>,
    last_words: Arc<Mutex<VecDeque<String>>>,
}

struct Supervisor<Req, Rep> {
    spec: EngineSpec,
    pid: watch::Sender<Option<u32>>,
    fallen_back: watch::Sender<Option<String>>,
    running: Option<Running<Rep>>,
    back_off: BackOff,
    reply: PhantomData<fn(Req)>,
}

enum Happening<Req, Rep> {
    Asked(Order<Req, Rep>),
    Answered(Answer<Rep>, Bytes),
    ChildEnded,
    Idle,
    HandlesDropped,
}

impl<Req, Rep> Supervisor<Req, Rep>
where
    Req: Serialize + Send + Sync + 'static,
    Rep: DeserializeOwned + Send + 'static,
{
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Order<Req, Rep>>) {
        loop {
            match self.next(&mut inbox).await {
                Happening::Asked(Order::Request { body, payload, replies, id }) => {
                    self.ask(id, body, payload, replies).await;
                }
                Happening::Asked(Order::Cancel { id }) => {
                    if let Some(running) = &mut self.running {
                        running.waiting.remove(&id);
                        let call = Call::<Req>::Cancel { id };
                        // A failed write means that it died; the reader notices and reports it.
                        let _ = wire::write_async(&mut running.stdin, &call, &[]).await;
                    }
                }
                Happening::Asked(Order::Stop) | Happening::Idle => self.stop().await,
                Happening::Answered(answer, payload) => self.route(answer, payload),
                Happening::ChildEnded => self.bury().await,
                Happening::HandlesDropped => return self.stop().await,
            }
        }
    }

    async fn next(&mut self, inbox: &mut mpsc::UnboundedReceiver<Order<Req, Rep>>) -> Happening<Req, Rep> {
        let Some(running) = &mut self.running else {
            return inbox.recv().await.map_or(Happening::HandlesDropped, Happening::Asked);
        };
        let idle_at = match self.spec.idle_stop {
            Some(limit) if running.waiting.is_empty() => Instant::now() + limit,
            _ => Instant::now() + Duration::from_secs(u64::from(u32::MAX)),
        };
        tokio::select! {
            command = inbox.recv() => command.map_or(Happening::HandlesDropped, Happening::Asked),
            answer = running.answers.recv() =>
                answer.map_or(Happening::ChildEnded, |(a, p)| Happening::Answered(a, p)),
            () = sleep_until(idle_at) => Happening::Idle,
        }
    }

    async fn ask(&mut self, id: u64, body: Req, payload: Bytes, replies: mpsc::UnboundedSender<Item<Rep>>) {
        if self.running.is_none() {
            if let Some(until) = self.back_off.until {
                tokio::select! {
                    () = sleep_until(until) => {}
                    () = replies.closed() => {}
                }
            }
            // Nobody waits for it any more; what others have asked comes next.
            if replies.is_closed() {
                return;
            }
            let started = match self.start() {
                Err(e) if self.fall_back(&e.to_string()) => self.start(),
                started => started,
            };
            match started {
                Ok(running) => self.running = Some(running),
                // Costs nothing to try again, and whoever asks is told at once.
                Err(e) => {
                    let error = EngineError::Start { name: self.spec.name, reason: e.to_string() };
                    let _ = replies.send(Err(error));
                    return;
                }
            }
        }
        let running = self.running.as_mut().expect("started above");
        running.waiting.insert(id, replies);
        let call = Call::Request { id, body };
        let written = wire::write_async(&mut running.stdin, &call, &payload).await;
        // Any other failed write means that it died; its answers end, and everyone waiting is told.
        if written.is_err_and(|e| e.kind() == io::ErrorKind::InvalidInput)
            && let Some(replies) = running.waiting.remove(&id)
        {
            let message = format!("the request is too long for the {}", self.spec.name);
            let _ = replies.send(Err(Fault::new(FaultCode::BadRequest, message).into()));
        }
    }

    fn route(&mut self, answer: Answer<Rep>, payload: Bytes) {
        let Some(running) = &mut self.running else { return };
        match answer {
            Answer::Item { id, body } => {
                self.back_off.answered();
                if let Some(replies) = running.waiting.get(&id) {
                    let _ = replies.send(Ok((body, payload)));
                }
            }
            Answer::Done { id } => {
                running.waiting.remove(&id);
                self.back_off.answered();
            }
            Answer::Failed { id, fault } => {
                if let Some(replies) = running.waiting.remove(&id) {
                    let _ = replies.send(Err(fault.into()));
                }
            }
        }
    }

    /// Puts the fallback in the program's place; whether there was one left.
    fn fall_back(&mut self, reason: &str) -> bool {
        let Some(fallback) = self.spec.fallback.take() else { return false };
        self.spec.program = fallback;
        self.fallen_back.send_replace(Some(reason.to_owned()));
        true
    }

    fn start(&self) -> io::Result<Running<Rep>> {
        let mut command = Command::new(&self.spec.program);
        command.args(&self.spec.args).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C at a terminal is for the parent alone, which may have to go on for a while. The child ends with its input.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let stdin = child.stdin.take().expect("piped above");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped above"));
        let stderr = BufReader::new(child.stderr.take().expect("piped above"));
        let (answers_tx, answers) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            // Reads until the pipe ends or goes out of step; dropping the sender reports either.
            while let Ok(Some(frame)) = wire::read_async::<Answer<Rep>>(&mut stdout).await {
                if answers_tx.send(frame).is_err() {
                    return;
                }
            }
        });
        let last_words = Arc::new(Mutex::new(VecDeque::new()));
        let (words, name) = (Arc::clone(&last_words), self.spec.name);
        tokio::spawn(async move {
            let mut lines = stderr.lines();
            while let Ok(Some(line)) = lines.next_line().await {
                tracing::debug!(engine = name, line, "engine said");
                let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
                words.push_back(line);
                if words.len() > 4 {
                    words.pop_front();
                }
            }
        });
        self.pid.send_replace(child.id());
        Ok(Running { child, stdin, answers, waiting: HashMap::new(), last_words })
    }

    async fn bury(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        self.pid.send_replace(None);
        // The pipe is gone, so the process has ended or is of no more use.
        let _ = running.child.start_kill();
        let status = match running.child.wait().await {
            Ok(status) => status.to_string(),
            Err(e) => e.to_string(),
        };
        let last = running.last_words.lock().unwrap_or_else(PoisonError::into_inner).back().cloned();
        let reason = last.map_or(status.clone(), |words| format!("{status}: {words}"));
        tracing::warn!(engine = self.spec.name, reason, "engine died");
        if !self.fall_back(&reason) {
            self.back_off.died();
        }
        for replies in running.waiting.into_values() {
            let _ = replies.send(Err(EngineError::Died { name: self.spec.name, reason: reason.clone() }));
        }
    }

    async fn stop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        self.pid.send_replace(None);
        // Closing its input asks it to end; it holds nothing on disk, so the kill loses nothing.
        drop(running.stdin);
        let _ = running.child.start_kill();
        let _ = running.child.wait().await;
        for replies in running.waiting.into_values() {
            let fault = Fault::new(FaultCode::Cancelled, "the engine was stopped");
            let _ = replies.send(Err(fault.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_deaths_with_no_answer_between_them_are_waited_for() {
        let mut back_off = BackOff::default();
        for _ in 0..20 {
            back_off.died();
            assert_eq!(back_off.until, None, "it had answered");
            back_off.answered();
        }
        back_off.died();
        back_off.died();
        assert!(back_off.until.is_some());
    }
}
