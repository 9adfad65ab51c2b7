//! A microphone on trial: how loud it is, whether it hears the wake word, or what somebody says for a wake word to be taught. No turn
//! begins, nothing is kept.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self as sync, RecvTimeoutError};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use jarvis_audio::{Capture, CaptureItem};
use jarvis_core::audio::{FRAME_SAMPLES, ms_to_samples, rms_dbfs, samples_to_ms};
use jarvis_core::{EventKind, Failure};
use jarvis_voice::wake::{Candidate, SecondLook, WakeDetector};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;
use crate::conversation::LONGEST_LOOK;

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

/// What hears the wake word on trial, as Jarvis does when it listens.
pub(crate) struct WakeOnTrial {
    detector: Box<dyn WakeDetector>,
    second_look: Option<(Arc<SecondLook>, Handle)>,
    /// The score at which the detector alone is believed.
    threshold: f32,
    /// After it was heard, deaf to it for so many samples.
    deaf_for: u64,
    deaf_until: u64,
    position: u64,
    /// The last of what was heard.
    sound: VecDeque<f32>,
}

impl WakeOnTrial {
    /// Must be called within a tokio runtime. Where there is a second look, the detector reports all that is worth one.
    pub fn new(
        detector: Box<dyn WakeDetector>,
        second_look: Option<Arc<SecondLook>>,
        threshold: f32,
        refractory_ms: u64,
    ) -> Self {
        let second_look = second_look.map(|look| (look, Handle::current()));
        if let Some((look, runtime)) = &second_look {
            let look = Arc::clone(look);
            // Where it fails, the first look will too.
            runtime.spawn(async move { look.warm().await });
        }
        let deaf_for = ms_to_samples(refractory_ms);
        let sound = VecDeque::from(vec![0.0; ms_to_samples(SecondLook::SOUND_MS) as usize]);
        Self { detector, second_look, threshold, deaf_for, deaf_until: 0, position: 0, sound }
    }

    /// How sure it is, 0 to 1, that it was just called; none where it was not.
    fn hear(&mut self, frame: &[f32]) -> Result<Option<f32>, Failure> {
        self.position += frame.len() as u64;
        self.sound.drain(..frame.len());
        self.sound.extend(frame);
        let hit = self.detector.process(frame).map_err(|e| e.failure())?;
        let Some(hit) = hit.filter(|_| self.position >= self.deaf_until) else { return Ok(None) };
        let looked = self.second_look.as_ref().and_then(|(look, runtime)| {
            let candidate = Candidate { score: hit.score, samples: self.sound.iter().copied().collect() };
            let look = async { tokio::time::timeout(LONGEST_LOOK, look.certainty(&candidate)).await };
            runtime.block_on(look).ok()?.ok()
        });
        // Where nobody can look, the detector decides alone.
        let (sure, limit) = looked.map_or((hit.score, self.threshold), |sure| (sure, 0.5));
        let called = sure >= limit;
        if called {
            self.deaf_until = self.position + self.deaf_for;
        }
        Ok(called.then_some(sure))
    }
}

/// The thread of a trial under way.
pub(crate) struct Trial {
    cancel: CancellationToken,
    wakes: Option<sync::Sender<WakeOnTrial>>,
    thread: JoinHandle<()>,
}

impl Trial {
    /// Begins, with what hears the wake word when that is tried. The receiver is told, or ends, when it is over.
    pub fn start(
        capture: Capture,
        wake: Option<WakeOnTrial>,
        bus: EventBus,
    ) -> std::io::Result<(Self, oneshot::Receiver<()>)> {
        let cancel = CancellationToken::new();
        let (over, is_over) = oneshot::channel();
        let (wakes, incoming) = sync::channel();
        let wakes = wake.is_some().then_some(wakes);
        let token = cancel.clone();
        let mut wake = wake;
        let mut position = 0;
        let thread = thread::Builder::new().name("trial".into()).spawn(move || {
            hear(&capture, LONGEST, &bus, &token, |frame| {
                if let Some(newest) = incoming.try_iter().last() {
                    wake = Some(newest);
                }
                position += frame.len() as u64;
                let Some(wake) = &mut wake else { return Ok(true) };
                if let Some(score) = wake.hear(frame)? {
                    let position_ms = samples_to_ms(position);
                    bus.publish(None, EventKind::WakeDetected { score, position_ms });
                }
                Ok(true)
            });
            // Closed before anybody is told: another program, or the ordinary listening, may want it.
            drop(capture);
            bus.publish(None, EventKind::TrialEnded);
            drop(over);
        })?;
        Ok((Self { cancel, wakes, thread }, is_over))
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
        Ok((Self { cancel, wakes: None, thread }, is_over))
    }

    /// Tells it from another.
    pub fn id(&self) -> ThreadId {
        self.thread.thread().id()
    }

    /// Whether the wake word is tried.
    pub fn hears_wake_word(&self) -> bool {
        self.wakes.is_some()
    }

    /// Hears the wake word by other settings from now on.
    pub fn replace_wake(&self, wake: WakeOnTrial) {
        if let Some(wakes) = &self.wakes {
            // It may just have ended.
            let _ = wakes.send(wake);
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

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use jarvis_voice::speech::SpeechError;
    use jarvis_voice::stt::{TranscribeOptions, Transcriber, Transcript};
    use jarvis_voice::wake::{Detection, WakeError};

    use super::*;

    /// Hears that in every frame.
    struct Detector(f32);

    impl WakeDetector for Detector {
        fn process(&mut self, _: &[f32]) -> Result<Option<Detection>, WakeError> {
            Ok(Some(Detection { score: self.0, position: 0 }))
        }
        fn reset(&mut self) {}
    }

    /// Finds the phrase so much likelier in sound than in silence; or fails.
    struct Recogniser(Option<f32>);

    #[async_trait]
    impl Transcriber for Recogniser {
        async fn warm(&self) -> Result<(), SpeechError> {
            Ok(())
        }
        async fn transcribe(&self, _: &[f32], _: &TranscribeOptions) -> Result<Transcript, SpeechError> {
            Err(SpeechError::NoAnswer)
        }
        async fn log_probability(&self, samples: &[f32], _: &str, _: &str) -> Result<f32, SpeechError> {
            let ratio = self.0.ok_or(SpeechError::NoAnswer)?;
            Ok(if samples.iter().all(|sample| *sample == 0.0) { -20.0 } else { ratio - 20.0 })
        }
    }

    #[tokio::test]
    async fn what_is_heard_on_trial_is_what_would_wake_jarvis() {
        for (score, recogniser, heard) in [
            // The detector doubts, the recogniser is sure, and the other way round.
            (0.2, Some(7.0), true),
            (0.2, Some(5.0), false),
            (0.9, Some(3.0), true),
            (0.9, Some(1.0), false),
            // The detector alone.
            (0.2, None, false),
            (0.6, None, true),
        ] {
            let look =
                SecondLook::new(Arc::new(Recogniser(recogniser)), "Hey Jarvis".into(), "en".into(), 0.5);
            let mut wake = WakeOnTrial::new(Box::new(Detector(score)), Some(Arc::new(look)), 0.5, 40);
            let frames = std::iter::repeat_n([0.1; FRAME_SAMPLES], 4);
            // As on the trial's thread.
            let hits = tokio::task::spawn_blocking(move || {
                frames.map(|frame| wake.hear(&frame).unwrap().is_some()).collect::<Vec<_>>()
            });
            // Deaf for two frames.
            assert_eq!(hits.await.unwrap(), [heard, false, heard, false], "{score} {recogniser:?}");
        }
    }
}
