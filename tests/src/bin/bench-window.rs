//! The real window on a virtual screen: how long it takes to be there, and what it holds in memory. `make bench` prints
//! these after Jarvis's own figures; never shipped.
#![expect(clippy::print_stdout, reason = "it prints figures")]

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jarvis_journeys::desk::Desk;
use jarvis_journeys::webdriver::Page;

/// Past the first run.
const SETTLED: &str = "[desktop]\nfirst_run = \"done\"\n";
const STARTS: usize = 5;
/// Clock ticks of the kernel in a second, as `/proc` counts them.
const TICKS: f64 = 100.0;
/// Memory is looked at when the window has been there for a while.
const SETTLE: Duration = Duration::from_secs(5);

/// Milliseconds since the epoch at which the page first showed something.
const PAINTED: &str = "const paint = performance.getEntriesByName('first-contentful-paint')[0]; \
                       return paint ? performance.timeOrigin + paint.startTime : null";
/// Milliseconds since the epoch at which Jarvis could be talked to: a mark of the page's.
const READY: &str = "const mark = performance.getEntriesByName('ready')[0]; \
                     return mark ? performance.timeOrigin + mark.startTime : null";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let desk = Desk::new(SETTLED);
    // The first start makes what later ones find.
    start(&desk).await;
    let cold = drop_page_cache();
    let (painted, ready) = start(&desk).await;
    let how = if cold { "cold start" } else { "first start (the files could not be put out of memory)" };
    line(&format!("window: {how} to first paint"), painted, "ms");
    line("window: the same to ready for the wake word", ready, "ms");
    let (mut painted, mut ready) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (paint, word) = start(&desk).await;
        painted.push(paint);
        ready.push(word);
    }
    line(&format!("window: later starts to first paint, p50 of {STARTS}"), median(painted), "ms");
    line("window: the same to ready for the wake word", median(ready), "ms");
    memory(&desk).await;
}

/// Starts and ends it. Returns how long it took to the first paint, and until it was ready, in milliseconds.
async fn start(desk: &Desk) -> (f64, f64) {
    let (_driver, page) = desk.open().await;
    let begun =
        processes(desk).into_iter().find(|p| p.name == "jarvis-desktop").expect("it runs").started_ms();
    let (painted, ready) = (moment(&page, PAINTED).await, moment(&page, READY).await);
    desk.quit(page).await;
    (painted - begun, ready - begun)
}

/// Waits until a script returns a number.
async fn moment(page: &Page, script: &str) -> f64 {
    loop {
        match page.run(script).await.as_f64() {
            Some(moment) => return moment,
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// With the window open. Where there is no microphone, no model is in memory.
async fn memory(desk: &Desk) {
    desk.card.unplug_microphone();
    let without = resident(desk, "without models").await;
    goal("window: resident memory above the models", without, 250.0);
    desk.card.plug_microphone();
    resident(desk, "listening").await;
}

/// Resident memory of all its processes but the engines, 10^6 bytes.
async fn resident(desk: &Desk, how: &str) -> f64 {
    let (_driver, page) = desk.open().await;
    moment(&page, PAINTED).await;
    tokio::time::sleep(SETTLE).await;
    let mut sum = 0.0;
    for process in processes(desk).into_iter().filter(|p| !p.name.starts_with("jarvis-engine")) {
        let mb = process.resident_mb();
        sum += mb;
        line(&format!("window: resident memory {how}, {}", process.name), mb, "MB");
    }
    line(&format!("window: resident memory {how}, all of it"), sum, "MB");
    desk.quit(page).await;
    sum
}

struct Process {
    folder: PathBuf,
    name: String,
}

/// What runs in the desk's home, but for what drives it.
fn processes(desk: &Desk) -> Vec<Process> {
    let home = format!("JARVIS_HOME={}", desk.home.path().display());
    let all = std::fs::read_dir("/proc").expect("there is /proc").flatten().map(|entry| entry.path());
    all.filter_map(|folder| {
        let environment = std::fs::read(folder.join("environ")).ok()?;
        let ours = environment.split(|byte| *byte == 0).any(|variable| variable == home.as_bytes());
        let program = std::fs::read_link(folder.join("exe")).ok()?;
        let name = program.file_name()?.to_string_lossy().into_owned();
        let drives = ["tauri-driver", "WebKitWebDriver"].contains(&name.as_str());
        (ours && !drives).then_some(Process { folder, name })
    })
    .collect()
}

impl Process {
    /// Milliseconds since the epoch.
    fn started_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(self.folder.join("stat")).expect("it runs");
        // The name before may have spaces; the start is the 22nd field, the 20th behind it.
        let (_, fields) = stat.rsplit_once(") ").expect("a name in brackets");
        let ticks: f64 = fields.split(' ').nth(19).expect("a start").parse().expect("a number");
        let uptime = std::fs::read_to_string("/proc/uptime").expect("there is /proc");
        let uptime: f64 = uptime.split(' ').next().expect("two numbers").parse().expect("a number");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs_f64();
        (now - uptime + ticks / TICKS) * 1000.0
    }

    /// Its proportional set size, 10^6 bytes: what several processes share is counted once.
    fn resident_mb(&self) -> f64 {
        let rollup = std::fs::read_to_string(self.folder.join("smaps_rollup")).expect("it runs, and is ours");
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).expect("the kernel counts it");
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kib * 1024.0 / 1e6
    }
}

/// Puts files out of memory, as after the machine was started. Whether that was allowed.
fn drop_page_cache() -> bool {
    std::process::Command::new("sync").status().is_ok_and(|s| s.success())
        && std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn goal(what: &str, figure: f64, goal: f64) {
    let met = if figure <= goal { "met" } else { "MISSED" };
    println!("{what:<58} {figure:.3} MB  (goal <= {goal}: {met})");
}

fn line(what: &str, figure: f64, unit: &str) {
    println!("{what:<58} {figure:.3} {unit}");
}
