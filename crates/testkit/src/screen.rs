//! A private virtual screen: an X server, a message bus, a window manager, a tray and a notification daemon of our own.
//! Nothing of the machine's own desktop is touched or needed. Keys and clicks are real X events.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Width and height, pixels.
pub const SIZE: (u32, u32) = (1400, 1000);

/// All of it ends when this is dropped.
pub struct Screen {
    home: tempfile::TempDir,
    display: String,
    bus: String,
    /// The last started ends first.
    programs: Vec<Child>,
}

impl Screen {
    /// Starts it.
    ///
    /// # Panics
    /// When a part of it is not installed or does not start: the message says what to do.
    pub fn start() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let mut screen = Self { home, display: String::new(), bus: String::new(), programs: Vec::new() };
        let (width, height) = SIZE;
        let size = format!("{width}x{height}x24");
        let number =
            screen.first_line("Xvfb", &["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp"]);
        screen.display = format!(":{number}");
        screen.bus = screen.first_line("dbus-daemon", &["--session", "--nofork", "--print-address"]);
        // A window that is there before the window manager is never given the focus.
        screen.first_line("openbox", &["--startup", "echo ready"]);
        screen.run(
            "trayer",
            &["--edge", "top", "--align", "right", "--widthtype", "request", "--height", "48"],
        );
        screen.run("dunst", &[]);
        screen
    }

    /// What a program needs in its environment to show itself here.
    pub fn env(&self) -> Vec<(&'static str, PathBuf)> {
        let home = self.home.path();
        vec![
            ("DISPLAY", self.display.clone().into()),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.clone().into()),
            ("HOME", home.into()),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            // There is no graphics card to draw with, and no accessibility bus to look for.
            ("LIBGL_ALWAYS_SOFTWARE", "1".into()),
            ("NO_AT_BRIDGE", "1".into()),
        ]
    }

    /// Home folder of the programs on it.
    pub fn home(&self) -> PathBuf {
        self.home.path().into()
    }

    /// Presses keys and buttons as `xdotool` is told; returns what it prints.
    ///
    /// # Panics
    /// When it fails.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        self.output("xdotool", arguments)
    }

    /// What a program on it prints.
    ///
    /// # Panics
    /// When it fails.
    pub fn output(&self, program: &str, arguments: &[&str]) -> String {
        let out = self.command(program).args(arguments).output();
        let out = out.unwrap_or_else(|e| panic!("{program} cannot be run ({e}); {REMEDY}"));
        assert!(out.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).expect("it prints text")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env());
        command
    }

    fn first_line(&mut self, program: &str, arguments: &[&str]) -> String {
        let child =
            self.command(program).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap_or_else(|e| panic!("{program} cannot be run ({e}); {REMEDY}"));
        let mut lines = BufReader::new(child.stdout.take().expect("piped above")).lines();
        let line = lines.next().and_then(Result::ok);
        let line = line.unwrap_or_else(|| panic!("{program} did not start; {REMEDY}"));
        // What it goes on to print must be read, or it would wait.
        std::thread::spawn(move || lines.count());
        self.programs.push(child);
        line
    }

    fn run(&mut self, program: &str, arguments: &[&str]) {
        let child = self.command(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.programs.push(child.unwrap_or_else(|e| panic!("{program} cannot be run ({e}); {REMEDY}")));
    }
}

const REMEDY: &str = "`make test` installs what the tests need";

impl Drop for Screen {
    fn drop(&mut self) {
        for program in self.programs.iter_mut().rev() {
            // It may have ended by itself.
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}
