//! The file that everything is kept in: opened, shared with other programs, read and changed.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;

use jarvis_core::MessageId;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::archive::ArchiveError;
use crate::backup;
use crate::claims::{Claim, Claims};
use crate::database;
use crate::encryption::{self, DatabaseFile};
use crate::error::StoreError;
use crate::records::{MessageStatus, NewMessage};
use crate::rows;

/// Who reads the log that is to be emptied is waited for no longer than this.
const A_MOMENT: Duration = Duration::from_millis(200);

/// See the module. May be shared: calls wait for each other, but not for an export.
#[derive(Debug)]
pub struct Store {
    file: DatabaseFile,
    connection: Mutex<Connection>,
    pub(crate) claims: Claims,
    /// A shared lock that says that the file is in use: nobody puts another in its place.
    in_use: Option<File>,
}

impl Store {
    /// The store in `file`, which is made with its folder when it is not there, for its owner alone to read.
    /// An answer that was being written when its program died is marked as interrupted; those that other programs are
    /// writing are left alone.
    pub fn open(file: impl Into<DatabaseFile>) -> Result<Self, StoreError> {
        let file = file.into();
        let in_use = Some(in_use(&file.path)?);
        encryption::remove_unfinished(&file.path);
        backup::check_suspected(&file)?;
        let connection = Mutex::new(database::open(&file)?);
        let claims = Claims::new(Some(&file.path));
        let store = Self { file, connection, claims, in_use };
        match store.recover() {
            // What cannot be marked is told to readers all the same.
            Ok(()) | Err(StoreError::Full) => Ok(store),
            Err(error) => Err(error),
        }
    }

    /// A store that ends with the program.
    pub fn in_memory() -> Result<Self, StoreError> {
        let connection = Mutex::new(database::in_memory()?);
        let file = Path::new(":memory:").into();
        Ok(Self { file, connection, claims: Claims::new(None), in_use: None })
    }

    /// The file that it is kept in, with its key where it is encrypted.
    pub fn file(&self) -> &DatabaseFile {
        &self.file
    }

    /// Whether somebody reads or changes it at this moment, whom a call would wait for.
    pub fn is_busy(&self) -> bool {
        matches!(self.connection.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// Whether what is kept can be read with a key only.
    pub fn is_encrypted(&self) -> bool {
        self.file.key.is_some()
    }

    /// Marks answers that nobody writes any more.
    fn recover(&self) -> Result<(), StoreError> {
        let unfinished = self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM messages WHERE status = 'streaming'")?;
            let ids = statement.query_map([], |row| rows::text::<MessageId>(row, 0))?;
            Ok(ids.collect::<Result<Vec<_>, _>>()?)
        })?;
        let abandoned = self.abandoned(unfinished)?;
        self.with(|connection| {
            let sql = "UPDATE messages SET status = 'interrupted' WHERE id = ?1 AND status = 'streaming'";
            abandoned
                .into_iter()
                .map(|id| id.to_string())
                .try_for_each(|id| Ok(connection.execute(sql, [id]).map(drop)?))
        })
    }

    /// Those of the `unfinished` answers that nobody writes any more, unless they have come to their end meanwhile: an
    /// answer is claimed before it is there, and until it is over.
    pub(crate) fn abandoned(&self, unfinished: Vec<MessageId>) -> Result<Vec<MessageId>, StoreError> {
        self.claims.sweep().map_err(|e| StoreError::beside(&self.file.path, &e))?;
        Ok(unfinished.into_iter().filter(|id| !self.claims.is_claimed(*id)).collect())
    }

    /// A claim to a message that is still to be written, as long as it is.
    pub(crate) fn claim(&self, new: &NewMessage) -> Result<(MessageId, Option<Claim>), StoreError> {
        let id = MessageId::new();
        let unfinished = new.status == MessageStatus::Streaming;
        let claim = unfinished.then(|| self.claims.claim(id)).transpose();
        Ok((id, claim.map_err(|e| StoreError::beside(&self.file.path, &e))?))
    }

    pub(crate) fn keep(&self, (id, claim): (MessageId, Option<Claim>)) {
        if let Some(claim) = claim {
            self.claims.keep(id, claim);
        }
    }

    /// Removes for good what `sql` names by the moment `?1`, from the log too. Returns how many rows that were.
    pub(crate) fn remove(&self, sql: &str, moment: i64) -> Result<usize, StoreError> {
        let gone = self.with(|connection| Ok(connection.execute(sql, [moment])?))?;
        if gone > 0 {
            self.checkpoint()?;
        }
        Ok(gone)
    }

    /// Takes what was removed out of the log and the copies as well.
    pub(crate) fn tidy(&self) -> Result<(), StoreError> {
        let logged = self.checkpoint();
        if self.in_use.is_some() {
            backup::remove_copies(&self.file.path)
                .map_err(|e| StoreError::CopiesRemain { reason: e.to_string() })?;
        }
        logged
    }

    fn checkpoint(&self) -> Result<(), StoreError> {
        self.with(|connection| {
            // Who reads for long (a copy or an export is being made) is not waited for: everybody would wait.
            connection.busy_timeout(A_MOMENT)?;
            let done = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            connection.busy_timeout(database::PATIENCE)?;
            Ok(done?)
        })
    }

