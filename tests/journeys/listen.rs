//! `jarvis listen` on a virtual sound card: a microphone that a recording speaks into, a speaker that is
//! recorded.

use std::collections::BTreeSet;

use jarvis_core::audio::Pcm;
use jarvis_core::{Code, EventKind, Outcome, VoiceState};
use jarvis_journeys::{Home, Listening, clip, hears_time_since, minutes_of_day, names_time_since};
use jarvis_testkit::sound_card::SoundCard;

/// For answers that take a while to say: a language model's, and said slowly, so that a busy machine too has the time to
/// understand what is said over them.
const LONG_ANSWERS: [(&str, &str); 2] = [("JARVIS_LLM__PROVIDER", "embedded"), ("JARVIS_TTS__SPEED", "0.5")];

fn ask_the_time(card: &SoundCard) {
    card.play_into_microphone(&clip("hey-jarvis-what-time-is-it.wav"));
}

/// Asks for something that is answered at length, and returns when the answer can be heard.
fn ask_why_the_sky_is_blue(card: &SoundCard, jarvis: &mut Listening) {
    card.play_into_microphone(&clip("hey-jarvis-why-is-the-sky-blue.wav"));
    jarvis.until_state(VoiceState::Speaking);
}

#[test]
fn the_time_is_asked_and_told_aloud() {
    let (home, card) = (Home::new(), SoundCard::start());
    let mut jarvis = Listening::start(&home, &card, &[]);
    // What was said is certain, what a recogniser makes of it is not ("8:04" may be heard as "a 0 4"): it is asked up to
    // three times what it heard from the speaker.
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(ask_aloud(&home, &card, &mut jarvis));
        if heard.last().is_some_and(|(text, asked_at)| hears_time_since(text, *asked_at)) {
            return;
        }
    }
    panic!("the speaker says {heard:?}");
}

