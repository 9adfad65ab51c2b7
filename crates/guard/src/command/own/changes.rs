//! Programs that remove, pack and change files, and end processes.

use crate::act::Risk;
use crate::command::judge::positional;
use crate::command::reading::{NETWORK, Reading};
use crate::command::words::Word;

/// `rm`
pub(in crate::command) fn remove(reading: &mut Reading, words: &[Word], _: bool) {
    reading.note(Risk::High, "removes files");
    let recursive = |word: &Word| {
        let text = word.text.as_str();
        let long = text.starts_with("--")
            && text.len() > 2
            && ("--recursive".starts_with(text) || "--no-preserve-root".starts_with(text));
        long || (text.starts_with('-') && !text.starts_with("--") && text.contains(['r', 'R']))
    };
    // What is not known may hold the option.
    let whole =
        words.iter().any(|word| recursive(word) || (word.split && word.may_be_option() && !word.glob));
    for word in positional(words) {
        reading.remove(word, whole);
    }
}

/// `chmod`, `chown` and the like.
pub(in crate::command) fn rights(reading: &mut Reading, words: &[Word], _: bool) {
    let reason = "changes who may do what with files";
    reading.note(Risk::High, reason);
    let recursive = words
        .iter()
        .any(|word| word.text.starts_with('-') && word.text.contains('R') || "--recursive" == word.text);
    let setuid = words.iter().any(|word| {
        word.text.contains("+s") || (word.text.len() == 4 && word.text.starts_with(['2', '4', '6', '7']))
    });
    for word in positional(words).skip(1) {
        reading.write_file(word, Risk::High, reason);
        if recursive {
            let shallow = word.literal().is_none_or(|text| {
                text.split('/').filter(|part| !part.is_empty()).count() <= 2 && text.starts_with('/')
            });
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
pub(in crate::command) fn kill(reading: &mut Reading, words: &[Word], _: bool) {
    if matches!(words, [word] if matches!(word.literal(), Some("-l" | "-L" | "--list"))) {
        return;
    }
    reading.note(Risk::High, "ends processes");
    if words.iter().skip(1).any(|word| word.text == "-1" || word.text == "1")
        || words.iter().any(|word| word.text == "-1")
    {
        reading.note(Risk::Critical, "ends all processes");
    }
}

/// `dd`
pub(in crate::command) fn dd(reading: &mut Reading, words: &[Word], _: bool) {
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
pub(in crate::command) fn tee(reading: &mut Reading, words: &[Word], _: bool) {
    let appends = words.iter().any(|word| matches!(word.literal(), Some("-a" | "--append")));
    for word in words.iter().filter(|word| !(word.literal().is_some() && word.text.starts_with('-'))) {
        let (risk, reason) =
            if appends { (Risk::Medium, "adds to a file") } else { (Risk::High, "writes over a file") };
        reading.write_file(word, risk, reason);
    }
}

/// `find`: it runs programs and removes files.
pub(in crate::command) fn find(reading: &mut Reading, words: &[Word], _: bool) {
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

/// `tar`: lists, packs, unpacks, and runs programs when it is told to.
pub(in crate::command) fn tar(reading: &mut Reading, words: &[Word], _: bool) {
    let mut lists = false;
    for (at, word) in words.iter().enumerate() {
        let text = word.text.as_str();
        if word.unsure_option() {
            reading.note(Risk::Critical, "an option may hide in what is not known yet");
        }
        let long = text.strip_prefix("--").unwrap_or_default();
        let name = long.split('=').next().unwrap_or_default();
        let runs = [
            "to-command",
            "checkpoint-action",
            "use-compress-program",
            "rsh-command",
            "rmt-command",
            "info-script",
            "new-volume-script",
        ];
        if !name.is_empty() && runs.iter().any(|option| option.starts_with(name)) {
            reading.note(Risk::Critical, "runs another program");
        }
        if !name.is_empty()
            && ["remove-files", "absolute-names", "unlink-first", "overwrite"]
                .iter()
                .any(|option| option.starts_with(name))
        {
            reading.note(Risk::Critical, "removes files or writes over them");
        }
        let short = if at == 0 {
            text.strip_prefix('-').unwrap_or(text)
        } else {
            text.strip_prefix('-').unwrap_or_default()
        };
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
    let others = words.iter().any(|word| {
        matches!(word.text.as_str(), "-x" | "-c" | "-r" | "-u" | "-A" | "--extract" | "--create" | "--append")
    });
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
pub(in crate::command) fn second_is_written(reading: &mut Reading, words: &[Word], _: bool) {
    for (at, word) in positional(words).enumerate() {
        if at == 0 && !word.split && !word.glob {
            reading.read_file(word);
        } else {
            reading.write_file(word, Risk::High, "writes over a file");
        }
    }
}

/// `hostname`, `date` and others that set when they are told what.
pub(in crate::command) fn sets_when_told(reading: &mut Reading, words: &[Word], _: bool) {
    // What to show instead of now, and a format, only print.
    let shows = |word: &Word| matches!(word.literal(), Some("-d" | "--date" | "-r" | "-f" | "-I"));
    let told =
        words.iter().enumerate().filter(|(at, _)| *at == 0 || !shows(&words[at - 1])).map(|(_, word)| word);
    if told.filter(|word| !word.text.starts_with('-')).any(|word| !word.text.starts_with('+')) {
        reading.note(Risk::High, "sets something of the system's");
    }
}

/// `rsync`, `scp`: the network is only reached when a machine is named.
pub(in crate::command) fn copies_between(reading: &mut Reading, words: &[Word], _: bool) {
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
