//! The speech engine process: Whisper recognises, Piper and Kokoro speak.
//!
//! It answers the requests of [`jarvis_engine::speech`] on its standard input until that is closed. It opens no
//! device, writes no file and reaches no network. It links espeak-ng, so it is GPL-3.0-or-later, alone.
//!
//! The feature `vulkan` makes the program `jarvis-engine-speech-gpu`, which recognises on the graphics card.

mod ggml_file;
mod kokoro;
mod piper;
mod repetition;
mod voices;
mod whisper;

use jarvis_engine::speech::{Reply, Request};
use jarvis_engine::wire::bytes_to_samples;
use jarvis_engine::{Fault, Handler, Responder, serve};
use tracing_subscriber::EnvFilter;

struct Speech {
    recognisers: whisper::Recognisers,
    voices: voices::Voices,
}

impl Handler<Request, Reply> for Speech {
    fn handle(&self, request: Request, payload: Vec<u8>, reply: &Responder<Reply>) -> Result<(), Fault> {
        match request {
            Request::LoadTranscriber { model } => self.recognisers.load(&model),
            Request::LoadVoice { voice } => self.voices.load(&voice, reply),
            Request::Transcribe { model, languages, vocabulary, draft } => {
                let samples = bytes_to_samples(&payload);
                let task =
                    whisper::Task { samples, languages, vocabulary, draft, cancelled: reply.cancel_flag() };
                reply.send(Reply::Transcript(self.recognisers.transcribe(&model, task)?), &[])
            }
            Request::Likelihood { model, language, text } => {
                let samples = bytes_to_samples(&payload);
                let log_probability = self.recognisers.likelihood(&model, &samples, &language, &text)?;
                reply.send(Reply::Likelihood { log_probability }, &[])
            }
            Request::Synthesize { voice, text, speed } => self.voices.say(&voice, &text, speed, reply),
        }
    }
}

/// Answers until standard input is closed; recognises on the graphics card or on the processor.
///
/// # Errors
/// When standard input or output fails.
pub fn run(on_the_card: bool) -> anyhow::Result<()> {
    // Standard error is what the parent logs. Whisper reports its own errors as return values.
    let filter =
        EnvFilter::try_from_env("JARVIS_LOG").unwrap_or_else(|_| EnvFilter::new("warn,whisper_rs=off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    whisper_rs::install_logging_hooks();
    serve(Speech { recognisers: whisper::Recognisers::new(on_the_card), voices: voices::Voices::default() })?;
    Ok(())
}
