//! Conversations as data: a script of sound and inputs, and the signals that must come of it.
//!
//! `W` is a frame that holds the wake word, `s10` ten frames of speech, `.10` ten of silence (20 ms each);
//! `<name` is an input.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jarvis_core::Completeness;

mod looks;

use super::*;
use crate::onnx::OnnxError;
use crate::turn_end::TurnEndError;
use crate::vad::VadError;
use crate::wake::{Detection, WakeError};

const SPEECH: f32 = 0.5;
const WAKE: f32 = 1.0;
/// What the detector doubts.
const LIKE_WAKE: f32 = -0.25;

/// Hears the wake word in frames made of [`WAKE`], and counts the frames that it hears.
#[derive(Default)]
struct FakeWake(Arc<AtomicUsize>);

impl WakeDetector for FakeWake {
    fn process(&mut self, samples: &[f32]) -> Result<Option<Detection>, WakeError> {
        let mut frames = samples.chunks(FRAME_SAMPLES);
        self.0.fetch_add(frames.len(), Ordering::Relaxed);
        let score = frames.find_map(|frame| match frame[0] {
            WAKE => Some(0.9),
            LIKE_WAKE => Some(0.2),
            _ => None,
        });
        Ok(score.map(|score| Detection { score, position: 0 }))
    }
    fn reset(&mut self) {}
}

/// Takes every sound for speech.
struct FakeVad;

impl Vad for FakeVad {
    fn process(&mut self, frame: &[f32; FRAME_SAMPLES]) -> Result<f32, VadError> {
        Ok(if frame[0] > 0.0 { 1.0 } else { 0.0 })
    }
    fn reset(&mut self) {}
}

/// Takes everything for unfinished, and fails when it is asked once more than it may be.
struct FakeTurnEnd {
    may_be_asked: usize,
}

impl TurnEnd for FakeTurnEnd {
    fn finished(&mut self, _: &[f32]) -> Result<f32, TurnEndError> {
        let failed = || OnnxError::Failed("asked too often".into());
        self.may_be_asked = self.may_be_asked.checked_sub(1).ok_or_else(failed)?;
        Ok(0.0)
    }
}

fn session(follow_up_ms: u64, partials: bool) -> Session {
    session_that(InterruptBy::Words, follow_up_ms, partials)
}

fn session_that(interrupt_by: InterruptBy, follow_up_ms: u64, partials: bool) -> Session {
    session_with(FakeWake::default(), interrupt_by, follow_up_ms, partials)
}

fn session_with(wake: FakeWake, interrupt_by: InterruptBy, follow_up_ms: u64, partials: bool) -> Session {
    let config = SessionConfig {
        endpoint: EndpointConfig { threshold: 0.5, min_silence_ms: 400, max_silence_ms: 1000 },
        no_speech_ms: 3000,
        max_request_ms: 10_000,
        follow_up_ms,
        partials,
        interrupt_by,
        interrupt_after_ms: 300,
    };
    Session::new(config, Some(Box::new(wake)), Box::new(FakeVad))
}

fn name(signal: &Signal) -> String {
    match signal {
        Signal::State(state) => format!("{state:?}"),
        Signal::Muted(muted) => format!("muted={muted}"),
        Signal::Doubt { look, .. } => format!("doubt{look}"),
        Signal::DoubtOver => "over".into(),
        Signal::Wake { .. } => "wake".into(),
        Signal::SpeechStarted { .. } => "speech".into(),
        Signal::Draft { draft, settled, .. } => format!("draft{draft}{}", if *settled { "!" } else { "" }),
        Signal::Request(r) => match r.draft {
            Some(draft) => format!("request(draft{draft})"),
            None => "request".into(),
        },
        Signal::Interjection { .. } => "interjection".into(),
        Signal::Interrupt => "INTERRUPT".into(),
        Signal::Stop => "STOP".into(),
        Signal::NothingHeard => "nothing".into(),
    }
}

