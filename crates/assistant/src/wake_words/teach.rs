//! Teaching a wake word: which phrases will do, what a recording must be, how it is trained while a person waits, and when it hears
//! well enough to be used. The command and the window's page teach by the same rules.

use jarvis_core::audio::{SAMPLE_RATE, rms_dbfs};
use jarvis_core::{Code, Failure};
use jarvis_wake_training::train::{HeldOut, Trained, Training};
use serde::Serialize;

use crate::setup::Setup;
use crate::wake_words::{WakeWord, WakeWordOrigin, taught_name, written};

/// Good recordings that there must be before it is trained.
pub const WANTED: usize = 5;
/// How long a recording from the microphone is.
pub const RECORDED_MS: u64 = 2500;
/// The fewest letters of a phrase, the most, and the most words: what is shorter is mistaken, what is longer is not heard whole.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=40;
const WORDS: usize = 4;
/// The shortest and the longest that a phrase may last, seconds.
const LENGTHS: std::ops::RangeInclusive<f32> = 0.25..=2.2;
/// Samples whose level is looked at together: 10 ms.
const BLOCK: usize = SAMPLE_RATE as usize / 100;
/// Blocks that are kept before the phrase and behind it, as it begins and ends more quietly.
const AROUND: usize = 5;
/// The loudest moment is at least this loud, dBFS, and stands out of the noise by this much, dB.
const QUIETEST: f32 = -50.0;
const STANDS_OUT: f32 = 15.0;
/// The phrase is what is so much louder than the noise, and not so much quieter than its loudest moment, dB.
const OVER_NOISE: f32 = 9.0;
const BELOW_LOUDEST: f32 = 38.0;
/// It hears well enough when at most this share of the phrases is not even looked at again, and when alone it mistakes at most so many
/// sounds an hour.
const MOST_OVERLOOKED: f64 = 0.1;
const MOST_ALARMS: f64 = 1.0;

/// Why a recording cannot be learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unsuitable {
    /// Nothing stands out of the noise.
    #[error("nobody is heard in it")]
    Silent,
    /// Somebody is heard, but hardly.
    #[error("it is too quiet")]
    TooQuiet,
    /// Shorter than any phrase.
    #[error("it is too short")]
    TooShort,
    /// Longer than any phrase.
    #[error("more than the phrase is heard in it")]
    TooLong,
}

/// The phrase as it is learned, in lower case with single spaces, if it can be one.
pub fn teachable(phrase: &str) -> Result<String, Failure> {
    let wrong = |message: &str| {
        let remedy = "Choose one to four words of four to forty letters together, such as \"computer\".";
        Failure::new(Code::BadRequest, message, remedy)
    };
    let words: Vec<_> = phrase.split_whitespace().map(str::to_lowercase).collect();
    let letters = words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()).count();
    let is_part = |c: char| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}' | '-');
    match () {
        () if !words.iter().all(|word| word.chars().all(is_part)) => {
            Err(wrong("The phrase has signs in it that nobody says; write numbers as words."))
        }
        () if letters < *LETTERS.start() => Err(wrong("The phrase is too short.")),
        () if letters > *LETTERS.end() || words.len() > WORDS => Err(wrong("The phrase is too long.")),
        () => Ok(words.join(" ")),
    }
}

/// What is said in a recording (16 kHz), without the silence and the noise around it; or why it cannot be learned from.
pub fn phrase_in(said: &[f32]) -> Result<Vec<f32>, Unsuitable> {
    let levels: Vec<f32> = said.chunks(BLOCK).map(rms_dbfs).collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f32::total_cmp);
    // The quietest twentieth is noise alone.
    let (noise, loudest) = match (sorted.get(sorted.len() / 20), sorted.last()) {
        (Some(noise), Some(loudest)) if *loudest >= noise + STANDS_OUT => (*noise, *loudest),
        _ => return Err(Unsuitable::Silent),
    };
    if loudest < QUIETEST {
        return Err(Unsuitable::TooQuiet);
    }
    let from = (noise + OVER_NOISE).max(loudest - BELOW_LOUDEST);
    let is_loud = |level: &f32| *level >= from;
    let first = levels.iter().position(is_loud).unwrap_or(0);
    let last = levels.iter().rposition(is_loud).unwrap_or(0);
    let seconds = ((last + 1 - first) * BLOCK) as f32 / SAMPLE_RATE as f32;
    match () {
        () if seconds < *LENGTHS.start() => Err(Unsuitable::TooShort),
        () if seconds > *LENGTHS.end() => Err(Unsuitable::TooLong),
        () => {
            let end = ((last + 1 + AROUND) * BLOCK).min(said.len());
            Ok(said[first.saturating_sub(AROUND) * BLOCK..end].to_vec())
        }
    }
}

/// Whether a head hears well enough to be used.
pub fn good_enough(held_out: &HeldOut) -> bool {
    let overlooked = held_out.overlooked as f64 / held_out.phrases.max(1) as f64;
    let alarms = held_out.alarms as f64 / held_out.hours.max(0.1);
    held_out.phrases > 0 && overlooked <= MOST_OVERLOOKED && alarms <= MOST_ALARMS
}

impl Setup {
    /// The training of a wake word while a person waits: some minutes.
    pub fn teaching(&self, phrase: &str, recordings: Vec<Vec<f32>>) -> Result<Training, Failure> {
        let mut training = self.wake_training(&teachable(phrase)?, 1)?;
        training.amounts = training.amounts.quick();
        training.repeats = training.repeats.quick();
        training.recordings = recordings;
        Ok(training)
    }

