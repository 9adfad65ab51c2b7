//! The microphone: whatever it delivers becomes 16 kHz mono frames, through unplugging and plugging in again.
//!
//! Three parties: the device's callback fills a ring ([`crate::intake`]); one thread of ours empties it,
//! resamples, and hands frames over a bounded channel; the caller takes them from there. The thread owns the
//! device, notices that it has gone (an error, or silence of the callback itself), and looks for it until it is back.
//! A caller that does not keep up loses the newest sound, counted by [`Capture::overruns`], and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, I24, SampleFormat, SizedSample, Stream, U24};
use jarvis_core::audio::{FRAME_SAMPLES, SAMPLE_RATE, rms_dbfs};
use rtrb::{Consumer, RingBuffer};

use crate::devices::{self, Found};
use crate::intake::{Counts, Intake};
use crate::watch::{Trouble, Watch};
use crate::{AudioError, Direction, Resampler};

/// Time between two calls of the callback: little delay, and slack enough on a busy machine.
const PERIOD: Duration = Duration::from_millis(20);
/// Seconds of sound that the ring holds while the thread waits for the caller.
const RING_SECONDS: u32 = 2;
/// Frames that the caller may be behind: one second.
const CHANNEL_FRAMES: usize = 50;
/// Waits between two attempts to find a lost device.
const RETRY: std::ops::RangeInclusive<Duration> = Duration::from_millis(250)..=Duration::from_secs(2);

/// Which microphone.
#[derive(Clone, Debug)]
pub struct CaptureConfig {
    /// "default", or the name or a part of it, see [`devices::list`].
    pub device: String,
}

impl Default for CaptureConfig {
    fn default() -> Self {
        Self { device: devices::DEFAULT.into() }
    }
}

/// What a microphone gives.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields' names say it")]
pub enum CaptureItem {
    /// 20 ms of sound: 16 kHz, mono.
    Frame(Box<[f32; FRAME_SAMPLES]>),
    /// The microphone went away; no frames come until it is found.
    Lost { name: String },
    /// It, or the system's new default where that is what was asked for, is there.
    Found { name: String },
}

/// An open microphone. Dropping it closes the device and ends the thread.
pub struct Capture {
    name: String,
    items: Option<Receiver<CaptureItem>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    closing: AtomicBool,
    counts: Arc<Counts>,
    level: AtomicU32,
}

impl Capture {
    /// Opens the microphone and starts.
    ///
    /// # Errors
    /// When there is none, none of that name, or it cannot be used. Only a microphone that was open once is waited for.
    pub fn open(config: CaptureConfig) -> Result<Self, AudioError> {
        let (items, received) = mpsc::sync_channel(CHANNEL_FRAMES);
        let (opened, result) = mpsc::sync_channel(1);
        let shared = Arc::<Shared>::default();
        shared.level.store((-100_f32).to_bits(), Ordering::Relaxed);
        let name = config.device.clone();
        let ear = Ear { device: config.device, shared: Arc::clone(&shared), items };
        let thread = thread::Builder::new()
            .name("capture".into())
            .spawn(move || ear.run(&opened))
            .map_err(|e| AudioError::Unusable { direction: Direction::Input, name, reason: e.to_string() })?;
        let name = result.recv().expect("the thread answers before anything else")?;
        Ok(Self { name, items: Some(received), shared, thread: Some(thread) })
    }

    /// The name of the device that was opened.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the frames come out. It ends only with the capture.
    pub fn frames(&self) -> &Receiver<CaptureItem> {
        self.items.as_ref().expect("it is taken only on drop")
    }

    /// Samples at the device's rate that were lost because nobody took the frames in time.
    pub fn overruns(&self) -> u64 {
        self.shared.counts.overruns.load(Ordering::Relaxed)
    }

    /// Level of the newest frame, dBFS; -100 for silence and while the microphone is lost.
    pub fn level(&self) -> f32 {
        f32::from_bits(self.shared.level.load(Ordering::Relaxed))
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        // Frees the thread if it waits for room in the channel.
        self.items = None;
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the capture thread panicked");
            }
        }
    }
}

/// Why the thread stops listening to a device.
enum End {
    /// The capture is being dropped.
    Closing,
    Lost,
}

/// The thread.
struct Ear {
    device: String,
    shared: Arc<Shared>,
    items: SyncSender<CaptureItem>,
}

impl Ear {
    fn run(self, opened: &SyncSender<Result<String, AudioError>>) {
        let mut line = match Line::open(&self.device, &self.shared.counts) {
            Ok(line) => line,
            Err(e) => {
                // The opener waits for exactly this.
                let _ = opened.send(Err(e));
                return;
            }
        };
        let _ = opened.send(Ok(line.name.clone()));
        while let End::Lost = self.listen(&mut line) {
            let name = line.name.clone();
            // A dead device may call its error callback without end; close it before anything else.
            drop(line);
            self.shared.level.store((-100_f32).to_bits(), Ordering::Relaxed);
            if self.items.send(CaptureItem::Lost { name }).is_err() {
                return;
            }
            let Some(found) = self.search() else { return };
            line = found;
            if self.items.send(CaptureItem::Found { name: line.name.clone() }).is_err() {
                return;
            }
        }
    }

