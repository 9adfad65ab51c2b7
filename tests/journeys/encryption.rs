//! The memory encrypted where it lies, with its key in a real keyring.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use jarvis_journeys::{Home, Ran};
use jarvis_testkit::keyring::Keyring;

/// What a command says, with the keyring, or without one.
fn run<const N: usize>(home: &Home, keyring: Option<&Keyring>, arguments: [&str; N]) -> Ran {
    run_with(home, keyring, arguments, "")
}

fn run_with<const N: usize>(
    home: &Home,
    keyring: Option<&Keyring>,
    arguments: [&str; N],
    typed: &str,
) -> Ran {
    let mut command = home.jarvis(arguments);
    match keyring {
        Some(keyring) => command.envs(keyring.env()),
        None => command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere"),
    };
    let mut jarvis =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    jarvis.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    Ran(jarvis.wait_with_output().unwrap())
}

/// Whether `word` stands in any file of Jarvis's home.
fn stands_in(home: &Home, word: &str) -> bool {
    let found =
        std::process::Command::new("grep").args(["-rqai", word]).arg(home.path().join("data")).status();
    found.unwrap().success()
}

fn refused(ran: &Ran, says: &str) {
    assert!(!ran.0.status.success() && ran.stderr().contains(says), "{}{}", ran.stdout(), ran.stderr());
}

#[test]
fn the_memory_is_read_with_its_key_alone_here_and_elsewhere() {
    let (home, keyring) = (Home::new(), Keyring::start());
    let told = "my sister Wilhelmina lives in Kilkenny";
    run(&home, Some(&keyring), ["memory", "remember", told]).ok();
    run(&home, Some(&keyring), ["memory", "search", "sister"]).ok();
    assert!(stands_in(&home, "Wilhelmina"));
    refused(&run(&home, Some(&keyring), ["encryption", "key"]), "jarvis encryption on");
    // Without a keyring there is nowhere to keep the key, and nothing is done.
    refused(&run(&home, None, ["encryption", "on"]), "JARVIS_MEMORY_KEY");
    assert!(stands_in(&home, "Wilhelmina"));

    let on = run(&home, Some(&keyring), ["encryption", "on"]).ok();
    assert!(on.stderr().contains("jarvis encryption key"), "{}", on.stderr());
    assert!(!stands_in(&home, "Wilhelmina") && !stands_in(&home, "Kilkenny"));
    let status = run(&home, Some(&keyring), ["encryption", "status", "--json"]).ok().records();
    assert_eq!(status[0]["encrypted"], true);
    let found = run(&home, Some(&keyring), ["memory", "search", "Where does my sibling live?"]).ok();
    assert!(found.stdout().contains(told), "{}", found.stdout());
    let told_again = run(&home, Some(&keyring), ["ask", "Remember that my aunt Philippa keeps bees."]).ok();
    assert!(!told_again.stdout().is_empty());
    assert!(!stands_in(&home, "Philippa"));
    let backup = home.path().join("jarvis.backup");
    let backup = backup.to_str().unwrap();
    run(&home, Some(&keyring), ["backup", backup]).ok();

    // Without the keyring nothing can be read, and nothing is changed.
    let database = home.path().join("data/jarvis.sqlite");
    let before = std::fs::read(&database).unwrap();
    refused(&run(&home, None, ["memory", "show"]), "jarvis encryption unlock");
    refused(
        &run(&home, None, ["backup", home.path().join("second").to_str().unwrap()]),
        "jarvis encryption unlock",
    );
    assert_eq!(std::fs::read(&database).unwrap(), before);

    // On another machine the key that was written down reads the backup.
    let key = run(&home, Some(&keyring), ["encryption", "key"]).ok().stdout();
    let (other, others) = (Home::new(), Keyring::start());
    refused(&run(&other, Some(&others), ["restore", backup]), "JARVIS_MEMORY_KEY");
    assert!(!other.path().join("data/jarvis.sqlite").exists());
    let restored = other.jarvis(["restore", backup]).env("JARVIS_MEMORY_KEY", key.trim()).output().unwrap();
    Ran(restored).ok();
    refused(&run(&other, Some(&others), ["memory", "show"]), "jarvis encryption unlock");
    let wrong = key.replace(|c: char| c.is_ascii_digit(), "e");
    refused(&run_with(&other, Some(&others), ["encryption", "unlock"], &wrong), "cannot be read");
    refused(&run_with(&other, Some(&others), ["encryption", "unlock"], "my cat"), "64 hexadecimal digits");
    run_with(&other, Some(&others), ["encryption", "unlock"], &key).ok();
    let shown = run(&other, Some(&others), ["memory", "show"]).ok().stdout();
    assert!(shown.contains(told) && shown.contains("bees"), "{shown}");

    run(&other, Some(&others), ["encryption", "off"]).ok();
    assert!(stands_in(&other, "Wilhelmina"));
    assert!(run(&other, None, ["memory", "show"]).ok().stdout().contains(told));
    refused(&run_with(&other, Some(&others), ["encryption", "unlock"], &key), "not encrypted");
}

#[test]
fn a_running_jarvis_keeps_it_as_it_is() {
    let (home, keyring) = (Home::new(), Keyring::start());
    run(&home, Some(&keyring), ["memory", "remember", "I live in Bath"]).ok();
    let mut chat = home.jarvis(["chat"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut says, mut answers) = (chat.stdin.take().unwrap(), BufReader::new(chat.stdout.take().unwrap()));
    writeln!(says, "What time is it?").unwrap();
    answers.read_line(&mut String::new()).unwrap();
    refused(&run(&home, Some(&keyring), ["encryption", "on"]), "Jarvis is running");
    assert!(stands_in(&home, "Bath"));
    drop(says);
    chat.wait().unwrap();
    run(&home, Some(&keyring), ["encryption", "on"]).ok();
    assert!(!stands_in(&home, "Bath"));
}