fn run(session: &mut Session, script: &str) -> Vec<Signal> {
    let mut out = Vec::new();
    let mut asked = 0;
    let mut note = |signals: Vec<Signal>, asked: &mut u64| {
        let looks = signals
            .iter()
            .filter_map(|s| if let Signal::Doubt { look, .. } = s { Some(*look) } else { None });
        *asked = looks.last().unwrap_or(*asked);
        out.extend(signals);
    };
    for token in script.split_whitespace() {
        let (kind, rest) = token.split_at(1);
        let frames = |value: f32, n: usize| std::iter::repeat_n([value; FRAME_SAMPLES], n);
        let count = rest.parse().unwrap_or(1);
        let sound = match kind {
            "W" => frames(WAKE, 1),
            "w" => frames(LIKE_WAKE, 1),
            "s" => frames(SPEECH, count),
            "." => frames(0.0, count),
            _ => {
                let signals = session.input(match rest {
                    "complete" => {
                        Input::Drafted { draft: session.next_draft - 1, completeness: Completeness::Complete }
                    }
                    "yes" | "no" => Input::Looked { look: asked, confirmed: Some(rest == "yes") },
                    "unsure" => Input::Looked { look: asked, confirmed: None },
                    "nowords" => Input::NoWords,
                    "started" => Input::AnswerStarted,
                    "ended" => Input::AnswerEnded,
                    "announce" => Input::Announcing,
                    "aside" => Input::Aside,
                    "announced" => Input::Announced,
                    "attend" => Input::Attend,
                    "press" => Input::TalkPressed,
                    "dictate" => Input::DictatePressed,
                    "release" => Input::TalkReleased,
                    "stop" => Input::Stop,
                    "saidstop" => Input::SaidStop,
                    "mute" => Input::Mute(true),
                    "unmute" => Input::Mute(false),
                    other => panic!("{other}"),
                });
                note(signals, &mut asked);
                continue;
            }
        };
        for frame in sound {
            note(session.frame(&frame).unwrap(), &mut asked);
        }
    }
    out
}

#[track_caller]
fn check(script: &str, expected: &str) {
    let signals: Vec<_> = run(&mut session(6000, false), script).iter().map(name).collect();
    assert_eq!(signals.join(" "), expected, "{script}");
}

#[test]
fn one_turn_from_the_wake_word_to_the_follow_up_window() {
    check(
        ".50 W s30 .10 <complete .10 <started .20 <ended .400",
        "wake Listening speech draft1! request(draft1) Thinking Speaking FollowUp Idle",
    );
}

#[test]
fn a_wake_word_after_a_long_silence_is_heard() {
    check(".3000 W s30 .40", "wake Listening speech draft1! request(draft1) Thinking");
    check(".3000 <mute .500 <unmute .500 W", "muted=true muted=false wake Listening");
}

#[test]
fn the_detector_rests_only_while_it_is_idle_and_silent() {
    let heard = Arc::new(AtomicUsize::new(0));
    let mut session = session_with(FakeWake(Arc::clone(&heard)), InterruptBy::Words, 6000, false);
    let mut heard_in = |script: &str| {
        let before = heard.load(Ordering::Relaxed);
        run(&mut session, script);
        heard.load(Ordering::Relaxed) - before
    };
    // Its gate shuts a moment after the start.
    assert!(heard_in(".500") < 200);
    assert_eq!(heard_in(".500"), 0);
    // A key wakes it, with what it has missed; from then on it hears each frame.
    assert!(heard_in("<press .1") > 100);
    assert_eq!(heard_in(".100"), 100);
    assert_eq!(heard_in("s30 <release"), 30, "in the request");
    assert_eq!(heard_in(".300"), 300, "while it thinks");
    assert_eq!(heard_in("<started .300"), 300, "while it speaks");
    assert_eq!(heard_in("<ended .200"), 200, "while it waits for more");
    // Idle again, and still.
    heard_in(".400");
    assert_eq!(heard_in(".500"), 0);
}

#[test]
fn a_long_request_is_guessed_at_while_it_is_spoken() {
    let signals: Vec<_> = run(&mut session(6000, true), "W s120 .40").iter().map(name).collect();
    let expected = "wake Listening speech draft1 draft2 draft3 draft4! request(draft4) Thinking";
    assert_eq!(signals.join(" "), expected);
}

