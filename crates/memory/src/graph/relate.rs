//! Keeping what is read: the relations that facts and passages tell of.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::entities::{EntityKind, find, find_or_add, merge, nameless};
use super::inference::is_one_at_a_time;
use super::language::rules;
use super::phrase::{Mention, key};
use super::reader::{Statement, Voice, read};
use crate::error::StoreError;
use crate::records::Fact;
use crate::rows::{self, FACT};

/// What tells of a relation: the number of a fact or of a passage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Teller {
    Fact(i64),
    Chunk(i64),
}

impl Teller {
    fn columns(self) -> [Option<i64>; 2] {
        match self {
            Self::Fact(n) => [Some(n), None],
            Self::Chunk(n) => [None, Some(n)],
        }
    }
}

/// Keeps what the fact with the number `n` says, in the place of what it said before.
pub(crate) fn relate_fact(transaction: &Transaction<'_>, n: i64, text: &str) -> Result<(), StoreError> {
    relate(transaction, Teller::Fact(n), text, Voice::Person)
}

/// The same for the passage with the number `n`.
pub(crate) fn relate_chunk(transaction: &Transaction<'_>, n: i64, text: &str) -> Result<(), StoreError> {
    relate(transaction, Teller::Chunk(n), text, Voice::Document)
}

/// The same for all passages of a document.
pub(crate) fn relate_chunks(transaction: &Transaction<'_>, document: &str) -> Result<(), StoreError> {
    let sql = "SELECT n, text FROM chunks WHERE document = ?1 ORDER BY n";
    for (n, text) in texts(transaction, sql, &[&document])? {
        relate_chunk(transaction, n, &text)?;
    }
    Ok(())
}

fn texts(
    connection: &Connection,
    sql: &str,
    given: &[&dyn rusqlite::ToSql],
) -> Result<Vec<(i64, String)>, StoreError> {
    let mut statement = connection.prepare(sql)?;
    statement.query_map(given, |row| Ok((row.get(0)?, row.get(1)?)))?.map(|row| Ok(row?)).collect()
}

fn relate(transaction: &Transaction<'_>, teller: Teller, text: &str, voice: Voice) -> Result<(), StoreError> {
    // What was read before goes last: whoever is still spoken of keeps the names that a person gave them.
    let [fact, chunk] = teller.columns();
    let last: i64 =
        transaction.query_row("SELECT coalesce(max(n), 0) FROM relations", [], |row| row.get(0))?;
    for Statement { subject, relation, object, kinds } in read(text, voice) {
        let object = mentioned(transaction, &object, kinds[1], teller)?;
        let subject = mentioned(transaction, &subject, kinds[0], teller)?;
        keep(transaction, subject, &relation, object, teller)?;
        if let Some(role) = relation.strip_suffix("_of") {
            name_the_nameless(transaction, subject, role, object)?;
        }
    }
    let sql = "DELETE FROM relations WHERE n <= ?1 AND (fact IS ?2 AND chunk IS ?3)";
    transaction.prepare_cached(sql)?.execute(params![last, fact, chunk])?;
    Ok(())
}

/// The entity that is mentioned, and what the mention itself tells: "my sister Anna" is a sister.
fn mentioned(
    transaction: &Transaction<'_>,
    mention: &Mention,
    kind: EntityKind,
    teller: Teller,
) -> Result<i64, StoreError> {
    let n = find_or_add(transaction, mention, kind)?;
    if let Mention::Role { owner, role, .. } = mention {
        let owner = mentioned(transaction, owner, EntityKind::Person, teller)?;
        keep(transaction, n, &format!("{role}_of"), owner, teller)?;
        name_the_nameless(transaction, n, role, owner)?;
    }
    Ok(n)
}

fn keep(
    transaction: &Transaction<'_>,
    subject: i64,
    relation: &str,
    object: i64,
    teller: Teller,
) -> Result<(), StoreError> {
    let [fact, chunk] = teller.columns();
    let sql = "INSERT INTO relations (subject, relation, object, fact, chunk) VALUES (?1, ?2, ?3, ?4, ?5)";
    if subject != object {
        transaction.prepare_cached(sql)?.execute(params![subject, relation, object, fact, chunk])?;
    }
    Ok(())
}

