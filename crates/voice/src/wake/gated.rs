//! A wake word's detector behind a [level gate](super::level_gate): while nothing is to be heard it does not run.
//!
//! When the gate opens, the detector first hears what it has missed, as much of it as it can remember, and so scores as if
//! it had run all the time. Nothing is played to it twice, so no word is detected twice. Owned by the session.

use std::collections::VecDeque;

use jarvis_core::audio::Frame;

use super::level_gate::LevelGate;
use super::openwakeword::{HOP, MEMORY};
use super::{Detection, WakeDetector, WakeError};

/// See the module.
pub struct GatedWake {
    detector: Box<dyn WakeDetector>,
    gate: LevelGate,
    /// What the detector has missed so far, at most [`MEMORY`] and a hop.
    missed: VecDeque<f32>,
    /// Where in the stream that begins.
    from: u64,
    /// Something was missed before that, and is lost.
    lost: bool,
}

impl GatedWake {
    /// Puts a detector that has heard nothing yet behind a gate.
    pub fn new(detector: Box<dyn WakeDetector>) -> Self {
        Self { detector, gate: LevelGate::new(), missed: VecDeque::new(), from: 0, lost: false }
    }

    /// Hears a frame: at once where the gate is open or `awake` is set, else when it is. Catching up costs, once an
    /// opening, what some two seconds of sound cost. A detection's position counts from wherever the detector began anew.
    ///
    /// # Errors
    /// As [`WakeDetector::process`].
    pub fn process(&mut self, frame: &Frame, awake: bool) -> Result<Option<Detection>, WakeError> {
        let open = self.gate.push(frame);
        self.missed.extend(frame);
        if !open && !awake {
            if self.missed.len() >= MEMORY + HOP {
                // Up to the next hop of the stream: the scores then fall where they would have fallen.
                let whole = HOP - (self.from % HOP as u64) as usize;
                self.missed.drain(..whole);
                self.from += whole as u64;
                self.lost = true;
            }
            return Ok(None);
        }
        if std::mem::take(&mut self.lost) {
            self.detector.reset();
        }
        let heard = self.detector.process(self.missed.make_contiguous());
        self.from += self.missed.len() as u64;
        self.missed.clear();
        heard
    }

    /// Forgets what was heard and what was missed. The room stays the one that it is.
    pub fn reset(&mut self) {
        self.detector.reset();
        self.missed.clear();
        self.from = 0;
        self.lost = false;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use jarvis_core::audio::FRAME_SAMPLES;

    use super::*;

    /// What a detector was given, since each of its resets.
    type Heard = Arc<Mutex<Vec<Vec<f32>>>>;

    struct FakeWake(Heard);

    impl WakeDetector for FakeWake {
        fn process(&mut self, samples: &[f32]) -> Result<Option<Detection>, WakeError> {
            self.0.lock().unwrap().last_mut().unwrap().extend(samples);
            Ok(None)
        }
        fn reset(&mut self) {
            self.0.lock().unwrap().push(Vec::new());
        }
    }

    /// Plays so many frames, too soft to open the gate or loud, each sample of which tells its place in the stream.
    fn play(wake: &mut GatedWake, stream: &mut Vec<f32>, frames: usize, loud: bool, awake: bool) {
        for _ in 0..frames {
            let at = stream.len();
            let frame: Frame = std::array::from_fn(|i| {
                let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
                (at + i) as f32 * 1e-12 + if loud { 0.1 * sign } else { 0.0 }
            });
            stream.extend(frame);
            wake.process(&frame, awake).unwrap();
        }
    }

    fn behind_a_gate() -> (GatedWake, Heard) {
        let heard = Heard::new(Mutex::new(vec![Vec::new()]));
        (GatedWake::new(Box::new(FakeWake(Arc::clone(&heard)))), heard)
    }

    #[test]
    fn in_silence_it_does_not_run_unless_it_has_to() {
        let (mut wake, heard) = behind_a_gate();
        let mut stream = Vec::new();
        play(&mut wake, &mut stream, 120, false, false);
        let at_first = heard.lock().unwrap().concat().len();
        assert!(at_first < stream.len());
        play(&mut wake, &mut stream, 500, false, false);
        assert_eq!(heard.lock().unwrap().concat().len(), at_first);
        play(&mut wake, &mut stream, 10, false, true);
        assert!(stream.ends_with(heard.lock().unwrap().last().unwrap()));
    }

    #[test]
    fn after_a_long_silence_it_begins_anew_with_all_that_it_can_remember() {
        let (mut wake, heard) = behind_a_gate();
        let mut stream = Vec::new();
        // It stops in the middle of a hop.
        play(&mut wake, &mut stream, 102, false, true);
        play(&mut wake, &mut stream, 900, false, false);
        play(&mut wake, &mut stream, 1, true, false);
        {
            let heard = heard.lock().unwrap();
            assert_eq!(heard.len(), 2, "one reset");
            let caught_up = &heard[1];
            assert!(stream.ends_with(caught_up));
            assert!((MEMORY..=MEMORY + HOP + FRAME_SAMPLES).contains(&caught_up.len()));
            assert_eq!((stream.len() - caught_up.len()) % HOP, 0);
        }
        play(&mut wake, &mut stream, 50, true, false);
        let heard = heard.lock().unwrap();
        assert_eq!(heard.len(), 2);
        assert!(stream.ends_with(&heard[1]), "each frame once");
        assert!(heard[1].len() >= MEMORY + 50 * FRAME_SAMPLES);
    }

    #[test]
    fn after_a_short_silence_it_goes_on_as_if_there_had_been_none() {
        let (mut wake, heard) = behind_a_gate();
        let mut stream = Vec::new();
        play(&mut wake, &mut stream, 150, false, false);
        assert!(heard.lock().unwrap()[0].len() < stream.len());
        play(&mut wake, &mut stream, 1, true, false);
        assert_eq!(*heard.lock().unwrap(), [stream]);
    }

    #[test]
    fn what_came_before_a_reset_is_not_heard_after_it() {
        let (mut wake, heard) = behind_a_gate();
        let mut before = Vec::new();
        play(&mut wake, &mut before, 300, false, false);
        wake.reset();
        let mut after = Vec::new();
        play(&mut wake, &mut after, 5, true, false);
        assert_eq!(*heard.lock().unwrap().last().unwrap(), after);
    }
}
