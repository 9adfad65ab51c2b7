//! SVOX Pico: six voices, each of another language, that are quick enough to say hours. A program of its own, `pico2wave`, which is
//! used where it is installed.

use std::process::Command;

use jarvis_core::audio::Pcm;

use crate::error::TrainingError;
use crate::programs;

const PROGRAM: &str = "pico2wave";
/// What Debian calls it.
pub const PACKAGE: &str = "libttspico-utils";

/// Whether it is installed.
pub fn is_there() -> bool {
    programs::is_there(PROGRAM, "--help")
}

/// What its voice of a language (`en-GB`) makes of a text without markup, at `speed`: 0.5 (half) to 2.0 (double).
pub fn say(language: &str, text: &str, speed: f32) -> Result<Pcm, TrainingError> {
    let marked = format!("<speed level='{:.0}'>{text}</speed>", speed * 100.0);
    let said = programs::say(&marked, |_, wav| {
        let mut command = Command::new(PROGRAM);
        command.args(["--lang", language]).arg("--wave").arg(wav).arg(&marked);
        command
    })?;
    said.ok_or_else(|| TrainingError::Unsuitable {
        message: format!("Pico has no voice for {language}, or could not say {text:?}."),
        remedy: format!(
            "Install the package {PACKAGE} and its data anew, or remove it: it is not necessary."
        ),
    })
}
