//! The smallest engine: answers with what it was asked, or dies on command. Used by `supervision.rs`.

use jarvis_engine::{Fault, FaultCode, Handler, Responder, serve};
use serde_json::Value;

struct Echo;

impl Handler<Value, Value> for Echo {
    fn handle(&self, request: Value, payload: Vec<u8>, reply: &Responder<Value>) -> Result<(), Fault> {
        match request["do"].as_str() {
            Some("die") => std::process::abort(),
            Some("panic") => panic!("as told"),
            Some("refuse") => Err(Fault::new(FaultCode::ModelMissing, "no such model")),
            Some("chatter") => {
                // What native code does: prints into what it believes to be standard output.
                #[expect(clippy::print_stdout, reason = "the point of the test")]
                {
                    println!("loading ...");
                }
                reply.send(request, &payload)
            }
            Some("forever") => loop {
                reply.send(request.clone(), &payload)?;
            },
            _ => {
                reply.send(request.clone(), &payload)?;
                reply.send(request, &payload)
            }
        }
    }
}

fn main() -> std::io::Result<()> {
    serve(Echo)
}
