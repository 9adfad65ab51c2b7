//! Rewrites the speech embedding network so that each run takes only the rows that are new.
//!
//! The network is a plain chain of convolutions that never pad in time, and its strides in time multiply to 8, the
//! very step by which its window moves. So each layer's output for the rows seen before is what it was the time
//! before, and a convolution three rows tall needs of its past no more than its last two input rows. They become
//! inputs and outputs of the network (`Concat` before the convolution, `Slice` behind that), and a run over 8 rows
//! then computes what a run over 76 did, in a fifth of the time. The schema is `onnx.proto` of ONNX
//! (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>).

use std::collections::HashMap;

use super::embedding::{CHUNK_ROWS, EMBEDDING, MEL_BINS};
use super::protobuf::{Field, Malformed, Message, fields};

/// Input rows that a convolution in time keeps: its height less one.
const KEPT_ROWS: usize = 2;
/// The axis of time where channels come first.
const TIME_AXIS: u64 = 2;

/// Field numbers of `onnx.proto`.
mod onnx {
    pub const MODEL_GRAPH: u64 = 7;
    pub const GRAPH_NODE: u64 = 1;
    pub const GRAPH_INITIALIZER: u64 = 5;
    pub const GRAPH_INPUT: u64 = 11;
    pub const GRAPH_OUTPUT: u64 = 12;
    pub const GRAPH_VALUE_INFO: u64 = 13;
    pub const NODE_INPUT: u64 = 1;
    pub const NODE_OUTPUT: u64 = 2;
    pub const NODE_OP_TYPE: u64 = 4;
    pub const NODE_ATTRIBUTE: u64 = 5;
    pub const ATTRIBUTE_NAME: u64 = 1;
    pub const ATTRIBUTE_INT: u64 = 3;
    pub const ATTRIBUTE_INTS: u64 = 8;
    pub const ATTRIBUTE_TYPE: u64 = 20;
    pub const ATTRIBUTE_TYPE_INT: u64 = 2;
    pub const TENSOR_DIMS: u64 = 1;
    pub const TENSOR_DATA_TYPE: u64 = 2;
    pub const TENSOR_NAME: u64 = 8;
    pub const TENSOR_RAW_DATA: u64 = 9;
    pub const VALUE_NAME: u64 = 1;
    pub const VALUE_TYPE: u64 = 2;
    pub const TYPE_TENSOR: u64 = 1;
    pub const TENSOR_TYPE_ELEMENT: u64 = 1;
    pub const TENSOR_TYPE_SHAPE: u64 = 2;
    pub const SHAPE_DIM: u64 = 1;
    pub const DIM_VALUE: u64 = 1;
    pub const FLOAT: u64 = 1;
    pub const INT64: u64 = 7;
}

/// What one convolution remembers. In the rewritten network the caches are the inputs behind the first and the
/// outputs behind the first, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    channels: usize,
    width: usize,
}

impl Cache {
    /// As a tensor: batch, channels, rows, bins.
    pub fn shape(self) -> [usize; 4] {
        [1, self.channels, KEPT_ROWS, self.width]
    }

    /// Values in it.
    pub fn len(self) -> usize {
        self.shape().iter().product()
    }
}

/// Why a network cannot be rewritten.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// It is no ONNX file.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It is a network, but not the one that is meant.
    #[error("it is not the speech embedding network ({0})")]
    Another(String),
}

/// The network of an ONNX file, rewritten; and its caches, which all start as zeros.
pub fn incremental(model: &[u8]) -> Result<(Vec<u8>, Vec<Cache>), RewriteError> {
    let mut rewritten = Message::default();
    let mut caches = Vec::new();
    for field in &fields(model)? {
        if field.number == onnx::MODEL_GRAPH {
            let graph = Graph::read(field.bytes())?;
            let (graph, found) = graph.rewrite()?;
            rewritten = rewritten.bytes(onnx::MODEL_GRAPH, graph);
            caches = found;
        } else {
            rewritten = rewritten.raw(field);
        }
    }
    if caches.is_empty() {
        return Err(RewriteError::Another("it has no convolution in time".into()));
    }
    Ok((rewritten.as_ref().to_vec(), caches))
}

