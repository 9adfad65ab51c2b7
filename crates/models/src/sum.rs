//! Checksums of what lies on the disk.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::disk;

/// A sum that a file must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sum {
    /// SHA-256 of the bytes (of a tree: of its listing).
    Sha256(String),
    /// The id that git gives the file: SHA-1 of `blob <size>\0` and the bytes. Hugging Face states it for
    /// small files, which are kept in git itself.
    GitBlob(String),
}

/// Sum and size of what lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// SHA-256 of the file or of the tree's listing, lower-case hex.
    pub sha256: String,
    /// The git id; none for a tree.
    git_blob: Option<String>,
    /// Size in bytes.
    pub size: u64,
}

impl Measured {
    /// Whether it has that sum.
    pub fn is(&self, sum: &Sum) -> bool {
        match sum {
            Sum::Sha256(hex) => self.sha256 == *hex,
            Sum::GitBlob(hex) => self.git_blob.as_ref() == Some(hex),
        }
    }
}

/// Reads all of `path`, a file or a tree. Cancelling gives [`io::ErrorKind::Interrupted`].
pub fn measure(path: &Path, cancel: &CancellationToken) -> io::Result<Measured> {
    if !path.is_dir() {
        return measure_file(path, cancel);
    }
    let (mut listing, mut size) = (Sha256::new(), 0);
    for file in disk::files_under(path)? {
        let measured = measure_file(&path.join(&file), cancel)?;
        size += measured.size;
        listing.update(measured.sha256);
        listing.update("  ");
        listing.update(file.as_os_str().as_encoded_bytes());
        listing.update("\n");
    }
    Ok(Measured { sha256: hex(&listing.finalize()), git_blob: None, size })
}

fn measure_file(path: &Path, cancel: &CancellationToken) -> io::Result<Measured> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut sha256 = Sha256::new();
    let mut git = Sha1::new_with_prefix(format!("blob {size}\0"));
    // Git ids are stated for small files only; hashing a gigabyte twice would be for nothing.
    let small = size <= 32 * 1024 * 1024;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        if cancel.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        sha256.update(&buffer[..n]);
        if small {
            git.update(&buffer[..n]);
        }
    }
    Ok(Measured { sha256: hex(&sha256.finalize()), git_blob: small.then(|| hex(&git.finalize())), size })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing into a String cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn sums_are_those_of_sha256sum_and_git() {
        let dir = tempfile::tempdir().unwrap();
        let never = CancellationToken::new();
        fs::write(dir.path().join("b"), "hello\n").unwrap();
        let file = measure(&dir.path().join("b"), &never).unwrap();
        // printf 'hello\n' | sha256sum; printf 'hello\n' | git hash-object --stdin
        let sha = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
        assert!(file.is(&Sum::Sha256(sha.to_owned())));
        assert!(file.is(&Sum::GitBlob("ce013625030ba8dba906f756967f9e9ca394464a".to_owned())));
        assert_eq!(file.size, 6);

        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/z"), "hello\n").unwrap();
        let tree = measure(dir.path(), &never).unwrap();
        // (find . -type f | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum) | sha256sum
        let listing = format!("{sha}  a/z\n{sha}  b\n");
        fs::write(dir.path().join("a/z"), "hellO\n").unwrap();
        let changed = measure(dir.path(), &never).unwrap();
        let other = tempfile::NamedTempFile::new().unwrap();
        fs::write(other.path(), listing).unwrap();
        assert_eq!(tree.sha256, measure(other.path(), &never).unwrap().sha256);
        assert_ne!(tree.sha256, changed.sha256);
        assert_eq!(tree.size, 12);
    }
}
