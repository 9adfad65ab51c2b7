//! What is done to speech before anybody hears it: levelled, and put between pauses.
//!
//! Networks differ by more than 10 LU in how loud they speak, and in how much silence they leave around it. So every voice
//! is brought to one loudness (EBU R128), measured half over what it says now and half over all that it has said so far:
//! what is meant to be quiet stays quieter than the talk around it. Silence at the ends is cut, and the pause that the
//! punctuation asks for put behind.

use ebur128::{EbuR128, Mode};
use jarvis_engine::{Fault, FaultCode};

/// Integrated loudness that every voice is brought to, LUFS.
const TARGET: f64 = -20.0;
/// No voice is made louder or quieter by more than this, dB: what is further off is no speech.
const MOST: f64 = 24.0;
/// Samples above this are bent towards 1.0, which they never reach: a few peaks do not decide how loud a voice is.
const KNEE: f32 = 0.7;
/// What is this much quieter than the loudest frame is no speech any more, dB.
const SILENCE_BELOW: f32 = 45.0;
/// Frames of this many milliseconds are looked at for silence.
const FRAME_MS: usize = 10;
/// What is left of the silence before speech, and behind it, milliseconds.
const BEFORE_MS: usize = 20;
const AFTER_MS: usize = 60;
/// The shortest stretch that loudness can be measured of, milliseconds.
const MEASURABLE_MS: usize = 400;

/// The finishing of one voice.
#[derive(Default)]
pub struct Finish {
    /// All that the voice has said, and the rate it was said at.
    heard: Option<(u32, EbuR128)>,
}

impl Finish {
    /// `samples` levelled and trimmed, with the pause that the end of `text` asks for at this `speed`.
    pub fn finish(
        &mut self,
        samples: Vec<f32>,
        sample_rate: u32,
        text: &str,
        speed: f32,
    ) -> Result<Vec<f32>, Fault> {
        let mut speech = trim(samples, sample_rate);
        if speech.is_empty() {
            return Ok(speech);
        }
        let gain = self.gain(&speech, sample_rate).map_err(|e| {
            Fault::new(FaultCode::Internal, format!("the loudness of the voice cannot be measured: {e}"))
        })?;
        speech.iter_mut().for_each(|sample| *sample = bent(*sample * gain));
        let pause = pause_ms(text) as f32 / speed;
        speech.resize(speech.len() + (pause * sample_rate as f32 / 1000.0) as usize, 0.0);
        Ok(speech)
    }

    /// What to multiply `speech` by, having heard it and everything before.
    fn gain(&mut self, speech: &[f32], sample_rate: u32) -> Result<f32, ebur128::Error> {
        if self.heard.as_ref().is_none_or(|(rate, _)| *rate != sample_rate) {
            self.heard = Some((sample_rate, EbuR128::new(1, sample_rate, Mode::I | Mode::HISTOGRAM)?));
        }
        let Some((_, meter)) = &mut self.heard else { return Ok(1.0) };
        // What is too short to be measured is measured several times over.
        let times = (MEASURABLE_MS * sample_rate as usize / 1000).div_ceil(speech.len());
        let mut now = EbuR128::new(1, sample_rate, Mode::I)?;
        for meter in [&mut *meter, &mut now] {
            for _ in 0..times.max(1) {
                meter.add_frames_f32(speech)?;
            }
        }
        let loudness = (now.loudness_global()? + meter.loudness_global()?) / 2.0;
        let decibels = if loudness.is_finite() { (TARGET - loudness).clamp(-MOST, MOST) } else { 0.0 };
        Ok(10_f64.powf(decibels / 20.0) as f32)
    }
}

/// The sample itself, or above the knee something between that and 1.0.
fn bent(sample: f32) -> f32 {
    let room = 1.0 - KNEE;
    match sample.abs() {
        above if above > KNEE => (KNEE + room * ((above - KNEE) / room).tanh()).copysign(sample),
        _ => sample,
    }
}

