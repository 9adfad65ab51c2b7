//! What a program in the sandbox has and sees: folders, limits, an environment without secrets. As arguments of bubblewrap.

use std::ffi::OsString;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a program in the sandbox may have.
#[derive(Clone, Debug, Default)]
pub struct Cage {
    /// The one folder that it may write to, at its own path.
    pub folder: Option<PathBuf>,
    /// What it may read besides, each at its own path.
    pub readable: Vec<PathBuf>,
    /// Whether it may reach the network. Then it also reaches what listens on this machine's own addresses.
    pub network: bool,
    /// How much of everything.
    pub limits: Limits,
}

/// How much a program in the sandbox may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// It is stopped after this.
    pub wall: Duration,
    /// Seconds of processor time, for each process.
    pub cpu_s: u64,
    /// Working memory, for each process and for all of them together.
    pub memory_bytes: u64,
    /// Processes and threads at the same time.
    pub processes: u64,
    /// Size of each file that it writes.
    pub file_bytes: u64,
    /// Size of the temporary folder, and of the home folder, both of which are gone afterwards.
    pub disk_bytes: u64,
    /// So much of its output is kept.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(30),
            cpu_s: 30,
            memory_bytes: 1 << 30,
            processes: 64,
            file_bytes: 64 << 20,
            disk_bytes: 128 << 20,
            output_bytes: 64 << 10,
        }
    }
}

/// Where the home folder is in the sandbox.
const HOME: &str = "/home/jarvis";
/// Neither root nor anybody's on most machines, and never the number that the person has outside of it.
const USER: &str = "1000";

/// Closes whatever was left open for it by a library of ours, and becomes the program.
const BECOME: &str =
    r#"for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -gt 2 ] && eval "exec $fd>&-"; done; exec "$@""#;

/// The arguments of bubblewrap for a program. `etc`: a folder with the few files that `/etc` has in the sandbox.
pub(super) fn arguments(
    program: &[String],
    cage: &Cage,
    etc: &Path,
    filters: &[OwnedFd],
    strict: bool,
) -> Vec<OsString> {
    let mut list = List::default();
    list.add(&["--unshare-all", "--unshare-user"]);
    if strict {
        list.add(&["--disable-userns"]);
    }
    if cage.network {
        list.add(&["--share-net"]);
    }
    list.add(&[
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--uid",
        USER,
        "--gid",
        USER,
        "--hostname",
        "jarvis",
    ]);
    list.add(&["--clearenv"]);
    for (name, value) in [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("HOME", HOME),
        ("USER", "jarvis"),
        ("LANG", "C.UTF-8"),
        ("TERM", "dumb"),
    ] {
        list.add(&["--setenv", name, value]);
    }
    list.add(&["--ro-bind", "/usr", "/usr"]);
    for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
        let path = Path::new("/").join(name);
        match std::fs::read_link(&path) {
            Ok(target) => list.paths("--symlink", &target, &path),
            Err(_) if path.is_dir() => list.paths("--ro-bind", &path, &path),
            Err(_) => {}
        }
    }
    for name in ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime"] {
        let path = Path::new("/etc").join(name);
        list.paths("--ro-bind-try", &path, &path);
    }
    for name in ["passwd", "group", "hosts", "nsswitch.conf"] {
        list.paths("--ro-bind", &etc.join(name), &Path::new("/etc").join(name));
    }
    if cage.network {
        for name in ["ssl", "ca-certificates", "pki", "services", "protocols"] {
            let path = Path::new("/etc").join(name);
            list.paths("--ro-bind-try", &path, &path);
        }
        // Often a link into a folder that is not there.
        if let Ok(path) = Path::new("/etc/resolv.conf").canonicalize() {
            list.paths("--ro-bind-try", &path, Path::new("/etc/resolv.conf"));
        }
    }
    let disk = cage.limits.disk_bytes.max(1).to_string();
    list.add(&["--proc", "/proc", "--dev", "/dev"]);
    // These belong to root, and when Jarvis runs as root then so does the program, whatever number it sees.
    for name in ["sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "mtrr", "driver", "tty"] {
        let path = Path::new("/proc").join(name);
        if path.exists() {
            list.paths("--ro-bind", &path, &path);
        }
    }
    list.add(&["--size", &disk, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]);
    list.add(&["--size", &disk, "--tmpfs", "/tmp", "--size", &disk, "--tmpfs", HOME]);
    for path in &cage.readable {
        list.paths("--ro-bind", path, path);
    }
    if let Some(folder) = &cage.folder {
        list.paths("--bind", folder, folder);
    }
    let start = cage.folder.as_deref().unwrap_or(Path::new(HOME));
    // What is left of the tree of folders lies in memory, without bounds.
    list.add(&["--remount-ro", "/", "--chdir"]);
    list.0.push(start.into());
    for filter in filters {
        list.add(&["--add-seccomp-fd", &filter.as_raw_fd().to_string()]);
    }
    // Whoever holds the program must come before it, or thousands of its processes keep its end waiting while they make more.
    list.add(&["--", "/usr/bin/nice", "-n", "19", "/usr/bin/prlimit"]);
    let limits = &cage.limits;
    // At the first of the two it is told, at the second it is killed.
    list.add(&[&format!("--cpu={}:{}", limits.cpu_s, limits.cpu_s + 1)]);
    let bounds = [
        ("data", limits.memory_bytes),
        ("fsize", limits.file_bytes),
        ("core", 0),
        ("nofile", 1024),
        ("memlock", 0),
    ];
    for (name, bound) in bounds {
        list.add(&[&format!("--{name}={bound}")]);
    }
    if counts_by_namespace() {
        // Two more: bubblewrap's own first process, and this one before it becomes the program.
        list.add(&[&format!("--nproc={}", limits.processes + 2)]);
    }
    list.add(&["--", "/bin/bash", "-c", BECOME, "bash"]);
    list.0.extend(program.iter().map(OsString::from));
    list.0
}

/// Since 5.14 the kernel counts a user's processes for each namespace. Before, those outside would count too, and nothing could
/// be started at all; then only the watch from outside counts.
fn counts_by_namespace() -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split(['.', '-']).map_while(|part| part.trim().parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (5, 14)
}

/// Writes the few files of `/etc` that programs look for.
pub(super) fn write_etc(folder: &Path) -> std::io::Result<()> {
    let files = [
        ("passwd", format!("jarvis:x:{USER}:{USER}::{HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")),
        ("group", format!("jarvis:x:{USER}:\nnogroup:x:65534:\n")),
        ("hosts", "127.0.0.1 localhost jarvis\n::1 localhost\n".to_owned()),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

#[derive(Default)]
struct List(Vec<OsString>);

impl List {
    fn add(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(OsString::from));
    }

    fn paths(&mut self, option: &str, from: &Path, to: &Path) {
        self.0.extend([option.into(), from.into(), to.into()]);
    }
}