/// Who was only "my sister" until now has a name.
fn name_the_nameless(
    transaction: &Transaction<'_>,
    named: i64,
    role: &str,
    owner: i64,
) -> Result<(), StoreError> {
    let sql = "SELECT name, kind = 'self' FROM entities WHERE n = ?1";
    let (name, is_me) = transaction.query_row(sql, [owner], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let owner = if is_me { Mention::Me } else { Mention::Named(name) };
    let role = Mention::Role { owner: Box::new(owner), role: role.into(), name: None };
    match nameless(transaction, &role)? {
        Some(nameless) if nameless != named => merge(transaction, named, nameless),
        _ => Ok(()),
    }
}

/// The fact that cannot hold any longer when `text` does: it says of the same one that they live, work, ... elsewhere, and says
/// nothing else.
pub(crate) fn contradicted(connection: &Connection, text: &str) -> Result<Option<Fact>, StoreError> {
    let said = read(text, Voice::Person);
    let [Statement { subject, relation, object, .. }] = &said[..] else { return Ok(None) };
    let Some(one) = is_one_at_a_time(relation) else { return Ok(None) };
    let (fixed, other) = if one.of_subject { (subject, object) } else { (object, subject) };
    let Some(fixed) = find(connection, fixed)? else { return Ok(None) };
    let other = find(connection, other)?;
    let [fixed_column, other_column] =
        if one.of_subject { ["subject", "object"] } else { ["object", "subject"] };
    let sql = format!(
        "{FACT} JOIN relations r ON r.fact = f.n
         WHERE r.{fixed_column} = ?1 AND r.relation = ?2 AND f.valid_to IS NULL AND r.{other_column} IS NOT ?3
         ORDER BY f.n DESC"
    );
    let mut statement = connection.prepare(&sql)?;
    let found: Vec<Fact> =
        statement.query_map(params![fixed, relation, other], rows::fact)?.collect::<Result<_, _>>()?;
    Ok(found.into_iter().find(|fact| read(&fact.text, Voice::Person).len() == 1))
}

/// Reads everything again where that was done by other rules.
pub(crate) fn read_where_rules_changed(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let rules = rules();
    let by: Option<String> =
        transaction.query_row("SELECT rules FROM relations_read", [], |row| row.get(0)).optional()?;
    if by.as_deref() == Some(&rules) {
        return Ok(());
    }
    for (n, text) in texts(transaction, "SELECT n, text FROM facts ORDER BY n", &[])? {
        relate_fact(transaction, n, &text)?;
    }
    for (n, text) in texts(transaction, "SELECT n, text FROM chunks ORDER BY n", &[])? {
        relate_chunk(transaction, n, &text)?;
    }
    transaction.execute("DELETE FROM relations_read", [])?;
    transaction.execute("INSERT INTO relations_read (rules) VALUES (?1)", [rules])?;
    Ok(())
}

/// Removes names in which all of `words` stand. What is still told of those who had them is read again, without the names.
pub(crate) fn read_again_without(transaction: &Transaction<'_>, words: &str) -> Result<(), StoreError> {
    let wanted: BTreeSet<String> = key(words).split(' ').map(str::to_string).collect();
    let mut all = transaction.prepare("SELECT entity, key FROM aliases")?;
    let all = all.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut gone = BTreeSet::new();
    for row in all {
        let (entity, key) = row?;
        let words: BTreeSet<String> = key.split(' ').map(str::to_string).collect();
        if wanted.is_subset(&words) {
            gone.insert(entity);
        }
    }
    let mut tellers = BTreeSet::new();
    for entity in &gone {
        let sql = "SELECT fact, chunk FROM relations WHERE ?1 IN (subject, object)";
        let mut statement = transaction.prepare_cached(sql)?;
        let found = statement
            .query_map([entity], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?)))?;
        for row in found {
            let (fact, chunk) = row?;
            tellers.extend(fact.map(Teller::Fact).into_iter().chain(chunk.map(Teller::Chunk)));
        }
        transaction.execute("DELETE FROM entities WHERE n = ?1", [entity])?;
    }
    for teller in tellers {
        let (sql, n, voice) = match teller {
            Teller::Fact(n) => ("SELECT text FROM facts WHERE n = ?1", n, Voice::Person),
            Teller::Chunk(n) => ("SELECT text FROM chunks WHERE n = ?1", n, Voice::Document),
        };
        let text: String = transaction.query_row(sql, [n], |row| row.get(0))?;
        relate(transaction, teller, &text, voice)?;
    }
    Ok(())
}