    fn listen(&self, line: &mut Line) -> End {
        let mut frame = Vec::with_capacity(FRAME_SAMPLES);
        let (mut raw, mut resampled) = (Vec::new(), Vec::new());
        loop {
            if self.shared.closing.load(Ordering::Acquire) {
                return End::Closing;
            }
            line.read(&mut raw);
            line.resampler.push(&raw, &mut resampled);
            for sample in resampled.drain(..) {
                frame.push(sample);
                if frame.len() == FRAME_SAMPLES {
                    let full: Box<[f32; FRAME_SAMPLES]> =
                        frame[..].try_into().map(Box::new).expect("the frame is full");
                    self.shared.level.store(rms_dbfs(&frame).to_bits(), Ordering::Relaxed);
                    frame.clear();
                    if self.items.send(CaptureItem::Frame(full)).is_err() {
                        return End::Closing;
                    }
                }
            }
            match line.watch.check(self.shared.counts.calls.load(Ordering::Relaxed), &line.trouble) {
                // The callback wakes us, and so does the drop.
                Ok(left) => thread::park_timeout(left),
                Err(reason) => {
                    tracing::warn!(%reason, "the microphone is lost");
                    return End::Lost;
                }
            }
        }
    }

    /// The device again, or none when the capture is being dropped.
    fn search(&self) -> Option<Line> {
        let mut wait = *RETRY.start();
        loop {
            let until = Instant::now() + wait;
            while let Some(left) = until.checked_duration_since(Instant::now()).filter(|d| !d.is_zero()) {
                if self.shared.closing.load(Ordering::Acquire) {
                    return None;
                }
                thread::park_timeout(left);
            }
            match Line::open(&self.device, &self.shared.counts) {
                Ok(line) => return Some(line),
                Err(error) => tracing::debug!(%error, "the microphone is not back yet"),
            }
            wait = (wait * 2).min(*RETRY.end());
        }
    }
}

/// An open device, as the thread sees it.
struct Line {
    name: String,
    ring: Consumer<f32>,
    resampler: Resampler,
    trouble: Arc<Trouble>,
    watch: Watch,
    _stream: Stream,
}

impl Line {
    /// To be called on the thread that reads: the callback will wake it.
    fn open(device: &str, counts: &Arc<Counts>) -> Result<Self, AudioError> {
        devices::open(Direction::Input, device, |found| {
            let rate = found.config.sample_rate();
            let (producer, ring) = RingBuffer::new((rate * RING_SECONDS) as usize);
            let trouble = Arc::<Trouble>::default();
            let watch = Watch::new(counts.calls.load(Ordering::Relaxed));
            let intake =
                Intake::new(found.config.channels(), producer, Arc::clone(counts), thread::current());
            let stream = start(found, intake, &trouble)?;
            let (name, resampler) = (found.name.clone(), Resampler::new(rate, SAMPLE_RATE));
            Ok(Self { name, ring, resampler, trouble, watch, _stream: stream })
        })
    }

    /// Replaces `raw` by everything that is in the ring.
    fn read(&mut self, raw: &mut Vec<f32>) {
        raw.clear();
        let chunk = self.ring.read_chunk(self.ring.slots()).expect("so many samples are there");
        let (first, second) = chunk.as_slices();
        raw.extend_from_slice(first);
        raw.extend_from_slice(second);
        chunk.commit_all();
    }
}

fn start(found: &Found, intake: Intake, trouble: &Arc<Trouble>) -> Result<Stream, cpal::Error> {
    let stream = match found.config.sample_format() {
        SampleFormat::I8 => stream::<i8>(found, intake, trouble),
        SampleFormat::I16 => stream::<i16>(found, intake, trouble),
        SampleFormat::I24 => stream::<I24>(found, intake, trouble),
        SampleFormat::I32 => stream::<i32>(found, intake, trouble),
        SampleFormat::I64 => stream::<i64>(found, intake, trouble),
        SampleFormat::U8 => stream::<u8>(found, intake, trouble),
        SampleFormat::U16 => stream::<u16>(found, intake, trouble),
        SampleFormat::U24 => stream::<U24>(found, intake, trouble),
        SampleFormat::U32 => stream::<u32>(found, intake, trouble),
        SampleFormat::U64 => stream::<u64>(found, intake, trouble),
        SampleFormat::F32 => stream::<f32>(found, intake, trouble),
        SampleFormat::F64 => stream::<f64>(found, intake, trouble),
        other => Err(cpal::Error::with_message(
            ErrorKind::UnsupportedConfig,
            format!("its sample format {other} is not sound that can be mixed"),
        )),
    }?;
    stream.play()?;
    Ok(stream)
}

fn stream<T>(found: &Found, mut intake: Intake, trouble: &Arc<Trouble>) -> Result<Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let trouble = Arc::clone(trouble);
    let reader = thread::current();
    found.device.build_input_stream::<T, _, _>(
        found.stream_config(PERIOD),
        move |samples, _| intake.take(samples),
        move |error| trouble.report(&error, &reader),
        None,
    )
}
