//! What comes to mind at a question: found by its words (BM25) and by its meaning (vectors), the two lists put together by
//! reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009), and what is said twice taken once. A record found by its
//! words counts by the share of the query's words that it has. The numbers were chosen by measuring: see `tests/retrieval`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jarvis_core::{ConversationId, DocumentId, FactId, MessageId, Role, Source};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::index::{Index, IndexError};
use crate::records::ToldIn;
use crate::rows;
use crate::search::{any_of, stems};
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

/// Whether a message tells something: no question, and nothing that a reflex has answered.
macro_rules! worth_finding {
    () => {
        "m.status IN ('complete', 'interrupted') AND m.content <> '' AND CASE m.role
            WHEN 'assistant' THEN m.reflex IS NULL
            WHEN 'user' THEN m.content NOT LIKE '%?' AND NOT EXISTS (SELECT 1 FROM messages a
                WHERE a.conversation = m.conversation AND a.seq = m.seq + 1 AND a.reflex IS NOT NULL)
            ELSE 0 END"
    };
}
/// Kinds of records that are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    /// What Jarvis was told to remember.
    Fact,
    /// What was said in a conversation.
    Message,
    /// A passage of a document that Jarvis has read.
    Document,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fact, Self::Message, Self::Document];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Message => "message",
            Self::Document => "document",
        }
    }

    /// Where they are kept.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Fact => "facts",
            Self::Message => "messages",
            Self::Document => "chunks",
        }
    }

    /// The text of the record `?1` that is worth being found.
    pub(crate) fn text_of(self) -> &'static str {
        match self {
            Self::Fact => "SELECT text FROM facts WHERE n = ?1",
            Self::Message => {
                concat!("SELECT m.content FROM messages m WHERE m.n = ?1 AND ", worth_finding!())
            }
            Self::Document => "SELECT coalesce(heading || char(10), '') || text FROM chunks WHERE n = ?1",
        }
    }
}

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

/// Something that was kept, and where it is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recalled {
    /// What it says.
    pub text: String,
    /// Where that is from.
    pub from: Provenance,
    /// When it was told.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// How well it fits: comparable within one list only.
    pub score: f32,
}

/// A [`Source`], with what a person is told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Provenance {
    /// What Jarvis was told to remember.
    Fact {
        /// The fact.
        id: FactId,
        /// The request that it was told in, where that is kept.
        told_in: Option<ToldIn>,
        /// Until when it held; none while it does.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
        valid_to: Option<Timestamp>,
        /// Whether it is always brought to mind.
        pinned: bool,
    },
    /// What was said in a conversation.
    Message {
        /// The message.
        id: MessageId,
        /// Its conversation.
        conversation: ConversationId,
        /// That one's title.
        title: String,
        /// Who said it.
        role: Role,
    },
    /// A passage of a document.
    Document {
        /// The document.
        id: DocumentId,
        /// The name of its file.
        name: String,
        /// The page that the passage begins on, in a document that has pages.
        page: Option<u32>,
        /// The headings that it stands under.
        heading: Option<String>,
        /// The place of the passage among the document's, counting from 0.
        place: u32,
    },
}

impl Recalled {
    /// Where that is from, by name alone.
    pub fn source(&self) -> Source {
        match self.from {
            Provenance::Fact { id, .. } => Source::Fact { id },
            Provenance::Message { id, conversation, .. } => Source::Message { id, conversation },
            Provenance::Document { id, place, .. } => Source::Document { id, place },
        }
    }
}

impl Store {
    /// What the sources say, as far as they are still there.
    pub fn sources(&self, sources: &[Source]) -> Result<Vec<Recalled>, StoreError> {
        self.with(|connection| {
            let mut found = Vec::with_capacity(sources.len());
            for source in sources {
                let (kind, sql, id, place) = match source {
                    Source::Fact { id } => {
                        (Kind::Fact, "SELECT n FROM facts WHERE id = ?1 AND ?2 IS NULL", id.to_string(), None)
                    }
                    Source::Message { id, .. } => {
                        let sql = "SELECT n FROM messages WHERE id = ?1 AND ?2 IS NULL";
                        (Kind::Message, sql, id.to_string(), None)
                    }
                    Source::Document { id, place } => {
                        let sql = "SELECT n FROM chunks WHERE document = ?1 AND place = ?2";
                        (Kind::Document, sql, id.to_string(), Some(*place))
                    }
                };
                let mut statement = connection.prepare_cached(sql)?;
                let record: Option<i64> =
                    statement.query_row(params![id, place], |row| row.get(0)).optional()?;
                if let Some(record) = record {
                    found.extend(recalled(connection, kind, record, 1.0, true, None)?);
                }
            }
            Ok(found)
        })
    }
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
        if let Some(index) = self.index.clone() {
            std::thread::spawn(move || {
                if let Err(error) = index.rebuild(Box::new(|_| {})) {
                    tracing::warn!(%error, "what finds by meaning could not be made anew");
                }
            });
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
        let count = format!("SELECT coalesce(max(n), 0) FROM {}", kind.table());
        let records: i64 = connection.prepare_cached(&count)?.query_row([], |row| row.get(0))?;
        let rarest = (records as f32 + std::f32::consts::E).ln();
        let mut text_of = connection.prepare_cached(kind.text_of())?;
        for (record, distance) in by_words(connection, kind, query)? {
            let text: Option<String> = text_of.query_row([record], |row| row.get(0)).optional()?;
            let has: HashSet<String> = stems(&text.unwrap_or_default()).collect();
            let share = asked.intersection(&has).count() as f32 / asked.len().max(1) as f32;
            worded.push(Worded { kind, record, fit: -distance / rarest, share });
        }
    }
    worded.sort_by(|a, b| b.fit.total_cmp(&a.fit));
    Ok(worded)
}

