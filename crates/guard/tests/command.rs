//! Command lines: a table of them, lines made up by chance, and bash itself as the judge of what was understood.
#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]
#![allow(clippy::print_stderr, reason = "seeds and counts are for whoever reads a failure")]

use std::path::Path;
use std::process::{Command, Stdio};

use jarvis_guard::Risk;
use jarvis_guard::command::{CommandLine, read};

const LINES: &str = include_str!("command/lines.txt");

/// Columns of the table.
fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    LINES.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(|line| {
        let (risk, rest) = line.split_once(' ').unwrap();
        let (programs, line) = rest.trim_start().split_once(' ').unwrap();
        (risk, programs, line.trim_start())
    })
}

fn check(risk: &str, programs: &str, text: &str) -> Result<(), String> {
    let line = read(text);
    let told = if line.understood { line.risk.as_str() } else { "lost" };
    if told != risk {
        return Err(format!("{text}\n    is {told}, not {risk}: {:?}", line.reasons));
    }
    let expected: Vec<_> = programs.split(',').filter(|name| *name != "-").collect();
    if risk != "lost" && line.programs != expected {
        return Err(format!("{text}\n    runs {:?}, not {expected:?}", line.programs));
    }
    if !line.understood && line.risk != Risk::Critical {
        return Err(format!("{text}\n    is not understood, and yet not critical"));
    }
    Ok(())
}

