//! What a second look leaves of a head's detections, as the voice session has it: while a look is under way nobody is asked, and where
//! it does not confirm, the next score that reaches the threshold asks again.

use std::time::Instant;

use jarvis_core::audio::{SAMPLE_RATE, ms_to_samples};
use jarvis_voice::wake::{HOP, Head, SecondLook};

use super::heard::{Heard, HeardSet};
use super::report::{DEAF, IN_TIME_S, Measured, WARM_UP, at};
use crate::error::TrainingError;

/// Whether the phrase is in these samples.
pub type Look<'a> = dyn FnMut(&[f32]) -> Result<bool, TrainingError> + 'a;

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
                let found = confirmed(heard, &scores, first..end, threshold, look)?;
                // The score is there, and then the look takes a while.
                let found = found.map(|(i, seconds)| (at(i) + seconds, 1.0));
                measured.said.push((heard.about.clone(), found.into_iter().collect()));
            }
            None => {
                let mut left = vec![0.0; scores.len()];
                let mut next = WARM_UP;
                while let Some((i, _)) = confirmed(heard, &scores, next..scores.len(), threshold, look)? {
                    left[i] = 1.0;
                    next = i + DEAF;
                }
                measured.against.push((heard.about.clone(), left));
            }
        }
        on(i as u64 + 1, set.all.len() as u64);
    }
    Ok(measured)
}

/// The first score in a range that reaches the threshold and is confirmed, and how many seconds its look took.
fn confirmed(
    heard: &Heard,
    scores: &[f32],
    range: std::ops::Range<usize>,
    threshold: f32,
    look: &mut Look<'_>,
) -> Result<Option<(usize, f32)>, TrainingError> {
    let mut next = range.start;
    while let Some(i) = (next..range.end).find(|i| scores[*i] >= threshold) {
        let end = (i + 1) * HOP;
        let began = Instant::now();
        let sound = heard.sound(end.saturating_sub(ms_to_samples(SecondLook::SOUND_MS) as usize)..end);
        if look(&sound)? {
            return Ok(Some((i, began.elapsed().as_secs_f32())));
        }
        let steps = began.elapsed().as_secs_f32() * SAMPLE_RATE as f32 / HOP as f32;
        next = i + (steps.ceil() as usize).max(1);
    }
    Ok(None)
}
