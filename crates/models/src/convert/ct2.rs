//! CTranslate2 Whisper weights to the GGML file that whisper.cpp loads, with 16-bit floats.
//!
//! Input, by CTranslate2's model serialisation (version 6 of its binary format, little-endian): `u32` version,
//! string spec name, `u32` revision, `u32` count, then each variable: string name, `u8` rank, `u32` dimensions,
//! `u8` type, `u32` byte count, bytes. A string is a `u16` length with its closing zero, and the text.
//! Aliases (string, string) follow and are not needed here.
//! Output, by whisper.cpp's loader: eleven hyper-parameters and the float type behind a magic number, the mel
//! filter bank, the tokens, then each tensor with its dimensions innermost first.
//! CTranslate2 stacks query, key and value (and key and value of the cross-attention) into one matrix; they are
//! taken apart by rows. Tensors are copied in pieces, so that memory stays small whatever the model's size.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use half::f16;
use tokio_util::sync::CancellationToken;

use super::{ConvertError, format, npy};

const GGML_MAGIC: u32 = 0x6767_6d6c;
/// Values copied at a time.
const PIECE: usize = 64 * 1024;
/// Width of an attention head in every Whisper model.
const HEAD: u32 = 64;

/// Where a variable lies in the input.
struct Variable {
    dims: Vec<u32>,
    float: Option<Float>,
    offset: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Float {
    F32,
    F16,
}

impl Float {
    fn width(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
        }
    }
}

/// One tensor of the output: rows `first..first + rows` of a variable under a new name.
struct Tensor {
    name: String,
    from: String,
    /// Which of how many equal stacks of rows.
    stack: (u32, u32),
    shape: Shape,
}

/// How the output sees the tensor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// As it is: 16-bit if it has two dimensions or more, else 32-bit.
    Plain,
    /// 32-bit whatever its dimensions; the loader insists.
    Full,
    /// A vector as a column, 32-bit.
    Column,
}

/// Converts `input` to `output`.
///
/// `mel_filters` is the original model's `.npz`, `vocabulary` its `.tiktoken`. Cancelling gives
/// [`io::ErrorKind::Interrupted`].
pub fn to_ggml(
    input: &Path,
    mel_filters: &[u8],
    vocabulary: &[u8],
    output: &Path,
    cancel: &CancellationToken,
) -> Result<(), ConvertError> {
    let mut weights = Weights::open(input)?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(output)?);
    let (encoder_layers, decoder_layers) = (weights.layers("encoder"), weights.layers("decoder"));
    let [vocabulary_size, width] = weights.dims("decoder/embeddings/weight")?;
    let [audio_context, _] = weights.dims("encoder/position_encodings/encodings")?;
    let [text_context, _] = weights.dims("decoder/position_encodings/encodings")?;
    let [_, mel_bands, _] = weights.dims("encoder/conv1/weight")?;
    let heads = width / HEAD;
    let numbers = [
        GGML_MAGIC,
        vocabulary_size,
        audio_context,
        width,
        heads,
        encoder_layers,
        text_context,
        width,
        heads,
        decoder_layers,
        mel_bands,
        1, // 16-bit floats
    ];
    put(&mut out, &numbers)?;

    let (rows, columns, filters) = npy::matrix(mel_filters, &format!("mel_{mel_bands}"))?;
    put(&mut out, &[rows, columns])?;
    out.write_all(&filters)?;

    let tokens = tokens(vocabulary)?;
    put(&mut out, &[length(tokens.len())?])?;
    for token in tokens {
        put(&mut out, &[length(token.len())?])?;
        out.write_all(&token)?;
    }

    for tensor in tensors(encoder_layers, decoder_layers) {
        if cancel.is_cancelled() {
            return Err(io::Error::from(io::ErrorKind::Interrupted).into());
        }
        weights.copy(&tensor, &mut out)?;
    }
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

fn put(out: &mut impl Write, numbers: &[u32]) -> io::Result<()> {
    numbers.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))
}

fn length(n: usize) -> Result<u32, ConvertError> {
    n.try_into().map_err(|_| format("a length does not fit"))
}

/// The tokens of a `.tiktoken` file, in order: each line is a token in base64 and its rank.
fn tokens(vocabulary: &[u8]) -> Result<Vec<Vec<u8>>, ConvertError> {
    let mut tokens = Vec::new();
    for line in vocabulary.lines() {
        let line = line?;
        let Some(token) = line.split_whitespace().next() else { continue };
        // Only the token of the empty line is written as a lone `=`; it decodes to nothing.
        let token = if token.bytes().all(|b| b == b'=') {
            Vec::new()
        } else {
            BASE64_STANDARD.decode(token).map_err(|_| format("vocabulary: a token is not base64"))?
        };
        tokens.push(token);
    }
    Ok(tokens)
}

