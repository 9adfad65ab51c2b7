//! `jarvis listen` on a virtual sound card: a microphone that a recording speaks into, a speaker that is
//! recorded.

use jarvis_core::{EventKind, Outcome, VoiceState};
use jarvis_journeys::{Home, Listening, clip, minutes_of_day, names_time_since};
use jarvis_testkit::sound_card::SoundCard;

#[test]
fn the_time_is_asked_and_told_aloud() {
    let home = Home::new();
    let card = SoundCard::start();
    let mut command = home.jarvis(["listen", "--json"]);
    command.envs(card.env());
    let mut jarvis = Listening::start(command);
    jarvis.until("it listens", |e| matches!(e, EventKind::StateChanged { state: VoiceState::Idle }));

    // What was said is certain, what a recogniser makes of it is not ("8:04" may be heard as "a 0 4"): it is asked up to
    // three times what it heard from the speaker.
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(ask_aloud(&home, &card, &mut jarvis));
        if heard.last().is_some_and(|(text, asked_at)| names_time_since(text, *asked_at)) {
            return;
        }
    }
    panic!("the speaker says {heard:?}");
}

/// Asks for the time through the microphone. Returns what a recogniser makes of the speaker, and when it was asked.
fn ask_aloud(home: &Home, card: &SoundCard, jarvis: &mut Listening) -> (String, u32) {
    let recording = card.record_speaker();
    let asked_at = minutes_of_day();
    card.play_into_microphone(&clip("hey-jarvis-what-time-is-it.wav"));
    let ended = jarvis.until("the answer was given", |e| matches!(e, EventKind::TurnEnded { .. }));
    let spoken = home.path().join("spoken.wav");
    jarvis_audio::file::write_wav(&spoken, &recording.stop()).unwrap();
    let EventKind::TurnEnded { outcome, answer, timings, .. } = ended else { unreachable!() };
    assert_eq!(outcome, Outcome::Answered, "{:#?}", jarvis.seen);
    assert!(names_time_since(&answer, asked_at), "{answer}");
    assert!(timings.first_audio_ms.is_some());
    // The follow-up window opens after the answer has been heard, never before.
    let last = jarvis.seen.iter().rev().find_map(|e| match e.kind {
        EventKind::StateChanged { state } => Some(state),
        _ => None,
    });
    assert_eq!(last, Some(VoiceState::Speaking));
    let ran = home.run(["transcribe", spoken.to_str().unwrap(), "--language", "en", "--json"]).ok();
    (ran.records()[0]["text"].as_str().unwrap().to_string(), asked_at)
}

#[test]
fn the_microphone_may_be_pulled_out_and_put_back() {
    let home = Home::new();
    let card = SoundCard::start();
    let mut command = home.jarvis(["listen", "--json"]);
    command.envs(card.env());
    let mut jarvis = Listening::start(command);
    jarvis.until("it listens", |e| matches!(e, EventKind::StateChanged { state: VoiceState::Idle }));
    card.unplug_microphone();
    jarvis.until(
        "the loss is told",
        |e| matches!(e, EventKind::DeviceChanged { device, name: None } if device == "microphone"),
    );
    card.plug_microphone();
    jarvis.until(
        "the return is told",
        |e| matches!(e, EventKind::DeviceChanged { device, name: Some(_) } if device == "microphone"),
    );
    card.play_into_microphone(&clip("hey-jarvis-what-time-is-it.wav"));
    jarvis.until("the next question is answered", |e| {
        matches!(e, EventKind::TurnEnded { outcome: Outcome::Answered, .. })
    });
}

#[test]
fn the_speech_engine_may_be_killed_in_mid_sentence() {
    let home = Home::new();
    let card = SoundCard::start();
    let mut command = home.jarvis(["listen", "--json"]);
    command.envs(card.env());
    let mut jarvis = Listening::start(command);
    jarvis.until("it listens", |e| matches!(e, EventKind::StateChanged { state: VoiceState::Idle }));
    card.play_into_microphone(&clip("hey-jarvis-what-time-is-it.wav"));
    jarvis.until("it speaks", |e| matches!(e, EventKind::SentenceStarted { .. }));
    kill_engine(jarvis.pid(), "jarvis-engine-s");
    jarvis.until("the turn is over", |e| matches!(e, EventKind::TurnEnded { .. }));
    jarvis.until("it waits for the next", |e| {
        matches!(e, EventKind::StateChanged { state: VoiceState::FollowUp })
    });
    card.play_into_microphone(&clip("hey-jarvis-what-time-is-it.wav"));
    jarvis.until("the next question is answered", |e| {
        matches!(e, EventKind::TurnEnded { outcome: Outcome::Answered, .. })
    });
}

/// Kills the child process of `parent` whose name begins with `name` (the kernel keeps 15 characters of it).
fn kill_engine(parent: u32, name: &str) {
    let status = std::process::Command::new("pkill")
        .args(["-9", "-P", &parent.to_string(), name])
        .status()
        .expect("pkill can be started");
    assert!(status.success(), "{name} was not running");
}
