//! The measure of reading: screens of real programs and rendered text, light and dark, 9 to 24 px, read by the eyes and by the
//! plain `tesseract` command. It prints a table of character errors and times; only the errors are asserted.
//!
//! The rules of reading were made on other texts. Of these screens, those that are marked "held out" were never looked at
//! while the rules were made.

mod looking;
mod show;
mod texts;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use jarvis_engine::eyes::{Reply, Request, View};
use jarvis_testkit::screen::Screen;
use show::{Eyes, Program};

/// A screen, as it was shown.
struct Shown {
    name: String,
    png: Vec<u8>,
    /// What stands on it. More than one where it can be read in more than one order.
    truths: Vec<String>,
    kind: Kind,
}

/// What makes it hard.
#[derive(Clone, Copy, Default)]
struct Kind {
    dark: bool,
    small: bool,
    held_out: bool,
    german: bool,
}

/// What came of reading it.
struct Measured {
    name: String,
    kind: Kind,
    letters: usize,
    ours: usize,
    plain: usize,
    our_time: Duration,
    plain_time: Duration,
}

/// Sizes up to this are small.
const SMALL: u32 = 12;

/// Name, held out, font, size, colours, text, by ImageMagick.
const RENDERED: &[(&str, bool, &str, u32, &str, &str, &str)] = &[
    ("letter, sans, black on white", false, "DejaVu-Sans", 9, "#000000", "#ffffff", texts::LETTER),
    ("article, sans, black on white", true, "Liberation-Sans", 12, "#222222", "#ffffff", texts::ARTICLE),
    ("settings, sans, white on grey", false, "DejaVu-Sans", 11, "#eeeeec", "#353535", texts::SETTINGS),
    ("settings, sans, grey on black", true, "Liberation-Sans", 10, "#9a9a9a", "#181818", texts::SETTINGS),
    ("table, serif, black on beige", false, "DejaVu-Serif", 10, "#403020", "#f5f0e1", texts::TABLE),
    ("table, sans, white on blue", true, "DejaVu-Sans", 9, "#ffffff", "#1a5fb4", texts::TABLE),
    ("code, mono, solarized dark", true, "DejaVu-Sans-Mono", 12, "#839496", "#002b36", texts::CODE),
    ("code, mono, solarized light", false, "Liberation-Mono", 13, "#657b83", "#fdf6e3", texts::CODE),
    ("log, mono, green on black", true, "DejaVu-Sans-Mono", 9, "#33ff33", "#000000", texts::LOG),
    ("letter, serif, white on black", true, "Liberation-Serif", 12, "#dcdcdc", "#121212", texts::LETTER),
    ("article, serif, grey on white", false, "Liberation-Serif", 15, "#555555", "#fcfcfc", texts::ARTICLE),
    ("letter, sans, white on violet", true, "DejaVu-Sans", 18, "#ffffff", "#613583", texts::LETTER),
    ("article, sans, black on white", true, "DejaVu-Sans", 24, "#000000", "#ffffff", texts::ARTICLE),
    ("German, sans, black on white", true, "Liberation-Sans", 11, "#1d1d1d", "#ffffff", texts::GERMAN),
    ("German, sans, white on black", false, "DejaVu-Sans", 10, "#e6e6e6", "#1c1c1c", texts::GERMAN),
];

/// Name, held out, font, size, colours, text, in xterm.
const TERMINALS: &[(&str, bool, &str, u32, &str, &str, &str)] = &[
    ("shell", false, "DejaVu Sans Mono", 9, "#d0d0d0", "#101010", texts::SHELL),
    ("shell", true, "DejaVu Sans Mono", 11, "#ffffff", "#300a24", texts::SHELL),
    ("log", false, "Liberation Mono", 12, "#93a1a1", "#073642", texts::LOG),
    ("log", true, "DejaVu Sans Mono", 10, "#000000", "#ffffff", texts::LOG),
    ("code", true, "Liberation Mono", 10, "#abb2bf", "#282c34", texts::CODE),
    ("code", false, "DejaVu Sans Mono", 16, "#f8f8f2", "#272822", texts::CODE),
    ("shell", true, "Liberation Mono", 14, "#2e3436", "#eeeeec", texts::SHELL),
    ("log", true, "DejaVu Sans Mono", 20, "#00cc00", "#000000", texts::LOG),
];

