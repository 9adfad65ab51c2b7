//! What was measured of one head, at one threshold and at all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use jarvis_core::audio::SAMPLE_RATE;
use jarvis_voice::wake::{HOP, Head, WARM_UP};
use serde::Serialize;

use super::heard::{About, Condition, HeardSet};
use super::statistics::{Interval, poisson, wilson};
use crate::error::TrainingError;
use crate::sound::Distance;

/// After a detection, deaf to a second one for so many scores: 1.5 s.
pub(super) const DEAF: usize = 19;
/// So long after its end the phrase is still found, seconds.
const IN_TIME_S: f32 = 1.0;

/// What one head made of a set.
pub struct Measured {
    name: String,
    /// The highest score of each time that the phrase was said, and the scores that are in time.
    pub(super) said: Vec<(About, Vec<(f32, f32)>)>,
    /// Scores of each stretch in which it was not.
    pub(super) against: Vec<(About, Vec<f32>)>,
    /// Whether a score is there only where somebody looked again.
    pub(super) looked_at: bool,
}

/// Has a head hear a set.
pub fn measure(name: &str, head: &mut Head, set: &HeardSet) -> Result<Measured, TrainingError> {
    let mut measured = Measured::new(name);
    for heard in &set.all {
        let scores = heard.scores(head)?;
        match heard.about.phrase {
            Some((from, to)) => {
                let times = scores.iter().enumerate().map(|(i, score)| (at(i), *score));
                let in_time = times.filter(|(at, _)| in_time((from, to)).contains(at)).collect();
                measured.said.push((heard.about.clone(), in_time));
            }
            None => measured.against.push((heard.about.clone(), scores)),
        }
    }
    Ok(measured)
}

/// When a phrase can be found that is said from one time to another, seconds: not before half of it has been said.
pub(super) fn in_time((from, to): (f32, f32)) -> Range<f32> {
    f32::midpoint(from, to)..to + IN_TIME_S
}

/// When score number `i` is there, seconds.
pub(super) fn at(i: usize) -> f32 {
    ((i + 1) * HOP) as f32 / SAMPLE_RATE as f32
}

/// A share of a number of trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// So many.
    pub count: usize,
    /// Of so many.
    pub of: usize,
    /// The share.
    pub rate: f64,
    /// With 95 % confidence, by Wilson's score.
    pub interval: Interval,
}

impl Rate {
    fn new(count: usize, of: usize) -> Self {
        Self { count, of, rate: count as f64 / of.max(1) as f64, interval: wilson(count, of) }
    }
}

/// Detections where there was nothing to detect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Alarms {
    /// So many.
    pub count: usize,
    /// Of so many second looks; none where the head decides alone.
    pub looks: Option<usize>,
    /// In so many hours.
    pub hours: f64,
    /// Each hour; none where nothing was heard.
    pub per_hour: Option<f64>,
    /// With 95 % confidence, exactly by the Poisson distribution; none where nothing was heard.
    pub interval: Option<Interval>,
}

impl Alarms {
    fn new(count: usize, looks: Option<usize>, hours: f64) -> Self {
        let mean = poisson(count);
        let heard = hours > 0.0;
        Self {
            count,
            looks,
            hours,
            per_hour: heard.then(|| count as f64 / hours),
            interval: heard.then(|| Interval { low: mean.low / hours, high: mean.high / hours }),
        }
    }
}

/// From the phrase's last sound to the detection, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Half of them are below.
    pub p50_ms: f64,
    /// Of a hundred, ninety-five are below.
    pub p95_ms: f64,
    /// Of so many that were found.
    pub of: usize,
}

/// A part of what was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row<T> {
    /// Which part.
    pub name: String,
    /// What was measured of it.
    pub value: T,
}

/// What was measured of one head at one threshold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The head.
    pub head: String,
    /// The score from which on it is a detection.
    pub threshold: f32,
    /// The phrase missed, by distance and noise.
    pub missed: Vec<Row<Rate>>,
    /// By the kind of voice, under every condition.
    pub missed_by_group: Vec<Row<Rate>>,
    /// By the voice, at the microphone and without noise; only those that were missed.
    pub missed_by_voice: Vec<Row<Rate>>,
    /// Detected where it was not said.
    pub alarms: Alarms,
    /// The same, by what was heard.
    pub alarms_by_group: Vec<Row<Alarms>>,
    /// The same, where people are heard.
    pub alarms_by_people: Alarms,
    /// How soon it was sure, by distance and noise.
    pub latency: Vec<Row<Latency>>,
}