/// Asks for the time through the microphone. Returns what a recogniser makes of the speaker, and when it was asked.
fn ask_aloud(home: &Home, card: &SoundCard, jarvis: &mut Listening) -> (String, u32) {
    let recording = card.record_speaker();
    let asked_at = minutes_of_day();
    ask_the_time(card);
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
fn an_answer_is_silenced_by_stop_and_by_the_wake_word() {
    let (home, card) = (Home::new(), SoundCard::start());
    let mut jarvis = Listening::start(&home, &card, &LONG_ANSWERS);
    ask_why_the_sky_is_blue(&card, &mut jarvis);
    card.play_into_microphone(&clip("stop.wav"));
    // One that is heard to its end is followed up. The turn itself may be over: what is left of it is being played.
    assert_eq!(jarvis.next_state(), VoiceState::Idle, "{:#?}", jarvis.seen);

    ask_why_the_sky_is_blue(&card, &mut jarvis);
    let asked_at = minutes_of_day();
    ask_the_time(&card);
    assert_eq!(jarvis.next_state(), VoiceState::Listening, "{:#?}", jarvis.seen);
    jarvis.until(
        "the time is told",
        |e| matches!(e, EventKind::TurnEnded { answer, .. } if names_time_since(answer, asked_at)),
    );
}

#[test]
fn jarvis_hears_itself_and_goes_on() {
    let (home, card) = (Home::new(), SoundCard::start());
    card.let_microphone_hear_speaker(60, 0.5);
    let mut jarvis = Listening::start(&home, &card, &LONG_ANSWERS);
    for _ in 0..2 {
        ask_why_the_sky_is_blue(&card, &mut jarvis);
        let (outcome, answer) = jarvis.until_turn_ended();
        assert_eq!(outcome, Outcome::Answered, "{answer}: {:#?}", jarvis.seen);
    }
}

/// Puts the microphone back, waits until that is told, and asks it for the time.
fn plug_microphone_and_ask(card: &SoundCard, jarvis: &mut Listening) {
    card.plug_microphone();
    jarvis.until(
        "the return is told",
        |e| matches!(e, EventKind::DeviceChanged { device, name: Some(_) } if device == "microphone"),
    );
    ask_the_time(card);
    assert_eq!(jarvis.until_turn_ended().0, Outcome::Answered);
}

#[test]
fn the_microphone_may_be_pulled_out_and_put_back() {
    let (home, card) = (Home::new(), SoundCard::start());
    let mut jarvis = Listening::start(&home, &card, &[]);
    card.unplug_microphone();
    jarvis.until(
        "the loss is told",
        |e| matches!(e, EventKind::DeviceChanged { device, name: None } if device == "microphone"),
    );
    plug_microphone_and_ask(&card, &mut jarvis);
}

#[test]
fn a_request_whose_microphone_is_pulled_out_ends() {
    let (home, card) = (Home::new(), SoundCard::start());
    let mut jarvis = Listening::start(&home, &card, &[]);
    card.play_into_microphone(&clip("hey-jarvis.wav"));
    jarvis.until_state(VoiceState::Listening);
    card.unplug_microphone();
    assert_eq!(jarvis.until_turn_ended().0, Outcome::NothingHeard);
    jarvis.until_state(VoiceState::Idle);
    plug_microphone_and_ask(&card, &mut jarvis);
}

#[test]
fn the_speaker_may_be_pulled_out_in_mid_sentence_and_put_back() {
    let (home, card) = (Home::new(), SoundCard::start());
    let mut jarvis = Listening::start(&home, &card, &LONG_ANSWERS);
    ask_why_the_sky_is_blue(&card, &mut jarvis);
    card.unplug_speaker();
    jarvis.until(
        "the loss is told",
        |e| matches!(e, EventKind::DeviceChanged { device, name: None } if device == "speaker"),
    );
    let (outcome, answer) = jarvis.until_turn_ended();
    assert_eq!(outcome, Outcome::Answered, "the answer is given in writing");
    assert!(answer.len() > 20, "{answer}");
    card.plug_speaker();
    jarvis.until(
        "the return is told",
        |e| matches!(e, EventKind::DeviceChanged { device, name: Some(_) } if device == "speaker"),
    );
    let recording = card.record_speaker();
    ask_the_time(&card);
    assert_eq!(jarvis.until_turn_ended().0, Outcome::Answered);
    let loudest = recording.stop().samples.iter().fold(0.0f32, |p, s| p.max(s.abs()));
    assert!(loudest > 0.05, "the next answer is heard again, not {loudest}");
}

#[test]
fn without_a_speaker_answers_are_given_in_writing() {
    let (home, card) = (Home::new(), SoundCard::start());
    card.unplug_speaker();
    let mut jarvis = Listening::start(&home, &card, &[]);
    let asked_at = minutes_of_day();
    ask_the_time(&card);
    let (outcome, answer) = jarvis.until_turn_ended();
    assert_eq!(outcome, Outcome::Answered);
    assert!(names_time_since(&answer, asked_at), "{answer}");
    jarvis.until_state(VoiceState::FollowUp);
}

#[test]
fn the_speech_engine_may_be_killed_in_mid_sentence_twenty_times() {
    let (home, card) = (Home::new(), SoundCard::start());
    // Said slowly, the time of day lasts some seconds.
    let mut jarvis = Listening::start(&home, &card, &[("JARVIS_TTS__SPEED", "0.5")]);
    let (mut killed, mut heard_ms) = (BTreeSet::new(), Vec::new());
    for round in 0..20 {
        heard_ms.push(hear_the_time(&card, &mut jarvis, |jarvis| {
            // By turns while the sentence is made into sound, and while it is heard.
            if round % 2 == 0 {
                jarvis.until("it has understood", |e| matches!(e, EventKind::Transcript { .. }));
            } else {
                jarvis.until_state(VoiceState::Speaking);
            }
            killed.insert(kill_child(jarvis.pid(), "jarvis-engine-speech"));
        }));
    }
    let undisturbed_ms = hear_the_time(&card, &mut jarvis, |_| {});
    assert!(undisturbed_ms > 1000, "{undisturbed_ms} ms");
    assert!(heard_ms.iter().all(|ms| *ms > undisturbed_ms / 2), "{heard_ms:?} of {undisturbed_ms} ms");
    assert_eq!(killed.len(), 20, "each time another process: {killed:?}");
    let failed =
        |e: &EventKind| matches!(e, EventKind::Failed { failure } if failure.code == Code::EngineFailed);
    assert!(!jarvis.seen.iter().any(|e| failed(&e.kind)), "{:#?}", jarvis.seen);
}

/// Asks for the time, does something meanwhile, and waits until it has been told and a next question may be asked. Returns how
/// many milliseconds of sound came from the speaker.
fn hear_the_time(card: &SoundCard, jarvis: &mut Listening, meanwhile: impl FnOnce(&mut Listening)) -> usize {
    let recording = card.record_speaker();
    let asked_at = minutes_of_day();
    ask_the_time(card);
    meanwhile(jarvis);
    let (outcome, answer) = jarvis.until_turn_ended();
    assert_eq!(outcome, Outcome::Answered, "{:#?}", jarvis.seen);
    assert!(names_time_since(&answer, asked_at), "{answer}");
    jarvis.until_state(VoiceState::FollowUp);
    let Pcm { samples, sample_rate } = recording.stop();
    10 * samples.chunks(sample_rate as usize / 100).filter(|part| part.iter().any(|s| s.abs() > 0.02)).count()
}

/// Kills the child process of `parent` that runs `program`, and returns which it was.
fn kill_child(parent: u32, program: &str) -> u32 {
    let processes = std::fs::read_dir("/proc").unwrap();
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let mut children = pids.filter(|pid| {
        // "pid (name) state parent ...". A process may have ended since it was listed.
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let Some((name, rest)) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')) else {
            return false;
        };
        // The kernel keeps 15 characters of the name.
        name == &program[..15] && rest.split_whitespace().nth(1) == Some(parent.to_string().as_str())
    });
    let pid = children.next().unwrap_or_else(|| panic!("{program} is not running"));
    let status = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(status.expect("kill can be started").success());
    pid
}

