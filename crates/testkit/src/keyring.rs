//! A private keyring: a D-Bus of our own with GNOME's Secret Service on it, unlocked, in a home of its own. The person's
//! own keyring is neither seen nor needed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

const REMEDY: &str = "install what it needs with `apt-get install gnome-keyring dbus`";
/// As the session's, but that it starts nothing by itself: a keyring that nobody has started is not there.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#;

/// Bus and keyring end when it is dropped, and what was kept is gone.
pub struct Keyring {
    home: TempDir,
    address: String,
    bus: Child,
    service: Option<Child>,
}

impl Keyring {
    /// A bus on which there is no keyring yet.
    ///
    /// # Panics
    /// When D-Bus is not installed: the message says what to do.
    pub fn bus_alone() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let config = home.path().join("bus.conf");
        fs::write(&config, BUS).expect("the folder is writable");
        let mut bus = Command::new("dbus-daemon")
            .arg("--config-file")
            .arg(&config)
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("dbus-daemon cannot be run ({e}); {REMEDY}"));
        let address = lines(&mut bus).next().expect("dbus-daemon says where it is").expect("in UTF-8");
        Self { home, address, bus, service: None }
    }

    /// A keyring that is there and unlocked.
    ///
    /// # Panics
    /// When it is not installed: the message says what to do.
    pub fn start() -> Self {
        let mut keyring = Self::bus_alone();
        keyring.start_service();
        keyring
    }

    /// Starts the keyring on the bus; returns when it can be used.
    ///
    /// # Panics
    /// When it is not installed: the message says what to do.
    pub fn start_service(&mut self) {
        // Whoever listens first cannot miss it.
        let rule = "type='signal',member='NameOwnerChanged',arg0='org.freedesktop.secrets'";
        let mut monitor = self
            .command("dbus-monitor")
            .args(["--session", rule])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("dbus-monitor cannot be run ({e}); {REMEDY}"));
        let mut seen = lines(&mut monitor);
        seen.next().expect("it says that it listens").expect("in UTF-8");
        let mut service = self
            .command("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--foreground"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("gnome-keyring-daemon cannot be run ({e}); {REMEDY}"));
        let mut password = service.stdin.take().expect("piped above");
        password.write_all(b"password").expect("the keyring reads its password");
        drop(password);
        let there = seen.any(|line| line.is_ok_and(|line| line.contains("org.freedesktop.secrets")));
        end(&mut monitor);
        self.service = Some(service);
        assert!(there, "the keyring did not start; {REMEDY}");
    }

    /// What a program needs in its environment to see this bus and no other.
    pub fn env(&self) -> [(&'static str, &str); 1] {
        [("DBUS_SESSION_BUS_ADDRESS", &self.address)]
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env()).env("HOME", self.home.path()).env("XDG_RUNTIME_DIR", self.home.path());
        command.env("XDG_DATA_HOME", self.home.path().join("data")).env_remove("DISPLAY");
        command
    }
}

fn lines(child: &mut Child) -> std::io::Lines<BufReader<ChildStdout>> {
    BufReader::new(child.stdout.take().expect("piped when it was started")).lines()
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

impl Drop for Keyring {
    fn drop(&mut self) {
        if let Some(service) = &mut self.service {
            end(service);
        }
        end(&mut self.bus);
    }
}
