//! Echo cancellation: the microphone without what the speaker plays.
//!
//! WebRTC's AEC3: an adaptive filter subtracts the echo that it predicts from what was played, and a suppressor removes what is
//! left. How long the sound is on its way (buffers, air) it finds by itself, up to half a second, and follows it.
//!
//! In the first seconds, and in a new room, it knows neither delay nor room, and its suppressor takes every voice away that is heard
//! over what is played. Until it does the echo is only subtracted, as far as it is known: who says "stop" is heard, and so is Jarvis
//! itself, which [`CleanFrame::settled`] tells. So it does of a frame that is mostly echo later on.
//!
//! It costs nothing while nothing is played: what comes in then goes out as it is. Never real-time code: it allocates.

use aec3::api::config::EchoCanceller3Config;
use aec3::graph::GraphResult;
use aec3::nodes::audio::AudioFormat;
use aec3::pipelines::linear::{self, LinearPipeline};
use jarvis_core::audio::{CleanFrame, FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE, rms_dbfs};

/// Samples that are processed at a time: 10 ms.
const CHUNK: usize = SAMPLE_RATE as usize / 100;
/// Below this the speaker plays nothing that a microphone could hear.
const SILENT_DBFS: f32 = -80.0;
/// How long after the last sound its echo may still come: the longest delay that is found, and the room.
const TAIL_MS: u64 = 1_000;
/// While it is not settled: so long after the last sound no echo of it is to be expected, in most rooms.
const UNSETTLED_TAIL_MS: u64 = 200;

/// See the module.
pub struct EchoCanceller {
    pipeline: LinearPipeline,
    /// Frames until there can be no echo any more.
    frames_left: u64,
    /// Whether the frame before this one was cancelled.
    active: bool,
    adaptation: Adaptation,
}

impl EchoCanceller {
    /// One that has heard nothing yet.
    pub fn new() -> Self {
        let format = AudioFormat::ten_ms(SAMPLE_RATE, 1);
        let mut config = EchoCanceller3Config::default();
        config.filter.export_linear_aec_output = true;
        let pipeline = linear::builder(format, format)
            .aec3_config(config)
            .enable_noise_suppression(false)
            .enable_gain_controller2(false)
            .enable_post_filter(false)
            .export_linear_output(true)
            .build()
            .expect("a pipeline of one rate and one channel is complete");
        Self { pipeline, frames_left: 0, active: false, adaptation: Adaptation::new() }
    }

    /// Takes the echo of what is `played` out of what is `heard`. What is played may come early, by up to half a second, and must
    /// not come late: an echo is heard after its sound.
    pub fn cancel(&mut self, heard: &Frame, played: &Frame) -> CleanFrame {
        if rms_dbfs(played) > SILENT_DBFS {
            self.frames_left = TAIL_MS / FRAME_MS;
        }
        let active = self.frames_left > 0;
        self.frames_left = self.frames_left.saturating_sub(1);
        let was_active = std::mem::replace(&mut self.active, active);
        let raw = CleanFrame::from(*heard);
        if !active && !was_active {
            return raw;
        }
        let mut clean = self.run(heard, played);
        let voice = self.adaptation.hear(played, heard, &clean.recognition);
        if !voice && self.frames_left + UNSETTLED_TAIL_MS / FRAME_MS >= TAIL_MS / FRAME_MS {
            clean.settled = false;
            if !self.adaptation.settled {
                clean.detection = clean.recognition;
            }
        }
        match (was_active, active) {
            (false, true) => blend(&raw, &clean),
            (true, false) => blend(&clean, &raw),
            _ => clean,
        }
    }

    fn run(&mut self, heard: &Frame, played: &Frame) -> CleanFrame {
        let mut clean = CleanFrame::from(*heard);
        let sound = heard.as_chunks::<CHUNK>().0.iter().zip(played.as_chunks::<CHUNK>().0);
        let detection = clean.detection.as_chunks_mut::<CHUNK>().0;
        let recognition = clean.recognition.as_chunks_mut::<CHUNK>().0;
        for (((heard, played), detection), recognition) in sound.zip(detection).zip(recognition) {
            self.chunk(heard, played, detection, recognition)
                .expect("the chunks have the length that the pipeline was built for");
        }
        clean
    }

