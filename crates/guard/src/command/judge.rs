//! Judges one program with its words by what the table says of it, and follows the programs that run others.

use super::kinds::{Danger, Kind, Subs, Wrap};
use super::programs;
use super::reading::{NETWORK, Reading};
use super::walk::is_reserved;
use super::words::Word;
use crate::act::Risk;

/// Where the system's programs stand. One by this path is the one of this name.
const FOLDERS: &[&str] = &["/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/usr/local/sbin"];

impl Reading {
    /// A program with its arguments. `fed`: something comes in on its standard input.
    pub fn program(&mut self, words: &[Word], fed: bool) {
        let Some((first, arguments)) = words.split_first() else {
            return self.lose("runs a program that is not known");
        };
        let Some(path) = first.literal().filter(|path| !path.is_empty()) else {
            return self.lose("the program's name only turns out when it runs");
        };
        if is_reserved(first) {
            return self.lose("has a form that is not understood");
        }
        let (folder, name) =
            path.rsplit_once('/').map_or((None, path), |(folder, name)| (Some(folder), name));
        self.runs(if name.is_empty() { path } else { name });
        if folder.is_some_and(|folder| !FOLDERS.contains(&folder)) {
            self.reads(path.to_owned());
            self.files(arguments);
            return self.note(Risk::High, "runs a program that is not the system's");
        }
        if self.defining.iter().any(|own| own == name) {
            return self.note(Risk::Critical, "calls itself without end");
        }
        let own = self.functions.contains(name);
        match programs::find(name) {
            Some(program) => {
                self.dangers(program.dangers, arguments);
                self.kind(&program.kind, arguments, fed);
            }
            None if own => self.note(Risk::Medium, "calls a function of its own"),
            None => {
                self.files(arguments);
                self.note(Risk::High, "unknown program");
            }
        }
    }

    fn kind(&mut self, kind: &Kind, arguments: &[Word], fed: bool) {
        match kind {
            Kind::Prints => {}
            Kind::Reads => self.files(arguments),
            Kind::Does(risk, reason) => {
                self.files(arguments);
                self.note(*risk, reason);
            }
            Kind::Writes(risk, reason) => {
                for word in positional(arguments) {
                    self.write_file(word, *risk, reason);
                }
                self.note(*risk, reason);
            }
            Kind::WritesLast(risk, reason) => {
                let words: Vec<_> = positional(arguments).collect();
                if let Some((last, others)) = words.split_last() {
                    others.iter().for_each(|word| self.read_file(word));
                    self.write_file(last, *risk, reason);
                }
                self.note(*risk, reason);
            }
            Kind::Reaches(risk) => {
                self.note(*risk, NETWORK);
                for word in arguments {
                    self.carried(word);
                }
                for word in positional(arguments) {
                    self.address(word);
                }
            }
            Kind::Wraps(wrap) => self.wrapped(wrap, arguments, fed),
            Kind::Verbs(subs) => self.verb(subs, arguments),
            Kind::Own(judge) => judge(self, arguments, fed),
        }
    }

    /// What the arguments name is read, as far as anybody knows.
    pub fn files(&mut self, arguments: &[Word]) {
        for word in arguments {
            if word.may_be_option() && word.whole {
                // `--file=/etc/shadow` names a file too.
                if let Some((_, value)) = word.text.split_once('=') {
                    self.read_file(&Word::of(value));
                }
            } else {
                self.read_file(word);
            }
        }
    }

    /// Options that make a program more harmful than it is without.
    pub fn dangers(&mut self, dangers: &[Danger], arguments: &[Word]) {
        if dangers.is_empty() {
            return;
        }
        for word in arguments {
            if word.literal() == Some("--") {
                return;
            }
            if word.unsure_option() {
                self.note(Risk::Medium, "an option may hide in what is not known yet");
            }
            for danger in dangers {
                if danger.options.iter().any(|option| given(&word.text, option)) {
                    self.note(danger.risk, danger.reason);
                }
            }
        }
    }

