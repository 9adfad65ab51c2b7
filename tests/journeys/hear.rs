//! `jarvis hear`: the whole loop on a recording.

use hound::{SampleFormat, WavSpec, WavWriter};
use jarvis_audio::{file, resample};
use jarvis_core::{EventKind, Outcome};
use jarvis_journeys::{Home, clip, hears_time_since, minutes_of_day, names_time_since};

fn transcribe(home: &Home, file: &std::path::Path) -> String {
    let ran = home.run([std::ffi::OsStr::new("transcribe"), file.as_os_str(), "--json".as_ref()]).ok();
    ran.records()[0]["text"].as_str().unwrap().to_string()
}

#[test]
fn the_time_is_asked_and_told() {
    let home = Home::new();
    let reply = home.path().join("reply.wav");
    let before = minutes_of_day();
    let question = clip("hey-jarvis-what-time-is-it.wav");
    let ran =
        home.run(["hear", question.to_str().unwrap(), "--json", "--reply", reply.to_str().unwrap()]).ok();
    let events = ran.events();
    let position = |wanted: fn(&EventKind) -> bool| events.iter().position(wanted);
    let wake = position(|e| matches!(e, EventKind::WakeDetected { .. })).expect("the wake word was heard");
    let words = position(|e| matches!(e, EventKind::Transcript { .. })).expect("the words were understood");
    let reflex = position(|e| matches!(e, EventKind::ReflexMatched { reflex } if reflex == "time"));
    assert!(wake < words && words < reflex.expect("the time is a reflex"));
    let Some(EventKind::TurnEnded { outcome, answer, timings, .. }) =
        events.iter().find(|e| matches!(e, EventKind::TurnEnded { .. }))
    else {
        panic!("no turn ended")
    };
    assert_eq!(*outcome, Outcome::Answered);
    assert!(names_time_since(answer, before), "{answer}");
    let stages = [
        timings.wake_ms,
        timings.end_of_speech_ms,
        timings.transcript_ms,
        timings.first_token_ms,
        timings.first_audio_ms,
        timings.done_ms,
    ];
    let stages: Vec<u64> = stages.into_iter().map(|t| t.expect("every stage was reached")).collect();
    assert!(stages.is_sorted(), "{stages:?}");
    let heard = transcribe(&home, &reply);
    assert!(hears_time_since(&heard, before), "the reply says {heard:?}");
}

#[test]
fn recordings_of_any_kind_are_understood() {
    let home = Home::new();
    let question = file::read(&clip("hey-jarvis-what-time-is-it.wav")).unwrap();
    let wav = home.path().join("question.wav");
    for (sample_rate, channels, bits) in [(8_000, 1, 16), (44_100, 2, 16), (48_000, 2, 24)] {
        let spec = WavSpec { channels, sample_rate, bits_per_sample: bits, sample_format: SampleFormat::Int };
        let mut writer = WavWriter::create(&wav, spec).unwrap();
        let full = (1 << (bits - 1)) as f32 - 1.0;
        for sample in resample(&question.samples, question.sample_rate, sample_rate) {
            for _ in 0..channels {
                writer.write_sample((sample.clamp(-1.0, 1.0) * full) as i32).unwrap();
            }
        }
        writer.finalize().unwrap();
        let ran = home.run(["hear", wav.to_str().unwrap(), "--json"]).ok();
        let told = |e: &EventKind| matches!(e, EventKind::ReflexMatched { reflex } if reflex == "time");
        assert!(ran.events().iter().any(told), "{sample_rate} Hz, {channels} channels, {bits} bits");
    }
}

#[test]
fn a_language_model_answers_what_no_reflex_knows() {
    let home = Home::new();
    let question = clip("hey-jarvis-why-is-the-sky-blue.wav");
    let mut command = home.jarvis(["hear", question.to_str().unwrap(), "--json"]);
    command.env("JARVIS_LLM__PROVIDER", "embedded").env("JARVIS_LLM__MAX_TOKENS", "48");
    let ran = jarvis_journeys::Ran(command.output().unwrap()).ok();
    let events = ran.events();
    let pieces = events.iter().filter(|e| matches!(e, EventKind::AnswerDelta { .. })).count();
    assert!(pieces > 3, "the answer comes in pieces, not {pieces}");
    let ended = events.iter().find(|e| matches!(e, EventKind::TurnEnded { .. }));
    let Some(EventKind::TurnEnded { outcome: Outcome::Answered, timings, usage: Some(usage), .. }) = ended
    else {
        panic!("{ended:?}")
    };
    assert!(usage.completion_tokens > 3);
    assert!(timings.first_audio_ms < timings.done_ms);
}

#[test]
fn speech_without_the_wake_word_is_left_alone() {
    let home = Home::new();
    let ran = home.run(["hear", clip("hey-travis.wav").to_str().unwrap(), "--json"]);
    let events = ran.events();
    assert!(
        !events.iter().any(|e| matches!(e, EventKind::WakeDetected { .. } | EventKind::Transcript { .. }))
    );
    assert!(!ran.0.status.success(), "nothing was asked, and the exit status says so");
    assert!(ran.stderr().contains("wake word"), "{}", ran.stderr());
}
