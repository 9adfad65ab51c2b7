//! Remembering what was told, saying it again, saying where it is from, and forgetting it.

use std::collections::HashSet;

use jarvis_core::Source;
use jarvis_memory::{Fact, Provenance, StoreError, stems};
use jiff::Zoned;

use super::action::Action;
use super::answers::Matched;
use super::slots::Value;
use super::{Context, Effect};

/// By this name the question whether something is to be forgotten is recorded: "yes" and "no" answer that alone.
pub(super) const ASKED: &str = "ask_to_forget";

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
        Action::Forget | Action::ForgetThat => ask_to_forget(matched, ctx, &text(matched)?),
        Action::No => has_asked(ctx).then(|| (matched.say("done", &[], &ctx.now), Effect::None, Vec::new())),
        Action::Source => Some((source(matched, ctx)?, Effect::None, Vec::new())),
        Action::Relation => {
            let (said, sources) = relation(matched, ctx, &text(matched)?)?;
            Some((said, Effect::None, sources))
        }
        _ => None,
    }
}

/// Whether the last answer was the question whether something is to be forgotten.
pub(super) fn has_asked(ctx: &Context) -> bool {
    ctx.last.is_some_and(|last| last.reflex == Some(ASKED))
}

/// Says what would go. What was just said, to ask for it, does not count. None when it is no request to forget: nothing in particular is
/// named ("forget all about it"), or what follows "forget that" was never told ("forget that, what time is it?").
fn ask_to_forget(matched: &Matched, ctx: &Context, words: &str) -> Option<(String, Effect, Vec<Source>)> {
    stems(words).next()?;
    let would = ctx.memory.would_forget(words);
    let would = would.inspect_err(|error| tracing::warn!(%error, "nothing can be forgotten")).ok()?;
    let asking = would.messages.iter().find(|message| Some(message.id) == ctx.request);
    let turn = asking.and_then(|message| message.turn);
    let talked = would.messages.iter().any(|message| message.turn.is_none() || message.turn != turn);
    let passages = would.passages.iter().map(|passage| &passage.name);
    let mut all: Vec<String> =
        would.facts.iter().map(|fact| &fact.text).chain(passages).chain(&would.titles).cloned().collect();
    all.dedup();
    let said = all.iter().take(SAID).cloned().collect::<Vec<_>>();
    let (list, count) = (matched.language.speech.list(&said), all.len().to_string());
    let reply = match all.len() {
        0 if matched.reflex.action == Action::ForgetThat => return None,
        0 if talked => "talk",
        // Nothing is asked: no "yes" means anything.
        0 => return Some((matched.say("none", &[], &ctx.now), Effect::None, Vec::new())),
        1..=SAID => "ask",
        _ => "many",
    };
    Some((matched.say(reply, &[("list", &list), ("count", &count)], &ctx.now), Effect::Asked, Vec::new()))
}

/// Forgets what the person was asked about, and agreed to.
pub(super) fn forget(matched: &Matched, ctx: &Context) -> Option<(String, Effect)> {
    let reply = match ctx.memory.forget(&text(matched)?) {
        Ok(_) => ("done", Effect::MemoryChanged),
        Err(error @ StoreError::CopiesRemain { .. }) => {
            tracing::warn!(%error, "what was forgotten is not gone everywhere");
            ("copies", Effect::MemoryChanged)
        }
        Err(error) => {
            tracing::warn!(%error, "nothing was forgotten");
            ("unsaved", Effect::None)
        }
    };
    Some((matched.say(reply.0, &[], &ctx.now), reply.1))
}

/// Where the last answer was known from; of several sources the first that is still there.
fn source(matched: &Matched, ctx: &Context) -> Option<String> {
    let known = ctx.memory.sources(ctx.last?.sources);
    let known = known.inspect_err(|error| tracing::warn!(%error, "no source was found")).ok()?;
    let one = known.first()?;
    let date = matched.language.speech.date(&one.at.to_zoned(ctx.now.time_zone().clone()));
    Some(match &one.from {
        Provenance::Fact { .. } => matched.say("fact", &[("date", &date)], &ctx.now),
        Provenance::Message { .. } => matched.say("talk", &[("date", &date)], &ctx.now),
        Provenance::Document { name, page: Some(page), .. } => {
            matched.say("page", &[("name", name), ("page", &page.to_string())], &ctx.now)
        }
        Provenance::Document { name, .. } => matched.say("document", &[("name", name)], &ctx.now),
    })
}

fn remember(matched: &Matched, ctx: &Context, text: &str) -> (String, Effect) {
    let now = ctx.now.timestamp();
    let told = ctx.memory.changed_by(text).and_then(|old| match old {
        Some(old) => ctx.memory.supersede(old.id, text, ctx.request, now).map(|_| ("changed", old.text)),
        None => ctx.memory.remember(text, ctx.request, now).map(|fact| {
            // A moment is kept in microseconds.
            let known = fact.valid_from.as_microsecond() < now.as_microsecond();
            (if known { "known" } else { "done" }, String::new())
        }),
    });
    let (reply, old) = told.unwrap_or_else(|error| {
        tracing::warn!(%error, "nothing was remembered");
        ("unsaved", String::new())
    });
    let effect = if matches!(reply, "done" | "changed") { Effect::MemoryChanged } else { Effect::None };
    (matched.say(reply, &[("old", &old)], &ctx.now), effect)
}

fn recall(matched: &Matched, ctx: &Context, words: &str) -> Option<(String, Vec<Source>)> {
    let facts = ctx.memory.facts(Some(words), false);
    let facts = facts.inspect_err(|error| tracing::warn!(%error, "nothing was recalled")).ok()?;
    let said = said(matched, &facts, &ctx.now)?;
    let sources = facts.iter().take(SAID).map(|fact| Source::Fact { id: fact.id });
    Some((said, sources.collect()))
}

/// What the person told of those whom a question names, in their own words. None where it stands in documents: what these say is for
/// a model to read; or when nothing in particular is asked.
fn relation(matched: &Matched, ctx: &Context, question: &str) -> Option<(String, Vec<Source>)> {
    let asked = ctx.memory.ask_graph(question);
    let asked = asked.inspect_err(|error| tracing::warn!(%error, "the graph was not asked")).ok()?;
    let mut sources: Vec<Source> = asked.relations.iter().flat_map(|one| one.sources.clone()).collect();
    let mut seen = HashSet::new();
    sources.retain(|source| seen.insert(*source));
    let told = sources.iter().all(|source| matches!(source, Source::Fact { .. }));
    if asked.everything || !told {
        return None;
    }
    sources.truncate(SAID);
    let facts: Vec<Fact> = sources
        .iter()
        .filter_map(|source| match source {
            Source::Fact { id } => ctx.memory.fact(*id).ok(),
            _ => None,
        })
        .collect();
    Some((said(matched, &facts, &ctx.now)?, sources))
}

/// Facts in the words in which they were told; none when there are none.
fn said(matched: &Matched, facts: &[Fact], now: &Zoned) -> Option<String> {
    Some(match facts {
        [] => return None,
        [fact] => one(matched, fact, now),
        facts => {
            let texts: Vec<String> = facts.iter().take(SAID).map(|fact| fact.text.clone()).collect();
            let list = matched.language.speech.list(&texts);
            matched.say("some", &[("list", &list)], now)
        }
    })
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
