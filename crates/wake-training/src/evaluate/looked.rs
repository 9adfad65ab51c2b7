//! What a second look leaves of a head's detections, as the voice session has it: while a look is under way nobody is asked; where it
//! does not confirm, the highest score meanwhile is looked at where it is higher, else the next one that reaches the threshold.

use std::time::Instant;

use jarvis_core::audio::{SAMPLE_RATE, ms_to_samples};
use jarvis_voice::wake::{Candidate, HOP, Head, SecondLook};

use super::heard::{Heard, HeardSet};
use super::report::{DEAF, IN_TIME_S, Measured, WARM_UP, at};
use crate::error::TrainingError;

/// How sure a look is of the phrase, 0..=1.
pub type Look<'a> = dyn FnMut(&Candidate) -> Result<f32, TrainingError> + 'a;

/// Has a head hear a set at one threshold, and its detections looked at again. `on` is told how much of how much is done.
///
/// # Errors
/// When the head or the look fails.
pub fn measure_looked_at(
    name: &str,
    head: &mut Head,
    set: &HeardSet,
    threshold: f32,
    look: &mut Look<'_>,
    on: &mut dyn FnMut(u64, u64),
) -> Result<Measured, TrainingError> {
    let mut measured = Measured { looked_at: true, ..Measured::new(name) };
    for (i, heard) in set.all.iter().enumerate() {
        let scores = heard.scores(head)?;
        match heard.about.phrase {
            Some((from, to)) => {
                let in_time = |i: &usize| (from..to + IN_TIME_S).contains(&at(*i));
                let first = (0..scores.len()).find(in_time).unwrap_or(scores.len());
                let end = (first..scores.len()).find(|i| !in_time(i)).unwrap_or(scores.len());
                let mut looks = Vec::new();
                let mut next = Next::from(first);
                while let Some(looked) = look_again(heard, &scores[..end], next, threshold, look)? {
                    looks.push((looked.told_s, looked.sure));
                    // What comes behind it has no say.
                    next = if looked.sure < SecondLook::CONFIRMED { looked.next } else { Next::from(end) };
                }
                measured.said.push((heard.about.clone(), looks));
            }
            None => {
                let mut left = vec![0.0; scores.len()];
                let mut next = Next::from(WARM_UP);
                while let Some(looked) = look_again(heard, &scores, next, threshold, look)? {
                    // However little it is, it was looked at.
                    left[looked.at] = looked.sure.max(f32::MIN_POSITIVE);
                    next = if looked.sure < SecondLook::CONFIRMED {
                        looked.next
                    } else {
                        Next::from(looked.at + DEAF)
                    };
                }
                measured.against.push((heard.about.clone(), left));
            }
        }
        on(i as u64 + 1, set.all.len() as u64);
    }
    Ok(measured)
}

/// What is looked at next.
#[derive(Clone, Copy)]
struct Next {
    /// The score from which on it can be asked for a look.
    from: usize,
    /// The one that is looked at then, whatever comes.
    higher: Option<usize>,
}

impl Next {
    fn from(from: usize) -> Self {
        Self { from, higher: None }
    }
}

/// What came of one look.
struct Looked {
    /// Number of the score that was looked at.
    at: usize,
    sure: f32,
    /// When that is known, seconds.
    told_s: f32,
    next: Next,
}

/// The next look at something of which the head made these scores.
fn look_again(
    heard: &Heard,
    scores: &[f32],
    next: Next,
    threshold: f32,
    look: &mut Look<'_>,
) -> Result<Option<Looked>, TrainingError> {
    let (looked_at, asked) = match next.higher {
        Some(higher) => (higher, next.from),
        None => match (next.from..scores.len()).find(|i| scores[*i] >= threshold) {
            Some(at) => (at, at),
            None => return Ok(None),
        },
    };
    let end = (looked_at + 1) * HOP;
    let samples = heard.sound(end.saturating_sub(ms_to_samples(SecondLook::SOUND_MS) as usize)..end);
    let began = Instant::now();
    let sure = look(&Candidate { score: scores[looked_at], samples })?;
    let seconds = began.elapsed().as_secs_f32();
    let steps = (seconds * SAMPLE_RATE as f32 / HOP as f32).ceil() as usize;
    let from = asked + steps.max(1);
    let higher = (asked + 1..from.min(scores.len()))
        .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
        .filter(|i| scores[*i] > scores[looked_at]);
    // The score is there, and then the look takes a while.
    let told_s = at(asked) + seconds;
    Ok(Some(Looked { at: looked_at, sure, told_s, next: Next { from, higher } }))
}
