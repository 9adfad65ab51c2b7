//! Escapes from the sandbox, tried with the real one. Without bubblewrap these tests fail: then commands would be off as well.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]
#![allow(clippy::print_stderr, reason = "what an attempt printed is for whoever reads a failure")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use jarvis_guard::sandbox::{Cage, Ended, Limits, Sandbox, SandboxError};
use tokio_util::sync::CancellationToken;

fn sandbox() -> Sandbox {
    Sandbox::find().unwrap_or_else(|error| panic!("{error}"))
}

/// As usual, but with time for a machine that has much else to do.
fn patient() -> Limits {
    Limits { wall: Duration::from_secs(120), ..Limits::default() }
}

/// Nothing is granted.
fn nothing() -> Cage {
    Cage { limits: patient(), ..Cage::default() }
}

fn script(text: &str) -> Vec<String> {
    ["bash", "-c", text].map(str::to_owned).to_vec()
}

async fn run(text: &str, cage: &Cage) -> Ended {
    let ended = sandbox().run(&script(text), None, cage, &CancellationToken::new()).await.unwrap();
    eprintln!("{text}\n    {ended:?}");
    ended
}

/// Runs it with nothing granted, and wants none of these words printed.
async fn contained(text: &str, never: &str) -> Ended {
    let ended = run(text, &nothing()).await;
    assert!(!ended.output.contains(never), "{text} got out: {}", ended.output);
    ended
}

fn says(ended: &Ended, part: &str) {
    assert!(
        ended.contained.iter().any(|sentence| sentence.contains(part)),
        "{part:?} is not told: {ended:?}"
    );
}

/// A folder whose path leads over no link.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    (folder, path)
}

fn granted(folder: &Path) -> Cage {
    Cage { folder: Some(folder.to_owned()), ..nothing() }
}

#[tokio::test]
async fn what_is_allowed_works() {
    let (_folder, path) = folder();
    std::fs::write(path.join("a.txt"), "hello").unwrap();
    let ended =
        run("pwd; cat a.txt; tr a-z A-Z; echo >&2 error; echo new > b.txt; exit 3", &granted(&path)).await;
    assert_eq!(ended.status, Some(3));
    assert!(
        ended.output.contains("hello")
            && ended.output.contains("error")
            && ended.output.contains(path.to_str().unwrap())
    );
    assert_eq!(std::fs::read_to_string(path.join("b.txt")).unwrap(), "new\n");
    assert!(ended.contained.is_empty());
    let ended = sandbox()
        .run(&script("tr a-z A-Z"), Some(b"hello".to_vec()), &nothing(), &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((ended.status, ended.output.as_str()), (Some(0), "HELLO"));
}

#[tokio::test]
async fn files_outside_are_not_there() {
    let (_folder, path) = folder();
    std::fs::write(path.join("secret"), "the-secret").unwrap();
    contained(&format!("cat {}/secret ~/.ssh/* /home/*/*", path.display()), "the-secret").await;
    let ended =
        contained("ls -A /root; cat /etc/shadow; cat /etc/passwd; ls -A /home; ls -A ~", "root:").await;
    assert!(ended.output.contains("/etc/shadow: No such file") || ended.output.contains("Permission denied"));
    // Through init's root, other processes' folders, and devices.
    contained(
        &format!("cat /proc/1/root{0}/secret /proc/*/cwd/secret /proc/*/root{0}/secret", path.display()),
        "the-secret",
    )
    .await;
    contained(
        "ls /dev; cat /dev/mem /dev/sda /dev/vda | head -c 1; ls /dev | grep -q mem && echo OUT",
        "OUT",
    )
    .await;
}

#[tokio::test]
async fn nothing_is_written_outside() {
    let (_folder, path) = folder();
    let ended = contained(&format!("echo x > {}/x && echo OUT; echo x > /x && echo OUT; echo x > /usr/x && echo OUT; echo x > /etc/x && echo OUT; touch /dev/x && echo OUT", path.display()), "OUT").await;
    assert!(!path.join("x").exists());
    says(&ended, "granted folder");
    // Opened for writing, with nothing written: should one of these get through, this machine is as it was.
    contained("for f in $(find /proc/sys /proc/irq /proc/bus /proc/fs -type f 2>/dev/null) /proc/sysrq-trigger /proc/mtrr /sys/power/state; do { : >> $f; } 2>/dev/null && echo \"OUT $f\"; done", "OUT").await;
    contained("echo 0 > /proc/self/oom_score_adj; echo -1000 > /proc/self/oom_score_adj && echo OUT", "OUT")
        .await;
}

#[tokio::test]
async fn a_link_in_the_granted_folder_leads_nowhere() {
    let (_secret, secret) = folder();
    std::fs::write(secret.join("secret"), "the-secret").unwrap();
    let (_folder, path) = folder();
    std::os::unix::fs::symlink(secret.join("secret"), path.join("link")).unwrap();
    let ended = run("cat link; echo x > link && echo OUT; cat ../*/secret", &granted(&path)).await;
    assert!(!ended.output.contains("the-secret") && !ended.output.contains("OUT"));
    assert_eq!(std::fs::read_to_string(secret.join("secret")).unwrap(), "the-secret");
    // And a link is no folder to grant.
    std::os::unix::fs::symlink(&secret, path.join("folder")).unwrap();
    for bad in [
        path.join("folder"),
        "/".into(),
        "/etc".into(),
        "/usr/lib".into(),
        "/proc".into(),
        "/not/there".into(),
    ] {
        let result = sandbox().run(&script("true"), None, &granted(&bad), &CancellationToken::new()).await;
        assert!(matches!(result, Err(SandboxError::Folder { .. })), "{bad:?}");
    }
}

#[tokio::test]
async fn the_network_is_out_of_reach() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let knock = format!("(echo > /dev/tcp/127.0.0.1/{port}) && echo OUT");
    contained(&knock, "OUT").await;
    assert!(listener.accept().is_err(), "a connection came in");
    contained(
        "(echo > /dev/tcp/192.0.2.1/80) && echo OUT; (echo > /dev/udp/192.0.2.1/53) && echo OUT",
        "OUT",
    )
    .await;
    // With the network granted the same line gets through: the test says something.
    let ended = run(&knock, &Cage { network: true, ..nothing() }).await;
    assert!(ended.output.contains("OUT"), "{ended:?}");
    assert!(listener.accept().is_ok());
}

