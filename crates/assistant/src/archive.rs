//! The memory as a file that other programs can read, and back again. Unlike a backup it takes the place of nothing: what it says is
//! added to what is there.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jarvis_core::{Code, Failure};
use jarvis_memory::{ArchiveError, ArchiveFormat, Counts, Imported, Store, entries};
use jiff::Timestamp;

use crate::backup::unwritten;

/// The longest text that pages [take in](take_in), in bytes; from a [file](import) any is taken.
pub const LARGEST_ARCHIVE: usize = 64 << 20;

/// Writes all that is kept to the new file `to`, for its owner alone to read. `told` is told how many of how many records are
/// written.
pub fn export(
    store: &Store,
    to: &Path,
    format: ArchiveFormat,
    now: Timestamp,
    told: impl FnMut(u64, u64),
) -> Result<Counts, Failure> {
    let folder = jarvis_files::folder_of(to);
    // It goes with the end of this, unless it has come to its name.
    let mut part = tempfile::NamedTempFile::new_in(folder).map_err(|e| unwritten(to, &e))?;
    let mut writer = BufWriter::new(part.as_file_mut());
    let counts = store.export(format, &mut writer, now, told).map_err(|error| match error {
        ArchiveError::File(e) => unwritten(to, &e),
        other => other.failure(),
    })?;
    writer.flush().map_err(|e| unwritten(to, &e))?;
    drop(writer);
    part.as_file().sync_all().map_err(|e| unwritten(to, &e))?;
    part.persist_noclobber(to).map_err(|e| unwritten(to, &e.error))?;
    Ok(counts)
}

/// All that is kept, as [`export`] writes it.
pub fn written(store: &Store, format: ArchiveFormat, now: Timestamp) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    store.export(format, &mut text, now, |_, _| {}).map_err(|error| error.failure())?;
    Ok(text)
}

/// Takes in what was [written] as lines of JSON.
pub fn take_in(store: &Store, mut text: &[u8], dry_run: bool) -> Result<Imported, Failure> {
    entries(&mut text).and_then(|entries| store.import(entries, dry_run)).map_err(|error| error.failure())
}

/// Takes in what [`export`] has written as lines of JSON. `told` is told how many of how many bytes are read.
pub fn import(
    store: &Store,
    from: &Path,
    dry_run: bool,
    mut told: impl FnMut(u64, u64),
) -> Result<Imported, Failure> {
    let unread = |e: io::Error| {
        let message = format!("{} cannot be read ({e}).", from.display());
        Failure::new(Code::BadRequest, message, "Check the path, and who may read the file.")
    };
    let file = File::open(from).map_err(unread)?;
    let of = file.metadata().map_err(unread)?.len();
    let done = Arc::new(AtomicU64::new(0));
    let reader = Counted { file, done: Arc::clone(&done) };
    entries(BufReader::new(reader))
        .and_then(|entries| {
            let entries = entries.inspect(|_| told(done.load(Ordering::Relaxed), of));
            store.import(entries, dry_run)
        })
        .map_err(|error| match error {
            ArchiveError::File(e) => unread(e),
            other => other.failure(),
        })
}

/// A file of which is known how much was read.
struct Counted {
    file: File,
    done: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
