//! Text to speech: the voices in memory, whichever network they speak through.
//!
//! A voice says one sentence or clause at a time; cutting text into those is for the parent. What a network gives is
//! brought to the common level and between pauses of the usual length (`voices/finish.rs`), so that all voices sound
//! alike in everything but who speaks.

mod finish;
mod runtime;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use jarvis_engine::speech::{Reply, VoiceFiles, VoiceModel};
use jarvis_engine::wire::samples_to_bytes;
use jarvis_engine::{Fault, FaultCode, Responder};

use crate::kokoro::{Kokoro, Style};
use crate::piper::PiperVoice;
use finish::Finish;

pub use runtime::{damaged, session};

/// What says a voice's first words, which nobody hears: enough of them to know how loud it is.
const WARM_UP: &str = "Good morning, I am ready.";

/// The voices in memory. One speaks at a time: espeak-ng has one global state.
#[derive(Default)]
pub struct Voices {
    loaded: Mutex<Loaded>,
}

#[derive(Default)]
struct Loaded {
    voices: HashMap<VoiceFiles, Voice>,
    /// By its file: many voices share one.
    kokoro: HashMap<PathBuf, Kokoro>,
}

struct Voice {
    network: Network,
    finish: Finish,
}

enum Network {
    Piper(PiperVoice),
    Kokoro(PathBuf, Style),
}

impl Voices {
    /// Loads `voice` and lets it say what nobody hears, so that its buffers stand.
    pub fn load(&self, voice: &VoiceFiles, reply: &Responder<Reply>) -> Result<(), Fault> {
        self.speak(voice, WARM_UP, 1.0, reply, &mut |_, _| Ok(()))
    }

    /// Says `text`, in pieces of half a second.
    pub fn say(
        &self,
        voice: &VoiceFiles,
        text: &str,
        speed: f32,
        reply: &Responder<Reply>,
    ) -> Result<(), Fault> {
        // espeak-ng would end the phonemes of nothing with a full stop, which becomes a click.
        if !text.contains(char::is_alphanumeric) || reply.is_cancelled() {
            return Ok(());
        }
        self.speak(voice, text, speed, reply, &mut |samples, sample_rate| {
            for piece in samples.chunks(sample_rate as usize / 2) {
                reply.send(Reply::Audio { sample_rate }, &samples_to_bytes(piece))?;
            }
            Ok(())
        })
    }

    fn speak(
        &self,
        files: &VoiceFiles,
        text: &str,
        speed: f32,
        reply: &Responder<Reply>,
        to: &mut dyn FnMut(&[f32], u32) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let speed = if speed.is_finite() { speed.clamp(0.5, 2.0) } else { 1.0 };
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has stopped waiting meanwhile does not keep the next one waiting.
        if reply.is_cancelled() {
            return Ok(());
        }
        let Loaded { voices, kokoro } = &mut *loaded;
        let voice = match voices.entry(files.clone()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(open(files, kokoro)?),
        };
        let finish = &mut voice.finish;
        match &mut voice.network {
            Network::Piper(piper) => {
                let (samples, sample_rate) = piper.synthesize(&text, speed)?;
                to(&finish.finish(samples, sample_rate, &text, speed)?, sample_rate)
            }
            Network::Kokoro(model, style) => {
                // It was opened with the voice, and goes only with the process.
                let Some(network) = kokoro.get_mut(model) else {
                    return Err(Fault::new(FaultCode::Internal, "the voice has lost its network"));
                };
                for piece in network.pieces(&text, style)? {
                    let samples = network.synthesize(&piece, style, speed, reply)?;
                    let (rate, end) = (crate::kokoro::SAMPLE_RATE, piece.text());
                    to(&finish.finish(samples, rate, end, speed)?, rate)?;
                }
                Ok(())
            }
        }
    }
}

fn open(files: &VoiceFiles, networks: &mut HashMap<PathBuf, Kokoro>) -> Result<Voice, Fault> {
    let network = match &files.voice {
        VoiceModel::Piper { config } => {
            let model = PiperVoice::model_beside(config)?;
            runtime::start(files, &[config, &model])?;
            Network::Piper(PiperVoice::open(config, &model)?)
        }
        VoiceModel::Kokoro { model, style, accent } => {
            runtime::start(files, &[model, style])?;
            let style = Style::open(style, *accent)?;
            if let Entry::Vacant(entry) = networks.entry(model.clone()) {
                entry.insert(Kokoro::open(model)?);
            }
            Network::Kokoro(model.clone(), style)
        }
    };
    Ok(Voice { network, finish: Finish::default() })
}
