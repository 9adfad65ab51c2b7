//! How answers are said: numbers, durations, times and dates in a form that a voice reads right.

use jarvis_core::text::capitalised;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::Deserialize;

use crate::calc::Rounded;
use crate::timers::{Due, Timer, TimerKind};

/// A language's ways of saying things; part of its data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Speech {
    /// The sign within a number, and the word before a negative one.
    decimal: char,
    minus: String,
    /// `{number}` that was rounded.
    about: String,
    /// `{mantissa}` and `{exponent}`.
    power: String,
    /// Between the last two of several.
    and: String,
    /// One of it, and `{count}` of it.
    days: [String; 2],
    hours: [String; 2],
    minutes: [String; 2],
    seconds: [String; 2],
    /// Formats of jiff's strftime; the first on the full hour.
    full_hour: String,
    time: String,
    /// `{weekday}`, `{day}`, `{month}`, `{year}`.
    date: String,
    weekdays: [String; 7],
    months: [String; 12],
    /// The days of a month, first to 31st.
    ordinals: Vec<String>,
    /// `{time}` on another day.
    tomorrow: String,
    on_weekday: String,
    timers: TimerSpeech,
}

/// How timers are named and rung. `{duration}`, `{time}`, `{label}`, `{left}`, `{name}`, `{text}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimerSpeech {
    timer: String,
    timer_labelled: String,
    alarm: String,
    alarm_labelled: String,
    reminder: String,
    has_left: String,
    is_at: String,
    ring_timer: String,
    ring_timer_labelled: String,
    ring_alarm: String,
    ring_alarm_labelled: String,
    ring_reminder: String,
    missed: String,
}

/// `template` with each `{name}` replaced.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = template;
    // One pass, so that what a person said is never taken for a placeholder.
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(values.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value));
        rest = after;
    }
    text + rest
}

/// Whether `template` holds no other placeholders than `names`.
pub(super) fn check_names(template: &str, names: &[&str]) -> Result<(), String> {
    for part in template.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default();
        if !names.contains(&name) {
            return Err(format!("{template:?} can hold {names:?}, not {name:?}"));
        }
    }
    Ok(())
}

