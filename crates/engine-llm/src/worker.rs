//! The one thread that owns the model: requests queue up for it.
//!
//! A context borrows its model, so both live on this thread's stack, and a request for another model ends
//! that stretch of stack. One request runs at a time: two would only take the cores from each other.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use jarvis_engine::llm::{Reply, Request};
use jarvis_engine::{Fault, FaultCode};
use llama_cpp_2::llama_backend::LlamaBackend;

use crate::model;
use crate::session::Session;

/// What comes back for one request: pieces, and exactly one end.
pub enum Item {
    Reply(Reply),
    End(Result<(), Fault>),
}

struct Job {
    request: Request,
    cancelled: Arc<AtomicBool>,
    items: Sender<Item>,
}

impl Job {
    /// Which model, and how much it is to see at once.
    fn key(&self) -> (PathBuf, u32) {
        match &self.request {
            Request::Load { model, context_length } => (model.clone(), *context_length),
            Request::Generate(generate) => (generate.model.clone(), generate.context_length),
        }
    }

    fn end(&self, result: Result<(), Fault>) {
        // Nobody listens when the request was cancelled.
        let _ = self.items.send(Item::End(result));
    }
}

/// The way to the thread.
#[derive(Default)]
pub struct Worker {
    queue: Mutex<Option<Sender<Job>>>,
}

impl Worker {
    /// Queues a request and returns what it brings. Without an [`Item::End`] the thread has panicked.
    pub fn ask(&self, request: Request, cancelled: Arc<AtomicBool>) -> Receiver<Item> {
        let (items, answer) = mpsc::channel();
        let job = Job { request, cancelled, items };
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let unsent = match &*queue {
            Some(jobs) => jobs.send(job).err().map(|e| e.0),
            None => Some(job),
        };
        // There is no thread yet, or a panic ended it.
        if let Some(job) = unsent {
            let (jobs, inbox) = mpsc::channel();
            thread::spawn(move || work(&inbox));
            // The inbox is alive: it has just been handed over.
            let _ = jobs.send(job);
            *queue = Some(jobs);
        }
        answer
    }
}

fn work(jobs: &Receiver<Job>) {
    let backend = match LlamaBackend::init() {
        Ok(backend) => backend,
        Err(e) => {
            tracing::error!(error = %e, "llama.cpp cannot be started");
            return;
        }
    };
    let mut next = jobs.recv().ok();
    while let Some(job) = next {
        next = match model::load(&backend, &job.key().0) {
            Ok(model) => serve(&backend, &model, job, jobs),
            Err(fault) => {
                job.end(Err(fault));
                jobs.recv().ok()
            }
        };
    }
}

/// Runs jobs until one asks for another model, which it returns.
fn serve(backend: &LlamaBackend, model: &model::Model, first: Job, jobs: &Receiver<Job>) -> Option<Job> {
    let key = first.key();
    let mut session = match Session::new(backend, model, key.1) {
        Ok(session) => session,
        Err(fault) => {
            first.end(Err(fault));
            return jobs.recv().ok();
        }
    };
    let mut job = first;
    loop {
        let result = match &job.request {
            _ if job.cancelled.load(Ordering::Relaxed) => Err(Fault::new(FaultCode::Cancelled, "cancelled")),
            Request::Load { .. } => session.warm(),
            Request::Generate(generate) => session.generate(generate, &job.cancelled, &mut |reply| {
                job.items.send(Item::Reply(reply)).map_err(|_| Fault::new(FaultCode::Cancelled, "cancelled"))
            }),
        };
        job.end(result);
        job = jobs.recv().ok()?;
        if job.key() != key {
            return Some(job);
        }
    }
}
