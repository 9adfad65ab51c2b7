//! `jarvis openapi`: the API's description. The window's types are generated from it; it is not for everyday use, and
//! so not listed.

use std::process::ExitCode;

use crate::output::Output;

pub fn run() -> anyhow::Result<ExitCode> {
    Output::new(false).line(jarvis_server::openapi());
    Ok(ExitCode::SUCCESS)
}
