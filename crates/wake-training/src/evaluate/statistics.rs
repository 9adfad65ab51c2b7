//! What a count of so many can and cannot tell: intervals of 95 % confidence.

use serde::Serialize;

/// Between these two the true value lies, with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The normal distribution's 97.5 % point.
const Z: f64 = 1.959_963_985;

/// Of a share, by Wilson's score: `count` of `total`.
pub fn wilson(count: usize, total: usize) -> Interval {
    if total == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (n, share) = (total as f64, count as f64 / total as f64);
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Interval { low: ((middle - half) / scale).max(0.0), high: ((middle + half) / scale).min(1.0) }
}

/// Of the mean of a count, exactly, by the Poisson distribution (Garwood, 1936).
pub fn poisson(count: usize) -> Interval {
    let low = if count == 0 { 0.0 } else { mean_where(|mean| 1.0 - at_most(count - 1, mean) < 0.025) };
    let high = mean_where(|mean| at_most(count, mean) > 0.025);
    Interval { low, high }
}

/// The largest mean for which `holds` is true, which it is below some mean and not above.
fn mean_where(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while holds(high) {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

/// Probability of at most `count` where `mean` are expected.
fn at_most(count: usize, mean: f64) -> f64 {
    // By logarithms, so that many do not underflow.
    let (mut log_term, mut sum) = (-mean, (-mean).exp());
    for i in 1..=count {
        log_term += mean.ln() - (i as f64).ln();
        sum += log_term.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(interval: Interval, low: f64, high: f64) {
        assert!((interval.low - low).abs() < 2e-3 && (interval.high - high).abs() < 2e-3, "{interval:?}");
    }

    #[test]
    fn the_intervals_are_those_of_the_tables() {
        near(wilson(0, 10), 0.0, 0.2775);
        near(wilson(5, 10), 0.2366, 0.7634);
        near(wilson(1, 100), 0.0018, 0.0545);
        near(wilson(0, 0), 0.0, 1.0);
        near(poisson(0), 0.0, 3.6889);
        near(poisson(1), 0.0253, 5.5716);
        near(poisson(10), 4.7954, 18.3904);
    }
}
