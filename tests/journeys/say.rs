//! `jarvis say` and `jarvis transcribe`: mouth to ears and back.

use jarvis_journeys::Home;
use jarvis_testkit::clips::word_error_rate;

#[test]
fn what_is_said_is_understood() {
    let home = Home::new();
    let wav = home.path().join("said.wav");
    for text in ["The quick brown fox jumps over the lazy dog.", "Your pasta timer is done."] {
        home.run(["say", text, "-o", wav.to_str().unwrap()]).ok();
        let ran = home.run(["transcribe", wav.to_str().unwrap(), "--json"]).ok();
        let heard = ran.records()[0]["text"].as_str().unwrap().to_string();
        let errors = word_error_rate(text, &heard);
        assert!(errors <= 0.15, "{errors}: {text:?} was heard as {heard:?}");
    }
}
