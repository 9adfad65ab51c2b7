//! What is heard and how bright it is: volume, what plays, the screen's brightness.
//!
//! All of it is seen or heard at once and turned back as easily. Nothing else of a sound server, a player or the machine is
//! touched, and no player's title is told. Wired up by the assistant.

mod brightness;
mod media;
mod volume;

use std::path::Path;
use std::sync::Arc;

use zbus::connection::Builder;
use zbus::{Connection, Error};

use crate::desktop::Desktop;
use crate::tool::{Tool, ToolError};

/// The tools of sound and light.
pub fn tools(desktop: &Desktop) -> Vec<Arc<dyn Tool>> {
    with_lights_in(desktop, Path::new("/sys/class/backlight"))
}

/// The same, with the screens' lights in a folder like the kernel's.
pub fn with_lights_in(desktop: &Desktop, lights: &Path) -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(volume::SetVolume::new(desktop)),
        Arc::new(media::Media::new(desktop)),
        Arc::new(brightness::SetBrightness::new(desktop, lights)),
    ]
}

/// A connection to the bus whose address stands in that variable, or to the usual one.
async fn bus(desktop: &Desktop, variable: &str, usual: Builder<'static>) -> Result<Connection, ToolError> {
    let builder = match desktop.var(variable).and_then(|address| address.into_string().ok()) {
        Some(address) => Builder::address(address.as_str()).map_err(|error| unreachable(&error))?,
        None => usual,
    };
    builder.build().await.map_err(|error| unreachable(&error))
}

fn unreachable(error: &Error) -> ToolError {
    ToolError::unavailable(format!(
        "The message bus cannot be reached ({error}). Start Jarvis in a desktop session."
    ))
}
