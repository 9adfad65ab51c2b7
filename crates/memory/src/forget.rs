//! Forgetting for good: facts, the messages that tell of them, passages, titles, indexes and the log.

use std::collections::BTreeMap;

use jarvis_core::text::plain_words;
use jarvis_core::{ConversationId, FactId};
use rusqlite::{Connection, OptionalExtension, ToSql, Transaction, params};

use crate::afterwards::{unsum, unsum_with};
use crate::conversations::entitle;
use crate::error::StoreError;
use crate::graph::read_again_without;
use crate::records::{Fact, Forgotten, Passage};
use crate::rows::{self, FACT, PASSAGE};
use crate::search::Search;
use crate::store::Store;

/// A turn of a conversation: the conversation, and the turn's id or that of a message without one.
type Turn = (String, String);

impl Store {
    /// What [`Self::forget`] would remove.
    pub fn would_forget(&self, words: &str) -> Result<Forgotten, StoreError> {
        self.with(|connection| with_words(connection, words))
    }

    /// Removes for good every fact in which all of `words` stand, every turn of a conversation that tells of them, and every
    /// passage of a document: nothing of it is left in the files, unless another program or an export is reading them at this
    /// moment. Vectors follow when the index has caught up.
    pub fn forget(&self, words: &str) -> Result<Forgotten, StoreError> {
        let gone = self.write(|transaction| {
            let gone = with_words(transaction, words)?;
            remove(transaction, &gone)?;
            untitle(transaction, words)?;
            unplace(transaction, words)?;
            read_again_without(transaction, words)?;
            unsum_with(transaction, words)?;
            Ok(gone)
        })?;
        if !gone.is_empty() {
            self.tidy()?;
        }
        Ok(gone)
    }

    /// Removes one fact for good, with what it took the place of, and where they were told.
    pub fn forget_fact(&self, id: FactId) -> Result<Forgotten, StoreError> {
        let gone = self.write(|transaction| {
            let facts = facts(transaction, "f.id = ?1", &[&id.to_string()])?;
            if facts.is_empty() {
                return Err(StoreError::NotFound { what: "fact" });
            }
            let mut turns = told_in(transaction, &facts)?;
            turns.extend(repeated(transaction, &facts)?);
            let messages = messages(transaction, turns)?;
            let gone = Forgotten { facts, messages, ..Forgotten::default() };
            remove(transaction, &gone)?;
            Ok(gone)
        })?;
        self.tidy()?;
        Ok(gone)
    }
}

/// The facts with all of `words`, and those whose place they took; the messages with all of them, and the rest of their
/// turns; the passages.
fn with_words(connection: &Connection, words: &str) -> Result<Forgotten, StoreError> {
    let Some(search) = Search::of(words).map(Search::whole) else { return Ok(Forgotten::default()) };
    let given: [&dyn ToSql; 2] = [&search.words, &search.pieces];
    let facts = facts(connection, &search.condition("fact_words", "f.n", "f.text"), &given)?;
    let said = format!(
        "SELECT DISTINCT m.conversation, coalesce(m.turn, m.id) FROM messages m WHERE ({})
         OR m.id IN (SELECT a.message FROM attachments a WHERE {})",
        search.condition("message_words", "m.n", "m.content"),
        search.condition("attachment_words", "a.n", "a.name")
    );
    let mut turns: Vec<Turn> = connection
        .prepare(&said)?
        .query_map(given, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    // Where it was told, even in other words.
    turns.extend(told_in(connection, &facts)?);
    let (messages, passages) = (messages(connection, turns)?, passages(connection, &search)?);
    Ok(Forgotten { facts, messages, passages, titles: titled(connection, &search)?.into_values().collect() })
}

/// The turns that repeat facts word for word.
fn repeated(connection: &Connection, facts: &[Fact]) -> Result<Vec<Turn>, StoreError> {
    let mut turns = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT conversation, coalesce(turn, id) FROM messages WHERE instr(lower(content), lower(?1)) > 0",
    )?;
    for fact in facts {
        let found = statement.query_map([&fact.text], |row| Ok((row.get(0)?, row.get(1)?)))?;
        turns.extend(found.collect::<Result<Vec<Turn>, _>>()?);
    }
    Ok(turns)
}

/// The facts that `condition` names, and those whose place they took.
fn facts(connection: &Connection, condition: &str, given: &[&dyn ToSql]) -> Result<Vec<Fact>, StoreError> {
    let sql = format!(
        "WITH RECURSIVE told (id) AS (
             SELECT f.id FROM facts f WHERE {condition}
             UNION SELECT f.id FROM facts f JOIN told ON f.superseded_by = told.id)
         {FACT} WHERE f.id IN told ORDER BY f.n"
    );
    let mut statement = connection.prepare(&sql)?;
    statement.query_map(given, rows::fact)?.map(|row| Ok(row?)).collect()
}

