//! What noise suppression does to recognition: word errors and time on noisy recordings, with and without it.
//!
//! Noise is mixed to each recording of the project: hiss, a fan, a mains hum, and other people talking.

use std::time::Instant;

use jarvis_assistant::Setup;
use jarvis_audio::room::speech_level;
use jarvis_audio::{Cleaner, Cleaning};
use jarvis_core::audio::FRAME_SAMPLES;
use jarvis_voice::stt::{TranscribeOptions, Transcriber};

use super::Figure;
use super::clips::{self, Clip};
use super::noise;
use super::recall::Random;

/// Speech above noise, dB.
const SNRS: [f32; 2] = [10.0, 0.0];

/// The names of the noises.
const NOISES: [&str; 4] = ["hiss", "fan", "mains hum", "voices"];

pub async fn run(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let clips: Vec<Clip> = clips::all()?.into_iter().filter(|c| !c.transcript.is_empty()).collect();
    let transcriber = setup.transcriber(&setup.speech_engine())?;
    transcriber.warm().await.map_err(|e| e.failure())?;
    let mut figures = Vec::new();
    for snr in SNRS {
        let (mut as_it_is, mut suppressed) = (Tally::default(), Tally::default());
        for (i, clip) in clips.iter().enumerate() {
            let noisy = mixed(&clips, i, snr);
            as_it_is.add(clip, &noisy, &*transcriber).await?;
            suppressed.add(clip, &without_noise(&noisy), &*transcriber).await?;
        }
        let name = |what: &str| format!("speech {snr} dB above noise, {} clips: {what}", clips.len());
        figures.extend([
            Figure::new(name("word errors as it is"), as_it_is.rate(), "%"),
            Figure::new(name("word errors, noise suppressed"), suppressed.rate(), "%"),
            Figure::new(name("time for a clip as it is"), as_it_is.seconds / clips.len() as f64, "s"),
            Figure::new(
                name("time for a clip, noise suppressed"),
                suppressed.seconds / clips.len() as f64,
                "s",
            ),
        ]);
    }
    Ok(figures)
}

/// The clip with one of the noises, each in its turn.
fn mixed(clips: &[Clip], index: usize, snr: f32) -> Vec<f32> {
    let speech = &clips[index].samples;
    let mut random = Random(index as u64);
    let noise = match index % NOISES.len() {
        0 => noise::hiss(speech.len(), &mut random),
        1 => noise::rumble(speech.len(), &mut random),
        2 => noise::mains(speech.len(), &mut random),
        _ => voices(clips, index, speech.len()),
    };
    let level = |samples: &[f32]| (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt();
    let gain = speech_level(speech) * 10_f32.powf(-snr / 20.0) / level(&noise).max(1e-9);
    speech.iter().zip(&noise).map(|(speech, noise)| (speech + gain * noise).clamp(-1.0, 1.0)).collect()
}

/// Five other people at once.
fn voices(clips: &[Clip], index: usize, samples: usize) -> Vec<f32> {
    let mut all = vec![0.0; samples];
    for other in 1..=5 {
        let voice = &clips[(index + other * 5) % clips.len()].samples;
        let loud = speech_level(voice).max(1e-9);
        all.iter_mut().zip(voice.iter().cycle().skip(other * 4_000)).for_each(|(all, s)| *all += s / loud);
    }
    all
}

/// As detection hears it.
fn without_noise(samples: &[f32]) -> Vec<f32> {
    let mut cleaner = Cleaner::new(Cleaning { echo: false, noise: true });
    let frames = samples.as_chunks::<FRAME_SAMPLES>().0.iter();
    frames.flat_map(|frame| cleaner.clean(frame, &[0.0; FRAME_SAMPLES]).detection).collect()
}

#[derive(Default)]
struct Tally {
    errors: usize,
    words: usize,
    seconds: f64,
}

impl Tally {
    async fn add(
        &mut self,
        clip: &Clip,
        samples: &[f32],
        transcriber: &dyn Transcriber,
    ) -> anyhow::Result<()> {
        let options = TranscribeOptions { languages: vec!["en".into()], ..TranscribeOptions::default() };
        let began = Instant::now();
        let heard = transcriber.transcribe(samples, &options).await.map_err(|e| e.failure())?;
        self.seconds += began.elapsed().as_secs_f64();
        let (errors, words) = clip.word_errors(&heard.text);
        self.errors += errors;
        self.words += words;
        Ok(())
    }

    fn rate(&self) -> f64 {
        100.0 * self.errors as f64 / self.words.max(1) as f64
    }
}
