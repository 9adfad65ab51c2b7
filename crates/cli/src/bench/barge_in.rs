//! Talking over Jarvis, by echo level: how soon it is silent, how often it misses that somebody talks, and how often it takes its own
//! voice, "mm-hm" or a cough for somebody who does. In a simulated room, see [`jarvis_assistant::duet`].

use std::sync::Arc;

use futures::StreamExt;
use jarvis_assistant::Setup;
use jarvis_assistant::duet::{Duet, LEAST_DELAY_MS, gain_for, listener};
use jarvis_audio::room::{Room, speech_level};
use jarvis_audio::{Cleaner, Cleaning, resample};
use jarvis_core::audio::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE, ms_to_samples};
use jarvis_core::config::{InterruptBy, Turn};
use jarvis_voice::sentences::SentenceSplitter;
use jarvis_voice::session::{Session, Signal};
use jarvis_voice::speakable::speakable;
use jarvis_voice::tts::Synthesizer;
use jarvis_voice::wake::SecondLook;
use tokio::runtime::Handle;

use super::recall::Random;
use super::turns::percentile;
use super::wake::cpu_seconds;
use super::{Figure, clips};

/// How loud the echo is beside the person, dB.
const LEVELS: [f32; 4] = [-24.0, -12.0, -6.0, 0.0];
/// How loud the person is, linear: -26 dBFS.
const TALKER: f32 = 0.05;
/// Rooms, and how late the echo comes in them, milliseconds.
const ROOMS: [(Room, u64); 3] =
    [(Room::STUDY, LEAST_DELAY_MS), (Room::LIVING_ROOM, 150), (Room::KITCHEN, 250)];
/// Jarvis talks so long to itself, at each level, seconds.
const ALONE_S: usize = 30 * 60;
/// Length of one answer, and of the pause behind it, seconds.
const ANSWER_S: usize = 20;
const PAUSE_S: usize = 2;
/// So often the speaker is carried into another room.
const MOVES: usize = 30;
/// So often a person talks over an answer, at each level.
const TALKS: usize = 60;
/// After the end of what is said, an interruption is still one by it, milliseconds.
const GRACE_MS: u64 = 400;

/// What Jarvis talks about for half an hour: itself. "Jarvis", "Hey Jarvis" and "stop" are words of it.
const TEXTS: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/guard.md",
    "tests/audio/README.md",
    "ui/README.md",
];

/// Characters of a sentence that is said.
const LONGEST_SENTENCE: usize = 300;

/// Something a person says over an answer.
struct Said {
    samples: Vec<f32>,
    kind: Over,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    /// "Stop", or "Hey Jarvis".
    Command,
    /// A sentence.
    Talk,
    /// "Mm-hm", a cough: goes on listening.
    Listener,
}

pub async fn run(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let synthesizer = setup.synthesizer(&setup.speech_engine())?;
    let words = own_words(&*synthesizer, ALONE_S).await?;
    let over = said_over()?;
    let mut figures = cost(&words);
    let second_look = Arc::new(setup.second_look(setup.transcriber(&setup.speech_engine())?));
    second_look.warm().await.map_err(|e| e.failure())?;
    let scene = Scene { setup, second_look, words };
    for level in LEVELS {
        figures.extend(scene.alone(level)?);
        figures.extend(scene.together(&over, level)?);
    }
    Ok(figures)
}

/// Jarvis, and what it says.
struct Scene<'s> {
    setup: &'s Setup,
    second_look: Arc<SecondLook>,
    words: Vec<f32>,
}

/// A room, how late the echo comes in it, milliseconds, and how loud.
type Place = (Room, u64, f32);

