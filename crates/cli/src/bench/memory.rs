//! Resident memory: listening, and with every model loaded.

use jarvis_assistant::Setup;
use jarvis_core::audio::FRAME_SAMPLES;

use super::Figure;

pub async fn run(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let mut session = setup.session()?;
    for _ in 0..250 {
        session.frame(&[0.0; FRAME_SAMPLES]).map_err(|e| e.failure())?;
    }
    let listening = resident_mb(std::process::id())?;
    let speech = setup.speech_engine();
    setup.transcriber(&speech)?.warm().await.map_err(|e| e.failure())?;
    setup.synthesizer(&speech)?.warm().await.map_err(|e| e.failure())?;
    let chat = setup.chat_model().await?;
    chat.warm().await.map_err(|e| e.failure())?;
    let mut all = 0.0;
    for pid in std::iter::once(std::process::id()).chain(children(std::process::id())?) {
        all += resident_mb(pid)?;
    }
    Ok(vec![
        Figure::new("resident memory, listening", listening, "MB").goal(200.0),
        Figure::new(format!("resident memory, every model loaded ({})", chat.name()), all, "MB"),
    ])
}

/// Resident set of a process, 10^6 bytes.
pub(super) fn resident_mb(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}

/// The processes that a process has started.
pub(super) fn children(of: u32) -> anyhow::Result<Vec<u32>> {
    let mut found = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{of}/task"))? {
        let text = std::fs::read_to_string(task?.path().join("children"))?;
        found.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    Ok(found)
}
