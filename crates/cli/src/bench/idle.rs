//! What Jarvis costs at rest: CPU time in rooms of all kinds, with the level gate and without it, beside a spoken question; and,
//! where there is a microphone, CPU time and wake-ups of the live loop.

use std::f32::consts::TAU;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jarvis_assistant::{Command, Conversation, Devices, EventBus, Hearing, Listening, Setup};
use jarvis_audio::{Capture, CaptureConfig};
use jarvis_core::EventKind;
use jarvis_core::audio::{FRAME_SAMPLES, SAMPLE_RATE};
use jarvis_voice::session::{Input, Signal};
use jarvis_voice::wake::SecondLook;
use tokio::runtime::Handle;

use super::memory::children;
use super::recall::Random;
use super::wake::cpu_seconds;
use super::{Figure, clips, noise};
use crate::output;

/// So much of each room is heard, of which the first part does not count: the gate learns the room. Seconds.
const ROOM_S: usize = 300;
const LEARN_S: usize = 30;
/// The noisy room rises and falls by so much, dB, in such a time, seconds.
const WOBBLE_DB: f32 = 1.5;
const WOBBLE_S: f32 = 10.0;
/// Spoken questions that are measured.
const QUESTIONS: usize = 5;
/// The live loop settles for so long, and is then measured for so long. The second is less than it waits for a request.
const SETTLE: Duration = Duration::from_secs(5);
const MEASURE: Duration = Duration::from_secs(4);

pub async fn run(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let second_look = setup.second_look(setup.transcriber(&setup.speech_engine())?);
    second_look.warm().await.map_err(|e| e.failure())?;
    let samples = ROOM_S * SAMPLE_RATE as usize;
    let mut random = Random(3);
    for (name, sound) in [
        ("digital silence", vec![0.0; samples]),
        ("a quiet room, -66 dBFS", at_level(noise::hiss(samples, &mut random), -66.0)),
        (
            "a noisy room, -35 dBFS, with a fan",
            wobbling(at_level(noise::rumble(samples, &mut random), -35.0)),
        ),
        ("a television", television(samples)?),
    ] {
        let Some((gated, free)) = cost(setup, &second_look, &sound)? else {
            output::note("The wake word is switched off: resting costs nothing that could be compared.");
            return Ok(figures);
        };
        let what = format!("idle, {name}: CPU for a second (without the gate)");
        figures.push(Figure::new(what, gated, "ms").beside(Some(free)));
    }
    figures.push(spoken(setup).await?);
    figures.extend(live(setup).await?);
    Ok(figures)
}

/// Brought to that level, dBFS.
fn at_level(mut samples: Vec<f32>, level: f32) -> Vec<f32> {
    // In double precision, or a sum of millions of squares loses the last of them.
    let power = samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len() as f64;
    let gain = 10_f32.powf(level / 20.0) / power.sqrt() as f32;
    samples.iter_mut().for_each(|s| *s *= gain);
    samples
}

fn wobbling(mut samples: Vec<f32>) -> Vec<f32> {
    let period = WOBBLE_S * SAMPLE_RATE as f32;
    for (i, sample) in samples.iter_mut().enumerate() {
        *sample *= 10_f32.powf(WOBBLE_DB * (TAU * (i as f32 / period).fract()).sin() / 20.0);
    }
    samples
}

/// People who talk without end, and not to Jarvis.
fn television(samples: usize) -> anyhow::Result<Vec<f32>> {
    let clips = clips::all()?;
    let talk = clips.iter().filter(|c| !c.contains_wake && !c.transcript.is_empty());
    let talk: Vec<f32> = talk.flat_map(|c| c.samples.iter().copied()).collect();
    anyhow::ensure!(!talk.is_empty(), "there is no recording of people talking");
    Ok(talk.into_iter().cycle().take(samples).collect())
}

/// CPU time for a second of the sound, milliseconds: the idle session with its second looks, and the wake word's detector running all
/// the time.
fn cost(setup: &Setup, second_look: &SecondLook, sound: &[f32]) -> anyhow::Result<Option<(f64, f64)>> {
    let Some(mut detector) = setup.wake()? else { return Ok(None) };
    let mut session = setup.session()?;
    let gated = measured(sound, |frame| {
        let mut signals = session.frame(frame).map_err(|e| e.failure())?;
        let doubt = signals.iter().find_map(|signal| match signal {
            Signal::Doubt { look, candidate } => Some((*look, candidate.clone())),
            _ => None,
        });
        if let Some((look, candidate)) = doubt {
            let looking = second_look.confirms(&candidate);
            let confirmed = tokio::task::block_in_place(|| Handle::current().block_on(looking)).ok();
            signals.extend(session.input(Input::Looked { look, confirmed }));
        }
        // A mistake is put right at once, or it would not be rest that is measured.
        if signals.iter().any(|signal| matches!(signal, Signal::Wake { .. })) {
            session.input(Input::Stop);
        }
        Ok(())
    })?;
    let free = measured(sound, |frame| {
        detector.process(frame).map_err(|e| e.failure())?;
        Ok(())
    })?;
    Ok(Some((gated, free)))
}

