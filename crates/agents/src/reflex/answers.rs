//! What each reflex does once its words were understood.

use jarvis_core::text::capitalised;
use jiff::Zoned;

use super::action::Action;
use super::file::{Language, Reflex};
use super::slots::Value;
use super::speech::fill;
use super::timer_answers;
use super::when::Day;
use super::{Context, Effect, VolumeChange};
use crate::calc;
use crate::machine::Space;

/// A reflex and the values of its slots.
pub(super) struct Matched<'a> {
    pub language: &'a Language,
    pub reflex: &'a Reflex,
    pub values: Vec<Value>,
    /// What was said.
    pub said: &'a str,
}

impl Matched<'_> {
    /// Carries it out. None when it turns out to be nothing for a reflex, such as miles in a kilogram.
    pub(super) fn answer(&self, ctx: &mut Context) -> Option<(String, Effect)> {
        let speech = &self.language.speech;
        let now = ctx.now.clone();
        let silent = |text: String| Some((text, Effect::None));
        let voice =
            |change, values: &[(&str, &str)]| Some((self.say("done", values, &now), Effect::Volume(change)));
        match self.reflex.action {
            Action::Time => silent(self.say("done", &[("time", &speech.time(&now))], &now)),
            Action::TimeInPlace => self.time_in_place(&now).and_then(silent),
            Action::Date => self.date(&now).and_then(silent),
            Action::SetTimer
            | Action::SetAlarm
            | Action::WakeUp
            | Action::Remind
            | Action::List
            | Action::ListAlarms
            | Action::CancelTimer
            | Action::CancelAlarm
            | Action::CancelReminder
            | Action::CancelEvery(_) => timer_answers::answer(self, ctx).and_then(silent),
            Action::Sum => {
                let result = self.find(|v| if let Value::Sum(result) = v { Some(result) } else { None })?;
                let result = speech.number(&calc::round(result)?);
                silent(self.say("done", &[("result", &result)], &now))
            }
            Action::Convert => self.convert(&now).and_then(silent),
            Action::VolumeUp => voice(VolumeChange::Up, &[]),
            Action::VolumeDown => voice(VolumeChange::Down, &[]),
            Action::VolumeSet => {
                let percent = self.find(|v| if let Value::Percent(p) = v { Some(*p) } else { None })?;
                voice(VolumeChange::Set(percent), &[("percent", &percent.to_string())])
            }
            Action::VolumeMax => voice(VolumeChange::Set(100), &[]),
            Action::Unsilence => voice(VolumeChange::Back, &[]),
            Action::Silence => voice(VolumeChange::Set(0), &[]),
            Action::Mute => Some((self.say("done", &[], &now), Effect::Mute)),
            Action::StopEverything => Some((self.say("done", &[], &now), Effect::StopEverything)),
            Action::Stop => Some((String::new(), Effect::Stop)),
            Action::StopRinging => ctx.ringing.then(|| (String::new(), Effect::Stop)),
            Action::Repeat => silent(match &ctx.last {
                Some(last) if !last.answer.trim().is_empty() => last.answer.to_owned(),
                _ => self.say("nothing", &[], &now),
            }),
            // Answered in a room of their own, with what they were known from, or not at all.
            Action::Remember
            | Action::Recall
            | Action::Forget
            | Action::ForgetThat
            | Action::Yes
            | Action::No
            | Action::Source
            | Action::Relation
            | Action::Wish(_) => None,
            Action::Say(_) => silent(self.say("done", &[], &now)),
            Action::Cpu | Action::Memory | Action::Disk | Action::Uptime | Action::Machine => {
                silent(self.machine(ctx))
            }
        }
    }

    /// The reply called `key`, filled. Of several, the clock picks one, so that equal input gives equal output.
    pub(super) fn say(&self, key: &str, values: &[(&str, &str)], now: &Zoned) -> String {
        let replies = self.reflex.replies.get(key).expect("replies are checked when the file is loaded");
        let pick = now.timestamp().as_second().rem_euclid(replies.len() as i64) as usize;
        capitalised(&fill(&replies[pick], values))
    }

    /// The first slot value that `pick` takes.
    pub(super) fn find<'v, T>(&'v self, pick: impl FnMut(&'v Value) -> Option<T>) -> Option<T> {
        self.values.iter().find_map(pick)
    }

    fn time_in_place(&self, now: &Zoned) -> Option<String> {
        let place = self.find(|v| if let Value::Place(place) = v { Some(place) } else { None })?;
        let speech = &self.language.speech;
        let there = now.with_time_zone(place.zone.clone());
        let reply = if there.date() == now.date() { "done" } else { "other_day" };
        let weekday = speech.weekday(&there);
        let values =
            [("time", speech.time(&there)), ("place", place.name.clone()), ("weekday", weekday.to_owned())];
        Some(self.say(reply, &values.each_ref().map(|(k, v)| (*k, v.as_str())), now))
    }

    fn date(&self, now: &Zoned) -> Option<String> {
        let day = self.find(|v| if let Value::Day(day) = v { Some(*day) } else { None });
        let date = day.unwrap_or(Day::Offset(0)).date(now)?;
        let reply = if date.date() == now.date() { "today" } else { "other_day" };
        Some(self.say(reply, &[("date", &self.language.speech.date(&date))], now))
    }

    fn convert(&self, now: &Zoned) -> Option<String> {
        let quantity = self.find(|v| if let Value::Quantity(q) = v { Some(q) } else { None })?;
        let unit =
            self.find(|v| if let Value::Unit(u) = v { Some(&self.language.units[*u]) } else { None })?;
        let result = calc::evaluate(&format!("{quantity} to {}", unit.fend)).ok()?;
        let number = calc::round(&result)?;
        let name = if number.digits == "1" { &unit.one } else { &unit.many };
        Some(self.say("done", &[("result", &self.language.speech.number(&number)), ("unit", name)], now))
    }

    fn machine(&self, ctx: &Context) -> String {
        let status = (ctx.machine)();
        let speech = &self.language.speech;
        let gigabytes = |bytes: u64| {
            let tenths = bytes as f64 / f64::from(1 << 30);
            let rounded = calc::round(&format!("{tenths:.1}")).expect("a decimal number");
            speech.number(&rounded)
        };
        let space = |space: Option<Space>| space.map(|s| (gigabytes(s.free), gigabytes(s.total)));
        let percent = status.cpu_percent.map(|p| p.to_string());
        let values = match self.reflex.action {
            Action::Memory => space(status.memory).map(|(f, t)| vec![("free", f), ("total", t)]),
            Action::Disk => space(status.disk).map(|(f, t)| vec![("free", f), ("total", t)]),
            // Nobody wants the seconds.
            Action::Uptime => {
                let minutes = status.uptime_s.and_then(|s| i64::try_from(s / 60).ok());
                minutes.map(|m| vec![("duration", speech.duration(m * 60))])
            }
            Action::Cpu => percent.map(|p| vec![("percent", p)]),
            _ => percent
                .zip(space(status.memory))
                .map(|(p, (f, t))| vec![("percent", p), ("free", f), ("total", t)]),
        };
        match values {
            Some(values) => {
                let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.say("done", &values, &ctx.now)
            }
            None => self.say("unknown", &[], &ctx.now),
        }
    }
}
