//! Whose is an answer that is being written? Several programs may have the same database open, and each may die.
//!
//! Who writes an answer holds a lock on a file of its name beside the database. The operating system gives the lock back
//! when the program dies, so an answer without a held lock is one that nobody writes any more.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jarvis_core::MessageId;

use crate::database::beside;

/// The claims of one store.
#[derive(Debug)]
pub(crate) struct Claims {
    /// Where the files lie; none for a database in memory, which nobody else can open.
    folder: Option<PathBuf>,
    held: Mutex<HashMap<MessageId, Claim>>,
}

/// A held lock, given back when dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    /// The file, and the handle that holds its lock.
    file: Option<(PathBuf, File)>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some((path, _)) = &self.file {
            // A file that stays is swept away later: its lock is free.
            let _ = fs::remove_file(path);
        }
    }
}

impl Claims {
    /// For the database at `path`; none for one in memory.
    pub fn new(path: Option<&Path>) -> Self {
        let folder = path.map(|path| beside(path, "-answers"));
        Self { folder, held: Mutex::default() }
    }

    /// A claim to the answer `id`, to be [kept](Self::keep) when the answer is in the database.
    pub fn claim(&self, id: MessageId) -> io::Result<Claim> {
        let Some(folder) = &self.folder else { return Ok(Claim { file: None }) };
        fs::create_dir_all(folder)?;
        // It comes to its name locked: one that is found unlocked is nobody's.
        let (new, path) = (folder.join(format!(".{id}")), folder.join(id.to_string()));
        let file = File::create(&new)?;
        let locked = file.lock().and_then(|()| fs::rename(&new, &path));
        if let Err(error) = locked {
            // What is left of it disturbs nobody.
            let _ = fs::remove_file(&new);
            return Err(error);
        }
        Ok(Claim { file: Some((path, file)) })
    }

    /// Holds it until the answer is [over](Self::release).
    pub fn keep(&self, id: MessageId, claim: Claim) {
        self.held().insert(id, claim);
    }

    /// The answer is over.
    pub fn release(&self, id: MessageId) {
        self.held().remove(&id);
    }

    /// Whether this store's program writes it.
    pub fn holds(&self, id: MessageId) -> bool {
        self.held().contains_key(&id)
    }

    /// Whether any program writes it. To be asked after [`Self::sweep`].
    pub fn is_claimed(&self, id: MessageId) -> bool {
        self.folder.as_ref().is_some_and(|folder| folder.join(id.to_string()).exists())
    }

    /// Removes what programs that died have left.
    pub fn sweep(&self) -> io::Result<()> {
        let Some(folder) = self.folder.as_ref().filter(|folder| folder.exists()) else { return Ok(()) };
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // One that is being made has another name until it is locked.
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // It may just have been given back.
            if File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    fn held(&self) -> MutexGuard<'_, HashMap<MessageId, Claim>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