    /// Keeps a head that hears well enough. Returns the id of its wake word.
    pub fn keep_taught(&self, phrase: &str, trained: &Trained) -> Result<String, Failure> {
        let id = free_name(phrase, &self.wake_words());
        jarvis_wake_training::replace(&self.taught_file(&id), &trained.file).map_err(|e| e.failure())?;
        Ok(id)
    }
}

/// What a head that was taught is kept as: in place of an earlier one for the phrase, but never of one in use, or of what others
/// than the person made.
fn free_name(phrase: &str, words: &[WakeWord]) -> String {
    let phrase = written(phrase);
    let gives_way =
        |word: &WakeWord| word.origin == WakeWordOrigin::Taught && word.phrase == phrase && !word.in_use;
    let plain = taught_name(&phrase);
    let names = std::iter::once(plain.clone()).chain((2..).map(|number| format!("{plain}-{number}")));
    let mut free = names.filter(|name| words.iter().filter(|word| word.id == *name).all(gives_way));
    free.next().expect("some number is free")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_can_say_is_taught() {
        for (phrase, wanted) in [
            ("  Computer ", Some("computer")),
            ("Okay  Jarvis", Some("okay jarvis")),
            ("G\u{fc}nther", Some("g\u{fc}nther")),
            ("o'clock", Some("o'clock")),
            ("hal", None),
            ("r2d2 unit", None),
            ("../../etc", None),
            ("one two three four five", None),
            ("", None),
        ] {
            let taught = teachable(phrase);
            assert_eq!(taught.as_deref().ok(), wanted, "{phrase:?}: {taught:?}");
        }
    }

    /// A tone of a level, dBFS, and so many seconds, in the middle of 2.5 seconds of noise of another.
    fn recording(tone: f32, seconds: f32, noise: f32) -> Vec<f32> {
        let (tone, noise) = (10f32.powf(tone / 20.0), 10f32.powf(noise / 20.0));
        let all = 2.5 * SAMPLE_RATE as f32;
        let (from, to) =
            ((all - seconds * SAMPLE_RATE as f32) / 2.0, (all + seconds * SAMPLE_RATE as f32) / 2.0);
        let mut seed = 1u32;
        let sample = |i: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Evenly distributed, so that its level is the root of a third of its height.
            let hiss = (seed as f32 / u32::MAX as f32 * 2.0 - 1.0) * 3f32.sqrt() * noise;
            let at = i as f32;
            if at < from || at >= to { hiss } else { hiss + (at * 0.3).sin() * 2f32.sqrt() * tone }
        };
        (0..all as usize).map(sample).collect()
    }

    #[test]
    fn a_recording_is_the_phrase_alone_and_loud_enough() {
        for (tone, seconds, noise, wanted) in [
            (-20.0, 0.8, -90.0, Ok(0.8)),
            // In a room in which something hums.
            (-20.0, 0.8, -45.0, Ok(0.8)),
            (-20.0, 0.1, -45.0, Err(Unsuitable::TooShort)),
            (-20.0, 2.3, -90.0, Err(Unsuitable::TooLong)),
            (-60.0, 0.8, -90.0, Err(Unsuitable::TooQuiet)),
            (-20.0, 0.0, -45.0, Err(Unsuitable::Silent)),
            (-40.0, 0.8, -45.0, Err(Unsuitable::Silent)),
        ] {
            let found = phrase_in(&recording(tone, seconds, noise));
            match (&found, wanted) {
                (Ok(phrase), Ok(seconds)) => {
                    let around = phrase.len() as f32 / SAMPLE_RATE as f32 - seconds;
                    assert!((0.0..=0.15).contains(&around), "{tone} {noise}: {around}");
                }
                (Err(why), Err(wanted)) => assert_eq!(*why, wanted, "{tone} {seconds} {noise}"),
                _ => panic!("{tone} {seconds} {noise}: {found:?}"),
            }
        }
        assert_eq!(phrase_in(&[]), Err(Unsuitable::Silent));
        assert_eq!(phrase_in(&[0.0; 40_000]), Err(Unsuitable::Silent));
    }

    #[test]
    fn what_is_taught_takes_the_place_of_nothing_that_is_used() {
        let word = |id: &str, phrase: &str, origin, in_use| WakeWord {
            id: id.into(),
            phrase: phrase.into(),
            origin,
            licence: None,
            note: None,
            there: true,
            in_use,
        };
        let (taught, built_in) = (WakeWordOrigin::Taught, WakeWordOrigin::BuiltIn);
        let mut words = vec![
            word("hey-jarvis", "Hey Jarvis", built_in, false),
            word("computer", "Computer", taught, true),
            word("o-clock", "O'clock", taught, false),
            word("house", "House", taught, false),
        ];
        for (phrase, wanted) in [
            ("hey jarvis", "hey-jarvis-2"),
            ("computer", "computer-2"),
            ("o-clock", "o-clock-2"),
            ("house", "house"),
            ("okay house", "okay-house"),
        ] {
            assert_eq!(free_name(phrase, &words), wanted, "{phrase}");
        }
        words.push(word("computer-2", "Computer", taught, false));
        assert_eq!(free_name("computer", &words), "computer-2", "the one in use stays, the other gives way");
    }

    #[test]
    fn what_overlooks_or_mistakes_too_much_is_not_used() {
        let held_out = |phrases, overlooked, alarms| HeldOut {
            phrases,
            missed: phrases / 5,
            overlooked,
            near_misses: 100,
            mistaken: 5,
            hours: 0.5,
            alarms,
        };
        assert!(good_enough(&held_out(100, 10, 0)));
        assert!(!good_enough(&held_out(100, 11, 0)));
        assert!(!good_enough(&held_out(100, 0, 1)), "two an hour");
        assert!(!good_enough(&held_out(0, 0, 0)));
    }
}
