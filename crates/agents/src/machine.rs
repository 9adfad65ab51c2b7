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
    /// Memory that programs can still have, bytes.
    pub memory_free: u64,
    /// Memory in all, bytes.
    pub memory_total: u64,
    /// The disk that holds the person's home folder.
    pub disk: Option<DiskSpace>,
    /// Seconds since the computer was started.
    pub uptime_s: Option<u64>,
}

/// Room on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DiskSpace {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

impl MachineStatus {
    /// Looks now.
    pub fn read() -> Self {
        let mut system = System::new();
        system.refresh_memory();
        Self {
            cpu_percent: cpu_percent(),
            memory_free: system.available_memory(),
            memory_total: system.total_memory(),
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

fn home_disk() -> Option<DiskSpace> {
    let home = std::env::home_dir()?;
    let disks = Disks::new_with_refreshed_list();
    let disk = disks
        .list()
        .iter()
        .filter(|disk| disk.total_space() > 0 && home.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    Some(DiskSpace { free: disk.available_space(), total: disk.total_space() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_at_this_computer_makes_sense() {
        let status = MachineStatus::read();
        assert!(status.memory_total > 0 && status.memory_free <= status.memory_total, "{status:?}");
        assert!(status.cpu_percent.is_none_or(|p| p <= 100), "{status:?}");
        assert!(status.disk.is_none_or(|d| d.free <= d.total), "{status:?}");
        assert!(status.uptime_s.is_none_or(|s| s > 0), "{status:?}");
    }
}
