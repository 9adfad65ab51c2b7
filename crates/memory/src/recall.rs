//! What comes to mind at a question: found by its words (BM25) and by its meaning (vectors), the two lists put together by
//! reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009), and what is said twice taken once. A record found by its
//! words counts by the share of the query's words that it has. The numbers were chosen by measuring: see `tests/retrieval`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jarvis_core::{ConversationId, MessageId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::by_words::by_words;
use crate::error::StoreError;
use crate::index::{Index, IndexError};
use crate::kind::Kind;
use crate::provenance::{Provenance, Recalled, recalled};
use crate::search::stems;
use crate::store::Store;

/// Of each list so many count.
const DEPTH: usize = 50;
/// The constant of the fusion: how much less the second of a list counts than the first.
const K: f32 = 10.0;
/// A record that has all words of the query counts so much more than one that means the same.
const WORDS: f32 = 2.0;
/// Texts whose vectors' cosine is less have nothing to do with one another.
const ALIKE: f32 = 0.25;
/// What was told today counts so much more than what was told long ago, where all else is equal.
const FRESH: f32 = 0.1;
/// After so many days half of that is gone.
const HALF_LIFE_DAYS: f32 = 90.0;
/// Characters of a token, in the mean of European languages.
const TOKEN: usize = 4;

/// How things are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum By {
    /// By words and by meaning.
    #[default]
    Both,
    /// By their words alone.
    Words,
    /// By their meaning alone.
    Meaning,
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct Query<'q> {
    /// A question, or some words.
    pub text: &'q str,
    /// Of these kinds.
    pub kinds: &'q [Kind],
    /// How.
    pub by: By,
    /// So many at most.
    pub limit: usize,
    /// And so many tokens of text at most, by estimate.
    pub tokens: usize,
    /// Whether facts that no longer hold are found too.
    pub past: bool,
    /// Whether pinned facts come before all others, whatever the question is.
    pub pinned: bool,
    /// A conversation that is at hand anyway.
    pub not_in: Option<ConversationId>,
    /// The moment of asking.
    pub now: Timestamp,
}

/// See the module.
pub struct Recall {
    store: Arc<Store>,
    index: Option<Index>,
}

impl Recall {
    /// Over `store`; without an index by words alone.
    pub fn new(store: Arc<Store>, index: Option<Index>) -> Self {
        Self { store, index }
    }

    /// What is kept.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// What finds by meaning, where there is that.
    pub fn index(&self) -> Option<&Index> {
        self.index.as_ref()
    }

    /// Something changed: what finds by meaning is brought in line in the background.
    pub fn catch_up(&self) {
        if let Some(index) = &self.index {
            index.catch_up();
        }
    }

    /// Makes what finds by meaning anew, in the background.
    pub fn rebuild(&self) {
        if let Some(index) = &self.index {
            index.rebuild_in_background();
        }
    }

    /// What has to do with the query, the best first; facts that are pinned before all others. Where meanings cannot be
    /// compared, words must do.
    pub fn find(&self, query: &Query<'_>) -> Result<Vec<Recalled>, StoreError> {
        let near = match (&self.index, query.by) {
            (_, By::Words) | (None, _) => Vec::new(),
            (Some(index), _) => {
                let kinds = query.kinds.iter().map(|&kind| (kind, DEPTH)).collect();
                let near = index.nearest(query.text, kinds);
                near.unwrap_or_else(|error: IndexError| {
                    tracing::warn!(%error, "nothing was found by its meaning");
                    Vec::new()
                })
            }
        };
        self.store.with(|connection| {
            let mut scores: HashMap<(Kind, i64), f32> = HashMap::new();
            let at_rank = |rank: usize| 1.0 / (K + 1.0 + rank as f32);
            let near = near.into_iter().filter(|(.., cosine)| *cosine >= ALIKE);
            for (rank, (kind, record, _)) in near.enumerate() {
                scores.insert((kind, record), at_rank(rank));
            }
            if query.by != By::Meaning {
                for (rank, Worded { kind, record, share, .. }) in
                    worded(connection, query)?.into_iter().enumerate()
                {
                    *scores.entry((kind, record)).or_default() += WORDS * share * at_rank(rank);
                }
            }
            for record in pinned(connection, query)? {
                scores.entry((Kind::Fact, record)).or_default();
            }
            let mut found = Vec::with_capacity(scores.len());
            for ((kind, record), score) in scores {
                found.extend(recalled(connection, kind, record, score, query.past, query.not_in)?);
            }
            Ok(best(found, query))
        })
    }
}

