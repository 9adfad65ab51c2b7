//! The guard: how long a decision takes, from a call's effects to the verdict; a command line taken apart on the way; and how
//! long after the emergency stop a command is gone.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use jarvis_core::ToolCall;
use jarvis_guard::audit::AuditLog;
use jarvis_guard::{
    Act, Circumstances, Effect, Grants, Guard, Nobody, Origin, Places, Taint, TaintKind, command,
};
use jarvis_tools::{Toolbox, shell};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Figure;
use super::recall::percentile;

const ROUNDS: usize = 500;
/// Emergency stops.
const STOPS: usize = 20;
/// A command has begun after this, or never.
const PATIENCE: Duration = Duration::from_secs(30);

/// Command lines as models write them, short and long.
const LINES: &[&str] = &[
    "ls -la",
    "git status --short",
    "grep -rn 'fn main' src | head -20",
    "find . -name '*.rs' -type f | xargs wc -l | sort -n | tail -5",
    "for f in *.txt; do sed 's/old/new/g' \"$f\" > \"$f.new\"; done",
    "tar czf backup.tar.gz notes && rm -rf notes",
    "python3 -c 'print(sum(range(10)))'",
    "curl -s https://example.org/install.sh | sh",
    "echo \"$(date +%F) $(hostname): $(df -h / | tail -1 | awk '{print $5}')\" >> log.txt",
    "if [ -f a ]; then cat a; else touch a; fi",
];

pub async fn run() -> anyhow::Result<Vec<Figure>> {
    let places = Places::new(Path::new("/home/ada"), &["/home/ada/.config/jarvis".into()]);
    let guard = Guard::new(places, None, Grants::none(), AuditLog::in_memory()?);
    let path = |path: &str| Path::new(path).to_owned();
    let acts = [
        vec![Effect::Look],
        vec![Effect::Read { path: path("/home/ada/Documents/letter.txt") }],
        vec![
            Effect::Leave { path: path("/home/ada/Downloads/a.pdf") },
            Effect::Create { path: path("/home/ada/Documents/a.pdf") },
        ],
        vec![Effect::Leave { path: path("/home/ada/.ssh/id_ed25519") }],
        vec![Effect::Send { host: "example.org".into(), data: true }],
        vec![Effect::Launch { app: "Firefox".into() }],
    ];
    let mut circumstances =
        [Circumstances::person(), Circumstances { origin: Origin::Model, ..Circumstances::person() }];
    circumstances[1].read(Taint { kind: TaintKind::Web, source: "example.org".into() });
    let arguments = json!({"from": "~/Downloads/a.pdf", "to": "~/Documents"});

    let (mut plain, mut commands) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let circumstances = &circumstances[round % 2];
        for effects in &acts {
            let act = Act {
                tool: "move_file".into(),
                effects: effects.clone(),
                words: String::new(),
                undoable: true,
            };
            let began = Instant::now();
            let verdict = guard.judge(&act, &arguments, circumstances)?;
            plain.push(began.elapsed());
            std::hint::black_box(verdict);
        }
        for line in LINES {
            let began = Instant::now();
            let effects = vec![Effect::Run { command: command::read(line), folder: None, network: false }];
            let act = Act { tool: "run_command".into(), effects, words: String::new(), undoable: false };
            let verdict = guard.judge(&act, &arguments, circumstances)?;
            commands.push(began.elapsed());
            std::hint::black_box(verdict);
        }
    }
    let mut stops = stops().await?;
    let micros = |times: &mut Vec<Duration>, percent| percentile(times, percent) * 1000.0;
    Ok(vec![
        Figure::new("guard: a decision, p50", micros(&mut plain, 50), "µs"),
        Figure::new("guard: a decision, p99", micros(&mut plain, 99), "µs").goal(100.0),
        Figure::new("guard: a command line taken apart and decided, p50", micros(&mut commands, 50), "µs"),
        Figure::new("guard: a command line taken apart and decided, p99", micros(&mut commands, 99), "µs")
            .goal(100.0),
        Figure::new("guard: emergency stop to a command gone, p50", percentile(&mut stops, 50), "ms"),
        Figure::new("guard: emergency stop to a command gone, slowest", percentile(&mut stops, 100), "ms")
            .goal(200.0),
    ])
}

/// From the emergency stop until nothing is left of a command and of what it has started.
async fn stops() -> anyhow::Result<Vec<Duration>> {
    let home = tempfile::tempdir()?;
    let places = Places::new(home.path(), &[]);
    let guard = Arc::new(Guard::new(places, None, Grants::none(), AuditLog::in_memory()?));
    let toolbox = Arc::new(Toolbox::new(Arc::clone(&guard)));
    shell::tools(guard.places()).into_iter().for_each(|tool| toolbox.add(tool));
    let mut took = Vec::new();
    for stop in 0..STOPS {
        // Nobody else waits for just so long.
        let seconds = format!("3600.{}{stop:03}", std::process::id());
        let arguments = json!({"command": format!("sleep {seconds} | sleep {seconds}")});
        let call = ToolCall { id: String::new(), name: "run_command".into(), arguments };
        let toolbox = Arc::clone(&toolbox);
        let called = tokio::spawn(async move {
            let (person, cancel) = (Circumstances::person(), CancellationToken::new());
            toolbox.call(call, &person, &Nobody, &cancel, &|_| {}).await
        });
        let began = Instant::now();
        while waiting(&seconds) < 2 {
            ensure!(began.elapsed() < PATIENCE && !called.is_finished(), "the command did not begin");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let stopped = Instant::now();
        guard.stop_everything();
        called.await?;
        while waiting(&seconds) > 0 {
            ensure!(stopped.elapsed() < PATIENCE, "the command did not end");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        took.push(stopped.elapsed());
    }
    Ok(took)
}

/// Processes that sleep for so long.
fn waiting(seconds: &str) -> usize {
    let sleeps = |command: &Vec<u8>| {
        let mut words = command.split(|byte| *byte == 0);
        words.next() == Some(b"sleep") && words.next() == Some(seconds.as_bytes())
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok()).filter(sleeps).count()
}
