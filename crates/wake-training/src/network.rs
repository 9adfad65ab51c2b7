//! A network of a head while it learns. [`jarvis_voice::wake::OwnHead`] is the same network while it listens, and the mean of several;
//! the two are held against each other by a test.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use fastrand::Rng;
use jarvis_voice::wake::{EMBEDDING, HeadFacts, OwnHead, STEPS};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};

use crate::sound::normal;

/// Steps that a convolution sees at once.
const KERNEL: usize = 3;
/// Outputs of each layer.
const FIRST: usize = 32;
const SECOND: usize = 32;
const HIDDEN: usize = 64;
/// Share of the values that a step of learning leaves out, so that none is relied on alone.
const DROPPED: f32 = 0.35;
/// How far a window may be moved while it is learned from, in deviations of its values.
const SHIFTED: f32 = 0.6;

/// A layer: a row of weights for each output, and what is added.
struct Layer {
    name: &'static str,
    weight: Var,
    bias: Var,
}

impl Layer {
    fn new(name: &'static str, inputs: usize, outputs: usize, rng: &mut Rng) -> candle_core::Result<Self> {
        // By He: the deviation at which layers neither fade nor swell.
        let deviation = (2.0 / inputs as f32).sqrt();
        let weight: Vec<f32> = (0..inputs * outputs).map(|_| normal(rng) * deviation).collect();
        let weight = Var::from_tensor(&Tensor::from_vec(weight, (outputs, inputs), &Device::Cpu)?)?;
        let bias = Var::zeros(outputs, DType::F32, &Device::Cpu)?;
        Ok(Self { name, weight, bias })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        x.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)
    }

    /// Over each [`KERNEL`] steps in a row of `x`, whose dimensions are steps, windows and channels. With the steps first, what a
    /// part of the kernel sees is all in one place: the tensor library is twice as quick as with the windows first.
    fn convolve(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let (steps, windows, channels) = x.dims3()?;
        let out = steps + 1 - KERNEL;
        let part = |k: usize| {
            let weight = self.weight.narrow(1, k * channels, channels)?.t()?;
            x.narrow(0, k, out)?.reshape((out * windows, channels))?.matmul(&weight)
        };
        let sum = (1..KERNEL).try_fold(part(0)?, |sum, k| sum + part(k)?)?;
        sum.broadcast_add(&self.bias)?.relu()?.reshape((out, windows, ()))
    }
}

/// See the module.
pub struct Network {
    layers: [Layer; 4],
    optimizer: AdamW,
    /// Of the embeddings' values in training: what is taken off, and what they are multiplied by.
    scale: Vec<(f32, f32)>,
    rng: Rng,
    /// Sums of the weights as they were at several moments, and how many moments: their mean errs less than the last.
    mean: Vec<Vec<f32>>,
    moments: usize,
}

/// What the network learns from at once.
pub struct Batch {
    /// A window a row.
    pub windows: Vec<f32>,
    /// 1 where it is the phrase, else 0.
    pub targets: Vec<f32>,
    /// How much each counts.
    pub weights: Vec<f32>,
}

impl Network {
    /// A network that knows nothing yet. `embeddings` are those that it will see, or some of them.
    pub fn new(embeddings: &[f32], seed: u64) -> candle_core::Result<Self> {
        let mut rng = Rng::with_seed(seed);
        let steps = STEPS - 2 * (KERNEL - 1);
        let layers = [
            Layer::new("first", KERNEL * EMBEDDING, FIRST, &mut rng)?,
            Layer::new("second", KERNEL * FIRST, SECOND, &mut rng)?,
            Layer::new("hidden", steps * SECOND, HIDDEN, &mut rng)?,
            Layer::new("out", HIDDEN, 1, &mut rng)?,
        ];
        let vars = layers.iter().flat_map(|l| [l.weight.clone(), l.bias.clone()]).collect();
        let optimizer = AdamW::new(vars, ParamsAdamW { weight_decay: 0.03, ..ParamsAdamW::default() })?;
        Ok(Self { layers, optimizer, scale: scale(embeddings), rng, mean: Vec::new(), moments: 0 })
    }

    /// One step of learning at a rate; gives the loss.
    pub fn learn(&mut self, batch: &Batch, rate: f64) -> candle_core::Result<f32> {
        self.optimizer.set_learning_rate(rate);
        let logits = self.forward(&batch.windows, true)?;
        let count = batch.targets.len();
        let targets = Tensor::from_slice(&batch.targets, count, &Device::Cpu)?;
        let weights = Tensor::from_slice(&batch.weights, count, &Device::Cpu)?;
        // Cross entropy, in the form that does not overflow.
        let log = ((logits.abs()?.neg()?.exp()? + 1.0)?.log())?;
        let each = ((logits.relu()? - (&logits * targets)?)? + log)?;
        let loss = (each * weights)?.sum_all()?;
        self.optimizer.backward_step(&loss)?;
        loss.to_scalar()
    }

