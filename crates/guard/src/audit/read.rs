//! Showing what was recorded.

use rusqlite::{Connection, params};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::chain::{COLUMNS, Kept, hex};
use super::error::AuditError;
use super::record::{AuditQuery, Kind, Record};
use super::{AuditLog, name};

/// So many at once.
const MOST: u32 = 1000;

impl AuditLog {
    /// Records, the newest first.
    pub fn show(&self, query: &AuditQuery) -> Result<Vec<Record>, AuditError> {
        let limit = query.limit.min(MOST) as usize;
        self.read(|connection| select(connection, query, limit))
    }

    /// Calls that have begun and not ended, the newest first: those under way, and those whose program was killed.
    pub fn unfinished(&self) -> Result<Vec<Record>, AuditError> {
        let query = AuditQuery { unfinished: true, ..AuditQuery::default() };
        self.read(|connection| select(connection, &query, usize::MAX))
    }

    /// Up to `limit` records after number `after`, the oldest first.
    pub(super) fn following(&self, after: u64, limit: usize) -> Result<Vec<Record>, AuditError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {COLUMNS}, (SELECT e.seq FROM records e WHERE e.began = r.seq)
                 FROM records r LEFT JOIN details d ON d.seq = r.seq WHERE r.seq > ?1 ORDER BY r.seq"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([number(after)], read)?;
            Ok(rows.take(limit).collect::<Result<_, _>>()?)
        })
    }
}

fn select(connection: &Connection, query: &AuditQuery, limit: usize) -> Result<Vec<Record>, AuditError> {
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT e.seq FROM records e WHERE e.began = r.seq)
         FROM records r LEFT JOIN details d ON d.seq = r.seq
         WHERE r.seq < ?1 AND (?2 IS NULL OR r.tool = ?2) AND (?3 IS NULL OR r.kind = ?3)
           {}
         ORDER BY r.seq DESC",
        if query.unfinished {
            "AND r.kind = 'begun' AND NOT EXISTS (SELECT 1 FROM records e WHERE e.began = r.seq)"
        } else {
            ""
        }
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let before = query.before.map_or(i64::MAX, number);
    let kind = query.kind.as_ref().and_then(name);
    let rows = statement.query_map(params![before, query.tool, kind], read)?;
    let text = query.text.as_ref().map(|text| text.to_lowercase());
    let wanted = rows.filter(|row| match (row, &text) {
        (Ok(record), Some(text)) => says(record, text),
        _ => true,
    });
    Ok(wanted.take(limit).collect::<Result<_, _>>()?)
}

/// SQLite's numbers are signed.
pub(super) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn says(record: &Record, text: &str) -> bool {
    let holds = |field: &str| field.to_lowercase().contains(text);
    let names = [&record.tool, &record.rule, &record.decision, &record.about];
    holds(&record.words)
        || holds(&record.detail)
        || names.into_iter().flatten().any(|name| holds(name))
        || record.tainted_by.iter().any(|taint| holds(&taint.source))
        || record.arguments.as_ref().is_some_and(|arguments| any(arguments, &holds))
}

/// Whether any text in the value, or any name of a field, is such.
pub(super) fn any(value: &Value, is: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Array(values) => values.iter().any(|value| any(value, is)),
        Value::Object(fields) => fields.iter().any(|(name, value)| is(name) || any(value, is)),
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => is(&value.to_string()),
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
    let ended = row.get::<_, Option<i64>>(23)?;
    Ok(record(Kept::read(row)?, ended))
}

/// What was kept, for people and programs. What no Jarvis writes is left out rather than refused: a log that somebody has
/// tampered with is to be shown.
fn record(Kept { sealed, hash, details }: Kept, ended: Option<i64>) -> Record {
    let forgotten = details.is_none();
    let details = details.unwrap_or_default();
    Record {
        seq: sealed.seq.unsigned_abs(),
        at: sealed.at.parse().unwrap_or_default(),
        kind: named(Some(sealed.kind)).unwrap_or(Kind::Unreadable),
        call: sealed.call.and_then(|call| call.parse().ok()),
        tool: sealed.tool,
        risk: named(sealed.risk),
        origin: named(sealed.origin),
        turn: sealed.turn.and_then(|turn| turn.parse().ok()),
        decision: sealed.decision,
        rule: sealed.rule,
        consent: named(sealed.consent),
        began: sealed.began.map(i64::unsigned_abs),
        ended: ended.map(i64::unsigned_abs),
        ok: sealed.ok.map(|ok| ok != 0),
        took_ms: sealed.took_ms.map(i64::unsigned_abs),
        about: sealed.about,
        words: details.words,
        arguments: serde_json::from_str(&details.arguments).ok(),
        tainted_by: serde_json::from_str(&details.tainted_by).unwrap_or_default(),
        detail: details.detail,
        forgotten,
        digest: hex(&sealed.digest),
        previous: hex(&sealed.previous),
        hash: hex(&hash),
    }
}

/// The variant of an enum by its name.
fn named<T: DeserializeOwned>(text: Option<String>) -> Option<T> {
    text.and_then(|text| serde_json::from_value(Value::String(text)).ok())
}
