//! Sound files: any WAV or FLAC in, 16-bit WAV out.
//!
//! Everything is mixed to one channel. A file that ends too early gives what it holds; one that is no sound at all
//! gives a reason that a person can act on.

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use jarvis_core::audio::{Pcm, SAMPLE_RATE};
use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::{CODEC_TYPE_NULL, Decoder, DecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::Hint;

use crate::{AudioError, resample};

/// Rates outside are no sound but a damaged header.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// The sound in a WAV or FLAC file, mono, at the file's own rate.
///
/// # Errors
/// When the file cannot be opened, is no sound file, is damaged before the first sample, or is empty.
pub fn read(path: &Path) -> Result<Pcm, AudioError> {
    let file = File::open(path).map_err(|source| AudioError::Io { path: path.into(), source })?;
    let length = file.metadata().map_err(|source| AudioError::Io { path: path.into(), source })?;
    if length.is_dir() {
        return Err(AudioError::Io { path: path.into(), source: ErrorKind::IsADirectory.into() });
    }
    let bad = |reason: &str| AudioError::BadFile { path: path.into(), reason: reason.into() };
    if length.len() == 0 {
        return Err(bad("it is empty"));
    }
    // The reader panics on some headers that no program writes; such a file is bad, not we.
    let decoded = panic::catch_unwind(AssertUnwindSafe(|| decode(file)));
    let pcm = decoded.unwrap_or_else(|_| Err("its header makes no sense".into())).map_err(|e| bad(&e))?;
    if pcm.samples.is_empty() { Err(AudioError::NoSound { path: path.into() }) } else { Ok(pcm) }
}

/// The sound in a WAV or FLAC file as the recogniser wants it: 16 kHz, mono.
///
/// # Errors
/// As [`read`].
pub fn read_16k(path: &Path) -> Result<Vec<f32>, AudioError> {
    let pcm = read(path)?;
    Ok(resample(&pcm.samples, pcm.sample_rate, SAMPLE_RATE))
}

/// Writes a WAV file, 16 bit, mono. What was there before is replaced only once all of it is written.
///
/// # Errors
/// When the folder cannot be written to, or the disk is full.
pub fn write_wav(path: &Path, pcm: &Pcm) -> Result<(), AudioError> {
    write(path, pcm).map_err(|source| AudioError::Io { path: path.into(), source })
}

fn write(path: &Path, pcm: &Pcm) -> std::io::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: pcm.sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let io = |e| match e {
        hound::Error::IoError(e) => e,
        e => std::io::Error::other(e),
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Beside the target, so that renaming stays on one disk.
    let mut file = tempfile::Builder::new().prefix(".jarvis-").suffix(".wav").tempfile_in(folder)?;
    let mut writer = hound::WavWriter::new(BufWriter::new(file.as_file_mut()), spec).map_err(io)?;
    for sample in &pcm.samples {
        // NaN becomes 0.
        writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16).map_err(io)?;
    }
    writer.finalize().map_err(io)?;
    file.as_file_mut().flush()?;
    file.as_file().sync_all()?;
    let (_, temporary) = file.keep().map_err(|e| e.error)?;
    open_to_others(&temporary)?;
    fs::rename(&temporary, path).inspect_err(|_| {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    })
}

/// A temporary file is its owner's alone; a recording is a file like any other.
#[cfg(unix)]
fn open_to_others(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn decode(file: File) -> Result<Pcm, String> {
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let options = FormatOptions { enable_gapless: true, ..Default::default() };
    let mut format = symphonia::default::get_probe()
        .format(&Hint::new(), stream, &options, &MetadataOptions::default())
        .map_err(|e| header(&e))?
        .format;
    let track = format.tracks().iter().find(|t| t.codec_params.codec != CODEC_TYPE_NULL);
    let track = track.ok_or("it holds no sound")?;
    let sample_rate = track.codec_params.sample_rate.filter(|r| RATES.contains(r));
    let sample_rate = sample_rate.ok_or("its sample rate makes no sense")?;
    let mut decoder = symphonia::default::get_codecs()
        .make(&track.codec_params, &DecoderOptions::default())
        .map_err(|_| "it is encoded in a way that is not supported".to_owned())?;
    let id = track.id;
    let samples = mono(&mut *format, &mut *decoder, id)?;
    Ok(Pcm { samples, sample_rate })
}

/// All packets of the track, mixed to one channel.
fn mono(format: &mut dyn FormatReader, decoder: &mut dyn Decoder, track: u32) -> Result<Vec<f32>, String> {
    let mut samples = Vec::new();
    loop {
        let packet = match format.next_packet() {
            Ok(packet) if packet.track_id() == track => packet,
            Ok(_) => continue,
            // The ordinary end, and that of a file that is cut off.
            Err(Error::IoError(e)) if e.kind() == ErrorKind::UnexpectedEof => return Ok(samples),
            Err(e) if samples.is_empty() => return Err(format!("it is damaged ({e})")),
            Err(error) => {
                tracing::warn!(%error, "the sound file is damaged; its beginning is used");
                return Ok(samples);
            }
        };
        match decoder.decode(&packet) {
            Ok(sound) => {
                let channels = sound.spec().channels.count().max(1);
                let mut buffer = SampleBuffer::<f32>::new(sound.capacity() as u64, *sound.spec());
                buffer.copy_interleaved_ref(sound);
                let frames = buffer.samples().chunks_exact(channels);
                samples.extend(frames.map(|f| f.iter().sum::<f32>() / channels as f32).map(finite));
            }
            Err(Error::IoError(e)) if e.kind() == ErrorKind::UnexpectedEof => return Ok(samples),
            // One damaged packet costs its own 20 ms or so.
            Err(Error::DecodeError(reason)) => tracing::warn!(reason, "a part of the sound file is damaged"),
            Err(e) => return Err(format!("it is damaged ({e})")),
        }
    }
}

/// A float file may hold anything; one infinity would spoil everything computed from it.
fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// Why the beginning of the file makes no sense.
fn header(error: &Error) -> String {
    match error {
        Error::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => "it ends within its header".into(),
        Error::Unsupported(_) => "it is not a WAV or FLAC file".into(),
        e => format!("its header is damaged ({e})"),
    }
}
