//! What a second look leaves of a head's detections, as the voice session has it: while a look is under way nobody is asked; then
//! the highest score meanwhile is looked at where it is higher, else the next one that reaches the threshold. It goes on where one
//! has confirmed, so that what was measured can be read at stricter thresholds too. Recordings without the phrase are heard one
//! after another, as far as the allowance of looks goes.

use jarvis_core::audio::{SAMPLE_RATE, ms_to_samples};
use jarvis_voice::wake::{Candidate, HOP, Head, LookAllowance, SecondLook, WARM_UP, WakeConfig};

use super::heard::{Heard, HeardSet};
use super::report::{Measured, at, in_time};
use crate::error::TrainingError;

/// How long a look takes, seconds: what was measured on two cores with nothing else to do. By a clock, what comes of a head would
/// depend on what else the machine does.
const LOOK_S: f32 = 0.11;
/// From here on nothing else is asked for a phrase; so far a curve may be read.
const SURE: f32 = 0.95;

/// How sure a look is of the phrase, 0..=1.
pub type Look<'a> = dyn FnMut(&Candidate) -> Result<f32, TrainingError> + 'a;

/// Has a head hear a set, and what comes near its `threshold` looked at again. `on` is told how much of how much is done.
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
    measured.looked_at = true;
    let mut in_a_row = Gate::of(threshold);
    for (i, heard) in set.all.iter().enumerate() {
        let scores = heard.scores(head)?;
        match heard.about.phrase {
            Some(phrase) => {
                let in_time = |i: &usize| in_time(phrase).contains(&at(*i));
                let first = (0..scores.len()).find(in_time).unwrap_or(scores.len());
                let end = (first..scores.len()).find(|i| !in_time(i)).unwrap_or(scores.len());
                let mut looks = Vec::new();
                let mut next = Next::from(first);
                let mut gate = Gate::of(threshold);
                while let Some(looked) = look_again(heard, &scores[..end], next, &mut gate, look)? {
                    looks.push((looked.told_s, looked.sure));
                    // What comes behind a sure one has no say.
                    next = if looked.sure < SURE { looked.next } else { Next::from(end) };
                }
                measured.said.push((heard.about.clone(), looks));
            }
            None => {
                let mut left = vec![0.0; scores.len()];
                let mut next = Next::from(WARM_UP);
                while let Some(looked) = look_again(heard, &scores, next, &mut in_a_row, look)? {
                    // However little it is, it was looked at.
                    left[looked.at] = looked.sure.max(f32::MIN_POSITIVE);
                    next = looked.next;
                }
                in_a_row.clock += (scores.len() * HOP) as u64;
                measured.against.push((heard.about.clone(), left));
            }
        }
        on(i as u64 + 1, set.all.len() as u64);
    }
    Ok(measured)
}

/// Which scores are looked at.
struct Gate {
    near: f32,
    allowance: LookAllowance,
    /// Samples heard before this recording.
    clock: u64,
}

impl Gate {
    /// For a head that is believed alone from `threshold` on.
    fn of(threshold: f32) -> Self {
        let near = WakeConfig { threshold, ..WakeConfig::default() }.looked_at().threshold;
        Self { near, allowance: LookAllowance::new(threshold), clock: 0 }
    }

    fn lets(&mut self, i: usize, score: f32) -> bool {
        score >= self.near && self.allowance.lets(score, self.clock + (i * HOP) as u64)
    }
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
    gate: &mut Gate,
    look: &mut Look<'_>,
) -> Result<Option<Looked>, TrainingError> {
    let again = next.higher.filter(|higher| gate.lets(next.from, scores[*higher]));
    let asked = match again {
        Some(_) => next.from,
        None => match (next.from..scores.len()).find(|i| gate.lets(*i, scores[*i])) {
            Some(at) => at,
            None => return Ok(None),
        },
    };
    let looked_at = again.unwrap_or(asked);
    let end = (looked_at + 1) * HOP;
    let samples = heard.sound(end.saturating_sub(ms_to_samples(SecondLook::SOUND_MS) as usize)..end);
    let sure = look(&Candidate { score: scores[looked_at], samples })?;
    let steps = (LOOK_S * SAMPLE_RATE as f32 / HOP as f32).ceil() as usize;
    let from = asked + steps.max(1);
    let higher = (asked + 1..from.min(scores.len()))
        .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
        .filter(|i| scores[*i] > scores[looked_at]);
    // The score is there, and then the look takes a while.
    let told_s = at(asked) + LOOK_S;
    Ok(Some(Looked { at: looked_at, sure, told_s, next: Next { from, higher } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::heard::About;

    #[test]
    fn while_a_look_is_under_way_the_highest_score_waits_for_the_next() {
        let scores = [0.0, 0.2, 0.4, 0.3, 0.9, 0.3, 0.05, 0.05, 0.2, 0.15, 0.15];
        let about = About {
            group: "test".into(),
            voice: "test".into(),
            seconds: 0.0,
            human: false,
            condition: None,
            phrase: None,
        };
        let heard = Heard { about, steps: Vec::new(), samples: vec![0; scores.len() * HOP] };
        let (mut looked_at, mut told) = (Vec::new(), Vec::new());
        let mut look = |candidate: &Candidate| {
            looked_at.push(candidate.score);
            Ok(0.2)
        };
        let mut next = Next::from(0);
        let mut gate = Gate { near: 0.1, ..Gate::of(0.5) };
        while let Some(looked) =
            look_again(&heard, &scores, next, &mut gate, &mut look).expect("nothing fails")
        {
            told.push(looked.at);
            next = looked.next;
        }
        assert_eq!(looked_at, [0.2, 0.4, 0.9, 0.2, 0.15]);
        assert_eq!(told, [1, 2, 4, 8, 10], "what is no higher than what was looked at is not kept");
    }
}