/// The turns in which facts were told.
fn told_in(connection: &Connection, facts: &[Fact]) -> Result<Vec<Turn>, StoreError> {
    let mut turns = Vec::new();
    let mut statement =
        connection.prepare_cached(
            "SELECT m.conversation, coalesce(m.turn, m.id) FROM facts f JOIN messages m ON m.id = f.source WHERE f.id = ?1",
        )?;
    for fact in facts {
        let turn = statement.query_row([fact.id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)));
        turns.extend(turn.optional()?);
    }
    Ok(turns)
}

fn messages(connection: &Connection, mut turns: Vec<Turn>) -> Result<Vec<crate::Message>, StoreError> {
    turns.sort();
    turns.dedup();
    let mut messages = Vec::new();
    let mut of_turn =
        connection.prepare(&format!("{} AND coalesce(turn, id) = ?2 ORDER BY seq", rows::MESSAGE))?;
    for (conversation, turn) in turns {
        let found = of_turn.query_map([conversation, turn], rows::message)?;
        messages.extend(found.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(messages)
}

fn remove(transaction: &Transaction<'_>, gone: &Forgotten) -> Result<(), StoreError> {
    for fact in &gone.facts {
        transaction.execute("DELETE FROM facts WHERE id = ?1", [fact.id.to_string()])?;
    }
    for message in &gone.messages {
        let id = message.id.to_string();
        let of = "SELECT conversation FROM messages WHERE id = ?1";
        let of: String = transaction.query_row(of, [&id], |row| row.get(0))?;
        transaction.execute("DELETE FROM messages WHERE id = ?1", [id])?;
        unsum(transaction, &of, message.seq as i64)?;
        entitle(transaction, of.parse().expect("it was an id when it was kept"))?;
    }
    remove_passages(transaction, &gone.passages)
}

/// The passages of documents with all of the words, and of those documents whose name has them.
fn passages(connection: &Connection, search: &Search) -> Result<Vec<Passage>, StoreError> {
    let sql = format!(
        "{PASSAGE} WHERE ({}) OR d.id IN (SELECT p.id FROM documents p WHERE {}) ORDER BY d.n, c.place",
        search.condition("chunk_words", "c.n", "coalesce(c.heading || char(10), '') || c.text"),
        search.condition("document_words", "p.n", "p.name"),
    );
    let mut statement = connection.prepare(&sql)?;
    statement.query_map(params![search.words, search.pieces], rows::passage)?.map(|row| Ok(row?)).collect()
}

/// Removes passages, and documents of which none is left.
fn remove_passages(transaction: &Transaction<'_>, passages: &[Passage]) -> Result<(), StoreError> {
    let mut statement =
        transaction.prepare_cached("DELETE FROM chunks WHERE document = ?1 AND place = ?2")?;
    for passage in passages {
        statement.execute(params![passage.document.to_string(), passage.place])?;
    }
    let empty = "DELETE FROM documents WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE document = documents.id)";
    transaction.execute(empty, [])?;
    Ok(())
}

/// Conversations with titles that a person chose and in which all of the words stand.
fn titled(connection: &Connection, search: &Search) -> Result<BTreeMap<ConversationId, String>, StoreError> {
    let titled = format!(
        "SELECT c.id, c.title FROM conversations c WHERE c.titled AND ({})",
        search.condition("title_words", "c.n", "c.title")
    );
    let mut statement = connection.prepare(&titled)?;
    let found = statement
        .query_map(params![search.words, search.pieces], |row| Ok((rows::text(row, 0)?, row.get(1)?)))?;
    found.map(|row| Ok(row?)).collect()
}

/// Takes away titles that a person chose and in which all of `words` stand.
fn untitle(transaction: &Transaction<'_>, words: &str) -> Result<(), StoreError> {
    let Some(search) = Search::of(words).map(Search::whole) else { return Ok(()) };
    for id in titled(transaction, &search)?.into_keys() {
        transaction.execute("UPDATE conversations SET titled = 0 WHERE id = ?1", [id.to_string()])?;
        entitle(transaction, id)?;
    }
    Ok(())
}

/// Forgets where documents were read from when all of `words` stand in that as whole words ("ann" not in `/home/joanna`): the folder
/// of a person's name says nothing of what is in its documents, which are kept.
fn unplace(transaction: &Transaction<'_>, words: &str) -> Result<(), StoreError> {
    let words = plain_words(words);
    let mut statement = transaction.prepare("SELECT id, path FROM documents")?;
    let places = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    for place in places.collect::<Result<Vec<_>, _>>()? {
        let (id, path) = place;
        let in_path = plain_words(&path);
        if !words.is_empty() && words.iter().all(|word| in_path.contains(word)) {
            transaction.execute("UPDATE documents SET path = hash || '/' || name WHERE id = ?1", [id])?;
        }
    }
    Ok(())
}
