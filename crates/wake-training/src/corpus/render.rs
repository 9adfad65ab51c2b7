//! One utterance, as a microphone might hear it.

use fastrand::Rng;
use jarvis_core::audio::{Pcm, SAMPLE_RATE};

use super::{Label, SETTLED};
use crate::error::TrainingError;
use crate::recipe::Recipe;
use crate::sound::{
    Channel, Distance, NoiseKind, NoiseSource, Room, Source, between, first_pause, gain, mix, normal, rms,
    samples, speech_level, spoken_anew, tilt, trimmed, voiced,
};
use crate::speech::{SpeechCache, Utterance};
use jarvis_voice::wake::{HOP, STEPS};

/// Share of what is learned from that a machine speaks anew.
const SPOKEN_ANEW: f32 = 0.3;
/// Rooms of each distance.
const ROOMS: usize = 150;
/// Where the phrase ends in its clip, in samples, at the earliest: when a head sees nothing of the clip's start.
const END: usize = (SETTLED + STEPS) * HOP;
/// Sound behind the phrase.
const AFTER: usize = 6 * HOP;
/// So long after its end a phrase is still to be found.
const FOUND: usize = 5 * HOP;
/// Length of a clip of noise, seconds.
const NOISE_S: f32 = 30.0;
/// How long a letter takes at the least and at the most, seconds.
const QUICKEST_S: f32 = 0.04;
const SLOWEST_S: f32 = 0.17;

/// Sound, and where in it something is.
#[derive(Clone, Debug)]
pub struct Clip {
    /// 16 kHz.
    pub sound: Vec<f32>,
    /// What is in it.
    pub holds: Label,
    /// Where that ends, in samples.
    pub to: usize,
}

impl Clip {
    /// What a window is that ends at `at`; none where that is not for sure.
    pub fn label(&self, at: usize) -> Option<Label> {
        match self.holds {
            Label::Phrase => (self.to..self.to + FOUND).contains(&at).then_some(Label::Phrase),
            label => Some(label),
        }
    }
}

/// Makes clips.
pub struct Renderer {
    speech: SpeechCache,
    noises: NoiseSource,
    near: Vec<Room>,
    far: Vec<Room>,
    /// Talk and requests, to be put before and behind.
    around: Vec<Vec<f32>>,
}

impl Renderer {
    /// Kinds of noise, and silence.
    pub const NOISES: usize = NoiseKind::ALL.len() + 1;

    /// Reads what is needed for all of them.
    pub fn new(recipe: &Recipe, speech: &SpeechCache, seed: u64) -> Result<Self, TrainingError> {
        let mut rng = Rng::with_seed(seed);
        let mut rooms = |distance| (0..ROOMS).map(|_| Room::any(distance, &mut rng)).collect();
        let (near, far) = (rooms(Distance::Near), rooms(Distance::Far));
        let talk = recipe.talk.iter().filter(|u| !u.voice.is_held_out()).step_by(5).take(100);
        let around: Result<Vec<_>, TrainingError> = talk.map(|u| Ok(voiced(&speech.read(u)?, 1.0))).collect();
        let around: Vec<_> = around?.into_iter().filter(|sound| !sound.is_empty()).collect();
        if around.is_empty() {
            return Err(TrainingError::Unsuitable {
                message: "There is no ordinary talk without the wake word in it.".into(),
                remedy: "Choose a phrase of two or more syllables.".into(),
            });
        }
        Ok(Self { speech: speech.clone(), noises: super::babblers(recipe, speech)?, near, far, around })
    }

    /// The phrase, with something or nothing before and behind it. None where its end cannot be told.
    pub fn phrase(&self, said: &Utterance, rng: &mut Rng) -> Result<Option<Clip>, TrainingError> {
        let sound = self.said(said, rng)?;
        Ok(end_of_meant(said, &sound).map(|end| self.placed(Label::Phrase, &sound, end, rng)))
    }

    /// The phrase as a person has recorded it.
    pub fn recording(&self, recorded: &[f32], rng: &mut Rng) -> Clip {
        // Persons are not made higher or lower by much: they are themselves.
        let pcm = Pcm { samples: recorded.to_vec(), sample_rate: SAMPLE_RATE };
        let mut sound = voiced(&pcm, between(rng, 0.93, 1.07));
        let level = speech_level(&sound).max(1e-5);
        sound.iter_mut().for_each(|s| *s /= level);
        self.placed(Label::Phrase, &sound, sound.len(), rng)
    }

    /// Something that is not the phrase, in the same manner.
    pub fn near_miss(&self, said: &Utterance, rng: &mut Rng) -> Result<Clip, TrainingError> {
        let sound = self.said(said, rng)?;
        let end = end_of_meant(said, &sound).unwrap_or(sound.len());
        Ok(self.placed(Label::NearMiss, &sound, end, rng))
    }

    /// People talking, one after the other.
    pub fn talk(&self, said: &[&Utterance], rng: &mut Rng) -> Result<Clip, TrainingError> {
        let mut sound = vec![0.0; samples(0.3)];
        for utterance in said {
            let level = gain(between(rng, -6.0, 0.0));
            sound.extend(self.said(utterance, rng)?.iter().map(|s| s * level));
            sound.extend(vec![0.0; samples(between(rng, 0.05, 0.8))]);
        }
        let end = sound.len();
        Ok(Clip { sound: self.heard(sound, rng), holds: Label::Other, to: end })
    }

