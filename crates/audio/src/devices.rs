//! The microphones and speakers that there are, and finding one by name.
//!
//! ALSA lists every plugin and every way to address a card; a person is shown each device once. Any of the
//! others can still be chosen by its exact ALSA name.

use std::fmt;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, Device, ErrorKind, Host, StreamConfig, SupportedBufferSize, SupportedStreamConfig};
use serde::Serialize;

use crate::AudioError;

/// The name that means whatever the system has chosen.
pub const DEFAULT: &str = "default";

/// Which way sound goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A microphone.
    Input,
    /// A speaker.
    Output,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "microphone",
            Self::Output => "speaker",
        })
    }
}

/// A device as a person chooses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// A name that can be configured.
    pub name: String,
    /// The system's own name for it; can be configured too.
    pub id: String,
    /// Whether the system has chosen it.
    pub default: bool,
    /// Samples per second it is used at.
    pub sample_rate: u32,
    /// Channels it is used with.
    pub channels: u16,
}

/// The usable devices of one direction, the default one first. Empty where there are none.
pub fn list(direction: Direction) -> Vec<DeviceInfo> {
    hush();
    let host = cpal::default_host();
    let default = default_device(&host, direction);
    let mut all: Vec<DeviceInfo> = Vec::new();
    for device in default.into_iter().chain(listed(&host, direction)) {
        let Ok(config) = config(&device, direction) else { continue };
        let info = DeviceInfo {
            name: device.to_string(),
            id: id(&device),
            default: all.is_empty() && id(&device) == DEFAULT,
            sample_rate: config.sample_rate(),
            channels: config.channels(),
        };
        if !all.iter().any(|known| known.id == info.id) {
            all.push(info);
        }
    }
    all
}

/// A device ready to be opened.
pub(crate) struct Found {
    pub device: Device,
    pub name: String,
    pub config: SupportedStreamConfig,
}

impl Found {
    /// What to open it with: its own rate and channels, in periods of about `period` where it can.
    pub fn stream_config(&self, period: Duration) -> StreamConfig {
        let mut config = self.config.config();
        if let SupportedBufferSize::Range { min, max } = *self.config.buffer_size() {
            let frames = (u64::from(config.sample_rate) * period.as_millis() as u64 / 1000) as u32;
            config.buffer_size = BufferSize::Fixed(frames.clamp(min, max.max(min)));
        }
        config
    }
}

/// Opens a device: "default", or the name or id of one, or a part of its name in any case.
pub(crate) fn open<T>(
    direction: Direction,
    wanted: &str,
    open: impl Fn(&Found) -> Result<T, cpal::Error>,
) -> Result<T, AudioError> {
    hush();
    let host = cpal::default_host();
    let try_out = |device: Device| {
        let found = Found { name: device.to_string(), config: config(&device, direction)?, device };
        open(&found)
    };
    if wanted.is_empty() || wanted == DEFAULT {
        return open_default(&host, direction, try_out);
    }
    let device = named(&host, direction, wanted);
    // ALSA's default device is listed by a name that none of the others has.
    if device.is_none() && default_device(&host, direction).is_some_and(|d| d.to_string() == wanted) {
        return open_default(&host, direction, try_out);
    }
    let folded = wanted.to_lowercase();
    let device =
        device.or_else(|| listed(&host, direction).find(|d| d.to_string().to_lowercase().contains(&folded)));
    let Some(device) = device else {
        let available = list(direction).into_iter().map(|d| d.name).collect();
        return Err(AudioError::NoSuchDevice { direction, name: wanted.into(), available });
    };
    let name = device.to_string();
    try_out(device).map_err(|e| AudioError::Unusable { direction, name, reason: e.to_string() })
}

