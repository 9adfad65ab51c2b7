//! Speech to text by whisper.cpp: models stay loaded, and the encoder looks only as far as the utterance goes.
//!
//! It takes the sound as it is; whether there was speech in it is for the parent to judge, by the doubts
//! that a transcript carries.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jarvis_engine::speech::Transcript;
use jarvis_engine::{Fault, FaultCode};
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError, WhisperState,
};

use crate::ggml_file;
use crate::repetition::{self, Heard};

const SAMPLE_RATE: usize = 16_000;
/// Encoder positions for one second of sound.
const POSITIONS_PER_SECOND: usize = 50;
/// What one pass of the encoder covers.
const WINDOW_SECONDS: usize = 30;
/// The same in positions.
const FULL_CONTEXT: usize = WINDOW_SECONDS * POSITIONS_PER_SECOND;
/// Positions after the end of the sound, so that the model sees that it ends.
const MARGIN: usize = 64;
/// Below this the model repeats itself: with none, 26 of 74 clips did, with 256, 12, with this, 1, and word
/// errors are those of the full context.
const LEAST_CONTEXT: usize = 384;
/// The same where it is only asked about a text and so cannot repeat itself.
const LEAST_LOOK: usize = 128;
/// Tokens of preceding text that the model is shown at most, a quarter of its memory.
const MAX_PROMPT_TOKENS: usize = 112;

/// One stretch of sound to recognise.
pub struct Task {
    /// 16 kHz mono.
    pub samples: Vec<f32>,
    /// Languages that it may be, ISO 639-1; none for all that the model knows.
    pub languages: Vec<String>,
    /// Words to expect.
    pub vocabulary: Vec<String>,
    /// A quick guess is enough: no second try.
    pub draft: bool,
    /// Set when nobody waits for it any more.
    pub cancelled: Arc<AtomicBool>,
}

/// The models in memory. One works at a time: two would only take the cores from each other.
pub struct Recognisers {
    on_the_card: bool,
    loaded: Mutex<HashMap<PathBuf, Recogniser>>,
}

impl Recognisers {
    /// None yet; on the graphics card or on the processor.
    pub fn new(on_the_card: bool) -> Self {
        Self { on_the_card, loaded: Mutex::default() }
    }

    /// Loads `model` and runs it once, so that its buffers stand.
    pub fn load(&self, model: &Path) -> Result<(), Fault> {
        let silence = Task {
            samples: vec![0.0; SAMPLE_RATE],
            languages: vec!["en".into()],
            vocabulary: Vec::new(),
            draft: true,
            cancelled: Arc::default(),
        };
        self.transcribe(model, silence).map(drop)
    }

    /// Recognises `task` by `model`, loading it when needed.
    pub fn transcribe(&self, model: &Path, task: Task) -> Result<Transcript, Fault> {
        self.with(model, |recogniser| recogniser.transcribe(&task))
    }

    /// The natural logarithm of the probability that `samples` (16 kHz mono) begin with `text`, by `model`.
    pub fn likelihood(
        &self,
        model: &Path,
        samples: &[f32],
        language: &str,
        text: &str,
    ) -> Result<f32, Fault> {
        self.with(model, |recogniser| recogniser.likelihood(samples, language, text))
    }

    fn with<T>(
        &self,
        model: &Path,
        work: impl FnOnce(&mut Recogniser) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let recogniser = match loaded.entry(model.to_path_buf()) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Recogniser::open(model, self.on_the_card).map(|new| entry.insert(new)),
        };
        recogniser.and_then(work).inspect_err(|fault| {
            // The card is full, or lost: the process ends, and the one for the processor takes its place.
            if self.on_the_card && fault.code == FaultCode::Internal {
                tracing::error!("the graphics card cannot be used: {}", fault.message);
                std::process::exit(1);
            }
        })
    }
}

struct Recogniser {
    context: WhisperContext,
    state: WhisperState,
    threads: c_int,
}

