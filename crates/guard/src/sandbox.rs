//! Runs a command line or a script where it can do no harm: with folders, processes and a network of its own.
//!
//! Bubblewrap makes the room, a filter of system calls and limits of the kernel's keep in it what runs there, and what lasts
//! too long or becomes too much is ended with all that it has started. It never falls back to running anything outside of
//! the sandbox: without bubblewrap there is no [`Sandbox`]. The tool for commands calls this, on what the guard has approved.

mod cage;
mod filter;
mod watch;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use cage::{Cage, Limits};

/// So often it is looked how much runs there.
const LOOK: Duration = Duration::from_millis(50);
/// When the program has ended, its output has ended too, after so long at the latest.
const REST: Duration = Duration::from_secs(2);

/// Why nothing could be run.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A program that it needs is not installed.
    #[error("{program} is not installed: commands are off until it is (install the package {package:?})")]
    Missing {
        /// Which.
        program: &'static str,
        /// The package that it is in.
        package: &'static str,
    },
    /// Bubblewrap is there, but does not work here.
    #[error(
        "bubblewrap does not work here ({reason}): commands are off. Allow programs to make user namespaces (user.max_user_namespaces, or a profile of AppArmor for bwrap), and start Jarvis anew"
    )]
    Broken {
        /// What it says.
        reason: String,
    },
    /// A folder cannot be handed into the sandbox.
    #[error("{} cannot be used in the sandbox: {reason}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// The program could not be started or waited for.
    #[error("the command could not be run in the sandbox: {reason}")]
    Failed {
        /// Why.
        reason: String,
    },
}

impl SandboxError {
    fn failed(error: impl ToString) -> Self {
        Self::Failed { reason: error.to_string() }
    }
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit status, 128 and the signal's number if it was killed there; none if it was stopped from outside.
    pub status: Option<i32>,
    /// What it printed, both streams as they came.
    pub output: String,
    /// Limits that it ran into, as far as that can be told from outside; one plain sentence each.
    pub contained: Vec<String>,
}

/// A place where programs can do no harm.
#[derive(Clone, Debug)]
pub struct Sandbox {
    bwrap: PathBuf,
    /// Whether this bubblewrap can forbid further namespaces.
    strict: bool,
    /// The files that `/etc` has there.
    etc: Arc<tempfile::TempDir>,
}

impl Sandbox {
    /// Looks for bubblewrap and has it run something. Blocks for some hundredths of a second.
    pub fn find() -> Result<Self, SandboxError> {
        let bwrap = installed("bwrap")
            .ok_or(SandboxError::Missing { program: "bubblewrap (bwrap)", package: "bubblewrap" })?;
        for (path, program, package) in
            [("/usr/bin/prlimit", "prlimit", "util-linux"), ("/bin/bash", "bash", "bash")]
        {
            if !Path::new(path).exists() {
                return Err(SandboxError::Missing { program, package });
            }
        }
        let etc = tempfile::tempdir().map_err(SandboxError::failed)?;
        cage::write_etc(etc.path()).map_err(SandboxError::failed)?;
        let help = std::process::Command::new(&bwrap)
            .arg("--help")
            .env_clear()
            .output()
            .map_err(SandboxError::failed)?;
        let strict = [help.stdout, help.stderr]
            .iter()
            .any(|text| String::from_utf8_lossy(text).contains("--disable-userns"));
        let sandbox = Self { bwrap, strict, etc: Arc::new(etc) };
        sandbox.prove()?;
        Ok(sandbox)
    }

    fn prove(&self) -> Result<(), SandboxError> {
        let (mut command, filters) = self.command(&["true".to_owned()], &Cage::default())?;
        let output = command.stdin(Stdio::null()).output().map_err(SandboxError::failed)?;
        drop(filters);
        if output.status.success() {
            return Ok(());
        }
        let reason =
            String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("it says nothing").to_owned();
        Err(SandboxError::Broken { reason })
    }

