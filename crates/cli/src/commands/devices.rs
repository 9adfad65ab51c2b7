//! `jarvis devices`.

use std::process::ExitCode;

use jarvis_audio::{AudioError, Direction, devices};
use serde_json::json;

use crate::output::Output;

pub fn run(out: Output) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for direction in [Direction::Input, Direction::Output] {
        let found = devices::list(direction);
        if found.is_empty() {
            code = ExitCode::FAILURE;
            let error = match direction {
                Direction::Input => AudioError::NoInput,
                Direction::Output => AudioError::NoOutput,
            };
            crate::output::note(format!("jarvis: {}", error.failure()));
        }
        for device in found {
            let kind = direction.to_string();
            let record = json!({"kind": kind, "name": device.name, "default": device.default,
                "sample_rate": device.sample_rate, "channels": device.channels});
            out.record(&record, |_| {
                let mark = if device.default { " (default)" } else { "" };
                format!(
                    "{kind:<10} {}{mark}: {} Hz, {} channels",
                    device.name, device.sample_rate, device.channels
                )
            });
        }
    }
    Ok(code)
}
