//! Opening a web address, a mail to write, a document or a folder, in the program that the person has chosen for it.
//!
//! Programs are never started this way, whatever they are called: a document is what cannot run. The address or the path is
//! handed over as one argument, never through a shell. Wired up by the assistant.

mod address;

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jarvis_guard::{Effect, Running, place};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::desktop::planned::Planned;
use crate::desktop::{Desktop, about, launch};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments};

use address::Address;

/// The tool `open`, for the person whose home folder that is.
pub fn tools(desktop: &Desktop, home: &Path) -> Vec<Arc<dyn Tool>> {
    vec![Arc::new(Open::new(desktop, home))]
}

struct Open {
    about: About,
    desktop: Desktop,
    home: PathBuf,
    planned: Planned<Target>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct What {
    /// A web address (https://…), a mail address (mailto:…), or the path of a document or a folder.
    target: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Address(Address),
    File(PathBuf),
}

impl Open {
    fn new(desktop: &Desktop, home: &Path) -> Self {
        let about = about::<What>(
            "apps",
            "open",
            "Opens a web address in the browser, or a document or a folder in the program that is set for it.",
            &[
                "Open wikipedia.org",
                "Open the link in the letter",
                "Show me the folder Pictures",
                "Öffne die Rechnung",
            ],
        );
        Self { about, desktop: desktop.clone(), home: home.to_owned(), planned: Planned::default() }
    }

    fn target(&self, given: &Value) -> Result<Target, ToolError> {
        let What { target } = arguments("open", given)?;
        let target = target.trim();
        let bad = |reason: String| ToolError::BadArguments { tool: "open".into(), reason };
        if let Some(address) = Address::parse(target).map_err(bad)? {
            return Ok(Target::Address(address));
        }
        let unreadable =
            |error: std::io::Error| ToolError::failed(format!("{target} cannot be looked at ({error})."));
        let path = place::resolve(&place::named(target, &self.home)).map_err(unreadable)?;
        if path.exists() {
            harmless(&path)?;
            return Ok(Target::File(path));
        }
        // A document that is not there is not a machine of that name.
        let is_document = |host: &str| host.rsplit('.').next().is_some_and(|end| DOCUMENTS.contains(&end));
        if let Some(address) = Address::guess(target).filter(|address| !is_document(&address.host)) {
            return Ok(Target::Address(address));
        }
        Err(ToolError::failed(format!("There is no file or folder {}.", path.display())))
    }
}

/// Endings of what runs, or has something else run, when it is opened.
const PROGRAMS: &[&str] = &[
    "desktop",
    "sh",
    "bash",
    "zsh",
    "fish",
    "csh",
    "ksh",
    "command",
    "py",
    "pyw",
    "pyz",
    "pl",
    "rb",
    "php",
    "lua",
    "tcl",
    "js",
    "mjs",
    "vbs",
    "ps1",
    "bat",
    "cmd",
    "com",
    "exe",
    "msi",
    "msix",
    "scr",
    "pif",
    "lnk",
    "url",
    "hta",
    "reg",
    "jar",
    "jnlp",
    "appimage",
    "run",
    "bin",
    "out",
    "elf",
    "so",
    "deb",
    "rpm",
    "apk",
    "snap",
    "flatpak",
    "flatpakref",
    "flatpakrepo",
    "action",
    "workflow",
    "service",
    "timer",
    "docm",
    "xlsm",
    "pptm",
    "iso",
    "img",
];
/// Endings of what may bear the mark of a program without being one: some disks mark every file so.
const DOCUMENTS: &[&str] = &[
    "pdf", "txt", "md", "odt", "ods", "odp", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "csv",
    "epub", "png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "bmp", "heic", "mp3", "ogg", "oga", "opus",
    "flac", "wav", "m4a", "mp4", "mkv", "webm", "avi", "mov", "ogv", "zip", "7z", "tar", "gz",
];

/// Whether it can be opened: a folder, or a file that is no program by its name, by its mark or by its first bytes.
fn harmless(path: &Path) -> Result<(), ToolError> {
    let met =
        path.metadata().map_err(|error| ToolError::failed(format!("It cannot be looked at ({error}).")))?;
    if met.is_dir() {
        return Ok(());
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let marked = launch::is_program(path) && !DOCUMENTS.contains(&ending.as_str());
    if !met.is_file() || PROGRAMS.contains(&ending.as_str()) || marked || begins_as_program(path) {
        let reason = format!("{} is a program, or may run one, so it is not opened.", path.display());
        return Err(ToolError::Refused { reason });
    }
    Ok(())
}

/// A script says so in its first two bytes, and so do the formats of programs. What cannot be read cannot be told.
fn begins_as_program(path: &Path) -> bool {
    const BEGINNINGS: &[&[u8]] = &[b"#!", b"\x7fELF", b"MZ", b"[Desktop Entry"];
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut start));
    read.is_err() || BEGINNINGS.iter().any(|beginning| start.starts_with(beginning))
}

