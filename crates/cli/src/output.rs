//! Two ways to say things: lines for people, JSON objects for programs. Failures look the same everywhere.
//!
//! Who has read enough closes the pipe (`jarvis memory show | head`): then it ends, and nothing has failed.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::process::ExitCode;

use console::Term;
use jarvis_core::{Code, Failure};
use serde::Serialize;

/// How to say it.
#[derive(Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// JSON lines, or lines for people.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether programs are reading.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// One record: as JSON, or in the words that `line` makes of it. An empty line is not printed.
    pub fn record<T: Serialize>(self, record: &T, line: impl FnOnce(&T) -> String) {
        if self.json {
            print(&format!("{}\n", serde_json::to_string(record).expect("our records are plain data")));
        } else {
            let line = line(record);
            if !line.is_empty() {
                print(&format!("{line}\n"));
            }
        }
    }

    /// A line for people only.
    pub fn line(self, line: impl AsRef<str>) {
        if !self.json {
            print(&format!("{}\n", line.as_ref()));
        }
    }
}

/// A piece of a line, for people, at once.
pub fn piece(text: &str) {
    print(text);
}

/// Asks a person for something, apart from what programs read.
pub fn prompt(text: &str) {
    aside(text);
}

/// What was asked for. Where it cannot be written there is nothing more to do.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        std::process::exit(unwritten(&error));
    }
}

/// The exit status when what was asked for cannot be written.
fn unwritten(error: &io::Error) -> i32 {
    if error.kind() == ErrorKind::BrokenPipe {
        return 0;
    }
    aside(format_args!("jarvis: The answer cannot be written ({error}).\n"));
    1
}

/// What is said apart from what was asked for; where nobody reads it, it is not missed.
fn aside(text: impl Display) {
    let _ = write!(io::stderr(), "{text}");
}

/// A line from standard input; a person who types it does not see it.
pub fn secret(what: &str) -> Result<String, Failure> {
    let mut secret = String::new();
    let read = if std::io::stdin().is_terminal() {
        prompt(&format!("{what} (it is not shown): "));
        Term::stderr().read_secure_line().map(|line| secret = line)
    } else {
        std::io::stdin().lock().take(1 << 16).read_to_string(&mut secret).map(drop)
    };
    read.map_err(|e| {
        Failure::new(Code::BadRequest, format!("No {what} could be read ({e})."), "Type it, or pipe it in.")
    })?;
    Ok(secret)
}

/// What is going on, for people, apart from what was asked for.
pub fn note(text: impl AsRef<str>) {
    aside(format_args!("{}\n", text.as_ref()));
}

/// Says why it failed: one sentence and the remedy. 2 is a mistake of the caller's, 1 is everything else.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    aside(format_args!("jarvis: {error:#}\n"));
    match error.downcast_ref::<Failure>().map(|f| f.code) {
        Some(Code::BadConfig | Code::BadRequest | Code::BadAudio | Code::TooLarge | Code::Unsupported) => {
            ExitCode::from(2)
        }
        _ => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_who_has_enough_is_no_failure() {
        for (kind, status) in [(ErrorKind::BrokenPipe, 0), (ErrorKind::StorageFull, 1)] {
            assert_eq!(unwritten(&io::Error::from(kind)), status, "{kind}");
        }
    }
}
