//! Told once, known later: by the command, in a conversation, by voice, and forgotten for good.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use jarvis_audio::file;
use jarvis_core::VoiceState;
use jarvis_core::audio::{Pcm, SAMPLE_RATE};
use jarvis_journeys::{Home, Listening, Ran, clip, memory};
use jarvis_testkit::program;
use jarvis_testkit::sound_card::SoundCard;

use crate::attachments::{ollama, shown};

#[test]
fn facts_are_added_found_superseded_and_forgotten_from_the_command_line() {
    let home = Home::new();
    let id = |ran: Ran| ran.ok().records()[0]["id"].as_str().unwrap().to_string();
    let bath = id(home.run(["memory", "remember", "I live in Bath", "--json"]));
    home.run(["memory", "supersede", &bath, "I live in Leeds"]).ok();
    home.run(["memory", "remember", "my sister is called Quibble"]).ok();
    let found = home.run(["memory", "search", "live", "--json"]).ok().records();
    assert_eq!((found.len(), &found[0]["text"]), (1, &"I live in Leeds".into()));
    let past = home.run(["memory", "search", "live", "--past", "--json"]).ok().records();
    assert_eq!((past.len(), &past[1]["superseded_by"]), (2, &found[0]["id"]));
    assert!(home.run(["memory", "show"]).ok().stdout().contains("my sister is called Quibble"));

    // Nobody there to ask: nothing is forgotten.
    let unasked = home.run(["memory", "forget", "quibble"]);
    assert_eq!(unasked.0.status.code(), Some(2), "{}", unasked.stderr());
    assert!(unasked.stderr().contains("--yes"), "{}", unasked.stderr());
    let gone = home.run(["memory", "forget", "quibble", "--yes", "--json"]).ok().records();
    assert_eq!(gone[0]["facts"][0]["text"], "my sister is called Quibble");
    let nothing = home.run(["memory", "search", "quibble"]);
    assert_eq!(nothing.0.status.code(), Some(1));
    for (arguments, why) in [
        (&["memory", "remember", " ?! "][..], "no words"),
        (&["memory", "edit", &bath[..8], "x"], "invalid value"),
    ] {
        let ran = home.run(arguments.iter().copied());
        assert_eq!(ran.0.status.code(), Some(2), "{arguments:?}");
        assert!(ran.stderr().contains(why), "{}", ran.stderr());
    }
}

// With a second thread: on the first, this waits for Jarvis, which waits for its Ollama.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_in_one_run_is_known_in_the_next_and_to_the_model() {
    let home = Home::new();
    home.run(["ask", "Remember that my favourite tea is Lapsang Souchong."]).ok();
    home.run(["memory", "remember", "the spare key is under the flower pot"]).ok();
    let told = home.run(["ask", "What do you know about my tea?"]).ok();
    assert!(told.stdout().contains("my favourite tea is Lapsang Souchong"), "{}", told.stdout());

    let (url, asked) = ollama(&["completion"]).await;
    let ask = |question: &str| {
        let mut command = home.jarvis(["ask", question]);
        command.env("JARVIS_LLM__PROVIDER", "ollama").env("JARVIS_LLM__OLLAMA__URL", &url);
        Ran(command.output().unwrap()).ok();
        shown(&asked).0
    };
    let question = "Which tea shall I buy?";
    let seen = ask(question);
    assert!(seen.contains("- my favourite tea is Lapsang Souchong\n") && seen.ends_with(question), "{seen}");
    assert!(!seen.contains("flower pot"), "only what has to do with the question: {seen}");
    assert_eq!(ask("Why is the sky blue?"), "Why is the sky blue?");

    // Corrected: the new value, and the old one only when it is asked for.
    let told = home.run(["ask", "Remember that my favourite tea is now Assam."]).ok().stdout();
    assert!(told.contains("Until now it was: my favourite tea is Lapsang Souchong."), "{told}");
    let seen = ask(question);
    assert!(seen.contains("Assam") && !seen.contains("Lapsang"), "{seen}");
    let seen = ask("Which tea did I use to like?");
    assert!(
        seen.contains("Assam") && seen.contains("and no longer: my favourite tea is Lapsang Souchong"),
        "{seen}"
    );
    let told = home.run(["ask", "What do you know about my tea?"]).ok();
    assert!(told.stderr().contains("told on"), "it says where it knows that from: {}", told.stderr());

    home.run(["memory", "forget", "lapsang", "--yes"]).ok();
    let files =
        std::process::Command::new("grep").args(["-rila", "lapsang"]).arg(home.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&files.stdout), "", "it is forgotten everywhere");
}