impl Scene<'_> {
    fn places(&self, level: f32) -> [Place; 3] {
        ROOMS.map(|(room, delay)| (room, delay, gain_for(&room, &self.words, factor(level))))
    }

    fn duet(&self, (room, delay, gain): &Place, interrupt_by: InterruptBy) -> anyhow::Result<Duet> {
        let duet = Duet::new(session(self.setup, interrupt_by)?, cleaning(self.setup), room, *delay, *gain);
        let (second_look, runtime) = (Arc::clone(&self.second_look), Handle::current());
        Ok(duet.with_second_look(Box::new(move |candidate| {
            tokio::task::block_in_place(|| runtime.block_on(second_look.confirms(candidate))).ok()
        })))
    }

    /// Jarvis talks, and nobody else: a third of the time in each room, then where the room changes with every answer.
    fn alone(&self, level: f32) -> anyhow::Result<Vec<Figure>> {
        let (rooms, words) = (self.places(level), &self.words);
        let answers: Vec<&[f32]> = words.chunks(ANSWER_S * SAMPLE_RATE as usize).collect();
        let mut steady = Mistakes::default();
        for (room, answers) in rooms.iter().zip(answers.chunks(answers.len().div_ceil(rooms.len()))) {
            let mut duet = self.duet(room, InterruptBy::Speech)?;
            for answer in answers {
                steady.hear_out(&mut duet, answer)?;
            }
        }
        let mut moved = Mistakes::default();
        let mut moving = self.duet(&rooms[0], InterruptBy::Speech)?;
        let moves = answers.len().min(MOVES);
        for (answer, (room, delay, gain)) in answers.iter().zip(rooms.iter().cycle().skip(1)).take(moves) {
            moving.move_to(room, *delay, *gain);
            moved.hear_out(&mut moving, answer)?;
        }
        let hours = words.len() as f64 / f64::from(SAMPLE_RATE) / 3600.0;
        let minutes = words.len() / SAMPLE_RATE as usize / 60;
        let hourly = |what: &str, count: usize| {
            let what = format!("echo {level} dB: {what} ({minutes} min of own speech)");
            Figure::new(what, count as f64 / hours, "an hour").goal(0.0)
        };
        let what = format!("echo {level} dB: interrupts or wakes itself in a new room, of {moves}");
        Ok(vec![
            hourly("interrupts itself", steady.interrupted),
            hourly("wakes itself", steady.woken),
            Figure::new(
                format!("echo {level} dB: hushes itself for a moment"),
                steady.hushed as f64 / hours,
                "an hour",
            ),
            hourly("hears itself after an answer", steady.begun),
            Figure::new(what, 100.0 * (moved.interrupted + moved.woken) as f64 / moves.max(1) as f64, "%"),
        ])
    }

    /// A person talks over Jarvis, in conversational rhythm.
    fn together(&self, over: &[Said], level: f32) -> anyhow::Result<Vec<Figure>> {
        let words = &self.words;
        let mut waits = [Vec::new(), Vec::new()];
        let (mut talks, mut missed, mut woken, mut calls) = (0, 0, 0, 0);
        let (mut listeners, mut mistaken) = (0, 0);
        let mut too_soon = 0;
        let mut random = Random(7);
        for place in self.places(level) {
            let mut duet = self.duet(&place, InterruptBy::Speech)?;
            for _ in 0..TALKS / ROOMS.len() {
                for kind in [Over::Command, Over::Talk, Over::Listener] {
                    let those: Vec<&Said> = over.iter().filter(|said| said.kind == kind).collect();
                    let said = those[random.below(those.len())];
                    let lead_ms = 1_500 + random.below(3_000) as u64;
                    let from = random.below(words.len() - 15 * SAMPLE_RATE as usize);
                    duet.say(&words[from..from + 12 * SAMPLE_RATE as usize]);
                    let tried = try_over(&mut duet, &said.samples, lead_ms)?;
                    match (kind, tried) {
                        (_, Tried::TooSoon) => too_soon += 1,
                        (Over::Listener, tried) => {
                            listeners += 1;
                            mistaken += usize::from(tried != Tried::Missed);
                        }
                        (_, Tried::Missed) => (talks, missed) = (talks + 1, missed + 1),
                        (kind, Tried::Silent { from_first, from_last }) => {
                            talks += 1;
                            waits[0].push(from_first);
                            if kind == Over::Command {
                                waits[1].push(from_last);
                            }
                        }
                    }
                }
            }
            // The wake word by itself, for those who switch the rest off.
            let mut duet = self.duet(&place, InterruptBy::Off)?;
            for clip in clips::all()?.iter().filter(|c| c.contains_wake) {
                let from = random.below(words.len() - 15 * SAMPLE_RATE as usize);
                duet.say(&words[from..from + 12 * SAMPLE_RATE as usize]);
                match try_over(&mut duet, &trimmed(&clip.samples, TALKER), 2_000)? {
                    Tried::TooSoon => too_soon += 1,
                    tried => (calls, woken) = (calls + 1, woken + usize::from(tried != Tried::Missed)),
                }
            }
        }
        let part = |of: usize, all: usize| 100.0 * of as f64 / all.max(1) as f64;
        let figure =
            |what: &str, value: f64, unit| Figure::new(format!("echo {level} dB: {what}"), value, unit);
        let [first, last] = waits;
        let mut figures = quantiles("first sound of talk to silence", first, &figure);
        let ends = quantiles("end of \"Stop\" or \"Hey Jarvis\" to silence", last, &figure);
        figures.extend(ends.into_iter().map(|f| f.goal(200.0)));
        figures.extend([
            figure(&format!("talk missed, of {talks}"), part(missed, talks), "%"),
            figure(
                &format!("\"mm-hm\" and coughs taken for talk, of {listeners}"),
                part(mistaken, listeners),
                "%",
            )
            .goal(0.0),
            figure(&format!("wake word alone missed, of {calls}"), part(calls - woken, calls), "%"),
            figure("silent before anybody spoke, and so not counted", too_soon as f64, "times"),
        ]);
        Ok(figures)
    }
}

