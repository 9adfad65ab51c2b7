//! Log-mel spectrograms as Whisper's networks were trained on: 80 bands on Slaney's mel scale, a frame of 25 ms every 10 ms.
//!
//! Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, section 2.2; the bands as in librosa's
//! `filters.mel`. The sound is brought to mean 0 and variance 1 before, as Smart Turn's was.

use std::f32::consts::TAU;
use std::sync::Arc;

use jarvis_core::audio::SAMPLE_RATE;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// Sound that is looked at: eight seconds.
pub const SAMPLES: usize = 8 * SAMPLE_RATE as usize;
/// Bands.
pub const MELS: usize = 80;
/// Frames, one every [`HOP`] samples.
pub const FRAMES: usize = SAMPLES / HOP;
/// Samples of a frame.
const WINDOW: usize = 400;
/// Samples from one frame to the next.
const HOP: usize = 160;
/// Frequencies of a frame's spectrum.
const BINS: usize = WINDOW / 2 + 1;

/// See the module.
pub struct LogMel {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    bands: Vec<Band>,
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

/// A triangle over the spectrum.
struct Band {
    first_bin: usize,
    weights: Vec<f32>,
}

impl LogMel {
    /// Ready for any sound.
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let hann = |i: usize| 0.5 - 0.5 * (TAU * i as f32 / WINDOW as f32).cos();
        Self {
            window: (0..WINDOW).map(hann).collect(),
            bands: bands(),
            frame: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// The spectrogram of [`SAMPLES`] samples, band by band: [`MELS`] times [`FRAMES`] values.
    pub fn of(&mut self, sound: &[f32]) -> Vec<f32> {
        let count = sound.len() as f32;
        let mean = sound.iter().sum::<f32>() / count;
        let variance = sound.iter().map(|s| (s - mean).powi(2)).sum::<f32>() / count;
        let gain = 1.0 / (variance + 1e-7).sqrt();
        let mut mels = vec![0.0; MELS * FRAMES];
        for frame in 0..FRAMES {
            // The frames' middles are at multiples of the hop; what reaches over an end is mirrored there.
            for (i, (value, weight)) in self.frame.iter_mut().zip(&self.window).enumerate() {
                let at = (frame * HOP + i).abs_diff(WINDOW / 2);
                let at = at.min(2 * (sound.len() - 1) - at);
                *value = (sound[at] - mean) * gain * weight;
            }
            // The lengths are those that the transform was planned for.
            let done = self.fft.process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch);
            debug_assert!(done.is_ok());
            for (mel, band) in self.bands.iter().enumerate() {
                let bins = self.spectrum[band.first_bin..].iter().zip(&band.weights);
                let energy: f32 = bins.map(|(bin, weight)| bin.norm_sqr() * weight).sum();
                mels[mel * FRAMES + frame] = energy.max(1e-10).log10();
            }
        }
        let loudest = mels.iter().copied().fold(f32::MIN, f32::max);
        for mel in &mut mels {
            *mel = (mel.max(loudest - 8.0) + 4.0) / 4.0;
        }
        mels
    }
}

/// Triangles between neighbours on the mel scale, each of the same area.
fn bands() -> Vec<Band> {
    let highest = hertz_to_mel(SAMPLE_RATE as f32 / 2.0);
    let edge = |i: usize| mel_to_hertz(highest * i as f32 / (MELS + 1) as f32);
    let band = |mel: usize| {
        let (low, middle, high) = (edge(mel), edge(mel + 1), edge(mel + 2));
        let weight = |bin: usize| {
            let hertz = bin as f32 * SAMPLE_RATE as f32 / WINDOW as f32;
            let height = ((hertz - low) / (middle - low)).min((high - hertz) / (high - middle));
            height.max(0.0) * 2.0 / (high - low)
        };
        let first_bin = (0..BINS).find(|bin| weight(*bin) > 0.0).unwrap_or(0);
        let weights = (first_bin..BINS).map(weight).take_while(|weight| *weight > 0.0).collect();
        Band { first_bin, weights }
    };
    (0..MELS).map(band).collect()
}

/// Linear to 1000 Hz (15 mel), logarithmic above: Slaney, "Auditory Toolbox", 1998.
fn hertz_to_mel(hertz: f32) -> f32 {
    if hertz < 1000.0 { hertz * 3.0 / 200.0 } else { 15.0 + (hertz / 1000.0).ln() * 27.0 / 6.4f32.ln() }
}

fn mel_to_hertz(mel: f32) -> f32 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * 6.4f32.ln() / 27.0).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_in_its_band_and_silence_is_even() {
        let mut log_mel = LogMel::new();
        let silence = log_mel.of(&vec![0.0; SAMPLES]);
        assert!(silence.iter().all(|value| *value == -1.5), "log10(1e-10), moved by 4 and divided by 4");
        let tone = |i: usize| (TAU * 1000.0 * i as f32 / SAMPLE_RATE as f32).sin();
        let mels = log_mel.of(&(0..SAMPLES).map(tone).collect::<Vec<_>>());
        let loudest = (0..MELS).max_by(|a, b| mels[a * FRAMES + 400].total_cmp(&mels[b * FRAMES + 400]));
        // 1000 Hz is 15 mel of 45.2; the bands' middles are 81 steps apart from end to end.
        assert_eq!(loudest, Some((15.0 / hertz_to_mel(8000.0) * 81.0).round() as usize - 1));
    }

    #[test]
    fn loudness_does_not_matter() {
        let mut log_mel = LogMel::new();
        let sound = |gain: f32| move |i: usize| gain * (TAU * 300.0 * i as f32 / SAMPLE_RATE as f32).sin();
        let loud = log_mel.of(&(0..SAMPLES).map(sound(0.5)).collect::<Vec<_>>());
        let soft = log_mel.of(&(0..SAMPLES).map(sound(0.05)).collect::<Vec<_>>());
        let apart = loud.iter().zip(&soft).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 0.01, "{apart}");
    }
}
