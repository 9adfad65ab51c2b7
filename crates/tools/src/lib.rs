//! Hands and eyes: files, programs, windows, input, the screen, the system, commands, MCP.
//!
//! A tool tells what a call would do; [`Toolbox`] has the guard judge that, and runs what was approved. Nothing here decides
//! whether it may, and nothing outside the guard can make the [`jarvis_guard::Running`] that a tool runs on.

pub mod desktop;
mod dictation;
mod eyes;
mod files;
pub mod mcp;
pub mod open;
pub mod shell;
pub mod sound;
pub mod system;
mod tool;
mod toolbox;
mod turn;

pub use dictation::dictated;
pub use eyes::{
    Eyes, EyesEngine, EyesError, FindOnScreen, Found, Picture, ReadScreen, Reading, TakeScreenshot, find_text,
};
pub use files::{Change, Files, JournalError};
pub use tool::{About, Output, Plan, Tool, ToolError, arguments, spec};
pub use toolbox::{Called, Telemetry, Toolbox};
pub use turn::Turn;