/// As much of the project's documentation as is said in so many seconds, at 16 kHz.
async fn own_words(synthesizer: &dyn Synthesizer, seconds: usize) -> anyhow::Result<Vec<f32>> {
    let mut samples = Vec::new();
    for text in TEXTS.iter().cycle() {
        let text = std::fs::read_to_string(clips::root().join(text))?;
        let mut splitter = SentenceSplitter::default();
        let mut sentences = splitter.push(&text);
        sentences.extend(splitter.finish());
        // What is longer is a table or a listing, which nobody reads aloud.
        for sentence in sentences.iter().filter(|sentence| sentence.len() < LONGEST_SENTENCE) {
            samples.extend(say(synthesizer, &speakable(sentence, synthesizer.language())).await?);
            if samples.len() >= seconds * SAMPLE_RATE as usize {
                return Ok(samples);
            }
        }
    }
    unreachable!("the texts never end")
}

async fn say(synthesizer: &dyn Synthesizer, text: &str) -> anyhow::Result<Vec<f32>> {
    let mut speech = synthesizer.synthesize(text, 1.0);
    let mut samples = Vec::new();
    while let Some(piece) = speech.next().await {
        let piece = piece.map_err(|e| e.failure())?;
        samples.extend(resample(&piece.samples, piece.sample_rate, SAMPLE_RATE));
    }
    Ok(samples)
}

fn said_over() -> anyhow::Result<Vec<Said>> {
    let mut all = Vec::new();
    for clip in clips::all()? {
        let words = clip.transcript.to_lowercase();
        let kind = match words.trim_end_matches(['.', '!', ',']) {
            "stop" | "hey jarvis" => Over::Command,
            "" => continue,
            _ => Over::Talk,
        };
        all.push(Said { samples: clip.samples, kind });
    }
    // The voice spells "mm-hm": hums are computed.
    for seed in 0..3 {
        all.push(Said { samples: listener::hum(0.5, 110.0 + 45.0 * seed as f32), kind: Over::Listener });
        all.push(Said { samples: listener::cough(seed), kind: Over::Listener });
    }
    for said in &mut all {
        said.samples = trimmed(&said.samples, TALKER);
    }
    Ok(all)
}

/// Without the silence around it, at that level.
fn trimmed(samples: &[f32], level: f32) -> Vec<f32> {
    let loud = speech_level(samples);
    let voiced = |frame: &[f32]| frame.iter().any(|s| s.abs() > loud * 0.3);
    let frames: Vec<&[f32]> = samples.chunks(FRAME_SAMPLES).collect();
    let first = frames.iter().position(|f| voiced(f)).unwrap_or(0);
    let last = frames.iter().rposition(|f| voiced(f)).unwrap_or(0);
    frames[first..=last].concat().iter().map(|s| s * level / loud.max(1e-9)).collect()
}

fn session(setup: &Setup, interrupt_by: InterruptBy) -> anyhow::Result<Session> {
    Ok(setup.session_with(&Turn { interrupt_by, ..setup.config.turn.clone() })?)
}

fn cleaning(setup: &Setup) -> Cleaning {
    Cleaning { echo: true, noise: setup.config.audio.noise_suppression }
}

fn factor(level: f32) -> f32 {
    TALKER * 10_f32.powf(level / 20.0)
}

