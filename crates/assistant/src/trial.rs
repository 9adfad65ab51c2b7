//! A microphone on trial: how loud it is, whether it hears the wake word, or what somebody says for a wake word to be taught. No turn
//! begins, nothing is kept.

use std::sync::Arc;
use std::sync::mpsc::{self as sync, RecvTimeoutError};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use jarvis_audio::{Capture, CaptureItem};
use jarvis_core::audio::{FRAME_SAMPLES, Frame, rms_dbfs, samples_to_ms};
use jarvis_core::{EventKind, Failure};
use jarvis_voice::session::{Input, Session, Signal};
use jarvis_voice::wake::{Candidate, SecondLook};
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
    session: Session,
    second_look: Option<Arc<SecondLook>>,
    runtime: Handle,
    /// Looks that are over: their names, and how sure they are where they could tell.
    tell: sync::Sender<(u64, Option<f32>)>,
    told: sync::Receiver<(u64, Option<f32>)>,
}

impl WakeOnTrial {
    /// Must be called within a tokio runtime.
    pub fn new(session: Session, second_look: Option<Arc<SecondLook>>) -> Self {
        let runtime = Handle::current();
        if let Some(look) = second_look.clone() {
            // Where it fails, the first look will too.
            runtime.spawn(async move { look.warm().await });
        }
        let (tell, told) = sync::channel();
        Self { session, second_look, runtime, tell, told }
    }

    /// How sure it is, 0 to 1, that it was just called; none where it was not.
    fn hear(&mut self, frame: &Frame) -> Result<Option<f32>, Failure> {
        let mut signals = self.session.frame(frame).map_err(|e| e.failure())?;
        let mut sure_of_it = None;
        for (look, sure) in self.told.try_iter() {
            sure_of_it = sure.or(sure_of_it);
            let confirmed = sure.map(|sure| sure >= SecondLook::CONFIRMED);
            signals.extend(self.session.input(Input::Looked { look, confirmed }));
        }
        let mut heard = None;
        for signal in signals {
            match signal {
                Signal::Doubt { look, candidate } => self.look_again(look, candidate),
                Signal::Wake { score, .. } => heard = Some(sure_of_it.unwrap_or(score)),
                _ => {}
            }
        }
        if heard.is_some() {
            // No turn begins.
            self.session.input(Input::Stop);
        }
        Ok(heard)
    }

    fn look_again(&self, look: u64, candidate: Candidate) {
        let (second_look, tell) = (self.second_look.clone(), self.tell.clone());
        self.runtime.spawn(async move {
            let looked = async {
                tokio::time::timeout(LONGEST_LOOK, second_look?.certainty(&candidate)).await.ok()?.ok()
            };
            // The trial may be over.
            let _ = tell.send((look, looked.await));
        });
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
        mut wake: Option<WakeOnTrial>,
        bus: EventBus,
    ) -> std::io::Result<(Self, oneshot::Receiver<()>)> {
        let cancel = CancellationToken::new();
        let (over, is_over) = oneshot::channel();
        let (wakes, incoming) = sync::channel();
        let wakes = wake.is_some().then_some(wakes);
        let token = cancel.clone();
        let thread = thread::Builder::new().name("trial".into()).spawn(move || {
            hear(&capture, LONGEST, &bus, &token, |frame| {
                if let Some(newest) = incoming.try_iter().last() {
                    wake = Some(newest);
                }
                let Some(wake) = &mut wake else { return Ok(true) };
                if let Some(score) = wake.hear(frame)? {
                    let position_ms = wake.session.now_ms();
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
    mut next: impl FnMut(&Frame) -> Result<bool, Failure>,
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
        match next(&frame) {
            Ok(true) => {}
            Ok(false) => return,
            Err(failure) => return bus.fail(None, failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use jarvis_core::config::InterruptBy;
    use jarvis_voice::endpoint::EndpointConfig;
    use jarvis_voice::session::SessionConfig;
    use jarvis_voice::speech::SpeechError;
    use jarvis_voice::stt::{TranscribeOptions, Transcriber, Transcript};
    use jarvis_voice::vad::{Vad, VadError};
    use jarvis_voice::wake::{Detection, WakeDetector, WakeError};

    use super::*;

    /// Hears that in every frame.
    struct Detector(f32);

    impl WakeDetector for Detector {
        fn process(&mut self, _: &[f32]) -> Result<Option<Detection>, WakeError> {
            Ok(Some(Detection { score: self.0, position: 0 }))
        }
        fn reset(&mut self) {}
    }

    struct Silence;

    impl Vad for Silence {
        fn process(&mut self, _: &Frame) -> Result<f32, VadError> {
            Ok(0.0)
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
            (0.2, Some(SecondLook::LEAST + 2.5), true),
            (0.2, Some(SecondLook::LEAST + 0.5), false),
            (0.9, Some(SecondLook::LEAST - 1.5), true),
            (0.9, Some(SecondLook::LEAST - 3.5), false),
            // The detector alone.
            (0.2, None, false),
            (0.6, None, true),
        ] {
            let look =
                SecondLook::new(Arc::new(Recogniser(recogniser)), "Hey Jarvis".into(), "en".into(), 0.5);
            let config = SessionConfig {
                endpoint: EndpointConfig { threshold: 0.5, min_silence_ms: 400, max_silence_ms: 1000 },
                no_speech_ms: 3000,
                max_request_ms: 10_000,
                follow_up_ms: 0,
                partials: false,
                interrupt_by: InterruptBy::Off,
                interrupt_after_ms: 300,
            };
            let session = Session::new(config, Some(Box::new(Detector(score))), Box::new(Silence));
            let mut wake = WakeOnTrial::new(session.with_second_look(0.5, 60_000), Some(Arc::new(look)));
            let mut hits = 0;
            for _ in 0..50 {
                hits += usize::from(wake.hear(&[0.1; FRAME_SAMPLES]).unwrap().is_some());
                // The look has its turn.
                tokio::task::yield_now().await;
            }
            assert_eq!(hits, usize::from(heard), "{score} {recogniser:?}");
        }
    }
}
