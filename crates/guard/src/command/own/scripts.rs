//! Shells, languages, and what of the shell itself runs a text.

use crate::act::Risk;
use crate::command::form;
use crate::command::judge::{joined, positional};
use crate::command::reading::{NETWORK, Reading};
use crate::command::words::Word;

const SCRIPT: &str = "runs a script";
const FED: &str = "runs what it is fed";

/// `sh`, `bash` and the like.
pub(in crate::command) fn shell(reading: &mut Reading, words: &[Word], _: bool) {
    let mut inline = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some(text) = word.literal() else {
            return reading.lose("the text that a shell runs is not known");
        };
        if matches!(text, "--version" | "--help") {
            return;
        }
        if matches!(text, "--norc" | "--noprofile" | "--posix") {
            at += 1;
            continue;
        }
        let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else { break };
        let known = letters.chars().all(|c| "ceuxvnfo".contains(c));
        let (code, option) = (letters.contains('c'), letters.contains('o'));
        if !known || (code && option) {
            return reading.lose("runs a shell with an option that is not understood");
        }
        inline |= code;
        at += if option { 2 } else { 1 };
    }
    let Some(word) = words.get(at) else {
        return reading.note(Risk::Critical, FED);
    };
    let Some(text) = word.literal() else {
        return reading.lose("the text that a shell runs is not known");
    };
    if inline {
        return reading.deeper(|reading| reading.text(text));
    }
    script(reading, word, text);
}

/// `source` and `.`
pub(in crate::command) fn source(reading: &mut Reading, words: &[Word], _: bool) {
    match words.first().and_then(Word::literal) {
        Some(text) => script(reading, &words[0], text),
        None => reading.lose("the script that it runs is not known"),
    }
}

fn script(reading: &mut Reading, word: &Word, text: &str) {
    reading.read_file(word);
    if text == "-" || text.starts_with("/dev/") || text.starts_with("/proc/") {
        reading.note(Risk::Critical, FED);
    }
    reading.note(Risk::High, SCRIPT);
}

/// Languages that take a script, or a line of code.
pub(in crate::command) fn interpreter(reading: &mut Reading, words: &[Word], _: bool) {
    let asks = |word: &Word| matches!(word.literal(), Some("--version" | "-V" | "-v" | "--help" | "-h"));
    if words.len() == 1 && words.iter().all(asks) {
        return;
    }
    reading.note(Risk::High, SCRIPT);
    let file = positional(words).next();
    let fed = file.is_none_or(|word| word.literal().is_none_or(|text| text.starts_with("/dev/")));
    if fed || words.iter().any(|word| word.text == "-") {
        reading.note(Risk::Critical, FED);
    }
    if let Some(file) = file {
        reading.read_file(file);
    }
}

/// `eval`
pub(in crate::command) fn eval(reading: &mut Reading, words: &[Word], _: bool) {
    match joined(words) {
        Some(text) => reading.deeper(|reading| reading.text(&text)),
        None => reading.lose("the text that it runs is not known"),
    }
}

/// `trap`: its first word runs later.
pub(in crate::command) fn trap(reading: &mut Reading, words: &[Word], _: bool) {
    let first = words.iter().find(|word| word.literal() != Some("--"));
    match first.map(Word::literal) {
        None | Some(Some("-" | "" | "-l" | "-p")) => {}
        Some(Some(text)) => reading.deeper(|reading| reading.text(text)),
        Some(None) => reading.lose("the text that it runs is not known"),
    }
}

/// `command`: asks where a program is, or runs it.
pub(in crate::command) fn command(reading: &mut Reading, words: &[Word], fed: bool) {
    let first = words.first().and_then(Word::literal);
    match first {
        Some("-v" | "-V") => {}
        Some("-p" | "--") => command(reading, &words[1..], fed),
        Some(text) if text.starts_with('-') => {
            reading.lose("runs a program with an option that is not understood")
        }
        None if words.is_empty() => {}
        _ => reading.deeper(|reading| reading.program(words, fed)),
    }
}

/// `exec`, of which also redirections alone remain.
pub(in crate::command) fn exec(reading: &mut Reading, words: &[Word], fed: bool) {
    match words.first().and_then(Word::literal) {
        None if words.is_empty() => reading.note(Risk::Medium, "redirects all that follows"),
        Some("-c" | "-l" | "-cl") => exec(reading, &words[1..], fed),
        Some(text) if text.starts_with('-') => {
            reading.lose("runs a program with an option that is not understood")
        }
        _ => reading.deeper(|reading| reading.program(words, fed)),
    }
}

/// `read`, `printf`, `test` and others that take a variable's name: bash reckons what stands in its brackets.
pub(in crate::command) fn names(reading: &mut Reading, words: &[Word], _: bool) {
    if words.iter().any(|word| word.text.contains('[') && word.text.contains(['$', '`'])) {
        reading.lose("names a variable in a way that is not understood");
    }
    for word in words {
        reading.variable(word.text.split('[').next().unwrap_or_default());
        if let Some(name) = word.text.strip_prefix("-v") {
            reading.variable(name);
        }
    }
    // `printf -v`, `read`: what the variable holds then is not known.
    if words.iter().any(|word| word.unsure_option()) && words.len() > 1 {
        reading.reckons |= words.iter().any(|word| word.text.starts_with("-v"));
    }
}

/// `read`, `mapfile`: a value from outside.
pub(in crate::command) fn takes(reading: &mut Reading, words: &[Word], fed: bool) {
    names(reading, words, fed);
    reading.taken = true;
    // `mapfile -C` runs a text for each line.
    let runs = |word: &Word| word.text.starts_with('-') && word.text.contains('C');
    if words.iter().any(|word| word.literal().is_none() || runs(word)) {
        reading.lose("sets a variable that is not known");
    }
}

/// `let`
pub(in crate::command) fn reckon(reading: &mut Reading, words: &[Word], _: bool) {
    reading.reckons = true;
    if words.iter().any(|word| word.literal().is_none() || !form::arithmetic_agrees(word.text.as_bytes())) {
        reading.lose("reckons in a way that is not understood");
    }
}

/// `busybox`, `toybox`: a program that is many.
pub(in crate::command) fn busybox(reading: &mut Reading, words: &[Word], fed: bool) {
    if words.is_empty() {
        return;
    }
    if words[0].may_be_option() {
        return reading.lose("the program that it runs is not known");
    }
    reading.deeper(|reading| reading.program(words, fed));
}

/// `ssh`: what runs there is judged as if it ran here.
pub(in crate::command) fn ssh(reading: &mut Reading, words: &[Word], _: bool) {
    reading.note(Risk::High, NETWORK);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match word.literal() {
            Some("-p" | "-i" | "-l") => at += 2,
            Some("-4" | "-6" | "-q" | "-T" | "-t" | "-C" | "-v" | "-x" | "-a") => at += 1,
            Some(text) if text.starts_with('-') => {
                return reading.note(Risk::Critical, "connects with an option that may run a program");
            }
            _ => break,
        }
    }
    let Some(host) = words.get(at) else { return };
    reading.address(host);
    let rest = &words[at + 1..];
    if rest.is_empty() {
        return;
    }
    match joined(rest) {
        Some(text) => reading.deeper(|reading| reading.text(&text)),
        None => reading.lose("the text that a shell runs is not known"),
    }
}