    /// Nobody else has the file open while this is held; refused while somebody has.
    pub(crate) fn alone(&self) -> Result<Option<Alone<'_>>, ArchiveError> {
        let Some(lock) = &self.in_use else { return Ok(None) };
        let failed = |e: std::io::Error| StoreError::beside(&self.file.path, &e);
        lock.unlock().map_err(failed)?;
        let alone = lock.try_lock().is_ok();
        if !alone {
            lock.lock_shared().map_err(failed)?;
            return Err(ArchiveError::Running);
        }
        Ok(Some(Alone(lock)))
    }

    /// Reads, or makes one change.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // Where a call has panicked, its transaction has been undone: the connection is sound.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|error| self.named(error))
    }

    /// Reads what takes long, all of it as it is at this moment, on a connection of its own: nobody waits for it. A store that ends
    /// with the program has but the one.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let at_once = |connection: &mut Connection| -> Result<T, StoreError> {
            let transaction = connection.transaction()?;
            work(&transaction)
        };
        if self.in_use.is_none() {
            return self.with(at_once);
        }
        let own = self.file.connect(OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(StoreError::from);
        let read = own.and_then(|mut own| at_once(&mut own)).map_err(|error| self.named(error));
        // What was removed meanwhile stands in the log still: it is emptied where nobody reads.
        if let Err(error) = self.checkpoint() {
            tracing::warn!(%error, "the database's log is not emptied");
        }
        read
    }

    /// An error that names the file. Where that is damaged, all of it is looked at when it is next opened.
    fn named(&self, error: StoreError) -> StoreError {
        let error = error.of(&self.file.path);
        if matches!(error, StoreError::Damaged { .. }) {
            backup::suspect(&self.file.path);
        }
        error
    }

    /// Makes several changes, all or none.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }
}

/// See [`Store::alone`]. Dropped, the file is in use as before.
pub(crate) struct Alone<'s>(&'s File);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock().and_then(|()| self.0.lock_shared()) {
            tracing::warn!(%error, "the database is not marked as in use any more");
        }
    }
}

/// An error where nothing was changed: what was to be changed is not there.
pub(crate) fn require(what: &'static str, changed: usize) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::NotFound { what }) } else { Ok(()) }
}

/// Waits while another database is put in place of the one at `path`.
fn in_use(path: &Path) -> Result<File, StoreError> {
    let lock = || {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let path = database::beside(path, "-open");
        let file = database::private().create(true).truncate(false).open(path)?;
        file.lock_shared()?;
        Ok(file)
    };
    lock().map_err(|e: std::io::Error| StoreError::beside(path, &e))
}

#[cfg(test)]
mod tests {
    use jarvis_core::{Code, Role};
    use jiff::Timestamp;

    use super::*;
    use crate::records::NewAttachment;

    fn said(content: &str) -> NewMessage {
        NewMessage::new(Role::User, content, None)
    }

    #[test]
    fn a_full_disk_is_said_so_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jarvis.sqlite");
        let store = Store::open(&path).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let id = store.create(None, now).unwrap().id;
        store.append(id, said("kept"), now).unwrap();
        // SQLite then says what it says when the disk is full.
        store.with(|c| Ok(c.pragma_update(None, "max_page_count", 60)?)).unwrap();
        let long = "long ".repeat(2000);
        let mut kept = 1;
        let error = loop {
            match store.append(id, said(&long), now) {
                Ok(_) => kept += 1,
                Err(error) => break error,
            }
            assert!(kept < 1000, "it does not fit");
        };
        assert!(matches!(error, StoreError::Full), "{error}");
        assert_eq!(error.failure().code, Code::DiskFull);
        let large = NewAttachment {
            name: "sea.png".into(),
            media_type: "image/png".into(),
            content: vec![7; 1 << 20],
        };
        let error = store.attach(&large, now, now).unwrap_err();
        assert!(matches!(error, StoreError::Full), "{error}");
        let half_kept = "SELECT (SELECT count(*) FROM attachments) + (SELECT count(*) FROM attachment_bytes)";
        let half_kept: u32 = store.with(|c| Ok(c.query_row(half_kept, [], |row| row.get(0))?)).unwrap();
        assert_eq!(half_kept, 0, "an attachment is kept whole or not at all");
        assert_eq!(store.all_messages(id).unwrap().len(), kept, "what is there can be read all the same");
        drop(store);
        let store = Store::open(&path).unwrap();
        let messages = store.all_messages(id).unwrap();
        assert_eq!((messages.len(), messages[0].content.as_str()), (kept, "kept"));
        assert_eq!(store.append(id, said("there is room again"), now).unwrap().seq, kept as u64 + 1);
    }

    #[test]
    fn another_program_that_keeps_the_file_to_itself_is_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jarvis.sqlite");
        let store = Store::open(&path).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let id = store.create(Some("mine"), now).unwrap().id;
        store.with(|c| Ok(c.busy_timeout(std::time::Duration::ZERO)?)).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = store.append(id, said("hello"), now).unwrap_err();
        assert!(matches!(error, StoreError::Locked), "{error}");
        assert_eq!(error.failure().code, Code::Busy);
        assert_eq!(store.conversation(id).unwrap().title, "mine", "reading goes on");
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(store.append(id, said("hello"), now).unwrap().seq, 1);
    }
}
