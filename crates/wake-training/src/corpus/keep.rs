//! Corpora as files: hearing takes minutes, and the same recipe is learned from more than once.

use std::path::Path;

use jarvis_voice::wake::{EMBEDDING, STEPS};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize};

use super::{Corpora, Corpus, Label, Window};
use crate::error::TrainingError;

impl Corpora {
    /// Reads what was kept; none where there is none or it is damaged.
    pub fn load(path: &Path) -> Option<Self> {
        let bytes = std::fs::read(path).ok()?;
        let tensors = SafeTensors::deserialize(&bytes).ok()?;
        Some(Self { training: read(&tensors, "training")?, held_out: read(&tensors, "held-out")? })
    }

    /// Keeps it.
    pub fn save(&self, path: &Path) -> Result<(), TrainingError> {
        let bytes: Vec<(String, Dtype, usize, Vec<u8>)> =
            [("training", &self.training), ("held-out", &self.held_out)]
                .into_iter()
                .flat_map(|(name, corpus)| {
                    let embeddings = corpus.embeddings.iter().flat_map(|v| v.to_le_bytes()).collect();
                    let windows = corpus.windows.iter();
                    let windows = windows.flat_map(|w| [w.start, w.label as u32, w.clip]);
                    let windows: Vec<u8> = windows.chain([corpus.clips]).flat_map(u32::to_le_bytes).collect();
                    [
                        (format!("{name}.embeddings"), Dtype::F32, corpus.embeddings.len(), embeddings),
                        (format!("{name}.windows"), Dtype::U32, corpus.windows.len() * 3 + 1, windows),
                    ]
                })
                .collect();
        let views: Result<Vec<_>, _> = bytes
            .iter()
            .map(|(name, kind, count, bytes)| {
                Ok((name.as_str(), TensorView::new(*kind, vec![*count], bytes)?))
            })
            .collect();
        let file = views.and_then(|views| serialize(views, None));
        crate::files::replace(path, &file.map_err(candle_core::Error::wrap)?)
    }
}

fn read(tensors: &SafeTensors<'_>, name: &str) -> Option<Corpus> {
    let embeddings = tensors.tensor(&format!("{name}.embeddings")).ok()?;
    let windows = tensors.tensor(&format!("{name}.windows")).ok()?;
    let numbers: Vec<u32> =
        windows.data().as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
    let (clips, windows) = numbers.split_last()?;
    let embeddings: Vec<f32> =
        embeddings.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
    let there = |start: u32| (start as usize + STEPS) * EMBEDDING <= embeddings.len();
    let label = |number| match number {
        0 => Some(Label::Phrase),
        1 => Some(Label::NearMiss),
        2 => Some(Label::Other),
        _ => None,
    };
    let windows: Option<Vec<Window>> = windows
        .as_chunks::<3>()
        .0
        .iter()
        .map(|[start, kind, clip]| {
            there(*start).then_some(Window { start: *start, label: label(*kind)?, clip: *clip })
        })
        .collect();
    Some(Corpus { windows: windows?, embeddings, clips: *clips })
}
