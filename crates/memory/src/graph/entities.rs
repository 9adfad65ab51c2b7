//! People, organisations, places and things, by all their names.

use jarvis_core::EntityId;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::phrase::{Mention, key};
use crate::error::StoreError;
use crate::rows::{self, word};
use crate::store::{Store, require};

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EntityKind {
    /// The person whose Jarvis it is.
    #[serde(rename = "self")]
    Me,
    /// Another person.
    Person,
    /// A company, a club, a school.
    Organisation,
    /// A place.
    Place,
    /// Anything else.
    Thing,
    /// A date.
    Time,
}

/// An entity by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named {
    /// Its id.
    pub id: EntityId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
}

/// An entity, with all its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entity {
    /// Its id.
    pub id: EntityId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// What else it is called.
    pub aliases: Vec<String>,
}

/// Names of those of whom facts tell that hold.
const NAMES: &str = "WITH told (entity, n) AS (
        SELECT r.subject, r.n FROM relations r JOIN facts f ON f.n = r.fact WHERE f.valid_to IS NULL
        UNION ALL
        SELECT r.object, r.n FROM relations r JOIN facts f ON f.n = r.fact WHERE f.valid_to IS NULL
    )
    SELECT e.name FROM told t JOIN entities e ON e.n = t.entity WHERE e.kind NOT IN ('self', 'time')
    GROUP BY e.n ORDER BY count(*) DESC, max(t.n) DESC, e.n DESC";

/// The name of the person whose Jarvis it is.
const ME: &str = "me";

impl Store {
    /// One entity.
    pub fn entity(&self, id: EntityId) -> Result<Entity, StoreError> {
        self.with(|connection| entity(connection, number(connection, id)?))
    }

    /// The entity that is so called, without regard to case.
    pub fn entity_named(&self, name: &str) -> Result<Option<Entity>, StoreError> {
        self.with(|connection| {
            let known = match key(name).as_str() {
                ME => myself(connection)?,
                key => by_key(connection, key)?,
            };
            known.map(|n| entity(connection, n)).transpose()
        })
    }

    /// Proper names of whom and what facts tell of that hold, no more than `limit`: of whom the most is told first, and of those the
    /// latest. What only documents tell of is not among them.
    pub fn names(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(NAMES)?;
            let names = statement.query_map([], |row| row.get(0))?;
            let names = names.collect::<Result<Vec<String>, _>>()?.into_iter();
            // "my sister", "green".
            Ok(names.filter(|name| !name.starts_with(char::is_lowercase)).take(limit).collect())
        })
    }

    /// Another name, or that it is something else than was thought. What it was called before is one of its names still.
    pub fn change_entity(
        &self,
        id: EntityId,
        name: Option<&str>,
        kind: Option<EntityKind>,
    ) -> Result<Entity, StoreError> {
        self.write(|transaction| {
            let n = number(transaction, id)?;
            if let Some(name) = name.map(str::trim).filter(|name| !key(name).is_empty()) {
                if let Some(other) = by_key(transaction, &key(name))?.filter(|other| *other != n) {
                    merge(transaction, n, other)?;
                }
                transaction.execute("UPDATE entities SET name = ?2 WHERE n = ?1", params![n, name])?;
                call(transaction, n, name)?;
            }
            if let Some(kind) = kind {
                let sql = "UPDATE entities SET kind = ?2, chosen = 1 WHERE n = ?1";
                transaction.execute(sql, params![n, word(&kind)])?;
            }
            entity(transaction, n)
        })
    }

    /// Two were one all along: what is known of `gone` is known of `kept` from now on, and its names are names of that.
    pub fn merge_entities(&self, kept: EntityId, gone: EntityId) -> Result<Entity, StoreError> {
        self.write(|transaction| {
            let (kept, gone) = (number(transaction, kept)?, number(transaction, gone)?);
            if kept != gone {
                merge(transaction, kept, gone)?;
            }
            entity(transaction, kept)
        })
    }
}

fn number(connection: &Connection, id: EntityId) -> Result<i64, StoreError> {
    let sql = "SELECT n FROM entities WHERE id = ?1";
    let found = connection.prepare_cached(sql)?.query_row([id.to_string()], |row| row.get(0)).optional()?;
    found.ok_or(StoreError::NotFound { what: "entity" })
}

pub(super) fn named(row: &Row<'_>, first: usize) -> rusqlite::Result<Named> {
    Ok(Named { id: rows::text(row, first)?, name: row.get(first + 1)?, kind: rows::named(row, first + 2)? })
}

