//! The ears' thread: frames, cleaned, and inputs into the session, its signals to the stage.

use std::sync::mpsc as sync;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jarvis_audio::{Capture, CaptureItem, Cleaner, Cleaning, Tap};
use jarvis_core::audio::{CleanFrame, FRAME_MS, FRAME_SAMPLES, Frame, rms_dbfs};
use jarvis_voice::session::{Input, Session};
use tokio::sync::mpsc;

use super::stage::Message;

/// Frames between two reports of the level: 240 ms.
const LEVEL_EVERY: u32 = 12;
/// How long to wait for a frame before looking at the inputs: a lost microphone sends none.
const PATIENCE: Duration = Duration::from_millis(40);
/// As much sound, frames.
const FRAMES_OF_PATIENCE: u64 = PATIENCE.as_millis() as u64 / FRAME_MS;

/// What is heard, and what is to be removed from it.
pub(super) struct Hearing {
    pub capture: Capture,
    pub cleaning: Cleaning,
    /// What the speaker plays, where its echo is to be removed.
    pub tap: Option<Tap>,
}

/// Handle of the thread.
pub(super) struct Ears {
    inputs: sync::Sender<Input>,
    thread: JoinHandle<()>,
}

impl Ears {
    pub fn start(
        mut session: Session,
        mut hearing: Hearing,
        inbox: mpsc::Sender<Message>,
    ) -> std::io::Result<Self> {
        let (inputs, incoming) = sync::channel();
        let thread = thread::Builder::new().name("ears".into()).spawn(move || {
            // Ends when the stage has gone and takes no more messages.
            let _ = hear(&mut session, &mut hearing, &incoming, &inbox);
        })?;
        Ok(Self { inputs, thread })
    }

    /// Where inputs for the session go.
    pub fn inputs(&self) -> sync::Sender<Input> {
        self.inputs.clone()
    }

    pub fn input(&self, input: Input) {
        // The thread only ends with the stage; an input for nobody is no loss.
        let _ = self.inputs.send(input);
    }

    pub fn join(self) {
        drop(self.inputs);
        if self.thread.join().is_err() {
            tracing::error!("the ears' thread panicked");
        }
    }
}

/// The stage is gone.
struct StageGone;

fn hear(
    session: &mut Session,
    hearing: &mut Hearing,
    incoming: &sync::Receiver<Input>,
    inbox: &mpsc::Sender<Message>,
) -> Result<(), StageGone> {
    let tell = |message| inbox.blocking_send(message).map_err(|_| StageGone);
    // Made here: it does not leave the thread that it was made on.
    let mut cleaner = Cleaner::new(hearing.cleaning);
    let mut frames_to_level = LEVEL_EVERY;
    let mut lost = false;
    let take_in = |session: &mut Session, frame: &CleanFrame, played: &Frame| {
        let signals = match session.clean_frame(frame, played) {
            Ok(signals) => signals,
            Err(e) => return tell(Message::EarsFailed(e.failure())),
        };
        let now_ms = session.now_ms();
        signals.into_iter().try_for_each(|signal| tell(Message::Signal { signal, now_ms }))
    };
    loop {
        if inbox.is_closed() {
            return Err(StageGone);
        }
        for input in incoming.try_iter() {
            for signal in session.input(input) {
                tell(Message::Signal { signal, now_ms: session.now_ms() })?;
            }
        }
        match hearing.capture.frames().recv_timeout(PATIENCE) {
            Ok(CaptureItem::Frame(frame)) => {
                let played = hearing.tap.as_mut().map_or([0.0; FRAME_SAMPLES], Tap::frame);
                take_in(session, &cleaner.clean(&frame, &played), &played)?;
                frames_to_level -= 1;
                if frames_to_level == 0 {
                    frames_to_level = LEVEL_EVERY;
                    tell(Message::Level(rms_dbfs(&frame[..])))?;
                }
            }
            Ok(CaptureItem::Lost { name }) => {
                lost = true;
                tell(Message::MicrophoneLost { name })?;
            }
            Ok(CaptureItem::Found { name }) => {
                lost = false;
                // What was played to nobody has no echo.
                hearing.tap.iter_mut().for_each(Tap::skip);
                tell(Message::MicrophoneFound { name })?;
            }
            // Time goes on: a request that was being heard ends.
            Err(sync::RecvTimeoutError::Timeout) if lost => {
                let silence = [0.0; FRAME_SAMPLES];
                for _ in 0..FRAMES_OF_PATIENCE {
                    take_in(session, &silence.into(), &silence)?;
                }
            }
            Err(sync::RecvTimeoutError::Timeout) => {}
            Err(sync::RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
