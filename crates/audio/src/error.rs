//! What can go wrong with sound, and what a person is told about it.

use std::io;
use std::path::PathBuf;

use jarvis_core::{Code, Failure};

use crate::Direction;

/// Why there is no sound.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields' names say it")]
pub enum AudioError {
    /// There is no microphone at all.
    #[error("no microphone was found")]
    NoInput,
    /// There is no speaker at all.
    #[error("no speaker was found")]
    NoOutput,
    /// No device matches the name; `available` are the names that there are.
    #[error("there is no {direction} called \"{name}\"")]
    NoSuchDevice { direction: Direction, name: String, available: Vec<String> },
    /// The device is there but cannot be used.
    #[error("the {direction} \"{name}\" cannot be used: {reason}")]
    Unusable { direction: Direction, name: String, reason: String },
    /// The device went away while in use.
    #[error("the {direction} \"{name}\" went away")]
    DeviceLost { direction: Direction, name: String },
    /// The file is there but is no sound that can be read.
    #[error("{} cannot be read as sound: {reason}", path.display())]
    BadFile { path: PathBuf, reason: String },
    /// The file can be read as sound, but there is none in it.
    #[error("{} cannot be read as sound: it holds no sound", path.display())]
    NoSound { path: PathBuf },
    /// The file cannot be opened, read or written.
    #[error("{} cannot be used: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl AudioError {
    /// As a person reads it.
    pub fn failure(&self) -> Failure {
        let (code, remedy) = match self {
            Self::NoInput => (
                Code::NoMicrophone,
                "Plug in a microphone, or let Jarvis hear a recording with `jarvis hear FILE`.".into(),
            ),
            Self::NoOutput => {
                (Code::NoSpeaker, "Plug in a speaker; until then answers are given in writing.".into())
            }
            Self::NoSuchDevice { direction, available, .. } if available.is_empty() => {
                (absent(*direction), format!("No {direction} was found at all; plug one in."))
            }
            Self::NoSuchDevice { direction, available, .. } => {
                (absent(*direction), format!("Choose \"default\" or one of: {}.", available.join(", ")))
            }
            Self::Unusable { direction, .. } => (
                absent(*direction),
                "Close the program that uses it and check that you may use it, or choose another; `jarvis devices` \
                 lists them."
                    .into(),
            ),
            Self::DeviceLost { .. } => {
                (Code::DeviceLost, "Plug it in again; Jarvis goes on by itself.".into())
            }
            Self::BadFile { .. } | Self::NoSound { .. } => {
                (Code::BadAudio, "Give a WAV or FLAC file, for example one that another program plays.".into())
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                (Code::DiskFull, "Make room on the disk and try again.".into())
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                (Code::BadAudio, "Check the spelling of the path.".into())
            }
            Self::Io { .. } => {
                (Code::BadAudio, "Check that it is a file, and that you have permission to use it.".into())
            }
        };
        Failure::sentence(code, self, remedy)
    }
}

fn absent(direction: Direction) -> Code {
    match direction {
        Direction::Input => Code::NoMicrophone,
        Direction::Output => Code::NoSpeaker,
    }
}