impl Recogniser {
    fn open(model: &Path, on_the_card: bool) -> Result<Self, Fault> {
        if !model.is_file() {
            let message = format!("the speech recogniser {} is missing", model.display());
            return Err(Fault::new(FaultCode::ModelMissing, message));
        }
        let damaged = |reason: &dyn std::fmt::Display| {
            let message = format!("the speech recogniser {} is damaged: {reason}", model.display());
            Fault::new(FaultCode::ModelDamaged, message)
        };
        ggml_file::check(model).map_err(|e| damaged(&e))?;
        let mut parameters = WhisperContextParameters::new();
        parameters.use_gpu(on_the_card);
        // The file is whole, so where there is a card it is the card that cannot.
        let unusable = |e: WhisperError| if on_the_card { failed(e) } else { damaged(&e) };
        let context = WhisperContext::new_with_params(model, parameters).map_err(unusable)?;
        let state = context.create_state().map_err(unusable)?;
        Ok(Self { context, state, threads: threads() })
    }

    fn transcribe(&mut self, task: &Task) -> Result<Transcript, Fault> {
        if task.cancelled.load(Ordering::Relaxed) {
            return Err(cancelled());
        }
        let failed = |e| if task.cancelled.load(Ordering::Relaxed) { cancelled() } else { failed(e) };
        let samples = padded(&task.samples);
        let context = positions(task.samples.len(), LEAST_CONTEXT);
        let language = match &task.languages[..] {
            _ if !self.context.is_multilingual() => "en",
            [code] => code_and_id(code)?.0,
            several => {
                let candidates =
                    several.iter().map(|code| code_and_id(code)).collect::<Result<Vec<_>, _>>()?;
                self.detect_language(&samples, context, &candidates).map_err(failed)?
            }
        };
        let prompt = self.prompt(&task.vocabulary);
        self.run(&samples, context, language, &prompt, &task.cancelled).map_err(failed)?;
        let mut transcript = self.read(language);
        match repetition::judge(&transcript.text) {
            Heard::Once(_) => {}
            Heard::Repeated(first) => transcript.text = first.to_string(),
            Heard::Lost if task.draft || context == FULL_CONTEXT => {}
            Heard::Lost => {
                // It is the short context that confuses it.
                self.run(&samples, FULL_CONTEXT, language, &prompt, &task.cancelled).map_err(failed)?;
                transcript = self.read(language);
            }
        }
        Ok(transcript)
    }

    fn run(
        &mut self,
        samples: &[f32],
        context: usize,
        language: &str,
        prompt: &[c_int],
        cancelled: &Arc<AtomicBool>,
    ) -> Result<(), WhisperError> {
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_language(Some(language));
        params.set_tokens(prompt);
        params.set_audio_ctx(context as c_int);
        params.set_n_threads(self.threads);
        params.set_no_context(true);
        params.set_suppress_blank(true);
        // Second tries at a higher temperature triple the worst case and seldom help.
        params.set_temperature_inc(0.0);
        // Within one window timestamps only cost time; beyond it they say where the next window starts.
        let one_window = samples.len() <= WINDOW_SECONDS * SAMPLE_RATE;
        params.set_single_segment(one_window);
        params.set_no_timestamps(one_window);
        if one_window {
            // Nobody speaks ten tokens a second: more is the model talking to itself.
            params.set_max_tokens(16 + (10 * samples.len() / SAMPLE_RATE) as c_int);
        }
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_timestamps(false);
        ffi::stop_when(&mut params, cancelled);
        self.state.full(params, samples)
    }

    fn likelihood(&mut self, samples: &[f32], language: &str, text: &str) -> Result<f32, Fault> {
        let (_, id) = code_and_id(language)?;
        let text = self.context.tokenize(&format!(" {text}"), 64).map_err(|e| {
            Fault::new(FaultCode::BadRequest, format!("{text:?} cannot be listened for: {e}"))
        })?;
        let context = &self.context;
        let mut prompt = vec![context.token_sot()];
        if context.is_multilingual() {
            prompt.extend([context.token_lang(id as c_int), context.token_transcribe()]);
        }
        prompt.push(context.token_not());
        self.follow(samples, &prompt, &text).map_err(failed)
    }

