//! Length-prefixed frames over a pipe.
//!
//! ```text
//! u32 LE header length | u32 LE payload length | header (JSON) | payload (raw bytes, usually samples)
//! ```

use std::io::{self, Read, Write};

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Largest header accepted: 16 MiB. A longer one means that the stream is out of step.
const MAX_HEADER: u32 = 16 << 20;
/// Largest payload accepted: 64 MiB, some 17 minutes of 16 kHz `f32` sound.
pub const MAX_PAYLOAD: u32 = 64 << 20;

/// Parent to child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Call<Req> {
    /// A new request.
    Request {
        /// Chosen by the parent, echoed by every reply.
        id: u64,
        /// What is asked.
        body: Req,
    },
    /// Nobody waits for this request any more.
    Cancel {
        /// The request's id.
        id: u64,
    },
}

/// Child to parent. A request gets any number of items and then exactly one `Done` or `Failed`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer<Rep> {
    /// A piece of the reply.
    Item {
        /// The request it answers.
        id: u64,
        /// The piece.
        body: Rep,
    },
    /// The request has been answered in full.
    Done {
        /// The request's id.
        id: u64,
    },
    /// The request cannot be answered.
    Failed {
        /// The request's id.
        id: u64,
        /// Why.
        fault: Fault,
    },
}

/// Why an engine could not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind.
    pub code: FaultCode,
    /// The engine's own words.
    pub message: String,
}

impl Fault {
    /// A fault of kind `code`.
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The kind of a [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The model file does not exist.
    ModelMissing,
    /// The model file cannot be loaded.
    ModelDamaged,
    /// The request makes no sense.
    BadRequest,
    /// The request was cancelled.
    Cancelled,
    /// Anything else.
    Internal,
}

fn encode<T: Serialize>(header: &T, payload: &[u8]) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(header)?;
    let too_long = || io::Error::new(io::ErrorKind::InvalidInput, "frame too long");
    let header_len = u32::try_from(json.len()).ok().filter(|n| *n <= MAX_HEADER).ok_or_else(too_long)?;
    let payload_len = u32::try_from(payload.len()).ok().filter(|n| *n <= MAX_PAYLOAD).ok_or_else(too_long)?;
    let mut frame = Vec::with_capacity(8 + json.len() + payload.len());
    frame.extend_from_slice(&header_len.to_le_bytes());
    frame.extend_from_slice(&payload_len.to_le_bytes());
    frame.extend_from_slice(&json);
    frame.extend_from_slice(payload);
    Ok(frame)
}

fn lengths(prefix: [u8; 8]) -> io::Result<(usize, usize)> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let (header, payload) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    if header > MAX_HEADER || payload > MAX_PAYLOAD {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "frame too long"));
    }
    Ok((header as usize, payload as usize))
}

/// Writes one frame and flushes it. Of one that is too long nothing is written, and the error is `InvalidInput`.
pub fn write<T: Serialize>(out: &mut impl Write, header: &T, payload: &[u8]) -> io::Result<()> {
    out.write_all(&encode(header, payload)?)?;
    out.flush()
}

/// Reads one frame; `None` when the other end has closed the pipe between two frames.
pub fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut prefix = [0; 8];
    match input.read_exact(&mut prefix) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let (header_len, payload_len) = lengths(prefix)?;
    let mut header = vec![0; header_len];
    input.read_exact(&mut header)?;
    let mut payload = vec![0; payload_len];
    input.read_exact(&mut payload)?;
    Ok(Some((serde_json::from_slice(&header)?, payload)))
}

/// [`write`] for the parent's end.
pub async fn write_async<T: Serialize>(
    out: &mut (impl AsyncWrite + Unpin),
    header: &T,
    payload: &[u8],
) -> io::Result<()> {
    out.write_all(&encode(header, payload)?).await?;
    out.flush().await
}

/// [`read`] for the parent's end. Not cancel-safe: give it a task of its own.
pub async fn read_async<T: DeserializeOwned>(
    input: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<(T, Bytes)>> {
    let mut prefix = [0; 8];
    match input.read_exact(&mut prefix).await {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other.map(drop)?,
    }
    let (header_len, payload_len) = lengths(prefix)?;
    let mut header = vec![0; header_len];
    input.read_exact(&mut header).await?;
    let mut payload = vec![0; payload_len];
    input.read_exact(&mut payload).await?;
    Ok(Some((serde_json::from_slice(&header)?, payload.into())))
}

/// Samples as they travel in a payload: `f32`, little endian.
pub fn samples_to_bytes(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

/// The reverse of [`samples_to_bytes`]; a trailing incomplete sample is dropped.
pub fn bytes_to_samples(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_the_pipe() {
        let mut pipe = Vec::new();
        write(&mut pipe, &Call::Request { id: 7, body: "hello".to_string() }, &[1, 2, 3]).unwrap();
        write(&mut pipe, &Call::<String>::Cancel { id: 7 }, &[]).unwrap();
        let mut input = pipe.as_slice();
        let (call, payload) = read::<Call<String>>(&mut input).unwrap().unwrap();
        assert!(matches!(call, Call::Request { id: 7, body } if body == "hello"));
        assert_eq!(payload, [1, 2, 3]);
        assert!(matches!(read::<Call<String>>(&mut input).unwrap(), Some((Call::Cancel { id: 7 }, _))));
        assert!(read::<Call<String>>(&mut input).unwrap().is_none());
    }

    #[test]
    fn a_stream_out_of_step_is_an_error_not_an_allocation() {
        let garbage = [0xff; 64];
        assert!(read::<Call<String>>(&mut garbage.as_slice()).is_err());
    }

    #[test]
    fn samples_keep_their_value() {
        let samples = [0.0, -1.0, 0.25];
        assert_eq!(bytes_to_samples(&samples_to_bytes(&samples)), samples);
    }
}
