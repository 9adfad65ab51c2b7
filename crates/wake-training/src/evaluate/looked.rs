//! What a second look leaves of a head's detections, as the voice session has it: while a look is under way nobody is asked, and where
//! it does not confirm, the next score that reaches the threshold asks again.

use std::ops::Range;
use std::time::Instant;

use jarvis_core::audio::{SAMPLE_RATE, ms_to_samples};
use jarvis_voice::wake::{Candidate, HOP, Head, SecondLook};

use super::heard::{Heard, HeardSet};
use super::report::{DEAF, IN_TIME_S, Measured, WARM_UP, at};
use crate::error::TrainingError;

/// How sure a look is of the phrase, 0..=1.
pub type Look<'a> = dyn FnMut(&Candidate) -> Result<f32, TrainingError> + 'a;

/// From here on a look confirms.
pub const CONFIRMED: f32 = 0.5;

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
    let mut measured = Measured::new(name);
    for (i, heard) in set.all.iter().enumerate() {
        let scores = heard.scores(head)?;
        match heard.about.phrase {
            Some((from, to)) => {
                let in_time = |i: &usize| (from..to + IN_TIME_S).contains(&at(*i));
                let first = (0..scores.len()).find(in_time).unwrap_or(scores.len());
                let end = (first..scores.len()).find(|i| !in_time(i)).unwrap_or(scores.len());
                let mut looks = Vec::new();
                let mut next = first;
                while let Some(looked) = look_again(heard, &scores, next..end, threshold, look)? {
                    // The score is there, and then the look takes a while.
                    looks.push((at(looked.at) + looked.seconds, looked.sure));
                    // What comes behind it has no say.
                    next = if looked.sure < CONFIRMED { looked.next } else { end };
                }
                measured.said.push((heard.about.clone(), looks));
            }
            None => {
                let mut left = vec![0.0; scores.len()];
                let mut next = WARM_UP;
                while let Some(looked) = look_again(heard, &scores, next..scores.len(), threshold, look)? {
                    left[looked.at] = looked.sure;
                    next = if looked.sure < CONFIRMED { looked.next } else { looked.at + DEAF };
                }
                measured.against.push((heard.about.clone(), left));
            }
        }
        on(i as u64 + 1, set.all.len() as u64);
    }
    Ok(measured)
}

/// What came of one look.
struct Looked {
    /// Number of the score that asked for it.
    at: usize,
    sure: f32,
    seconds: f32,
    /// The score from which on it can be asked again.
    next: usize,
}

/// A look at the first score in a range that reaches the threshold.
fn look_again(
    heard: &Heard,
    scores: &[f32],
    mut range: Range<usize>,
    threshold: f32,
    look: &mut Look<'_>,
) -> Result<Option<Looked>, TrainingError> {
    let Some(at) = range.find(|i| scores[*i] >= threshold) else { return Ok(None) };
    let end = (at + 1) * HOP;
    let samples = heard.sound(end.saturating_sub(ms_to_samples(SecondLook::SOUND_MS) as usize)..end);
    let began = Instant::now();
    let sure = look(&Candidate { score: scores[at], samples })?;
    let seconds = began.elapsed().as_secs_f32();
    let steps = (seconds * SAMPLE_RATE as f32 / HOP as f32).ceil() as usize;
    Ok(Some(Looked { at, sure, seconds, next: at + steps.max(1) }))
}