/// "Hey Jarvis" as recorded, and then these words in Jarvis's own voice.
fn speak(home: &Home, card: &SoundCard, words: &str) {
    let wav = home.path().join("said.wav");
    home.run(["say", words, "-o", wav.to_str().unwrap()]).ok();
    let said = file::read_16k(&wav).unwrap();
    let pause = vec![0.0; 3_200];
    let samples = [file::read_16k(&clip("hey-jarvis.wav")).unwrap(), pause, said].concat();
    file::write_wav(&wav, &Pcm { sample_rate: SAMPLE_RATE, samples }).unwrap();
    card.play_into_microphone(&wav);
}

/// In a run of its own says `words` up to three times, as the recogniser mishears a word in twenty or so, until the answer
/// is one of those that are `wanted`.
fn told_aloud(home: &Home, words: &str, wanted: impl Fn(&str) -> bool) {
    let card = SoundCard::start();
    let mut jarvis = Listening::start(home, &card, &[("JARVIS_TURN__FOLLOW_UP_MS", "0")]);
    let mut answers = Vec::new();
    for _ in 0..3 {
        speak(home, &card, words);
        answers.push(jarvis.until_turn_ended().1);
        if answers.last().is_some_and(|answer| wanted(answer)) {
            return;
        }
        jarvis.until_state(VoiceState::Idle);
    }
    panic!("{words:?} was answered {answers:#?}");
}

#[test]
fn what_is_told_aloud_is_known_when_it_is_asked_for_aloud_in_the_next_run() {
    let home = Home::new();
    told_aloud(&home, "Remember that the spare key is under the flower pot.", |answer| {
        answer == "I will remember that." || answer == "I know."
    });
    told_aloud(&home, "What do you know about the spare key?", |answer| {
        answer.contains("You told me") && answer.contains("key")
    });
    // Corrected: the new value is told, and where it is known from.
    told_aloud(&home, "Remember that the spare key is now in the kitchen drawer.", |answer| {
        answer.contains("Until now it was") || answer == "I know."
    });
    told_aloud(&home, "What do you know about the spare key?", |answer| {
        answer.contains("You told me today") && answer.contains("drawer") && !answer.contains("pot")
    });
}

/// Killed at any moment a hundred times: what was acknowledged is there, the file is whole, and the vectors agree with it.
#[test]
fn nothing_that_was_acknowledged_is_lost_when_jarvis_is_killed() {
    let home = Home::new();
    let data = home.path().join("data");
    let mut acknowledged = Vec::new();
    for run in 0..100_u64 {
        let mut command = Command::new(program("remember-until-killed"));
        let mut child = command.arg(&data).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // At the first acknowledged write at the earliest, and from there on at ever another moment.
        acknowledged.push(lines.next().unwrap().unwrap());
        std::thread::sleep(Duration::from_millis(run * 37 % 250));
        child.kill().unwrap();
        acknowledged.extend(lines.map_while(Result::ok));
        child.wait().unwrap();
    }
    jarvis_memory::backup::check(&(&data.join("jarvis.sqlite")).into()).unwrap();
    let memory = memory(&data);
    let kept = memory.store().facts(None, true).unwrap();
    let ids: HashSet<String> = kept.iter().map(|fact| fact.id.to_string()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !ids.contains(*id)).collect();
    assert!(
        lost.is_empty() && acknowledged.len() >= 100,
        "{} of {} are lost",
        lost.len(),
        acknowledged.len()
    );
    // The first look mends what a kill has left half done.
    memory.index().unwrap().settle(Box::new(|_| {})).unwrap();
    assert_eq!(memory.index().unwrap().count().unwrap(), kept.len());
}