    fn chunk(
        &mut self,
        heard: &[f32; CHUNK],
        played: &[f32; CHUNK],
        detection: &mut [f32; CHUNK],
        recognition: &mut [f32; CHUNK],
    ) -> GraphResult<()> {
        self.pipeline.handle_render_frame(played)?;
        self.pipeline.process_capture_frame(heard, detection)?;
        if let Some(linear) = self.pipeline.try_pull_linear_output()? {
            recognition.copy_from_slice(linear.payload().samples());
        }
        Ok(())
    }
}

/// Whether the filter knows the room: it takes clearly away from what is heard, or there is no echo to take away.
struct Adaptation {
    /// What was heard while something was played, and what the filter left of it.
    heard: Level,
    left: Level,
    /// Frames that it did not know the room minus those that it did, within bounds.
    doubt: u64,
    settled: bool,
}

impl Adaptation {
    /// Played at least so loud, sound teaches the filter.
    const TEACHING_DBFS: f32 = -45.0;
    /// Softer than this is no echo that matters: a person is louder.
    const NO_ECHO_DBFS: f32 = -55.0;
    /// What it takes away at least where it knows the room, dB.
    const LEAST_DB: f32 = 4.0;
    /// Frames of sound, 3 s, after which it is settled, or is not any more. AEC3's own initial state lasts 2.5 s. Who talks over an
    /// answer makes the filter look worse than it is, and has interrupted long before.
    const SETTLING: u64 = 3_000 / FRAME_MS;

    fn new() -> Self {
        Self { heard: Level::default(), left: Level::default(), doubt: Self::SETTLING, settled: false }
    }

    /// Hears a frame, and what the filter left of it. Whether a voice in it is no echo for sure: a filter that knows the room takes
    /// little away from what it does not know.
    fn hear(&mut self, played: &Frame, heard: &Frame, left: &Frame) -> bool {
        self.heard.push(heard);
        self.left.push(left);
        if rms_dbfs(played) >= Self::TEACHING_DBFS {
            let (heard, left) = (self.heard.long(), self.left.long());
            if heard < Self::NO_ECHO_DBFS || heard - left > Self::LEAST_DB {
                self.doubt = self.doubt.saturating_sub(1);
            } else {
                self.doubt = (self.doubt + 1).min(Self::SETTLING);
            }
            match self.doubt {
                0 => self.settled = true,
                Self::SETTLING => self.settled = false,
                _ => {}
            }
        }
        self.settled && self.heard.short() - self.left.short() < Self::LEAST_DB
    }
}

/// Mean squares: over a second or so, and over three frames or so.
#[derive(Default)]
struct Level {
    long: f32,
    short: f32,
}

impl Level {
    fn push(&mut self, frame: &Frame) {
        let power = frame.iter().map(|s| s * s).sum::<f32>() / FRAME_SAMPLES as f32;
        self.long += (power - self.long) / 50.0;
        self.short += (power - self.short) / 3.0;
    }

    /// dBFS.
    fn long(&self) -> f32 {
        10.0 * self.long.max(1e-12).log10()
    }

    /// dBFS.
    fn short(&self) -> f32 {
        10.0 * self.short.max(1e-12).log10()
    }
}

impl Default for EchoCanceller {
    fn default() -> Self {
        Self::new()
    }
}

/// From one to the other within a frame, so that switching does not click.
fn blend(from: &CleanFrame, to: &CleanFrame) -> CleanFrame {
    let mix = |from: &Frame, to: &Frame| {
        std::array::from_fn(|i| {
            let weight = i as f32 / FRAME_SAMPLES as f32;
            from[i] * (1.0 - weight) + to[i] * weight
        })
    };
    CleanFrame {
        detection: mix(&from.detection, &to.detection),
        recognition: mix(&from.recognition, &to.recognition),
        settled: from.settled && to.settled,
    }
}
