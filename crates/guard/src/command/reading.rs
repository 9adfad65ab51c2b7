//! What is found while a command line is taken apart: it only ever grows, and the risk only ever rises.

use std::collections::BTreeSet;

use super::CommandLine;
use crate::act::Risk;

/// The phrase that also says that the network is reached.
pub(super) const NETWORK: &str = "reaches the network";

/// Inner shells, substitutions and programs that run programs are followed so far.
const DEEPEST: u32 = 20;
/// So many programs are followed; a line of them all is not what anybody types.
const MOST: usize = 400;

/// What is known so far.
#[derive(Default)]
pub(super) struct Reading {
    programs: Vec<String>,
    risk: Option<Risk>,
    reasons: Vec<&'static str>,
    lost: bool,
    reads: Vec<String>,
    writes: Vec<String>,
    hosts: Vec<String>,
    depth: u32,
    /// Functions that the line defines, and the one that is being defined.
    pub functions: BTreeSet<String>,
    pub defining: Vec<String>,
    /// Arithmetic is done with variables: bash runs what stands in `x` when `x` holds `a[$(..)]`.
    pub reckons: bool,
    /// A variable got a value that nobody knows.
    pub taken: bool,
}

impl Reading {
    /// It does something of this risk.
    pub fn note(&mut self, risk: Risk, reason: &'static str) {
        self.risk = self.risk.max(Some(risk));
        if risk > Risk::Low && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// It is not understood.
    pub fn lose(&mut self, reason: &'static str) {
        self.lost = true;
        self.note(Risk::Critical, reason);
    }

    /// A program runs.
    pub fn runs(&mut self, name: &str) {
        if self.programs.len() >= MOST {
            return self.lose("runs too many programs to be judged");
        }
        self.programs.push(name.to_owned());
    }

    /// Something is read.
    pub fn reads(&mut self, path: String) {
        push(&mut self.reads, path);
    }

    /// Something is written, changed or removed.
    pub fn writes(&mut self, path: String) {
        push(&mut self.writes, path);
    }

    /// A machine is named.
    pub fn host(&mut self, host: String) {
        push(&mut self.hosts, host);
    }

    /// Goes one level deeper for as long as `within` takes.
    pub fn deeper(&mut self, within: impl FnOnce(&mut Self)) {
        if self.depth >= DEEPEST {
            return self.lose("is nested too deeply to be judged");
        }
        // What is lost already is critical, and looking on in it only costs time; but its programs are still worth naming.
        self.depth += 1;
        within(self);
        self.depth -= 1;
    }

    /// The outcome.
    pub fn into_line(mut self, text: &str) -> CommandLine {
        if self.reckons && self.taken {
            self.note(Risk::High, "reckons with a value that is not known");
        }
        CommandLine {
            text: text.to_owned(),
            programs: self.programs,
            risk: self.risk.unwrap_or(Risk::Low),
            network: self.reasons.contains(&NETWORK),
            reasons: self.reasons.into_iter().map(str::to_owned).collect(),
            understood: !self.lost,
            reads: self.reads,
            writes: self.writes,
            hosts: self.hosts,
        }
    }
}

fn push(list: &mut Vec<String>, item: String) {
    if !list.contains(&item) {
        list.push(item);
    }
}
