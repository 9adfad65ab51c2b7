//! `jarvis say` and `jarvis transcribe`: mouth to ears and back.

use jarvis_journeys::Home;
use jarvis_testkit::clips::word_error_rate;

const TEXTS: [&str; 5] = [
    "The quick brown fox jumps over the lazy dog.",
    "Your pasta timer is done.",
    "The meeting with the new neighbours begins at seven in the evening.",
    "Please take an umbrella with you, because it will rain in the afternoon.",
    "Turn the oven down and open the window.",
];

/// The voice never says a thing twice in quite the same way, and the recogniser mishears a word in twenty or so ("Your" as
/// "or"): what counts is how much of all that was said is understood.
#[test]
fn what_is_said_is_understood() {
    let home = Home::new();
    let wav = home.path().join("said.wav");
    let heard = TEXTS.map(|text| {
        home.run(["say", text, "-o", wav.to_str().unwrap()]).ok();
        let ran = home.run(["transcribe", wav.to_str().unwrap(), "--json"]).ok();
        ran.records()[0]["text"].as_str().unwrap().to_string()
    });
    let errors = word_error_rate(&TEXTS.join(" "), &heard.join(" "));
    assert!(errors <= 0.2, "{errors}: {heard:#?}");
}
