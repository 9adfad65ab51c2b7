//! How the computer is doing, read in milliseconds: load, memory, disk, time since it was started.
//!
//! Only looks, never acts. Called by the reflexes and by the `machine_status` tool.

use std::thread::available_parallelism;

use serde::Serialize;
use sysinfo::{Disks, System};

/// One look at the computer. What the system does not tell is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MachineStatus {
    /// Load of the last minute in percent of all cores, 0 to 100.
    pub cpu_percent: Option<u8>,
    /// Memory; free is what programs can still have.
    pub memory: Option<Space>,
    /// The disk that holds the person's home folder.
    pub disk: Option<Space>,
    /// Seconds since the computer was started.
    pub uptime_s: Option<u64>,
}

/// Room in memory or on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Space {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

impl MachineStatus {
    /// Looks now.
    pub fn read() -> Self {
        Self {
            cpu_percent: cpu_percent(),
            memory: memory(),
            disk: home_disk(),
            uptime_s: System::uptime().ok(),
        }
    }
}

/// The load average needs no second look after a pause, so that the answer comes at once.
fn cpu_percent() -> Option<u8> {
    let cores = available_parallelism().ok()?.get() as f64;
    let load = System::load_average().ok()?.one;
    Some((load / cores * 100.0).round().clamp(0.0, 100.0) as u8)
}

fn memory() -> Option<Space> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    Some(Space { free: system.available_memory(), total: system.total_memory() })
}

fn home_disk() -> Option<Space> {
    let home = std::env::home_dir()?;
    let disks = Disks::new_with_refreshed_list().ok()?;
    let disk = disks
        .iter()
        .filter(|disk| disk.total_space() > 0 && home.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    Some(Space { free: disk.available_space(), total: disk.total_space() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_at_this_computer_makes_sense() {
        let status = MachineStatus::read();
        assert!(status.memory.is_some_and(|m| m.total > 0 && m.free <= m.total), "{status:?}");
        assert!(status.cpu_percent.is_none_or(|p| p <= 100), "{status:?}");
        assert!(status.disk.is_none_or(|d| d.free <= d.total), "{status:?}");
        assert!(status.uptime_s.is_none_or(|s| s > 0), "{status:?}");
    }
}
