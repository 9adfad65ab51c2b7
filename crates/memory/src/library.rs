//! Reading documents: by an engine process of its own, within bounds of size and time.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jarvis_core::{Chunk, Code, Failure, LeftOut};
use jarvis_engine::documents::{Format, MAX_BYTES, Reply, Request};
use jarvis_engine::{Engine, EngineError, FaultCode};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::records::NewDocument;

/// The engine that takes documents apart.
pub type DocumentEngine = Engine<Request, Reply>;

/// A page, or whatever the engine tells of, takes no longer than this.
const PATIENCE: Duration = Duration::from_secs(60);
/// And the whole document no longer than this.
const LONGEST: Duration = Duration::from_secs(1200);

/// So many things that were left out are told one by one.
const LEFT_OUT: usize = 100;

/// Why a document was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened.
    #[error("{} cannot be opened ({reason})", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It is larger than what is read.
    #[error("{name:?} is too large ({size_bytes} bytes)")]
    TooLarge {
        /// Which.
        name: String,
        /// How large.
        size_bytes: u64,
    },
    /// Nobody here can read such a thing.
    #[error("{name:?} is of no kind that can be read")]
    UnknownFormat {
        /// Which.
        name: String,
    },
    /// It took too long, or more memory than it may have.
    #[error("{name:?} could not be read: {reason}")]
    Harmful {
        /// Which.
        name: String,
        /// What happened.
        reason: String,
    },
    /// It is broken, locked, or has no text.
    #[error("{name:?}: {reason}")]
    Broken {
        /// Which.
        name: String,
        /// What is the matter.
        reason: String,
    },
    /// The engine is not there.
    #[error(transparent)]
    Engine(EngineError),
}

impl ReadError {
    /// What the person is told.
    pub fn failure(&self) -> Failure {
        let remedy = match self {
            Self::Engine(error) => return error.failure(),
            Self::Unreadable { .. } => "Check the path, and who may read the file.",
            Self::TooLarge { .. } => "Split it: documents of up to 64 MiB are read.",
            Self::UnknownFormat { .. } => "Save it as PDF, DOCX, XLSX, CSV, HTML, Markdown or text.",
            Self::Harmful { .. } => "Nothing was kept. If you trust it, save it anew in another format.",
            Self::Broken { .. } => "Open it in the program that it is from and save it anew.",
        };
        let code = match self {
            Self::TooLarge { .. } => Code::TooLarge,
            Self::UnknownFormat { .. } => Code::Unsupported,
            _ => Code::BadRequest,
        };
        Failure::sentence(code, self, remedy)
    }
}

/// A document as it was read.
#[derive(Debug)]
pub struct Reading {
    /// What is known of it.
    pub document: NewDocument,
    /// Its passages.
    pub chunks: Vec<Chunk>,
}

/// A file that could be read as a document, with its bytes.
pub struct DocumentFile {
    path: PathBuf,
    name: String,
    format: Format,
    bytes: Vec<u8>,
}

impl DocumentFile {
    /// Opens the file at `path`.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let unreadable =
            |e: std::io::Error| ReadError::Unreadable { path: path.into(), reason: e.to_string() };
        let path = path.canonicalize().map_err(unreadable)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let format = Format::of(&name).ok_or_else(|| ReadError::UnknownFormat { name: name.clone() })?;
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        let size_bytes = file.metadata().map_err(unreadable)?.len();
        let mut bytes = Vec::new();
        // Its size is what is read, whatever is said of it.
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(ReadError::TooLarge { name, size_bytes });
        }
        Ok(Self { path, name, format, bytes })
    }

    /// A document that was handed over as it is.
    pub fn handed_over(name: &str, bytes: Vec<u8>) -> Result<Self, ReadError> {
        // A path before it is the sender's business.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        let format = Format::of(&name).ok_or_else(|| ReadError::UnknownFormat { name: name.clone() })?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(ReadError::TooLarge { name, size_bytes: bytes.len() as u64 });
        }
        let mut file = Self { path: PathBuf::new(), name, format, bytes };
        // Two of the same name may have nothing to do with one another.
        file.path = [&file.hash()[..12], &file.name].iter().collect();
        Ok(file)
    }

    /// SHA-256 of its bytes, in hexadecimal.
    pub fn hash(&self) -> String {
        Sha256::digest(&self.bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Has it read. `progress` is told how many of how many pages are done; dropping the future cancels.
    pub async fn read(
        self,
        engine: &DocumentEngine,
        mut progress: impl FnMut(u32, u32),
    ) -> Result<Reading, ReadError> {
        let mut document = NewDocument {
            hash: self.hash(),
            path: self.path.to_string_lossy().into_owned(),
            name: self.name,
            size_bytes: self.bytes.len() as u64,
            pages: None,
            left_out: Vec::new(),
        };
        let mut chunks: Vec<Chunk> = Vec::new();
        let (mut size, deadline) = (0, Instant::now() + LONGEST);
        let mut replies = engine.request(Request::Read { format: self.format }, self.bytes);
        loop {
            let patience = deadline.min(Instant::now() + PATIENCE);
            let Ok(reply) = tokio::time::timeout_at(patience, replies.next()).await else {
                // It does not listen: it is ended.
                engine.stop();
                return Err(harmful(document.name, "it took too long".into()));
            };
            match reply {
                None => break,
                Some(Ok((Reply::Progress { done, of }, _))) => {
                    if self.format == Format::Pdf {
                        document.pages = Some(of);
                    }
                    progress(done, of);
                }
                Some(Ok((Reply::Chunk(chunk), _))) => {
                    size += chunk.text.len() + chunk.heading.as_ref().map_or(0, String::len);
                    if size as u64 > MAX_BYTES {
                        return Err(harmful(document.name, "there is no end to what it says".into()));
                    }
                    chunks.push(chunk);
                }
                Some(Ok((Reply::LeftOut(what), _))) => document.left_out.push(what),
                Some(Err(EngineError::Fault(fault))) if fault.code == FaultCode::BadRequest => {
                    return Err(ReadError::Broken { name: document.name, reason: fault.message });
                }
                Some(Err(EngineError::Fault(fault))) => return Err(harmful(document.name, fault.message)),
                Some(Err(EngineError::Died { .. })) => {
                    let reason = "it took more memory than a document may, or broke its reader";
                    return Err(harmful(document.name, reason.into()));
                }
                Some(Err(error @ EngineError::Start { .. })) => return Err(ReadError::Engine(error)),
            }
        }
        if chunks.is_empty() {
            let reason = "there is no text in it".into();
            return Err(ReadError::Broken { name: document.name, reason });
        }
        // The same of hundreds of broken pages is told once.
        document.left_out.dedup();
        document.left_out.truncate(LEFT_OUT);
        Ok(Reading { document, chunks })
    }
}

fn harmful(name: String, reason: String) -> ReadError {
    ReadError::Harmful { name, reason }
}

/// What was not read of a document, in words.
pub fn describe(left_out: &LeftOut) -> String {
    match left_out {
        LeftOut::Page { page } => format!("page {page} is broken"),
        LeftOut::Rest { pages: Some(pages) } => format!("only the first {pages} pages were read"),
        LeftOut::Rest { pages: None } => "it is so long that its end was not read".into(),
    }
}
