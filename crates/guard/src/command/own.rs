//! Programs that a row of the table cannot describe: their words are a language of their own.

use super::judge::{joined, positional};
use super::reading::{NETWORK, Reading};
use super::words::Word;
use crate::act::Risk;

const SCRIPT: &str = "runs a script";
const FED: &str = "runs what it is fed";

/// `sh`, `bash` and the like.
pub(super) fn shell(reading: &mut Reading, words: &[Word], _: bool) {
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
pub(super) fn source(reading: &mut Reading, words: &[Word], _: bool) {
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
pub(super) fn interpreter(reading: &mut Reading, words: &[Word], _: bool) {
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
pub(super) fn eval(reading: &mut Reading, words: &[Word], _: bool) {
    match joined(words) {
        Some(text) => reading.deeper(|reading| reading.text(&text)),
        None => reading.lose("the text that it runs is not known"),
    }
}

/// `trap`: its first word runs later.
pub(super) fn trap(reading: &mut Reading, words: &[Word], _: bool) {
    let first = words.iter().find(|word| word.literal() != Some("--"));
    match first.map(Word::literal) {
        None | Some(Some("-" | "" | "-l" | "-p")) => {}
        Some(Some(text)) => reading.deeper(|reading| reading.text(text)),
        Some(None) => reading.lose("the text that it runs is not known"),
    }
}

/// `command`: asks where a program is, or runs it.
pub(super) fn command(reading: &mut Reading, words: &[Word], fed: bool) {
    let first = words.first().and_then(Word::literal);
    match first {
        Some("-v" | "-V") => {}
        Some("-p" | "--") => command(reading, &words[1..], fed),
        Some(text) if text.starts_with('-') => reading.lose("runs a program with an option that is not understood"),
        None if words.is_empty() => {}
        _ => reading.deeper(|reading| reading.program(words, fed)),
    }
}

/// `read`, `printf`, `test` and others that take a variable's name: bash reckons what stands in its brackets.
pub(super) fn names(reading: &mut Reading, words: &[Word], _: bool) {
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
pub(super) fn takes(reading: &mut Reading, words: &[Word], fed: bool) {
    names(reading, words, fed);
    reading.taken = true;
    if words.iter().any(|word| word.literal().is_none()) {
        reading.lose("sets a variable that is not known");
    }
}

/// `let`
pub(super) fn reckon(reading: &mut Reading, words: &[Word], _: bool) {
    reading.reckons = true;
    if words.iter().any(|word| word.literal().is_none() || !super::form::arithmetic_agrees(word.text.as_bytes())) {
        reading.lose("reckons in a way that is not understood");
    }
}

/// `exec`, of which also redirections alone remain.
pub(super) fn exec(reading: &mut Reading, words: &[Word], fed: bool) {
    match words.first().and_then(Word::literal) {
        None if words.is_empty() => reading.note(Risk::Medium, "redirects all that follows"),
        Some("-c" | "-l" | "-cl") => exec(reading, &words[1..], fed),
        Some(text) if text.starts_with('-') => reading.lose("runs a program with an option that is not understood"),
        _ => reading.deeper(|reading| reading.program(words, fed)),
    }
}

/// `rm`
pub(super) fn remove(reading: &mut Reading, words: &[Word], _: bool) {
    reading.note(Risk::High, "removes files");
    let recursive = |word: &Word| {
        let text = word.text.as_str();
        let long = text.starts_with("--") && text.len() > 2 && ("--recursive".starts_with(text) || "--no-preserve-root".starts_with(text));
        long || (text.starts_with('-') && !text.starts_with("--") && text.contains(['r', 'R']))
    };
    // What is not known may hold the option.
    let whole = words.iter().any(|word| recursive(word) || (word.split && word.may_be_option() && !word.glob));
    for word in positional(words) {
        reading.remove(word, whole);
    }
}

/// `chmod`, `chown` and the like.
pub(super) fn rights(reading: &mut Reading, words: &[Word], _: bool) {
    let reason = "changes who may do what with files";
    reading.note(Risk::High, reason);
    let recursive = words.iter().any(|word| word.text.starts_with('-') && word.text.contains('R') || "--recursive" == word.text);
    let setuid = words.iter().any(|word| word.text.contains("+s") || (word.text.len() == 4 && word.text.starts_with(['2', '4', '6', '7'])));
    for word in positional(words).skip(1) {
        reading.write_file(word, Risk::High, reason);
        if recursive {
            let shallow = word.literal().is_none_or(|text| text.split('/').filter(|part| !part.is_empty()).count() <= 2 && text.starts_with('/'));
            if shallow || matches!(word.text.as_str(), "." | "..") {
                reading.note(Risk::Critical, "changes whole folders");
            }
        }
    }
    if setuid {
        reading.note(Risk::Critical, "lets others run a program as somebody else");
    }
}

/// `kill` and the like.
pub(super) fn kill(reading: &mut Reading, words: &[Word], _: bool) {
    if matches!(words, [word] if matches!(word.literal(), Some("-l" | "-L" | "--list"))) {
        return;
    }
    reading.note(Risk::High, "ends processes");
    if words.iter().skip(1).any(|word| word.text == "-1" || word.text == "1") || words.iter().any(|word| word.text == "-1") {
        reading.note(Risk::Critical, "ends all processes");
    }
}

/// `dd`
pub(super) fn dd(reading: &mut Reading, words: &[Word], _: bool) {
    reading.note(Risk::Critical, "writes over devices or files");
    for word in words {
        if let Some(path) = word.text.strip_prefix("of=") {
            reading.writes(path.to_owned());
        } else if let Some(path) = word.text.strip_prefix("if=") {
            reading.reads(path.to_owned());
        }
    }
}

/// `tee`
pub(super) fn tee(reading: &mut Reading, words: &[Word], _: bool) {
    let appends = words.iter().any(|word| matches!(word.literal(), Some("-a" | "--append")));
    for word in words.iter().filter(|word| !(word.literal().is_some() && word.text.starts_with('-'))) {
        let (risk, reason) = if appends { (Risk::Medium, "adds to a file") } else { (Risk::High, "writes over a file") };
        reading.write_file(word, risk, reason);
    }
}

/// `find`: it runs programs and removes files.
pub(super) fn find(reading: &mut Reading, words: &[Word], _: bool) {
    let start: Vec<_> = words.iter().take_while(|word| !word.text.starts_with(['-', '(', '!'])).collect();
    for word in &start {
        reading.read_file(word);
    }
    let mut at = start.len();
    if words.iter().any(|word| word.unsure_option() && !(word.text.starts_with(['*', '?']) && word.glob)) {
        reading.note(Risk::High, "an option may hide in what is not known yet");
    }
    while let Some(word) = words.get(at) {
        at += 1;
        match word.text.as_str() {
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let end = words[at..].iter().position(|word| matches!(word.text.as_str(), ";" | "+"));
                let Some(end) = end else {
                    return reading.lose("the program that it runs is not known");
                };
                let mut inner: Vec<_> = words[at..at + end].to_vec();
                if inner.first().is_some_and(|word| word.text.contains("{}")) {
                    return reading.lose("the program that it runs is not known");
                }
                for word in &mut inner {
                    if let Some(open) = word.text.find("{}") {
                        word.text.truncate(open);
                        word.whole = false;
                    }
                }
                reading.deeper(|reading| reading.program(&inner, false));
                at += end + 1;
            }
            "-delete" => {
                reading.note(Risk::High, "removes files");
                for word in &start {
                    reading.remove(word, true);
                }
                if start.is_empty() {
                    reading.note(Risk::Critical, "removes whole folders");
                }
            }
            "-fprint" | "-fprint0" | "-fls" | "-fprintf" => match words.get(at) {
                Some(word) => reading.write_file(word, Risk::High, "writes over a file"),
                None => reading.lose("writes where it is not known yet"),
            },
            "-files0-from" => reading.note(Risk::Medium, "reads a list of files"),
            _ => {}
        }
    }
}

/// `awk`: its programs run programs.
pub(super) fn awk(reading: &mut Reading, words: &[Word], _: bool) {
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
pub(super) fn sed(reading: &mut Reading, words: &[Word], _: bool) {
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
        } else if matches!(text, "-n" | "-E" | "-r" | "-s" | "-u" | "-z" | "-nE" | "-En" | "-nr" | "-rn" | "--quiet" | "--posix" | "--sandbox") {
        } else if matches!(text, "-e" | "-ne" | "-Ee" | "-re" | "--expression") {
            (expects, explicit) = (true, true);
        } else if text.starts_with("-i") || text.starts_with("--in-place") || (text.starts_with('-') && !text.starts_with("--") && text.contains('i')) {
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
                let Some(mark) = rest[1..].chars().next().filter(|c| "/|#,:@!".contains(*c)) else { return false };
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

/// `tar`: lists, packs, unpacks, and runs programs when it is told to.
pub(super) fn tar(reading: &mut Reading, words: &[Word], _: bool) {
    let mut lists = false;
    for (at, word) in words.iter().enumerate() {
        let text = word.text.as_str();
        if word.unsure_option() {
            reading.note(Risk::Critical, "an option may hide in what is not known yet");
        }
        let long = text.strip_prefix("--").unwrap_or_default();
        let name = long.split('=').next().unwrap_or_default();
        let runs = ["to-command", "checkpoint-action", "use-compress-program", "rsh-command", "rmt-command", "info-script", "new-volume-script"];
        if !name.is_empty() && runs.iter().any(|option| option.starts_with(name)) {
            reading.note(Risk::Critical, "runs another program");
        }
        if !name.is_empty() && ["remove-files", "absolute-names", "unlink-first", "overwrite"].iter().any(|option| option.starts_with(name)) {
            reading.note(Risk::Critical, "removes files or writes over them");
        }
        let short = if at == 0 { text.strip_prefix('-').unwrap_or(text) } else { text.strip_prefix('-').unwrap_or_default() };
        if !text.starts_with("--") && (at == 0 || text.starts_with('-')) {
            if short.contains(['I', 'F', 'P']) {
                reading.note(Risk::Critical, "runs another program");
            }
            lists |= short.contains('t') && !short.contains(['x', 'c', 'r', 'u']);
        }
        lists |= "list" == name;
        if !text.starts_with('-') && text.contains(':') {
            reading.note(Risk::High, NETWORK);
            reading.address(word);
        }
    }
    let others = words.iter().any(|word| matches!(word.text.as_str(), "-x" | "-c" | "-r" | "-u" | "-A" | "--extract" | "--create" | "--append"));
    let words: Vec<_> = positional(words).collect();
    if lists && !others {
        words.iter().skip(1).for_each(|word| reading.read_file(word));
        return;
    }
    reading.note(Risk::High, "packs or unpacks files");
    for word in words.iter().skip(1) {
        reading.write_file(word, Risk::High, "packs or unpacks files");
    }
}

/// `uniq` and others whose second word is written.
pub(super) fn second_is_written(reading: &mut Reading, words: &[Word], _: bool) {
    for (at, word) in positional(words).enumerate() {
        if at == 0 && !word.split && !word.glob {
            reading.read_file(word);
        } else {
            reading.write_file(word, Risk::High, "writes over a file");
        }
    }
}

/// `hostname`, `date` and others that set when they are told what.
pub(super) fn sets_when_told(reading: &mut Reading, words: &[Word], _: bool) {
    // A format only prints.
    if positional(words).any(|word| !word.text.starts_with('+')) {
        reading.note(Risk::High, "sets something of the system's");
    }
}

/// `ssh`: what runs there is judged as if it ran here.
pub(super) fn ssh(reading: &mut Reading, words: &[Word], _: bool) {
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

/// `rsync`, `scp`: the network is only reached when a machine is named.
pub(super) fn copies_between(reading: &mut Reading, words: &[Word], _: bool) {
    let named: Vec<_> = positional(words).collect();
    if named.iter().any(|word| word.text.contains(':') || !word.whole) {
        reading.note(Risk::High, NETWORK);
        named.iter().filter(|word| word.text.contains(':')).for_each(|word| reading.address(word));
    }
    if let Some(last) = named.last() {
        reading.write_file(last, Risk::High, "writes over files");
    }
    reading.note(Risk::High, "writes over files");
}

/// `busybox`, `toybox`: a program that is many.
pub(super) fn busybox(reading: &mut Reading, words: &[Word], fed: bool) {
    if words.is_empty() {
        return;
    }
    if words[0].may_be_option() {
        return reading.lose("the program that it runs is not known");
    }
    reading.deeper(|reading| reading.program(words, fed));
}