struct Graph<'a> {
    fields: Vec<Field<'a>>,
    /// Dimensions of each constant.
    constants: HashMap<&'a str, Vec<i64>>,
}

impl<'a> Graph<'a> {
    fn read(graph: &'a [u8]) -> Result<Self, Malformed> {
        let fields = fields(graph)?;
        let mut constants = HashMap::new();
        for field in fields.iter().filter(|f| f.number == onnx::GRAPH_INITIALIZER) {
            let (name, dims) = constant(field.bytes())?;
            constants.insert(name, dims);
        }
        Ok(Self { fields, constants })
    }

    fn rewrite(&self) -> Result<(Message, Vec<Cache>), RewriteError> {
        let mut nodes = Message::default();
        let mut caches = Vec::new();
        // The first layer pads one bin at either side before anything else.
        let mut width = MEL_BINS + 2;
        let mut reshaped = None;
        for field in self.fields.iter().filter(|f| f.number == onnx::GRAPH_NODE) {
            let mut node = Node::read(field.bytes())?;
            match node.op {
                // Puts the channels first; told of the number of rows.
                "Reshape" if reshaped.is_none() => {
                    reshaped = Some(node.input(1)?);
                    node.inputs[1] = "rows_shape".into();
                }
                "Conv" => {
                    let kernel = node.ints("kernel_shape")?;
                    let [height, breadth] = kernel[..] else { return Err(node.unexpected()) };
                    let weights = self.constants.get(node.input(1)?.as_str());
                    let channels = weights.and_then(|dims| dims.get(1)).ok_or_else(|| node.unexpected())?;
                    match height {
                        1 => {}
                        3 => {
                            let cache = Cache { channels: *channels as usize, width };
                            nodes = remember(nodes, caches.len(), &mut node)?;
                            caches.push(cache);
                        }
                        _ => return Err(node.unexpected()),
                    }
                    let pads = node.ints("pads").unwrap_or(vec![0; 4]);
                    let [0, left, 0, right] = pads[..] else { return Err(node.unexpected()) };
                    let wide = width as i64 + left + right - (breadth - 1);
                    width = usize::try_from(wide).map_err(|_| node.unexpected())?;
                }
                "MaxPool" => {
                    let strides = node.ints("strides")?;
                    let [1 | 2, across @ (1 | 2)] = strides[..] else { return Err(node.unexpected()) };
                    width /= across as usize;
                }
                "Pad" | "Reshape" | "Relu" | "LeakyRelu" | "Max" | "BatchNormalization" => {}
                _ => return Err(node.unexpected()),
            }
            nodes = nodes.bytes(onnx::GRAPH_NODE, node.write());
        }
        Ok((self.around(nodes, &caches, reshaped.as_deref())?, caches))
    }

