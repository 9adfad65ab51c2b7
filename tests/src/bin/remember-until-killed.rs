//! Remembers one thing after the other in the home that it is given, brings each among the vectors, and says the id of each
//! that was acknowledged, until it is killed.
#![allow(clippy::print_stdout, reason = "a tool talks to its caller")]

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jarvis_journeys::memory;
use jarvis_memory::StoreError;
use jiff::Timestamp;

fn main() -> Result<(), StoreError> {
    let home = std::env::args().nth(1).expect("the home");
    let memory = memory(Path::new(&home));
    let index = memory.index().expect("it was opened with one").clone();
    // So that it may be killed while vectors are written, too.
    std::thread::spawn(move || while index.settle(Box::new(|_| {})).is_ok() {});
    for number in 0_u64.. {
        let text = format!("In run {} of the day {number} seagulls were counted.", std::process::id());
        let fact = Arc::clone(memory.store()).remember(&text, None, Timestamp::now())?;
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{}", fact.id).and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    Ok(())
}