#[tokio::test]
async fn sockets_of_this_machine_are_out_of_reach() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let name = format!("jarvis-test-{}", std::process::id());
    let hidden = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    hidden.set_nonblocking(true).unwrap();
    let (_folder, path) = folder();
    let file = UnixListener::bind(path.join("bus")).unwrap();
    file.set_nonblocking(true).unwrap();
    let perl = |address: &str| {
        format!(
            "perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die \"socket: $!\"; connect($s, pack(\"S a*\", AF_UNIX, \"{address}\")) or die \"connect: $!\"; print \"OUT\"'"
        )
    };
    for network in [false, true] {
        let cage = Cage { network, ..nothing() };
        for address in [
            format!("\\0{name}"),
            format!("{}", path.join("bus").display()),
            "/run/dbus/system_bus_socket".into(),
            "/tmp/.X11-unix/X0".into(),
            "\\0/tmp/.X11-unix/X0".into(),
        ] {
            let ended = run(&perl(&address), &cage).await;
            assert!(ended.output.contains("socket: ") || ended.output.contains("connect: "), "{ended:?}");
        }
    }
    assert!(hidden.accept().is_err() && file.accept().is_err(), "a connection came in");
    let ended = run("echo \"[$DBUS_SESSION_BUS_ADDRESS$DISPLAY$WAYLAND_DISPLAY$XDG_RUNTIME_DIR]\"; ls /run /tmp/.X11-unix", &nothing()).await;
    assert!(ended.output.starts_with("[]"));
    // Netlink, packets, Bluetooth, and so on.
    let ended = run(
        "perl -e 'for my $f (16, 17, 31, 38, 40) { print \"OUT\" if socket(my $s, $f, 3, 0) }'",
        &Cage { network: true, ..nothing() },
    )
    .await;
    assert!(!ended.output.contains("OUT"));
}

#[tokio::test]
async fn a_fork_bomb_goes_out() {
    let limits = Limits { wall: Duration::from_secs(20), processes: 32, ..patient() };
    let ended = run("f() { f | f & }; f; sleep 10", &Cage { limits, ..nothing() }).await;
    says(&ended, "32 processes");
}

#[tokio::test]
async fn disks_are_not_filled() {
    let limits = Limits { disk_bytes: 8 << 20, file_bytes: 4 << 20, ..patient() };
    let ended = run(
        "for i in 1 2 3 4; do head -c 4000000 /dev/zero > /tmp/$i; done; df -B1 --output=used /tmp",
        &Cage { limits, ..nothing() },
    )
    .await;
    says(&ended, "8 MiB");
    let (_folder, path) = folder();
    let ended = run("head -c 100000000 /dev/zero > big; ls -l", &Cage { limits, ..granted(&path) }).await;
    assert!(std::fs::metadata(path.join("big")).unwrap().len() <= 4 << 20);
    says(&ended, "4 MiB");
    let ended = run("for i in 1 2 3 4; do head -c 4000000 /dev/zero > ~/$i; head -c 4000000 /dev/zero > /dev/shm/$i; done", &Cage { limits, ..nothing() }).await;
    says(&ended, "8 MiB");
}

