//! Where a path leads, and what kind of place that is. By this, and not by the words of a request, a file is judged.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What kind of place a path is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Folders for what comes and goes: `/tmp`, the cache of the person.
    Temporary,
    /// The person's own, in plain sight: documents, pictures, downloads.
    Documents,
    /// Other disks, and what belongs to nobody in particular: `/media`, `/mnt`, `/opt`, `/srv`.
    Outside,
    /// The person's own, out of sight: settings and data of programs.
    Hidden,
    /// The operating system's.
    System,
    /// What runs by itself: login scripts, autostart, hooks, timers, services.
    Startup,
    /// Keys, passwords, tokens, cookies.
    Secrets,
    /// Jarvis's own settings, rules, records and memory.
    Jarvis,
}

impl Place {
    /// As written in rules and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temporary => "temporary",
            Self::Documents => "documents",
            Self::Outside => "outside",
            Self::Hidden => "hidden",
            Self::System => "system",
            Self::Startup => "startup",
            Self::Secrets => "secrets",
            Self::Jarvis => "jarvis",
        }
    }
}

/// The places of one person on one machine.
#[derive(Clone, Debug)]
pub struct Places {
    home: PathBuf,
    jarvis: Vec<PathBuf>,
}

/// Below the home folder: where keys, passwords, tokens and cookies lie.
const SECRETS: &[&str] = &[
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".config/gcloud",
    ".kube",
    ".docker/config.json",
    ".netrc",
    ".pgpass",
    ".my.cnf",
    ".npmrc",
    ".pypirc",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".config/gh",
    ".config/hub",
    ".config/rclone",
    ".terraform.d",
    ".terraformrc",
    ".password-store",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".config/keepassxc",
    ".mozilla",
    ".thunderbird",
    ".config/chromium",
    ".config/google-chrome",
    ".config/BraveSoftware",
    ".config/Signal",
    ".config/Bitwarden",
    ".var/app",
    "snap",
    ".git-credentials",
    ".config/git/credentials",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".local/share/fish/fish_history",
    ".wine",
    ".bitcoin",
    ".ethereum",
    ".electrum",
    ".pki",
    ".Xauthority",
    ".vnc",
];

/// Below the home folder: what runs by itself.
const STARTUP: &[&str] = &[
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".xprofile",
    ".xinitrc",
    ".xsession",
    ".xsessionrc",
    ".inputrc",
    ".vimrc",
    ".gvimrc",
    ".exrc",
    ".emacs",
    ".emacs.d",
    ".gitconfig",
    ".pythonrc",
    ".pam_environment",
    ".selected_editor",
    ".config/autostart",
    ".config/systemd",
    ".config/environment.d",
    ".config/fish",
    ".config/git",
    ".config/nvim",
    ".config/plasma-workspace",
    ".config/openbox",
    ".config/i3",
    ".config/sway",
    ".config/hypr",
    ".config/mimeapps.list",
    ".cargo/config",
    ".cargo/config.toml",
    ".local/share/applications",
    ".local/share/systemd",
    ".local/share/dbus-1",
    ".local/share/kservices5",
    ".local/bin",
    "bin",
    ".local/lib",
];

/// Names that mean the same in any folder: secrets.
const SECRET_NAMES: &[&str] = &[
    ".env",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    "id_dsa",
    "wallet.dat",
    ".htpasswd",
    "secrets.yaml",
    "secrets.yml",
];
/// Endings that mean the same in any folder: secrets.
const SECRET_ENDINGS: &[&str] =
    &["pem", "key", "p12", "pfx", "kdbx", "kdb", "keystore", "jks", "gpg", "asc", "age", "ovpn"];
/// Names that mean the same in any folder: what runs by itself, once somebody works there.
const STARTUP_NAMES: &[&str] = &[".envrc", ".direnv", "conftest.py", "sitecustomize.py", "usercustomize.py"];

impl Places {
    /// The places of the person whose home folder is `home`; `jarvis` are the folders where Jarvis keeps its own.
    pub fn new(home: &Path, jarvis: &[PathBuf]) -> Self {
        let real = |path: &Path| resolve(path).unwrap_or_else(|_| path.to_owned());
        Self { home: real(home), jarvis: jarvis.iter().map(|p| real(p)).collect() }
    }

