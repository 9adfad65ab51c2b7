//! What the table of programs can say of one.

use super::reading::Reading;
use super::words::Word;
use crate::act::Risk;

/// What programs do.
pub(super) enum Kind {
    /// Prints; its words name no files.
    Prints,
    /// Reads the files that its words name.
    Reads,
    /// Does this.
    Does(Risk, &'static str),
    /// Does this to all files that it names.
    Writes(Risk, &'static str),
    /// Reads the files that it names, and does this to the last.
    WritesLast(Risk, &'static str),
    /// Reaches the network; its words name machines.
    Reaches(Risk),
    /// Runs another program.
    Wraps(Wrap),
    /// Its first word says what it does.
    Verbs(Subs),
    /// Is judged by code of its own, which gets its words and whether something comes in on its standard input.
    Own(fn(&mut Reading, &[Word], bool)),
}

/// How a program runs another. An option that is not listed is not understood.
pub(super) struct Wrap {
    pub risk: Risk,
    pub reason: &'static str,
    /// Options without a value.
    pub flags: &'static [&'static str],
    /// Options with a value.
    pub valued: &'static [&'static str],
    /// So many words stand before the program.
    pub skip: usize,
    /// `-10` is an option.
    pub digits: bool,
    /// `NAME=value` may stand before the program.
    pub assigns: bool,
    /// Puts words behind those that are seen.
    pub appends: bool,
    /// Hands its words to a shell.
    pub joins: bool,
    /// Runs something unknown when no program is named.
    pub needs: bool,
}

/// A program that runs another without more ado.
pub(super) const WRAP: Wrap = Wrap {
    risk: Risk::Low,
    reason: "",
    flags: &[],
    valued: &[],
    skip: 0,
    digits: false,
    assigns: false,
    appends: false,
    joins: false,
    needs: false,
};

/// What a program's first word makes of it.
pub(super) struct Subs {
    /// Options before it, without a value.
    pub flags: &'static [&'static str],
    /// Options before it, with a value.
    pub valued: &'static [&'static str],
    /// Words, parted by blanks, and what they do.
    pub verbs: &'static [(&'static str, Risk, &'static str)],
    /// When there is none.
    pub alone: Risk,
}

/// Options that make a program more harmful.
pub(super) struct Danger {
    pub options: &'static [&'static str],
    pub risk: Risk,
    pub reason: &'static str,
}

/// An option that makes a program more harmful.
pub(super) const fn danger(options: &'static [&'static str], risk: Risk, reason: &'static str) -> Danger {
    Danger { options, risk, reason }
}

/// One row.
pub(super) struct Program {
    /// Names, parted by blanks.
    pub names: &'static str,
    pub kind: Kind,
    pub dangers: &'static [Danger],
}

/// A row without such options.
pub(super) const fn row(names: &'static str, kind: Kind) -> Program {
    Program { names, kind, dangers: &[] }
}

/// A row with such options.
pub(super) const fn but(names: &'static str, kind: Kind, dangers: &'static [Danger]) -> Program {
    Program { names, kind, dangers }
}
