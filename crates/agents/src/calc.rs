//! Sums and unit conversions by fend: an exact calculator that cannot read a file, the network or a clock.
//!
//! Called by the reflexes, which translate spoken words first, and by the `calculate` tool, which hands over
//! what a model wrote. A sum that would take too long is given up, so neither can hold a turn.

use std::time::{Duration, Instant};

use fend_core::Interrupt;

/// Ten times what a spoken sum or conversion takes; `9^9^9` would take hours.
const PATIENCE: Duration = Duration::from_millis(50);
/// Whole numbers up to this many digits are read out in full.
const SPEAKABLE_DIGITS: usize = 15;
/// Significant digits that are kept of what has to be rounded.
const SIGNIFICANT: i32 = 4;

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalcError {
    /// It is no expression, divides by zero, mixes up units, or takes too long; the text says which.
    #[error("cannot calculate {expression:?}: {reason}")]
    Refused {
        /// What was to be calculated.
        expression: String,
        /// The calculator's own words.
        reason: String,
    },
}

struct Deadline(Instant);

impl Interrupt for Deadline {
    fn should_interrupt(&self) -> bool {
        Instant::now() >= self.0
    }
}

/// Evaluates an expression in fend's syntax, such as `15% of 80` or `10 km to miles`.
///
/// The result is fend's text: a number, `approx. ` before it when it was rounded, and a unit after it if any.
pub fn evaluate(expression: &str) -> Result<String, CalcError> {
    let refused = |reason: String| CalcError::Refused { expression: expression.to_owned(), reason };
    let mut context = fend_core::Context::new();
    context.disable_rng();
    let deadline = Deadline(Instant::now() + PATIENCE);
    let result = fend_core::evaluate_with_interrupt(expression, &mut context, &deadline).map_err(refused)?;
    match result.get_main_result() {
        "" => Err(refused("it has no result".to_owned())),
        text => Ok(text.to_owned()),
    }
}

/// A number short enough to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// Digits with `-` before and `.` within where needed.
    pub digits: String,
    /// The power of ten it is to be multiplied by, for what is very large or very small.
    pub exponent: Option<i32>,
    /// Whether something was left out.
    pub about: bool,
}

/// Shortens a result of [`evaluate`] to what an ear can keep; none when it does not begin with a real number.
pub fn round(result: &str) -> Option<Rounded> {
    let (mut about, rest) = match result.strip_prefix("approx. ") {
        Some(rest) => (true, rest),
        None => (false, result),
    };
    // A sum such as `0 + 2i` is a complex number, which nobody wants to hear.
    if rest.contains(['i', '+']) && rest.ends_with('i') {
        return None;
    }
    let digits = rest.split_whitespace().next()?;
    if !digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) {
        return None;
    }
    let value: f64 = digits.parse().ok().filter(|v: &f64| v.is_finite())?;
    let (whole, decimals) = digits.trim_start_matches('-').split_once('.').unwrap_or((digits, ""));
    let short = whole.len() + decimals.len() <= SPEAKABLE_DIGITS
        && (decimals.is_empty() || (!about && decimals.len() <= 3));
    if short {
        return Some(Rounded { digits: trim_zeros(digits.to_owned()), exponent: None, about });
    }
    about = true;
    let magnitude = value.abs().log10().floor();
    if value != 0.0 && !(-4.0..SPEAKABLE_DIGITS as f64).contains(&magnitude) {
        let mantissa = trim_zeros(format!("{:.2}", value / 10f64.powf(magnitude)));
        return Some(Rounded { digits: mantissa, exponent: Some(magnitude as i32), about });
    }
    let decimals = (SIGNIFICANT - 1 - magnitude as i32).max(0) as usize;
    Some(Rounded { digits: trim_zeros(format!("{value:.decimals$}")), exponent: None, about })
}

fn trim_zeros(digits: String) -> String {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_shortened_for_the_ear() {
        let check = |expression: &str, digits: &str, exponent: Option<i32>, about: bool| {
            let rounded = round(&evaluate(expression).unwrap()).unwrap();
            assert_eq!(rounded, Rounded { digits: digits.to_owned(), exponent, about }, "{expression}");
        };
        check("12 * 12", "144", None, false);
        check("10 / 4", "2.5", None, false);
        check("-5 + 3", "-2", None, false);
        check("1/3", "0.3333", None, true);
        check("10 km to miles", "6.214", None, true);
        check("350 fahrenheit to celsius", "176.7", None, true);
        check("1/1000000", "1", Some(-6), true);
        check("2^100", "1.27", Some(30), true);
        check("1234567 * 1000", "1234567000", None, false);
    }

    #[test]
    fn what_cannot_be_calculated_is_refused_in_time() {
        for expression in
            ["", "10 / 0", "3 m to kg", "9^9^9", "1000000!", "love", "roll d6", "1 USD to EUR", "@"]
        {
            assert!(evaluate(expression).is_err(), "{expression}");
        }
        assert_eq!(round(&evaluate("sqrt(-4)").unwrap()), None);
    }
}
