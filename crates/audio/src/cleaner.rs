//! From what the microphone hears to what is listened to: without echo, without noise, as far as each is wanted.
//!
//! What is not wanted costs nothing and changes nothing.

use jarvis_core::audio::{CleanFrame, Frame};

use crate::echo::EchoCanceller;
use crate::noise::NoiseSuppressor;

/// What is to be removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaning {
    /// The echo of the speaker.
    pub echo: bool,
    /// Steady noise; from what is listened to for wake word and voice activity only.
    pub noise: bool,
}

/// See the module. It stays on the thread that it was made on.
pub struct Cleaner {
    echo: Option<EchoCanceller>,
    noise: Option<NoiseSuppressor>,
}

impl Cleaner {
    /// One that removes what is wanted.
    pub fn new(wanted: Cleaning) -> Self {
        Self { echo: wanted.echo.then(EchoCanceller::new), noise: wanted.noise.then(NoiseSuppressor::new) }
    }

    /// Cleans a frame; `played` is what the speaker plays meanwhile, see [`EchoCanceller::cancel`].
    pub fn clean(&mut self, heard: &Frame, played: &Frame) -> CleanFrame {
        let mut clean = match &mut self.echo {
            Some(echo) => echo.cancel(heard, played),
            None => CleanFrame::from(*heard),
        };
        if let Some(noise) = &mut self.noise {
            noise.suppress(&mut clean.detection);
        }
        clean
    }
}

#[cfg(test)]
mod tests {
    use jarvis_core::audio::{FRAME_SAMPLES, rms_dbfs};

    use super::*;
    use crate::room::{EchoPath, Room};

    /// Even random numbers, the same every time.
    struct Random(u32);

    impl Random {
        fn frame(&mut self, loud: f32) -> Frame {
            std::array::from_fn(|_| {
                self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                loud * ((self.0 >> 8) as f32 / (1u32 << 23) as f32 - 1.0)
            })
        }
    }

    /// Mean level in dBFS of what is left in the last two of eight seconds of an echo: as heard, for detection, for recognition.
    fn echo_left(delay_ms: u64) -> [f32; 3] {
        let mut cleaner = Cleaner::new(Cleaning { echo: true, noise: false });
        let mut path = EchoPath::new(&Room::STUDY, delay_ms, 0.5);
        let mut random = Random(1);
        let mut left = [Vec::new(), Vec::new(), Vec::new()];
        for frame in 0..400 {
            // Syllables, a fifth of a second each.
            let played = random.frame(if frame % 15 < 10 { 0.1 } else { 0.0 });
            let heard = path.hear(&played);
            let clean = cleaner.clean(&heard, &played);
            if frame >= 300 {
                left[0].extend(heard);
                left[1].extend(clean.detection);
                left[2].extend(clean.recognition);
            }
        }
        left.map(|samples| rms_dbfs(&samples))
    }

    #[test]
    fn the_echo_is_removed_however_late_it_comes() {
        for delay_ms in [20, 150, 300] {
            let [heard, detection, recognition] = echo_left(delay_ms);
            assert!(heard - detection > 20.0, "{delay_ms} ms: {heard} dB, {detection} dB left");
            assert!(heard - recognition > 6.0, "{delay_ms} ms: {heard} dB, {recognition} dB left");
        }
    }

    #[test]
    fn nothing_is_changed_where_nothing_is_played_or_nothing_is_wanted() {
        let mut random = Random(2);
        let frame = random.frame(0.1);
        let silence = [0.0; FRAME_SAMPLES];
        let mut cleaner = Cleaner::new(Cleaning { echo: true, noise: false });
        assert_eq!(cleaner.clean(&frame, &silence), CleanFrame::from(frame));
        let mut cleaner = Cleaner::new(Cleaning::default());
        assert_eq!(cleaner.clean(&frame, &frame), CleanFrame::from(frame));
        // And again, once the last echo has died away.
        let mut cleaner = Cleaner::new(Cleaning { echo: true, noise: false });
        assert_ne!(cleaner.clean(&frame, &frame), CleanFrame::from(frame));
        for _ in 0..60 {
            cleaner.clean(&silence, &silence);
        }
        assert_eq!(cleaner.clean(&frame, &silence), CleanFrame::from(frame));
    }

    #[test]
    fn steady_noise_becomes_quiet_for_detection_only() {
        let mut cleaner = Cleaner::new(Cleaning { echo: false, noise: true });
        let mut random = Random(3);
        let mut last = None;
        for _ in 0..150 {
            let frame = random.frame(0.02);
            last = Some((frame, cleaner.clean(&frame, &[0.0; FRAME_SAMPLES])));
        }
        let (frame, clean) = last.unwrap();
        assert_eq!(clean.recognition, frame);
        let quieter = rms_dbfs(&frame) - rms_dbfs(&clean.detection);
        assert!(quieter > 4.0, "{quieter} dB");
    }
}