/// Every tensor in the order of the file.
fn tensors(encoder_layers: u32, decoder_layers: u32) -> Vec<Tensor> {
    let mut list = Vec::new();
    let mut add = |name: String, from: String, stack, shape| list.push(Tensor { name, from, stack, shape });
    let whole = (0, 1);
    add(
        "encoder.positional_embedding".into(),
        "encoder/position_encodings/encodings".into(),
        whole,
        Shape::Full,
    );
    for conv in ["conv1", "conv2"] {
        add(format!("encoder.{conv}.weight"), format!("encoder/{conv}/weight"), whole, Shape::Plain);
        add(format!("encoder.{conv}.bias"), format!("encoder/{conv}/bias"), whole, Shape::Column);
    }
    for (suffix, from) in [("weight", "gamma"), ("bias", "beta")] {
        add(format!("encoder.ln_post.{suffix}"), format!("encoder/layer_norm/{from}"), whole, Shape::Plain);
    }
    add(
        "decoder.positional_embedding".into(),
        "decoder/position_encodings/encodings".into(),
        whole,
        Shape::Full,
    );
    add("decoder.token_embedding.weight".into(), "decoder/embeddings/weight".into(), whole, Shape::Plain);
    for (suffix, from) in [("weight", "gamma"), ("bias", "beta")] {
        add(format!("decoder.ln.{suffix}"), format!("decoder/layer_norm/{from}"), whole, Shape::Plain);
    }

    // (output, input, which stack of rows, has a bias); keys have none in Whisper.
    let own = [
        ("attn.query", "self_attention/linear_0", (0, 3), true),
        ("attn.key", "self_attention/linear_0", (1, 3), false),
        ("attn.value", "self_attention/linear_0", (2, 3), true),
        ("attn.out", "self_attention/linear_1", whole, true),
        ("attn_ln", "self_attention/layer_norm", whole, true),
    ];
    let cross = [
        ("cross_attn.query", "attention/linear_0", whole, true),
        ("cross_attn.key", "attention/linear_1", (0, 2), false),
        ("cross_attn.value", "attention/linear_1", (1, 2), true),
        ("cross_attn.out", "attention/linear_2", whole, true),
        ("cross_attn_ln", "attention/layer_norm", whole, true),
    ];
    let mlp = [
        ("mlp.0", "ffn/linear_0", whole, true),
        ("mlp.2", "ffn/linear_1", whole, true),
        ("mlp_ln", "ffn/layer_norm", whole, true),
    ];
    for (side, layers, cross) in
        [("encoder", encoder_layers, &[][..]), ("decoder", decoder_layers, &cross[..])]
    {
        for layer in 0..layers {
            for &(name, from, stack, has_bias) in own.iter().chain(cross).chain(&mlp) {
                let (name, from) =
                    (format!("{side}.blocks.{layer}.{name}"), format!("{side}/layer_{layer}/{from}"));
                let (weight, bias) =
                    if from.ends_with("layer_norm") { ("gamma", "beta") } else { ("weight", "bias") };
                add(format!("{name}.weight"), format!("{from}/{weight}"), stack, Shape::Plain);
                if has_bias {
                    add(format!("{name}.bias"), format!("{from}/{bias}"), stack, Shape::Plain);
                }
            }
        }
    }
    list
}

/// The input, with the place of every variable.
struct Weights {
    file: BufReader<File>,
    variables: HashMap<String, Variable>,
}

impl Weights {
    fn open(path: &Path) -> Result<Self, ConvertError> {
        let mut file = BufReader::new(File::open(path)?);
        let end = file.get_ref().metadata()?.len();
        let version = number::<4>(&mut file)?;
        if !(4..=6).contains(&version) {
            return Err(format(format!("version {version} of the format is not known")));
        }
        let spec = string(&mut file)?;
        if spec != "WhisperSpec" {
            return Err(format(format!("the weights are a {spec}, not Whisper")));
        }
        number::<4>(&mut file)?;
        let mut variables = HashMap::new();
        for _ in 0..number::<4>(&mut file)? {
            let name = string(&mut file)?;
            let rank = number::<1>(&mut file)?;
            let dims = (0..rank).map(|_| number::<4>(&mut file)).collect::<Result<Vec<_>, _>>()?;
            let float = match number::<1>(&mut file)? {
                0 => Some(Float::F32),
                4 => Some(Float::F16),
                _ => None,
            };
            let bytes = u64::from(number::<4>(&mut file)?);
            let offset = file.stream_position()?;
            let expected = dims.iter().try_fold(1u64, |all, dim| all.checked_mul((*dim).into()));
            let fits = float.is_none_or(|float| {
                expected.and_then(|n| n.checked_mul(float.width() as u64)) == Some(bytes)
            });
            if !fits || offset + bytes > end {
                return Err(format(format!("{name} does not fit its dimensions")));
            }
            file.seek_relative(bytes.try_into().map_err(|_| format("a length does not fit"))?)?;
            variables.insert(name, Variable { dims, float, offset });
        }
        Ok(Self { file, variables })
    }