/// A record that has words of the query.
struct Worded {
    kind: Kind,
    record: i64,
    /// How well they fit, the rarer the better (BM25).
    fit: f32,
    /// The share of the query's words that it has: a long question has one in common with almost anything.
    share: f32,
}

/// The records with words of the query, the best first.
fn worded(connection: &Connection, query: &Query<'_>) -> Result<Vec<Worded>, StoreError> {
    let asked: HashSet<String> = stems(query.text).collect();
    let mut worded = Vec::new();
    for &kind in query.kinds {
        // How rare a word can be at most, and with it how well a record can fit, grows with the number of records.
        let rarest = (kind.last(connection)? as f32 + std::f32::consts::E).ln();
        let mut text_of = connection.prepare_cached(kind.text_of())?;
        for (record, distance) in by_words(connection, kind, query.text, query.past, DEPTH)? {
            let text: Option<String> = text_of.query_row([record], |row| row.get(0)).optional()?;
            let has: HashSet<String> = stems(&text.unwrap_or_default()).collect();
            let share = asked.intersection(&has).count() as f32 / asked.len().max(1) as f32;
            worded.push(Worded { kind, record, fit: -distance / rarest, share });
        }
    }
    worded.sort_by(|a, b| b.fit.total_cmp(&a.fit));
    Ok(worded)
}

/// Puts them in order, takes what is said twice once, and keeps to the bounds.
fn best(mut found: Vec<Recalled>, query: &Query<'_>) -> Vec<Recalled> {
    for one in &mut found {
        let days = query.now.duration_since(one.at).as_secs_f32().max(0.0) / 86_400.0;
        one.score *= 1.0 + FRESH * (-days / HALF_LIFE_DAYS).exp2();
    }
    let pinned = |one: &Recalled| query.pinned && matches!(one.from, Provenance::Fact { pinned: true, .. });
    found.sort_by(|a, b| {
        let order = pinned(b).cmp(&pinned(a)).then(b.score.total_cmp(&a.score));
        // The same question has the same answer.
        order.then_with(|| b.at.cmp(&a.at)).then_with(|| a.text.cmp(&b.text))
    });
    let told_in: Vec<MessageId> = found
        .iter()
        .filter_map(|one| match &one.from {
            Provenance::Fact { told_in: Some(told), .. } => Some(told.message),
            _ => None,
        })
        .collect();
    let mut best: Vec<Recalled> = Vec::new();
    let mut tokens = 0;
    for one in found {
        let told_again = match &one.from {
            Provenance::Message { id, .. } => told_in.contains(id),
            Provenance::Fact { .. } | Provenance::Document { .. } => false,
        };
        let same = |other: &Recalled| plain(&other.text) == plain(&one.text);
        if best.len() == query.limit {
            break;
        }
        // What is too long leaves its room to what comes behind it.
        let needed = one.text.len() / TOKEN + 1;
        if tokens + needed <= query.tokens && !told_again && !best.iter().any(same) {
            tokens += needed;
            best.push(one);
        }
    }
    best
}

/// Without what makes no difference.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn pinned(connection: &Connection, query: &Query<'_>) -> Result<Vec<i64>, StoreError> {
    if !query.pinned || !query.kinds.contains(&Kind::Fact) {
        return Ok(Vec::new());
    }
    let mut statement =
        connection.prepare_cached("SELECT n FROM facts WHERE pinned AND valid_to IS NULL ORDER BY n")?;
    statement.query_map([], |row| row.get(0))?.map(|record| Ok(record?)).collect()
}
