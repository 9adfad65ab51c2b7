//! What may be the wake word is looked at again.

use super::*;
use crate::wake::{Candidate, SecondLook};

/// With somebody who looks again, and a refractory time of 1.5 s.
#[track_caller]
fn check_looks(script: &str, expected: &str) {
    let mut session = session(6000, false).with_second_look(0.5, 1500);
    let signals: Vec<_> = run(&mut session, script).iter().map(name).collect();
    assert_eq!(signals.join(" "), expected, "{script}");
}

#[test]
fn what_may_be_the_wake_word_is_looked_at_before_it_wakes() {
    check_looks(".50 W .400", "doubt1");
    check_looks(
        ".50 W .5 <yes s30 .40",
        "doubt1 wake Listening over speech draft1! request(draft1) Thinking",
    );
    // One look at a time; where it does not confirm, the next score asks again.
    check_looks("W .2 W .2 <no .2 W .2 <yes", "doubt1 over doubt2 wake Listening over");
    check_looks("W .5 <yes .4 W .60 W .20 W", "doubt1 wake Listening over doubt2");
    let said = "doubt1 wake Listening over speech draft1! request(draft1) Thinking Speaking";
    let answered = "W <yes s30 .60 <started .20 W .2";
    check_looks(&format!("{answered} <no .20"), &format!("{said} doubt2 over"));
    check_looks(&format!("{answered} <yes"), &format!("{said} doubt2 INTERRUPT wake Listening over"));
    check_looks("W .2 <mute <yes <unmute .9", "doubt1 muted=true over muted=false");
    // Where nobody could tell, the highest score since the look began decides.
    check_looks("w .2 w .2 <unsure .20 w", "doubt1 over doubt2");
    check_looks("w .2 W .2 <unsure", "doubt1 wake Listening over");
    // What is more like it comes while it is being looked at, and is looked at next.
    check_looks("w .2 W .2 <no .5 <yes", "doubt1 doubt2 wake Listening over");
    check_looks("w .2 W .2 <no .5 <no", "doubt1 doubt2 over");
}

#[test]
fn in_noise_that_is_always_near_only_what_the_detector_is_sure_of_is_looked_at_without_end() {
    let mut session = session(6000, false).with_second_look(0.5, 1500);
    let mut looks = |script: &str| {
        let signals = run(&mut session, &script.repeat(20));
        signals.iter().filter(|signal| matches!(signal, Signal::Doubt { .. })).count()
    };
    assert_eq!(looks("w <no "), 12);
    assert_eq!(looks("W <no "), 20);
}

#[test]
fn what_is_looked_at_next_ends_where_it_was_heard() {
    let mut session = session(6000, false).with_second_look(0.5, 1500);
    let signals = run(&mut session, ".100 w .2 W .30 <no");
    let looked_at = signals.iter().filter_map(|s| match s {
        Signal::Doubt { candidate, .. } => Some(&candidate.samples),
        _ => None,
    });
    let last: &Vec<f32> = looked_at.last().unwrap();
    assert_eq!(last.len() as u64, ms_to_samples(SecondLook::SOUND_MS));
    assert_eq!(last[last.len() - FRAME_SAMPLES..], [WAKE; FRAME_SAMPLES]);
}

#[test]
fn what_is_said_while_it_is_being_looked_at_is_heard() {
    let mut session = session(6000, false).with_second_look(0.5, 1500);
    let signals = run(&mut session, ".100 s40 W s25 .3 <yes .40");
    let names: Vec<_> = signals.iter().map(name).collect();
    assert_eq!(names.join(" "), "doubt1 wake Listening over speech draft1! request(draft1) Thinking");
    for signal in signals {
        match signal {
            Signal::Doubt { candidate: Candidate { samples, .. }, .. } => {
                assert_eq!(samples.len() as u64, ms_to_samples(SecondLook::SOUND_MS));
                assert_eq!(samples[samples.len() - FRAME_SAMPLES..], [WAKE; FRAME_SAMPLES]);
            }
            Signal::Wake { position, .. } => assert_eq!(position, 141 * FRAME_SAMPLES as u64),
            Signal::Request(request) => {
                assert_eq!(request.voiced_ms, 500);
                assert_eq!(request.end_of_speech, (141 + 25) * FRAME_SAMPLES as u64);
                assert_eq!(request.samples.iter().filter(|s| **s == SPEECH).count(), 65 * FRAME_SAMPLES);
            }
            _ => {}
        }
    }
}