/// What cleaning costs.
fn cost(words: &[f32]) -> Vec<Figure> {
    let seconds = 60;
    let frames = || words.as_chunks::<FRAME_SAMPLES>().0.iter().take(seconds * 50);
    let measure = |wanted: Cleaning, played: bool| {
        let mut cleaner = Cleaner::new(wanted);
        let began = cpu_seconds();
        for frame in frames() {
            let silence = [0.0; FRAME_SAMPLES];
            cleaner.clean(frame, if played { frame } else { &silence });
        }
        (cpu_seconds() - began) / seconds as f64 * 1000.0
    };
    let (echo, noise) = (Cleaning { echo: true, noise: false }, Cleaning { echo: false, noise: true });
    vec![
        Figure::new("echo cancellation while Jarvis speaks: CPU for a second", measure(echo, true), "ms"),
        Figure::new("echo cancellation while it is silent: CPU for a second", measure(echo, false), "ms"),
        Figure::new("noise suppression: CPU for a second", measure(noise, false), "ms"),
    ]
}

/// How often Jarvis took its own voice for somebody's.
#[derive(Default)]
struct Mistakes {
    interrupted: usize,
    woken: usize,
    begun: usize,
    /// A moment's silence in what it says, because it might have been called.
    hushed: usize,
}

impl Mistakes {
    /// Has Jarvis say that and listen for a moment, while nobody else speaks.
    fn hear_out(&mut self, duet: &mut Duet, answer: &[f32]) -> anyhow::Result<()> {
        duet.say(answer);
        let mut pause = PAUSE_S as u64 * 1000 / FRAME_MS;
        while pause > 0 {
            pause -= u64::from(!duet.is_speaking());
            let signals = duet.frame(&[0.0; FRAME_SAMPLES]).map_err(|e| e.failure())?;
            let told = |which: fn(&Signal) -> bool| signals.iter().any(which);
            self.hushed += usize::from(told(|s| matches!(s, Signal::Doubt { .. })));
            // A wake word interrupts too, and who interrupts begins to speak: what follows from it is the same mistake.
            let mistakes = if told(|s| matches!(s, Signal::Wake { .. })) {
                &mut self.woken
            } else if told(|s| matches!(s, Signal::Interrupt)) {
                &mut self.interrupted
            } else if told(|s| matches!(s, Signal::SpeechStarted { .. })) {
                &mut self.begun
            } else {
                continue;
            };
            *mistakes += 1;
            return Ok(());
        }
        Ok(())
    }
}

/// Median and 95th percentile, where anything was measured.
fn quantiles(
    what: &str,
    mut values: Vec<f64>,
    figure: &impl Fn(&str, f64, &'static str) -> Figure,
) -> Vec<Figure> {
    if values.is_empty() {
        return Vec::new();
    }
    let parts = [("p50", 0.5), ("p95", 0.95)];
    parts.map(|(name, part)| figure(&format!("{what}, {name}"), percentile(&mut values, part), "ms")).into()
}

/// What came of talking over Jarvis.
#[derive(Clone, Copy, PartialEq)]
enum Tried {
    /// The speaker is silent, so long after the first and the last sound of what is said, milliseconds.
    Silent { from_first: f64, from_last: f64 },
    /// It talked on.
    Missed,
    /// It was silent before anybody said anything: it took its own voice for somebody's, which is counted elsewhere.
    TooSoon,
}

/// Somebody says something after `lead_ms`. Once the speaker is silent, the person says the rest, and nothing more is asked of Jarvis.
fn try_over(duet: &mut Duet, said: &[f32], lead_ms: u64) -> anyhow::Result<Tried> {
    let lead = vec![0.0; ms_to_samples(lead_ms) as usize];
    let grace = vec![0.0; ms_to_samples(GRACE_MS) as usize];
    let began = duet.now_ms() + lead_ms;
    let ended = began + said.len() as u64 * 1000 / u64::from(SAMPLE_RATE);
    let mut tried = Tried::Missed;
    for near in [&lead[..], said, &grace[..]].concat().chunks(FRAME_SAMPLES) {
        let mut frame: Frame = [0.0; FRAME_SAMPLES];
        frame[..near.len()].copy_from_slice(near);
        let signals = duet.frame(&frame).map_err(|e| e.failure())?;
        if signals.contains(&Signal::Interrupt) && tried == Tried::Missed {
            // It may have been hushed by its own words before.
            let at = duet.silent_at_ms().max(began) as f64;
            let silent = Tried::Silent { from_first: at - began as f64, from_last: at - ended as f64 };
            tried = if duet.now_ms() > began { silent } else { Tried::TooSoon };
        }
    }
    // The room rings on for a moment.
    for _ in 0..25 {
        duet.frame(&[0.0; FRAME_SAMPLES]).map_err(|e| e.failure())?;
    }
    Ok(tried)
}