    /// The weights as they are now become part of the mean.
    pub fn remember(&mut self) -> candle_core::Result<()> {
        let now = self.values()?;
        if self.mean.is_empty() {
            self.mean = now;
        } else {
            for (sum, now) in self.mean.iter_mut().zip(now) {
                sum.iter_mut().zip(now).for_each(|(sum, now)| *sum += now);
            }
        }
        self.moments += 1;
        Ok(())
    }

    /// From now on the weights are the mean of what was remembered.
    pub fn settle(&mut self) -> candle_core::Result<()> {
        let mean = std::mem::take(&mut self.mean);
        let count = std::mem::take(&mut self.moments).max(1) as f32;
        let vars = self.layers.iter().flat_map(|l| [&l.weight, &l.bias]);
        for (var, sum) in vars.zip(mean) {
            let values: Vec<f32> = sum.into_iter().map(|v| v / count).collect();
            var.set(&Tensor::from_vec(values, var.shape(), &Device::Cpu)?)?;
        }
        Ok(())
    }

    /// The same network as it listens.
    pub fn listening(&self) -> candle_core::Result<OwnHead> {
        let facts = HashMap::from([("phrase".to_string(), String::new())]);
        let file = head_file(std::slice::from_ref(self), 0.0, &facts)?;
        OwnHead::read(&file, [0.0; EMBEDDING]).map_err(candle_core::Error::msg)
    }

    /// Names, shapes and bytes of a head's tensors. `shift` is taken off every logit.
    fn tensors(&self, number: usize, shift: f32) -> candle_core::Result<Vec<(String, Vec<usize>, Vec<u8>)>> {
        let mut values = self.values()?;
        // What is done to the embeddings becomes part of the first layer.
        let (weight, bias) = values.split_at_mut(1);
        for (row, bias) in weight[0].chunks_exact_mut(KERNEL * EMBEDDING).zip(bias[0].iter_mut()) {
            for (value, (off, times)) in row.iter_mut().zip(self.scale.iter().cycle()) {
                *value *= times;
                *bias -= *value * off;
            }
        }
        if let Some(last) = values.last_mut() {
            last[0] -= shift;
        }
        let parts = self.layers.iter().flat_map(|l| [(l, "weight", &l.weight), (l, "bias", &l.bias)]);
        let tensor = |((layer, part, var), values): ((&Layer, &str, &Var), Vec<f32>)| {
            let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            (format!("{number}.{}.{part}", layer.name), var.dims().to_vec(), bytes)
        };
        Ok(parts.zip(values).map(tensor).collect())
    }

    fn values(&self) -> candle_core::Result<Vec<Vec<f32>>> {
        let vars = self.layers.iter().flat_map(|l| [&l.weight, &l.bias]);
        vars.map(|var| var.flatten_all()?.to_vec1()).collect()
    }

    fn forward(&mut self, windows: &[f32], learning: bool) -> candle_core::Result<Tensor> {
        let count = windows.len() / (STEPS * EMBEDDING);
        let scaled: Vec<f32> = windows
            .iter()
            .zip(self.scale.iter().cycle())
            .map(|(v, (off, times))| (v - off) * times)
            .collect();
        let x = Tensor::from_vec(scaled, (count, STEPS, EMBEDDING), &Device::Cpu)?;
        let x = if learning { shifted(&x, &mut self.rng)? } else { x };
        let [first, second, hidden, out] = &self.layers;
        let x = first.convolve(&x.transpose(0, 1)?.contiguous()?)?;
        let x = second.convolve(&x)?.transpose(0, 1)?.flatten_from(1)?;
        let x = if learning { dropped(&x, &mut self.rng)? } else { x };
        let x = hidden.forward(&x)?.relu()?;
        let x = if learning { dropped(&x, &mut self.rng)? } else { x };
        out.forward(&x)?.flatten_all()
    }
}