#[test]
fn a_timer_of_an_earlier_run_rings_in_its_language_until_it_is_stopped() {
    let (home, card) = (Home::new(), SoundCard::start());
    home.run(["ask", "stelle einen Timer auf 8 Sekunden"]).ok();
    let mut jarvis = Listening::start(&home, &card, &[]);
    let rang = jarvis.until("it rings", |e| matches!(e, EventKind::TimerRang { .. }));
    assert!(matches!(&rang, EventKind::TimerRang { label } if label.contains("8 Sekunden")), "{rang:?}");
    for _ in 0..2 {
        jarvis.until(
            "it is said",
            |e| matches!(e, EventKind::SentenceStarted { text } if text.contains("ist abgelaufen")),
        );
    }
    jarvis.type_line("s");
    jarvis.until_state(VoiceState::Idle);
    let list = home.run(["ask", "list my timers"]).ok();
    assert!(list.stdout().contains("No timer"), "{}", list.stdout());
}

#[test]
fn what_is_typed_is_obeyed() {
    let (home, card) = (Home::new(), SoundCard::start());
    let mut jarvis = Listening::start(&home, &card, &[]);
    for muted in [true, false] {
        jarvis.type_line("m");
        jarvis.until("it is muted, or hears", |e| *e == EventKind::MuteChanged { muted });
    }
    // Talking without the wake word, from one Enter to the next.
    jarvis.type_line("");
    jarvis.until_state(VoiceState::Listening);
    card.play_into_microphone(&clip("what-is-fifteen-percent-of-eighty.wav"));
    jarvis.type_line("");
    let (outcome, answer) = jarvis.until_turn_ended();
    assert_eq!((outcome, answer.contains("12")), (Outcome::Answered, true), "{answer}");
    jarvis.type_line("q");
    assert!(jarvis.wait().success());
}