    /// The person's home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// What kind of place `path` is in. It must be absolute and lead through no links: [`resolve`] makes it so.
    pub fn of(&self, path: &Path) -> Place {
        if self.jarvis.iter().any(|own| path.starts_with(own)) {
            return Place::Jarvis;
        }
        if let Ok(below) = path.strip_prefix(&self.home) {
            return of_home(below);
        }
        if secret_name(path)
            || path.starts_with("/root")
            || path.starts_with("/home")
            || path.starts_with("/Users")
        {
            // Another person's home folder is as good as locked.
            return Place::Secrets;
        }
        if [
            "/etc/shadow",
            "/etc/gshadow",
            "/etc/sudoers",
            "/etc/ssh",
            "/etc/ssl/private",
            "/var/lib/sss",
            "/proc",
            "/dev",
        ]
        .iter()
        .any(|secret| path.starts_with(secret))
        {
            return Place::Secrets;
        }
        if [
            "/etc/cron",
            "/etc/profile",
            "/etc/init",
            "/etc/systemd",
            "/etc/xdg/autostart",
            "/var/spool/cron",
            "/etc/rc",
        ]
        .iter()
        .any(|startup| path.to_string_lossy().starts_with(startup))
        {
            return Place::Startup;
        }
        if ["/tmp", "/var/tmp", "/private/tmp"].iter().any(|folder| path.starts_with(folder)) {
            return Place::Temporary;
        }
        if ["/media", "/mnt", "/run/media", "/Volumes"].iter().any(|folder| path.starts_with(folder)) {
            return Place::Outside;
        }
        Place::System
    }

    /// The weightiest kind of place that is known in a folder or below it, whether or not there is anything yet.
    pub fn weightiest_in(&self, folder: &Path) -> Place {
        let own = self.jarvis.iter().any(|own| own.starts_with(folder));
        let below = |list: &[&str]| list.iter().any(|known| self.home.join(known).starts_with(folder));
        let known =
            [(own, Place::Jarvis), (below(SECRETS), Place::Secrets), (below(STARTUP), Place::Startup)];
        let known = known.into_iter().filter_map(|(there, place)| there.then_some(place));
        known.chain([self.of(folder)]).max().unwrap_or(Place::System)
    }
}

fn of_home(below: &Path) -> Place {
    let under = |list: &[&str]| list.iter().any(|known| below.starts_with(known));
    if under(SECRETS) || secret_name(below) {
        return Place::Secrets;
    }
    let names = || below.components().map(|c| c.as_os_str().to_string_lossy());
    let hooks = names().any(|name| name == ".git") && names().any(|name| name == "hooks" || name == "config");
    if under(STARTUP)
        || hooks
        || below.file_name().is_some_and(|name| STARTUP_NAMES.iter().any(|n| name == *n))
    {
        return Place::Startup;
    }
    if below.starts_with(".cache") {
        return Place::Temporary;
    }
    if names().any(|name| name.starts_with('.')) { Place::Hidden } else { Place::Documents }
}

fn secret_name(path: &Path) -> bool {
    let named = path.file_name().is_some_and(|name| {
        let name = name.to_string_lossy().to_lowercase();
        SECRET_NAMES.contains(&name.as_str()) || name.starts_with(".env.")
    });
    let ends = path
        .extension()
        .is_some_and(|ending| SECRET_ENDINGS.contains(&ending.to_string_lossy().to_lowercase().as_str()));
    named || ends
}

/// So many links are followed on the way to one file, as the kernel does.
const MOST_LINKS: usize = 40;

/// Where `path` leads: absolute, every link on the way followed, `.` and `..` resolved where they stand. What does not exist yet
/// stays as it is named.
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    if !path.is_absolute() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is not absolute"));
    }
    let mut ahead: VecDeque<OsString> = parts(path);
    let mut there = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = ahead.pop_front() {
        if part == ".." {
            there.pop();
            continue;
        }
        let next = there.join(&part);
        match next.symlink_metadata() {
            Ok(met) if met.file_type().is_symlink() => {
                links += 1;
                if links > MOST_LINKS {
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many links lead there"));
                }
                let target = std::fs::read_link(&next)?;
                if target.is_absolute() {
                    there = PathBuf::from("/");
                }
                for part in parts(&target).into_iter().rev() {
                    ahead.push_front(part);
                }
            }
            // What cannot be looked at is judged by its name.
            Ok(_) | Err(_) => there = next,
        }
    }
    Ok(there)
}

