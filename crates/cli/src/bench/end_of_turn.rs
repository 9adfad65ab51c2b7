//! When a request is over: how often it is taken to be so in the middle of a pause, and how long a person who has finished waits,
//! beside a fixed silence of 700 ms.
//!
//! Each recording is heard as it is and with a pause put into it, where the voice is softest in the middle half. Such a pause is
//! harder than a real one: who hesitates draws out the syllable before, and here nobody hesitated.

use std::path::Path;

use anyhow::Context;
use jarvis_assistant::{Conversation, EventBus, Setup};
use jarvis_core::Completeness;
use jarvis_core::audio::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE, ms_to_samples, samples_to_ms};
use jarvis_core::config::EndBy;
use jarvis_voice::session::{Input, Request, Session, Signal};

use super::Figure;
use super::clips;
use super::turns::percentile;

/// Pauses, milliseconds; 0 is the recording as it is.
const PAUSES_MS: [u64; 4] = [0, 500, 800, 1200];
/// The silence that others end a request by, milliseconds.
const FIXED_MS: u64 = 700;
/// No recording has a pause as long as this within it, milliseconds: what ends by it, has ended.
const SURELY_MS: u64 = 2500;
/// A request whose end is taken to be this much earlier than it was has been cut off, milliseconds.
const CUT_MS: u64 = 100;
/// Softness is looked at over this many frames.
const SOFT_FRAMES: usize = 3;

/// How the end is decided.
struct Way {
    name: &'static str,
    end_by: EndBy,
    /// The shortest and the longest silence, where they are not the settings', milliseconds.
    silence_ms: Option<u64>,
    /// Whether what was said is recognised in a pause, and its words weighed.
    words: bool,
}

const WAYS: [Way; 3] = [
    Way { name: "fixed silence of 700 ms", end_by: EndBy::Silence, silence_ms: Some(FIXED_MS), words: false },
    Way { name: "by sound", end_by: EndBy::Speech, silence_ms: None, words: false },
    Way { name: "by sound and words", end_by: EndBy::Speech, silence_ms: None, words: true },
];

/// A recording with a pause, and where it truly ends.
struct Take {
    samples: Vec<f32>,
    pause_ms: u64,
    end_ms: u64,
}

pub async fn run(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let conversation = Conversation::new(setup, EventBus::default()).await?;
    conversation.warm().await.map_err(|e| e.failure())?;
    let mut figures = Vec::new();
    for (whose, recordings) in [("synthetic and read", ours()?), ("people's commands", commands()?)] {
        if recordings.is_empty() {
            continue;
        }
        let takes = takes(setup, &conversation, &recordings).await?;
        for way in &WAYS {
            let mut ears = Ears::new(setup, way, &conversation)?;
            let (mut cut, mut delays) = ([0.0; PAUSES_MS.len()], Vec::new());
            let mut paused = [0.0_f64; PAUSES_MS.len()];
            for take in &takes {
                let Some(heard) = ears.hear(&take.samples).await? else { continue };
                let kind = PAUSES_MS.iter().position(|ms| *ms == take.pause_ms).unwrap_or(0);
                paused[kind] += 1.0;
                if heard.end_ms + CUT_MS < take.end_ms {
                    cut[kind] += 1.0;
                } else {
                    delays.push(heard.decided_ms.saturating_sub(take.end_ms) as f64);
                }
            }
            let name = |what: String| format!("{whose}, {}: {what}", way.name);
            for (kind, pause) in PAUSES_MS.iter().enumerate() {
                let what = match pause {
                    0 => format!("cut off as it is, of {}", paused[kind]),
                    ms => format!("cut off in a pause of {ms} ms"),
                };
                figures.push(Figure::new(name(what), 100.0 * cut[kind] / paused[kind].max(1.0), "%"));
            }
            if !delays.is_empty() {
                figures.push(Figure::new(name("wait, p50".into()), percentile(&mut delays, 0.5), "ms"));
                figures.push(Figure::new(name("wait, p95".into()), percentile(&mut delays, 0.95), "ms"));
            }
        }
    }
    Ok(figures)
}

/// The project's recordings of one request each.
fn ours() -> anyhow::Result<Vec<Vec<f32>>> {
    let one = |c: &clips::Clip| !c.transcript.is_empty() && c.parts.is_empty();
    Ok(clips::all()?.into_iter().filter(one).map(|clip| clip.samples).collect())
}

/// People's commands, where somebody has lent them: they are no part of the project.
fn commands() -> anyhow::Result<Vec<Vec<f32>>> {
    let folder = clips::root().join("../shared/audio/commands");
    let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "flac"));
    files.sort();
    let read = |file: &Path| {
        jarvis_audio::file::read_16k(file).with_context(|| format!("{} cannot be read", file.display()))
    };
    files.iter().map(|file| read(file)).collect()
}

async fn takes(
    setup: &Setup,
    conversation: &Conversation,
    recordings: &[Vec<f32>],
) -> anyhow::Result<Vec<Take>> {
    let surely = Way { name: "", end_by: EndBy::Silence, silence_ms: Some(SURELY_MS), words: false };
    let mut ears = Ears::new(setup, &surely, conversation)?;
    let mut takes = Vec::new();
    for recording in recordings {
        let Some(heard) = ears.hear(recording).await? else { continue };
        for pause_ms in PAUSES_MS {
            let samples = with_pause(recording, heard, pause_ms);
            takes.push(Take { samples, pause_ms, end_ms: heard.end_ms + pause_ms });
        }
    }
    Ok(takes)
}