    fn get(&self, name: &str) -> Result<&Variable, ConvertError> {
        self.variables.get(name).ok_or_else(|| format(format!("{name} is missing")))
    }

    fn dims<const N: usize>(&self, name: &str) -> Result<[u32; N], ConvertError> {
        let dims = self.get(name)?.dims.as_slice();
        dims.try_into().map_err(|_| format(format!("{name} has {} dimensions instead of {N}", dims.len())))
    }

    fn layers(&self, side: &str) -> u32 {
        let prefix = format!("{side}/layer_");
        let numbers = self
            .variables
            .keys()
            .filter_map(|name| name.strip_prefix(&prefix)?.split('/').next()?.parse().ok());
        numbers.max().map_or(0, |last: u32| last.saturating_add(1))
    }

    fn copy(&mut self, tensor: &Tensor, out: &mut impl Write) -> Result<(), ConvertError> {
        let variable = self.get(&tensor.from)?;
        let wrong = |what: &str| format(format!("{} {what}", tensor.from));
        let from = variable.float.ok_or_else(|| wrong("is not of 16- or 32-bit floats"))?;
        let (index, count) = tensor.stack;
        let mut dims = variable.dims.clone();
        let rows = *dims.first().ok_or_else(|| wrong("has no dimensions"))?;
        if rows % count != 0 {
            return Err(wrong("cannot be taken apart"));
        }
        dims[0] = rows / count;
        let values: u64 = dims.iter().copied().map(u64::from).product();
        let start = variable.offset + u64::from(index) * values * from.width() as u64;
        if tensor.shape == Shape::Column {
            dims.push(1);
        }
        let to = if tensor.shape == Shape::Plain && dims.len() > 1 { Float::F16 } else { Float::F32 };

        put(out, &[length(dims.len())?, length(tensor.name.len())?, u32::from(to == Float::F16)])?;
        dims.reverse();
        put(out, &dims)?;
        out.write_all(tensor.name.as_bytes())?;
        self.file.seek(SeekFrom::Start(start))?;
        convert(&mut (&mut self.file).take(values * from.width() as u64), from, to, out)?;
        Ok(())
    }
}

/// Copies the floats of `input` to `out` in the other width; narrowing rounds to nearest, ties to even.
fn convert(input: &mut impl Read, from: Float, to: Float, out: &mut impl Write) -> io::Result<()> {
    if from == to {
        return io::copy(input, out).map(drop);
    }
    let mut piece = vec![0; PIECE * from.width()];
    let mut converted = Vec::with_capacity(PIECE * to.width());
    loop {
        let n = fill(input, &mut piece)?;
        if n == 0 {
            return Ok(());
        }
        converted.clear();
        match from {
            Float::F16 => piece[..n]
                .chunks_exact(2)
                .for_each(|b| converted.extend(f16::from_le_bytes([b[0], b[1]]).to_f32().to_le_bytes())),
            Float::F32 => piece[..n].chunks_exact(4).for_each(|b| {
                converted.extend(f16::from_f32(f32::from_le_bytes([b[0], b[1], b[2], b[3]])).to_le_bytes());
            }),
        }
        out.write_all(&converted)?;
    }
}

/// Reads until `buffer` is full or the input ends.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

/// A little-endian unsigned number of `N` bytes.
fn number<const N: usize>(file: &mut impl Read) -> Result<u32, ConvertError> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes[..N]).map_err(truncated)?;
    Ok(u32::from_le_bytes(bytes))
}

fn string(file: &mut impl Read) -> Result<String, ConvertError> {
    let mut bytes = vec![0; number::<2>(file)? as usize];
    file.read_exact(&mut bytes).map_err(truncated)?;
    String::from_utf8(bytes)
        .map(|text| text.trim_end_matches('\0').to_owned())
        .map_err(|_| format("a name is not text"))
}

fn truncated(error: io::Error) -> ConvertError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => format("the file ends too early"),
        _ => error.into(),
    }
}
