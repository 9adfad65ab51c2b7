//! What the slots of a template can hold, and how a language's data file reads it from words.
//!
//! Pure: the same words always give the same value, whatever the time or the timers.

use std::collections::BTreeMap;
use std::ops::Range;

use jarvis_core::text::capitalised;
use jiff::civil::Weekday;
use serde::Deserialize;

use super::numbers::{NumberWords, Numbers};
use super::sums::{Calculator, UnitWords};
use super::template::{Fit, Template};
use super::when::{Day, Half, When};
use super::words::{Phrases, Word, joined};
use super::zone::{self, Place};
use crate::timers::LONGEST_S;

/// A kind of slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Duration,
    When,
    Place,
    Day,
    Label,
    Text,
    Sum,
    Quantity,
    Unit,
    Percent,
    Clock,
    Hour,
    Minute,
}

impl Slot {
    /// The kind that a template calls `name`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "duration" => Self::Duration,
            "when" => Self::When,
            "place" => Self::Place,
            "day" => Self::Day,
            "label" => Self::Label,
            "text" => Self::Text,
            "expression" => Self::Sum,
            "quantity" => Self::Quantity,
            "unit" => Self::Unit,
            "percent" => Self::Percent,
            "clock" => Self::Clock,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            _ => return None,
        })
    }
}

/// What a slot holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A duration in seconds, above 0.
    Seconds(i64),
    /// A time of day.
    When(When),
    Place(Place),
    Day(Day),
    /// A few words as they were heard.
    Label(String),
    /// Any number of words, by their place in the transcript.
    Text(Range<usize>),
    /// The calculator's result of a sum.
    Sum(String),
    /// An amount with its unit, in the calculator's syntax.
    Quantity(String),
    /// Index of a unit.
    Unit(usize),
    /// 0 to 100.
    Percent(u8),
    /// Hour and minute as in "7:30", and whether it is written as on a 24-hour clock.
    Clock(i8, i8, bool),
    /// 0 to 24.
    Hour(i8),
    /// 0 to 59.
    Minute(i8),
}

impl Value {
    /// Whether more words would only make it longer.
    pub(super) fn is_open(&self) -> bool {
        self.is_free() || matches!(self, Self::When(When { open: true, .. }))
    }

    /// Whether any words would have done.
    pub(super) fn is_free(&self) -> bool {
        matches!(self, Self::Label(_) | Self::Text(_))
    }
}

/// What words are to a slot.
#[derive(Debug)]
pub(super) enum Parsed {
    /// It holds this.
    Value(Value),
    /// They may become one, if they go on.
    Beginning,
    /// It cannot hold them.
    Nothing,
}

