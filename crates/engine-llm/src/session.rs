//! One model at work: reads a conversation, writes the answer, and remembers what it has read.
//!
//! What two conversations have in common at their beginning is read once: standing instructions, tools and
//! earlier turns cost nothing the second time.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};

use jarvis_core::Usage;
use jarvis_engine::llm::{Generate, Reply};
use jarvis_engine::{Fault, FaultCode};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

use crate::answer::Answer;
use crate::model::Model;
use crate::{grammar, prompt};

/// Tokens read at a stretch: enough to keep the cores busy, few enough to stop soon.
const BATCH: usize = 128;
/// The only sequence in the cache.
const SEQUENCE: i32 = 0;
/// The place of the newest token's probabilities.
const NEWEST: i32 = -1;

/// A model with its memory of the conversation.
pub struct Session<'m> {
    model: &'m Model,
    context: LlamaContext<'m>,
    batch: LlamaBatch<'static>,
    /// The tokens in the cache.
    read: Vec<LlamaToken>,
}

impl<'m> Session<'m> {
    /// A session that sees `context_length` tokens at once, or as many as the model can.
    pub fn new(backend: &LlamaBackend, model: &'m Model, context_length: u32) -> Result<Self, Fault> {
        let length = context_length.min(model.llama.n_ctx_train()).max(BATCH as u32);
        let threads = threads();
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(length))
            .with_n_batch(BATCH as u32)
            .with_n_ubatch(BATCH as u32)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let context = model.llama.new_context(backend, params).map_err(|e| {
            Fault::new(FaultCode::Internal, format!("there is no memory for {length} tokens of context: {e}"))
        })?;
        Ok(Self { model, context, batch: LlamaBatch::new(BATCH, 1), read: Vec::new() })
    }

    /// Runs the model once, so that its weights are in memory.
    pub fn warm(&mut self) -> Result<(), Fault> {
        if self.read.is_empty() {
            let vocab = self.model.llama.vocab();
            self.read(&vocab.tokenize(b"Hello", true, false), &AtomicBool::new(false))?;
        }
        Ok(())
    }

    /// Answers. With `max_tokens` 0 it only reads, so that an answer to a longer conversation begins sooner.
    pub fn generate(
        &mut self,
        request: &Generate,
        cancelled: &AtomicBool,
        emit: &mut dyn FnMut(Reply) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let context = self.context.n_ctx() as usize;
        let tokens = prompt::tokens(self.model, request, context)?;
        let tools = if request.json_schema.is_some() { &[] } else { request.tools.as_slice() };
        let mut sampler = Sampler::new(self.model, request)?;
        let cached = self.read(&tokens, cancelled)?;
        let vocab = self.model.llama.vocab();
        let mut answer = Answer::new(tools);
        let mut written = 0;
        while written < request.max_tokens && self.read.len() < context && !answer.is_complete() {
            if cancelled.load(Ordering::Relaxed) {
                return Err(stopped());
            }
            let Some(token) = sampler.next(&self.context) else { break };
            if vocab.is_eog(token) {
                break;
            }
            sampler.accept(token)?;
            written += 1;
            // The tag of a call is a special token for some models, and has to be seen.
            if let Some(reply) = answer.push(&vocab.token_to_piece(token, !tools.is_empty(), None)) {
                emit(reply)?;
            }
            self.decode(&[token], true)?;
        }
        if let Some(reply) = answer.finish() {
            emit(reply)?;
        }
        let usage = Usage {
            prompt_tokens: tokens.len() as u32,
            cached_tokens: cached as u32,
            completion_tokens: written,
        };
        emit(Reply::Usage(usage))
    }

    /// Brings the cache to exactly `tokens`; returns how many of them it held already.
    fn read(&mut self, tokens: &[LlamaToken], cancelled: &AtomicBool) -> Result<usize, Fault> {
        let common = self.read.iter().zip(tokens).take_while(|(a, b)| a == b).count();
        // The last one is always read again: it gives the probabilities of the next.
        self.forget_after(common.min(tokens.len().saturating_sub(1)));
        let known = self.read.len();
        for chunk in tokens[known..].chunks(BATCH) {
            if cancelled.load(Ordering::Relaxed) {
                return Err(stopped());
            }
            let is_last = self.read.len() + chunk.len() == tokens.len();
            self.decode(chunk, is_last)?;
        }
        Ok(known)
    }

    fn forget_after(&mut self, keep: usize) {
        if keep == self.read.len() {
            return;
        }
        match self.context.clear_kv_cache_seq(Some(SEQUENCE as u32), Some(keep as u32), None) {
            Ok(true) => self.read.truncate(keep),
            // Recurrent models can only forget everything.
            _ => self.forget(),
        }
    }

    fn forget(&mut self) {
        self.context.clear_kv_cache();
        self.read.clear();
    }

    /// Reads up to [`BATCH`] tokens; the last one's probabilities are kept when `wanted`.
    fn decode(&mut self, tokens: &[LlamaToken], wanted: bool) -> Result<(), Fault> {
        let failed = |e: &dyn std::fmt::Display| {
            Fault::new(FaultCode::Internal, format!("the language model failed: {e}"))
        };
        self.batch.clear();
        for (i, token) in tokens.iter().enumerate() {
            let position = (self.read.len() + i) as i32;
            let wanted = wanted && i + 1 == tokens.len();
            self.batch.add(*token, position, &[SEQUENCE], wanted).map_err(|e| failed(&e))?;
        }
        if let Err(e) = self.context.decode(&mut self.batch) {
            // Nobody knows how far it came.
            self.forget();
            return Err(failed(&e));
        }
        self.read.extend_from_slice(tokens);
        Ok(())
    }
}