#[test]
fn a_backup_brings_everything_back_and_a_damaged_one_nothing() {
    let home = Home::new();
    home.run(["memory", "remember", "I live in Bath"]).ok();
    home.run(["config", "set", "tts.speed", "1.25"]).ok();
    let file = home.path().join("everything.jarvis");
    let file = file.to_str().unwrap();
    let made = home.run(["backup", file, "--json"]).ok().records();
    assert!(made[0]["files"]["jarvis.sqlite"]["size_bytes"].as_u64().unwrap() > 0, "{made:?}");
    let again = home.run(["backup", file]);
    assert!(again.stderr().contains("is there already"), "{}", again.stderr());

    home.run(["memory", "remember", "I have a dog"]).ok();
    home.run(["config", "set", "tts.speed", "1.0"]).ok();
    let restored = home.run(["restore", file]).ok();
    assert!(restored.stderr().contains("before-restore"), "{}", restored.stderr());
    let shown = home.run(["memory", "show"]).ok().stdout();
    assert!(shown.contains("Bath") && !shown.contains("dog"), "{shown}");
    assert!(home.run(["config", "show"]).ok().stdout().contains("speed = 1.25"));
    assert!(
        home.run(["memory", "search", "Where is my home?"]).ok().stdout().contains("Bath"),
        "vectors too"
    );

    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(file, bytes).unwrap();
    let refused = home.run(["restore", file]);
    assert_eq!(refused.0.status.code(), Some(2), "{}", refused.stderr());
    assert!(home.run(["memory", "show"]).ok().stdout().contains("Bath"));
    // Forgetting reaches what was kept aside.
    home.run(["memory", "forget", "dog", "--yes"]);
    home.run(["memory", "forget", "Bath", "--yes"]).ok();
    assert!(!home.path().join("data/jarvis.sqlite-copies").exists());
}

#[test]
fn a_damaged_memory_is_as_it_was_and_that_is_said() {
    let home = Home::new();
    home.run(["memory", "remember", "I live in Bath"]).ok();
    let database = home.path().join("data/jarvis.sqlite");
    assert!(jarvis_memory::backup::keep_copy(&(&database).into(), jiff::Timestamp::now()).unwrap());
    home.run(["memory", "remember", "I have a dog"]).ok();
    std::fs::write(&database, "what a failing disk has left of it, and nothing that is a database").unwrap();
    let shown = home.run(["memory", "show"]).ok();
    assert!(shown.stderr().contains("My memory was damaged, and is now as it was on"), "{}", shown.stderr());
    assert!(shown.stdout().contains("Bath") && !shown.stdout().contains("dog"), "{}", shown.stdout());
    assert_eq!(home.run(["memory", "show"]).ok().stderr(), "");

    // Who only listens is told aloud.
    std::fs::write(&database, "damaged once more").unwrap();
    let card = SoundCard::start();
    let speaker = card.record_speaker();
    let mut jarvis = Listening::start(&home, &card, &[]);
    jarvis.until_state(VoiceState::Speaking);
    jarvis.until_state(VoiceState::Idle);
    drop(jarvis);
    let wav = home.path().join("heard.wav");
    file::write_wav(&wav, &speaker.stop()).unwrap();
    let heard = home.run(["transcribe", wav.to_str().unwrap()]).ok().stdout();
    assert!(heard.contains("memory was damaged"), "{heard}");
}

