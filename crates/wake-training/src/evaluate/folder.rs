//! A folder of anyone's own recordings as a test set.

use std::path::{Path, PathBuf};

use fastrand::Rng;
use jarvis_audio::AudioError;
use jarvis_audio::file::read_16k;
use jarvis_core::audio::SAMPLE_RATE;
use jarvis_voice::wake::Features;

use super::heard::{About, Condition, Heard};
use crate::error::TrainingError;
use crate::sound::{Distance, NoiseKind, NoiseSource, gain, mix, speech_level, trimmed};

/// Silence before and behind a recording, seconds: a head needs a moment to know the room, and is surest a moment after the end.
const MARGIN_S: f32 = 2.2;

/// Recordings in which the phrase is said once; with `snr`, over noise of every kind but babble in turn, at so many dB.
pub fn positives(
    folder: &Path,
    snr: Option<i32>,
    features: &mut Features,
    seed: u64,
) -> Result<Vec<Heard>, TrainingError> {
    let mut rng = Rng::with_seed(seed);
    let noises = NoiseSource::default();
    let mut all = Vec::new();
    let mut kinds = NoiseKind::ALL.into_iter().filter(|kind| *kind != NoiseKind::Babble).cycle();
    for path in recordings(folder)? {
        let sound = read_16k(&path)?;
        let (sound, margin) = with_margin(&sound);
        let said = trimmed(&sound);
        // Where in it somebody speaks; where that is hard to tell, all of it.
        let from = said.as_ptr() as usize - sound.as_ptr() as usize;
        let from = from / size_of::<f32>();
        let phrase = if said.is_empty() { (margin, sound.len() - margin) } else { (from, from + said.len()) };
        let seconds = |at: usize| at as f32 / SAMPLE_RATE as f32;
        let mut heard = sound.clone();
        if let (Some(snr), Some(kind)) = (snr, kinds.next()) {
            let noise = noises.make(kind, sound.len(), &mut rng);
            mix(&mut heard, &noise, 0, speech_level(&sound) * gain(-(snr as f32)));
        }
        let about = About {
            group: "recordings".into(),
            voice: path.display().to_string(),
            seconds: seconds(sound.len()),
            human: false,
            condition: Some(Condition { distance: Distance::Close, snr }),
            phrase: Some((seconds(phrase.0), seconds(phrase.1))),
        };
        all.push(Heard::hear(features, about, &heard)?);
    }
    Ok(all)
}

/// Recordings in which the phrase is not said. `human`: whether people are heard in them.
pub fn negatives(
    folder: &Path,
    group: &str,
    human: bool,
    features: &mut Features,
) -> Result<Vec<Heard>, TrainingError> {
    let mut all = Vec::new();
    for path in recordings(folder)? {
        let sound = match read_16k(&path) {
            // Nothing can be mistaken in it.
            Err(AudioError::NoSound { .. }) => continue,
            sound => sound?,
        };
        let about = About {
            group: group.into(),
            voice: path.display().to_string(),
            seconds: sound.len() as f32 / SAMPLE_RATE as f32,
            human,
            condition: None,
            phrase: None,
        };
        all.push(Heard::hear(features, about, &with_margin(&sound).0)?);
    }
    Ok(all)
}

fn with_margin(sound: &[f32]) -> (Vec<f32>, usize) {
    let margin = crate::sound::samples(MARGIN_S);
    let silence = vec![0.0; margin];
    ([&silence, sound, &silence].concat(), margin)
}

/// Whether a folder is there, with recordings in it.
pub(super) fn has_recordings(folder: &Path) -> bool {
    recordings(folder).is_ok()
}

/// Every WAV and FLAC file in a folder and in those within it, in order.
fn recordings(folder: &Path) -> Result<Vec<PathBuf>, TrainingError> {
    let io = |source| TrainingError::Io { path: folder.into(), source };
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
            if path.is_dir() {
                // A link may lead to where it has been already.
                if !path.is_symlink() {
                    folders.push(path);
                }
            } else if ["wav", "flac"].contains(&ending.as_str()) {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        return Err(TrainingError::Unsuitable {
            message: format!("There is no recording in {}.", folder.display()),
            remedy: "Put WAV or FLAC files there.".into(),
        });
    }
    found.sort();
    Ok(found)
}
