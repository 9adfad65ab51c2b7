//! What it means that a certain file is read or written, a certain variable set, a certain machine named.

use super::reading::{NETWORK, Reading};
use super::words::Word;
use crate::act::Risk;

/// Parts of paths where keys and passwords lie.
const SECRETS: &[&str] = &[
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/sudoers",
    ".ssh",
    ".gnupg",
    ".aws",
    ".kube",
    ".netrc",
    ".pgpass",
    ".git-credentials",
    ".docker/config",
    "keyrings",
    ".password-store",
    "id_rsa",
    "id_ed25519",
    "logins.json",
    "key4.db",
    "Login Data",
    ".config/gcloud",
    ".npmrc",
    ".pypirc",
    "/proc/self/environ",
    "/environ",
    ".bash_history",
    ".zsh_history",
];

/// Folders of the system's own. What stands there is for the system to change.
const SYSTEM: &[&str] = &[
    "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/boot", "/sys", "/proc", "/var",
    "/opt", "/root", "/run", "/srv", "/snap", "/nix", "/dev",
];

/// Parts of paths of files that make programs run: at a start, a log-in, a commit.
const STARTS: &[&str] = &[
    ".bash",
    ".profile",
    ".zsh",
    ".zprofile",
    ".zlogin",
    ".config/fish",
    ".ssh",
    ".config/systemd",
    "systemd/user",
    "cron",
    ".pam_environment",
    ".gitconfig",
    ".config/git",
    ".git/",
    ".vimrc",
    ".config/nvim",
    ".emacs",
    ".xinitrc",
    ".xprofile",
    ".xsession",
    "autostart",
    ".local/bin",
    ".local/share/applications",
    "environment.d",
    ".inputrc",
    ".npmrc",
    ".cargo/",
    ".config/jarvis",
    ".local/share/jarvis",
    "sitecustomize",
    ".pth",
    ".envrc",
];

/// Variables by which programs are found, loaded, or run by others.
const HARMFUL: &[&str] = &[
    "PATH",
    "IFS",
    "ENV",
    "BASH_ENV",
    "SHELL",
    "SHELLOPTS",
    "BASHOPTS",
    "PS0",
    "PS1",
    "PS2",
    "PS4",
    "PROMPT_COMMAND",
    "HOME",
    "CDPATH",
    "GLOBIGNORE",
    "PAGER",
    "MANPAGER",
    "EDITOR",
    "VISUAL",
    "BROWSER",
    "TERMINAL",
    "FCEDIT",
    "GCONV_PATH",
    "LOCPATH",
    "NLSPATH",
    "HOSTALIASES",
    "JAVA_TOOL_OPTIONS",
    "_JAVA_OPTIONS",
    "TAR_OPTIONS",
    "TAPE",
    "RSYNC_RSH",
    "CVS_RSH",
    "RUSTC_WRAPPER",
    "MAKEFLAGS",
    "MAKEFILES",
    "CC",
    "EXECIGNORE",
    "HISTFILE",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CONFIG_DIRS",
    "XDG_DATA_DIRS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "http_proxy",
    "https_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "all_proxy",
    "ftp_proxy",
    "SUDO_ASKPASS",
    "SSH_ASKPASS",
    "SSH_AUTH_SOCK",
    "OPENSSL_CONF",
    "OPENSSL_MODULES",
    "NODE_PATH",
    "INPUTRC",
    "TERMINFO",
    "TERMCAP",
    "MAILPATH",
    "MAIL",
    "AWKPATH",
    "AWKLIBPATH",
    "TIMEFORMAT",
    "COMP_WORDBREAKS",
    "ZDOTDIR",
    "LUA_INIT",
    "LUA_PATH",
    "LUA_CPATH",
    "POSIXLY_CORRECT",
    "BASH_COMPAT",
    "command_not_found_handle",
];

/// And all that begin so.
const HARMFUL_FAMILIES: &[&str] = &[
    "LD_",
    "DYLD_",
    "BASH_",
    "PYTHON",
    "PERL",
    "RUBY",
    "NODE_",
    "GIT_",
    "LESS",
    "SYSTEMD_",
    "CARGO_",
    "RUST",
    "npm_",
    "NPM_",
    "PIP_",
    "GTK",
    "QT_",
    "MALLOC_",
    "GLIBC_",
    "SSL_",
    "CURL_",
    "DOCKER_",
    "GREP_",
    "JQ_",
    "READLINE_",
    "FZF_",
    "GO",
];

/// Variables that only change how something looks.
const HARMLESS: &[&str] = &[
    "LANG",
    "LANGUAGE",
    "TZ",
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "TERM",
    "CLICOLOR",
    "FORCE_COLOR",
    "BLOCKSIZE",
    "BLOCK_SIZE",
];

