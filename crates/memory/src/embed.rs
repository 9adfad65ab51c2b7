//! Text to vectors: two texts that mean much the same have vectors that point the same way.
//!
//! The model is all-MiniLM-L6-v2 (a BERT of six layers), run in process. As its authors prescribe, the vectors of a text's
//! tokens are averaged and the result is brought to length 1, so that the dot product of two is their cosine.

use std::path::{Path, PathBuf};

use candle_core::{D, DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use tokenizers::{PaddingParams, Tokenizer, TruncationParams};

use crate::index::IndexError;

/// Numbers in a vector.
pub const DIMENSIONS: usize = 384;
/// Tokens of a text that count, as the model was trained; what is behind them is not looked at.
const TOKENS: usize = 256;
/// Texts that go through the model at once.
const BATCH: usize = 32;

/// The files of an embedding model.
#[derive(Clone, Debug)]
pub struct EmbedderFiles {
    /// `model.safetensors`
    pub weights: PathBuf,
    /// `tokenizer.json`
    pub tokenizer: PathBuf,
    /// `config.json`
    pub config: PathBuf,
}

/// See the module.
pub struct Embedder {
    model: BertModel,
    tokenizer: Tokenizer,
}

impl Embedder {
    /// Loads the model: 90 MB are read.
    pub fn open(files: &EmbedderFiles) -> Result<Self, IndexError> {
        let unusable = |path: &Path, reason: &dyn std::fmt::Display| IndexError::Model {
            path: path.into(),
            reason: reason.to_string(),
        };
        let config = std::fs::read(&files.config).map_err(|e| unusable(&files.config, &e))?;
        let config: Config = serde_json::from_slice(&config).map_err(|e| unusable(&files.config, &e))?;
        let mut tokenizer =
            Tokenizer::from_file(&files.tokenizer).map_err(|e| unusable(&files.tokenizer, &e))?;
        let truncation = TruncationParams { max_length: TOKENS, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|e| unusable(&files.tokenizer, &e))?;
        // To the longest of a batch.
        tokenizer.with_padding(Some(PaddingParams::default()));
        let weights = std::fs::read(&files.weights).map_err(|e| unusable(&files.weights, &e))?;
        let load = || {
            let weights = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Device::Cpu)?;
            BertModel::load(weights, &config)
        };
        let model = load().map_err(|e| unusable(&files.weights, &e))?;
        if config.hidden_size != DIMENSIONS {
            let reason = format!("its vectors have {} numbers, not {DIMENSIONS}", config.hidden_size);
            return Err(unusable(&files.config, &reason));
        }
        Ok(Self { model, tokenizer })
    }

    /// A vector for each of the texts, in their order.
    pub fn embed(&self, texts: &[impl AsRef<str>]) -> Result<Vec<Vec<f32>>, IndexError> {
        let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        // Those of like length go together: the others of a batch are padded to its longest.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&i| texts[i].len());
        let mut vectors = vec![Vec::new(); texts.len()];
        for batch in order.chunks(BATCH) {
            let of_batch: Vec<&str> = batch.iter().map(|&i| texts[i]).collect();
            let embedded = self.batch(of_batch).map_err(|e| IndexError::Embedding(e.to_string()))?;
            for (&i, vector) in batch.iter().zip(embedded) {
                vectors[i] = vector;
            }
        }
        Ok(vectors)
    }

    fn batch(&self, texts: Vec<&str>) -> candle_core::Result<Vec<Vec<f32>>> {
        let tokens = self.tokenizer.encode_batch(texts, true).map_err(candle_core::Error::wrap)?;
        let rows = |of: fn(&tokenizers::Encoding) -> &[u32]| {
            let rows: candle_core::Result<Vec<Tensor>> =
                tokens.iter().map(|t| Tensor::new(of(t), &Device::Cpu)).collect();
            Tensor::stack(&rows?, 0)
        };
        let (ids, mask) = (rows(|t| t.get_ids())?, rows(|t| t.get_attention_mask())?);
        let states = self.model.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
        let mask = mask.to_dtype(DType::F32)?.unsqueeze(D::Minus1)?;
        let sum = states.broadcast_mul(&mask)?.sum(1)?;
        // The mean's direction is that of the sum.
        let length = sum.sqr()?.sum_keepdim(1)?.sqrt()?;
        sum.broadcast_div(&length)?.to_vec2()
    }
}
