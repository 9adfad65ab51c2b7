//! The audit log: what was asked, allowed, refused and done, in a chain where nothing can be changed unnoticed.
//!
//! A call is recorded and on the disk before it begins, and again when it ends, so that a call whose program was killed is
//! told as unfinished. Each record's hash covers the one before; a head file beside the log tells whether its end was cut
//! off. Words and arguments are kept apart from what the chain covers, and can be forgotten without breaking it. Secrets, the
//! keys that the guard is told among them, and personal data are taken out before anything is written.
//!
//! The log finds what was changed in the file. It cannot find that somebody who may write both files has reckoned the whole
//! chain anew; an export kept elsewhere can. It decides nothing. The guard writes it; the API and the command line show it.

mod chain;
mod database;
mod error;
mod export;
mod forget;
mod head;
mod personal;
mod read;
mod record;
mod redact;
mod verify;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, TransactionBehavior};
use serde::Serialize;
use serde_json::Value;

use chain::{Chain, Details, Sealed};
use head::Said;

pub use error::AuditError;
pub use record::{AuditQuery, Broken, Ending, Entry, ExportFormat, Kind, NoteKind, Record, Ticket, Verified};

/// So many records may be missing in the head file after a crash: it is renamed after each one, and the file system may
/// take its time to write that down.
const ONE_CRASH: i64 = 64;
/// The head file itself is there for good after the first record, unless programs are killed while they write it.
const FIRST_CRASH: i64 = 4;

/// See the module. May be shared: calls wait for each other, and for other programs up to five seconds.
pub struct AuditLog {
    path: PathBuf,
    /// None for a log in working memory.
    head: Option<PathBuf>,
    connection: Mutex<Connection>,
    /// Values of keys, which are never written.
    known: RwLock<Vec<String>>,
}

/// Without the keys.
impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditLog").field("path", &self.path).finish_non_exhaustive()
    }
}

impl AuditLog {
    /// The log at `path`, which is made with its folder where there was none, for its owner alone to read. Where the log
    /// is gone and its head file is not, that is an error.
    pub fn open(path: &Path) -> Result<Self, AuditError> {
        let head = head::beside(path);
        let had_one = head::read(&head)? != Said::Nothing;
        let connection = Mutex::new(database::open(path, had_one)?);
        Ok(Self { path: path.into(), head: Some(head), connection, known: RwLock::default() })
    }

    /// A log that ends with the program.
    pub fn in_memory() -> Result<Self, AuditError> {
        let connection = Mutex::new(database::in_memory()?);
        Ok(Self { path: ":memory:".into(), head: None, connection, known: RwLock::default() })
    }

    /// Takes in values of keys, which are not written from now on. What was recorded before stays as it is, until it is
    /// [forgotten](Self::forget).
    pub fn keep_secret(&self, values: Vec<String>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for value in values {
            if !known.contains(&value) {
                known.push(value);
            }
        }
    }

    /// The values of keys that it was told.
    pub(crate) fn known(&self) -> RwLockReadGuard<'_, Vec<String>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a call is about to run. When this returns, it is on the disk; where it fails, the call must not run.
    pub fn begin(&self, entry: &Entry<'_>) -> Result<Ticket, AuditError> {
        let (sealed, details) = of_entry(Kind::Begun, entry, "", &self.known());
        let seq = self.write(|chain| chain.add(sealed, details))?;
        Ok(Ticket { seq, call: entry.call })
    }

    /// Records how a call ended, and after how long. Waits for other programs longer than the others do.
    pub fn end(&self, ticket: Ticket, how: Ending, detail: &str, took: Duration) -> Result<(), AuditError> {
        let ending = Sealed {
            call: Some(ticket.call.to_string()),
            began: Some(ticket.seq),
            ok: Some(i64::from(how == Ending::Done)),
            took_ms: Some(i64::try_from(took.as_millis()).unwrap_or(i64::MAX)),
            ..now(how.into())
        };
        let details = Details { detail: redact::words(detail, &self.known()), ..no_details() };
        // The call has ended, whoever is writing just now: so this waits longer than what can still be refused.
        let mut patience = 4;
        loop {
            match self.write(|chain| ended(chain, ticket.seq, ending.clone(), details.clone())) {
                Err(AuditError::Busy) if patience > 0 => patience -= 1,
                done => return done,
            }
        }
    }

