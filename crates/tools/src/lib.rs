//! Hands and eyes: files, programs, windows, input, the screen, the system, commands, MCP.
//!
//! A tool tells what a call would do; [`Toolbox`] has the guard judge that, and runs what was approved. Nothing here decides
//! whether it may, and nothing outside the guard can make the [`jarvis_guard::Running`] that a tool runs on.

mod eyes;
mod tool;
mod toolbox;
mod turn;

pub use eyes::{
    Eyes, EyesEngine, EyesError, FindOnScreen, Found, Picture, ReadScreen, Reading, TakeScreenshot, find_text,
};
pub use tool::{About, Output, Plan, Tool, ToolError, arguments, spec};
pub use toolbox::{Called, Telemetry, Toolbox};
pub use turn::Turn;
