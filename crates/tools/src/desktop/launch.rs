//! Starting a program so that it lives on by itself, and waiting for what others do in their own time. A program is started
//! by its path and its arguments, never through a shell.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::Desktop;
use crate::tool::ToolError;

/// What was asked for is looked after so often, and for so long.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(10);
/// A program that cannot do what it should ends within this.
const EARLY: Duration = Duration::from_millis(700);

/// Waits, on a thread that may block, until something is so. False when it does not become so, or everything is stopped.
pub(crate) fn until(stop: &CancellationToken, mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + PATIENCE;
    loop {
        if is_so() {
            return true;
        }
        if stop.is_cancelled() || Instant::now() > end {
            return false;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Whether a file is there and may be run.
pub(crate) fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|met| met.is_file() && met.permissions().mode() & 0o111 != 0)
}

/// Starts a program in a session of its own: it ends neither with Jarvis nor with the terminal of it.
pub(crate) async fn start(
    desktop: &Desktop,
    program: &str,
    arguments: &[impl AsRef<OsStr>],
    folder: Option<&Path>,
) -> Result<(), ToolError> {
    let missing =
        || ToolError::unavailable(format!("The program {program} is not installed, or not in the PATH."));
    let file = if program.contains('/') {
        Some(Path::new(program).to_owned()).filter(|file| is_program(file))
    } else {
        desktop.program(program)
    };
    let file = file.ok_or_else(missing)?;
    // Leaving a session takes a call that Rust has no safe way to; this program is part of every Linux.
    let mut command = match desktop.program("setsid") {
        Some(setsid) => {
            let mut command = tokio::process::Command::new(setsid);
            command.arg(&file);
            command
        }
        None => {
            let mut command = tokio::process::Command::new(&file);
            command.process_group(0);
            command
        }
    };
    let home = desktop.var("HOME").unwrap_or_else(|| OsString::from("/"));
    command.args(arguments.iter().map(AsRef::as_ref)).envs(desktop.env());
    command.current_dir(folder.map_or_else(|| Path::new(&home).to_owned(), Path::to_owned));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child =
        command.spawn().map_err(|error| ToolError::failed(format!("{program} did not start ({error}).")))?;
    match tokio::time::timeout(EARLY, child.wait()).await {
        Ok(Ok(status)) if !status.success() => {
            Err(ToolError::failed(format!("{program} ended at once ({status}).")))
        }
        _ => Ok(()),
    }
}
