//! `jarvis say` and `jarvis transcribe`: mouth to ears and back.
//!
//! The voice never says a thing twice in quite the same way, and the recogniser mishears some of it; the best of three takes
//! counts.

use jarvis_journeys::Home;
use jarvis_testkit::clips::word_error_rate;

#[test]
fn what_is_said_is_understood() {
    let home = Home::new();
    let wav = home.path().join("said.wav");
    for text in ["The quick brown fox jumps over the lazy dog.", "Your pasta timer is done."] {
        let takes = (0..3).map(|_| {
            home.run(["say", text, "-o", wav.to_str().unwrap()]).ok();
            let ran = home.run(["transcribe", wav.to_str().unwrap(), "--json"]).ok();
            let heard = ran.records()[0]["text"].as_str().unwrap().to_string();
            println!("{text:?} was heard as {heard:?}");
            word_error_rate(text, &heard)
        });
        let errors = takes.fold(f32::MAX, f32::min);
        assert!(errors <= 0.15, "{errors}: {text:?} was not understood");
    }
}
