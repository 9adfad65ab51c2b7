//! The screen's brightness, set by logind for the person at the machine; the kernel tells which screens have a light.

use std::fs;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jarvis_guard::{Effect, Running};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use zbus::Proxy;
use zbus::connection::Builder;

use super::{bus, unreachable};
use crate::desktop::{Desktop, about};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// At this a screen can still be read; at 0 many are dark, and nobody finds the way back.
const LEAST: u8 = 2;

/// `set_brightness`.
pub(super) struct SetBrightness {
    about: About,
    desktop: Desktop,
    lights: PathBuf,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// The brightness, 0 to 100.
    percent: u8,
}

impl SetBrightness {
    pub(super) fn new(desktop: &Desktop, lights: &Path) -> Self {
        let about = about::<Wish>(
            "sound",
            "set_brightness",
            "Sets the brightness of the built-in screen.",
            &["Make the screen darker", "Set the brightness to half", "Mach den Bildschirm heller"],
        );
        Self { about, desktop: desktop.clone(), lights: lights.to_owned() }
    }
}

fn wish(given: &Value) -> Result<u8, ToolError> {
    let Wish { percent } = arguments("set_brightness", given)?;
    if percent > 100 {
        let reason = "percent is 0 to 100".into();
        return Err(ToolError::BadArguments { tool: "set_brightness".into(), reason });
    }
    Ok(percent.max(LEAST))
}

#[async_trait]
impl Tool for SetBrightness {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let words = format!("Set the brightness of the screen to {} %.", wish(given)?);
        Ok(Plan { effects: vec![Effect::Adjust], words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let percent = wish(running.arguments())?;
        let lights = lights(&self.lights);
        if lights.is_empty() {
            return Err(ToolError::unavailable(
                "No screen here has a light that can be set from the computer. Use the buttons of the screen.",
            ));
        }
        let usual = Builder::system().map_err(|error| unreachable(&error))?;
        let bus = bus(&self.desktop, "DBUS_SYSTEM_BUS_ADDRESS", usual).await?;
        let session = Proxy::new(
            &bus,
            "org.freedesktop.login1",
            "/org/freedesktop/login1/session/auto",
            "org.freedesktop.login1.Session",
        );
        let session = session.await.map_err(|error| unreachable(&error))?;
        for (name, most) in lights {
            let value = (u64::from(most) * u64::from(percent)).div_ceil(100);
            let value = u32::try_from(value).unwrap_or(most);
            let answer = session.call_method("SetBrightness", &("backlight", name.as_str(), value)).await;
            answer.map_err(|error| {
                ToolError::failed(format!(
                    "logind did not set the brightness ({error}). Log in at the machine itself."
                ))
            })?;
        }
        Ok(Output::text(format!("The screen is at {percent} %.")))
    }
}

/// Every light and its greatest value.
fn lights(folder: &Path) -> Vec<(String, u32)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let lights = entries.filter_map(|entry| {
        let most = fs::read_to_string(entry.path().join("max_brightness")).ok()?.trim().parse().ok()?;
        Some((entry.file_name().into_string().ok()?, most))
    });
    let mut lights: Vec<(String, u32)> = lights.collect();
    lights.sort();
    lights
}