/// Without the silence at both ends, but for a moment. Nothing where nobody speaks.
fn trim(mut samples: Vec<f32>, sample_rate: u32) -> Vec<f32> {
    let ms = |ms: usize| ms * sample_rate as usize / 1000;
    let power = |frame: &[f32]| frame.iter().map(|s| s * s).sum::<f32>() / frame.len() as f32;
    let frames: Vec<f32> = samples.chunks(ms(FRAME_MS).max(1)).map(power).collect();
    let loudest = frames.iter().copied().fold(0.0, f32::max);
    let is_speech = |power: &f32| *power > loudest * 10_f32.powf(-SILENCE_BELOW / 10.0);
    let (Some(first), Some(last)) = (frames.iter().position(is_speech), frames.iter().rposition(is_speech))
    else {
        return Vec::new();
    };
    samples.truncate(ms((last + 1) * FRAME_MS + AFTER_MS));
    samples.drain(..ms(first * FRAME_MS).saturating_sub(ms(BEFORE_MS)));
    samples
}

/// How long a reader pauses behind `text`.
fn pause_ms(text: &str) -> u32 {
    let end = text.trim_end_matches(|c: char| c.is_whitespace() || "\"'”’)]»".contains(c));
    match end.chars().next_back() {
        Some('.' | '!' | '?' | '…' | '。' | '！' | '？') => 350,
        Some(':') => 280,
        Some(';' | '—' | '–') => 220,
        Some(',') => 120,
        _ => 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 24_000;

    /// A second of a vowel-like sound between half-seconds of near silence.
    fn vowel(level: f32) -> Vec<f32> {
        let sound = |i: usize| {
            let t = i as f32 / RATE as f32;
            [120.0, 240.0, 600.0, 1200.0].iter().map(|f| (t * f * std::f32::consts::TAU).sin()).sum::<f32>()
                / 4.0
        };
        let quiet = |i: usize| 0.0005 * sound(i);
        let half = RATE as usize / 2;
        (0..half)
            .map(quiet)
            .chain((0..2 * half).map(|i| level * sound(i)))
            .chain((0..half).map(quiet))
            .collect()
    }

    fn loudness(samples: &[f32]) -> f64 {
        let mut meter = EbuR128::new(1, RATE, Mode::I).unwrap();
        meter.add_frames_f32(samples).unwrap();
        meter.loudness_global().unwrap()
    }

    #[test]
    fn loud_and_quiet_voices_become_alike() {
        for level in [0.02, 0.1, 0.5, 0.9] {
            let said = Finish::default().finish(vowel(level), RATE, "Ah", 1.0).unwrap();
            assert!((loudness(&said) - TARGET).abs() < 1.0, "{level}: {}", loudness(&said));
        }
    }

    #[test]
    fn a_quiet_word_stays_quieter_than_the_talk_around_it() {
        let mut finish = Finish::default();
        let loud: Vec<_> = (0..4).map(|_| finish.finish(vowel(0.4), RATE, "Ah", 1.0).unwrap()).collect();
        let quiet = finish.finish(vowel(0.2), RATE, "ah", 1.0).unwrap();
        let apart = loudness(&loud[3]) - loudness(&quiet);
        assert!((2.0..6.0).contains(&apart), "{apart}");
    }

    #[test]
    fn pauses_follow_the_punctuation_and_the_speed() {
        let length = |text: &str, speed: f32| {
            let said = Finish::default().finish(vowel(0.3), RATE, text, speed).unwrap();
            said.len() as u32 * 1000 / RATE
        };
        // A second of sound, and what is left before and behind it.
        let check = |text: &str, speed: f32, pause: u32| {
            assert!(length(text, speed).abs_diff(1080 + pause) <= 20, "{text}: {}", length(text, speed));
        };
        check("It is so.", 1.0, 350);
        check("\"Is it?\"", 1.0, 350);
        check("Well,", 1.0, 120);
        check("So it", 1.0, 60);
        check("It is so.", 2.0, 175);
    }

    #[test]
    fn where_nobody_speaks_there_is_nothing() {
        assert!(Finish::default().finish(vec![0.0; 5000], RATE, "...", 1.0).unwrap().is_empty());
        assert!(Finish::default().finish(Vec::new(), RATE, "", 1.0).unwrap().is_empty());
        let short = Finish::default().finish(vowel(0.01)[11_000..14_000].to_vec(), RATE, "a", 1.0).unwrap();
        assert!(short.iter().all(|s| s.is_finite() && s.abs() <= 1.0));
    }
}
