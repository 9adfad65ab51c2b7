//! Two ways to say things: lines for people, JSON objects for programs. Failures look the same everywhere.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the one place that prints")]

use std::io::{IsTerminal, Read};
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
            println!("{}", serde_json::to_string(record).expect("our records are plain data"));
        } else {
            let line = line(record);
            if !line.is_empty() {
                println!("{line}");
            }
        }
    }

    /// A line for people only.
    pub fn line(self, line: impl AsRef<str>) {
        if !self.json {
            println!("{}", line.as_ref());
        }
    }
}

/// A piece of a line, for people, at once.
pub fn piece(text: &str) {
    use std::io::Write;
    print!("{text}");
    // A closed pipe is noticed at the next line.
    let _ = std::io::stdout().flush();
}

/// Asks a person for something, apart from what programs read.
pub fn prompt(text: &str) {
    eprint!("{text}");
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
    eprintln!("{}", text.as_ref());
}

/// Says why it failed: one sentence and the remedy. 2 is a mistake of the caller's, 1 is everything else.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("jarvis: {error:#}");
    match error.downcast_ref::<Failure>().map(|f| f.code) {
        Some(Code::BadConfig | Code::BadRequest | Code::BadAudio | Code::TooLarge | Code::Unsupported) => {
            ExitCode::from(2)
        }
        _ => ExitCode::FAILURE,
    }
}
