//! Remembering what was told, and saying it again.

use jarvis_core::Source;
use jarvis_memory::Fact;
use jiff::Zoned;

use super::action::Action;
use super::answers::Matched;
use super::slots::Value;
use super::{Context, Effect};

/// So many facts are said at once.
const SAID: usize = 5;

/// Carries out a reflex that is about the memory. None when it is nothing for one: what was never told, a model may know.
pub(super) fn answer(matched: &Matched, ctx: &Context) -> Option<(String, Effect, Vec<Source>)> {
    match matched.reflex.action {
        Action::Remember => {
            let (said, effect) = remember(matched, ctx, &text(matched)?);
            Some((said, effect, Vec::new()))
        }
        Action::Recall => {
            let (said, sources) = recall(matched, ctx, &text(matched)?)?;
            Some((said, Effect::None, sources))
        }
        _ => None,
    }
}

fn remember(matched: &Matched, ctx: &Context, text: &str) -> (String, Effect) {
    let now = ctx.now.timestamp();
    let (reply, effect) = match ctx.memory.remember(text, ctx.request, now) {
        // A moment is kept in microseconds.
        Ok(fact) if fact.valid_from.as_microsecond() < now.as_microsecond() => ("known", Effect::None),
        Ok(_) => ("done", Effect::Remembered),
        Err(error) => {
            tracing::warn!(%error, "nothing was remembered");
            ("unsaved", Effect::None)
        }
    };
    (matched.say(reply, &[], &ctx.now), effect)
}

fn recall(matched: &Matched, ctx: &Context, words: &str) -> Option<(String, Vec<Source>)> {
    let facts = ctx.memory.facts(Some(words), false);
    let facts = facts.inspect_err(|error| tracing::warn!(%error, "nothing was recalled")).ok()?;
    let said = match facts.as_slice() {
        [] => return None,
        [fact] => one(matched, fact, &ctx.now),
        facts => {
            let texts: Vec<String> = facts.iter().take(SAID).map(|fact| fact.text.clone()).collect();
            let list = matched.language.speech.list(&texts);
            matched.say("some", &[("list", &list)], &ctx.now)
        }
    };
    let sources = facts.iter().take(SAID).map(|fact| Source::Fact { id: fact.id });
    Some((said, sources.collect()))
}

/// With the day on which it was told.
fn one(matched: &Matched, fact: &Fact, now: &Zoned) -> String {
    let told = fact.valid_from.to_zoned(now.time_zone().clone());
    let reply = if told.date() == now.date() { "today" } else { "one" };
    let date = matched.language.speech.date(&told);
    matched.say(reply, &[("text", &fact.text), ("date", &date)], now)
}

/// The text as it was said, with every sign in it.
fn text(matched: &Matched) -> Option<String> {
    let place = matched.find(|v| if let Value::Text(place) = v { Some(place.clone()) } else { None })?;
    Some(matched.said.chars().skip(place.start).take(place.len()).collect())
}
