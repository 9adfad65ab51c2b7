//! The chain: each record's hash covers the record before it and everything that may never change.
//!
//! A value is written as one byte that says whether it is there, its length in bytes as 64 bits (big endian) and its bytes;
//! numbers are written in decimal. The digest of the details is SHA-256 over [`DETAILS`], the salt, words, arguments, sources
//! and detail; the hash of a record is SHA-256 over [`RECORD`], the hash before, and the columns of the table in their order.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::error::AuditError;
use super::head::Head;

pub(super) type Hash = [u8; 32];

/// What the first record follows.
pub(super) const NOTHING: Hash = [0; 32];
const RECORD: &str = "jarvis-audit-record-1";
const DETAILS: &str = "jarvis-audit-details-1";

/// The columns of a record, in the order in which they are hashed, with its hash at the end.
pub(super) const COLUMNS: &str = "r.seq, r.at, r.kind, r.call, r.tool, r.risk, r.origin, r.turn, r.decision, r.rule, \
     r.consent, r.began, r.ok, r.took_ms, r.about, r.digest, r.previous, r.hash, \
     d.salt, d.words, d.arguments, d.tainted_by, d.detail";

/// What of a record may never change, as it stands in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Sealed {
    pub seq: i64,
    pub at: String,
    pub kind: String,
    pub call: Option<String>,
    pub tool: Option<String>,
    pub risk: Option<String>,
    pub origin: Option<String>,
    pub turn: Option<String>,
    pub decision: Option<String>,
    pub rule: Option<String>,
    pub consent: Option<String>,
    pub began: Option<i64>,
    pub ok: Option<i64>,
    pub took_ms: Option<i64>,
    pub about: Option<String>,
    pub digest: Vec<u8>,
    pub previous: Vec<u8>,
}

/// What can be forgotten.
#[derive(Clone, Debug, Default)]
pub(super) struct Details {
    pub salt: Vec<u8>,
    pub words: String,
    /// JSON, or empty.
    pub arguments: String,
    /// JSON.
    pub tainted_by: String,
    pub detail: String,
}

/// A record as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub sealed: Sealed,
    pub hash: Vec<u8>,
    pub details: Option<Details>,
}

struct Encoder(Sha256);

impl Encoder {
    fn new(what: &str) -> Self {
        Self(Sha256::new()).add(Some(what.as_bytes()))
    }

    fn add(mut self, value: Option<&[u8]>) -> Self {
        self.0.update([u8::from(value.is_some())]);
        if let Some(bytes) = value {
            self.0.update((bytes.len() as u64).to_be_bytes());
            self.0.update(bytes);
        }
        self
    }

    fn text(self, text: &Option<String>) -> Self {
        self.add(text.as_ref().map(String::as_bytes))
    }

    fn number(self, number: Option<i64>) -> Self {
        self.text(&number.map(|n| n.to_string()))
    }

    fn hash(self) -> Hash {
        self.0.finalize().into()
    }
}

impl Sealed {
    pub fn hash(&self) -> Hash {
        Encoder::new(RECORD)
            .add(Some(&self.previous))
            .number(Some(self.seq))
            .add(Some(self.at.as_bytes()))
            .add(Some(self.kind.as_bytes()))
            .text(&self.call)
            .text(&self.tool)
            .text(&self.risk)
            .text(&self.origin)
            .text(&self.turn)
            .text(&self.decision)
            .text(&self.rule)
            .text(&self.consent)
            .number(self.began)
            .number(self.ok)
            .number(self.took_ms)
            .text(&self.about)
            .add(Some(&self.digest))
            .hash()
    }
}

impl Details {
    pub fn digest(&self) -> Hash {
        let texts = [&self.words, &self.arguments, &self.tainted_by, &self.detail];
        let start = Encoder::new(DETAILS).add(Some(&self.salt));
        texts.into_iter().fold(start, |encoder, text| encoder.add(Some(text.as_bytes()))).hash()
    }
}

