//! Runs the `jarvis` command as a person would: in a home of its own, on the real models.

pub mod desk;
pub mod webdriver;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;

use jarvis_core::{Event, EventKind, Outcome, VoiceState};
use jarvis_memory::{EmbedderFiles, EmbeddingModel, Index, Recall, Store};
use jarvis_testkit::sound_card::SoundCard;
use serde_json::Value;
use tempfile::TempDir;

/// A home folder of its own, with the real models in it.
pub struct Home {
    dir: TempDir,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// A home with models.
    pub fn new() -> Self {
        let home = Self::empty();
        std::fs::create_dir_all(home.path().join("data")).expect("a temporary folder is writable");
        std::os::unix::fs::symlink(jarvis_testkit::models::dir(), home.path().join("data/models"))
            .expect("a temporary folder takes a link");
        home
    }

    /// A home with nothing in it.
    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().expect("there is room for a temporary folder") }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The `jarvis` command in this home, with nothing else of the caller's settings.
    pub fn jarvis<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(jarvis_testkit::program("jarvis"));
        self.lend(&mut command).args(args).stdin(Stdio::null());
        command
    }

    /// Makes this the home of what `command` starts, with nothing else of the caller's settings.
    pub fn lend<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        for (key, _) in std::env::vars_os() {
            if key.to_string_lossy().starts_with("JARVIS_") {
                command.env_remove(key);
            }
        }
        command
            .env("JARVIS_HOME", self.path())
            // Nothing answers here: the tests decide which model thinks.
            .env("JARVIS_LLM__OLLAMA__URL", "http://127.0.0.1:9")
            // Nor here: the person's own keyring is none of the tests' business.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null")
    }

    /// Runs to the end.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        Ran(self.jarvis(args).output().expect("jarvis can be started"))
    }
}

/// The memory in the folder `data`, found by meaning too.
///
/// # Panics
/// When it cannot be opened.
pub fn memory(data: &Path) -> Recall {
    let store = Arc::new(Store::open(&data.join("jarvis.sqlite")).expect("the database can be opened"));
    let id = "all-minilm-l6-v2";
    let file = |name| jarvis_testkit::models::path(id, name);
    let files = EmbedderFiles {
        weights: file("model.safetensors"),
        tokenizer: file("tokenizer.json"),
        config: file("config.json"),
    };
    let model = EmbeddingModel { id: id.into(), files: Box::new(move || Ok(files.clone())) };
    let index = Index::start(Arc::clone(&store), data.join("vectors"), model);
    Recall::new(store, Some(index))
}

/// A command that has ended.
pub struct Ran(pub Output);

impl Ran {
    /// Standard output.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// Standard error.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Itself, after it has succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.0.status.success(), "{}\n{}\n{}", self.0.status, self.stdout(), self.stderr());
        self
    }

    /// The JSON objects it printed, one a line.
    #[track_caller]
    pub fn records(&self) -> Vec<Value> {
        self.stdout()
            .lines()
            .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{l}: {e}")))
            .collect()
    }

    /// The events it printed.
    #[track_caller]
    pub fn events(&self) -> Vec<EventKind> {
        self.records()
            .into_iter()
            .map(|r| serde_json::from_value::<Event>(r.clone()).unwrap_or_else(|e| panic!("{r}: {e}")).kind)
            .collect()
    }
}

/// A `jarvis listen --json` that is running. Ended when dropped.
pub struct Listening {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    /// Everything it has said so far.
    pub seen: Vec<Event>,
}

