//! The machine: processor, memory, disks, network, battery, system. Serial numbers and the addresses of others are not told.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;

use async_trait::async_trait;
use jarvis_guard::{Running, TaintKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use sysinfo::{CpuRefreshKind, Disks, MINIMUM_CPU_UPDATE_INTERVAL, System};

use crate::desktop::{about, blocking, one_line};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

/// `system_info`.
pub(super) struct SystemInfo {
    about: About,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct What {
    /// About what; everything if not told.
    about: Option<Part>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    #[default]
    All,
    Cpu,
    Memory,
    Disks,
    Network,
    Battery,
    System,
}

impl SystemInfo {
    pub(super) fn new() -> Self {
        let mut about = about::<What>(
            "system",
            "system_info",
            "Tells the condition of the computer: processor, memory, free space on the disks, network, battery, operating system.",
            &["How full is the disk?", "How much battery is left?", "Wie viel Speicher ist frei?"],
        );
        // Whoever makes a disk chooses its name.
        about.taint = Some(TaintKind::Names);
        Self { about }
    }
}

#[async_trait]
impl Tool for SystemInfo {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        arguments::<What>("system_info", given)?;
        Ok(Plan::look("Look at the condition of the computer."))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let What { about } = arguments("system_info", running.arguments())?;
        let part = about.unwrap_or_default();
        let text = blocking(running, move |_| {
            let told: [(Part, fn() -> Result<String, sysinfo::Error>); 6] = [
                (Part::System, system),
                (Part::Cpu, cpu),
                (Part::Memory, memory),
                (Part::Disks, disks),
                (Part::Network, || Ok(network(Path::new("/sys/class/net")))),
                (Part::Battery, || Ok(battery(Path::new("/sys/class/power_supply")))),
            ];
            let wanted = told.iter().filter(|(kind, _)| part == Part::All || part == *kind);
            let lines: Result<Vec<String>, _> = wanted.map(|(_, tell)| tell()).collect();
            lines.map_err(|_| ToolError::failed("The system does not tell.")).map(|lines| lines.join("\n"))
        });
        Ok(Output::text(text.await?))
    }
}

/// "1.5 GB".
pub(super) fn bytes(count: u64) -> String {
    let count = count as f64;
    match count {
        n if n >= 1e12 => format!("{:.1} TB", n / 1e12),
        n if n >= 1e9 => format!("{:.1} GB", n / 1e9),
        n if n >= 1e6 => format!("{:.0} MB", n / 1e6),
        n => format!("{:.0} kB", n / 1e3),
    }
}

fn system() -> Result<String, sysinfo::Error> {
    let name = System::long_os_version().or_else(|_| System::name()).unwrap_or_else(|_| "Linux".into());
    let kernel = System::kernel_version().unwrap_or_default();
    let minutes = System::uptime()? / 60;
    let (days, hours) = (minutes / 1440, minutes / 60 % 24);
    Ok(format!(
        "System: {name}, kernel {kernel}; on for {days} days, {hours} hours and {} minutes.",
        minutes % 60
    ))
}

fn cpu() -> Result<String, sysinfo::Error> {
    let mut system = System::new()?;
    system.refresh_cpu_specifics(CpuRefreshKind::everything());
    std::thread::sleep(MINIMUM_CPU_UPDATE_INTERVAL);
    system.refresh_cpu_specifics(CpuRefreshKind::everything());
    let model = system.cpus().first().map(|cpu| one_line(cpu.brand())).unwrap_or_default();
    let load = System::load_average()?;
    Ok(format!(
        "Processor: {model}, {} cores, {:.0} % busy; load {:.2}, {:.2}, {:.2} (1, 5, 15 minutes).",
        system.cpus().len(),
        system.global_cpu_usage(),
        load.one,
        load.five,
        load.fifteen
    ))
}

fn memory() -> Result<String, sysinfo::Error> {
    let mut system = System::new()?;
    system.refresh_memory();
    let (total, free) = (system.total_memory(), system.available_memory());
    let swap = match system.total_swap() {
        0 => "no swap".into(),
        total => format!("{} of {} swap used", bytes(system.used_swap()), bytes(total)),
    };
    Ok(format!(
        "Memory: {} of {} used, {} free; {swap}.",
        bytes(total.saturating_sub(free)),
        bytes(total),
        bytes(free)
    ))
}

fn disks() -> Result<String, sysinfo::Error> {
    let disks = Disks::new_with_refreshed_list()?;
    let mut seen = Vec::new();
    let mut lines = Vec::new();
    for disk in disks.iter().filter(|disk| disk.total_space() > 0) {
        // One disk that is mounted in many places is one disk.
        let name = disk.name().to_owned();
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let (total, free) = (disk.total_space(), disk.available_space());
        let used = 100.0 * (1.0 - free as f64 / total as f64);
        let place = one_line(&disk.mount_point().to_string_lossy());
        lines.push(format!("Disk {place}: {} of {} free ({used:.0} % used).", bytes(free), bytes(total)));
    }
    Ok(if lines.is_empty() { "Disks: none to be seen.".into() } else { lines.join("\n") })
}

fn line_of(file: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(file).ok().map(|text| one_line(&text)).filter(|text| !text.is_empty())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn network(folder: &Path) -> String {
    let names = names(folder).into_iter().filter(|name| name != "lo").map(|name| {
        let wireless = folder.join(&name).join("wireless").exists();
        let state = line_of(folder.join(&name).join("operstate")).unwrap_or_else(|| "unknown".into());
        format!("{}{} is {state}", one_line(&name), if wireless { " (wireless)" } else { "" })
    });
    let names: Vec<String> = names.collect();
    let names = if names.is_empty() { "no interfaces".into() } else { names.join(", ") };
    match own_address() {
        Some(address) => format!("Network: {names}; the address here is {address}."),
        None => format!("Network: {names}; no way out of this computer."),
    }
}

/// This computer's address on the way out. Nothing is sent: it is only asked which way it would go. The address asked about is
/// one that documents use and nobody has (RFC 5737).
fn own_address() -> Option<std::net::IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback() && !address.is_unspecified())
}

fn battery(folder: &Path) -> String {
    let mut lines = Vec::new();
    for name in names(folder) {
        let at = |file: &str| line_of(folder.join(&name).join(file));
        // A mouse has a battery too; its scope is "Device".
        if at("type").as_deref() != Some("Battery") || at("scope").as_deref() == Some("Device") {
            continue;
        }
        let Some(percent) = at("capacity") else { continue };
        let state = at("status").unwrap_or_else(|| "Unknown".into()).to_lowercase();
        lines.push(format!("Battery: {percent} %, {state}."));
    }
    if lines.is_empty() { "Battery: none.".into() } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_battery_is_read_as_the_kernel_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(battery(folder.path()), "Battery: none.");
        for (name, files) in [
            ("AC", &[("type", "Mains\n"), ("online", "0\n")][..]),
            ("BAT0", &[("type", "Battery\n"), ("capacity", "83\n"), ("status", "Discharging\n")]),
            ("mouse", &[("type", "Battery\n"), ("scope", "Device\n"), ("capacity", "5\n")]),
        ] {
            fs::create_dir(folder.path().join(name)).unwrap();
            for (file, text) in files {
                fs::write(folder.path().join(name).join(file), text).unwrap();
            }
        }
        assert_eq!(battery(folder.path()), "Battery: 83 %, discharging.");
    }

    #[test]
    fn sizes_are_told_in_words() {
        for (count, text) in [
            (512_000, "512 kB"),
            (2_600_000, "3 MB"),
            (1_500_000_000, "1.5 GB"),
            (2_000_000_000_000, "2.0 TB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
