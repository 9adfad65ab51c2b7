//! The language model process: llama.cpp on a GGUF file.
//!
//! It answers the requests of [`jarvis_engine::llm`] on its standard input until that is closed. It opens no
//! device, writes no file and reaches no network.

mod answer;
mod grammar;
mod model;
mod prompt;
mod session;
mod worker;

use jarvis_engine::llm::{Reply, Request};
use jarvis_engine::{Fault, Handler, Responder, serve};
use tracing_subscriber::EnvFilter;

use crate::worker::{Item, Worker};

struct Llm {
    worker: Worker,
}

impl Handler<Request, Reply> for Llm {
    fn handle(&self, request: Request, _payload: Vec<u8>, reply: &Responder<Reply>) -> Result<(), Fault> {
        for item in self.worker.ask(request, reply.cancel_flag()) {
            match item {
                Item::Reply(piece) => reply.send(piece, &[])?,
                Item::End(result) => return result,
            }
        }
        Err(Fault::new(jarvis_engine::FaultCode::Internal, "the language model stopped without an answer"))
    }
}

fn main() -> anyhow::Result<()> {
    // Standard error is what the parent logs, and its last line is what it reports when this process dies.
    let filter = EnvFilter::try_from_env("JARVIS_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    llama_cpp_2::send_logs_to_tracing(llama_cpp_2::LogOptions::default());
    serve(Llm { worker: Worker::default() })?;
    Ok(())
}
