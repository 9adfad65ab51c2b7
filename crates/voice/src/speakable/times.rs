//! Times of day.

use super::here::{Here, Said};
use super::language::Language;

/// "16:05", "4:10 PM", "7am", "16:05 Uhr", and ranges of them.
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    if let Some((from, to)) = core.split_once(['-', '–'])
        && let (Some(from), Some(to)) = (clock(from), clock(to))
    {
        let joint = here.language.pick("to", "bis");
        let said = format!("{} {joint} {}", spoken(from, here.language), spoken(to, here.language));
        let hours =
            here.language == Language::German && here.next_close().is_some_and(|next| next.core == "Uhr");
        return Some(Said::several(said, 1 + usize::from(hours)));
    }
    match here.language {
        Language::German => german(here),
        _ => english(here),
    }
}

fn english(here: &Here) -> Option<Said> {
    let core = here.core();
    let lower = core.to_lowercase();
    if let Some(attached) = ["am", "pm", "a.m", "p.m"].iter().find_map(|half| lower.strip_suffix(half)) {
        let attached = attached.replace('.', ":");
        let time = clock(&attached).or_else(|| hour(&attached).map(|hour| (hour, "00")))?;
        let dot = core.contains("m") && core.ends_with('m') && lower.ends_with(".m");
        return Some(Said::one(with_half(time, &lower)).with_dot(dot && here.token().dotted()));
    }
    let next = here.next_close();
    let half = next.filter(|next| matches!(next.core.to_lowercase().as_str(), "am" | "pm" | "a.m" | "p.m"));
    if let Some(half) = half {
        let written = core.replace('.', ":");
        let time = clock(&written).or_else(|| hour(core).map(|hour| (hour, "00")));
        if let Some(time) = time {
            let dot = half.core.contains('.') && half.dotted();
            return Some(Said::several(with_half(time, &half.core.to_lowercase()), 2).with_dot(dot));
        }
    }
    clock(core).map(|time| Said::one(spoken(time, here.language)))
}

fn german(here: &Here) -> Option<Said> {
    let core = here.core();
    let next = here.next_close().is_some_and(|next| next.core == "Uhr");
    let written = if next { core.replace('.', ":") } else { core.to_string() };
    let time = clock(&written)?;
    Some(Said::several(spoken(time, Language::German), 1 + usize::from(next)))
}

fn hour(text: &str) -> Option<&str> {
    text.parse::<u8>().is_ok_and(|hour| (1..=12).contains(&hour)).then_some(text)
}

/// Hour and minutes of "7:05".
fn clock(text: &str) -> Option<(&str, &str)> {
    let (hour, minutes) = text.split_once(':')?;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let valid = digits(hour)
        && digits(minutes)
        && minutes.len() == 2
        && hour.parse::<u8>().is_ok_and(|h| h < 24)
        && minutes.parse::<u8>().is_ok_and(|m| m < 60);
    valid.then_some((hour, minutes))
}

fn with_half((hour, minutes): (&str, &str), half: &str) -> String {
    let half = if half.contains('p') { "PM" } else { "AM" };
    match minutes {
        "00" => format!("{} {half}", bare(hour)),
        _ => format!("{} {half}", spoken((hour, minutes), Language::British)),
    }
}

fn bare(hour: &str) -> &str {
    match hour.trim_start_matches('0') {
        "" => "0",
        hour => hour,
    }
}

fn spoken((hour, minutes): (&str, &str), language: Language) -> String {
    let hour = bare(hour);
    if language == Language::German {
        return match bare(minutes) {
            "0" => format!("{hour} Uhr"),
            minutes => format!("{hour} Uhr {minutes}"),
        };
    }
    match (hour, minutes.strip_prefix('0')) {
        ("0", Some("0")) => "midnight".into(),
        (_, Some("0")) => format!("{hour} o'clock"),
        (_, Some(minute)) => format!("{hour} oh {minute}"),
        (_, None) => format!("{hour} {minutes}"),
    }
}
