//! The installer puts in place what works on its own, and takes it away again.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use jarvis_journeys::{Home, Ran, clip};

fn installer(home: &Home, args: &[&str]) -> Command {
    let mut command = Command::new(jarvis_testkit::clips::root().join("installers/linux/install"));
    command.args(args).current_dir(home.path());
    // A person's own folders, and no service manager that would start it here.
    command.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path().join("xdg"));
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    command
}

fn install(home: &Home, args: &[&str]) -> Ran {
    let prefix = home.path().join("prefix");
    let mut command = installer(home, args);
    Ran(command.arg("--prefix").arg(prefix).output().expect("the installer can be started"))
}

fn program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}

/// Installs programs that do nothing below a relative prefix, where the service manager answers as the script `systemctl` does.
/// Returns what came of it, what the service manager was asked, and the unit.
fn install_service(systemctl: &str) -> (Ran, Vec<String>, String) {
    let home = Home::empty();
    let folder = home.path();
    for name in ["", "-engine-speech", "-engine-llm", "-engine-documents", "-engine-eyes"] {
        program(&folder.join(format!("built/jarvis{name}")), "");
    }
    let asked = folder.join("asked");
    program(&folder.join("fake/systemctl"), &format!("echo \"$*\" >> '{}'; {systemctl}", asked.display()));
    let path = format!("{}:{}", folder.join("fake").display(), std::env::var("PATH").unwrap());
    let mut command = installer(&home, &["built", "--prefix", "5 % off"]);
    let ran = Ran(command.env("PATH", path).output().expect("the installer can be started"));
    let asked = fs::read_to_string(asked).unwrap().lines().map(str::to_owned).collect();
    let unit = fs::read_to_string(folder.join("xdg/systemd/user/jarvis.service")).unwrap();
    // A percent sign is doubled in a unit.
    let start = format!("ExecStart=\"{}/5 %% off/bin/jarvis\" listen", folder.display());
    assert!(unit.contains(&start), "{unit}");
    (ran, asked, unit)
}

#[test]
fn an_installed_service_takes_the_place_of_one_that_runs() {
    let no_desktop = "case \"$*\" in *is-active*) exit 3 ;; esac";
    for (systemctl, target) in [("exit 0", "graphical-session.target"), (no_desktop, "default.target")] {
        let (ran, asked, unit) = install_service(systemctl);
        assert!(ran.ok().stdout().contains("listens from now on"));
        assert!(asked.contains(&"--user restart jarvis.service".to_owned()), "{asked:?}");
        assert!(unit.contains(&format!("WantedBy={target}")), "{unit}");
    }
}

#[test]
fn a_service_that_does_not_start_is_told_apart_from_no_service_manager() {
    let (ran, ..) = install_service("exit 1");
    assert!(ran.ok().stdout().contains("no service manager runs here"));
    let (ran, ..) = install_service("case \"$*\" in *restart*) echo 'That failed.' >&2; exit 1 ;; esac");
    assert!(!ran.0.status.success() && !ran.stdout().contains("no service manager"), "{}", ran.stdout());
    let said = ran.stderr();
    assert!(said.contains("That failed.") && said.contains("status jarvis"), "{said}");
}

#[test]
fn what_is_installed_works_and_goes_again() {
    let home = Home::new();
    let built = jarvis_testkit::program("jarvis").parent().expect("a folder").to_path_buf();
    let said = install(&home, &[built.to_str().unwrap()]).ok().stdout();
    let installed = home.path().join("prefix/bin/jarvis");
    assert!(said.contains(installed.parent().unwrap().to_str().unwrap()), "{said}");
    let unit = home.path().join("xdg/systemd/user/jarvis.service");
    let service = fs::read_to_string(&unit).unwrap();
    assert!(service.contains(&format!("ExecStart=\"{}\" listen", installed.display())), "{service}");

    // The installed program finds its engines beside itself.
    let mut command = Command::new(&installed);
    command.args(["transcribe", "--language", "en"]).arg(clip("stop.wav")).env("JARVIS_HOME", home.path());
    let ran = Ran(command.output().unwrap()).ok();
    assert!(ran.stdout().to_lowercase().contains("stop"), "{}", ran.stdout());

    install(&home, &["--uninstall"]).ok();
    assert!(!installed.exists() && !unit.exists());
    assert!(home.path().join("data/models").exists(), "the models are kept");

    let failed = install(&home, &["/nowhere"]);
    assert!(!failed.0.status.success());
    assert!(failed.stderr().contains("cargo build"), "{}", failed.stderr());
}
