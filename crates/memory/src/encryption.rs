//! The database encrypted where it lies: by SQLCipher, page by page with AES-256 and an HMAC, under a random key that is kept elsewhere.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rusqlite::{Connection, OpenFlags};

use crate::backup;
use crate::database::{self, beside};
use crate::error::StoreError;

/// How every SQLite file begins that is not encrypted.
const PLAIN: &[u8; 16] = b"SQLite format 3\0";

/// While the database is written in its other form.
const ANEW: &str = "-anew";

/// A key of 256 bits. Written as text it is 64 hexadecimal digits; groups of them may stand apart.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey([u8; 32]);

/// That is no key.
#[derive(Debug, thiserror::Error)]
#[error("a key has 64 hexadecimal digits")]
pub struct NoKey;

impl DatabaseKey {
    /// One that nobody has had before.
    pub fn random() -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|e| io::Error::other(e.to_string()))?;
        Ok(Self(key))
    }

    /// As it is kept and written down, in groups of four.
    pub fn reveal(&self) -> String {
        let groups = self.0.chunks(2).map(|two| format!("{:02x}{:02x}", two[0], two[1]));
        groups.collect::<Vec<_>>().join("-")
    }

    /// As SQLCipher takes a key that is not to be made from a password first.
    fn raw(&self) -> String {
        format!("x'{}'", self.0.map(|byte| format!("{byte:02x}")).concat())
    }
}

impl FromStr for DatabaseKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let digit = |c: char| c.to_digit(16).map(|digit| digit as u8).ok_or(NoKey);
        let digits = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let digits = digits.map(digit).collect::<Result<Vec<u8>, _>>()?;
        let digits: [u8; 64] = digits.try_into().map_err(|_| NoKey)?;
        Ok(Self(std::array::from_fn(|i| digits[2 * i] << 4 | digits[2 * i + 1])))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey")
    }
}

/// A database on the disk, and the key that it is read with where it is encrypted.
#[derive(Clone, Debug)]
pub struct DatabaseFile {
    /// Where it is.
    pub path: PathBuf,
    /// None when everybody who can read the file can read what is in it.
    pub key: Option<DatabaseKey>,
}

impl From<&Path> for DatabaseFile {
    fn from(path: &Path) -> Self {
        Self { path: path.into(), key: None }
    }
}

impl From<&PathBuf> for DatabaseFile {
    fn from(path: &PathBuf) -> Self {
        path.as_path().into()
    }
}

impl DatabaseFile {
    /// Another one, with the same key.
    pub(crate) fn at(&self, path: &Path) -> Self {
        Self { path: path.into(), key: self.key.clone() }
    }

    pub(crate) fn connect(&self, flags: OpenFlags) -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(&self.path, flags)?;
        if let Some(key) = &self.key {
            connection.pragma_update(None, "key", key.raw())?;
        }
        Ok(connection)
    }
}

/// Whether there is a database at `path` that is encrypted, or damaged so that it looks like that.
pub fn is_encrypted(path: &Path) -> Result<bool, StoreError> {
    let mut begins = Vec::new();
    let read = File::open(path).and_then(|file| file.take(PLAIN.len() as u64).read_to_end(&mut begins));
    match read {
        Ok(_) => Ok(!begins.is_empty() && begins != PLAIN),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::beside(path, &error)),
    }
}

/// Puts a copy that is encrypted with `key`, or with nothing, in the place of the database `from`. The old file is overwritten, and
/// the copies of it are removed. Its vectors are to be made anew. Refused while somebody has it open.
pub fn encrypt(from: &DatabaseFile, key: Option<DatabaseKey>) -> Result<(), StoreError> {
    let path = &from.path;
    let _alone = backup::alone(path)?;
    let to = DatabaseFile { path: beside(path, ANEW), key };
    let failed = |e: io::Error| StoreError::beside(&to.path, &e);
    let _ = fs::remove_file(&to.path);
    database::private().create_new(true).open(&to.path).map_err(failed)?;
    let done = copy(from, &to).and_then(|()| backup::check(&to)).and_then(|()| {
        File::open(&to.path).and_then(|file| file.sync_all()).map_err(failed)?;
        let old = OpenOptions::new().write(true).open(path).map_err(failed)?;
        // Its log is empty: it was closed, and nobody else has it open.
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(beside(path, ending));
        }
        backup::remove_copies(path)?;
        fs::rename(&to.path, path).map_err(failed)?;
        overwrite(old).map_err(failed)
    });
    if done.is_err() {
        let _ = fs::remove_file(&to.path);
    }
    done
}

/// What an [`encrypt`] that was cut short has left behind. It is not under way: somebody has the database open.
pub(crate) fn remove_unfinished(path: &Path) {
    let _ = fs::remove_file(beside(path, ANEW));
}

fn copy(from: &DatabaseFile, to: &DatabaseFile) -> Result<(), StoreError> {
    let connection = database::open(from)?;
    let key = to.key.as_ref().map(DatabaseKey::raw).unwrap_or_default();
    let copied = (|| {
        connection.execute("DELETE FROM vectors", [])?;
        connection.execute("DELETE FROM embeddings", [])?;
        connection.execute("ATTACH DATABASE ?1 AS anew KEY ?2", [&*to.path.to_string_lossy(), &key])?;
        connection.query_row("SELECT sqlcipher_export('anew')", [], |_| Ok(()))?;
        connection.pragma_update(Some("anew"), "user_version", database::layout_known())?;
        connection.execute("DETACH DATABASE anew", []).map(drop)
    })();
    copied.map_err(|e| StoreError::from(e).of(&from.path))
}

/// Nothing of it is to be read from the disk any more; what a disk keeps of what it was told to overwrite is out of reach.
fn overwrite(mut file: File) -> io::Result<()> {
    let mut left = file.metadata()?.len();
    let zeros = [0; 1 << 16];
    while left > 0 {
        let part = left.min(zeros.len() as u64);
        file.write_all(&zeros[..part as usize])?;
        left -= part;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = DatabaseKey::random().unwrap();
        let written = key.reveal();
        assert_eq!(written.len(), 64 + 15);
        assert_eq!(written.parse::<DatabaseKey>().unwrap(), key);
        assert_eq!(written.replace('-', " ").to_uppercase().parse::<DatabaseKey>().unwrap(), key);
        for none in ["", "abcd", &written[1..], &format!("{written}0"), &written.replace('-', "g")] {
            assert!(none.parse::<DatabaseKey>().is_err(), "{none}");
        }
        assert_eq!(format!("{key:?}"), "DatabaseKey", "it is never logged");
        assert_ne!(key, DatabaseKey::random().unwrap());
    }
}