/// Words by which somebody asks for what no longer holds, in English and German.
const PAST: [&str; 14] = [
    "used",
    "before",
    "previous",
    "previously",
    "former",
    "formerly",
    "earlier",
    "once",
    "old",
    "früher",
    "vorher",
    "damals",
    "ehemals",
    "alte",
];

/// Whether a question asks for what no longer holds: "what did I use to drink?", "where did I live before?"
pub fn asks_for_past(question: &str) -> bool {
    let words: Vec<String> = question
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|w| !w.is_empty())
        .collect();
    let used_to =
        words.windows(2).any(|pair| pair[0] == "use" && pair[1] == "to") && words.contains(&"did".into());
    used_to || words.iter().any(|word| PAST.contains(&word.as_str()))
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

/// The records with any of the query's words and their distance from it, the nearest first.
fn by_words(connection: &Connection, kind: Kind, query: &Query<'_>) -> Result<Vec<(i64, f32)>, StoreError> {
    let sql = match kind {
        Kind::Fact => {
            "SELECT f.n, bm25(fact_words) FROM fact_words JOIN facts f ON f.n = fact_words.rowid
             WHERE fact_words MATCH ?1 AND (f.valid_to IS NULL OR ?3) ORDER BY bm25(fact_words) LIMIT ?2"
        }
        Kind::Message => concat!(
            "SELECT m.n, bm25(message_words) FROM message_words JOIN messages m ON m.n = message_words.rowid
             WHERE message_words MATCH ?1 AND ?3 IS NOT NULL AND ",
            worth_finding!(),
            " ORDER BY bm25(message_words) LIMIT ?2"
        ),
        Kind::Document => {
            "SELECT rowid, bm25(chunk_words) FROM chunk_words WHERE chunk_words MATCH ?1 AND ?3 IS NOT NULL
             ORDER BY bm25(chunk_words) LIMIT ?2"
        }
    };
    let mut statement = connection.prepare_cached(sql)?;
    let given = params![any_of(query.text), DEPTH as i64, query.past];
    let records = statement.query_map(given, |row| Ok((row.get(0)?, row.get(1)?)))?;
    records.map(|record| Ok(record?)).collect()
}

fn pinned(connection: &Connection, query: &Query<'_>) -> Result<Vec<i64>, StoreError> {
    if !query.pinned || !query.kinds.contains(&Kind::Fact) {
        return Ok(Vec::new());
    }
    let mut statement =
        connection.prepare_cached("SELECT n FROM facts WHERE pinned AND valid_to IS NULL ORDER BY n")?;
    statement.query_map([], |row| row.get(0))?.map(|record| Ok(record?)).collect()
}

/// The record, if it is (still) there and asked for.
fn recalled(
    connection: &Connection,
    kind: Kind,
    record: i64,
    score: f32,
    past: bool,
    not_in: Option<ConversationId>,
) -> Result<Option<Recalled>, StoreError> {
    let not_in = not_in.map(|id| id.to_string());
    let recalled = match kind {
        Kind::Fact => {
            let sql = format!("{} WHERE f.n = ?1 AND (f.valid_to IS NULL OR ?2)", rows::FACT);
            let fact = connection.prepare_cached(&sql)?.query_row(params![record, past], rows::fact);
            fact.optional()?.map(|fact| Recalled {
                text: fact.text,
                from: Provenance::Fact {
                    id: fact.id,
                    told_in: fact.told_in,
                    valid_to: fact.valid_to,
                    pinned: fact.pinned,
                },
                at: fact.valid_from,
                score,
            })
        }
        Kind::Message => {
            let sql = "SELECT m.id, m.conversation, c.title, m.role, m.content, m.created_at FROM messages m
                 JOIN conversations c ON c.id = m.conversation
                 WHERE m.n = ?1 AND c.deleted_at IS NULL AND m.conversation IS NOT ?2";
            let message = connection.prepare_cached(sql)?.query_row(params![record, not_in], |row| {
                Ok(Recalled {
                    text: row.get(4)?,
                    from: Provenance::Message {
                        id: rows::text(row, 0)?,
                        conversation: rows::text(row, 1)?,
                        title: row.get(2)?,
                        role: rows::named(row, 3)?,
                    },
                    at: rows::time(row, 5)?,
                    score,
                })
            });
            message.optional()?
        }
        Kind::Document => {
            let sql = "SELECT d.id, d.name, c.page, c.heading, c.text, d.added_at, c.place FROM chunks c
                       JOIN documents d ON d.id = c.document WHERE c.n = ?1";
            let chunk = connection.prepare_cached(sql)?.query_row([record], |row| {
                Ok(Recalled {
                    text: row.get(4)?,
                    from: Provenance::Document {
                        id: rows::text(row, 0)?,
                        name: row.get(1)?,
                        page: row.get(2)?,
                        heading: row.get(3)?,
                        place: row.get(6)?,
                    },
                    at: rows::time(row, 5)?,
                    score,
                })
            });
            chunk.optional()?
        }
    };
    Ok(recalled)
}