    /// The logarithm of the probability that `text` comes behind `prompt`, where `samples` are heard.
    fn follow(&mut self, samples: &[f32], prompt: &[c_int], text: &[c_int]) -> Result<f32, WhisperError> {
        let threads = self.threads as usize;
        self.set_spectrum(&padded(samples), positions(samples.len(), LEAST_LOOK))?;
        self.state.encode(0, threads)?;
        // What the decoder thinks of the first of several tokens is all that can be read of it: so the last one comes alone.
        let (before, mut last) = prompt.split_at(prompt.len() - 1);
        self.state.decode(before, 0, threads)?;
        let mut past = before.len();
        let mut sum = 0.0;
        for token in text {
            self.state.decode(last, past, threads)?;
            past += 1;
            sum += log_probability(self.state.get_logits()?, *token);
            last = std::slice::from_ref(token);
        }
        Ok(sum)
    }

    /// Has the state look at `samples` within `context` encoder positions. The state remembers the context of its last run: a run that
    /// stops before the encoder sets both it and the spectrogram.
    fn set_spectrum(&mut self, samples: &[f32], context: usize) -> Result<(), WhisperError> {
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_audio_ctx(context as c_int);
        ffi::stop_before_encoding(&mut params);
        self.state.full(params, samples)
    }

    /// Finds the likeliest of `candidates`, or of all languages when there are none, within `context` encoder
    /// positions. Of a short sentence the model sees too little to choose among a hundred languages.
    fn detect_language<'l>(
        &mut self,
        samples: &[f32],
        context: usize,
        candidates: &[(&'l str, usize)],
    ) -> Result<&'l str, WhisperError> {
        self.set_spectrum(samples, context)?;
        let (id, likelihood) = self.state.lang_detect(0, self.threads as usize)?;
        let likeliest = candidates.iter().max_by(|a, b| likelihood[a.1].total_cmp(&likelihood[b.1]));
        Ok(likeliest.map_or_else(|| whisper_rs::get_lang_str(id).unwrap_or("en"), |(code, _)| code))
    }

    /// The vocabulary as preceding text: as many of its words as there is room for, from its beginning.
    fn prompt(&self, vocabulary: &[String]) -> Vec<c_int> {
        let tokens = |text: String| self.context.tokenize(&text, 4096).unwrap_or_default();
        let (mut words, mut room) = (Vec::new(), MAX_PROMPT_TOKENS);
        for word in vocabulary.iter().map(|w| w.replace('\0', "")).filter(|w| !w.is_empty()) {
            let Some(left) = room.checked_sub(tokens(format!(" {word},")).len()) else { break };
            room = left;
            words.push(word);
        }
        if words.is_empty() { Vec::new() } else { tokens(format!(" {}.", words.join(", "))) }
    }

    fn read(&self, language: &str) -> Transcript {
        let (mut text, mut logprobs, mut tokens, mut no_speech) = (String::new(), 0.0, 0, 0.0_f32);
        for segment in self.state.as_iter() {
            text += &segment.to_str_lossy().unwrap_or_default();
            no_speech = no_speech.max(segment.no_speech_probability());
            for token in (0..segment.n_tokens()).filter_map(|i| segment.get_token(i)) {
                if token.token_id() < self.context.token_eot() {
                    logprobs += token.token_data().plog;
                    tokens += 1;
                }
            }
        }
        let text = text.trim().to_string();
        if tokens == 0 {
            // Whisper withholds the text when it is sure that nobody spoke.
            return Transcript { text, language: language.into(), avg_logprob: 0.0, no_speech_prob: 1.0 };
        }
        let avg_logprob = logprobs / tokens as f32;
        Transcript { text, language: language.into(), avg_logprob, no_speech_prob: no_speech }
    }
}

fn cancelled() -> Fault {
    Fault::new(FaultCode::Cancelled, "cancelled")
}

/// Whisper refuses less than a tenth of a second; a second is what it has seen in training.
fn padded(samples: &[f32]) -> std::borrow::Cow<'_, [f32]> {
    if samples.len() >= SAMPLE_RATE {
        return samples.into();
    }
    let mut longer = samples.to_vec();
    longer.resize(SAMPLE_RATE, 0.0);
    longer.into()
}

/// How many positions the encoder needs for so many `samples`.
fn positions(samples: usize, least: usize) -> usize {
    let positions = samples * POSITIONS_PER_SECOND / SAMPLE_RATE;
    (positions + MARGIN).max(least).next_multiple_of(64).min(FULL_CONTEXT)
}

