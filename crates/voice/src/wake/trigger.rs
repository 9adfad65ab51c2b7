//! From scores to detections: patience before one, deafness after it.

use jarvis_core::audio::ms_to_samples;

use super::{Detection, WakeConfig};

/// Watches a row of scores.
pub struct Trigger {
    config: WakeConfig,
    /// Scores in a row that reached the threshold.
    run: u32,
    /// Position before which nothing is a detection.
    deaf_until: u64,
}

impl Trigger {
    pub fn new(config: WakeConfig) -> Self {
        Self { config, run: 0, deaf_until: 0 }
    }

    pub fn reset(&mut self) {
        *self = Self::new(self.config);
    }

    /// Takes the score at `position`.
    pub fn push(&mut self, score: f32, position: u64) -> Option<Detection> {
        if position < self.deaf_until || score < self.config.threshold {
            self.run = 0;
            return None;
        }
        self.run += 1;
        if self.run < self.config.patience {
            return None;
        }
        self.run = 0;
        self.deaf_until = position + ms_to_samples(self.config.refractory_ms);
        Some(Detection { score, position })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays scores 80 ms apart and tells which of them were detections.
    #[track_caller]
    fn check(patience: u32, refractory_ms: u64, scores: &[f32], expected: &[usize]) {
        let mut trigger = Trigger::new(WakeConfig { threshold: 0.5, patience, refractory_ms });
        let mut play = || -> Vec<usize> {
            let scores = scores.iter().enumerate();
            scores.filter_map(|(i, score)| trigger.push(*score, i as u64 * 1280).map(|_| i)).collect()
        };
        assert_eq!(play(), expected);
        trigger.reset();
        let mut again = || -> Vec<usize> {
            let scores = scores.iter().enumerate();
            scores.filter_map(|(i, score)| trigger.push(*score, i as u64 * 1280).map(|_| i)).collect()
        };
        assert_eq!(again(), expected, "after a reset");
    }

    #[test]
    fn patience_wants_scores_in_a_row() {
        check(1, 0, &[0.1, 0.5, 0.49, 0.9], &[1, 3]);
        check(2, 0, &[0.9, 0.1, 0.9, 0.9, 0.1], &[3]);
        check(3, 0, &[0.9, 0.9, 0.1, 0.9, 0.9], &[]);
    }

    #[test]
    fn after_a_detection_it_is_deaf_for_a_while() {
        check(1, 160, &[0.9, 0.9, 0.9, 0.9], &[0, 2]);
        // What is heard while deaf does not count towards patience either.
        check(2, 240, &[0.9, 0.9, 0.9, 0.9, 0.9, 0.9], &[1, 5]);
    }
}
