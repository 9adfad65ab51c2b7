//! What Jarvis was told to remember: kept, found by its words, superseded, and forgotten for good.
//!
//! A fact that another one takes the place of is kept, with the time in which it held; only those that hold are brought to
//! mind. What is forgotten goes from everywhere: facts, the messages that tell of it, titles, indexes and the log.

use std::collections::HashSet;
use std::sync::LazyLock;

use jarvis_core::{ConversationId, FactId, MessageId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use stop_words::Language;

use crate::error::StoreError;
use crate::records::{Fact, Forgotten};
use crate::rows::{self, FACT};
use crate::search::Search;
use crate::store::{Store, entitle, require};

/// Words of a question that count when something is brought to mind.
const WORDS: usize = 64;

impl Store {
    /// Remembers `text`. What is known already, in the same words, is not remembered twice.
    pub fn remember(
        &self,
        text: &str,
        source: Option<MessageId>,
        now: Timestamp,
    ) -> Result<Fact, StoreError> {
        self.write(|transaction| {
            let known = format!("{FACT} WHERE f.valid_to IS NULL AND lower(f.text) = lower(?1)");
            let known = transaction.query_row(&known, [text.trim()], rows::fact).optional()?;
            known.map_or_else(|| add(transaction, text, source, now), Ok)
        })
    }

    /// Remembers `text` in place of `old`, which held until now.
    pub fn supersede(
        &self,
        old: FactId,
        text: &str,
        source: Option<MessageId>,
        now: Timestamp,
    ) -> Result<Fact, StoreError> {
        self.write(|transaction| {
            let new = add(transaction, text, source, now)?;
            let sql = "UPDATE facts SET valid_to = ?2, superseded_by = ?3 WHERE id = ?1 AND valid_to IS NULL";
            let given = params![old.to_string(), now.as_microsecond(), new.id.to_string()];
            there(transaction.execute(sql, given)?)?;
            Ok(new)
        })
    }

    /// Other words for the same fact, as one corrects a slip of the pen.
    pub fn reword(&self, id: FactId, text: &str) -> Result<Fact, StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE facts SET text = ?2 WHERE id = ?1";
            there(transaction.execute(sql, params![id.to_string(), text.trim()])?)?;
            one(transaction, id)
        })
    }

    /// Whether it is always brought to mind.
    pub fn pin(&self, id: FactId, pinned: bool) -> Result<Fact, StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE facts SET pinned = ?2 WHERE id = ?1";
            there(transaction.execute(sql, params![id.to_string(), pinned])?)?;
            one(transaction, id)
        })
    }

    /// The facts that hold, and with `past` those that held, the latest first. With `search` those in which all of its
    /// words stand.
    pub fn facts(&self, search: Option<&str>, past: bool) -> Result<Vec<Fact>, StoreError> {
        let search = search.and_then(Search::of).map(Search::whole);
        let found = search.as_ref().map_or("1".into(), |s| s.condition("fact_words", "f.n", "f.text"));
        let sql = format!(
            "{FACT} WHERE (f.valid_to IS NULL OR ?3) AND {found} ORDER BY f.valid_from DESC, f.n DESC"
        );
        let (words, pieces) = search.map_or((None, "[]".into()), |s| (s.words, s.pieces));
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_map(params![words, pieces, past], rows::fact)?.map(|row| Ok(row?)).collect()
        })
    }

    /// At most `limit` facts that hold and may have to do with `question`: the pinned ones, then those with most of its
    /// words, the rarer the better (BM25). Words that stand in every question ("what", "is", "my") do not count.
    pub fn recall(&self, question: &str, limit: u32) -> Result<Vec<Fact>, StoreError> {
        let sql = format!(
            "WITH found AS (SELECT rowid, bm25(fact_words) AS distance FROM fact_words WHERE fact_words MATCH ?1)
             {FACT} LEFT JOIN found ON found.rowid = f.n
             WHERE f.valid_to IS NULL AND (f.pinned OR found.rowid IS NOT NULL)
             ORDER BY f.pinned DESC, found.distance, f.valid_from DESC LIMIT ?2"
        );
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_map(params![any_of(question), limit], rows::fact)?.map(|row| Ok(row?)).collect()
        })
    }

    /// What [`Self::forget`] would remove.
    pub fn would_forget(&self, words: &str) -> Result<Forgotten, StoreError> {
        self.with(|connection| concerned(connection, words))
    }

    /// Removes for good every fact in which all of `words` stand, and every turn of a conversation that tells of them:
    /// nothing of it is left in the files, unless another program is reading them at this moment.
    pub fn forget(&self, words: &str) -> Result<Forgotten, StoreError> {
        let gone = self.write(|transaction| {
            let gone = concerned(transaction, words)?;
            for fact in &gone.facts {
                transaction.execute("DELETE FROM facts WHERE id = ?1", [fact.id.to_string()])?;
            }
            for message in &gone.messages {
                let id = message.id.to_string();
                let of = "SELECT conversation FROM messages WHERE id = ?1";
                let of: String = transaction.query_row(of, [&id], |row| row.get(0))?;
                transaction.execute("DELETE FROM messages WHERE id = ?1", [id])?;
                entitle(transaction, of.parse().expect("it was an id when it was kept"))?;
            }
            untitle(transaction, words)?;
            Ok(gone)
        })?;
        self.tidy()?;
        Ok(gone)
    }
}

