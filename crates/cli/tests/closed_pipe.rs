//! What `jarvis ... | head` sees: nothing of a failure.
#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::process::{Command, Stdio};

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut jarvis = Command::new(env!("CARGO_BIN_EXE_jarvis"));
    let mut jarvis = jarvis.arg("openapi").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Longer than a pipe holds, so that it cannot have written all of it before.
    drop(jarvis.stdout.take());
    let ended = jarvis.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.is_empty(), "{}: {said}", ended.status);
}
