//! `jarvis say` and `jarvis transcribe`: mouth to ears and back.

use jarvis_journeys::{Home, Ran};
use jarvis_testkit::clips::word_error_rate;

const TEXTS: [&str; 5] = [
    "The quick brown fox jumps over the lazy dog.",
    "Your pasta timer is done.",
    "The meeting with the new neighbours begins at seven in the evening.",
    "Please take an umbrella with you, because it will rain in the afternoon.",
    "Turn the oven down and open the window.",
];

/// One of each engine.
const VOICES: [&str; 2] = ["piper-en-us-joe", "bm_george"];

/// The voice never says a thing twice in quite the same way, and the recogniser mishears a word in twenty or so ("Your" as
/// "or"): what counts is how much of all that was said is understood.
#[test]
fn what_is_said_is_understood() {
    let home = Home::new();
    let wav = home.path().join("said.wav");
    for voice in VOICES {
        let heard = TEXTS.map(|text| {
            home.run(["say", "--voice", voice, text, "-o", wav.to_str().unwrap()]).ok();
            let ran = home.run(["transcribe", wav.to_str().unwrap(), "--json"]).ok();
            ran.records()[0]["text"].as_str().unwrap().to_string()
        });
        let errors = word_error_rate(&TEXTS.join(" "), &heard.join(" "));
        assert!(errors <= 0.2, "{voice}: {errors}: {heard:#?}");
    }
}

/// A word that the person has said how to pronounce, in the file beside the settings.
#[test]
fn a_word_sounds_as_the_person_says() {
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/pronunciation.txt"), "# mine\nzqxv = umbrella\n").unwrap();
    let wav = home.path().join("said.wav");
    home.run(["say", "--voice", "bm_george", "Please take the zqxv with you.", "-o", wav.to_str().unwrap()])
        .ok();
    let ran = home.run(["transcribe", wav.to_str().unwrap(), "--json"]).ok();
    let heard = ran.records()[0]["text"].as_str().unwrap().to_lowercase();
    assert!(heard.contains("umbrella"), "{heard}");
}

/// Engines work in folders of their own.
#[test]
fn a_voice_is_found_in_a_home_that_is_named_from_the_folder_one_stands_in() {
    let home = Home::new();
    let wav = home.path().join("said.wav");
    for voice in VOICES {
        let mut command = home.jarvis(["say", "--voice", voice, "Hello.", "-o", wav.to_str().unwrap()]);
        command.current_dir(home.path().parent().unwrap());
        command.env("JARVIS_HOME", home.path().file_name().unwrap());
        Ran(command.output().unwrap()).ok();
    }
}

#[test]
fn what_cannot_speak_is_named() {
    let home = Home::new();
    for (args, words) in [
        (["--voice", "bm_nobody"], "There is no voice \"bm_nobody\"."),
        (["--voice", "whisper-base"], "There is no voice \"whisper-base\"."),
        (["--speed", "3"], "The speed must be between 0.5 and 2, not 3."),
    ] {
        let ran = home.run(["say", args[0], args[1], "Hello."]);
        assert!(!ran.0.status.success() && ran.stderr().contains(words), "{}", ran.stderr());
    }
}
