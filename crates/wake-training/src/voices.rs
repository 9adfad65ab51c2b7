//! The voices that training hears: Kokoro's, mixtures of two of them, Piper's, and Pico's where it is installed.
//!
//! The voices of the public test set (flite, festival, espeak-ng) are not among them, and must never be.

use fastrand::Rng;

/// Kokoro's English voices.
const KOKORO: [&str; 28] = [
    "af_alloy",
    "af_aoede",
    "af_bella",
    "af_heart",
    "af_jessica",
    "af_kore",
    "af_nicole",
    "af_nova",
    "af_river",
    "af_sarah",
    "af_sky",
    "am_adam",
    "am_echo",
    "am_eric",
    "am_fenrir",
    "am_liam",
    "am_michael",
    "am_onyx",
    "am_puck",
    "am_santa",
    "bf_alice",
    "bf_emma",
    "bf_isabella",
    "bf_lily",
    "bm_daniel",
    "bm_fable",
    "bm_george",
    "bm_lewis",
];
/// Voices, of Kokoro's and Pico's, that are only looked at to choose a threshold, never learned from.
const HELD_OUT: [&str; 5] = ["af_river", "am_eric", "bf_emma", "bm_lewis", "it-IT"];
/// Piper's voice.
const PIPER: &str = "joe";
/// Pico's voices, by the language that each reads: everything as if it were in that language. The first two read English.
const PICO: [&str; 6] = ["en-GB", "en-US", "de-DE", "es-ES", "fr-FR", "it-IT"];

/// Who says something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Voice {
    /// The voice whose colour it has.
    pub timbre: &'static str,
    /// The voice whose melody and rhythm it has; the same but for a mixed voice.
    pub prosody: &'static str,
}

impl Voice {
    /// Piper's one voice.
    pub fn piper() -> Self {
        one(PIPER)
    }

    /// The colour of one of Kokoro's voices and the melody of another: a voice that nobody has heard. None that is held out
    /// is in it.
    pub fn mixed(rng: &mut Rng) -> Self {
        let mut one = || loop {
            let voice = KOKORO[rng.usize(..KOKORO.len())];
            if !HELD_OUT.contains(&voice) {
                return voice;
            }
        };
        Self { timbre: one(), prosody: one() }
    }

    /// Whether it is Piper's.
    pub fn is_piper(&self) -> bool {
        self.timbre == PIPER
    }

    /// Where it is one of Pico's, the language that it reads.
    pub fn pico(&self) -> Option<&'static str> {
        PICO.into_iter().find(|language| *language == self.timbre)
    }

    /// Whether it is only looked at to choose a threshold.
    pub fn is_held_out(&self) -> bool {
        HELD_OUT.contains(&self.timbre)
    }

    /// Its name: of a mixed voice, both with a plus between them.
    pub fn name(&self) -> String {
        if self.timbre == self.prosody {
            self.timbre.into()
        } else {
            format!("{}+{}", self.timbre, self.prosody)
        }
    }
}

/// Kokoro's voices and Piper's, none of them mixed.
pub fn all() -> Vec<Voice> {
    KOKORO.into_iter().map(one).chain([Voice::piper()]).collect()
}

/// Pico's voices.
pub fn pico() -> Vec<Voice> {
    PICO.into_iter().map(one).collect()
}

/// Those of them that read English.
pub fn pico_english() -> Vec<Voice> {
    PICO[..2].iter().copied().map(one).collect()
}

fn one(name: &'static str) -> Voice {
    Voice { timbre: name, prosody: name }
}