impl Listening {
    /// Starts it in `home`, on `card`, with these further settings, and waits until it listens.
    pub fn start(home: &Home, card: &SoundCard, settings: &[(&str, &str)]) -> Self {
        let mut command = home.jarvis(["listen", "--json"]);
        command.envs(card.env()).envs(settings.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("jarvis can be started");
        let stdout = child.stdout.take().expect("piped above");
        let mut jarvis = Self { child, lines: BufReader::new(stdout).lines(), seen: Vec::new() };
        jarvis.until_state(VoiceState::Idle);
        jarvis
    }

    /// Reads on until it is in this state.
    #[track_caller]
    pub fn until_state(&mut self, wanted: VoiceState) {
        self.until(
            &format!("it is {wanted:?}"),
            |e| matches!(e, EventKind::StateChanged { state } if *state == wanted),
        );
    }

    /// Reads on until its state changes, and returns the new one.
    #[track_caller]
    pub fn next_state(&mut self) -> VoiceState {
        match self.until("its state changed", |e| matches!(e, EventKind::StateChanged { .. })) {
            EventKind::StateChanged { state } => state,
            other => unreachable!("{other:?}"),
        }
    }

    /// Reads on until a turn has ended, and returns how, and with which answer.
    #[track_caller]
    pub fn until_turn_ended(&mut self) -> (Outcome, String) {
        match self.until("a turn ended", |e| matches!(e, EventKind::TurnEnded { .. })) {
            EventKind::TurnEnded { outcome, answer, .. } => (outcome, answer),
            other => unreachable!("{other:?}"),
        }
    }

    /// Types a line.
    pub fn type_line(&mut self, line: &str) {
        let keyboard = self.child.stdin.as_mut().expect("piped when it was started");
        writeln!(keyboard, "{line}").expect("jarvis is there");
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("it was started")
    }

    /// Reads on until an event is `wanted`. The test runner's own time limit ends a wait in vain.
    #[track_caller]
    pub fn until(&mut self, what: &str, mut wanted: impl FnMut(&EventKind) -> bool) -> EventKind {
        for line in self.lines.by_ref() {
            let line = line.expect("jarvis prints UTF-8");
            let event: Event = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{line}: {e}"));
            self.seen.push(event.clone());
            if wanted(&event.kind) {
                return event.kind;
            }
        }
        panic!("jarvis ended before {what}; it said {:#?}", self.seen);
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Path of a recording in `tests/audio`.
pub fn clip(name: &str) -> std::path::PathBuf {
    let path = jarvis_testkit::clips::dir().join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// Minutes since midnight by the wall clock here, as the `date` command tells it.
pub fn minutes_of_day() -> u32 {
    let out = Command::new("date").arg("+%H %M").output().expect("date can be started");
    let text = String::from_utf8(out.stdout).expect("date prints digits");
    let (hour, minute) = text.trim().split_once(' ').expect("two numbers");
    hour.parse::<u32>().expect("a number") * 60 + minute.parse::<u32>().expect("a number")
}

/// Whether `text` names a time of day within two minutes after `from`: "4:10", "4 10", "410" and so on.
pub fn names_time_since(text: &str, from_minutes: u32) -> bool {
    let digits = digits(text);
    // On the hour, "4 PM" has no minutes.
    times_since(from_minutes).any(|(hour, minute)| {
        digits == format!("{hour}{minute:02}") || (minute == 0 && digits == hour.to_string())
    })
}

/// Whether a recogniser that wrote `text` heard a time of day within two minutes after `from`. Of 103 times spoken it
/// took two for something else in one half ("6:18" for "6 AM", "8:31" for "date 31"), so one half is enough; the answer's
/// own text is held to the minute by [`names_time_since`].
pub fn hears_time_since(text: &str, from_minutes: u32) -> bool {
    let digits = digits(text);
    times_since(from_minutes).any(|(hour, minute)| {
        digits.starts_with(&hour.to_string()) || digits.ends_with(&format!("{minute:02}"))
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Hour and minute of the times of day within two minutes after `from`, on the clock of 24 hours and on that of 12.
fn times_since(from_minutes: u32) -> impl Iterator<Item = (u32, u32)> {
    (from_minutes..=from_minutes + 2).flat_map(|at| {
        let (hour, minute) = (at / 60 % 24, at % 60);
        [(hour, minute), ((hour + 11) % 12 + 1, minute)]
    })
}
