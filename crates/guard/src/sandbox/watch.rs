//! Looks from outside how many processes run in a sandbox, and how much memory they have together.
//!
//! The kernel's own limits hold for each process, and some of them not for root.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// What all processes in a sandbox have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Use {
    /// Processes and threads.
    pub processes: u64,
    /// Their memory, in bytes.
    pub memory_bytes: u64,
}

/// What the descendants of a process have; no more of them are looked at than one beyond `most`, for they can be made faster than
/// looked at. What cannot be read is not counted.
pub(super) fn descendants(root: u32, most: u64) -> Use {
    // Few kernels do not list the children of a process; with them all processes are looked through.
    let listed = Path::new("/proc/thread-self/children").exists();
    let by_parent = if listed { HashMap::new() } else { by_parent() };
    let of = |pid: u32| if listed { children(pid) } else { by_parent.get(&pid).cloned().unwrap_or_default() };
    let mut total = Use::default();
    let mut open = of(root);
    while let Some(pid) = open.pop()
        && total.processes <= most
    {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0)
        };
        total.processes += number("Threads:").max(1);
        total.memory_bytes += number("RssAnon:") * 1024;
        open.extend(of(pid));
    }
    total
}

/// The children of a process, by whichever of its threads they are.
fn children(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// The children of every process.
fn by_parent() -> HashMap<u32, Vec<u32>> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    children
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything, parentheses too.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_find_the_same_children() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let own = std::process::id();
        assert!(by_parent().get(&own).is_some_and(|all| all.contains(&child.id())));
        assert!(children(own).contains(&child.id()));
        assert!(descendants(own, 100).processes >= 1);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