#[test]
fn what_is_said_in_passing_is_noted_in_a_pause_and_known_later() {
    let home = Home::new();
    let mut chat = home.jarvis(["chat"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut says = chat.stdin.take().unwrap();
    writeln!(says, "My sister Anna lives in Kiel. Why is the sea there salty?").unwrap();
    let noted = (0..60).find_map(|_| {
        std::thread::sleep(Duration::from_secs(2));
        home.run(["memory", "show", "--json"]).records().into_iter().next()
    });
    let noted = noted.expect("within two minutes something is noted");
    assert!(noted["text"].as_str().unwrap().contains("Kiel") && noted["noted"] == true, "{noted}");
    // Nobody says anything any more.
    drop(says);
    assert!(chat.wait().unwrap().success());
    let told = home.run(["graph", "ask", "Where does my sister live?"]).ok().stdout();
    assert!(told.contains("Anna lives in Kiel"), "{told}");
    let told = home.run(["ask", "Where does Anna live?"]).ok();
    assert!(told.stdout().contains("Kiel") && told.stderr().contains("told on"), "{}", told.stdout());
}

#[test]
fn the_memory_is_exported_and_taken_in_elsewhere() {
    let (home, other) = (Home::new(), Home::new());
    home.run(["memory", "remember", "I live in Bath"]).ok();
    home.run(["ask", "Remember that my favourite tea is Lapsang Souchong."]).ok();
    let file = home.path().join("memory.jsonl");
    let export = |format: &str, file: &std::path::Path| {
        home.run(["memory", "export", "--json", "--format", format, file.to_str().unwrap()])
    };
    let written = export("json", &file).ok().records().remove(0);
    assert_eq!((&written["facts"], &written["messages"]), (&2.into(), &2.into()));
    assert!(export("json", &file).stderr().contains("is there already"));
    let text = home.path().join("memory.md");
    export("markdown", &text).ok();
    assert!(std::fs::read_to_string(text).unwrap().contains("- I live in Bath (since "));

    let import =
        |arguments: &[&str]| other.run(["memory", "import", file.to_str().unwrap()].iter().chain(arguments));
    let would = import(&["--dry-run", "--json"]).ok().records().remove(0);
    assert_eq!(would["added"], written);
    assert_eq!(other.run(["memory", "show"]).0.status.code(), Some(1), "nothing was changed");
    assert!(import(&[]).ok().stdout().contains("taken in: 2 facts"));
    assert_eq!(import(&["--json"]).ok().records()[0]["known"], written);
    assert_eq!(
        other
            .run(["memory", "search", "tea", "--by", "words", "--kind", "fact", "--json"])
            .ok()
            .records()
            .len(),
        1
    );
    let stats = other.run(["memory", "stats"]).ok().stdout();
    assert!(stats.contains("kept for ever"), "{stats}");

    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + "{\"kind\":\"fact\"}\n").unwrap();
    let broken = import(&[]);
    assert_eq!(broken.0.status.code(), Some(2));
    assert!(broken.stderr().contains("Line 7"), "{}", broken.stderr());
}

#[tokio::test]
async fn a_watched_folder_is_read_while_jarvis_runs_and_what_goes_is_forgotten() {
    let home = Home::new();
    let papers = home.path().join("papers");
    std::fs::create_dir(&papers).unwrap();
    std::fs::write(papers.join("boiler.txt"), "The pressure of the boiler is two bar.").unwrap();
    let watch = |what: &str| home.run(["docs", what, papers.to_str().unwrap()]);
    watch("watch").ok();
    assert!(home.run(["docs", "list"]).ok().stdout().contains("watched: /"));
    let server = crate::serve::Server::start(&home);
    let mut events = server.events(Some(0)).await;
    events.until("memory_changed").await;
    let found = home.run(["docs", "search", "boiler pressure", "--json"]).ok().records();
    assert_eq!(found[0]["from"]["name"], "boiler.txt");
    std::fs::remove_file(papers.join("boiler.txt")).unwrap();
    std::fs::write(papers.join("garden.txt"), "The roses want water on Mondays.").unwrap();
    events.until("memory_changed").await;
    events.until("memory_changed").await;
    let left = home.run(["docs", "list", "--json"]).ok().records();
    assert_eq!((left.len(), &left[0]["name"]), (1, &"garden.txt".into()));
    watch("unwatch").ok();
    assert_eq!(watch("unwatch").0.status.code(), Some(1));
    // It is watched no longer, and what was read is kept.
    assert!(home.run(["docs", "list"]).ok().stdout().contains("garden.txt"));
}
