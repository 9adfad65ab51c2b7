//! What a call would do, told by the tool before anything happens. The guard judges this and nothing else: never the
//! model's words, never a tool's name alone.

use std::path::PathBuf;

pub use jarvis_core::Risk;
use serde::{Deserialize, Serialize};

use crate::command::CommandLine;

/// What one call would do, all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Name of the tool.
    pub tool: String,
    /// Everything it would touch. Empty for a tool that only reckons.
    pub effects: Vec<Effect>,
    /// The exact effect in one plain sentence, as a person is asked: "Move /home/ada/a.txt to /home/ada/Documents/a.txt."
    pub words: String,
    /// Whether "undo that" takes it back.
    pub undoable: bool,
}

/// One thing that a call would touch. Paths are absolute, and lead where the links on the way lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Looks at the machine's condition: load, memory, windows' titles, the list of programs.
    Look,
    /// Looks at the screen, or a part of it.
    See,
    /// Reads a file, or lists a folder.
    Read {
        /// Which.
        path: PathBuf,
    },
    /// Makes a file or a folder that was not there.
    Create {
        /// Which.
        path: PathBuf,
    },
    /// Writes into a file that is there, or over it.
    Change {
        /// Which.
        path: PathBuf,
    },
    /// A file or a folder leaves its place: it is moved, or put into the trash.
    Leave {
        /// Which.
        path: PathBuf,
    },
    /// Runs a command line or a script, in the sandbox.
    Run {
        /// Taken apart.
        command: CommandLine,
        /// The folder it may write to, if any.
        folder: Option<PathBuf>,
        /// Whether it may reach the network.
        network: bool,
    },
    /// Starts a program that is installed, without arguments of the model's.
    Launch {
        /// Its name, as in the menus.
        app: String,
    },
    /// Asks a program to end, or ends a process.
    End {
        /// Its name.
        process: String,
        /// Whether it is the person's own; another's, or the system's, is not.
        own: bool,
        /// Whether it has no say in it (SIGKILL).
        force: bool,
    },
    /// Opens a web address, or hands data to another machine.
    Send {
        /// Which machine.
        host: String,
        /// Whether more than the address itself goes there: data, a query.
        data: bool,
    },
    /// Types, presses keys, clicks or scrolls in the window that has the focus.
    Input {
        /// Title of that window, as far as it is known.
        window: String,
        /// What is done.
        kind: Input,
    },
    /// Reads what is on the clipboard.
    ReadClipboard,
    /// Puts something on the clipboard.
    WriteClipboard,
    /// Focuses, moves or closes a window.
    Window {
        /// Its title.
        title: String,
        /// Whether it is closed.
        close: bool,
    },
    /// Volume, brightness, what plays: seen at once, and turned back as easily.
    Adjust,
    /// A tool of a configured MCP server, about which no more is known than what it says of itself.
    Foreign {
        /// The server's name in the configuration.
        server: String,
        /// Whether the person has said that it only reads.
        reads_only: bool,
    },
}

impl Effect {
    /// As the rules and the records call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::See => "see",
            Self::Read { .. } => "read",
            Self::Create { .. } => "create",
            Self::Change { .. } => "change",
            Self::Leave { .. } => "leave",
            Self::Run { .. } => "run",
            Self::Launch { .. } => "launch",
            Self::End { .. } => "end",
            Self::Send { .. } => "send",
            Self::Input { .. } => "input",
            Self::ReadClipboard => "read_clipboard",
            Self::WriteClipboard => "write_clipboard",
            Self::Window { .. } => "window",
            Self::Adjust => "adjust",
            Self::Foreign { .. } => "foreign",
        }
    }
}

/// What is done by keyboard or mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Text.
    Text,
    /// Text with a line feed, or a key that sends or confirms (Enter).
    Submit,
    /// Another key or a combination.
    Keys,
    /// A click.
    Click,
    /// Scrolling, moving the pointer.
    Scroll,
}