#[test]
fn a_pause_in_the_middle_is_not_the_end() {
    check("W s20 .30 s20 .40", "wake Listening speech draft1! draft2! request(draft2) Thinking");
}

#[test]
fn a_pause_that_sounds_unfinished_is_waited_for() {
    // 800 ms: more than the silence that ends a request of which nothing is known.
    let script = "W s20 .40 s20 .60";
    let cut: Vec<_> = run(&mut session(6000, false), script).iter().map(name).collect();
    assert_eq!(cut.join(" "), "wake Listening speech draft1! request(draft1) Thinking");
    let mut session = session(6000, false).with_turn_end(Box::new(FakeTurnEnd { may_be_asked: 2 }));
    let heard: Vec<_> = run(&mut session, script).iter().map(name).collect();
    assert_eq!(heard.join(" "), "wake Listening speech draft1! draft2! request(draft2) Thinking");
}

#[test]
fn what_cannot_tell_the_end_is_told_once_and_asked_no_more() {
    let mut session = session(6000, false).with_turn_end(Box::new(FakeTurnEnd { may_be_asked: 0 }));
    run(&mut session, "W s20 .7");
    let frame = [0.0; FRAME_SAMPLES];
    assert!(matches!(session.frame(&frame), Err(SessionError::TurnEnd(_))));
    let rest: Vec<_> = run(&mut session, ".40").iter().map(name).collect();
    assert_eq!(rest.join(" "), "request(draft1) Thinking");
}

#[test]
fn speech_after_the_draft_makes_it_useless() {
    // The talk key is let go right after a word that no draft has seen.
    check("<press s20 .12 s5 <release", "Listening speech draft1! request Thinking");
}

#[test]
fn silence_after_the_wake_word_ends_in_nothing_heard() {
    check("W .160", "wake Listening nothing Idle");
}

#[test]
fn the_wake_words_own_tail_is_no_request() {
    check("W s5 .60 s30 .40", "wake Listening speech speech draft1! request(draft1) Thinking");
    check(
        "W s20 .40 <nowords s20 .40",
        "wake Listening speech draft1! request(draft1) Thinking Listening speech draft2! request(draft2) Thinking",
    );
    // The question begins while it is found out that the wake word's tail was none.
    check(
        "W s20 .40 s20 <nowords .60",
        "wake Listening speech draft1! request(draft1) Thinking Listening speech draft2! request(draft2) Thinking",
    );
    check(
        "W s20 .40 <nowords .200",
        "wake Listening speech draft1! request(draft1) Thinking Listening nothing Idle",
    );
}

#[test]
fn a_follow_up_needs_no_wake_word_and_a_noise_in_it_changes_nothing() {
    let turn = "W s30 .40 <started .20 <ended .15";
    let said = "wake Listening speech draft1! request(draft1) Thinking Speaking FollowUp";
    check(&format!("{turn} s30 .40"), &format!("{said} Listening speech draft2! request(draft2) Thinking"));
    check(
        &format!("{turn} s30 .40 <nowords .300"),
        &format!("{said} Listening speech draft2! request(draft2) Thinking FollowUp Idle"),
    );
}

#[test]
fn the_follow_up_window_never_opens_before_playback_has_ended() {
    check("W s30 .40 .500", "wake Listening speech draft1! request(draft1) Thinking");
    check("W s30 .40 <started .500", "wake Listening speech draft1! request(draft1) Thinking Speaking");
    // The room still rings: sound right after the last sample is not a request.
    check(
        "W s30 .40 <started <ended s8 .20",
        "wake Listening speech draft1! request(draft1) Thinking Speaking FollowUp",
    );
}

#[test]
fn the_wake_word_silences_the_answer_and_hears_the_next_request() {
    let said = "wake Listening speech draft1! request(draft1) Thinking";
    check(
        "W s30 .40 <started .20 W s30 .40",
        &format!("{said} Speaking INTERRUPT wake Listening speech draft2! request(draft2) Thinking"),
    );
    check(
        "W s30 .40 .20 W s30 .40",
        &format!("{said} INTERRUPT wake Listening speech draft2! request(draft2) Thinking"),
    );
}