impl Reading {
    /// A file is read.
    pub fn read_file(&mut self, word: &Word) {
        if dialled(&word.text) {
            self.note(Risk::Critical, NETWORK);
        }
        if SECRETS.iter().any(|part| word.text.contains(part)) {
            self.note(Risk::High, "reads what is secret");
        }
        self.reads(word.shown());
    }

    /// A file is written, changed or removed.
    pub fn write_file(&mut self, word: &Word, risk: Risk, reason: &'static str) {
        let text = word.text.as_str();
        let nowhere = matches!(text, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "/dev/full");
        if word.literal().is_some() && nowhere {
            return;
        }
        self.note(risk, reason);
        self.writes(word.shown());
        if dialled(text) {
            self.note(Risk::Critical, NETWORK);
        }
        if word.literal().is_none() {
            self.note(Risk::High, "writes where it is not known yet");
        }
        if !word.whole && text == "/dev/fd/" {
            return; // A process of the line's own.
        }
        let plain = tidied(text);
        if SYSTEM.iter().any(|folder| within(&plain, folder)) || plain == "/" {
            self.note(Risk::Critical, "writes into the system");
        }
        if STARTS.iter().any(|part| plain.contains(part)) {
            self.note(Risk::Critical, "writes where programs are started from");
        }
    }

    /// A file or a folder is removed; `whole`: with all that is in it.
    pub fn remove(&mut self, word: &Word, whole: bool) {
        self.write_file(word, Risk::High, "removes files");
        let plain = tidied(&word.text);
        let depth = plain.split('/').filter(|part| !part.is_empty()).count();
        let shallow = plain.starts_with('/') && depth <= 2;
        let here = matches!(plain.trim_end_matches('/'), "" | "." | ".." | "*") || plain.contains("..");
        // `~` and `~ada`, but not a folder in them.
        let home = word.home && depth <= 1;
        let vague = !word.whole || word.glob || word.split || home;
        if whole && (vague || shallow || here) {
            self.note(Risk::Critical, "removes whole folders");
        }
    }

    /// A word of a program that reaches the network: it may name a file that is sent, or one that is written.
    pub fn carried(&mut self, word: &Word) {
        let text = word.text.as_str();
        // `-o/etc/x`, `--output=/etc/x`, `-d@/etc/x`.
        let path = text.find(['/', '.', '~']).filter(|_| !text.contains("://")).map_or("", |at| &text[at..]);
        let path = tidied(path);
        let system = SYSTEM.iter().any(|folder| within(&path, folder));
        if system || STARTS.iter().chain(SECRETS).any(|part| path.contains(part)) {
            self.note(Risk::Critical, "sends or writes over what is the system's, or secret");
        }
    }

    /// A variable is set.
    pub fn variable(&mut self, name: &str) {
        if HARMFUL.contains(&name) || HARMFUL_FAMILIES.iter().any(|family| name.starts_with(family)) {
            self.note(Risk::Critical, "changes how programs are found and run");
        }
    }

    /// A variable is given to programs.
    pub fn environment(&mut self, name: &str) {
        if !HARMLESS.contains(&name) && !name.starts_with("LC_") {
            self.note(Risk::Medium, "gives a program a setting");
        }
    }

    /// The machine that an address names, if this is one.
    pub fn address(&mut self, word: &Word) {
        let text = word.text.as_str();
        let rest = match text.split_once("://") {
            Some((_, rest)) => rest,
            None => match text.split_once(':') {
                Some((host, _)) if !host.contains('/') => host,
                _ => text,
            },
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
        if !word.whole {
            self.host(format!("{host}*"));
        } else if !host.is_empty() {
            self.host(host.to_owned());
        }
    }
}

/// Bash opens a connection for these itself.
fn dialled(path: &str) -> bool {
    let plain = tidied(path);
    plain.starts_with("/dev/tcp")
        || plain.starts_with("/dev/udp")
        || path.contains("/dev/tcp/")
        || path.contains("/dev/udp/")
}

/// Without doubled and idle parts: `//etc/./x` is `/etc/x`.
fn tidied(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for part in path.split_inclusive('/') {
        match part {
            "/" if out.ends_with('/') => {}
            "./" if !out.is_empty() => {}
            _ => out.push_str(part),
        }
    }
    // Climbing may lead anywhere; from the root it is resolved.
    if out.starts_with('/') && out.contains("/..") {
        let mut parts = Vec::new();
        for part in out.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." {
                parts.pop();
            } else {
                parts.push(part);
            }
        }
        return format!("/{}", parts.join("/"));
    }
    out
}

fn within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('*'))
}
