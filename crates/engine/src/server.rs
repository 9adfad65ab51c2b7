//! The child's end: reads requests from standard input, answers on standard output.
//!
//! Native code likes to print. So the real standard output is moved aside for frames, and whatever prints
//! ends up on standard error, which the parent logs.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde::{Serialize, de::DeserializeOwned};

use crate::wire::{self, Answer, Call, Fault, FaultCode};

/// Answers requests. Called from a thread per request, so it locks what it keeps.
pub trait Handler<Req, Rep>: Send + Sync + 'static {
    /// Answers one request; items go to `reply`, the end is the return value.
    fn handle(&self, request: Req, payload: Vec<u8>, reply: &Responder<Rep>) -> Result<(), Fault>;
}

/// That nobody waits for a reply any more: seen by whoever looks, and told to whoever cannot look.
#[derive(Default)]
struct Cancel {
    flag: Arc<AtomicBool>,
    hook: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Cancel {
    fn cancel(&self) {
        self.flag.store(true, Ordering::Relaxed);
        if let Some(hook) = self.hook.lock().unwrap_or_else(PoisonError::into_inner).take() {
            hook();
        }
    }
}

/// Where a handler sends the items of one reply, and learns that nobody waits for them any more.
pub struct Responder<Rep> {
    id: u64,
    out: Arc<Mutex<File>>,
    cancel: Arc<Cancel>,
    item: std::marker::PhantomData<fn(Rep)>,
}

impl<Rep: Serialize> Responder<Rep> {
    /// Sends one item with its payload. Fails when the request was cancelled, the parent is gone or the item is too long: stop
    /// then.
    pub fn send(&self, body: Rep, payload: &[u8]) -> Result<(), Fault> {
        if self.is_cancelled() {
            return Err(Fault::new(FaultCode::Cancelled, "cancelled"));
        }
        self.write(&Answer::Item { id: self.id, body }, payload).map_err(|e| match e.kind() {
            io::ErrorKind::InvalidInput => Fault::new(FaultCode::Internal, "the answer is too long"),
            _ => Fault::new(FaultCode::Cancelled, format!("the parent is gone: {e}")),
        })
    }

    /// Whether to stop early.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.flag.load(Ordering::Relaxed)
    }

    /// The same, as a flag that native callbacks can read.
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancel.flag)
    }

    /// Has `hook` called when the request is cancelled, at once if it has been: for native code that is stopped by a call. It
    /// takes the place of an earlier one, and must be quick.
    pub fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        let mut slot = self.cancel.hook.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock: whoever cancels sets the flag first and then looks for a hook.
        if self.is_cancelled() {
            drop(slot);
            hook();
        } else {
            *slot = Some(Box::new(hook));
        }
    }

    fn write(&self, answer: &Answer<Rep>, payload: &[u8]) -> io::Result<()> {
        wire::write(&mut *self.out.lock().unwrap_or_else(PoisonError::into_inner), answer, payload)
    }
}

/// Serves until the parent closes the pipe. Requests run side by side; a panic in one fails only that one.
pub fn serve<Req, Rep>(handler: impl Handler<Req, Rep>) -> io::Result<()>
where
    Req: DeserializeOwned + Send + 'static,
    Rep: Serialize + 'static,
{
    let out = Arc::new(Mutex::new(take_stdout()?));
    let handler = Arc::new(handler);
    let running: Arc<Mutex<HashMap<u64, Arc<Cancel>>>> = Arc::default();
    let mut input = io::BufReader::new(io::stdin().lock());
    while let Some((call, payload)) = wire::read::<Call<Req>>(&mut input)? {
        let mut table = running.lock().unwrap_or_else(PoisonError::into_inner);
        match call {
            Call::Cancel { id } => {
                if let Some(cancel) = table.get(&id) {
                    cancel.cancel();
                }
            }
            Call::Request { id, body } => {
                let cancel = Arc::<Cancel>::default();
                table.insert(id, Arc::clone(&cancel));
                let responder =
                    Responder { id, out: Arc::clone(&out), cancel, item: std::marker::PhantomData };
                let (handler, running) = (Arc::clone(&handler), Arc::clone(&running));
                thread::Builder::new().name(format!("request-{id}")).spawn(move || {
                    let result = catch_unwind(AssertUnwindSafe(|| handler.handle(body, payload, &responder)))
                        .unwrap_or_else(|_| Err(Fault::new(FaultCode::Internal, "the engine panicked")));
                    running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                    let end = match result {
                        Ok(()) => Answer::Done { id },
                        Err(fault) => Answer::Failed { id, fault },
                    };
                    if let Err(e) = responder.write(&end, &[]) {
                        tracing::debug!(error = %e, "the parent is gone");
                    }
                })?;
            }
        }
    }
    Ok(())
}

/// Keeps standard output for frames and points file descriptor 1 at standard error.
fn take_stdout() -> io::Result<File> {
    let frames = rustix::io::dup(rustix::stdio::stdout())?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(File::from(frames))
}
