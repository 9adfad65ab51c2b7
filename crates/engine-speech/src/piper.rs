//! Text to speech by Piper: espeak-ng makes phonemes, ONNX Runtime makes sound.
//!
//! A voice says one sentence or clause at a time; cutting text into those is for the parent.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jarvis_engine::speech::{Reply, VoiceFiles};
use jarvis_engine::wire::samples_to_bytes;
use jarvis_engine::{Fault, FaultCode, Responder};
use ort::session::Session;
use piper_rs::{ModelConfig, Piper, PiperError};

/// The voices in memory. One speaks at a time: espeak-ng has one global state.
#[derive(Default)]
pub struct Voices {
    loaded: Mutex<HashMap<VoiceFiles, Voice>>,
}

impl Voices {
    /// Loads `voice` and lets it say a word that nobody hears, so that its buffers stand.
    pub fn load(&self, voice: &VoiceFiles) -> Result<(), Fault> {
        self.synthesize(voice, "Ready.", 1.0).map(drop)
    }

    /// Says `text`, in pieces of half a second.
    pub fn say(
        &self,
        voice: &VoiceFiles,
        text: &str,
        speed: f32,
        reply: &Responder<Reply>,
    ) -> Result<(), Fault> {
        // espeak-ng would end the phonemes of nothing with a full stop, which Piper makes a click of.
        if !text.contains(char::is_alphanumeric) || reply.is_cancelled() {
            return Ok(());
        }
        let (samples, sample_rate) = self.synthesize(voice, text, speed)?;
        for piece in samples.chunks(sample_rate as usize / 2) {
            reply.send(Reply::Audio { sample_rate }, &samples_to_bytes(piece))?;
        }
        Ok(())
    }

    fn synthesize(&self, files: &VoiceFiles, text: &str, speed: f32) -> Result<(Vec<f32>, u32), Fault> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let voice = match loaded.entry(files.clone()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Voice::open(files)?),
        };
        voice.synthesize(text, speed)
    }
}

struct Voice {
    piper: Piper,
    /// How long the voice draws its phonemes when it speaks as it was trained.
    length_scale: f32,
}

impl Voice {
    fn open(files: &VoiceFiles) -> Result<Self, Fault> {
        let model = model_beside(&files.config)?;
        let phonemes = files.espeak_data_parent.join("espeak-ng-data");
        for path in [&files.config, &model, &files.onnxruntime, &phonemes.join("phontab")] {
            if !path.is_file() {
                let message = format!("the voice needs {}, which is missing", path.display());
                return Err(Fault::new(FaultCode::ModelMissing, message));
            }
        }
        // espeak-rs looks for its data in the working directory. Nothing else here depends on that.
        std::env::set_current_dir(&files.espeak_data_parent).map_err(|e| damaged(&phonemes, &e))?;
        let runtime = ort::init_from(&files.onnxruntime).map_err(|e| damaged(&files.onnxruntime, &e))?;
        // Settings are taken once a process; they are the same for every voice.
        runtime.with_name("speech").commit();
        let json = fs::read(&files.config).map_err(|e| damaged(&files.config, &e))?;
        let config: ModelConfig = serde_json::from_slice(&json).map_err(|e| damaged(&files.config, &e))?;
        let length_scale = config.inference.length_scale;
        let session = session(&model).map_err(|e| damaged(&model, &e))?;
        Ok(Self { piper: Piper::from_session(session, config), length_scale })
    }

    fn synthesize(&mut self, text: &str, speed: f32) -> Result<(Vec<f32>, u32), Fault> {
        let speed = if speed.is_finite() { speed.clamp(0.5, 2.0) } else { 1.0 };
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.piper.create(&text, false, None, Some(self.length_scale / speed), None, None).map_err(
            |e| match e {
                PiperError::PhonemizationError(reason) => Fault::new(
                    FaultCode::ModelDamaged,
                    format!("the pronunciation data is damaged: {reason}"),
                ),
                other => Fault::new(FaultCode::Internal, format!("the voice failed: {other}")),
            },
        )
    }
}

fn damaged(path: &Path, reason: &dyn std::fmt::Display) -> Fault {
    Fault::new(FaultCode::ModelDamaged, format!("the voice's file {} is damaged: {reason}", path.display()))
}

/// `x.onnx` for `x.onnx.json`.
fn model_beside(config: &Path) -> Result<PathBuf, Fault> {
    match config.extension() {
        Some(json) if json == "json" => Ok(config.with_extension("")),
        _ => {
            Err(Fault::new(FaultCode::BadRequest, format!("{} is no voice configuration", config.display())))
        }
    }
}

/// All cores: the first sound is what the person waits for. (0.055 s against 0.09 s with one of two.)
fn session(model: &Path) -> Result<Session, ort::Error> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Session::builder()?
        .with_intra_threads(cores)?
        // Threads that spin between two sentences would take the cores from the recogniser.
        .with_intra_op_spinning(false)?
        .commit_from_file(model)
}