#[tokio::test]
async fn memory_is_bounded() {
    let limits = Limits { memory_bytes: 200 << 20, ..patient() };
    let cage = Cage { limits, ..nothing() };
    let ended = run("perl -e '$x = \"a\" x 600_000_000; print \"OUT\"'", &cage).await;
    assert!(!ended.output.contains("OUT"));
    says(&ended, "200 MiB of memory");
    // And of all of them together.
    let ended =
        run("for i in 1 2 3 4; do perl -e '$x = \"a\" x 100_000_000; sleep 20' & done; wait", &cage).await;
    says(&ended, "200 MiB of memory");
}

#[tokio::test]
async fn processes_outside_are_not_seen() {
    let mut outside = tokio::process::Command::new("sleep").arg("600").kill_on_drop(true).spawn().unwrap();
    let (pid, own) = (outside.id().unwrap(), std::process::id());
    let ended = run(&format!("kill -9 {pid}; kill -9 {own}; kill -9 -1; echo still"), &nothing()).await;
    assert!(outside.try_wait().unwrap().is_none(), "{ended:?}");
    // Its parent there is bubblewrap's first process, which ends with it and is nobody else's.
    run("kill -9 $PPID; kill -9 1", &nothing()).await;
    let ended = run("ls /proc | grep -c '^[0-9]'; cat /proc/*/cmdline | tr '\\0' ' '", &nothing()).await;
    assert!(!ended.output.contains("sleep 600"), "{ended:?}");
    outside.kill().await.unwrap();
}

#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn calls_that_reach_into_others_are_refused() {
    // The numbers of this machine's calls, and of the other interface to the same.
    let calls = "101, 310, 311, 248, 250, 321, 298, 323, 246, 165, 166, 155, 161, 272, 308, 425, 429, 430, 175, 169, 103, 304";
    let text = format!(
        "perl -e 'for my $n ({calls}) {{ for my $b (0, 0x40000000) {{ $! = 0; my $r = syscall($n + $b, 0, 0, 0, 0, 0); print \"$n OUT $r $!\\n\" unless $r == -1 && ($!{{EPERM}} || $!{{ENOSYS}}) }} }}' -M-strict"
    );
    let ended = contained(&text, "OUT").await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    // A neighbour of its own may not be looked into either.
    contained(
        "sleep 5 & perl -e '$r = syscall(101, 16, shift, 0, 0); print $r == -1 ? \"no: $!\" : \"OUT\"' $!",
        "OUT",
    )
    .await;
    // clone with a user namespace, clone3, personality, TIOCSTI.
    let text = "perl -e 'print \"OUT\" if syscall(56, 0x10000000 | 17, 0, 0, 0, 0) != -1; print \"OUT\" if syscall(435, 0, 0) != -1; print \"OUT\" if syscall(135, 0x0040000) != -1; my $c = \"x\"; print \"OUT\" if syscall(16, 0, 0x5412, $c) != -1; print \"OUT\" if syscall(16, 0, 0x100005412, $c) != -1; print \"$!\"'";
    let ended = contained(text, "OUT").await;
    assert!(ended.output.contains("Operation not permitted"), "{ended:?}");
    says(&ended, "everything");
}

#[tokio::test]
async fn nobody_becomes_root() {
    let ended =
        run("id -u; id -g; grep -E 'CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status", &nothing())
            .await;
    assert!(ended.output.starts_with("1000\n1000\n"), "{ended:?}");
    for line in [
        "CapEff:\t0000000000000000",
        "CapPrm:\t0000000000000000",
        "CapBnd:\t0000000000000000",
        "NoNewPrivs:\t1",
        "Seccomp:\t2",
    ] {
        assert!(ended.output.contains(line), "{line}: {ended:?}");
    }
    let text = "su -c id; sudo -n id; mount -t tmpfs x /tmp && echo OUT; unshare -U id && echo OUT; unshare -r id && echo OUT; chroot / id && echo OUT; nsenter -t 1 -m id && echo OUT; umount /usr && echo OUT; mknod /tmp/x b 8 0 && echo OUT; chown 0 /tmp && echo OUT";
    let ended = contained(text, "OUT").await;
    assert!(!ended.output.contains("uid=0"), "{ended:?}");
    // A file that lets its caller be its owner does not do so there.
    let (_folder, path) = folder();
    std::fs::copy("/usr/bin/id", path.join("id")).unwrap();
    std::fs::set_permissions(path.join("id"), std::os::unix::fs::PermissionsExt::from_mode(0o6755)).unwrap();
    let ended = run("./id; cp /usr/bin/id mine; chmod 6755 mine; ./mine", &granted(&path)).await;
    assert!(!ended.output.contains("euid=0") && !ended.output.contains("uid=0"), "{ended:?}");
}