/// Chooses the next token.
struct Sampler {
    choice: LlamaSampler,
    grammar: Option<LlamaSampler>,
}

impl Sampler {
    fn new(model: &Model, request: &Generate) -> Result<Self, Fault> {
        let rules = match &request.json_schema {
            Some(schema) => Some(grammar::for_schema(&schema.to_string())?),
            None if request.tools.is_empty() => None,
            None => Some(grammar::for_tools(&request.tools)?),
        };
        let grammar =
            rules.map(|rules| LlamaSampler::grammar(&model.llama, &rules, "root")).transpose().map_err(
                |e| Fault::new(FaultCode::BadRequest, format!("a schema cannot be used as a grammar: {e}")),
            )?;
        let choice = if request.temperature > 0.0 {
            let seed = RandomState::new().hash_one(()) as u32;
            vec![
                LlamaSampler::top_k(40),
                LlamaSampler::top_p(0.9, 1),
                LlamaSampler::min_p(0.05, 1),
                LlamaSampler::temp(request.temperature),
                LlamaSampler::dist(seed),
            ]
        } else {
            vec![LlamaSampler::greedy()]
        };
        Ok(Self { choice: LlamaSampler::chain(choice, true), grammar })
    }

    /// The next token; `None` when the grammar leaves none.
    fn next(&mut self, context: &LlamaContext<'_>) -> Option<LlamaToken> {
        let Some(grammar) = &mut self.grammar else { return Some(self.choice.sample(context, NEWEST)) };
        // Holding one token against the grammar is cheap, holding the whole vocabulary against it is not. So
        // the model chooses freely first, and again under the grammar only when that choice is not allowed.
        let mut all = context.token_data_array_ith(NEWEST);
        all.apply_sampler(&mut self.choice);
        let mut token = all.selected_token()?;
        let mut one = LlamaTokenDataArray::new(vec![LlamaTokenData::new(token, 0.0, 0.0)], false);
        one.apply_sampler(grammar);
        if one.data[0].logit() == f32::NEG_INFINITY {
            let mut all = context.token_data_array_ith(NEWEST);
            all.apply_sampler(grammar);
            all.data.retain(|candidate| candidate.logit() > f32::NEG_INFINITY);
            if all.data.is_empty() {
                return None;
            }
            all.apply_sampler(&mut self.choice);
            token = all.selected_token()?;
        }
        Some(token)
    }

    /// Goes on after `token`, which must not be an end of the answer.
    fn accept(&mut self, token: LlamaToken) -> Result<(), Fault> {
        match &mut self.grammar {
            Some(grammar) => grammar.try_accept(token).map_err(|e| {
                Fault::new(FaultCode::Internal, format!("the language model left its grammar: {e}"))
            }),
            None => Ok(()),
        }
    }
}

fn stopped() -> Fault {
    Fault::new(FaultCode::Cancelled, "cancelled")
}

/// One thread a core: llama.cpp's threads wait for each other at every layer, so more only get in the way.
fn threads() -> i32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    sysinfo::System::physical_core_count().unwrap_or(cores).min(cores).clamp(1, 16) as i32
}