    /// Records something else: a question, an answer, a refusal, a change of the rules.
    pub fn note(&self, kind: NoteKind, entry: Option<&Entry<'_>>, detail: &str) -> Result<(), AuditError> {
        let (sealed, details) = match entry {
            Some(entry) => of_entry(kind.into(), entry, detail, &self.known()),
            None => {
                let detail = redact::words(detail, &self.known());
                (now(kind.into()), Details { detail, ..no_details() })
            }
        };
        self.write(|chain| chain.add(sealed, details))?;
        Ok(())
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, with the file's name in what goes wrong.
    fn read<T>(&self, act: impl FnOnce(&Connection) -> Result<T, AuditError>) -> Result<T, AuditError> {
        act(&self.connection()).map_err(|e| e.of(&self.path))
    }

    /// Adds to the chain and brings the head file up to date. All of it is on the disk when this returns.
    fn write<T>(&self, act: impl FnOnce(&mut Chain<'_>) -> Result<T, AuditError>) -> Result<T, AuditError> {
        let mut connection = self.connection();
        let written = (|| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut chain = Chain::new(&transaction)?;
            // What follows would cover the traces of what is gone.
            if let Some(file) = &self.head
                && let Some(gap) = gap(&transaction, head::read(file)?, chain.end())?
            {
                chain.add(Sealed { about: Some(gap), ..now(Kind::Gap) }, no_details())?;
            }
            let done = act(&mut chain)?;
            transaction.commit()?;
            if let Some(file) = &self.head {
                // The lock anew: the file then says what is really the last, whoever wrote meanwhile.
                match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
                    Ok(locked) => chain::last(&locked)?.map_or(Ok(()), |last| head::write(file, last))?,
                    // It is recorded. Who has the lock writes a record after this one, and the head file with it.
                    Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(done)
        })();
        written.map_err(|e: AuditError| e.of(&self.path))
    }
}

/// Where the head file and the log, whose last record is number `end`, do not agree, in words; none where they do.
fn gap(log: &Connection, said: Said, end: i64) -> Result<Option<String>, AuditError> {
    Ok(match said {
        Said::Nothing if end <= FIRST_CRASH => None,
        Said::Nothing => Some("the head file is gone".into()),
        Said::Nonsense => Some("the head file is damaged".into()),
        Said::Last(head) if head.seq > end => {
            Some(format!("the head file knows of {} records, the log of {end}", head.seq))
        }
        Said::Last(head) if end - head.seq > ONE_CRASH => {
            Some(format!("the head file knows of {} records only, the log of {end}", head.seq))
        }
        Said::Last(head) => match chain::hash_of(log, head.seq)? {
            Some(hash) if hash == head.hash => None,
            _ => Some(format!("record {} is not the one that the head file knows", head.seq)),
        },
    })
}

fn now(kind: Kind) -> Sealed {
    let at = format!("{:.3}", Timestamp::now());
    Sealed { at, kind: name(&kind).unwrap_or_default(), ..Sealed::default() }
}

/// Adds the end of a call, with what its beginning says: so that who asks for a tool's records finds its endings too.
fn ended(chain: &mut Chain<'_>, begun: i64, ending: Sealed, details: Details) -> Result<(), AuditError> {
    let sql = "SELECT tool, risk, origin, turn FROM records WHERE seq = ?1";
    let mut statement = chain.transaction.prepare_cached(sql)?;
    let beginning =
        statement.query_row([begun], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    let (tool, risk, origin, turn) = beginning.optional()?.unwrap_or_default();
    drop(statement);
    chain.add(Sealed { tool, risk, origin, turn, ..ending }, details)?;
    Ok(())
}

fn no_details() -> Details {
    Details { tainted_by: "[]".into(), ..Details::default() }
}

fn of_entry(kind: Kind, entry: &Entry<'_>, detail: &str, known: &[String]) -> (Sealed, Details) {
    let sealed = Sealed {
        call: Some(entry.call.to_string()),
        tool: Some(redact::name(entry.tool, known)),
        risk: name(&entry.risk),
        origin: name(&entry.origin),
        turn: entry.turn.map(|turn| turn.to_string()),
        decision: Some(redact::name(entry.decision, known)),
        rule: Some(redact::name(entry.rule, known)),
        consent: entry.consent.as_ref().and_then(name),
        ..now(kind)
    };
    let details = Details {
        salt: Vec::new(),
        words: redact::words(entry.words, known),
        arguments: redact::arguments(entry.arguments, known),
        tainted_by: redact::sources(entry.tainted_by, known),
        detail: redact::words(detail, known),
    };
    (sealed, details)
}

/// The name of an enum's variant, as it is written everywhere.
fn name(value: &impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => Some(name),
        _ => None,
    }
}