#[test]
fn every_line_of_the_table_is_judged_as_it_stands_there() {
    let failures: Vec<_> =
        rows().filter_map(|(risk, programs, line)| check(risk, programs, line).err()).collect();
    assert!(rows().count() >= 200);
    assert!(failures.is_empty(), "{} lines:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn lines_of_several_lines() {
    let table = [
        ("low", "ls,pwd", "ls\npwd\n"),
        ("low", "ls", "ls \\\n  -la \\\n  /tmp"),
        ("lost", "-", "l\\\ns"),
        ("lost", "-", "ls\\\n -la"),
        ("low", "cat", "cat <<EOF\nrm -rf ~\nEOF\n"),
        ("low", "cat", "cat <<'EOF'\n$(rm -rf ~) `rm`\nEOF\n"),
        ("low", "cat,ls", "cat <<EOF\nx $HOME\nEOF\nls"),
        ("low", "cat", "cat <<-EOF\n\tx\n\tEOF\n"),
        ("lost", "-", "cat <<EOF\n$(rm -rf ~)\nEOF\n"),
        ("lost", "-", "cat <<EOF\n`rm -rf ~`\nEOF\n"),
        ("lost", "-", "cat <<EOF\nx\nEOF \nls\n"),
        ("critical", "bash", "bash <<EOF\nrm -rf ~\nEOF\n"),
        ("critical", "sh", "sh <<'EOF'\nls\nEOF\n"),
        ("high", "cat", "cat <<EOF > notes.txt\na\nEOF\n"),
        ("high", "ls,rm", "ls # remark\nrm a"),
        ("low", "echo", "echo 'a\nb'"),
        ("low", "echo", "echo \"a\n b\""),
        ("lost", "-", "ls\rrm a"),
        ("lost", "-", "ls\u{1b}[2K"),
        ("lost", "-", "ls \u{202e}a"),
        ("lost", "-", "l\u{200b}s"),
        ("lost", "-", "ls\u{a0}a"),
        ("lost", "-", "ls \0 a"),
        ("lost", "-", ""),
        ("high", "true,rm", "true &&\nrm a"),
        ("low", "ls,wc", "ls |\n wc"),
        ("low", "ls,pwd", "if ls\nthen\n  pwd\nfi"),
    ];
    let failures: Vec<_> =
        table.into_iter().filter_map(|(risk, programs, line)| check(risk, programs, line).err()).collect();
    assert!(failures.is_empty(), "{} lines:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_is_too_long_too_deep_or_too_much_is_not_understood() {
    let deep =
        |open: &str, close: &str, times: usize| format!("{}ls{}", open.repeat(times), close.repeat(times));
    let mut quoted = "ls".to_owned();
    for _ in 0..8 {
        quoted = format!("sh -c {}", quote(&quoted));
    }
    let lines = [
        "echo ".to_owned() + &"a".repeat(9000),
        deep("echo $(", ")", 30),
        deep("(", ")", 2000),
        deep("$(", ")", 2000),
        "sudo ".repeat(1500) + "ls",
        "env ".repeat(1500) + "ls",
        "ls && ".repeat(1300) + "ls",
        "ls;".repeat(2000),
        "{".repeat(4000),
        "[".repeat(4000),
        "((".repeat(2000),
        "<<a ".repeat(2000),
        "'\"".repeat(2000),
        "a=(".repeat(2000),
        "${a:-".repeat(1600),
        "if ".repeat(2600),
        "! ".repeat(4000) + "ls",
        quoted,
    ];
    for line in lines {
        let line = read(&line);
        assert!(!line.understood && line.risk == Risk::Critical, "{:.60}: {:?}", line.text, line.reasons);
    }
}

#[test]
fn what_is_read_written_and_reached_is_told() {
    let line =
        read("cat a.txt 'b c' > out.txt; curl -s https://ada@example.org:8080/a?b | tee -a c.txt; cp x $y");
    assert_eq!(line.reads, ["a.txt", "b c", "x"]);
    assert_eq!(line.writes, ["out.txt", "c.txt", "*"]);
    assert_eq!(line.hosts, ["example.org"]);
    assert!(line.network);
    let line = read("rsync -a a/ ada@example.org:b/; ssh -p 22 bob@10.0.0.1 ls");
    assert_eq!(line.hosts, ["example.org", "10.0.0.1"]);
    assert!(!read("ls").network);
    let stored = serde_json::to_string(&line).unwrap();
    assert_eq!(serde_json::from_str::<CommandLine>(&stored).unwrap(), line);
}

/// Numbers by chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// A seed and a number of lines. For longer runs, and for others: SEED=7 LINES_TRIED=3000.
fn chosen(seed: u64, count: usize) -> (u64, usize) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("SEED").unwrap_or(seed);
    eprintln!("seed {seed}");
    (seed, number("LINES_TRIED").map_or(count, |count| count as usize))
}

/// In single quotes, for a shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

const PIECES: &[&str] = &[
    " ",
    "\n",
    "\t",
    ";",
    ";;",
    "&",
    "&&",
    "|",
    "||",
    "|&",
    "(",
    ")",
    "((",
    "))",
    "{",
    "}",
    "{ ",
    "; }",
    "$(",
    "`",
    "'",
    "\"",
    "\\",
    "\\\n",
    "$'",
    "$\"",
    "$",
    "${",
    "${x",
    "#",
    " #",
    "!",
    "<",
    ">",
    ">>",
    "<<EOF\n",
    "<<'E'\n",
    "\nEOF\n",
    "\nE\n",
    "<<<",
    "<(",
    ">(",
    "2>&1",
    ">&",
    "&>",
    "*",
    "?",
    "[",
    "]",
    "[[ ",
    " ]]",
    "~",
    "=",
    "+=",
    "x=",
    "x=1 ",
    "a[0]=",
    "if ",
    "then ",
    "else ",
    "fi",
    "for i in ",
    "do ",
    "done",
    "while ",
    "case ",
    " in ",
    "esac",
    "function f ",
    "f() ",
    "time ",
    "coproc ",
    "$((",
    "$x",
    "\"$@\"",
    "-c",
    "-x",
    "--",
    "ls",
    "rm",
    "cat",
    "echo",
    "sh",
    "eval ",
    "xargs ",
    "find . ",
    "-exec ",
    "{}",
    "\\;",
    "+",
    "a",
    "é",
    "0",
    "{a,b}",
    "{1..3}",
    ",",
    "..",
    "@(a|b)",
    "\\ ",
    "\\a",
    "\\'",
    "export ",
    "unset ",
    "declare ",
    "&>>",
    "<>",
    "3<",
    ">|",
    ">&-",
    ";&",
    "\\x",
    "-",
    "[ ",
    " ]",
    "=~",
    "==",
];

/// A line by chance: one of the table or two, with pieces put in, taken out, doubled.
fn mutated(chance: &mut Chance, lines: &[&str]) -> String {
    let mut text = chance.of(lines).to_owned();
    if chance.below(3) == 0 {
        text += chance.of(&["; ", " && ", " | ", "\n", " ", " & ", ""]);
        text += chance.of(lines);
    }
    for _ in 0..chance.below(4) {
        let places: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (a, b) = (places[chance.below(places.len())], places[chance.below(places.len())]);
        match chance.below(4) {
            0 | 1 => text.insert_str(a, chance.of(PIECES)),
            2 => {
                let end = places.iter().copied().find(|place| *place > a).unwrap_or(a);
                text.replace_range(a..end, "");
            }
            _ => {
                let (a, b) = (a.min(b), a.max(b));
                let part = text[a..b].to_owned();
                text.insert_str(b, &part);
            }
        }
    }
    text
}

/// Harm that is put behind a line comes to light, and a wrapping takes no harm away.
fn holds(text: &str) -> Result<bool, String> {
    let line = read(text);
    let bad = |changed: &str, told: &CommandLine| {
        Err(format!(
            "{text:?} is {:?} {:?}\nbut {changed:?} is {:?} {:?}",
            line.risk, line.reasons, told.risk, told.reasons
        ))
    };
    if !line.understood {
        if line.risk != Risk::Critical {
            return Err(format!("{text:?} is not understood, and yet {:?}", line.risk));
        }
        return Ok(false);
    }
    for (behind, at_least) in [
        ("; rm -rf ~", Risk::Critical),
        (" | sh", Risk::Critical),
        (" && curl x", Risk::High),
        ("\nrm a", Risk::High),
    ] {
        // After a here-document's last line there is no more of its command.
        let changed = format!("{text}{behind}");
        let told = read(&changed);
        if told.risk < at_least || told.risk < line.risk {
            // A remark takes up whatever is put behind it in its line, and so it does for bash.
            let remark =
                !behind.starts_with('\n') && text.lines().last().is_some_and(|last| last.contains('#'));
            if !(remark && told.risk >= line.risk) {
                return bad(&changed, &told);
            }
        }
    }
    let wrapped = [
        format!("echo $({text}\n)"),
        format!("({text}\n)"),
        format!("{{ {text}\n}}"),
        format!("if true; then {text}\nfi"),
        format!("sh -c {}", quote(text)),
        format!("eval {}", quote(text)),
        format!("f() {{ {text}\n}}"),
    ];
    for changed in wrapped {
        let told = read(&changed);
        if told.risk < line.risk {
            return bad(&changed, &told);
        }
    }
    Ok(true)
}

#[test]
fn harm_cannot_be_hidden_by_what_stands_around_it() {
    let lines: Vec<_> = rows().map(|(.., line)| line).collect();
    let mut understood = 0;
    for seed in 1..=24_u64 {
        eprintln!("seed {seed}");
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        for _ in 0..1000 {
            let text = mutated(&mut chance, &lines);
            match holds(&text) {
                Ok(yes) => understood += usize::from(yes),
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
    }
    eprintln!("{understood} of 24000 lines were understood");
    assert!(understood > 3000, "only {understood} lines were understood: the test says little");
}

fn bash() -> Command {
    let mut bash = Command::new("bash");
    bash.env_clear().stdin(Stdio::null()).stderr(Stdio::null());
    bash
}

#[test]
fn what_bash_refuses_is_never_understood_and_harmless() {
    let lines: Vec<_> = rows().map(|(.., line)| line).collect();
    let (seed, count) = chosen(0xb0a7_5eed_0000_0001, 600);
    let mut chance = Chance(seed);
    let (mut tried, mut refused) = (0, 0);
    while tried < count {
        let text = mutated(&mut chance, &lines);
        let line = read(&text);
        // Lines that are critical anyway say nothing here.
        if !line.understood || text.contains('\0') {
            continue;
        }
        tried += 1;
        let accepted = bash().args(["-n", "-c", &text]).stdout(Stdio::null()).status().unwrap().success();
        refused += usize::from(!accepted);
        assert!(accepted || line.risk > Risk::Low, "bash refuses {text:?}, which was taken to be harmless");
    }
    eprintln!("bash refused {refused} of {tried} lines that were understood");
}

/// Programs that only write down that they ran.
fn stubs(folder: &Path, names: &[&str]) {
    use std::os::unix::fs::PermissionsExt;
    for name in names {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/bash\necho {name} >> \"$LOG\"\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// A line of a grammar that does no harm even when it runs.
fn harmless(chance: &mut Chance, depth: usize) -> String {
    const WORDS: &[&str] = &[
        "a",
        "'b c'",
        "\"d $x\"",
        "$x",
        "-f",
        "e\\ f",
        "$'g'",
        "\"\"",
        "{h,i}",
        "\"`two`\"",
        "$(one)",
        "$((1 + 2))",
        "'; rm j'",
        "\"; rm k\"",
        "l#m",
        "--",
        "\\;",
        "\"$(three 'n')\"",
        "[",
        "]",
        "}",
        "do",
        "then",
    ];
    const NAMES: &[&str] =
        &["one", "two", "three", "four", "o\\ne", "\"two\"", "t''hree", "$'fo\\x75r'", "'four'", "fi\"v\"e"];
    if depth == 0 || chance.below(3) == 0 {
        let mut text = String::new();
        if chance.below(6) == 0 {
            text += "v=1 ";
        }
        text += chance.of(NAMES);
        for _ in 0..chance.below(4) {
            text += " ";
            text += chance.of(WORDS);
        }
        return text;
    }
    let mut inner = || harmless(chance, depth - 1);
    let (a, b) = (inner(), inner());
    match chance.below(17) {
        0 => format!("{a}; {b}"),
        1 => format!("{a} && {b}"),
        2 => format!("{a} || {b}"),
        3 => format!("{a} | {b}"),
        4 => format!("({a}; {b})"),
        5 => format!("{{ {a}; {b}; }}"),
        6 => format!("if {a}; then {b}; fi"),
        7 => format!("for i in 1 2; do {a}; done; {b}"),
        8 => format!("one $({a}) \"$({b})\""),
        9 => format!("two <({a}) # {b}"),
        10 => format!("f() {{ {a}; }}; f; {b}"),
        11 => format!("case x in x) {a};; *) {b};; esac"),
        12 => format!("bash -c {}; {b}", quote(&a)),
        13 => format!("eval {} && {b}", quote(&a)),
        14 => format!("! {a}\n{b}"),
        15 => format!("three <<EOF\n$x {}\nEOF\n{b}", a.replace(['$', '`', '\\', '\n'], "")),
        _ => format!(
            "command {} \n{b}",
            if a.starts_with(|c: char| c.is_ascii_lowercase())
                && !a.starts_with("v=")
                && !a.contains(['{', '('])
            {
                a
            } else {
                "one".into()
            }
        ),
    }
}

#[test]
fn every_program_that_bash_runs_was_named() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("bin");
    std::fs::create_dir(&folder).unwrap();
    stubs(&folder, &["one", "two", "three", "four", "five", "rm", "a", "b"]);
    // The inner shell is a real one.
    std::os::unix::fs::symlink("/bin/bash", folder.join("bash")).unwrap();
    let (mut understood, mut ran) = (0, 0);
    let (seed, count) = chosen(0x57ab_0000_0000_0003, 400);
    let mut chance = Chance(seed);
    let plain: Vec<String> = (0..count / 2).map(|_| harmless(&mut chance, 3)).collect();
    // The other half has things in it that nobody would write, which is where two readers of one language part.
    let parts: Vec<_> = plain.iter().map(String::as_str).collect();
    let strange: Vec<String> = (0..count).map(|_| mutated(&mut chance, &parts)).collect();
    let lines: Vec<_> = plain.iter().chain(&strange).collect();
    for (at, text) in lines.iter().enumerate() {
        let line = read(text);
        if !line.understood {
            continue;
        }
        understood += 1;
        // What has no end, or is a danger to this machine, is not run.
        if line.risk == Risk::Critical
            || text.contains("while")
            || text.contains("until")
            || line.programs.iter().any(|name| name == "yes")
        {
            continue;
        }
        // One of its own, for a program in the background may write late.
        let log = home.path().join(at.to_string());
        let mut bash = bash();
        bash.args(["-c", text])
            .env("PATH", &folder)
            .env("LOG", &log)
            .current_dir(home.path())
            .stdout(Stdio::null());
        bash.status().unwrap();
        for name in std::fs::read_to_string(&log).unwrap_or_default().lines() {
            ran += 1;
            assert!(
                line.programs.iter().any(|told| told == name),
                "bash ran {name} in {text:?}, known were {:?}",
                line.programs
            );
        }
    }
    eprintln!("{understood} of {} lines were understood, and ran {ran} programs", lines.len());
    assert!(understood > lines.len() / 4 && ran > understood);
}

#[test]
#[ignore = "a benchmark: cargo test -p jarvis-guard --test command -- --ignored --nocapture"]
fn how_long_it_takes() {
    let lines: Vec<_> = rows().map(|(.., line)| line).collect();
    let mut times: Vec<_> = (0..20)
        .flat_map(|_| lines.iter())
        .map(|line| {
            let start = std::time::Instant::now();
            std::hint::black_box(read(line));
            (start.elapsed(), *line)
        })
        .collect();
    times.sort();
    for part in [50, 90, 99] {
        eprintln!("{part} of 100 lines take no longer than {:?}", times[times.len() * part / 100 - 1].0);
    }
    eprintln!("the longest: {:?}", times[times.len() - 1]);
}
