//! The voices that training hears: Kokoro's, mixtures of two of them, and Piper's.
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
/// Those of them that are only looked at to choose a threshold, never learned from.
const HELD_OUT: [&str; 4] = ["af_river", "am_eric", "bf_emma", "bm_lewis"];
/// Piper's voice.
const PIPER: &str = "joe";

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
        Self { timbre: PIPER, prosody: PIPER }
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

/// Every voice that is not mixed.
pub fn all() -> Vec<Voice> {
    let kokoro = KOKORO.iter().map(|name| Voice { timbre: name, prosody: name });
    kokoro.chain([Voice::piper()]).collect()
}