    /// The program that is run by another.
    fn wrapped(&mut self, wrap: &Wrap, arguments: &[Word], fed: bool) {
        self.note(wrap.risk, wrap.reason);
        let mut skip = wrap.skip;
        let mut words = arguments;
        while let Some((word, rest)) = words.split_first() {
            let Some(text) = word.literal() else {
                if skip > 0 && !word.may_be_option() {
                    skip -= 1;
                    words = rest;
                    continue;
                }
                return self.lose("the program that it runs is not known");
            };
            // `xargs -I{}`: whatever holds the mark is not known, and the rest is as it stands there.
            if wrap.appends && text.starts_with("-I") {
                let (mark, after) = match &text[2..] {
                    "" => (
                        rest.first().and_then(Word::literal).unwrap_or_default(),
                        rest.get(1..).unwrap_or_default(),
                    ),
                    mark => (mark, rest),
                };
                return self.filled_in(mark, after);
            }
            if text == "--" && !wrap.flags.is_empty() {
                words = rest;
                // What follows is no option any more.
                words = words.get(skip..).unwrap_or_default();
                break;
            }
            if wrap.assigns && !word.text.starts_with('-') && text.contains('=') {
                let name = text.split('=').next().unwrap_or_default();
                self.variable(name);
                self.environment(name);
                words = rest;
            } else if text.starts_with('-') && text.len() > 1 {
                match step(text, wrap) {
                    Some(Step::One) => words = rest,
                    Some(Step::Two) => words = rest.get(1..).unwrap_or_default(),
                    None => return self.lose("runs a program with an option that is not understood"),
                }
            } else if skip > 0 {
                skip -= 1;
                words = rest;
            } else {
                break;
            }
        }
        if words.is_empty() {
            if wrap.needs {
                self.lose("the program that it runs is not known");
            }
            return;
        }
        self.deeper(|reading| {
            if wrap.joins {
                match joined(words) {
                    Some(text) => reading.text(&text),
                    None => reading.lose("the text that a shell runs is not known"),
                }
            } else if wrap.appends {
                let mut words = words.to_vec();
                words.push(Word::unknown());
                reading.program(&words, true);
            } else {
                reading.program(words, fed);
            }
        });
    }

    /// A program with words in which `mark` stands for what is not known.
    fn filled_in(&mut self, mark: &str, words: &[Word]) {
        let options = words.first().is_none_or(|word| word.text.starts_with('-'));
        if mark.is_empty() || options || words.iter().any(|word| word.literal().is_none()) {
            return self.lose("the program that it runs is not known");
        }
        let mut words = words.to_vec();
        for word in &mut words {
            if let Some(at) = word.text.find(mark) {
                word.text.truncate(at);
                word.whole = false;
            }
        }
        self.deeper(|reading| reading.program(&words, true));
    }

    /// A program whose first word says what it does.
    fn verb(&mut self, subs: &Subs, arguments: &[Word]) {
        let mut words = arguments;
        while let Some((word, rest)) = words.split_first() {
            let Some(text) = word.literal() else {
                return self.note(Risk::High, "what it is to do is not known yet");
            };
            if !text.starts_with('-') {
                let found = subs.verbs.iter().find(|(verbs, ..)| verbs.split(' ').any(|verb| verb == text));
                let (risk, reason) = found
                    .map_or((Risk::High, "does something unknown"), |(_, risk, reason)| (*risk, *reason));
                self.note(risk, reason);
                if reason == NETWORK {
                    rest.iter().filter(|word| word.text.contains(':')).for_each(|word| self.address(word));
                }
                return;
            }
            words = if subs.valued.contains(&text) {
                rest.get(1..).unwrap_or_default()
            } else if subs.flags.contains(&text.split('=').next().unwrap_or_default()) {
                rest
            } else {
                return self.note(Risk::High, "has an option that is not known");
            };
        }
        self.note(subs.alone, "does something unknown");
    }
}

enum Step {
    One,
    Two,
}

/// How many words an option of a wrapping program takes up; none if it is not known.
fn step(text: &str, wrap: &Wrap) -> Option<Step> {
    if wrap.valued.contains(&text) {
        return Some(Step::Two);
    }
    if wrap.flags.contains(&text) {
        return Some(Step::One);
    }
    if text.starts_with("--") {
        let (name, _) = text.split_once('=')?;
        return wrap.valued.contains(&name).then_some(Step::One);
    }
    // `-n10` and `-10`.
    let short = text.get(..2)?;
    let digits = text[1..].bytes().all(|b| b.is_ascii_digit());
    if wrap.valued.contains(&short) || (digits && wrap.digits) {
        return Some(Step::One);
    }
    // `-0r`: several that take no value.
    text[1..]
        .chars()
        .all(|c| wrap.flags.iter().any(|flag| flag.len() == 2 && flag.ends_with(c)))
        .then_some(Step::One)
}

/// Whether this word may give the option: a long one cut short, a short one among others.
fn given(word: &str, option: &str) -> bool {
    if let Some(long) = option.strip_prefix("--") {
        let Some(word) = word.strip_prefix("--") else { return false };
        let name = word.split('=').next().unwrap_or_default();
        return !name.is_empty() && long.starts_with(name);
    }
    match option.strip_prefix('-') {
        Some(letter) if letter.len() == 1 => {
            word.starts_with('-') && !word.starts_with("--") && word.contains(letter)
        }
        _ => word == option || (option.ends_with('=') && word.starts_with(option)),
    }
}

/// The words that are no options.
pub(super) fn positional(words: &[Word]) -> impl Iterator<Item = &Word> {
    let end = words.iter().position(|word| word.literal() == Some("--"));
    words
        .iter()
        .enumerate()
        .filter(move |(at, word)| match end {
            Some(end) if *at == end => false,
            Some(end) if *at > end => true,
            _ => !(word.text.starts_with('-') && word.text.len() > 1),
        })
        .map(|(_, word)| word)
}

/// The words as one text, if all of them are known.
pub(super) fn joined(words: &[Word]) -> Option<String> {
    let words: Option<Vec<_>> = words.iter().map(Word::literal).collect();
    Some(words?.join(" "))
}
