//! A time of day as a person says it, and the next moment it stands for.

use jiff::civil::Weekday;
use jiff::{ToSpan, Zoned};

/// A half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Half {
    /// Midnight to noon.
    Am,
    /// Noon to midnight.
    Pm,
    /// From evening over midnight to the morning.
    Night,
}

/// From this hour on it is morning, and no longer night.
const MORNING: i8 = 5;

/// A day as it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// So many days after today.
    Offset(i64),
    /// The next such day; today counts.
    Weekday(Weekday),
}

impl Day {
    /// The date that is meant, with the time of `now`.
    pub(super) fn date(self, now: &Zoned) -> Option<Zoned> {
        let days = match self {
            Day::Offset(days) => days,
            Day::Weekday(weekday) => i64::from(now.weekday().until(weekday)),
        };
        now.checked_add(days.days()).ok()
    }
}

/// A time of day, and what was said to tell which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    /// 0 to 24.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
    /// Whether it can only be meant on the 24-hour clock: "07:30", "noon".
    pub exact: bool,
    /// Morning or evening, when it was said.
    pub half: Option<Half>,
    /// Which day, when it was said.
    pub day: Option<Day>,
    /// Whether minutes may still follow: "at seven".
    pub open: bool,
}

impl When {
    /// The next moment after `now` that fits. Said with no half of the day it is the nearer one; to be woken
    /// (`waking`) is taken to be meant for the morning.
    pub(super) fn next(&self, now: &Zoned, waking: bool) -> Option<Zoned> {
        // The midnight of a night is already the next day's.
        let over = i64::from(self.half == Some(Half::Night) && self.hour == 12 && !self.exact);
        let (from, to) = match self.day {
            None => (0, 1),
            Some(Day::Offset(days)) => (days + over, days + over),
            // The same day of next week when today's time has passed.
            Some(Day::Weekday(weekday)) => {
                let days = i64::from(now.weekday().until(weekday));
                (days + over, if days == 0 { 7 + over } else { days + over })
            }
        };
        let days =
            (from..=to).filter(|day| !matches!(self.day, Some(Day::Weekday(_))) || (day - from) % 7 == 0);
        days.filter_map(|day| now.date().checked_add(day.days()).ok())
            .flat_map(|date| self.hours(waking).into_iter().map(move |hour| date.at(hour, self.minute, 0, 0)))
            .filter_map(|at| at.to_zoned(now.time_zone().clone()).ok())
            .filter(|at| at > now)
            .min()
    }

    /// The hours of the day it may mean, 0 to 23.
    fn hours(&self, waking: bool) -> Vec<i8> {
        let hour = self.hour % 24;
        if self.exact || hour == 0 || hour > 12 {
            return vec![hour];
        }
        let (am, pm) = (hour % 12, hour % 12 + 12);
        match self.half {
            Some(Half::Am) => vec![am],
            Some(Half::Night) if am < MORNING => vec![am],
            Some(Half::Pm | Half::Night) => vec![pm],
            None if waking && (4..=11).contains(&am) => vec![am],
            None => vec![am, pm],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: When = When { hour: 7, minute: 30, exact: false, half: None, day: None, open: false };

    fn next(when: When, waking: bool) -> String {
        // A Sunday, 4:10 in the afternoon.
        let now: Zoned = "2026-03-01T16:10:00[Europe/London]".parse().unwrap();
        when.next(&now, waking).map_or("never".to_owned(), |at| at.strftime("%a %H:%M").to_string())
    }

    #[test]
    fn the_next_moment_that_fits_is_meant() {
        assert_eq!(next(SEVEN, false), "Sun 19:30");
        assert_eq!(next(SEVEN, true), "Mon 07:30");
        assert_eq!(next(When { half: Some(Half::Am), ..SEVEN }, false), "Mon 07:30");
        assert_eq!(next(When { half: Some(Half::Pm), ..SEVEN }, true), "Sun 19:30");
        assert_eq!(next(When { exact: true, ..SEVEN }, false), "Mon 07:30");
        assert_eq!(next(When { day: Some(Day::Offset(1)), ..SEVEN }, false), "Mon 07:30");
        assert_eq!(next(When { day: Some(Day::Weekday(Weekday::Tuesday)), ..SEVEN }, false), "Tue 07:30");
        assert_eq!(next(When { day: Some(Day::Weekday(Weekday::Sunday)), ..SEVEN }, false), "Sun 19:30");
        assert_eq!(next(When { hour: 12, minute: 0, half: Some(Half::Pm), ..SEVEN }, false), "Mon 12:00");
        assert_eq!(next(When { hour: 12, minute: 0, half: Some(Half::Am), ..SEVEN }, false), "Mon 00:00");
        assert_eq!(next(When { hour: 24, minute: 0, ..SEVEN }, false), "Mon 00:00");
        let night = When { half: Some(Half::Night), minute: 0, ..SEVEN };
        let (today, friday) = (Some(Day::Offset(0)), Some(Day::Weekday(Weekday::Friday)));
        assert_eq!(next(night, false), "Sun 19:00");
        assert_eq!(next(When { hour: 12, ..night }, false), "Mon 00:00");
        assert_eq!(next(When { hour: 12, day: today, ..night }, false), "Mon 00:00");
        assert_eq!(next(When { hour: 12, day: friday, ..night }, false), "Sat 00:00");
        assert_eq!(next(When { hour: 3, ..night }, false), "Mon 03:00");
        assert_eq!(next(When { hour: 3, exact: true, day: Some(Day::Offset(0)), ..SEVEN }, false), "never");
    }
}
