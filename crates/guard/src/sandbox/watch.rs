//! Looks from outside how many processes run in a sandbox, and how much memory they have together.
//!
//! The kernel's own limits hold for each process, and some of them not for root.

use std::collections::HashMap;

/// What all processes in a sandbox have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Use {
    /// Processes and threads.
    pub processes: u64,
    /// Their memory, in bytes.
    pub memory_bytes: u64,
}

/// What the descendants of a process have. What cannot be read is not counted.
pub(super) fn descendants(root: u32) -> Use {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let Ok(entries) = std::fs::read_dir("/proc") else { return Use::default() };
    for pid in entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut total = Use::default();
    let mut open = children.remove(&root).unwrap_or_default();
    while let Some(pid) = open.pop() {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0)
        };
        total.processes += number("Threads:").max(1);
        total.memory_bytes += number("RssAnon:") * 1024;
        open.extend(children.remove(&pid).unwrap_or_default());
    }
    total
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything, parentheses too.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}
