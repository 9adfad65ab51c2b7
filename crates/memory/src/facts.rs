//! What Jarvis was told to remember: kept, listed, superseded.
//!
//! A fact that another one takes the place of is kept, with the time in which it held; only those that hold are brought to
//! mind, unless somebody asks for the past.

use std::collections::HashSet;

use jarvis_core::{FactId, MessageId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::cues::says_changed;
use crate::error::StoreError;
use crate::graph::{contradicted, relate_fact};
use crate::records::Fact;
use crate::rows::{self, FACT};
use crate::search::{Search, any_of, stems};
use crate::store::{Store, require};

/// Two facts are about the same matter when the later has so much of the earlier one's words.
const SAME_MATTER: f32 = 0.5;

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
            end(transaction, old, new.id, now)?;
            Ok(new)
        })
    }

    /// The fact that `text` takes the place of: because both cannot hold ("Anna lives in Kiel"), or because it says that something
    /// has changed ("the key is now under the mat"). Then it is the one that holds and has most of its words in common with it, the
    /// latest of several.
    pub fn changed_by(&self, text: &str) -> Result<Option<Fact>, StoreError> {
        self.with(|connection| changed_by(connection, text))
    }

    /// Other words for the same fact, as one corrects a slip of the pen.
    pub fn reword(&self, id: FactId, text: &str) -> Result<Fact, StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE facts SET text = ?2 WHERE id = ?1";
            there(transaction.execute(sql, params![id.to_string(), text.trim()])?)?;
            let n = "SELECT n FROM facts WHERE id = ?1";
            relate_fact(transaction, transaction.query_row(n, [id.to_string()], |row| row.get(0))?, text)?;
            one(transaction, id)
        })
    }

    /// One fact.
    pub fn fact(&self, id: FactId) -> Result<Fact, StoreError> {
        let sql = format!("{FACT} WHERE f.id = ?1");
        let found = self.with(|c| Ok(c.query_row(&sql, [id.to_string()], rows::fact).optional()?))?;
        found.ok_or(StoreError::NotFound { what: "fact" })
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
}

/// See [`Store::changed_by`].
pub(crate) fn changed_by(connection: &Connection, text: &str) -> Result<Option<Fact>, StoreError> {
    let contradicted = contradicted(connection, text)?;
    if contradicted.is_some() || !says_changed(text) {
        return Ok(contradicted);
    }
    let said: HashSet<String> = stems(text).collect();
    let sql = format!(
        "{FACT} WHERE f.valid_to IS NULL AND f.n IN (SELECT rowid FROM fact_words WHERE fact_words MATCH ?1)
         ORDER BY f.n"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found: Vec<Fact> = statement.query_map([any_of(text)], rows::fact)?.collect::<Result<_, _>>()?;
    let shared = |fact: &Fact| {
        let old: HashSet<String> = stems(&fact.text).collect();
        old.intersection(&said).count() as f32 / old.len().max(1) as f32
    };
    let alike =
        found.into_iter().map(|fact| (shared(&fact), fact)).filter(|(share, _)| *share >= SAME_MATTER);
    Ok(alike.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, fact)| fact))
}

/// Whether a fact that holds says all that `text` does.
pub(crate) fn says_it_all(connection: &Connection, text: &str) -> Result<bool, StoreError> {
    let said: HashSet<String> = stems(text).collect();
    let sql = "SELECT text FROM facts WHERE valid_to IS NULL
               AND n IN (SELECT rowid FROM fact_words WHERE fact_words MATCH ?1)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([any_of(text)])?;
    while let Some(row) = found.next()? {
        let known: HashSet<String> = stems(&row.get::<_, String>(0)?).collect();
        if said.is_subset(&known) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `old` held until now, when `new` took its place.
pub(crate) fn end(
    transaction: &Transaction<'_>,
    old: FactId,
    new: FactId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE facts SET valid_to = ?2, superseded_by = ?3 WHERE id = ?1 AND valid_to IS NULL";
    there(transaction.execute(sql, params![old.to_string(), now.as_microsecond(), new.to_string()])?)
}

fn there(changed: usize) -> Result<(), StoreError> {
    require("fact", changed)
}

fn one(transaction: &Transaction<'_>, id: FactId) -> Result<Fact, StoreError> {
    Ok(transaction.query_row(&format!("{FACT} WHERE f.id = ?1"), [id.to_string()], rows::fact)?)
}

pub(crate) fn add(
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
    relate_fact(transaction, transaction.last_insert_rowid(), text)?;
    one(transaction, id)
}
