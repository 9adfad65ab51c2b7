//! The open speaker: a cpal stream that plays what rodio's mixer gives.
//!
//! The stream is ours rather than rodio's because only the callback is told how long the device takes to play
//! what it is handed, and without that nobody knows when speech has truly ended.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, I24, SampleFormat, SizedSample, Stream, U24};
use rodio::mixer::MixerSource;
use rtrb::{Producer, RingBuffer};

use super::feed::{Dials, Feed};
use super::tap::{Plumbing, Spout};
use crate::devices::{self, Found};
use crate::watch::{Trouble, Watch};
use crate::{AudioError, Direction};

/// Time between two calls of the callback. The device holds two such periods: short enough to be silent within
/// 100 ms, long enough for a machine that is busy speaking.
const PERIOD: Duration = Duration::from_millis(25);
/// Milliseconds of speech in the ring: the player may be late by as much.
const RING_MS: u32 = 500;

/// An open speaker.
pub(super) struct Output {
    pub name: String,
    pub rate: u32,
    /// Where speech goes in, at the device's rate.
    pub ring: Producer<f32>,
    trouble: Arc<Trouble>,
    watch: Watch,
    _stream: Stream,
}

impl Output {
    /// To be called on the player's thread: the callback will wake it.
    pub fn open(device: &str, dials: &Arc<Dials>, tap: Option<&Plumbing>) -> Result<Self, AudioError> {
        devices::open(Direction::Output, device, |found| {
            let rate = found.config.sample_rate();
            let (Some(frames), Some(channels)) = (NonZero::new(rate), NonZero::new(found.config.channels()))
            else {
                return Err(ErrorKind::UnsupportedConfig.into());
            };
            dials.reset(rate);
            let (ring, speech) = RingBuffer::new((rate * RING_MS / 1000) as usize);
            let (mixer, mixed) = rodio::mixer::mixer(channels, frames);
            mixer.add(Feed::new(speech, Arc::clone(dials), frames));
            let trouble = Arc::<Trouble>::default();
            let stream = start(found, mixed, tap.map(|tap| tap.open(rate)), dials, &trouble)?;
            let (name, watch) = (found.name.clone(), Watch::new(0));
            Ok(Self { name, rate, ring, trouble, watch, _stream: stream })
        })
    }

    /// See [`Watch::check`].
    pub fn check(&mut self, calls: u64) -> Result<Duration, String> {
        self.watch.check(calls, &self.trouble)
    }
}

fn start(
    found: &Found,
    mixed: MixerSource,
    tap: Option<Spout>,
    dials: &Arc<Dials>,
    trouble: &Arc<Trouble>,
) -> Result<Stream, cpal::Error> {
    let stream = match found.config.sample_format() {
        SampleFormat::I8 => stream::<i8>(found, mixed, tap, dials, trouble),
        SampleFormat::I16 => stream::<i16>(found, mixed, tap, dials, trouble),
        SampleFormat::I24 => stream::<I24>(found, mixed, tap, dials, trouble),
        SampleFormat::I32 => stream::<i32>(found, mixed, tap, dials, trouble),
        SampleFormat::I64 => stream::<i64>(found, mixed, tap, dials, trouble),
        SampleFormat::U8 => stream::<u8>(found, mixed, tap, dials, trouble),
        SampleFormat::U16 => stream::<u16>(found, mixed, tap, dials, trouble),
        SampleFormat::U24 => stream::<U24>(found, mixed, tap, dials, trouble),
        SampleFormat::U32 => stream::<u32>(found, mixed, tap, dials, trouble),
        SampleFormat::U64 => stream::<u64>(found, mixed, tap, dials, trouble),
        SampleFormat::F32 => stream::<f32>(found, mixed, tap, dials, trouble),
        SampleFormat::F64 => stream::<f64>(found, mixed, tap, dials, trouble),
        other => Err(cpal::Error::with_message(
            ErrorKind::UnsupportedConfig,
            format!("its sample format {other} is not sound that can be mixed"),
        )),
    }?;
    stream.play()?;
    Ok(stream)
}

fn stream<T>(
    found: &Found,
    mut mixed: MixerSource,
    mut tap: Option<Spout>,
    dials: &Arc<Dials>,
    trouble: &Arc<Trouble>,
) -> Result<Stream, cpal::Error>
where
    T: SizedSample + FromSample<f32>,
{
    let (dials, trouble) = (Arc::clone(dials), Arc::clone(trouble));
    let (player, also_player) = (thread::current(), thread::current());
    let channels = usize::from(found.config.channels());
    let per_second = u64::from(found.config.sample_rate()) * channels as u64;
    found.device.build_output_stream::<T, _, _>(
        found.stream_config(PERIOD),
        move |samples, info| {
            for (i, sample) in samples.iter_mut().enumerate() {
                let value = mixed.next().unwrap_or(0.0).clamp(-1.0, 1.0);
                // Speech is mono: every channel plays the same.
                if i % channels == 0
                    && let Some(tap) = &mut tap
                {
                    tap.take(value);
                }
                *sample = T::from_sample(value);
            }
            let at = info.timestamp();
            let latency = at.playback.saturating_duration_since(at.callback);
            let block = Duration::from_micros(samples.len() as u64 * 1_000_000 / per_second);
            dials.filled(latency, block, &player);
        },
        move |error| trouble.report(&error, &also_player),
        None,
    )
}
