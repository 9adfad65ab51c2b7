//! A head of our own: a few networks, each of two convolutions in time and two dense layers, in a `.safetensors` file that tells how
//! it was made. What each of them takes for the phrase by mistake is another thing, so the mean of what they think errs less than one.
//!
//! A convolution's output for steps that were heard before is what it was, so each score computes only what the newest
//! embedding changes: some forty thousand multiplications a network, for which no library is needed.

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors};

use super::{EMBEDDING, STEPS};

/// Steps that a convolution sees at once.
const KERNEL: usize = 3;
/// What the file says it is.
const FORMAT: &str = "jarvis-wake-head-2";
/// Sums that are kept apart, so that the processor adds them side by side.
const LANES: usize = 16;

/// What a head's file tells of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadFacts {
    /// The phrase that it knows, in lower case.
    pub phrase: String,
    /// All of it: how it was trained, on what, and what was measured, by names.
    pub all: HashMap<String, String>,
}

impl HeadFacts {
    /// Reads them from a head's bytes.
    ///
    /// # Errors
    /// A sentence's end that says what is wrong with the file.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| e.to_string())?;
        let all = metadata.metadata().clone().unwrap_or_default();
        if all.get("format").map(String::as_str) != Some(FORMAT) {
            return Err("it is no head of a wake word, or one of another version".into());
        }
        let phrase = all.get("phrase").cloned().ok_or("it does not say what it listens for")?;
        Ok(Self { phrase, all })
    }

    /// What a file of this kind says it is, for whoever writes one.
    pub const FORMAT: &str = FORMAT;
}

/// See the module.
pub struct OwnHead {
    networks: Vec<Network>,
    silence: [f32; EMBEDDING],
}

impl OwnHead {
    /// Reads a head's file; `silence` stands for what came before the first sample.
    ///
    /// # Errors
    /// A sentence's end that says what is wrong with the file.
    pub fn read(bytes: &[u8], silence: [f32; EMBEDDING]) -> Result<Self, String> {
        HeadFacts::read(bytes)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
        let names = (0..).take_while(|i| tensors.tensor(&format!("{i}.out.bias")).is_ok());
        let networks = names.map(|i| Network::read(&tensors, i)).collect::<Result<Vec<_>, _>>()?;
        if networks.is_empty() {
            return Err("there is no network in it".into());
        }
        let mut head = Self { networks, silence };
        head.reset();
        Ok(head)
    }

    /// Score (0..=1) now that `embedding` has come.
    pub fn score(&mut self, embedding: &[f32; EMBEDDING]) -> f32 {
        1.0 / (1.0 + (-self.logit(embedding)).exp())
    }

    /// The same before it is squeezed between 0 and 1.
    pub fn logit(&mut self, embedding: &[f32; EMBEDDING]) -> f32 {
        let sum: f32 = self.networks.iter_mut().map(|network| network.logit(embedding)).sum();
        sum / self.networks.len() as f32
    }

    /// As if nothing but silence had been heard.
    pub fn reset(&mut self) {
        let silence = self.silence;
        for _ in 0..STEPS {
            self.score(&silence);
        }
    }
}

/// One of a head's networks.
struct Network {
    first: Convolution,
    second: Convolution,
    hidden: Dense,
    out: Dense,
    /// Outputs of the second convolution, the oldest first.
    window: Vec<f32>,
}

impl Network {
    fn read(tensors: &SafeTensors<'_>, number: usize) -> Result<Self, String> {
        let name = |layer: &str| format!("{number}.{layer}");
        let first = Convolution::read(tensors, &name("first"), EMBEDDING)?;
        let second = Convolution::read(tensors, &name("second"), first.dense.outputs())?;
        let steps = STEPS - 2 * (KERNEL - 1);
        let hidden = Dense::read(tensors, &name("hidden"), steps * second.dense.outputs())?;
        let out = Dense::read(tensors, &name("out"), hidden.outputs())?;
        if out.outputs() != 1 {
            return Err("it has more than one score".into());
        }
        let window = vec![0.0; steps * second.dense.outputs()];
        Ok(Self { first, second, hidden, out, window })
    }

    fn logit(&mut self, embedding: &[f32; EMBEDDING]) -> f32 {
        let step = self.second.push(&self.first.push(embedding));
        push(&mut self.window, &step);
        let hidden = self.hidden.run(&self.window).into_iter().map(relu).collect::<Vec<_>>();
        self.out.run(&hidden)[0]
    }
}

/// Applied to the newest steps; remembers them.
struct Convolution {
    dense: Dense,
    /// The last [`KERNEL`] inputs, the oldest first.
    seen: Vec<f32>,
}

impl Convolution {
    fn read(tensors: &SafeTensors<'_>, name: &str, channels: usize) -> Result<Self, String> {
        let dense = Dense::read(tensors, name, KERNEL * channels)?;
        Ok(Self { dense, seen: vec![0.0; KERNEL * channels] })
    }

    fn push(&mut self, step: &[f32]) -> Vec<f32> {
        push(&mut self.seen, step);
        self.dense.run(&self.seen).into_iter().map(relu).collect()
    }
}

/// A matrix, a row for each output, and what is added.
struct Dense {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn read(tensors: &SafeTensors<'_>, name: &str, inputs: usize) -> Result<Self, String> {
        let values = |part: &str, columns: usize| {
            let tensor = tensors.tensor(&format!("{name}.{part}")).map_err(|e| e.to_string())?;
            let count: usize = tensor.shape().iter().product();
            if tensor.dtype() != Dtype::F32 || count == 0 || count % columns != 0 {
                return Err(format!("its {name}.{part} is {:?} of {:?}", tensor.shape(), tensor.dtype()));
            }
            let bytes = tensor.data().as_chunks::<4>().0;
            Ok::<Vec<f32>, String>(bytes.iter().map(|b| f32::from_le_bytes(*b)).collect())
        };
        let (weight, bias) = (values("weight", inputs)?, values("bias", 1)?);
        if weight.len() != bias.len() * inputs {
            return Err(format!("its layer {name} does not fit its neighbours"));
        }
        Ok(Self { weight, bias })
    }

    fn outputs(&self) -> usize {
        self.bias.len()
    }

    fn run(&self, input: &[f32]) -> Vec<f32> {
        let rows = self.weight.chunks_exact(input.len());
        rows.zip(&self.bias).map(|(row, bias)| dot(row, input) + bias).collect()
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn relu(value: f32) -> f32 {
    value.max(0.0)
}

/// The oldest step goes, `step` comes last.
fn push(steps: &mut [f32], step: &[f32]) {
    steps.copy_within(step.len().., 0);
    let last = steps.len() - step.len();
    steps[last..].copy_from_slice(step);
}