impl Condition {
    /// As a person reads it.
    pub fn name(self) -> String {
        let distance = match self.distance {
            Distance::Close => "close",
            Distance::Near => "near",
            Distance::Far => "far",
        };
        self.snr.map_or_else(|| format!("{distance}, clean"), |snr| format!("{distance}, {snr} dB"))
    }
}

impl Measured {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), said: Vec::new(), against: Vec::new(), looked_at: false }
    }

    /// The head's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// At a threshold.
    pub fn report(&self, threshold: f32) -> Report {
        let mut missed: BTreeMap<(Distance, i32), (usize, usize)> = BTreeMap::new();
        let mut latencies: BTreeMap<(Distance, i32), Vec<f32>> = BTreeMap::new();
        let (mut by_group, mut by_voice) = (BTreeMap::new(), BTreeMap::new());
        for (about, scores) in &self.said {
            let (Some(condition), Some((_, end))) = (about.condition, about.phrase) else { continue };
            // Without noise first, then ever more.
            let key = (condition.distance, -condition.snr.unwrap_or(i32::MAX));
            let found = scores.iter().find(|(_, score)| *score >= threshold);
            let lost = usize::from(found.is_none());
            let mut counts =
                vec![missed.entry(key).or_default(), by_group.entry(about.group.clone()).or_default()];
            if condition == (Condition { distance: Distance::Close, snr: None }) {
                counts.push(by_voice.entry(format!("{} {}", about.group, about.voice)).or_default());
            }
            for (count, of) in counts {
                (*count, *of) = (*count + lost, *of + 1);
            }
            latencies.entry(key).or_default().extend(found.map(|(at, _)| at - end));
        }
        let condition = |(distance, snr): (Distance, i32)| {
            Condition { distance, snr: (snr != -i32::MAX).then_some(-snr) }.name()
        };
        let rates = |counts: BTreeMap<String, (usize, usize)>| -> Vec<Row<Rate>> {
            counts.into_iter().map(|(name, (count, of))| Row { name, value: Rate::new(count, of) }).collect()
        };
        let missed = missed.into_iter();
        let missed =
            missed.map(|(key, (count, of))| Row { name: condition(key), value: Rate::new(count, of) });
        let latency = latencies.into_iter().filter(|(_, all)| !all.is_empty());
        let latency = latency.map(|(key, all)| Row { name: condition(key), value: latency_of(all) });
        Report {
            head: self.name.clone(),
            threshold,
            missed: missed.collect(),
            missed_by_group: rates(by_group),
            missed_by_voice: rates(by_voice).into_iter().filter(|row| row.value.count > 0).collect(),
            alarms: self.alarms(threshold, |_| true),
            alarms_by_group: self
                .groups()
                .into_iter()
                .map(|group| {
                    let value = self.alarms(threshold, |about| about.group == group);
                    Row { name: group, value }
                })
                .collect(),
            alarms_by_people: self.alarms(threshold, |about| about.human),
            latency: latency.collect(),
        }
    }

    /// Share of the phrase that is missed under a condition.
    pub fn missed(&self, threshold: f32, condition: Condition) -> f64 {
        let said = self.said.iter().filter(|(about, _)| about.condition == Some(condition));
        let (missed, of) = said.fold((0usize, 0usize), |(missed, of), (_, scores)| {
            (missed + usize::from(scores.iter().all(|(_, score)| *score < threshold)), of + 1)
        });
        missed as f64 / of.max(1) as f64
    }

    /// Detections where the phrase was not said.
    pub fn alarms(&self, threshold: f32, which: impl Fn(&About) -> bool) -> Alarms {
        let (mut count, mut looks, mut hours) = (0, 0, 0.0);
        for (about, scores) in self.against.iter().filter(|(about, _)| which(about)) {
            hours += f64::from(about.seconds) / 3600.0;
            looks += scores.iter().filter(|score| **score > 0.0).count();
            let mut i = WARM_UP;
            while i < scores.len() {
                if scores[i] >= threshold {
                    count += 1;
                    i += DEAF;
                } else {
                    i += 1;
                }
            }
        }
        Alarms::new(count, self.looked_at.then_some(looks), hours)
    }

    fn groups(&self) -> Vec<String> {
        let mut groups: Vec<_> = self.against.iter().map(|(about, _)| about.group.clone()).collect();
        groups.sort();
        groups.dedup();
        groups
    }
}

fn latency_of(mut seconds: Vec<f32>) -> Latency {
    seconds.sort_by(f32::total_cmp);
    let at = |share: f64| {
        let i = ((share * seconds.len() as f64).ceil() as usize).clamp(1, seconds.len()) - 1;
        f64::from((seconds[i] * 1000.0).round())
    };
    Latency { p50_ms: at(0.5), p95_ms: at(0.95), of: seconds.len() }
}