/// The recording with a pause in the middle half of what is said, filled with the recording's own quietest moment.
fn with_pause(recording: &[f32], heard: Heard, pause_ms: u64) -> Vec<f32> {
    let energy = |samples: &[f32]| samples.iter().map(|s| s * s).sum::<f32>();
    let frames: Vec<f32> = recording.chunks(FRAME_SAMPLES).map(energy).collect();
    let soft = |from: usize, to: usize| {
        let windows = frames[..to.min(frames.len())].windows(SOFT_FRAMES).enumerate().skip(from);
        let softest = windows.min_by(|a, b| a.1.iter().sum::<f32>().total_cmp(&b.1.iter().sum()));
        softest.map_or(from, |(at, _)| at)
    };
    let frame = |ms: u64| (ms / FRAME_MS) as usize;
    let said = heard.end_ms - heard.start_ms;
    let at = soft(frame(heard.start_ms + said / 4), frame(heard.end_ms - said / 4));
    let cut = (at + SOFT_FRAMES / 2) * FRAME_SAMPLES;
    let quiet = soft(0, frames.len()) * FRAME_SAMPLES;
    let quiet = &recording[quiet..(quiet + SOFT_FRAMES * FRAME_SAMPLES).min(recording.len())];
    let pause = quiet.iter().copied().cycle().take(ms_to_samples(pause_ms) as usize);
    let (before, after) = recording.split_at(cut.min(recording.len()));
    before.iter().copied().chain(pause).chain(after.iter().copied()).collect()
}

/// When the first request of a recording began, when its last word ended, and when that was decided; milliseconds of the recording.
#[derive(Clone, Copy)]
struct Heard {
    start_ms: u64,
    end_ms: u64,
    decided_ms: u64,
}

/// A session that hears requests, one after the other.
struct Ears<'c> {
    session: Session,
    conversation: Option<&'c Conversation>,
}

impl<'c> Ears<'c> {
    fn new(setup: &Setup, way: &Way, conversation: &'c Conversation) -> anyhow::Result<Self> {
        let mut turn = setup.config.turn.clone();
        turn.end_by = way.end_by;
        if let Some(ms) = way.silence_ms {
            (turn.min_silence_ms, turn.max_silence_ms) = (ms, ms);
        }
        let session = setup.session_with(&turn)?;
        Ok(Self { session, conversation: way.words.then_some(conversation) })
    }

    /// Hears a recording, and silence behind it, until the first request in it is over.
    async fn hear(&mut self, samples: &[f32]) -> anyhow::Result<Option<Heard>> {
        self.session.input(Input::Stop);
        self.session.input(Input::Attend);
        let from = self.session.position();
        let ms = |position: u64| samples_to_ms(position.saturating_sub(from));
        let silence = ms_to_samples(2 * SURELY_MS) as usize / FRAME_SAMPLES;
        let frames = samples.chunks(FRAME_SAMPLES).chain(std::iter::repeat_n([].as_slice(), silence));
        let mut started = None;
        let mut drafted: Option<(u64, Input)> = None;
        for chunk in frames {
            let mut frame: Frame = [0.0; FRAME_SAMPLES];
            frame[..chunk.len()].copy_from_slice(chunk);
            for signal in self.session.frame(&frame).map_err(|e| e.failure())? {
                match signal {
                    Signal::SpeechStarted { position } => {
                        started.get_or_insert(position);
                        if let Some(conversation) = self.conversation {
                            conversation.request_begins();
                        }
                    }
                    Signal::Draft { draft, samples, settled: true, voiced_ms, .. } => {
                        drafted = self.draft(draft, &samples, voiced_ms).await?;
                    }
                    Signal::Request(Request { end_of_speech, .. }) => {
                        let decided_ms = ms(self.session.position());
                        let start_ms = ms(started.unwrap_or(from));
                        return Ok(Some(Heard { start_ms, end_ms: ms(end_of_speech), decided_ms }));
                    }
                    _ => {}
                }
            }
            if let Some((_, input)) = drafted.take_if(|(at, _)| *at <= self.session.position()) {
                self.session.input(input);
            }
        }
        Ok(None)
    }

    /// What a draft's words look like, and when that will be known.
    async fn draft(
        &self,
        draft: u64,
        samples: &[f32],
        voiced_ms: u64,
    ) -> anyhow::Result<Option<(u64, Input)>> {
        let Some(conversation) = self.conversation else { return Ok(None) };
        let began = std::time::Instant::now();
        let heard = conversation.recognise(samples, voiced_ms, true).await.map_err(|e| e.failure())?;
        let took = (began.elapsed().as_secs_f64() * f64::from(SAMPLE_RATE)) as u64;
        let completeness = heard.map_or(Completeness::default(), |heard| heard.completeness);
        Ok(Some((self.session.position() + took, Input::Drafted { draft, completeness })))
    }
}