fn there(changed: usize) -> Result<(), StoreError> {
    require("fact", changed)
}

fn one(transaction: &Transaction<'_>, id: FactId) -> Result<Fact, StoreError> {
    Ok(transaction.query_row(&format!("{FACT} WHERE f.id = ?1"), [id.to_string()], rows::fact)?)
}

fn add(
    transaction: &Transaction<'_>,
    text: &str,
    source: Option<MessageId>,
    now: Timestamp,
) -> Result<Fact, StoreError> {
    let id = FactId::new();
    transaction.execute(
        "INSERT INTO facts (id, text, source, valid_from) VALUES (?1, ?2, ?3, ?4)",
        params![id.to_string(), text.trim(), source.map(|s| s.to_string()), now.as_microsecond()],
    )?;
    one(transaction, id)
}

/// The facts with all of `words`, and those whose place they took; the messages with all of them, and the rest of their
/// turns.
fn concerned(connection: &Connection, words: &str) -> Result<Forgotten, StoreError> {
    let Some(search) = Search::of(words).map(Search::whole) else { return Ok(Forgotten::default()) };
    let facts = format!(
        "WITH RECURSIVE told (id) AS (
             SELECT f.id FROM facts f WHERE {}
             UNION SELECT f.id FROM facts f JOIN told ON f.superseded_by = told.id)
         {FACT} WHERE f.id IN told ORDER BY f.n",
        search.condition("fact_words", "f.n", "f.text")
    );
    let said = format!(
        "SELECT DISTINCT conversation, coalesce(turn, id) FROM messages m WHERE {}",
        search.condition("message_words", "m.n", "m.content")
    );
    let given = params![search.words, search.pieces];
    let facts: Vec<Fact> =
        connection.prepare(&facts)?.query_map(given, rows::fact)?.collect::<Result<_, _>>()?;
    let mut turns: Vec<(String, String)> = connection
        .prepare(&said)?
        .query_map(given, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    // Where it was told, even in other words.
    for source in facts.iter().filter_map(|fact| fact.source) {
        let of = "SELECT conversation, coalesce(turn, id) FROM messages WHERE id = ?1";
        turns.extend(
            connection
                .query_row(of, [source.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?,
        );
    }
    turns.sort();
    turns.dedup();
    let mut messages = Vec::new();
    let mut of_turn =
        connection.prepare(&format!("{} AND coalesce(turn, id) = ?2 ORDER BY seq", rows::MESSAGE))?;
    for (conversation, turn) in turns {
        let found = of_turn.query_map([conversation, turn], rows::message)?;
        messages.extend(found.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(Forgotten { facts, messages })
}

/// Takes away titles that a person chose and in which all of `words` stand.
fn untitle(transaction: &Transaction<'_>, words: &str) -> Result<(), StoreError> {
    let Some(search) = Search::of(words).map(Search::whole) else { return Ok(()) };
    let titled = format!(
        "SELECT c.id FROM conversations c WHERE {}",
        search.condition("title_words", "c.n", "c.title")
    );
    let titled: Vec<ConversationId> = transaction
        .prepare(&titled)?
        .query_map(params![search.words, search.pieces], |row| rows::text(row, 0))?
        .collect::<Result<_, _>>()?;
    for id in titled {
        transaction.execute("UPDATE conversations SET titled = 0 WHERE id = ?1", [id.to_string()])?;
        entitle(transaction, id)?;
    }
    Ok(())
}

/// Words that say nothing of what a question is about, in the languages that Jarvis has reflexes for.
static STOP_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    [Language::English, Language::German].into_iter().flat_map(stop_words::get).copied().collect()
});

/// For the index: any of the words that say something. A text without such words asks for one that nothing has.
fn any_of(question: &str) -> String {
    let words = question.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let words = words
        .filter(|word| !word.is_empty() && !STOP_WORDS.contains(word.to_lowercase().as_str()))
        .take(WORDS);
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    if words.is_empty() { "\"\"".into() } else { words.join(" OR ") }
}
