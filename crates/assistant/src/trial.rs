//! A microphone on trial: how loud it is, and whether it hears the wake word. No turn begins, nothing is kept.

use std::sync::mpsc::{self as sync, RecvTimeoutError};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use jarvis_audio::{Capture, CaptureItem};
use jarvis_core::EventKind;
use jarvis_core::audio::{FRAME_SAMPLES, rms_dbfs, samples_to_ms};
use jarvis_voice::wake::WakeDetector;
use serde::Deserialize;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;

/// A trial that nobody ends is over after this time.
const LONGEST: Duration = Duration::from_secs(60);
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
        let thread = thread::Builder::new().name("trial".into()).spawn(move || {
            hear(&capture, detector, &incoming, &bus, &token);
            // Closed before anybody is told: another program, or the ordinary listening, may want it.
            drop(capture);
            bus.publish(None, EventKind::TrialEnded);
            drop(over);
        })?;
        Ok((Self { cancel, detectors, thread }, is_over))
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

fn hear(
    capture: &Capture,
    mut detector: Option<Box<dyn WakeDetector>>,
    detectors: &sync::Receiver<Box<dyn WakeDetector>>,
    bus: &EventBus,
    cancel: &CancellationToken,
) {
    let until = Instant::now() + LONGEST;
    let (mut stretch, mut position) = (Vec::with_capacity(LEVEL_SAMPLES), 0);
    while !cancel.is_cancelled() && Instant::now() < until {
        if let Some(newest) = detectors.try_iter().last() {
            detector = Some(newest);
        }
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
        position += FRAME_SAMPLES as u64;
        stretch.extend_from_slice(&frame[..]);
        if stretch.len() == LEVEL_SAMPLES {
            bus.publish(None, EventKind::Level { rms_dbfs: rms_dbfs(&stretch) });
            stretch.clear();
        }
        match detector.as_mut().map(|detector| detector.process(&frame[..])).transpose() {
            Ok(hit) => {
                if let Some(hit) = hit.flatten() {
                    let position_ms = samples_to_ms(position);
                    bus.publish(None, EventKind::WakeDetected { score: hit.score, position_ms });
                }
            }
            Err(error) => return bus.fail(None, error.failure()),
        }
    }
}
