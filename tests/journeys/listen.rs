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

    let spoken = home.path().join("spoken.wav");
    let recording = card.record_speaker();
    let before = minutes_of_day();
    card.play_into_microphone(&clip("hey-jarvis-what-time-is-it.wav"));
    let ended = jarvis.until("the answer was given", |e| matches!(e, EventKind::TurnEnded { .. }));
    let heard = recording.stop();
    jarvis_audio::file::write_wav(&spoken, &heard).unwrap();
    let EventKind::TurnEnded { outcome, answer, timings, .. } = ended else { unreachable!() };
    assert_eq!(outcome, Outcome::Answered, "{:#?}", jarvis.seen);
    assert!(names_time_since(&answer, before), "{answer}");
    assert!(timings.first_audio_ms.is_some());
    let follow_up =
        jarvis.seen.iter().position(|e| matches!(e.kind, EventKind::StateChanged { state: VoiceState::FollowUp }));
    assert!(follow_up.is_none(), "the follow-up window opens after the answer, not before");

    let ran = home.run(["transcribe", spoken.to_str().unwrap(), "--json"]).ok();
    let heard = ran.records()[0]["text"].as_str().unwrap().to_string();
    assert!(names_time_since(&heard, before), "the speaker says {heard:?}");
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
    jarvis.until("the loss is told", |e| {
        matches!(e, EventKind::DeviceChanged { device, name: None } if device == "microphone")
    });
    card.plug_microphone();
    jarvis.until("the return is told", |e| {
        matches!(e, EventKind::DeviceChanged { device, name: Some(_) } if device == "microphone")
    });
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
    jarvis.until("it waits for the next", |e| matches!(e, EventKind::StateChanged { state: VoiceState::FollowUp }));
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