#[async_trait]
impl Tool for Open {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let target = self.target(given)?;
        let (effects, words) = match &target {
            Target::Address(address) => {
                let effect = Effect::Send { host: address.host.clone(), data: address.data };
                (vec![effect], format!("Open {}.", address.text))
            }
            Target::File(path) => {
                let kind = match path.extension().map(|ending| ending.to_string_lossy().into_owned()) {
                    _ if path.is_dir() => "the file manager".into(),
                    Some(ending) => format!("the program for .{ending} files"),
                    None => "the program for such files".into(),
                };
                let effects = vec![Effect::Read { path: path.clone() }, Effect::Launch { app: kind }];
                (effects, format!("Open {}.", path.display()))
            }
        };
        Ok(self.planned.keep(given, Plan { effects, words, undoable: false }, target))
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let target = self.planned.take(running)?;
        let argument: OsString = match &target {
            Target::Address(address) => address.text.clone().into(),
            Target::File(path) => {
                // It may have become something else since.
                let now = place::resolve(path).ok().filter(|now| now == path && now.exists());
                harmless(&now.ok_or_else(|| ToolError::failed("It is no longer there."))?)?;
                path.clone().into_os_string()
            }
        };
        // The first is quicker, the second knows more desktops.
        let by_gio = match self.desktop.program("gio") {
            Some(_) => {
                launch::start(&self.desktop, "gio", &["open".into(), argument.clone()], None).await.is_ok()
            }
            None => false,
        };
        if by_gio {
            return Ok(Output::text("It is opened."));
        }
        if self.desktop.program("xdg-open").is_some() {
            launch::start(&self.desktop, "xdg-open", &[argument], None).await?;
        } else {
            return Err(ToolError::unavailable(
                "Nothing here knows which program opens what. Install the package xdg-utils.",
            ));
        }
        Ok(Output::text("It is opened."))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_can_run_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes, mode, fine) in [
            ("letter.txt", &b"Dear Ada"[..], 0o644, true),
            ("photo.jpg", b"\xff\xd8\xff", 0o755, true),
            ("notes", b"milk", 0o644, true),
            ("empty.txt", b"", 0o644, true),
            ("tool", b"milk", 0o755, false),
            ("script.txt", b"#!/bin/sh\n", 0o644, false),
            ("photo2.jpg", b"\x7fELF\x02", 0o644, false),
            ("setup.pdf", b"MZ\x90", 0o644, false),
            ("x.desktop", b"[Desktop Entry]\nExec=rm", 0o644, false),
            ("y", b"[Desktop Entry]\nExec=rm", 0o644, false),
            ("x.SH", b"echo", 0o644, false),
            ("x.AppImage", b"", 0o644, false),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(harmless(&path).is_ok(), fine, "{name}");
        }
        assert!(harmless(folder.path()).is_ok());
    }

    #[test]
    fn a_plan_tells_where_it_leads() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().canonicalize().unwrap();
        std::fs::write(root.join("letter.txt"), "x").unwrap();
        std::fs::write(root.join("run.sh"), "x").unwrap();
        std::os::unix::fs::symlink("letter.txt", root.join("link.txt")).unwrap();
        std::os::unix::fs::symlink("run.sh", root.join("note.txt")).unwrap();
        let open = Open::new(&Desktop::here(), &root);
        let effects =
            |target: &str| open.plan(&serde_json::json!({ "target": target })).map(|plan| plan.effects);
        assert_eq!(effects("link.txt").unwrap()[0], Effect::Read { path: root.join("letter.txt") });
        assert_eq!(
            effects("example.org").unwrap(),
            [Effect::Send { host: "example.org".into(), data: false }]
        );
        assert_eq!(
            effects("https://example.org/?q=1").unwrap(),
            [Effect::Send { host: "example.org".into(), data: true }]
        );
        assert!(matches!(effects("note.txt"), Err(ToolError::Refused { .. })), "a link to a program");
        for wrong in ["nothing.txt", "file:///etc/passwd", "javascript:alert(1)", "ssh://host"] {
            assert!(effects(wrong).is_err(), "{wrong}");
        }
    }
}
