//! Which system calls a program in the sandbox may not make: those by which one looks into other programs, mounts, loads
//! into the kernel, or makes namespaces in which one is root again.
//!
//! The filters are handed to bubblewrap as files that are nowhere but in memory.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::os::fd::OwnedFd;

use rustix::fs::MemfdFlags;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

/// Numbers of system calls on x86-64 and on 64-bit ARM; -1 where there is no such call. From the kernel's tables.
const DENIED: &[(i64, i64)] = &[
    (101, 117), // ptrace
    (310, 270), // process_vm_readv
    (311, 271), // process_vm_writev
    (440, 440), // process_madvise
    (438, 438), // pidfd_getfd
    (312, 272), // kcmp
    (248, 217), // add_key
    (249, 218), // request_key
    (250, 219), // keyctl
    (321, 280), // bpf
    (298, 241), // perf_event_open
    (323, 282), // userfaultfd
    (246, 104), // kexec_load
    (320, 294), // kexec_file_load
    (165, 40),  // mount
    (166, 39),  // umount2
    (155, 41),  // pivot_root
    (161, 51),  // chroot
    (428, 428), // open_tree
    (429, 429), // move_mount
    (430, 430), // fsopen
    (431, 431), // fsconfig
    (432, 432), // fsmount
    (433, 433), // fspick
    (442, 442), // mount_setattr
    (467, 467), // open_tree_attr
    (272, 97),  // unshare
    (308, 268), // setns
    (425, 425), // io_uring_setup
    (426, 426), // io_uring_enter
    (427, 427), // io_uring_register
    (175, 105), // init_module
    (313, 273), // finit_module
    (176, 106), // delete_module
    (167, 224), // swapon
    (168, 225), // swapoff
    (169, 142), // reboot
    (163, 89),  // acct
    (164, 170), // settimeofday
    (227, 112), // clock_settime
    (305, 266), // clock_adjtime
    (159, 171), // adjtimex
    (179, 60),  // quotactl
    (443, 443), // quotactl_fd
    (180, 42),  // nfsservctl
    (212, 18),  // lookup_dcookie
    (303, 264), // name_to_handle_at
    (304, 265), // open_by_handle_at
    (172, -1),  // iopl
    (173, -1),  // ioperm
    (154, -1),  // modify_ldt
    (134, -1),  // uselib
    (156, -1),  // _sysctl
    (139, -1),  // sysfs
    (103, 116), // syslog
    (153, 58),  // vhangup
    (300, 262), // fanotify_init
    (256, 238), // migrate_pages
    (279, 239), // move_pages
    (170, 161), // sethostname
    (171, 162), // setdomainname
];

const CLONE: (i64, i64) = (56, 220);
const CLONE3: (i64, i64) = (435, 435);
const SOCKET: (i64, i64) = (41, 198);
const IOCTL: (i64, i64) = (16, 29);
const PERSONALITY: (i64, i64) = (135, 92);

/// All flags of `clone` that make namespaces: user, process, network, mount, host name, IPC, cgroup.
const NAMESPACES: u64 = 0x7e02_0000;
/// Pushing characters into a terminal, as if they were typed.
const TIOCSTI: u64 = 0x5412;
/// The same for a console.
const TIOCLINUX: u64 = 0x541c;
/// Not permitted.
const EPERM: u32 = 1;
/// No such call: programs then do it another way.
const ENOSYS: u32 = 38;

/// On x86-64 every call can also be made by the numbers of another interface, which nobody uses.
const X32: i64 = 0x4000_0000;

/// The filters, each in a file that bubblewrap inherits.
pub(super) fn filters(network: bool) -> Result<[OwnedFd; 2], String> {
    let mut rules = BTreeMap::new();
    for pair in DENIED {
        deny(&mut rules, *pair, Vec::new());
    }
    let dword = |argument, operator, value| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value).map_err(|e| e.to_string())
    };
    let rule = |conditions| SeccompRule::new(conditions).map_err(|e| e.to_string());
    deny(&mut rules, CLONE, clone_flags(&dword, &rule)?);
    deny(
        &mut rules,
        IOCTL,
        vec![
            rule(vec![dword(1, SeccompCmpOp::Eq, TIOCSTI)?])?,
            rule(vec![dword(1, SeccompCmpOp::Eq, TIOCLINUX)?])?,
        ],
    );
    // Asking for it (all ones) and the usual one (zero) are harmless.
    deny(
        &mut rules,
        PERSONALITY,
        vec![rule(vec![dword(0, SeccompCmpOp::Ne, 0)?, dword(0, SeccompCmpOp::Ne, 0xffff_ffff)?])?],
    );
    // With the network, sockets of this machine that have no file (the bus, the screen) are in reach: then only IPv4 and IPv6.
    let families: &[u64] = if network { &[2, 10] } else { &[1] };
    let others =
        families.iter().map(|family| dword(0, SeccompCmpOp::Ne, *family)).collect::<Result<Vec<_>, _>>()?;
    deny(&mut rules, SOCKET, vec![rule(others)?]);
    if cfg!(target_arch = "x86_64") {
        let doubled: Vec<_> = rules.iter().map(|(call, rules)| (call | X32, rules.clone())).collect();
        rules.extend(doubled);
        // Those that have numbers of their own there.
        rules.extend((512..=547).map(|call| (call | X32, Vec::new())));
    }
    let mut absent = BTreeMap::new();
    // Its flags lie where a filter cannot look.
    deny(&mut absent, CLONE3, Vec::new());
    Ok([written(rules, EPERM)?, written(absent, ENOSYS)?])
}

fn clone_flags(
    dword: &impl Fn(u8, SeccompCmpOp, u64) -> Result<SeccompCondition, String>,
    rule: &impl Fn(Vec<SeccompCondition>) -> Result<SeccompRule, String>,
) -> Result<Vec<SeccompRule>, String> {
    let bits = (0..32).map(|bit| 1_u64 << bit).filter(|bit| NAMESPACES & bit != 0);
    bits.map(|bit| rule(vec![dword(0, SeccompCmpOp::MaskedEq(bit), bit)?])).collect()
}

fn deny(rules: &mut BTreeMap<i64, Vec<SeccompRule>>, (x86, arm): (i64, i64), when: Vec<SeccompRule>) {
    let call = if cfg!(target_arch = "x86_64") { x86 } else { arm };
    if call >= 0 {
        rules.insert(call, when);
    }
}

/// Compiles rules and puts them into a file in memory, as the kernel takes them.
fn written(rules: BTreeMap<i64, Vec<SeccompRule>>, error: u32) -> Result<OwnedFd, String> {
    let target = if cfg!(target_arch = "x86_64") { TargetArch::x86_64 } else { TargetArch::aarch64 };
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(error), target)
        .map_err(|e| e.to_string())?;
    let program = BpfProgram::try_from(filter).map_err(|e| e.to_string())?;
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for step in program {
        bytes.extend_from_slice(&step.code.to_ne_bytes());
        bytes.extend_from_slice(&[step.jt, step.jf]);
        bytes.extend_from_slice(&step.k.to_ne_bytes());
    }
    // Without CLOEXEC: bubblewrap is to have it.
    let descriptor = rustix::fs::memfd_create("filter", MemfdFlags::empty()).map_err(|e| e.to_string())?;
    let mut file = std::fs::File::from(descriptor);
    file.write_all(&bytes).and_then(|()| file.rewind()).map_err(|e| e.to_string())?;
    Ok(file.into())
}