    /// The rest of the graph around its new nodes.
    fn around(
        &self,
        nodes: Message,
        caches: &[Cache],
        dropped: Option<&str>,
    ) -> Result<Message, RewriteError> {
        let name_of = |number| {
            let field = self.fields.iter().find(|f| f.number == number);
            let name = field.map(|f| fields(f.bytes())).transpose()?.unwrap_or_default();
            name.iter().find(|f| f.number == onnx::VALUE_NAME).map(Field::text).ok_or(Malformed)
        };
        let mut graph = nodes;
        for field in &self.fields {
            graph = match field.number {
                onnx::GRAPH_NODE | onnx::GRAPH_INPUT | onnx::GRAPH_OUTPUT | onnx::GRAPH_VALUE_INFO => graph,
                onnx::GRAPH_INITIALIZER if Some(constant(field.bytes())?.0) == dropped => graph,
                _ => graph.raw(field),
            };
        }
        let rows = CHUNK_ROWS as i64;
        let shape = integers("rows_shape", &[1, 1, rows, MEL_BINS as i64 + 2]);
        let numbers = [
            shape,
            integers("kept_from", &[-(KEPT_ROWS as i64)]),
            integers("kept_to", &[i64::MAX]),
            integers("time_axis", &[TIME_AXIS as i64]),
        ];
        graph = numbers.iter().fold(graph, |graph, tensor| graph.bytes(onnx::GRAPH_INITIALIZER, tensor));

        let input = value(name_of(onnx::GRAPH_INPUT)?, &[1, CHUNK_ROWS, MEL_BINS, 1]);
        let output = value(name_of(onnx::GRAPH_OUTPUT)?, &[1, 1, 1, EMBEDDING]);
        graph = graph.bytes(onnx::GRAPH_INPUT, input).bytes(onnx::GRAPH_OUTPUT, output);
        for (i, cache) in caches.iter().enumerate() {
            graph = graph
                .bytes(onnx::GRAPH_INPUT, value(&format!("cache_{i}"), &cache.shape()))
                .bytes(onnx::GRAPH_OUTPUT, value(&format!("kept_{i}"), &cache.shape()));
        }
        Ok(graph)
    }
}

/// Puts the remembered rows before those that `convolution` reads, and keeps the last of them for the next time.
fn remember(nodes: Message, i: usize, convolution: &mut Node<'_>) -> Result<Message, RewriteError> {
    let (cache, joined, kept) = (format!("cache_{i}"), format!("joined_{i}"), format!("kept_{i}"));
    let axis = Message::default()
        .bytes(onnx::ATTRIBUTE_NAME, "axis")
        .number(onnx::ATTRIBUTE_INT, TIME_AXIS)
        .number(onnx::ATTRIBUTE_TYPE, onnx::ATTRIBUTE_TYPE_INT);
    let concat = Message::default()
        .bytes(onnx::NODE_INPUT, cache)
        .bytes(onnx::NODE_INPUT, convolution.input(0)?)
        .bytes(onnx::NODE_OUTPUT, &joined)
        .bytes(onnx::NODE_OP_TYPE, "Concat")
        .bytes(onnx::NODE_ATTRIBUTE, axis);
    let slice = Message::default()
        .bytes(onnx::NODE_INPUT, &joined)
        .bytes(onnx::NODE_INPUT, "kept_from")
        .bytes(onnx::NODE_INPUT, "kept_to")
        .bytes(onnx::NODE_INPUT, "time_axis")
        .bytes(onnx::NODE_OUTPUT, kept)
        .bytes(onnx::NODE_OP_TYPE, "Slice");
    convolution.inputs[0] = joined;
    Ok(nodes.bytes(onnx::GRAPH_NODE, concat).bytes(onnx::GRAPH_NODE, slice))
}

/// One operation.
struct Node<'a> {
    op: &'a str,
    inputs: Vec<String>,
    attributes: HashMap<&'a str, Vec<i64>>,
    /// Everything but the inputs.
    rest: Vec<Field<'a>>,
}

impl<'a> Node<'a> {
    fn read(node: &'a [u8]) -> Result<Self, Malformed> {
        let (inputs, rest): (Vec<_>, Vec<_>) =
            fields(node)?.into_iter().partition(|f| f.number == onnx::NODE_INPUT);
        let op = rest.iter().find(|f| f.number == onnx::NODE_OP_TYPE).map(Field::text).ok_or(Malformed)?;
        let mut attributes = HashMap::new();
        for attribute in rest.iter().filter(|f| f.number == onnx::NODE_ATTRIBUTE) {
            let parts = fields(attribute.bytes())?;
            let name =
                parts.iter().find(|f| f.number == onnx::ATTRIBUTE_NAME).map(Field::text).ok_or(Malformed)?;
            let ints: Result<Vec<_>, _> =
                parts.iter().filter(|f| f.number == onnx::ATTRIBUTE_INTS).map(Field::numbers).collect();
            attributes.insert(name, ints?.concat());
        }
        Ok(Self { op, inputs: inputs.iter().map(|f| f.text().to_string()).collect(), attributes, rest })
    }