/// The same, but a link at the very end stays itself: for what moves or removes the link and not what it leads to.
pub fn resolve_parent(path: &Path) -> io::Result<PathBuf> {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => Ok(resolve(folder)?.join(name)),
        _ => resolve(path),
    }
}

fn parts(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        })
        .collect()
}

/// A path as a person names it: `~` is their home folder, and what is relative starts there.
pub fn named(path: &str, home: &Path) -> PathBuf {
    let path = path.trim();
    match path.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ if Path::new(path).is_absolute() => PathBuf::from(path),
        _ => home.join(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_known() {
        let places = Places::new(
            Path::new("/home/ada"),
            &["/home/ada/.config/jarvis".into(), "/home/ada/.local/share/jarvis".into()],
        );
        for (path, expected) in [
            ("/home/ada/letter.txt", Place::Documents),
            ("/home/ada/Documents/taxes/2026.pdf", Place::Documents),
            ("/home/ada/.config/mousepad/settings", Place::Hidden),
            ("/home/ada/project/.hidden/x", Place::Hidden),
            ("/home/ada/.ssh/id_ed25519", Place::Secrets),
            ("/home/ada/.ssh", Place::Secrets),
            ("/home/ada/.mozilla/firefox/x/cookies.sqlite", Place::Secrets),
            ("/home/ada/Documents/server.pem", Place::Secrets),
            ("/home/ada/project/.env", Place::Secrets),
            ("/home/ada/project/.env.local", Place::Secrets),
            ("/home/ada/project/.git/hooks/pre-commit", Place::Startup),
            ("/home/ada/project/.git/config", Place::Startup),
            ("/home/ada/project/.envrc", Place::Startup),
            ("/home/ada/.bashrc", Place::Startup),
            ("/home/ada/.config/autostart/x.desktop", Place::Startup),
            ("/home/ada/bin/ls", Place::Startup),
            ("/home/ada/.config/jarvis/config.toml", Place::Jarvis),
            ("/home/ada/.local/share/jarvis/audit.sqlite", Place::Jarvis),
            ("/home/ada/.local/share/jarvis", Place::Jarvis),
            ("/home/ada/.local/share/other", Place::Hidden),
            ("/home/ada/.cache/thumbnails/x.png", Place::Temporary),
            ("/tmp/x", Place::Temporary),
            ("/media/stick/photo.jpg", Place::Outside),
            ("/home/bob/letter.txt", Place::Secrets),
            ("/root/x", Place::Secrets),
            ("/etc/hostname", Place::System),
            ("/etc/shadow", Place::Secrets),
            ("/etc/crontab", Place::Startup),
            ("/etc/cron.d/x", Place::Startup),
            ("/usr/bin/ls", Place::System),
            ("/proc/self/environ", Place::Secrets),
            ("/", Place::System),
        ] {
            assert_eq!(places.of(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn a_path_is_where_its_links_lead() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::create_dir(root.join("keys")).unwrap();
        std::os::unix::fs::symlink("../keys", root.join("a/link")).unwrap();
        std::os::unix::fs::symlink(root.join("keys/none"), root.join("dangling")).unwrap();
        std::os::unix::fs::symlink("loop", root.join("loop")).unwrap();
        for (path, expected) in [
            ("a/b/../x", Some("a/x")),
            ("a/link/secret", Some("keys/secret")),
            ("a/link/../x", Some("x")),
            ("dangling", Some("keys/none")),
            ("new/deep/file", Some("new/deep/file")),
            ("./a/./b", Some("a/b")),
            ("loop", None),
        ] {
            assert_eq!(resolve(&root.join(path)).ok(), expected.map(|e| root.join(e)), "{path}");
        }
        assert_eq!(resolve_parent(&root.join("a/link")).unwrap(), root.join("a/link"));
        assert!(resolve(Path::new("relative")).is_err());
    }

    #[test]
    fn people_name_paths_their_own_way() {
        let home = Path::new("/home/ada");
        for (said, expected) in [
            ("~", "/home/ada"),
            ("~/x", "/home/ada/x"),
            ("Documents/x", "/home/ada/Documents/x"),
            ("/etc/x", "/etc/x"),
            ("~bob/x", "/home/ada/~bob/x"),
        ] {
            assert_eq!(named(said, home), PathBuf::from(expected), "{said}");
        }
    }
}
