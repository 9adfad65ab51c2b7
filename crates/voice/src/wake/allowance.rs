//! How often the recogniser may look again.

use jarvis_core::audio::ms_to_samples;

/// Looks that may be taken at once.
const AT_ONCE: f32 = 12.0;
/// Then there is one for every so much time, milliseconds.
const EVERY_MS: u64 = 3000;

/// Lets the recogniser look again as often as talk wants, and not without end: there is noise that comes near the wake word all the
/// time. What the detector itself takes for the wake word (from its `threshold` on) needs no leave.
#[derive(Clone, Copy, Debug)]
pub struct LookAllowance {
    threshold: f32,
    left: f32,
    /// When that was so, samples at 16 kHz.
    at: u64,
}

impl LookAllowance {
    /// For a detector that is believed alone from `threshold` on.
    pub fn new(threshold: f32) -> Self {
        Self { threshold, left: AT_ONCE, at: 0 }
    }

    /// Whether a score may be looked at `now` (samples at 16 kHz), which then it is.
    pub fn lets(&mut self, score: f32, now: u64) -> bool {
        self.take(now) || score >= self.threshold
    }

    fn take(&mut self, now: u64) -> bool {
        let earned = now.saturating_sub(self.at) as f32 / ms_to_samples(EVERY_MS) as f32;
        *self = Self { left: (self.left + earned).min(AT_ONCE), at: now, ..*self };
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_one_now_and_again() {
        let mut allowance = LookAllowance::new(0.5);
        let mut within = |from_s: u64, to_s: u64| {
            // Ten times a second.
            (from_s * 10..to_s * 10).filter(|tenth| allowance.lets(0.1, tenth * 1600)).count()
        };
        assert_eq!(within(0, 2), 12);
        assert_eq!(within(2, 62), 20);
        assert_eq!(within(3662, 3664), 12, "an hour's rest earns no more than a few seconds'");
    }
}