fn entity(connection: &Connection, n: i64) -> Result<Entity, StoreError> {
    let sql = "SELECT id, name, kind FROM entities WHERE n = ?1";
    let Named { id, name, kind } = connection.query_row(sql, [n], |row| named(row, 0))?;
    let mut aliases =
        connection.prepare_cached("SELECT name FROM aliases WHERE entity = ?1 ORDER BY name")?;
    let aliases: Vec<String> = aliases.query_map([n], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let aliases = aliases.into_iter().filter(|alias| key(alias) != key(&name)).collect();
    Ok(Entity { id, name, kind, aliases })
}

fn by_key(connection: &Connection, key: &str) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT entity FROM aliases WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(super) fn myself(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT n FROM entities WHERE kind = 'self'")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}

/// Gives an entity another name, unless something else has it.
fn call(transaction: &Transaction<'_>, n: i64, name: &str) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO aliases (key, entity, name) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute(params![key(name), n, name])?;
    Ok(())
}

fn add(transaction: &Transaction<'_>, name: &str, kind: EntityKind) -> Result<i64, StoreError> {
    let sql = "INSERT INTO entities (id, name, kind) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute(params![EntityId::new().to_string(), name, word(&kind)])?;
    let n = transaction.last_insert_rowid();
    if kind != EntityKind::Me {
        call(transaction, n, name)?;
    }
    Ok(n)
}

pub(super) fn merge(transaction: &Transaction<'_>, kept: i64, gone: i64) -> Result<(), StoreError> {
    transaction.execute("UPDATE relations SET subject = ?1 WHERE subject = ?2", [kept, gone])?;
    transaction.execute("UPDATE relations SET object = ?1 WHERE object = ?2", [kept, gone])?;
    transaction.execute("UPDATE aliases SET entity = ?1 WHERE entity = ?2", [kept, gone])?;
    // Of two of whom one is the person, both are.
    transaction.execute(
        "UPDATE entities SET kind = 'self' WHERE n = ?1 AND 'self' = (SELECT kind FROM entities WHERE n = ?2)",
        [kept, gone],
    )?;
    require("entity", transaction.execute("DELETE FROM entities WHERE n = ?1", [gone])?)
}

/// The entity that is mentioned, if it is known.
pub(super) fn find(connection: &Connection, mention: &Mention) -> Result<Option<i64>, StoreError> {
    match mention {
        Mention::Me => myself(connection),
        Mention::Named(name) => match by_key(connection, &key(name))? {
            Some(known) => Ok(Some(known)),
            None => by_first_name(connection, &key(name)),
        },
        Mention::Role { name: Some(name), .. } => by_key(connection, &key(name)),
        Mention::Role { owner, role, name: None } => {
            let Some(owner) = find(connection, owner)? else { return Ok(None) };
            only_in_role(connection, owner, role)
        }
    }
}

/// The person of whom alone it is the first name.
fn by_first_name(connection: &Connection, key: &str) -> Result<Option<i64>, StoreError> {
    if key.is_empty() || key.contains(' ') {
        return Ok(None);
    }
    // All keys that begin with the name and a space: "!" is the sign after that.
    let sql = "SELECT DISTINCT a.entity FROM aliases a JOIN entities e ON e.n = a.entity
               WHERE a.key > ?1 || ' ' AND a.key < ?1 || '!' AND e.kind = 'person' LIMIT 2";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Vec<i64> = statement.query_map([key], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(if let [only] = found[..] { Some(only) } else { None })
}

/// The one that is in a role to `owner`, if there is one alone.
fn only_in_role(connection: &Connection, owner: i64, role: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT DISTINCT r.subject FROM relations r LEFT JOIN facts f ON f.n = r.fact
               WHERE r.object = ?1 AND r.relation = ?2 || '_of' AND f.valid_to IS NULL LIMIT 2";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Vec<i64> =
        statement.query_map(params![owner, role], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(if let [only] = found[..] { Some(only) } else { None })
}

/// The entity that is mentioned; it becomes known, and of this kind, when it was not.
pub(super) fn find_or_add(
    transaction: &Transaction<'_>,
    mention: &Mention,
    kind: EntityKind,
) -> Result<i64, StoreError> {
    if let Some(known) = find(transaction, mention)? {
        // What was only a thing until now, is more.
        let sql = "UPDATE entities SET kind = ?2 WHERE n = ?1 AND kind = 'thing' AND NOT chosen";
        transaction.prepare_cached(sql)?.execute(params![known, word(&kind)])?;
        return Ok(known);
    }
    match mention {
        Mention::Me => add(transaction, ME, EntityKind::Me),
        Mention::Named(name) | Mention::Role { name: Some(name), .. } => add(transaction, name, kind),
        Mention::Role { name: None, .. } => add(transaction, &described(mention), EntityKind::Person),
    }
}

/// What somebody is called whose name is not known: "my sister", "Anna's brother".
pub(super) fn described(mention: &Mention) -> String {
    match mention {
        Mention::Me => ME.into(),
        Mention::Named(name) | Mention::Role { name: Some(name), .. } => name.clone(),
        Mention::Role { owner, role, name: None } => match **owner {
            Mention::Me => format!("my {role}"),
            _ => format!("{}'s {role}", described(owner)),
        },
    }
}

/// The one that was called so because its name was not known.
pub(super) fn nameless(connection: &Connection, role: &Mention) -> Result<Option<i64>, StoreError> {
    by_key(connection, &key(&described(role)))
}