#[tokio::test]
async fn time_is_bounded() {
    let limits = Limits { wall: Duration::from_millis(700), cpu_s: 1, ..patient() };
    let ended = run("sleep 600", &Cage { limits, ..nothing() }).await;
    assert_eq!(ended.status, None);
    says(&ended, "stopped after 0.7 s");
    let limits = Limits { wall: Duration::from_secs(60), ..limits };
    let ended = run("while :; do :; done", &Cage { limits, ..nothing() }).await;
    says(&ended, "1 s of the processor");
}

/// Whether a process whose command line holds this runs here.
fn runs(mark: &str) -> bool {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let mut lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).contains(mark))
}

/// The kernel takes a moment to end a whole namespace.
async fn gone(mark: &str) {
    let ended = async {
        while runs(mark) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ended)
        .await
        .unwrap_or_else(|_| panic!("{mark} still runs"));
}

#[tokio::test]
async fn nothing_outlives_its_parent() {
    let mark = format!("77{}", std::process::id());
    let ended = run(
        &format!("setsid nohup sleep {mark}1 > /dev/null 2>&1 & (sleep {mark}2 &) ; echo done"),
        &nothing(),
    )
    .await;
    assert!(ended.output.contains("done"));
    gone(&mark).await;
    // Stopped, in the middle.
    let stop = CancellationToken::new();
    let (sandbox, program, cage) = (
        sandbox(),
        script(&format!("setsid sleep {mark}3 & trap '' TERM INT HUP; echo ready; sleep {mark}4")),
        nothing(),
    );
    let run = sandbox.run(&program, None, &cage, &stop);
    let (ended, ()) = tokio::join!(run, async {
        let started = async {
            while !runs(&format!("sleep\0{mark}4")) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), started).await.unwrap();
        stop.cancel();
    });
    let ended = ended.unwrap();
    assert_eq!(ended.status, None);
    assert!(ended.output.contains("ready"));
    says(&ended, "It was stopped.");
    gone(&mark).await;
    // Dropped.
    let program = script(&format!("sleep {mark}5 & sleep {mark}6"));
    let never = CancellationToken::new();
    tokio::select! {
        _ = sandbox.run(&program, None, &cage, &never) => panic!("it ended by itself"),
        () = async { while !runs(&format!("sleep\0{mark}6")) { tokio::time::sleep(Duration::from_millis(10)).await } } => {}
    }
    gone(&mark).await;
}

#[tokio::test]
async fn the_environment_holds_no_secrets() {
    // Cargo's own variables stand for the person's: they are in this process's environment.
    assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO")));
    let ended =
        run("env; tr '\\0' '\\n' < /proc/1/environ; tr '\\0' '\\n' < /proc/$PPID/environ", &nothing()).await;
    assert!(!ended.output.contains("CARGO"), "{ended:?}");
    for line in ended.output.lines().filter(|line| line.contains('=')) {
        let name = line.split('=').next().unwrap();
        assert!(
            ["PATH", "HOME", "USER", "LANG", "TERM", "PWD", "SHLVL", "_", "OLDPWD"].contains(&name),
            "{line}"
        );
    }
    let ended = run("for f in /proc/self/fd/*; do echo ${f##*/}; done", &nothing()).await;
    assert_eq!(
        ended.output.lines().filter(|fd| fd.parse::<u32>().is_ok_and(|fd| fd > 3 && fd != 255)).count(),
        0,
        "{ended:?}"
    );
}

#[tokio::test]
async fn output_is_bounded() {
    let limits = Limits { output_bytes: 10_000, ..patient() };
    let ended =
        run("head -c 3000000 /dev/zero | tr '\\0' 'x'; echo; echo $'\\xff'", &Cage { limits, ..nothing() })
            .await;
    assert_eq!(ended.status, Some(0));
    assert!(ended.output.len() < 10_200);
    says(&ended, "cut after 9 KiB");
}
