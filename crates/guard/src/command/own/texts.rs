//! awk and sed: their first word is a program.

use crate::act::Risk;
use crate::command::judge::positional;
use crate::command::reading::{NETWORK, Reading};
use crate::command::words::Word;

const SCRIPT: &str = "runs a script";

/// `awk`: its programs run programs.
pub(in crate::command) fn awk(reading: &mut Reading, words: &[Word], _: bool) {
    let mut texts = positional(words);
    for word in words {
        let Some(text) = word.literal().or(word.glob.then_some("*")) else {
            reading.note(Risk::High, SCRIPT);
            continue;
        };
        let option = text.strip_prefix('-').filter(|rest| !rest.is_empty());
        if option.is_some_and(|rest| !rest.starts_with(['F', 'v'])) {
            reading.note(Risk::High, SCRIPT);
        }
        // A mark between fields is no pipe.
        if text == "|" || text == "-F|" {
            continue;
        }
        if text.contains("system") || text.contains('|') && text.replace("||", "").contains('|') {
            reading.note(Risk::High, "runs another program");
        }
        if text.contains("/inet") {
            reading.note(Risk::High, NETWORK);
        }
        if text.contains('@') || text.contains("getline") {
            reading.note(Risk::High, SCRIPT);
        }
        if text.contains('>') {
            reading.note(Risk::Medium, "may write files");
        }
    }
    texts.next();
    for word in texts {
        reading.read_file(word);
    }
}

/// `sed`: its scripts write files and run programs.
pub(in crate::command) fn sed(reading: &mut Reading, words: &[Word], _: bool) {
    let mut scripts = Vec::new();
    let mut files = Vec::new();
    let (mut place, mut expects, mut explicit) = (false, false, false);
    for word in words {
        let text = word.text.as_str();
        if expects {
            scripts.push(word);
            expects = false;
        } else if word.literal().is_none() && word.may_be_option() {
            reading.note(Risk::High, "an option may hide in what is not known yet");
        } else if matches!(
            text,
            "-n" | "-E"
                | "-r"
                | "-s"
                | "-u"
                | "-z"
                | "-nE"
                | "-En"
                | "-nr"
                | "-rn"
                | "--quiet"
                | "--posix"
                | "--sandbox"
        ) {
        } else if matches!(text, "-e" | "-ne" | "-Ee" | "-re" | "--expression") {
            (expects, explicit) = (true, true);
        } else if text.starts_with("-i")
            || text.starts_with("--in-place")
            || (text.starts_with('-') && !text.starts_with("--") && text.contains('i'))
        {
            place = true;
        } else if text.starts_with('-') && text.len() > 1 {
            reading.note(Risk::High, "has an option that is not known");
        } else {
            files.push(word);
        }
    }
    if !explicit && !files.is_empty() {
        scripts.push(files.remove(0));
    }
    for script in scripts {
        if !(script.whole && plain_script(&script.text)) {
            reading.note(Risk::High, SCRIPT);
        }
    }
    for word in files {
        if place {
            reading.write_file(word, Risk::High, "changes files in place");
        } else {
            reading.read_file(word);
        }
    }
    if place {
        reading.note(Risk::High, "changes files in place");
    }
}

/// Addresses of numbers with p, d or q, and substitutions that neither write nor run.
fn plain_script(script: &str) -> bool {
    let mut rest = script.trim();
    while !rest.is_empty() {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "$,; ".contains(c));
        let Some(kind) = rest.chars().next() else { return true };
        match kind {
            'p' | 'd' | 'q' => rest = &rest[1..],
            's' => {
                let Some(mark) = rest[1..].chars().next().filter(|c| "/|#,:@!".contains(*c)) else {
                    return false;
                };
                let mut left = 2;
                let mut chars = rest.char_indices().skip(2);
                while left > 0 {
                    match chars.next() {
                        // A bracket may hold the mark, and a line feed ends a command: neither is looked into.
                        None | Some((_, '[' | '\n')) => return false,
                        Some((_, '\\')) => {
                            chars.next();
                        }
                        Some((_, c)) if c == mark => left -= 1,
                        Some(_) => {}
                    }
                }
                let at = chars.next().map_or(rest.len(), |(at, _)| at);
                rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_digit() || "gpiI".contains(c));
            }
            _ => return false,
        }
        if !rest.is_empty() && !rest.starts_with([';', ' ']) {
            return false;
        }
    }
    true
}