impl Speech {
    /// Everything that could go wrong when it is used; the error names it.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.ordinals.len() != 31 {
            return Err("speech.ordinals wants 31 entries".to_owned());
        }
        for format in [&self.full_hour, &self.time] {
            jiff::fmt::strtime::format(format, &Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC))
                .map_err(|e| format!("{format:?} is no time format: {e}"))?;
        }
        let t = &self.timers;
        let counts = [&self.days, &self.hours, &self.minutes, &self.seconds].map(|[_, many]| many);
        let named = [
            &t.timer,
            &t.timer_labelled,
            &t.alarm,
            &t.alarm_labelled,
            &t.reminder,
            &t.ring_timer,
            &t.ring_timer_labelled,
            &t.ring_alarm,
            &t.ring_alarm_labelled,
            &t.ring_reminder,
        ];
        let sentences: [(&[&String], &[&str]); 9] = [
            (&counts, &["count"]),
            (&[&self.about], &["number"]),
            (&[&self.power], &["mantissa", "exponent"]),
            (&[&self.date], &["weekday", "day", "month", "year"]),
            (&[&self.tomorrow, &self.on_weekday], &["time", "weekday"]),
            (&named, &["label", "duration", "time"]),
            (&[&t.has_left], &["name", "left"]),
            (&[&t.is_at], &["name", "time"]),
            (&[&t.missed], &["text"]),
        ];
        sentences.iter().try_for_each(|(texts, names)| texts.iter().try_for_each(|t| check_names(t, names)))
    }

    /// A number for the ear.
    pub(super) fn number(&self, n: &Rounded) -> String {
        let digits = self.digits(&n.digits);
        let text = match n.exponent {
            Some(exponent) => {
                fill(&self.power, &[("mantissa", &digits), ("exponent", &self.digits(&exponent.to_string()))])
            }
            None => digits,
        };
        if n.about { fill(&self.about, &[("number", &text)]) } else { text }
    }

    fn digits(&self, digits: &str) -> String {
        let text = digits.replace('.', &self.decimal.to_string());
        match text.strip_prefix('-') {
            Some(positive) => format!("{} {positive}", self.minus),
            None => text,
        }
    }

    /// "1 hour and 30 minutes".
    pub(super) fn duration(&self, seconds: i64) -> String {
        let units = [(86_400, &self.days), (3600, &self.hours), (60, &self.minutes), (1, &self.seconds)];
        let mut rest = seconds;
        let mut parts = Vec::new();
        for (length, [one, many]) in units {
            let count = rest / length;
            rest %= length;
            if count > 0 {
                let count = count.to_string();
                parts.push(if count == "1" { one.clone() } else { fill(many, &[("count", &count)]) });
            }
        }
        if parts.is_empty() { fill(&self.seconds[1], &[("count", "0")]) } else { self.list(&parts) }
    }

    /// "a, b and c".
    pub(super) fn list(&self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} {} {last}", first.join(", "), self.and),
        }
    }

    /// "4:10 PM".
    pub(super) fn time(&self, at: &Zoned) -> String {
        at.strftime(if at.minute() == 0 { &self.full_hour } else { &self.time }).to_string()
    }

    /// The time, with the day where it is not today.
    pub(super) fn moment(&self, at: &Zoned, now: &Zoned) -> String {
        let template = match at.date() {
            date if date == now.date() => "{time}",
            date if now.date().tomorrow().is_ok_and(|tomorrow| date == tomorrow) => &self.tomorrow,
            _ => &self.on_weekday,
        };
        fill(template, &[("time", &self.time(at)), ("weekday", self.weekday(at))])
    }

    /// "Sunday".
    pub(super) fn weekday(&self, at: &Zoned) -> &str {
        &self.weekdays[usize::from(at.weekday().to_monday_zero_offset() as u8)]
    }

    /// "Sunday, March 1st, 2026".
    pub(super) fn date(&self, at: &Zoned) -> String {
        fill(
            &self.date,
            &[
                ("weekday", self.weekday(at)),
                ("day", &self.ordinals[at.day() as usize - 1]),
                ("month", &self.months[at.month() as usize - 1]),
                ("year", &at.year().to_string()),
            ],
        )
    }

    /// What a timer is called within a sentence: "the pasta timer".
    pub(super) fn timer_name(&self, timer: &Timer, now: &Zoned) -> String {
        let say = &self.timers;
        let template = match (timer.kind, &timer.label) {
            (TimerKind::Timer, None) => &say.timer,
            (TimerKind::Timer, Some(_)) => &say.timer_labelled,
            (TimerKind::Alarm, None) => &say.alarm,
            (TimerKind::Alarm, Some(_)) => &say.alarm_labelled,
            (TimerKind::Reminder, _) => &say.reminder,
        };
        self.fill_timer(template, timer, now)
    }

    /// How a timer stands: "the pasta timer has 3 minutes left".
    pub(super) fn timer_state(&self, timer: &Timer, now: &Zoned) -> String {
        let name = self.timer_name(timer, now);
        match timer.kind {
            TimerKind::Timer => {
                let left = self.duration(timer.left_s(now.timestamp()));
                fill(&self.timers.has_left, &[("name", &name), ("left", &left)])
            }
            TimerKind::Alarm | TimerKind::Reminder => {
                let time = self.moment(&self.local(timer.due, now), now);
                fill(&self.timers.is_at, &[("name", &name), ("time", &time)])
            }
        }
    }

    /// What is said when a timer rings.
    pub(super) fn ring(&self, due: &Due, now: &Zoned) -> String {
        let say = &self.timers;
        let template = match (due.timer.kind, &due.timer.label) {
            (TimerKind::Timer, None) => &say.ring_timer,
            (TimerKind::Timer, Some(_)) => &say.ring_timer_labelled,
            (TimerKind::Alarm, None) => &say.ring_alarm,
            (TimerKind::Alarm, Some(_)) => &say.ring_alarm_labelled,
            (TimerKind::Reminder, _) => &say.ring_reminder,
        };
        let text = self.fill_timer(template, &due.timer, now);
        let text = if due.missed { fill(&say.missed, &[("text", &text)]) } else { text };
        capitalised(&text)
    }

    fn fill_timer(&self, template: &str, timer: &Timer, now: &Zoned) -> String {
        let values = [
            ("label", timer.label.as_deref().unwrap_or_default()),
            ("duration", &self.duration(timer.length_s())),
            ("time", &self.time(&self.local(timer.due, now))),
        ];
        fill(template, &values)
    }

    fn local(&self, at: Timestamp, now: &Zoned) -> Zoned {
        at.to_zoned(now.time_zone().clone())
    }
}
