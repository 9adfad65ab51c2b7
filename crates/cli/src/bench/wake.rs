//! What listening costs: CPU time of the wake word and of voice activity, beside Python's openwakeword.

use std::path::Path;

use jarvis_assistant::Setup;
use jarvis_core::audio::{FRAME_SAMPLES, SAMPLE_RATE};
use rustix::time::{ClockId, clock_gettime};

use super::{Figure, Rivals, clips};

pub fn run(setup: &Setup, rivals: &Rivals) -> anyhow::Result<Vec<Figure>> {
    let clips = clips::all()?;
    let Some(mut detector) = setup.wake()? else { return Ok(Vec::new()) };
    let mut session = setup.session()?;
    let seconds = clips.iter().map(|c| c.samples.len()).sum::<usize>() as f64 / f64::from(SAMPLE_RATE);
    let frames = || clips.iter().flat_map(|c| c.samples.as_chunks::<FRAME_SAMPLES>().0);

    let began = cpu_seconds();
    for frame in frames() {
        detector.process(frame).map_err(|e| e.failure())?;
    }
    let wake = cpu_seconds() - began;

    let silence = [0.0; FRAME_SAMPLES];
    let quiet_frames = (seconds * f64::from(SAMPLE_RATE)) as usize / FRAME_SAMPLES;
    let began = cpu_seconds();
    for _ in 0..quiet_frames {
        session.frame(&silence).map_err(|e| e.failure())?;
    }
    let quiet = cpu_seconds() - began;

    let head =
        setup.catalog.path("hey-jarvis-openwakeword", "hey_jarvis_v0.1.onnx").map_err(|e| e.failure())?;
    let files = std::iter::once(head.as_path()).chain(clips.iter().map(|c| c.file.as_path()));
    let rival = rivals.run("wake.py", &files.collect::<Vec<&Path>>())?;
    let rival = rival.and_then(|r| Some(r["cpu_s"].as_f64()? / seconds * 1000.0));
    let per_second = |cpu: f64| cpu / seconds * 1000.0;
    Ok(vec![
        Figure::new("wake word: CPU for a second of speech (openwakeword)", per_second(wake), "ms")
            .beside(rival)
            .goal(0.333),
        Figure::new("listening to silence: CPU for a second", per_second(quiet), "ms"),
    ])
}

/// CPU time of this process, all threads.
pub(super) fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