/// The logarithm of one token's probability among all.
fn log_probability(logits: &[f32], token: c_int) -> f32 {
    let highest = logits.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
    logits[token as usize] - highest - sum.ln()
}

fn failed(error: WhisperError) -> Fault {
    Fault::new(FaultCode::Internal, format!("the speech recogniser failed: {error}"))
}

/// A language code and its place among the model's languages.
fn code_and_id(code: &str) -> Result<(&str, usize), Fault> {
    let id = if code.bytes().all(|b| b.is_ascii_alphabetic()) { whisper_rs::get_lang_id(code) } else { None };
    match id {
        Some(id) if code.len() == 2 => Ok((code, id as usize)),
        _ => Err(Fault::new(FaultCode::BadRequest, format!("\"{code}\" is no language code"))),
    }
}

/// One thread a core: whisper.cpp's threads wait for each other at every layer, so more only get in the way.
fn threads() -> c_int {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    sysinfo::System::physical_core_count().unwrap_or(cores).min(cores).clamp(1, 8) as c_int
}

/// The two callbacks that whisper-rs leaves in C.
#[allow(unsafe_code)]
mod ffi {
    use std::ffi::c_void;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use whisper_rs::FullParams;

    /// Stops the run after the step during which `flag` was set. (The safe variant of whisper-rs 0.16 casts its
    /// closure to the wrong type.)
    ///
    /// `flag` must outlive the run, which it does: the caller holds it while it waits.
    pub fn stop_when(params: &mut FullParams<'_, '_>, flag: &Arc<AtomicBool>) {
        unsafe extern "C" fn is_set(flag: *mut c_void) -> bool {
            // SAFETY: it is the pointer given below, to a flag that the caller keeps alive during the run.
            unsafe { &*flag.cast::<AtomicBool>() }.load(Ordering::Relaxed)
        }
        // SAFETY: the callback's type is the one asked for, and it only reads an atomic.
        unsafe {
            params.set_abort_callback(Some(is_set));
            params.set_abort_callback_user_data(Arc::as_ptr(flag).cast_mut().cast());
        }
    }

    /// Stops the run when the spectrogram stands.
    pub fn stop_before_encoding(params: &mut FullParams<'_, '_>) {
        unsafe extern "C" fn never(
            _: *mut whisper_rs::whisper_rs_sys::whisper_context,
            _: *mut whisper_rs::whisper_rs_sys::whisper_state,
            _: *mut c_void,
        ) -> bool {
            false
        }
        // SAFETY: the callback's type is the one asked for, and it touches nothing.
        unsafe { params.set_start_encoder_callback(Some(never)) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoder_looks_as_far_as_the_sound_goes() {
        for (seconds, expected) in [(0, 384), (3, 384), (7, 448), (10, 576), (29, 1500), (60, 1500)] {
            assert_eq!(positions(seconds * SAMPLE_RATE, LEAST_CONTEXT), expected, "{seconds} s");
        }
    }

    #[test]
    fn words_that_have_no_room_are_left_out_whole() {
        let model = jarvis_testkit::models::path("whisper-tiny-en", "ggml-tiny.en.bin");
        let recogniser = Recogniser::open(&model, false).unwrap();
        let prompt = |words: usize| recogniser.prompt(&vec!["Siobhan".to_string(); words]);
        let (one, many) = (prompt(1), prompt(500));
        assert!(prompt(0).is_empty());
        assert!((MAX_PROMPT_TOKENS - one.len()..=MAX_PROMPT_TOKENS).contains(&many.len()), "{}", many.len());
        assert_eq!(many[many.len() - one.len()..], one, "the last is whole, with a full stop behind it");
    }

    #[test]
    fn a_run_stops_when_it_is_cancelled() {
        let model = jarvis_testkit::models::path("whisper-tiny-en", "ggml-tiny.en.bin");
        let mut recogniser = Recogniser::open(&model, false).unwrap();
        let sound = vec![0.0; SAMPLE_RATE];
        let cancelled = Arc::new(AtomicBool::new(true));
        recogniser.run(&sound, LEAST_CONTEXT, "en", &[], &cancelled).unwrap_err();
        cancelled.store(false, Ordering::Relaxed);
        recogniser.run(&sound, LEAST_CONTEXT, "en", &[], &cancelled).unwrap();
    }
}