impl From<Option<Value>> for Parsed {
    fn from(value: Option<Value>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

/// The part of a language's data file that slots are read with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotWords {
    numbers: NumberWords,
    duration: DurationWords,
    clock: Vec<ClockWords>,
    when: WhenWords,
    /// Places that the time zone database does not know by that name.
    places: BTreeMap<String, String>,
    /// Spoken operators and what the calculator calls them.
    operators: BTreeMap<String, String>,
    pub(super) units: Vec<UnitWords>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DurationWords {
    /// Words for a unit of time and its seconds.
    units: BTreeMap<String, i64>,
    /// Whole phrases and their seconds.
    phrases: BTreeMap<String, i64>,
}

/// A way to say a time of day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockWords {
    say: String,
    /// Minutes to add to the hour.
    #[serde(default)]
    offset: i32,
    /// Whether `{minute}` counts backwards from the hour.
    #[serde(default)]
    before: bool,
    /// The hour, where the words alone say which: noon.
    hour: Option<i8>,
    /// Whether minutes may still follow.
    #[serde(default)]
    open: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenWords {
    /// Words that stand before a time and mean nothing.
    connectors: Vec<String>,
    days: BTreeMap<String, i64>,
    /// Monday first.
    weekdays: [Vec<String>; 7],
    halves: BTreeMap<String, Half>,
}

/// Reads slots in one language.
#[derive(Debug)]
pub(super) struct SlotReader {
    numbers: Numbers,
    time_units: Phrases<i64>,
    time_phrases: Phrases<i64>,
    clock: Vec<(Template, ClockWords)>,
    connectors: Phrases<()>,
    days: Phrases<Day>,
    halves: Phrases<Half>,
    places: Phrases<String>,
    calculator: Calculator,
}

/// A label is at most this many words.
const LABEL_WORDS: usize = 12;

impl SlotReader {
    /// Makes a reader; the error names the clock template that cannot be read.
    pub(super) fn new(w: SlotWords) -> Result<Self, String> {
        let clock = w.clock.into_iter().map(|c| Ok((Template::parse(&c.say)?, c)));
        let weekdays = (1..).zip(w.when.weekdays).flat_map(|(number, names)| {
            let day = Weekday::from_monday_one_offset(number).expect("there are seven");
            names.into_iter().map(move |name| (name, Day::Weekday(day)))
        });
        let days = w.when.days.into_iter().map(|(name, offset)| (name, Day::Offset(offset)));
        Ok(Self {
            numbers: w.numbers.into(),
            time_units: Phrases::new(w.duration.units),
            time_phrases: Phrases::new(w.duration.phrases),
            clock: clock.collect::<Result<_, String>>()?,
            connectors: Phrases::new(w.when.connectors.into_iter().map(|c| (c, ()))),
            days: Phrases::new(days.chain(weekdays).collect::<Vec<_>>()),
            halves: Phrases::new(w.when.halves),
            places: Phrases::new(w.places),
            calculator: Calculator::new(w.operators, &w.units),
        })
    }

    /// What `words`, all of them together, are to `slot`.
    pub(super) fn read(&self, slot: Slot, words: &[Word]) -> Parsed {
        match slot {
            Slot::Duration => self.duration(words),
            Slot::When => self.when(words),
            Slot::Place => self.place(words).map(Value::Place).into(),
            Slot::Day => self.day(words).map(Value::Day).into(),
            Slot::Label => label(words).into(),
            Slot::Text => text(words).into(),
            Slot::Sum => self.calculator.sum(words, &self.numbers),
            Slot::Quantity => self.calculator.quantity(words, &self.numbers),
            Slot::Unit => self.calculator.unit(words).map(Value::Unit).into(),
            Slot::Percent => self.numbers.small(words).map(Value::Percent).into(),
            Slot::Clock => clock_digits(words).into(),
            Slot::Hour => self.small_below(words, 25).map(Value::Hour).into(),
            Slot::Minute => self.small_below(words, 60).map(Value::Minute).into(),
        }
    }

    fn small_below(&self, words: &[Word], limit: u8) -> Option<i8> {
        self.numbers.small(words).filter(|n| *n < limit).map(|n| n as i8)
    }

    fn duration(&self, words: &[Word]) -> Parsed {
        let (mut seconds, mut at, mut last_unit) = (0.0, 0, 0.0);
        while at < words.len() {
            if at > 0 && self.numbers.is_joiner(&words[at]) {
                // "an hour and a half" adds half of the unit before.
                if let Some(n) = self.numbers.read_half(&words[at..]).filter(|n| at + n == words.len()) {
                    seconds += last_unit / 2.0;
                    at += n;
                    continue;
                }
                at += 1;
            }
            let rest = &words[at..];
            if let Some((phrase, n)) = self.time_phrases.at_start(rest) {
                seconds += *phrase as f64;
                at += n;
                continue;
            }
            let Some((count, n)) = self.numbers.read_counted(rest) else {
                let begun = rest.is_empty() || self.time_phrases.goes_on(rest);
                return if begun { Parsed::Beginning } else { Parsed::Nothing };
            };
            let Some((unit, m)) = self.time_units.at_start(&rest[n..]) else {
                let begun = n == rest.len() || self.time_phrases.goes_on(rest);
                return if begun { Parsed::Beginning } else { Parsed::Nothing };
            };
            last_unit = *unit as f64;
            seconds += count * last_unit;
            at += n + m;
        }
        let whole = seconds.round();
        (1.0..=LONGEST_S).contains(&whole).then_some(Value::Seconds(whole as i64)).into()
    }

    fn when(&self, words: &[Word]) -> Parsed {
        let (mut day, mut half, mut rest) = (None, None, words);
        // Half of the day, day and connectors may stand on either side of the time; take them off one by one. Connectors come last
        // and halves first: in "am Morgen" the first word alone is a connector, and the second alone a day.
        loop {
            let before = rest.len();
            rest = peel(rest, &self.halves, &mut half);
            rest = peel(rest, &self.days, &mut day);
            if rest.len() == before {
                rest = peel(rest, &self.connectors, &mut None);
            }
            if rest.len() == before {
                break;
            }
        }
        if rest.is_empty() {
            return Parsed::Beginning;
        }
        let reader = |slot: Slot, words: &[Word]| self.read(slot, words);
        let mut begun = false;
        for (template, how) in &self.clock {
            match template.fit(rest, &reader) {
                Fit::Whole(found) => {
                    if let Some(mut when) = clock_time(how, &found.values) {
                        when.half = half;
                        when.day = day;
                        when.open &= half.is_none();
                        return Parsed::Value(Value::When(when));
                    }
                }
                Fit::Beginning => begun = true,
                Fit::None => {}
            }
        }
        if begun { Parsed::Beginning } else { Parsed::Nothing }
    }

    fn day(&self, words: &[Word]) -> Option<Day> {
        let skip = self.connectors.at_start(words).map_or(0, |(_, n)| n);
        self.days.exactly(words).or_else(|| self.days.exactly(&words[skip..])).copied()
    }

    fn place(&self, words: &[Word]) -> Option<Place> {
        let zone = match self.places.exactly(words) {
            Some(name) => zone::find(name),
            None => zone::find(&joined(words)),
        }?;
        let name = words.iter().map(|w| capitalised(&w.heard)).collect::<Vec<_>>().join(" ");
        Some(Place { name, zone })
    }
}

/// Takes a phrase off the start or the end, unless one was taken before.
fn peel<'w, T: Copy>(words: &'w [Word], phrases: &Phrases<T>, taken: &mut Option<T>) -> &'w [Word] {
    if taken.is_some() {
        return words;
    }
    if let Some((meaning, n)) = phrases.at_start(words) {
        *taken = Some(*meaning);
        return &words[n..];
    }
    if let Some((meaning, n)) = phrases.at_end(words) {
        *taken = Some(*meaning);
        return &words[..words.len() - n];
    }
    words
}