    /// Runs a program (`["bash", "-c", text]`) until it ends, is stopped, or has taken too much. When the future is dropped, it
    /// ends too, with all that it has started.
    pub async fn run(
        &self,
        program: &[String],
        stdin: Option<Vec<u8>>,
        cage: &Cage,
        stop: &CancellationToken,
    ) -> Result<Ended, SandboxError> {
        let (output, input) = std::io::pipe().map_err(SandboxError::failed)?;
        let errors = input.try_clone().map_err(SandboxError::failed)?;
        let (mut command, filters) = self.command(program, cage)?;
        command.stdout(input).stderr(errors);
        command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut command = Command::from(command);
        command.kill_on_drop(true);
        let mut child = command.spawn().map_err(SandboxError::failed)?;
        // The other ends of the pipe are held by these.
        drop((command, filters));
        let output = Receiver::from_owned_fd(OwnedFd::from(output)).map_err(SandboxError::failed)?;
        let feed = feed(child.stdin.take(), stdin);
        let outcome = follow(&mut child, output, feed, &cage.limits, stop).await?;
        Ok(outcome)
    }

    fn command(
        &self,
        program: &[String],
        cage: &Cage,
    ) -> Result<(std::process::Command, [OwnedFd; 2]), SandboxError> {
        for path in cage.readable.iter().chain(&cage.folder) {
            allowed(path)?;
        }
        let filters = filter::filters(cage.network).map_err(SandboxError::failed)?;
        let mut command = std::process::Command::new(&self.bwrap);
        command.args(cage::arguments(program, cage, self.etc.path(), &filters, self.strict));
        // Bubblewrap's first process is seen from inside, and so would its environment be.
        command.env_clear().current_dir("/");
        Ok((command, filters))
    }
}

/// Folders that would lay open, or cover, what the sandbox is made of.
fn allowed(path: &Path) -> Result<(), SandboxError> {
    let refuse = |reason| Err(SandboxError::Folder { path: path.to_owned(), reason });
    let Ok(real) = path.canonicalize() else { return refuse("it is not there") };
    if real != path {
        return refuse("its path leads over a link");
    }
    let system = [
        "/proc",
        "/sys",
        "/dev",
        "/etc",
        "/usr",
        "/bin",
        "/sbin",
        "/lib",
        "/lib64",
        "/boot",
        "/run",
        "/root/.ssh",
    ];
    if path == Path::new("/")
        || path == Path::new("/home")
        || path == Path::new("/tmp")
        || system.iter().any(|part| path.starts_with(part))
    {
        return refuse("it is the system's");
    }
    Ok(())
}

fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

async fn feed(stdin: Option<tokio::process::ChildStdin>, bytes: Option<Vec<u8>>) {
    if let (Some(mut stdin), Some(bytes)) = (stdin, bytes) {
        // A program that does not want its input ends without it.
        let _ = stdin.write_all(&bytes).await;
    }
}

