//! Programs of other projects that read a text aloud.

use std::path::Path;
use std::process::{Command, Stdio};

use jarvis_core::audio::Pcm;

use crate::error::TrainingError;

/// Whether a program can be started; `argument` is one with which it ends at once.
pub fn is_there(program: &str, argument: &str) -> bool {
    silent(Command::new(program).arg(argument)).status().is_ok()
}

/// Has a program say something. `command` is told the file of the text and the one that the sound is to go to. None where the program
/// has not said it, as when the voice is not installed.
///
/// # Errors
/// When the disk fails, or the program is not there.
pub fn say(text: &str, command: impl FnOnce(&Path, &Path) -> Command) -> Result<Option<Pcm>, TrainingError> {
    let unusable = |path: &Path, source| TrainingError::Io { path: path.into(), source };
    let folder = tempfile::tempdir().map_err(|e| unusable(&std::env::temp_dir(), e))?;
    let (wav, said) = (folder.path().join("said.wav"), folder.path().join("text"));
    std::fs::write(&said, text).map_err(|e| unusable(&said, e))?;
    let mut command = command(&said, &wav);
    let status = silent(&mut command).status().map_err(|e| unusable(Path::new(command.get_program()), e))?;
    Ok(status.success().then(|| jarvis_audio::file::read(&wav)).and_then(Result::ok))
}

fn silent(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}
