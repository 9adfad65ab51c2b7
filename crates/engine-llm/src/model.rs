//! A GGUF file in memory, with what belongs to its vocabulary.
//!
//! llama.cpp is only given files that look like GGUF (format: github.com/ggml-org/ggml, docs/gguf.md); whatever
//! else is wrong with one becomes a fault, and the process goes on.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use jarvis_engine::{Fault, FaultCode};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};

/// Magic, version, number of tensors, number of metadata entries.
const HEADER_LEN: usize = 24;

/// A loaded model.
pub struct Model {
    /// The weights and the vocabulary.
    pub llama: LlamaModel,
    /// How it wants a conversation written down.
    pub template: LlamaChatTemplate,
    /// The texts of its control tokens: nobody but the template may say them.
    pub control: Vec<String>,
}

/// Loads the file at `path`.
pub fn load(backend: &LlamaBackend, path: &Path) -> Result<Model, Fault> {
    check(path)?;
    let params = LlamaModelParams::default();
    let llama = LlamaModel::load_from_file(backend, path, &params)
        .map_err(|_| damaged(path, "llama.cpp cannot load it"))?;
    let vocab = llama.vocab();
    let control = vocab
        .tokens()
        .filter(|t| vocab.is_control(*t))
        .filter_map(|t| Some(vocab.text(t)?.to_str().ok()?.to_string()))
        .filter(|text| text.len() > 1)
        .collect();
    let template = template(&llama)?;
    Ok(Model { llama, template, control })
}

/// The file's own chat template where llama.cpp knows it, else ChatML, which most small models were trained on.
fn template(llama: &LlamaModel) -> Result<LlamaChatTemplate, Fault> {
    let internal = |e: &dyn std::fmt::Display| Fault::new(FaultCode::Internal, e.to_string());
    let probe = [LlamaChatMessage::new("user".into(), "Hi".into()).map_err(|e| internal(&e))?];
    match llama.chat_template(None) {
        Ok(own) if llama.apply_chat_template(&own, &probe, true).is_ok() => Ok(own),
        _ => LlamaChatTemplate::new("chatml").map_err(|e| internal(&e)),
    }
}

fn check(path: &Path) -> Result<(), Fault> {
    let mut file = File::open(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => {
            Fault::new(FaultCode::ModelMissing, format!("the language model {} is missing", path.display()))
        }
        _ => damaged(path, &e.to_string()),
    })?;
    let mut header = [0; HEADER_LEN];
    file.read_exact(&mut header).map_err(|_| damaged(path, "it is too short"))?;
    let Some([a, b, c, d, ..]) = header.strip_prefix(b"GGUF") else {
        return Err(damaged(path, "it is not a GGUF file"));
    };
    match u32::from_le_bytes([*a, *b, *c, *d]) {
        2 | 3 => Ok(()),
        other => Err(damaged(path, &format!("its GGUF version is {other}"))),
    }
}

fn damaged(path: &Path, reason: &str) -> Fault {
    Fault::new(FaultCode::ModelDamaged, format!("the language model {} is damaged: {reason}", path.display()))
}