fn measured(
    sound: &[f32],
    mut hear: impl FnMut(&[f32; FRAME_SAMPLES]) -> anyhow::Result<()>,
) -> anyhow::Result<f64> {
    let (learn, measure) = sound.split_at(LEARN_S * SAMPLE_RATE as usize);
    learn.as_chunks::<FRAME_SAMPLES>().0.iter().try_for_each(&mut hear)?;
    let began = all_cpu_seconds()?;
    measure.as_chunks::<FRAME_SAMPLES>().0.iter().try_for_each(&mut hear)?;
    let seconds = measure.len() as f64 / f64::from(SAMPLE_RATE);
    Ok((all_cpu_seconds()? - began) / seconds * 1000.0)
}

/// CPU time, engines included, for a second of a spoken question and its answer by a reflex.
async fn spoken(setup: &Setup) -> anyhow::Result<Figure> {
    let clips = clips::all()?;
    let question = clips
        .iter()
        .find(|c| c.contains_wake && c.transcript.to_lowercase().contains("what time is it"))
        .ok_or_else(|| anyhow::anyhow!("there is no recording of a question"))?;
    let bus = EventBus::default();
    let mut events = bus.subscribe();
    let conversation = Conversation::new(setup, bus).await?;
    conversation.warm().await.map_err(|e| e.failure())?;
    let (mut cpu, mut heard_ms) = (0.0, 0);
    for _ in 0..QUESTIONS {
        let mut hearing = Hearing::new(&conversation, setup.session()?);
        let began = all_cpu_seconds()?;
        hearing.hear(&question.samples).await.map_err(|e| e.failure())?;
        cpu += all_cpu_seconds()? - began;
        while let Ok(event) = events.try_recv() {
            if let EventKind::TurnEnded { timings, .. } = event.kind {
                heard_ms += timings.done_ms.unwrap_or_default();
            }
        }
    }
    anyhow::ensure!(heard_ms > 0, "the question was not answered");
    let what = format!("a spoken question and its answer, mean of {QUESTIONS}: CPU for a second");
    Ok(Figure::new(what, cpu * 1e6 / heard_ms as f64, "ms"))
}

/// CPU time of this process and of the engines, which are processes of their own.
fn all_cpu_seconds() -> anyhow::Result<f64> {
    let mut ticks = 0;
    for pid in children(std::process::id())? {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name, in brackets, may hold anything; user and system time are the 12th and 13th word behind it.
        let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        ticks += words.skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum::<u64>();
    }
    // USER_HZ, which is 100 wherever Jarvis runs.
    Ok(cpu_seconds() + ticks as f64 / 100.0)
}

/// The live loop, at rest and while it listens to a person who says nothing, in whatever room this is.
async fn live(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let audio = &setup.config.audio;
    let Ok(capture) = Capture::open(CaptureConfig { device: audio.input.clone() }) else {
        output::note("There is no microphone: wake-ups of the live loop are not measured.");
        return Ok(Vec::new());
    };
    let (devices, _) = Devices::open(capture, audio);
    let conversation = Arc::new(Conversation::new(setup, EventBus::default()).await?);
    let listening = Listening::start(conversation, setup.session()?, devices)?;
    tokio::time::sleep(SETTLE).await;
    let rest = watch().await?;
    listening.command(Command::Attend);
    let attending = watch().await?;
    listening.stop().await;
    let figures = |name: &str, (cpu, wake_ups): (f64, f64)| {
        [
            Figure::new(format!("live loop, {name}: CPU for a second"), cpu * 1000.0, "ms"),
            Figure::new(format!("live loop, {name}: wake-ups a second"), wake_ups, "times"),
        ]
    };
    let states = [figures("at rest", rest), figures("waiting for a request", attending)];
    Ok(states.into_iter().flatten().collect())
}

/// CPU seconds and wake-ups of this process in a second of [`MEASURE`].
async fn watch() -> anyhow::Result<(f64, f64)> {
    let (began, cpu, slept) = (Instant::now(), cpu_seconds(), sleeps()?);
    tokio::time::sleep(MEASURE).await;
    let seconds = began.elapsed().as_secs_f64();
    Ok(((cpu_seconds() - cpu) / seconds, sleeps()?.saturating_sub(slept) as f64 / seconds))
}

/// How often the threads of this process have gone to sleep so far: as often they were woken.
fn sleeps() -> anyhow::Result<u64> {
    let mut sleeps = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        // A thread may end in between.
        let status = std::fs::read_to_string(task?.path().join("status")).unwrap_or_default();
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        sleeps += count.and_then(|count| count.trim().parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(sleeps)
}