#[tokio::test(flavor = "multi_thread")]
async fn screens_are_read_better_than_by_the_plain_command() {
    let screen = Screen::start();
    let eyes = show::eyes(&screen);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
    std::fs::create_dir_all(&folder).expect("the folder for tests is there");
    let mut shown = Vec::new();
    for (name, held_out, font, px, fore, back, text) in RENDERED {
        let kind = Kind { held_out: *held_out, german: *text == texts::GERMAN, ..kind(*px, back) };
        let png = show::rendered(&folder, font, *px, fore, back, text);
        shown.push(Shown { name: format!("{name}, {px} px"), png, truths: vec![(*text).into()], kind });
    }
    for (name, held_out, effect) in
        [("a scan, grainy", false, "Gaussian"), ("a scan, dusty", true, "Uniform")]
    {
        let png = show::rendered(&folder, "Liberation-Serif", 22, "#303030", "#f0ede4", texts::ARTICLE);
        let kind = Kind { held_out, ..Kind::default() };
        shown.push(Shown {
            name: name.into(),
            png: show::grainy(&folder, &png, effect),
            truths: vec![texts::ARTICLE.into()],
            kind,
        });
    }
    for (name, held_out, font, px, fore, back, text) in TERMINALS {
        let arguments = show::xterm(&screen.home(), name, font, *px, fore, back, text);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let _program = Program::start(&screen, &[], "xterm", &arguments);
        let view = View::Window { title: Some("xterm".into()) };
        let png = show::settled(&eyes, &view, show::is_drawn).await;
        let kind = Kind { held_out: *held_out, ..kind(*px, back) };
        let name = format!("xterm, {name}, {fore} on {back}, {px} px");
        shown.push(Shown { name, png, truths: vec![(*text).into()], kind });
    }
    shown.extend(programs(&screen, &eyes).await);
    let mut measured = Vec::new();
    for (number, shown) in shown.iter().enumerate() {
        let file = folder.join(format!("{number:02}.png"));
        std::fs::write(&file, &shown.png).expect("the folder is there");
        measured.push(measure(&eyes, shown, &file).await);
    }
    report(&measured, &folder);
}

