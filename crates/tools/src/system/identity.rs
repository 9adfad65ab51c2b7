//! Which process is which, from `/proc`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

use rustix::process::{Pid, PidfdFlags, Signal, getuid, pidfd_open, pidfd_send_signal};

/// Programs that a session rests on: where one of them ends, so does all that is open. They run as the person, but are
/// nothing that is ended in passing.
const SESSION: &[&str] = &[
    "systemd",
    "init",
    "Xorg",
    "Xwayland",
    "gnome-shell",
    "gnome-session-b",
    "gnome-session-binary",
    "kwin_x11",
    "kwin_wayland",
    "plasmashell",
    "ksmserver",
    "xfce4-session",
    "cinnamon",
    "mate-session",
    "sway",
    "Hyprland",
    "dbus-daemon",
    "dbus-broker",
    "dbus-broker-launch",
    "pipewire",
    "wireplumber",
    "pulseaudio",
    "gdm-x-session",
    "gdm-wayland-session",
    "sddm-helper",
    "login",
    "sshd",
];

/// One process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// Clock ticks since the machine started.
    pub(crate) started: u64,
    /// Name of its program.
    pub(crate) name: String,
    pub(crate) parent: u32,
    uid: u32,
    ended: bool,
}

impl Process {
    /// The one with this number.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let uid = fs::metadata(format!("/proc/{pid}")).ok()?.uid();
        // The name stands in brackets and may hold brackets; what follows the last one is numbers, the third field first.
        let (front, fields) = stat.rsplit_once(')')?;
        let short = front.split_once('(')?.1;
        let mut fields = fields.split_ascii_whitespace();
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(17)?.parse().ok()?;
        Some(Self {
            pid,
            started,
            name: full_name(pid, short),
            parent,
            uid,
            ended: matches!(state, "Z" | "X"),
        })
    }

    /// All there are.
    pub(crate) fn all() -> Vec<Self> {
        let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
        numbers.filter_map(Self::of).filter(|process| !process.ended).collect()
    }

    /// Whether it is still there: this one, not another of its number.
    pub(crate) fn lives(&self) -> bool {
        Self::of(self.pid).is_some_and(|now| now.started == self.started && !now.ended)
    }

    /// Whether it is the person's, and nothing that the session rests on.
    pub(crate) fn is_own(&self) -> bool {
        self.uid == getuid().as_raw() && !SESSION.contains(&self.name.as_str())
    }

    /// Whether it must not be ended: process 1, the kernel's, Jarvis, and what Jarvis runs in.
    pub(crate) fn is_protected(&self) -> bool {
        const KERNEL: u32 = 2;
        self.pid <= KERNEL || self.parent == KERNEL || is_jarvis_or_above(self.pid)
    }

    /// What it was started with, its program left out.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let line = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        let words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        let mut words: Vec<String> = words.skip(1).collect();
        // The last one ends with a zero too.
        words.pop();
        words
    }

    /// A variable of the environment that it was started in, where that may be looked at.
    pub(crate) fn variable(&self, name: &str) -> Option<OsString> {
        let environment = fs::read(format!("/proc/{}/environ", self.pid)).ok()?;
        let value = environment
            .split(|byte| *byte == 0)
            .find_map(|entry| entry.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")))?;
        Some(OsStr::from_bytes(value).to_owned())
    }

    /// Sends it a signal, and no other process that has got its number since.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), String> {
        let number = i32::try_from(self.pid).ok().and_then(Pid::from_raw).ok_or("there is no such number")?;
        let held = pidfd_open(number, PidfdFlags::empty()).map_err(|error| error.to_string())?;
        // Held by now, it cannot change any more.
        if !self.lives() || self.is_protected() {
            return Err("it is another process by now".into());
        }
        pidfd_send_signal(held, signal).map_err(|error| error.to_string())
    }
}

/// The kernel cuts names off at 15 bytes; the program's file has all of it.
fn full_name(pid: u32, short: &str) -> String {
    let file = fs::read_link(format!("/proc/{pid}/exe")).ok();
    let file = file.and_then(|file| Some(file.file_name()?.to_string_lossy().into_owned()));
    let file = file.map(|name| name.trim_end_matches(" (deleted)").to_owned());
    file.filter(|full| short.len() >= 15 && full.starts_with(short)).unwrap_or_else(|| short.to_owned())
}

/// Whether that is this process, or one that it was started by.
pub(crate) fn is_jarvis_or_above(pid: u32) -> bool {
    let mut at = std::process::id();
    // A chain cannot be longer than there are numbers, but a process may end while it is followed.
    for _ in 0..1000 {
        if at == pid {
            return true;
        }
        match Process::of(at) {
            Some(process) if process.parent > 0 => at = process.parent,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_start() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let process = Process::of(child.id()).unwrap();
        assert_eq!(
            (process.parent, process.is_own(), process.is_protected()),
            (std::process::id(), true, false)
        );
        assert!(process.lives());
        let other = Process { started: process.started + 1, ..process.clone() };
        assert!(!other.lives());
        assert!(other.signal(Signal::KILL).is_err(), "another process is not ended");
        assert!(process.lives());
        process.signal(Signal::KILL).unwrap();
        child.wait().unwrap();
        assert!(!process.lives());
    }

    #[test]
    fn jarvis_ends_neither_itself_nor_what_it_runs_in() {
        let own = Process::of(std::process::id()).unwrap();
        let parent = Process::of(own.parent).unwrap();
        for process in [&own, &parent] {
            assert!(process.is_protected(), "{process:?}");
            assert!(process.signal(Signal::TERM).is_err());
        }
        assert!(Process::of(1).is_none_or(|first| first.is_protected()));
    }
}