/// Puts hour and minute together; none when they make no time.
fn clock_time(how: &ClockWords, values: &[Value]) -> Option<When> {
    let (mut hour, mut minute, mut exact) = (how.hour, 0, how.hour.is_some());
    for value in values {
        match value {
            Value::Hour(h) => hour = Some(*h),
            Value::Minute(m) => minute = i32::from(*m),
            Value::Clock(h, m, e) => {
                hour = Some(*h);
                minute = i32::from(*m);
                exact = *e;
            }
            _ => {}
        }
    }
    let hour = hour?;
    // Before one o'clock it is twelve, not zero, so that the half of the day stays open.
    let total = i32::from(hour) * 60 + how.offset + if how.before { -minute } else { minute };
    let total = if total < 60 && hour == 1 && !exact { total + 12 * 60 } else { total };
    let total = total.rem_euclid(24 * 60);
    let (hour, minute) = ((total / 60) as i8, (total % 60) as i8);
    Some(When { hour, minute, exact, half: None, day: None, open: how.open })
}

/// A time in digits: "7:30", "7.30", "07:30", "730", "1930".
fn clock_digits(words: &[Word]) -> Option<Value> {
    let [word] = words else { return None };
    let (hour, minute) = match word.key.split_once([':', '.']) {
        Some(parts) => parts,
        None if (3..=4).contains(&word.key.len()) => word.key.split_at_checked(word.key.len() - 2)?,
        None => return None,
    };
    if minute.len() != 2 || !(1..=2).contains(&hour.len()) {
        return None;
    }
    let exact = hour.len() == 2 && hour.starts_with('0');
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..=23).contains(&hour) && (0..=59).contains(&minute)).then_some(Value::Clock(hour, minute, exact))
}

fn text(words: &[Word]) -> Option<Value> {
    Some(Value::Text(words.first()?.place.start..words.last()?.place.end))
}

fn label(words: &[Word]) -> Option<Value> {
    if words.len() > LABEL_WORDS {
        return None;
    }
    Some(Value::Label(words.iter().map(|w| w.heard.as_str()).collect::<Vec<_>>().join(" ")))
}
