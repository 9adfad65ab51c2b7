//! The smallest engine: answers with what it was asked, or dies on command. Used by `supervision.rs`.

use std::sync::{Mutex, mpsc};

use jarvis_engine::{Fault, FaultCode, Handler, Responder, serve, wire};
use serde_json::Value;

struct Echo {
    /// Where a sleeper says that it was woken.
    told: (mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>),
}

impl Handler<Value, Value> for Echo {
    fn handle(&self, request: Value, payload: Vec<u8>, reply: &Responder<Value>) -> Result<(), Fault> {
        match request["do"].as_str() {
            Some("die") => std::process::abort(),
            Some("panic") => panic!("as told"),
            Some("refuse") => Err(Fault::new(FaultCode::ModelMissing, "no such model")),
            Some("too much") => reply.send(request, &vec![0; wire::MAX_PAYLOAD as usize + 1]),
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
            // Native code that looks at nothing until it is told.
            Some("sleep") => {
                reply.send(request, &payload)?;
                let (wake, woken) = mpsc::channel();
                reply.on_cancel(move || {
                    let _ = wake.send(());
                });
                woken.recv().map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
                self.told.0.send(()).map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))
            }
            Some("await the sleeper") => {
                let told = self.told.1.lock().map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
                told.recv().map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
                reply.send(request, &payload)
            }
            _ => {
                reply.send(request.clone(), &payload)?;
                reply.send(request, &payload)
            }
        }
    }
}

fn main() -> std::io::Result<()> {
    let (tell, told) = mpsc::channel();
    serve(Echo { told: (tell, Mutex::new(told)) })
}
