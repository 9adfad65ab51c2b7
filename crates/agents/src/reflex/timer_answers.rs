//! Setting, listing and cancelling timers, alarms and reminders by voice.

use jiff::ToSpan;

use super::Context;
use super::action::Action;
use super::answers::Matched;
use super::slots::Value;
use super::words::key;
use crate::timers::{Timer, TimerKind};

/// Carries out a reflex that is about timers.
pub(super) fn answer(matched: &Matched, ctx: &mut Context) -> Option<String> {
    match matched.reflex.action {
        Action::SetTimer => set_timer(matched, ctx),
        Action::SetAlarm | Action::WakeUp | Action::Remind => set_alarm(matched, ctx),
        Action::List | Action::ListAlarms => Some(list(matched, ctx)),
        Action::CancelEvery(kinds) => Some(cancel_every(matched, kinds, ctx)),
        _ => Some(cancel(matched, ctx)),
    }
}

fn set_timer(matched: &Matched, ctx: &mut Context) -> Option<String> {
    let (label, seconds) = (label(matched), seconds(matched)?);
    let now = ctx.now.timestamp();
    let due = now.checked_add(seconds.seconds()).ok()?;
    let (_, saved) = ctx.timers.set(TimerKind::Timer, label.clone(), Some(&matched.language.code), due, now);
    let duration = matched.language.speech.duration(seconds);
    let values = [("duration", duration.as_str()), ("label", label.as_deref().unwrap_or_default())];
    let reply = match (saved, &label) {
        (Err(_), _) => "unsaved",
        (Ok(()), Some(_)) => "labelled",
        (Ok(()), None) => "done",
    };
    Some(matched.say(reply, &values, &ctx.now))
}

/// An alarm, or a reminder, at a time of day or after a while.
fn set_alarm(matched: &Matched, ctx: &mut Context) -> Option<String> {
    let label = label(matched);
    let now = ctx.now.clone();
    let due = match (seconds(matched), matched.find(|v| if let Value::When(w) = v { Some(w) } else { None }))
    {
        (Some(seconds), _) => now.checked_add(seconds.seconds()).ok()?,
        (None, Some(when)) => when.next(&now, matched.reflex.action == Action::WakeUp)?,
        (None, None) => return None,
    };
    let kind = if matched.reflex.action == Action::Remind { TimerKind::Reminder } else { TimerKind::Alarm };
    let (_, saved) =
        ctx.timers.set(kind, label.clone(), Some(&matched.language.code), due.timestamp(), now.timestamp());
    let time = matched.language.speech.moment(&due, &now);
    let reply = if saved.is_ok() { "done" } else { "unsaved" };
    Some(matched.say(reply, &[("time", &time), ("label", label.as_deref().unwrap_or_default())], &now))
}

fn list(matched: &Matched, ctx: &Context) -> String {
    let speech = &matched.language.speech;
    let alarms = matched.reflex.action == Action::ListAlarms;
    let all: Vec<&Timer> =
        ctx.timers.list().iter().filter(|t| !alarms || t.kind == TimerKind::Alarm).collect();
    let asked = Asked::from(matched);
    let meant: Vec<String> =
        all.iter().filter(|t| asked.means(t)).map(|t| speech.timer_state(t, &ctx.now)).collect();
    match (meant.as_slice(), asked.name(matched)) {
        ([], Some(label)) if !all.is_empty() => matched.say("unknown", &[("label", &label)], &ctx.now),
        ([], _) => matched.say("none", &[], &ctx.now),
        (meant, _) => matched.say("some", &[("list", &speech.list(meant))], &ctx.now),
    }
}

/// Cancels the one that is meant; asks back when several could be.
fn cancel(matched: &Matched, ctx: &mut Context) -> String {
    let speech = &matched.language.speech;
    let now = ctx.now.clone();
    let kind = match matched.reflex.action {
        Action::CancelAlarm => TimerKind::Alarm,
        Action::CancelReminder => TimerKind::Reminder,
        _ => TimerKind::Timer,
    };
    let all: Vec<&Timer> = ctx.timers.list().iter().filter(|t| t.kind == kind).collect();
    let asked = Asked::from(matched);
    let meant: Vec<&Timer> = all.iter().copied().filter(|t| asked.means(t)).collect();
    match (meant.as_slice(), asked.name(matched)) {
        ([], Some(label)) if !all.is_empty() => matched.say("unknown", &[("label", &label)], &now),
        ([], _) => matched.say("none", &[], &now),
        ([one], _) => {
            let (id, name) = (one.id, speech.timer_name(one, &now));
            let (_, saved) = ctx.timers.cancel(|t| t.id == id);
            matched.say(if saved.is_ok() { "done" } else { "unsaved" }, &[("name", &name)], &now)
        }
        (several, _) => {
            let names: Vec<String> = several.iter().map(|t| speech.timer_name(t, &now)).collect();
            matched.say("which", &[("list", &speech.list(&names))], &now)
        }
    }
}

/// Cancels all of some kinds, and says which those were.
fn cancel_every(matched: &Matched, kinds: &[TimerKind], ctx: &mut Context) -> String {
    let speech = &matched.language.speech;
    let (gone, saved) = ctx.timers.cancel(|timer| kinds.contains(&timer.kind));
    let names: Vec<String> = gone.iter().map(|timer| speech.timer_name(timer, &ctx.now)).collect();
    let reply = match (gone.is_empty(), saved) {
        (true, _) => "none",
        (false, Ok(())) => "done",
        (false, Err(_)) => "unsaved",
    };
    matched.say(reply, &[("list", &speech.list(&names))], &ctx.now)
}

/// What was said to tell one timer from the others.
struct Asked {
    label: Option<String>,
    seconds: Option<i64>,
}

impl Asked {
    fn from(matched: &Matched) -> Self {
        Self { label: label(matched), seconds: seconds(matched) }
    }

    fn means(&self, timer: &Timer) -> bool {
        let label =
            self.label.as_ref().is_none_or(|l| timer.label.as_ref().is_some_and(|t| key(t) == key(l)));
        label && self.seconds.is_none_or(|s| timer.length_s() == s)
    }

    fn name(&self, matched: &Matched) -> Option<String> {
        self.label.clone().or_else(|| self.seconds.map(|s| matched.language.speech.duration(s)))
    }
}

fn label(matched: &Matched) -> Option<String> {
    matched.find(|v| if let Value::Label(label) = v { Some(label.clone()) } else { None })
}

fn seconds(matched: &Matched) -> Option<i64> {
    matched.find(|v| if let Value::Seconds(s) = v { Some(*s) } else { None })
}