impl Kept {
    /// From a row of [`COLUMNS`].
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let sealed = Sealed {
            seq: row.get(0)?,
            at: row.get(1)?,
            kind: row.get(2)?,
            call: row.get(3)?,
            tool: row.get(4)?,
            risk: row.get(5)?,
            origin: row.get(6)?,
            turn: row.get(7)?,
            decision: row.get(8)?,
            rule: row.get(9)?,
            consent: row.get(10)?,
            began: row.get(11)?,
            ok: row.get(12)?,
            took_ms: row.get(13)?,
            about: row.get(14)?,
            digest: row.get(15)?,
            previous: row.get(16)?,
        };
        let details = match row.get::<_, Option<Vec<u8>>>(18)? {
            None => None,
            Some(salt) => Some(Details {
                salt,
                words: row.get(19)?,
                arguments: row.get(20)?,
                tainted_by: row.get(21)?,
                detail: row.get(22)?,
            }),
        };
        Ok(Self { sealed, hash: row.get(17)?, details })
    }
}

/// The end of the chain, where records are added, under the database's write lock.
pub(super) struct Chain<'a> {
    pub transaction: &'a Transaction<'a>,
    last: Option<Head>,
}

impl<'a> Chain<'a> {
    pub fn new(transaction: &'a Transaction<'a>) -> Result<Self, AuditError> {
        Ok(Self { last: last(transaction)?, transaction })
    }

    /// Number of the last record; 0 where there is none.
    pub fn end(&self) -> i64 {
        self.last.map_or(0, |last| last.seq)
    }

    /// Adds a record: its number, its place in the chain and its hash are found here. Returns its number.
    pub fn add(&mut self, sealed: Sealed, mut details: Details) -> Result<i64, AuditError> {
        details.salt = salt()?.to_vec();
        let sealed = Sealed {
            seq: self.end() + 1,
            digest: details.digest().to_vec(),
            previous: self.last.map_or(NOTHING, |last| last.hash).to_vec(),
            ..sealed
        };
        let hash = sealed.hash();
        let sql = "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
        self.transaction.prepare_cached(sql)?.execute(params![
            sealed.seq,
            sealed.at,
            sealed.kind,
            sealed.call,
            sealed.tool,
            sealed.risk,
            sealed.origin,
            sealed.turn,
            sealed.decision,
            sealed.rule,
            sealed.consent,
            sealed.began,
            sealed.ok,
            sealed.took_ms,
            sealed.about,
            sealed.digest,
            sealed.previous,
            hash.as_slice(),
        ])?;
        self.transaction.prepare_cached("INSERT INTO details VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
            params![
                sealed.seq,
                details.salt,
                details.words,
                details.arguments,
                details.tainted_by,
                details.detail,
            ],
        )?;
        self.last = Some(Head { seq: sealed.seq, hash });
        Ok(sealed.seq)
    }
}

/// The last record of the log.
pub(super) fn last(connection: &rusqlite::Connection) -> Result<Option<Head>, AuditError> {
    let mut statement =
        connection.prepare_cached("SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1")?;
    let last = statement.query_row([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
    // A hash of another length is no hash; whoever follows it will be found not to.
    Ok(last.map(|(seq, hash)| Head { seq, hash: hash.try_into().unwrap_or(NOTHING) }))
}

/// The hash of one record.
pub(super) fn hash_of(connection: &rusqlite::Connection, seq: i64) -> Result<Option<Vec<u8>>, AuditError> {
    let mut statement = connection.prepare_cached("SELECT hash FROM records WHERE seq = ?1")?;
    Ok(statement.query_row([seq], |row| row.get(0)).optional()?)
}

fn salt() -> Result<[u8; 16], AuditError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|e| AuditError::Chance(e.to_string()))?;
    Ok(salt)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn unhex(text: &str) -> Option<Hash> {
    let mut hash = NOTHING;
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(hash)
}