    fn write(&self) -> Message {
        let inputs = self.inputs.iter();
        let node = inputs.fold(Message::default(), |node, input| node.bytes(onnx::NODE_INPUT, input));
        self.rest.iter().fold(node, Message::raw)
    }

    fn input(&self, i: usize) -> Result<String, RewriteError> {
        self.inputs.get(i).cloned().ok_or_else(|| self.unexpected())
    }

    fn ints(&self, name: &str) -> Result<Vec<i64>, RewriteError> {
        self.attributes.get(name).cloned().ok_or_else(|| self.unexpected())
    }

    fn unexpected(&self) -> RewriteError {
        RewriteError::Another(format!("it has an unexpected {}", self.op))
    }
}

/// Name and dimensions of a constant.
fn constant(tensor: &[u8]) -> Result<(&str, Vec<i64>), Malformed> {
    let parts = fields(tensor)?;
    let name = parts.iter().find(|f| f.number == onnx::TENSOR_NAME).map(Field::text).ok_or(Malformed)?;
    let dims: Result<Vec<_>, _> =
        parts.iter().filter(|f| f.number == onnx::TENSOR_DIMS).map(Field::numbers).collect();
    Ok((name, dims?.concat()))
}

/// A constant row of integers.
fn integers(name: &str, values: &[i64]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    Message::default()
        .number(onnx::TENSOR_DIMS, values.len() as u64)
        .number(onnx::TENSOR_DATA_TYPE, onnx::INT64)
        .bytes(onnx::TENSOR_NAME, name)
        .bytes(onnx::TENSOR_RAW_DATA, raw)
}

/// The declaration of an input or output.
fn value(name: &str, shape: &[usize]) -> Message {
    let shape = shape.iter().fold(Message::default(), |shape, dim| {
        shape.bytes(onnx::SHAPE_DIM, Message::default().number(onnx::DIM_VALUE, *dim as u64))
    });
    let tensor = Message::default()
        .number(onnx::TENSOR_TYPE_ELEMENT, onnx::FLOAT)
        .bytes(onnx::TENSOR_TYPE_SHAPE, shape);
    let kind = Message::default().bytes(onnx::TYPE_TENSOR, tensor);
    Message::default().bytes(onnx::VALUE_NAME, name).bytes(onnx::VALUE_TYPE, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_convolution_in_time_gets_its_cache() {
        let model = jarvis_testkit::models::path("openwakeword-features", "embedding_model.onnx");
        let (_, caches) = incremental(&std::fs::read(model).unwrap()).unwrap();
        let found: Vec<_> = caches.iter().map(|c| (c.channels, c.width)).collect();
        let four = [(24, 32), (48, 16), (48, 16), (72, 8), (72, 8), (96, 4), (96, 4), (96, 2), (96, 2)];
        assert_eq!(found, [&[(1, 34)][..], &four, &[(96, 1)]].concat());
    }

    #[test]
    fn another_network_is_told_apart() {
        for (id, file) in [
            ("openwakeword-features", "melspectrogram.onnx"),
            ("hey-jarvis-openwakeword", "hey_jarvis_v0.1.onnx"),
            ("silero-vad", "silero_vad.onnx"),
        ] {
            let model = std::fs::read(jarvis_testkit::models::path(id, file)).unwrap();
            assert!(matches!(incremental(&model), Err(RewriteError::Another(_))), "{file}");
        }
        assert!(matches!(incremental(b"garbage"), Err(RewriteError::Malformed(_))));
        assert!(matches!(incremental(b""), Err(RewriteError::Another(_))));
    }
}