/// Reads along until the program has ended, and ends it when it has taken too much.
async fn follow(
    child: &mut Child,
    mut output: Receiver,
    feed: impl Future<Output = ()>,
    limits: &Limits,
    stop: &CancellationToken,
) -> Result<Ended, SandboxError> {
    let mut deadline = Instant::now() + limits.wall;
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut text, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
    let (mut open, mut fed, mut cut) = (true, false, false);
    let mut status: Option<ExitStatus> = None;
    let mut ended: Option<String> = None;
    tokio::pin!(feed);
    while open || status.is_none() {
        tokio::select! {
            () = stop.cancelled(), if ended.is_none() && status.is_none() => {
                ended = Some("It was stopped.".to_owned());
                child.start_kill().map_err(SandboxError::failed)?;
            }
            () = tokio::time::sleep_until(deadline) => {
                if status.is_some() {
                    break;
                }
                if ended.is_none() {
                    ended = Some(format!("It was stopped after {} s.", limits.wall.as_secs_f32()));
                }
                child.start_kill().map_err(SandboxError::failed)?;
                deadline = Instant::now() + REST;
            }
            result = child.wait(), if status.is_none() => {
                status = Some(result.map_err(SandboxError::failed)?);
                deadline = Instant::now() + REST;
            }
            result = output.read(&mut buffer), if open => {
                let count = result.unwrap_or(0);
                open = count > 0;
                let room = limits.output_bytes.saturating_sub(text.len()).min(count);
                text.extend_from_slice(&buffer[..room]);
                cut |= room < count;
            }
            () = &mut feed, if !fed => fed = true,
            _ = looks.tick(), if ended.is_none() && status.is_none() => {
                let Some(pid) = child.id() else { continue };
                // Bubblewrap's own first process is no part of it.
                let used = watch::descendants(pid, limits.processes + 2);
                ended = too_much(used, limits);
                if ended.is_some() {
                    child.start_kill().map_err(SandboxError::failed)?;
                }
            }
        }
    }
    let mut output = String::from_utf8_lossy(&text).into_owned();
    let mut contained = Vec::new();
    let stopped = ended.is_some();
    contained.extend(ended);
    let code = if stopped { None } else { status.and_then(|status| status.code()) };
    told(code, &output, limits, &mut contained);
    if cut {
        let sentence = format!("Its output was cut after {}.", size(limits.output_bytes as u64));
        output.push_str(&format!("\n[{sentence}]\n"));
        contained.push(sentence);
    }
    Ok(Ended { status: code, output, contained })
}

fn too_much(used: watch::Use, limits: &Limits) -> Option<String> {
    if used.processes > limits.processes + 2 {
        return Some(processes(limits));
    }
    (used.memory_bytes > limits.memory_bytes).then(|| memory(limits))
}

fn processes(limits: &Limits) -> String {
    format!("It may not have more than {} processes.", limits.processes)
}

fn memory(limits: &Limits) -> String {
    format!("It may not have more than {} of memory.", size(limits.memory_bytes))
}

/// What the program's end and its output tell of the limits.
fn told(code: Option<i32>, output: &str, limits: &Limits, contained: &mut Vec<String>) {
    let says = |parts: &[&str]| parts.iter().any(|part| output.contains(part));
    let mut add = |sentence: String| {
        if !contained.contains(&sentence) {
            contained.push(sentence);
        }
    };
    if code == Some(128 + 24) || says(&["CPU time limit exceeded"]) {
        add(format!("It may not take more than {} s of the processor.", limits.cpu_s));
    }
    if code == Some(128 + 25) || says(&["File size limit exceeded", "File too large"]) {
        add(format!("It may not write files of more than {}.", size(limits.file_bytes)));
    }
    if says(&["No space left on device"]) {
        add(format!("It may not put more than {} into its temporary folders.", size(limits.disk_bytes)));
    }
    if says(&[
        "Cannot allocate memory",
        "cannot allocate",
        "Out of memory",
        "MemoryError",
        "memory exhausted",
    ]) {
        add(memory(limits));
    }
    if says(&["fork: retry", "Cannot fork", "can't fork", "fork: Resource temporarily unavailable"]) {
        add(processes(limits));
    }
    if says(&["Read-only file system"]) {
        add("It may write to the granted folder and to its temporary ones only.".to_owned());
    }
    if says(&["Network is unreachable", "Temporary failure in name resolution", "Could not resolve"]) {
        add("It has no network.".to_owned());
    }
    if says(&["Operation not permitted"]) {
        add("It may not do everything that the system can do.".to_owned());
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 30 && b % (1 << 30) == 0 => format!("{} GiB", b >> 30),
        b if b >= 1 << 20 => format!("{} MiB", b >> 20),
        b if b >= 1 << 10 => format!("{} KiB", b >> 10),
        b => format!("{b} bytes"),
    }
}