/// The system's choice; where it has made none that works, the first device that does.
fn open_default<T>(
    host: &Host,
    direction: Direction,
    try_out: impl Fn(Device) -> Result<T, cpal::Error>,
) -> Result<T, AudioError> {
    for device in default_device(host, direction).into_iter().chain(listed(host, direction)) {
        let name = device.to_string();
        match try_out(device) {
            Ok(opened) => return Ok(opened),
            // It exists: taking another one instead would surprise.
            Err(e) if matches!(e.kind(), ErrorKind::DeviceBusy | ErrorKind::PermissionDenied) => {
                return Err(AudioError::Unusable { direction, name, reason: e.to_string() });
            }
            Err(error) => tracing::debug!(%name, %error, "a device does not work"),
        }
    }
    Err(match direction {
        Direction::Input => AudioError::NoInput,
        Direction::Output => AudioError::NoOutput,
    })
}

fn config(device: &Device, direction: Direction) -> Result<SupportedStreamConfig, cpal::Error> {
    match direction {
        Direction::Input => device.default_input_config(),
        Direction::Output => device.default_output_config(),
    }
}

fn default_device(host: &Host, direction: Direction) -> Option<Device> {
    match direction {
        Direction::Input => host.default_input_device(),
        Direction::Output => host.default_output_device(),
    }
}

/// All devices of the direction, nuisances included. A host that cannot be asked has none.
fn every(host: &Host, direction: Direction) -> impl Iterator<Item = Device> + use<> {
    host.devices().into_iter().flatten().filter(move |device| match direction {
        Direction::Input => device.supports_input(),
        Direction::Output => device.supports_output(),
    })
}

fn named(host: &Host, direction: Direction, wanted: &str) -> Option<Device> {
    let mut all = every(host, direction);
    all.find(|device| id(device) == wanted || (for_people(&id(device)) && device.to_string() == wanted))
}

fn listed(host: &Host, direction: Direction) -> impl Iterator<Item = Device> + use<> {
    every(host, direction).filter(|device| for_people(&id(device)))
}

fn id(device: &Device) -> String {
    device.id().map_or_else(|_| device.to_string(), |id| id.id().to_owned())
}

/// Whether an ALSA name is a device of its own rather than a plugin or one more way to a card. Other systems'
/// names pass.
fn for_people(id: &str) -> bool {
    const PLUGINS: [&str; 14] = [
        "null",
        "oss",
        "jack",
        "speex",
        "speexrate",
        "lavrate",
        "samplerate",
        "upmix",
        "vdownmix",
        "usbstream",
        "dmix",
        "dsnoop",
        "dshare",
        "a52",
    ];
    const WAYS: [&str; 11] = [
        "hw",
        "sysdefault",
        "front",
        "rear",
        "side",
        "center_lfe",
        "surround",
        "iec958",
        "hdmi",
        "dmix",
        "dsnoop",
    ];
    match id.split_once(':') {
        // By number is the same card once more.
        Some(("plughw", card)) => {
            !card.strip_prefix("CARD=").is_some_and(|c| c.starts_with(|c: char| c.is_ascii_digit()))
        }
        Some((way, _)) => !WAYS.iter().any(|w| way.starts_with(w)),
        None => !PLUGINS.contains(&id),
    }
}

/// Keeps alsa-lib from writing to the terminal when this thread tries a device. Calling it again empties what
/// has gathered.
pub(crate) fn hush() {
    #[cfg(target_os = "linux")]
    if let Err(error) = alsa::Output::local_error_handler() {
        tracing::debug!(%error, "alsa-lib cannot be silenced");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_card_is_shown_once() {
        let check = |id: &str, shown: bool| assert_eq!(for_people(id), shown, "{id}");
        for id in
            ["default", "pulse", "pipewire", "my_pcm", "plughw:CARD=PCH,DEV=0", "{0.0.1.00000000}.{guid}"]
        {
            check(id, true);
        }
        for id in [
            "null",
            "samplerate",
            "hw:CARD=PCH,DEV=0",
            "sysdefault:CARD=PCH",
            "surround51:CARD=PCH,DEV=0",
            "plughw:CARD=0,DEV=0",
        ] {
            check(id, false);
        }
    }
}