#[test]
fn something_short_over_the_answer_is_looked_at_and_something_long_is_not() {
    let said = "wake Listening speech draft1! request(draft1) Thinking Speaking";
    check("W s30 .40 <started .20 s15 .15 <stop", &format!("{said} interjection STOP Idle"));
    check("W s30 .40 <started .20 s120 .60", said);
}

/// Vowels for `FakeVad`: regular, and with formants. A frame of them holds whole periods, so that frames join.
fn vowels(frames: usize) -> impl Iterator<Item = [f32; FRAME_SAMPLES]> {
    let wave = |hz: f32, i: usize| (std::f32::consts::TAU * hz * i as f32 / 16_000.0).cos();
    let frame = std::array::from_fn(|i| 0.1 * wave(150.0, i) + 0.1 * wave(1_200.0, i));
    std::iter::repeat_n(frame, frames)
}

#[test]
fn talking_over_the_answer_interrupts_it_and_is_a_request_where_that_is_wanted() {
    let answering = "W s30 .40 <started .20";
    let said = "wake Listening speech draft1! request(draft1) Thinking Speaking";
    let over = |interrupt_by: InterruptBy, before: &str, after: &str| {
        let mut session = session_that(interrupt_by, 6000, false);
        let mut signals = run(&mut session, before);
        for frame in vowels(20) {
            signals.extend(session.frame(&frame).unwrap());
        }
        signals.extend(run(&mut session, after));
        signals.iter().map(name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        over(InterruptBy::Speech, answering, ".40"),
        format!("{said} INTERRUPT Listening speech draft2! request(draft2) Thinking")
    );
    // What was no words after all is as if nothing had been said after the answer.
    assert_eq!(
        over(InterruptBy::Speech, answering, ".40 <nowords .400"),
        format!("{said} INTERRUPT Listening speech draft2! request(draft2) Thinking FollowUp Idle")
    );
    assert_eq!(over(InterruptBy::Words, answering, ".15"), format!("{said} interjection"));
    assert_eq!(over(InterruptBy::Off, answering, ".15"), said);
    assert_eq!(over(InterruptBy::Off, answering, "W"), format!("{said} INTERRUPT wake Listening"));
    // A speaker whose echo stays in is not to interrupt itself.
    assert_eq!(over(InterruptBy::Speech, "<aside", ".15"), "Speaking interjection");
    assert_eq!(over(InterruptBy::Speech, "<announce", ".1"), "Speaking INTERRUPT Listening speech");
}

#[test]
fn who_interrupts_is_heard_from_the_first_word_on() {
    let mut session = session_that(InterruptBy::Speech, 6000, false);
    run(&mut session, "W s30 .40 <started .20");
    let mut signals = Vec::new();
    for frame in vowels(40) {
        signals.extend(session.frame(&frame).unwrap());
    }
    signals.extend(run(&mut session, ".40"));
    let request = signals.into_iter().find_map(|s| if let Signal::Request(r) = s { Some(r) } else { None });
    let request = request.unwrap();
    assert_eq!(request.voiced_ms, 800);
    // A wave crosses zero now and then.
    assert!(request.samples.iter().filter(|s| **s != 0.0).count() > 39 * FRAME_SAMPLES);
}

#[test]
fn a_timer_may_speak_unasked_but_never_over_a_request() {
    check("<announce .20 W", "Speaking INTERRUPT wake Listening");
    check("W s10 <announce s20 .40", "wake Listening speech draft1! request(draft1) Thinking");
    // Who was asked nothing is not listened to, and who has begun to ask is not cut off.
    check("<announce .20 <announced s30 .40", "Speaking Idle");
    check("<announce .20 W <announced s30", "Speaking INTERRUPT wake Listening speech");
}

#[test]
fn the_talk_key_brackets_a_request() {
    check("<press .300 s30 .100 <release", "Listening speech draft1! request(draft1) Thinking");
    check("<press .10 <release <nowords", "Listening request Thinking nothing Idle");
}

#[test]
fn a_key_that_is_held_brackets_a_request_whatever_is_heard() {
    // A click, a breath, a wake word by habit: the key is still down.
    check("<press s5 .100 s30 .10 <release", "Listening speech speech draft1! request(draft1) Thinking");
    check("<press s30 .5 W s30 <release", "Listening speech request Thinking");
    // One that is forgotten, or whose release is lost, has its end too.
    check("<press .600 s30", "Listening nothing Idle");
    check("<press s30 .600", "Listening speech draft1! request(draft1) Thinking");
    let mut session = session(6000, false).with_second_look(0.5, 1500);
    let signals: Vec<_> = run(&mut session, "W .2 <press s30 <yes s5 <release").iter().map(name).collect();
    assert_eq!(signals.join(" "), "doubt1 Listening speech over request Thinking");
}

#[test]
fn what_is_dictated_is_the_request_that_began_with_its_key_alone() {
    let mut session = session(6000, false);
    let mut dictated = |script: &str| -> Vec<bool> {
        let signals = run(&mut session, script);
        signals
            .iter()
            .filter_map(|s| if let Signal::Request(r) = s { Some(r.dictated) } else { None })
            .collect()
    };
    assert_eq!(dictated("<dictate s30 <release <ended .400"), [true]);
    // Thought better of, while it is heard and while it is recognised.
    assert_eq!(dictated("<dictate s30 <stop .10 W s30 .60 <ended .400"), [false]);
    assert_eq!(dictated("<dictate s30 <release <stop .10 W s30 .60"), [true, false]);
}

#[test]
fn drafts_of_what_is_dictated_say_so() {
    let mut session = session(6000, true);
    let mut dictated = |script: &str| -> Vec<bool> {
        let signals = run(&mut session, script);
        let drafts = signals.iter().filter_map(|signal| match signal {
            Signal::Draft { dictated, .. } => Some(*dictated),
            _ => None,
        });
        drafts.collect()
    };
    assert_eq!(dictated("<dictate s30 .10 <release"), [true, true], "while it is said, and in the pause");
    assert_eq!(dictated("<press s30 .10 <release"), [false, false]);
}

/// What was dictated: how many frames of speech are in each request, and whether it goes on with the one before.
fn dictated(signals: &[Signal]) -> Vec<(usize, bool)> {
    let requests = signals.iter().filter_map(|s| if let Signal::Request(r) = s { Some(r) } else { None });
    let speech = |r: &Request| r.samples.iter().filter(|s| **s == SPEECH).count() / FRAME_SAMPLES;
    requests.filter(|r| r.dictated).map(|r| (speech(r), r.goes_on)).collect()
}

#[test]
fn the_next_may_be_dictated_while_the_one_before_is_typed() {
    let script = "<dictate s30 <release .5 <dictate s40 <release <nowords <ended";
    let signals = run(&mut session(6000, false), script);
    let names: Vec<_> = signals.iter().map(name).collect();
    assert_eq!(names.join(" "), "Listening speech request Idle Listening speech request Idle");
    // What was said before the key was pressed again is not typed twice.
    assert_eq!(dictated(&signals), [(30, false), (40, false)]);
    // It stops at the person's wish, whatever the session does.
    check("<dictate s30 <release <stop", "Listening speech request Idle STOP");
}

#[test]
fn what_is_dictated_for_longer_than_a_request_comes_in_parts_and_none_of_it_is_lost() {
    let parts = |script: &str, expected: &str| {
        let signals = run(&mut session(6000, false), script);
        let names: Vec<_> = signals.iter().map(name).collect();
        assert_eq!(names.join(" "), expected, "{script}");
        dictated(&signals)
    };
    // In the first pause after two thirds of the time.
    let heard = parts(
        "<dictate s300 .10 s100 .10 s30 <release",
        "Listening speech draft1! request speech request Idle",
    );
    assert_eq!(heard, [(400, false), (30, true)]);
    // Without a pause.
    let heard = parts("<dictate s600 <release", "Listening speech request speech request Idle");
    assert_eq!(heard, [(500, false), (100, true)]);
    // Nothing more was said before the key was let go.
    let heard = parts("<dictate s340 .10 <release", "Listening speech request Idle");
    assert_eq!(heard, [(340, false)]);
    // The key is held, or its release was lost, and nobody speaks any more.
    let heard = parts("<dictate s30 .1200", "Listening speech draft1! request(draft1) nothing Idle");
    assert_eq!(heard, [(30, false)]);
}

#[test]
fn what_held_no_words_says_nothing_of_the_next_request() {
    let said = "wake Listening speech draft1! request(draft1) Thinking INTERRUPT Listening";
    check("W s20 .40 <press <nowords s30 <release", &format!("{said} speech request Thinking"));
}

#[test]
fn a_stop_that_is_understood_late_stops_nothing_else() {
    let said = "wake Listening speech draft1! request(draft1) Thinking Speaking";
    check("W s30 .40 <started .20 <saidstop", &format!("{said} INTERRUPT Idle"));
    check(
        "W s30 .40 <started .20 <ended .15 s10 <saidstop s20",
        &format!("{said} FollowUp Listening speech"),
    );
}

#[test]
fn a_click_opens_a_request_that_ends_by_itself() {
    check("<attend .30 s30 .60", "Listening speech draft1! request(draft1) Thinking");
    check("<attend .300", "Listening nothing Idle");
    check("<attend s3 .60 s30 .60", "Listening speech speech draft1! request(draft1) Thinking");
}

#[test]
fn muted_means_deaf() {
    check("<mute W s30 .40 <unmute .10 W", "muted=true muted=false wake Listening");
    check("W s10 <mute s30 .40", "wake Listening speech muted=true Idle");
    check("<mute <press s30 <release <attend s30 .60", "muted=true");
    let said = "wake Listening speech draft1! request(draft1) Thinking Speaking";
    check("W s30 .40 <started <mute <ended .20", &format!("{said} muted=true Idle"));
    check(
        "W s20 .40 <mute <nowords",
        "wake Listening speech draft1! request(draft1) Thinking muted=true Idle",
    );
    check("W s30 .40 <started <mute <press", &format!("{said} muted=true INTERRUPT Idle"));
}

#[test]
fn the_first_word_after_the_wake_word_is_kept_and_an_old_wake_word_is_not() {
    let request = |script: &str| {
        run(&mut session(0, false), script)
            .into_iter()
            .find_map(|s| if let Signal::Request(r) = s { Some(r) } else { None })
            .unwrap()
    };
    let prompt = request(".100 s40 W s30 .40");
    assert_eq!(prompt.samples.iter().filter(|s| **s == SPEECH).count(), 70 * FRAME_SAMPLES);
    let late = request(".100 s40 W .60 s30 .40");
    assert_eq!(late.samples.iter().filter(|s| **s == SPEECH).count(), 30 * FRAME_SAMPLES);
    assert!(!late.samples.contains(&WAKE));
    assert_eq!(late.end_of_speech, (100 + 40 + 1 + 60 + 30) * FRAME_SAMPLES as u64);
}

#[test]
fn its_own_wake_word_does_not_wake_it_and_anybody_elses_does() {
    let mut session = session(0, false).with_own_voice(Box::new(FakeWake::default()));
    run(&mut session, "W s30 .40 <started");
    let (wake, silence) = ([WAKE; FRAME_SAMPLES], [0.0; FRAME_SAMPLES]);
    let mut hear = |heard: Frame, played: Frame| -> Vec<String> {
        session.clean_frame(&heard.into(), &played).unwrap().iter().map(name).collect()
    };
    let nothing = Vec::<String>::new();
    assert_eq!(hear(silence, wake), nothing);
    // Its echo comes half a second later.
    for _ in 0..25 {
        assert_eq!(hear(silence, silence), nothing);
    }
    assert_eq!(hear(wake, silence), nothing);
    for _ in 0..40 {
        assert_eq!(hear(silence, silence), nothing);
    }
    assert_eq!(hear(wake, silence), ["INTERRUPT", "wake", "Listening"]);
}
