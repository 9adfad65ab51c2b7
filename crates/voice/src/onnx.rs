//! ONNX Runtime: loaded once, from a path, into this process.
//!
//! The networks here are small and run many times a second for as long as the program does, so every session gets
//! one thread (the caller's), never spins and keeps little memory. Called by the wake word and by voice activity;
//! it knows nothing of either. Large networks run in engine processes of their own.

#![allow(unsafe_code, reason = "a shared library is opened and asked for its version")]

use std::ffi::c_char;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jarvis_core::{Code, Failure};
use libloading::Library;
use ort::ep::CPU;
use ort::logging::LogLevel;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session, SessionOutputs};

/// Whether the library is in place; from then on `ort` can be used without it panicking.
static STARTED: Mutex<bool> = Mutex::new(false);

/// Why a network cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum OnnxError {
    /// ONNX Runtime's library is not there.
    #[error("ONNX Runtime is not installed: {} is missing", path.display())]
    LibraryMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The library is there but is another one, too old or damaged.
    #[error("ONNX Runtime cannot be loaded from {}: {reason}", path.display())]
    LibraryUnusable {
        /// The library.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// [`init`] has not been called, or has failed.
    #[error("ONNX Runtime has not been started")]
    NotStarted,
    /// The model file is not there.
    #[error("the model file {} is missing", path.display())]
    ModelMissing {
        /// The file.
        path: PathBuf,
    },
    /// The model file is there but is not the network it should be.
    #[error("the model file {} is damaged or of another kind: {reason}", path.display())]
    ModelDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A network that was loaded well failed in use.
    #[error("a network failed: {0}")]
    Failed(String),
}

impl OnnxError {
    /// What a person is told.
    pub fn failure(&self) -> Failure {
        const AGAIN: &str =
            "Run `jarvis models verify` to see what is damaged, and `jarvis models pull` to fetch it again.";
        let (code, remedy) = match self {
            Self::LibraryMissing { .. } => (Code::ModelMissing, "Run `jarvis models pull onnxruntime`."),
            Self::ModelMissing { .. } => (Code::ModelMissing, "Run `jarvis models pull`."),
            Self::LibraryUnusable { .. } | Self::ModelDamaged { .. } => (Code::ModelDamaged, AGAIN),
            Self::NotStarted | Self::Failed(_) => {
                (Code::Internal, "Restart Jarvis; if it happens again, please report it.")
            }
        };
        Failure::sentence(code, self, remedy)
    }
}

impl From<ort::Error> for OnnxError {
    fn from(error: ort::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Loads ONNX Runtime. Only the first success counts: a process holds one, and later calls change nothing.
///
/// # Errors
/// When the library is missing, is none, or is older than this program needs. It can be tried again.
pub fn init(library: &Path) -> Result<(), OnnxError> {
    let mut started = started();
    if *started {
        return Ok(());
    }
    let path = fs::canonicalize(library).map_err(|_| OnnxError::LibraryMissing { path: library.into() })?;
    // Without a usable library `ort` cannot even make an error value and panics, so it is only told of one that
    // has been tried.
    probe(&path).map_err(|reason| OnnxError::LibraryUnusable { path: path.clone(), reason })?;
    ort::init_from(&path)?.with_name("jarvis").with_telemetry(false).commit();
    *started = true;
    Ok(())
}

fn started() -> MutexGuard<'static, bool> {
    STARTED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the library and asks whether it offers the interface that `ort` was made for.
fn probe(path: &Path) -> Result<(), String> {
    // SAFETY: opening a library runs its initialisers. The path comes from the model catalogue, which checks the
    // file's sum, and the same library is about to be opened by `ort`.
    let library = unsafe { Library::new(path) }.map_err(|e| e.to_string())?;
    // SAFETY: by this name ONNX Runtime exports a function of this type in every version.
    let base =
        unsafe { library.get::<unsafe extern "C" fn() -> *const ort::sys::OrtApiBase>(b"OrtGetApiBase\0") };
    let base = base.map_err(|_| "it is another library".to_string())?;
    // SAFETY: the function takes nothing and returns a static table, or null.
    let base = unsafe { base().as_ref() }.ok_or("it is another library")?;
    // SAFETY: both entries have been in the table since version 1.0; the string is static.
    let version = unsafe { version((base.GetVersionString)()) };
    let minor = version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok()).unwrap_or(0);
    if minor < ort::MINOR_VERSION {
        return Err(format!("it is version {version}, and 1.{} or newer is needed", ort::MINOR_VERSION));
    }
    // Never closed: `ort` opens the same file in a moment, and running the initialisers twice gains nothing.
    std::mem::forget(library);
    Ok(())
}

/// # Safety
/// `text` is null or a string that ends in a zero and lives long enough to be copied.
unsafe fn version(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: not null, and the caller vouches for the rest.
    unsafe { std::ffi::CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Reads a model file.
pub(crate) fn read(model: &Path) -> Result<Vec<u8>, OnnxError> {
    fs::read(model).map_err(|e| match e.kind() {
        ErrorKind::NotFound => OnnxError::ModelMissing { path: model.into() },
        _ => OnnxError::ModelDamaged { path: model.into(), reason: e.to_string() },
    })
}

/// Values of output number `i`.
pub(crate) fn values<'a>(outputs: &'a SessionOutputs<'_>, i: usize) -> Result<&'a [f32], OnnxError> {
    if i >= outputs.len() {
        return Err(OnnxError::Failed(format!("it has only {} outputs", outputs.len())));
    }
    Ok(outputs[i].try_extract_tensor::<f32>()?.1)
}

/// Copies output number `i`, which is to have as many values as there is room for.
pub(crate) fn copy(outputs: &SessionOutputs<'_>, i: usize, to: &mut [f32]) -> Result<(), OnnxError> {
    let values = values(outputs, i)?;
    if values.len() != to.len() {
        return Err(OnnxError::Failed(format!("output {i} has {} values, not {}", values.len(), to.len())));
    }
    to.copy_from_slice(values);
    Ok(())
}

/// A network from its file, ready to run on the calling thread.
pub(crate) fn session(model: &Path) -> Result<Session, OnnxError> {
    session_from(&read(model)?, model)
}

/// A network from its bytes; `model` is where they came from.
pub(crate) fn session_from(bytes: &[u8], model: &Path) -> Result<Session, OnnxError> {
    if !*started() {
        return Err(OnnxError::NotStarted);
    }
    commit(bytes).map_err(|e| OnnxError::ModelDamaged { path: model.into(), reason: e.to_string() })
}

fn commit(bytes: &[u8]) -> ort::Result<Session> {
    Session::builder()?
        // What goes wrong comes back as an error; the runtime's own lines would only litter the terminal.
        .with_log_level(LogLevel::Fatal)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(1)?
        .with_inter_threads(1)?
        .with_intra_op_spinning(false)?
        // An arena would keep the most that was ever needed, and these networks need little at a time.
        .with_execution_providers([CPU::default().with_arena_allocator(false).build()])?
        .with_memory_pattern(false)?
        .commit_from_memory(bytes)
}
