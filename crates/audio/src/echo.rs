//! Echo cancellation: the microphone without what the speaker plays.
//!
//! WebRTC's AEC3: an adaptive filter subtracts the echo that it predicts from what was played, and a suppressor removes what is
//! left. How long the sound is on its way (buffers, air) it finds by itself, up to half a second, and follows it.
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

/// See the module.
pub struct EchoCanceller {
    pipeline: LinearPipeline,
    /// Frames until there can be no echo any more.
    frames_left: u64,
    /// Whether the frame before this one was cancelled.
    active: bool,
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
        Self { pipeline, frames_left: 0, active: false }
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
        let clean = self.run(heard, played);
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
    }
}