    /// Half a minute of a kind of noise; of silence for the last kind.
    pub fn noise(&self, kind: usize, rng: &mut Rng) -> Clip {
        let length = samples(NOISE_S);
        let sound = match NoiseKind::ALL.get(kind) {
            Some(kind) => {
                let level = gain(between(rng, -50.0, -8.0));
                let noise = self.noises.make(*kind, length, rng);
                noise.into_iter().map(|s| (s * level).clamp(-1.0, 1.0)).collect()
            }
            None => {
                let level = if rng.bool() { 0.0 } else { gain(between(rng, -90.0, -55.0)) };
                (0..length).map(|_| normal(rng) * level).collect()
            }
        };
        let sound = if rng.bool() { Channel::any(rng).apply(sound) } else { sound };
        Clip { sound, holds: Label::Other, to: length }
    }

    /// What was said, higher or lower than it was, with a level of 1.
    fn said(&self, utterance: &Utterance, rng: &mut Rng) -> Result<Vec<f32>, TrainingError> {
        // What is learned from is varied more than what a threshold is chosen by.
        let pitch =
            if utterance.voice.is_held_out() { between(rng, 0.95, 1.05) } else { between(rng, 0.82, 1.25) };
        let mut sound = voiced(&self.speech.read(utterance)?, pitch);
        if !utterance.voice.is_held_out() && rng.f32() < SPOKEN_ANEW {
            sound = spoken_anew(&sound, Source::any(rng), rng);
        }
        let level = speech_level(&sound).max(1e-5);
        sound.iter_mut().for_each(|s| *s /= level);
        Ok(sound)
    }

    /// `sound`, the first `end` samples of which are meant, in a clip.
    fn placed(&self, holds: Label, sound: &[f32], end: usize, rng: &mut Rng) -> Clip {
        // Of what is longer than a clip has room for, the end counts: there it is to be found.
        let cut = end.saturating_sub(END);
        let (sound, end) = (&sound[cut..], end - cut);
        // Any place within a step.
        let to = END + rng.usize(..HOP);
        let from = to - end;
        let mut clip = vec![0.0; to + AFTER];
        let follows_at_once = sound.len() > end && rng.bool();
        let said = if follows_at_once { sound } else { &sound[..end] };
        mix(&mut clip, said, from, 1.0);
        if rng.f32() < 0.35 {
            let before = &self.around[rng.usize(..self.around.len())];
            let before = &before[before.len() - before.len().min(from)..];
            let gap = samples(between(rng, 0.0, 0.5)).min(from - before.len().min(from));
            let level = gain(between(rng, -6.0, 3.0)) / speech_level(before).max(1e-4);
            let at = (from - before.len()).saturating_sub(gap);
            mix(&mut clip[..from], before, at, level);
        }
        if !follows_at_once && rng.f32() < 0.4 {
            let behind = &self.around[rng.usize(..self.around.len())];
            let level = gain(between(rng, -6.0, 3.0)) / speech_level(behind).max(1e-4);
            mix(&mut clip, behind, to + samples(between(rng, 0.0, 0.3)), level);
        }
        Clip { sound: self.heard(clip, rng), holds, to }
    }

    /// As a microphone hears it.
    fn heard(&self, mut sound: Vec<f32>, rng: &mut Rng) -> Vec<f32> {
        if rng.f32() < 0.7 {
            tilt(&mut sound, rng);
        }
        sound = match rng.usize(..10) {
            0..4 => self.near[rng.usize(..ROOMS)].apply(&sound),
            4..7 => self.far[rng.usize(..ROOMS)].apply(&sound),
            _ => sound,
        };
        let level = gain(between(rng, -45.0, -12.0)) / speech_level(&sound).max(1e-5);
        sound.iter_mut().for_each(|s| *s *= level);
        if rng.f32() < 0.65 {
            let snr = between(rng, 0.0, 22.0);
            let noise = self.noises.any(sound.len(), rng);
            let loud = speech_level(&sound) * gain(-snr);
            mix(&mut sound, &noise, 0, loud);
        }
        let floor = gain(between(rng, -95.0, -60.0));
        sound.iter_mut().for_each(|s| *s += normal(rng) * floor);
        let mut sound = Channel::any(rng).apply(sound);
        let peak = sound.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
        if peak > 1.0 {
            sound.iter_mut().for_each(|s| *s /= peak);
        }
        debug_assert!(rms(&sound).is_finite());
        sound
    }
}

/// Where in `sound` that ends which is meant. None where it cannot be told.
fn end_of_meant(said: &Utterance, sound: &[f32]) -> Option<usize> {
    if said.meant == said.text.len() {
        return Some(sound.len());
    }
    // "Hey Jarvis, stop": it ends where the pause begins that comes about as late as its letters say.
    let letters = said.text[..said.meant].chars().filter(|c| c.is_alphabetic()).count() as f32;
    let end = first_pause(sound, samples(letters * QUICKEST_S), 60)?;
    let plausible = end < samples(letters * SLOWEST_S) && end < sound.len();
    // The reference ends with its last sound.
    plausible.then(|| trimmed(&sound[..end]).len())
}