/// Screens of programs with windows, and of several at once.
async fn programs(screen: &Screen, eyes: &Eyes) -> Vec<Shown> {
    let mut all = Vec::new();
    let mut add = |name: &str, png, parts: &[&str], kind| {
        let truths = orders(parts).into_iter().map(|order| order.join("\n")).collect();
        all.push(Shown { name: name.into(), png, truths, kind });
    };
    let window = |title: &str| View::Window { title: Some(title.into()) };
    let held_out = Kind { held_out: true, ..Kind::default() };
    let dark = ("GTK_THEME", "Adwaita:dark");
    let light = ("GTK_THEME", "Adwaita");

    // An editor warns whoever is the administrator.
    let root =
        if is_root() { "Warning: you are using the root account. You may harm your system." } else { "" };
    for (theme, text, kind) in
        [(light, texts::LETTER, Kind::default()), (dark, texts::CODE, Kind { dark: true, ..held_out })]
    {
        let file = screen.home().join("notes.txt");
        std::fs::write(&file, text).expect("the home folder is there");
        let file = file.to_string_lossy().into_owned();
        let _program = Program::start(screen, &[theme], "mousepad", &["--disable-server", &file]);
        let png = show::settled(eyes, &window("Mousepad"), show::is_drawn).await;
        let menu = "File Edit Search View Document Help";
        add(&format!("mousepad, {}", theme.1), png, &[menu, root, text], kind);
    }
    for (theme, title, question, yes, no, kind) in [
        (light, "Budget", texts::QUESTION, "Keep them", "Delete all", Kind::default()),
        (dark, "Update", texts::NEWS, "Restart now", "Remind me tomorrow", Kind { dark: true, ..held_out }),
    ] {
        let text = format!("--text={question}");
        let (ok, cancel) = (format!("--ok-label={yes}"), format!("--cancel-label={no}"));
        let title = format!("--title={title}");
        let arguments = ["--question", "--no-wrap", "--icon-name=", &title, &text, &ok, &cancel];
        let _program = Program::start(screen, &[theme], "zenity", &arguments);
        let png = show::settled(eyes, &window(&title[8..]), show::is_drawn).await;
        add(&format!("zenity, {}", theme.1), png, &[question, no, yes], kind);
    }
    {
        let folder = screen.home().join("garden");
        for name in ["Compost", "Greenhouse", "Tool shed"] {
            std::fs::create_dir_all(folder.join(name)).expect("the home folder is there");
        }
        let path = folder.to_string_lossy().into_owned();
        let _program = Program::start(screen, &[], "pcmanfm", &["--no-desktop", &path]);
        let png = show::settled(eyes, &window("garden"), show::is_drawn).await;
        // The bar below tells how full the disk is, of which nothing is known.
        let png = show::without_bottom(&png, 26);
        let parts = [
            "File Edit View Bookmarks Go Tools Help",
            &path,
            "Places Home Folder",
            "Compost Greenhouse Tool shed",
        ];
        add("pcmanfm", png, &parts, Kind::default());
    }
    for (fore, back, text, theme, question, kind) in [
        (
            "#d3d7cf",
            "#0c0c0c",
            texts::LOG,
            light,
            texts::NEWS,
            Kind { dark: true, small: true, ..Kind::default() },
        ),
        (
            "#222222",
            "#ffffdd",
            texts::SHELL,
            dark,
            texts::QUESTION,
            Kind { dark: true, small: true, ..held_out },
        ),
    ] {
        let terminal = show::xterm(&screen.home(), "Terminal", "DejaVu Sans Mono", 11, fore, back, text);
        let terminal: Vec<&str> = terminal.iter().map(String::as_str).collect();
        let _terminal = Program::start(screen, &[], "xterm", &terminal);
        show::settled(eyes, &window("xterm"), show::is_drawn).await;
        let question_text = format!("--text={question}");
        let arguments = [
            "--info",
            "--no-wrap",
            "--icon-name=",
            "--title=Notice",
            "--ok-label=Understood",
            &question_text,
        ];
        let _dialog = Program::start(screen, &[theme], "zenity", &arguments);
        show::settled(eyes, &window("Notice"), show::is_drawn).await;
        // Side by side, whatever the window manager thought of.
        for (title, x, y) in [("Terminal", "40", "120"), ("Notice", "760", "500")] {
            let id = screen.xdotool(&["search", "--name", &format!("^{title}$")]);
            let id = id.lines().last().expect("the window is there").to_owned();
            screen.xdotool(&["windowmove", "--sync", &id, x, y]);
        }
        let png = show::settled(eyes, &View::Screen, show::is_drawn).await;
        let name = format!("a desktop with xterm ({back}) and zenity ({})", theme.1);
        add(&name, png, &["Terminal", text, "Notice", &format!("{question} Understood")], kind);
    }
    all
}

/// The same parts in every order: which of two windows is read first is a matter of taste.
fn orders<'a>(parts: &[&'a str]) -> Vec<Vec<&'a str>> {
    let Some((first, rest)) = parts.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for rest in orders(rest) {
        for at in 0..=rest.len() {
            let mut order = rest.clone();
            order.insert(at, *first);
            all.push(order);
        }
    }
    all
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id can be run");
    id.stdout.trim_ascii() == b"0"
}

/// Small, and dark, by size and background.
fn kind(px: u32, back: &str) -> Kind {
    let channel = |at| u32::from_str_radix(&back[at..at + 2], 16).expect("a colour");
    Kind { dark: channel(1) + channel(3) + channel(5) < 384, small: px <= SMALL, ..Kind::default() }
}