/// The file of a head of these networks. `shift` is taken off every logit, so that a score of one half means what the threshold
/// should be.
pub fn head_file(
    networks: &[Network],
    shift: f32,
    facts: &HashMap<String, String>,
) -> candle_core::Result<Vec<u8>> {
    let mut tensors = Vec::new();
    for (i, network) in networks.iter().enumerate() {
        tensors.extend(network.tensors(i, shift)?);
    }
    let views: Result<Vec<_>, _> = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect();
    let mut facts = facts.clone();
    facts.insert("format".into(), HeadFacts::FORMAT.into());
    let views = views.map_err(|e: safetensors::SafeTensorError| candle_core::Error::wrap(e))?;
    serialize(views, Some(facts)).map_err(candle_core::Error::wrap)
}

/// Each window moved by a small step of its own, the same at all of its times: as another voice or microphone would move it.
fn shifted(x: &Tensor, rng: &mut Rng) -> candle_core::Result<Tensor> {
    let (count, _, values) = x.dims3()?;
    let mut steps = Vec::with_capacity(count * values);
    for _ in 0..count {
        let far = SHIFTED * rng.f32();
        steps.extend((0..values).map(|_| normal(rng) * far));
    }
    x.broadcast_add(&Tensor::from_vec(steps, (count, 1, values), &Device::Cpu)?)
}

fn dropped(x: &Tensor, rng: &mut Rng) -> candle_core::Result<Tensor> {
    let kept = 1.0 / (1.0 - DROPPED);
    let mask: Vec<f32> = (0..x.elem_count()).map(|_| if rng.f32() < DROPPED { 0.0 } else { kept }).collect();
    x * Tensor::from_vec(mask, x.shape(), &Device::Cpu)?
}

/// Mean and one over the deviation of each of an embedding's values.
fn scale(embeddings: &[f32]) -> Vec<(f32, f32)> {
    let count = (embeddings.len() / EMBEDDING).max(1) as f64;
    let mut sums = vec![(0.0f64, 0.0f64); EMBEDDING];
    for step in embeddings.chunks_exact(EMBEDDING) {
        for ((sum, squares), value) in sums.iter_mut().zip(step) {
            *sum += f64::from(*value);
            *squares += f64::from(*value) * f64::from(*value);
        }
    }
    let of = |(sum, squares): (f64, f64)| {
        let mean = sum / count;
        let deviation = (squares / count - mean * mean).max(1e-4).sqrt();
        (mean as f32, (1.0 / deviation) as f32)
    };
    sums.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_learns_and_its_file_scores_as_it_does_as_a_stream() {
        let mut rng = Rng::with_seed(1);
        let steps = 400;
        let stream: Vec<f32> = (0..steps * EMBEDDING).map(|_| normal(&mut rng) * 3.0 + 1.0).collect();
        let window = |i: usize| &stream[i * EMBEDDING..(i + STEPS) * EMBEDDING];
        // The phrase is where the last step's first value is high.
        let is_phrase = |i: usize| f32::from(window(i)[(STEPS - 1) * EMBEDDING] > 1.0);
        let mut network = Network::new(&stream, 1).unwrap();
        let count = steps - STEPS;
        let batch = Batch {
            windows: (0..count).flat_map(|i| window(i).to_vec()).collect(),
            targets: (0..count).map(is_phrase).collect(),
            weights: vec![1.0 / count as f32; count],
        };
        let first = network.learn(&batch, 2e-3).unwrap();
        let mut last = first;
        for _ in 0..80 {
            last = network.learn(&batch, 2e-3).unwrap();
        }
        assert!(last < first / 2.0, "from {first} to {last}");

        let mut other = Network::new(&stream, 2).unwrap();
        let facts = HashMap::from([("phrase".to_string(), "test".to_string())]);
        let logits = |network: &mut Network| -> Vec<f32> {
            network.forward(&batch.windows, false).unwrap().to_vec1().unwrap()
        };
        let (own, others) = (logits(&mut network), logits(&mut other));
        let file = head_file(&[network, other], 0.5, &facts).unwrap();
        assert_eq!(HeadFacts::read(&file).unwrap().phrase, "test");
        let mut head = OwnHead::read(&file, [0.0; EMBEDDING]).unwrap();
        for (i, step) in stream.chunks_exact(EMBEDDING).take(count + STEPS - 1).enumerate() {
            let score = head.score(step.try_into().unwrap());
            if let Some(i) = (i + 1).checked_sub(STEPS) {
                let want = 1.0 / (1.0 + (0.5 - f32::midpoint(own[i], others[i])).exp());
                assert!((score - want).abs() < 1e-3, "window {i}: {score} and not {want}");
            }
        }
        for damaged in [&file[..file.len() / 2], &b"nothing"[..], b""] {
            assert!(OwnHead::read(damaged, [0.0; EMBEDDING]).is_err());
        }
    }
}
