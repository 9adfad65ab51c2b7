//! A conversation with the reflexes at a fixed time on a fixed machine.

use jarvis_agents::machine::{MachineStatus, Space};
use jarvis_agents::reflex::{Context, Exchange, Reflexes, Reply};
use jarvis_agents::timers::TimerBook;
use jarvis_core::Source;
use jarvis_memory::Store;
use jiff::{ToSpan, Zoned};
use tempfile::TempDir;

const GIB: u64 = 1 << 30;

/// One person, one timer book, a clock that only moves when told.
pub struct Talk {
    pub reflexes: Reflexes,
    pub now: Zoned,
    pub timers: TimerBook,
    /// Whether a timer rings.
    pub ringing: bool,
    pub memory: Store,
    pub folder: TempDir,
    /// What was asked last, what was answered, by which reflex, and from what.
    pub last: Option<(String, String, Option<&'static str>, Vec<Source>)>,
}

impl Talk {
    /// Sunday, 1 March 2026, ten past four in the afternoon in London.
    pub fn new(language: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now: Zoned = "2026-03-01T16:10:00[Europe/London]".parse().unwrap();
        let (timers, problem) = TimerBook::open(folder.path().join("timers.json"), now.timestamp());
        assert!(problem.is_none());
        let memory = Store::in_memory().unwrap();
        Self {
            reflexes: Reflexes::load(language).unwrap(),
            now,
            timers,
            ringing: false,
            memory,
            folder,
            last: None,
        }
    }

    pub fn wait(&mut self, seconds: i64) {
        self.now = &self.now + seconds.seconds();
    }

    pub fn hear(&mut self, text: &str) -> Option<Reply> {
        let machine = || MachineStatus {
            cpu_percent: Some(23),
            memory: Some(Space { free: 5 * GIB + GIB / 2, total: 16 * GIB }),
            disk: Some(Space { free: 120 * GIB, total: 500 * GIB }),
            uptime_s: Some(93_840),
        };
        let mut ctx = Context {
            now: self.now.clone(),
            timers: &mut self.timers,
            ringing: self.ringing,
            language: None,
            memory: &self.memory,
            request: None,
            last: self.last.as_ref().map(|(request, answer, reflex, sources)| Exchange {
                request,
                answer,
                reflex: *reflex,
                sources,
            }),
            machine: &machine,
        };
        let reply = self.reflexes.respond(text, &mut ctx);
        self.last =
            reply.clone().map(|r| (text.to_owned(), r.text, Some(r.reflex), r.sources)).or(self.last.take());
        reply
    }

    /// Says something and checks the words of the answer.
    pub fn check(&mut self, text: &str, expected: &str) {
        let reply = self.hear(text).unwrap_or_else(|| panic!("not understood: {text}"));
        assert_eq!(reply.text, expected, "{text}");
    }
}

/// Each sentence in a conversation of its own: what was heard, the reflex and its answer. All misses are told at once.
pub fn check_table(language: &str, table: &[(&str, &str, &str)]) {
    let misses: Vec<String> = table
        .iter()
        .filter_map(|(heard, reflex, expected)| {
            let reply = Talk::new(language).hear(heard);
            let got = reply.map_or(("none", String::new()), |r| (r.reflex, r.text));
            (got != (*reflex, (*expected).to_owned())).then(|| format!("{heard:?} -> {got:?}"))
        })
        .collect();
    assert!(misses.is_empty(), "{} of {}:\n{}", misses.len(), table.len(), misses.join("\n"));
}

/// Sentences that are for the language model.
pub fn check_none(language: &str, sentences: &[&str]) {
    let misses: Vec<String> = sentences
        .iter()
        .filter_map(|heard| Talk::new(language).hear(heard).map(|reply| format!("{heard:?} -> {reply:?}")))
        .collect();
    assert!(misses.is_empty(), "{} of {}:\n{}", misses.len(), sentences.len(), misses.join("\n"));
}