async fn measure(eyes: &Eyes, shown: &Shown, file: &Path) -> Measured {
    let languages = if shown.kind.german { vec!["de".to_owned()] } else { Vec::new() };
    // What is loaded once is loaded here.
    read(eyes, &shown.png, languages.clone()).await;
    let begin = Instant::now();
    let ours = read(eyes, &shown.png, languages).await;
    let our_time = begin.elapsed();
    let begin = Instant::now();
    let out = Command::new("tesseract")
        .arg(file)
        .args(["stdout", "-l", if shown.kind.german { "deu+eng" } else { "eng" }])
        .output()
        .unwrap_or_else(|e| {
            panic!("tesseract cannot be run ({e}); `make test` installs what the tests need")
        });
    let plain_time = begin.elapsed();
    let plain = String::from_utf8_lossy(&out.stdout);
    std::fs::write(file.with_extension("ours.txt"), &ours).expect("the folder is there");
    std::fs::write(file.with_extension("plain.txt"), plain.as_ref()).expect("the folder is there");
    std::fs::write(file.with_extension("truth.txt"), &shown.truths[0]).expect("the folder is there");
    let errors = |read: &str| shown.truths.iter().map(|truth| distance(truth, read)).min().unwrap_or(0);
    Measured {
        name: shown.name.clone(),
        kind: shown.kind,
        letters: even(&shown.truths[0]).chars().count(),
        ours: errors(&ours),
        plain: errors(&plain),
        our_time,
        plain_time,
    }
}

async fn read(eyes: &Eyes, png: &[u8], languages: Vec<String>) -> String {
    let mut replies = eyes.request(Request::Read { languages }, png.to_vec());
    let mut text = String::new();
    while let Some(reply) = replies.next().await {
        match reply.expect("it is read").0 {
            Reply::Line(line) => {
                let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
                text += &words.join(" ");
                text.push('\n');
            }
            other => panic!("no line, but {other:?}"),
        }
    }
    text
}

/// Every white space is one space.
fn even(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn distance(truth: &str, read: &str) -> usize {
    strsim::levenshtein(&even(truth), &even(read))
}

fn report(all: &[Measured], folder: &Path) {
    eprintln!(
        "{:<58} {:>8} {:>8} {:>9} {:>9}",
        "screen (* held out)", "ours", "plain", "ours ms", "plain ms"
    );
    for one in all {
        let star = if one.kind.held_out { "*" } else { " " };
        row(&format!("{star} {}", one.name), std::slice::from_ref(one));
    }
    let group = |name: &str, of: fn(&Kind) -> bool| {
        let group: Vec<&Measured> = all.iter().filter(|one| of(&one.kind)).collect();
        row(name, group.iter().copied())
    };
    let everything = group("all", |_| true);
    let dark_small = group("dark and small", |kind| kind.dark && kind.small);
    group("dark or small", |kind| kind.dark || kind.small);
    group("light and larger", |kind| !kind.dark && !kind.small);
    let held_out = group("held out", |kind| kind.held_out);
    eprintln!("the pictures, and what was read, are in {}", folder.display());
    // Other versions of the recogniser and of the fonts read a little differently.
    assert!(all.len() >= 20, "there are {} screens", all.len());
    for (name, (ours, plain)) in [("all", everything), ("dark and small", dark_small), ("held out", held_out)]
    {
        assert!(
            ours * 2.0 <= plain,
            "{name}: {ours:.4} of the letters are wrong, by the plain command {plain:.4}"
        );
        assert!(ours <= 0.03, "{name}: {ours:.4} of the letters are wrong");
    }
}

/// Prints a row, and returns the shares of errors: ours, and the plain command's.
fn row<'a>(name: &str, of: impl IntoIterator<Item = &'a Measured>) -> (f64, f64) {
    let (mut letters, mut ours, mut plain, mut count) = (0, 0, 0, 0_u32);
    let (mut our_time, mut plain_time) = (Duration::ZERO, Duration::ZERO);
    for one in of {
        (letters, ours, plain, count) =
            (letters + one.letters, ours + one.ours, plain + one.plain, count + 1);
        (our_time, plain_time) = (our_time + one.our_time, plain_time + one.plain_time);
    }
    let share = |errors: usize| errors as f64 / letters.max(1) as f64;
    let count = count.max(1);
    eprintln!(
        "{name:<58} {:>7.1}% {:>7.1}% {:>9} {:>9}",
        share(ours) * 100.0,
        share(plain) * 100.0,
        (our_time / count).as_millis(),
        (plain_time / count).as_millis()
    );
    (share(ours), share(plain))
}
