//! Spoken sums and conversions, translated into the calculator's syntax.
//!
//! Only words that the data file lists as operators or units, and numbers, ever reach the calculator: "what is
//! love" is no sum, although the calculator might make something of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::numbers::Numbers;
use super::slots::{Parsed, Value};
use super::words::{Phrases, Word};
use crate::calc;

/// A unit of measure in a language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitWords {
    /// The calculator's name.
    pub fend: String,
    /// As it is spoken after 1.
    pub one: String,
    /// As it is spoken after any other number.
    pub many: String,
    /// Further spellings.
    #[serde(default)]
    words: Vec<String>,
    /// The unit of a bare number right after it: the inches of "five foot ten".
    then: Option<String>,
}

/// Translates for the calculator.
#[derive(Debug)]
pub(super) struct Calculator {
    operators: Phrases<String>,
    units: Phrases<usize>,
    fend: Vec<(String, Option<String>)>,
}

/// What does not make a sum of a number by itself.
const NO_OPERATION: [&str; 3] = ["(", ")", "pi"];

impl Calculator {
    pub(super) fn new(operators: BTreeMap<String, String>, units: &[UnitWords]) -> Self {
        let spellings = units.iter().enumerate().flat_map(|(i, unit)| {
            [&unit.one, &unit.many].into_iter().chain(&unit.words).map(move |word| (word.clone(), i))
        });
        Self {
            operators: Phrases::new(operators),
            units: Phrases::new(spellings.collect::<Vec<_>>()),
            fend: units.iter().map(|u| (u.fend.clone(), u.then.clone())).collect(),
        }
    }

    /// The unit that `words` name, all of them together.
    pub(super) fn unit(&self, words: &[Word]) -> Option<usize> {
        self.units.exactly(words).copied()
    }

    /// The result of the sum that `words` say.
    pub(super) fn sum(&self, words: &[Word], numbers: &Numbers) -> Parsed {
        let mut pieces: Vec<String> = Vec::new();
        let (mut at, mut after_number, mut is_sum) = (0, false, false);
        while at < words.len() {
            let rest = &words[at..];
            if let Some((operator, n)) = self.operators.at_start(rest) {
                is_sum |= !NO_OPERATION.contains(&operator.as_str());
                pieces.push(operator.clone());
                at += n;
                after_number = false;
            } else if let Some((value, n)) = numbers.read(rest).filter(|_| !after_number) {
                pieces.push(value.to_string());
                at += n;
                after_number = true;
            } else {
                // "15 percent" may become "15 percent of 80".
                let begun = !pieces.is_empty() && self.operators.goes_on(rest);
                return if begun { Parsed::Beginning } else { Parsed::Nothing };
            }
        }
        if !is_sum {
            return Parsed::Beginning;
        }
        match calc::evaluate(&pieces.join(" ")) {
            Ok(result) if calc::round(&result).is_some() => Parsed::Value(Value::Sum(result)),
            Ok(_) => Parsed::Nothing,
            Err(_) if after_number => Parsed::Nothing,
            Err(_) => Parsed::Beginning,
        }
    }

    /// An amount with its unit, or several: "5 feet and 3 inches".
    pub(super) fn quantity(&self, words: &[Word], numbers: &Numbers) -> Parsed {
        let mut parts: Vec<String> = Vec::new();
        // A temperature may be below zero.
        let sign = self.operators.at_start(words).filter(|(operator, _)| *operator == "-");
        let (mut at, mut then) = (sign.map_or(0, |(_, n)| n), None);
        while at < words.len() {
            if !parts.is_empty() && numbers.is_joiner(&words[at]) {
                at += 1;
            }
            let rest = &words[at..];
            let Some((value, n)) = numbers.read_counted(rest) else {
                return if rest.is_empty() { Parsed::Beginning } else { Parsed::Nothing };
            };
            if let Some((unit, m)) = self.units.at_start(&rest[n..]) {
                let (fend, next) = &self.fend[*unit];
                parts.push(format!("{}{value} {fend}", if sign.is_some() { "-" } else { "" }));
                then = next.as_ref();
                at += n + m;
            } else if n < rest.len() {
                return Parsed::Nothing;
            } else if let Some(unit) = then {
                parts.push(format!("{}{value} {unit}", if sign.is_some() { "-" } else { "" }));
                at += n;
            } else {
                return Parsed::Beginning;
            }
        }
        // A temperature in parentheses would lose its offset, so one part stays bare.
        match parts.as_slice() {
            [] => Parsed::Beginning,
            [part] => Parsed::Value(Value::Quantity(part.clone())),
            parts => Parsed::Value(Value::Quantity(format!("({})", parts.join(" + ")))),
        }
    }
}
