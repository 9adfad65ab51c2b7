//! The installer puts in place what works on its own, and takes it away again.

use std::process::Command;

use jarvis_journeys::{Home, Ran, clip};

fn install(home: &Home, args: &[&str]) -> Ran {
    let script = jarvis_testkit::clips::root().join("installers/linux/install");
    let prefix = home.path().join("prefix");
    let mut command = Command::new(script);
    command.args(args).arg("--prefix").arg(prefix);
    // A person's own folders, and no service manager that would start it here.
    command.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path().join("xdg"));
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    Ran(command.output().expect("the installer can be started"))
}

#[test]
fn what_is_installed_works_and_goes_again() {
    let home = Home::new();
    let built = jarvis_testkit::program("jarvis").parent().expect("a folder").to_path_buf();
    let said = install(&home, &[built.to_str().unwrap()]).ok().stdout();
    let installed = home.path().join("prefix/bin/jarvis");
    assert!(said.contains(installed.parent().unwrap().to_str().unwrap()), "{said}");
    let unit = home.path().join("xdg/systemd/user/jarvis.service");
    let service = std::fs::read_to_string(&unit).unwrap();
    assert!(service.contains(&format!("ExecStart={} listen", installed.display())), "{service}");

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
