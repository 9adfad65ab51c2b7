//! What every voice needs beside its own files: ONNX Runtime and espeak-ng's data.

use std::path::Path;

use jarvis_engine::speech::VoiceFiles;
use jarvis_engine::{Fault, FaultCode};
use ort::session::Session;

/// Makes both ready for the voice of `files`, whose own files are `own`. What is missing is named.
pub fn start(files: &VoiceFiles, own: &[&Path]) -> Result<(), Fault> {
    let phonemes = files.espeak_data_parent.join("espeak-ng-data");
    let common = [files.onnxruntime.as_path(), &phonemes.join("phontab")];
    for path in own.iter().chain(&common) {
        if !path.is_file() {
            let message = format!("the voice needs {}, which is missing", path.display());
            return Err(Fault::new(FaultCode::ModelMissing, message));
        }
    }
    // espeak-rs looks for its data in the working directory. Nothing else here depends on that.
    std::env::set_current_dir(&files.espeak_data_parent).map_err(|e| damaged(&phonemes, &e))?;
    let runtime = ort::init_from(&files.onnxruntime).map_err(|e| damaged(&files.onnxruntime, &e))?;
    // Settings are taken once a process; they are the same for every voice.
    runtime.with_name("speech").commit();
    Ok(())
}

/// A file that is there and cannot be used.
pub fn damaged(path: &Path, reason: &dyn std::fmt::Display) -> Fault {
    Fault::new(FaultCode::ModelDamaged, format!("the voice's file {} is damaged: {reason}", path.display()))
}

/// All cores: the first sound is what the person waits for. (Piper's 0.055 s against 0.09 s with one of two.)
pub fn session(model: &Path) -> Result<Session, Fault> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let open = || -> Result<Session, ort::Error> {
        Session::builder()?
            .with_intra_threads(cores)?
            // Threads that spin between two sentences would take the cores from the recogniser.
            .with_intra_op_spinning(false)?
            .commit_from_file(model)
    };
    open().map_err(|e| damaged(model, &e))
}
