//! A microphone on trial: how loud it is, whether it hears the wake word, or what somebody says for a wake word to be taught. No turn
//! begins, nothing is kept.

use std::sync::mpsc::{self as sync, RecvTimeoutError};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use jarvis_audio::{Capture, CaptureItem};
use jarvis_core::audio::{FRAME_SAMPLES, rms_dbfs, samples_to_ms};
use jarvis_core::{EventKind, Failure};
use jarvis_voice::wake::WakeDetector;
use serde::Deserialize;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;

/// A trial that nobody ends is over after this time.
const LONGEST: Duration = Duration::from_secs(60);
/// A microphone may need so long before its first frame comes.
const OPENING: Duration = Duration::from_secs(3);
/// Samples between two levels: 100 ms.
const LEVEL_SAMPLES: usize = 5 * FRAME_SAMPLES;
/// How long to wait for a frame before looking whether it is over: a lost microphone sends none.
const PATIENCE: Duration = Duration::from_millis(50);

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrialKind {
    /// How loud the microphone is.
    Level,
    /// That, and whether the wake word is heard.
    Wake,
}

/// The thread of a trial under way.
pub(crate) struct Trial {
    cancel: CancellationToken,
    detectors: Option<sync::Sender<Box<dyn WakeDetector>>>,
    thread: JoinHandle<()>,
}

impl Trial {
    /// Begins, with a detector when the wake word is tried. The receiver is told, or ends, when it is over.
    pub fn start(
        capture: Capture,
        detector: Option<Box<dyn WakeDetector>>,
        bus: EventBus,
    ) -> std::io::Result<(Self, oneshot::Receiver<()>)> {
        let cancel = CancellationToken::new();
        let (over, is_over) = oneshot::channel();
        let (detectors, incoming) = sync::channel();
        let detectors = detector.is_some().then_some(detectors);
        let token = cancel.clone();
        let mut detector = detector;
        let mut position = 0;
        let thread = thread::Builder::new().name("trial".into()).spawn(move || {
            hear(&capture, LONGEST, &bus, &token, |frame| {
                if let Some(newest) = incoming.try_iter().last() {
                    detector = Some(newest);
                }
                position += frame.len() as u64;
                let Some(detector) = &mut detector else { return Ok(true) };
                if let Some(hit) = detector.process(frame).map_err(|e| e.failure())? {
                    let position_ms = samples_to_ms(position);
                    bus.publish(None, EventKind::WakeDetected { score: hit.score, position_ms });
                }
                Ok(true)
            });
            // Closed before anybody is told: another program, or the ordinary listening, may want it.
            drop(capture);
            bus.publish(None, EventKind::TrialEnded);
            drop(over);
        })?;
        Ok((Self { cancel, detectors, thread }, is_over))
    }

    /// Records so many samples. The receiver is told them when it is over, or fewer where it was broken off.
    pub fn record(
        capture: Capture,
        samples: usize,
        bus: EventBus,
    ) -> std::io::Result<(Self, oneshot::Receiver<Vec<f32>>)> {
        let cancel = CancellationToken::new();
        let (over, is_over) = oneshot::channel();
        let token = cancel.clone();
        let longest = Duration::from_millis(samples_to_ms(samples as u64)) + OPENING;
        let thread = thread::Builder::new().name("recording".into()).spawn(move || {
            let mut said = Vec::with_capacity(samples + FRAME_SAMPLES);
            hear(&capture, longest, &bus, &token, |frame| {
                said.extend_from_slice(frame);
                Ok(said.len() < samples)
            });
            // As above.
            drop(capture);
            bus.publish(None, EventKind::TrialEnded);
            // Nobody may wait for it any more.
            let _ = over.send(said);
        })?;
        Ok((Self { cancel, detectors: None, thread }, is_over))
    }

    /// Tells it from another.
    pub fn id(&self) -> ThreadId {
        self.thread.thread().id()
    }

    /// Whether the wake word is tried.
    pub fn hears_wake_word(&self) -> bool {
        self.detectors.is_some()
    }

    /// Another detector takes the place of the one it has.
    pub fn replace_detector(&self, detector: Box<dyn WakeDetector>) {
        if let Some(detectors) = &self.detectors {
            // It may just have ended.
            let _ = detectors.send(detector);
        }
    }

    /// Ends it, and returns when it has ended.
    pub async fn end(self) {
        self.cancel.cancel();
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the trial's thread panicked");
        }
    }
}

/// Hands on what the microphone gives and tells how loud it is, until `next` has had enough, or for so long.
fn hear(
    capture: &Capture,
    longest: Duration,
    bus: &EventBus,
    cancel: &CancellationToken,
    mut next: impl FnMut(&[f32]) -> Result<bool, Failure>,
) {
    let until = Instant::now() + longest;
    let mut stretch = Vec::with_capacity(LEVEL_SAMPLES);
    while !cancel.is_cancelled() && Instant::now() < until {
        let frame = match capture.frames().recv_timeout(PATIENCE) {
            Ok(CaptureItem::Frame(frame)) => frame,
            Ok(CaptureItem::Lost { .. }) => {
                bus.publish(None, EventKind::DeviceChanged { device: "microphone".into(), name: None });
                continue;
            }
            Ok(CaptureItem::Found { name }) => {
                let name = Some(name);
                bus.publish(None, EventKind::DeviceChanged { device: "microphone".into(), name });
                continue;
            }
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        stretch.extend_from_slice(&frame[..]);
        if stretch.len() == LEVEL_SAMPLES {
            bus.publish(None, EventKind::Level { rms_dbfs: rms_dbfs(&stretch) });
            stretch.clear();
        }
        match next(&frame[..]) {
            Ok(true) => {}
            Ok(false) => return,
            Err(failure) => return bus.fail(None, failure),
        }
    }
}
