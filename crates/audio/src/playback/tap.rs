//! The tap: what the speaker's callback hands to the device, once more, for whoever takes it out of a microphone again.
//!
//! The callback's half ([`Spout`]) is real-time code: it pushes into a ring that was allocated beforehand, silence too, so
//! that the tap keeps the device's time. The reader's half turns it into 16 kHz frames, one for each frame of the
//! microphone. Both devices run at the same speed but for a few parts in a million: the tap holds a little sound back
//! for the unevenness of both, and drops what gathers beyond that. A frame is handed out before it is heard, since what
//! it waits here is less than what the device and the microphone make it wait.

use std::sync::mpsc::{self, Receiver, Sender};

use jarvis_core::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE};
use rtrb::{Consumer, Producer, RingBuffer};

use crate::Resampler;

/// Seconds of sound in the ring: as long as the microphone's reader may be late.
const RING_SECONDS: u32 = 2;
/// Frames after which what has gathered is looked at: 1 s.
const LOOK_EVERY: u32 = 50;
/// Samples to hold back, 20 ms. Twice as many may be waiting all the time; of more, so many are left.
const SLACK: usize = FRAME_SAMPLES;

/// The callback's half.
pub(super) struct Spout(Producer<f32>);

impl Spout {
    /// One sample of what is handed to the device. Where nobody reads, it is lost.
    pub fn take(&mut self, sample: f32) {
        let _ = self.0.push(sample);
    }
}

/// Where a newly opened device's tap is announced.
pub(super) struct Plumbing(Sender<Line>);

/// The tap of one device.
struct Line {
    ring: Consumer<f32>,
    resampler: Resampler,
}

impl Plumbing {
    /// The tap, and where its devices are announced.
    pub fn new() -> (Self, Tap) {
        let (lines, announced) = mpsc::channel();
        let (waiting, least, frames) = (Vec::new(), usize::MAX, 0);
        (Self(lines), Tap { announced, line: None, raw: Vec::new(), waiting, least, frames })
    }

    /// The callback's half for a device of `rate` samples per second. Not real-time.
    pub fn open(&self, rate: u32) -> Spout {
        let (producer, ring) = RingBuffer::new((rate * RING_SECONDS) as usize);
        // A tap that is gone needs no device.
        let _ = self.0.send(Line { ring, resampler: Resampler::new(rate, SAMPLE_RATE) });
        Spout(producer)
    }
}

/// What the speaker plays, frame by frame.
pub struct Tap {
    announced: Receiver<Line>,
    line: Option<Line>,
    raw: Vec<f32>,
    /// At 16 kHz, not handed out yet.
    waiting: Vec<f32>,
    /// The least that was waiting since it was last looked at.
    least: usize,
    frames: u32,
}

impl Tap {
    /// What is played during one frame of the microphone; silence where there is nothing, or no speaker.
    pub fn frame(&mut self) -> Frame {
        self.read();
        let there = self.waiting.len().min(FRAME_SAMPLES);
        let mut frame = [0.0; FRAME_SAMPLES];
        frame[..there].copy_from_slice(&self.waiting[..there]);
        self.waiting.drain(..there);
        self.settle();
        frame
    }

    /// The same, without the sound: the microphone has heard nothing meanwhile.
    pub fn skip(&mut self) {
        self.read();
        self.waiting.clear();
        (self.least, self.frames) = (usize::MAX, 0);
    }

    fn read(&mut self) {
        if let Some(line) = self.announced.try_iter().last() {
            self.line = Some(line);
            self.waiting.clear();
        }
        let Some(line) = &mut self.line else { return };
        let Ok(chunk) = line.ring.read_chunk(line.ring.slots()) else { return };
        let (first, second) = chunk.as_slices();
        self.raw.clear();
        self.raw.extend_from_slice(first);
        self.raw.extend_from_slice(second);
        chunk.commit_all();
        line.resampler.push(&self.raw, &mut self.waiting);
    }

    /// Drops what has been waiting all the time.
    fn settle(&mut self) {
        self.least = self.least.min(self.waiting.len());
        self.frames += 1;
        if self.frames < LOOK_EVERY {
            return;
        }
        if self.least > 2 * SLACK {
            self.waiting.drain(..self.least - SLACK);
        }
        (self.least, self.frames) = (usize::MAX, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    fn play(spout: &mut Spout, samples: usize, value: f32) {
        (0..samples).for_each(|_| spout.take(value));
    }

    #[test]
    fn what_is_played_comes_out_in_step_with_the_microphone() {
        let (plumbing, mut tap) = Plumbing::new();
        assert_eq!(tap.frame(), [0.0; FRAME_SAMPLES], "there is no speaker yet");
        let mut spout = plumbing.open(SAMPLE_RATE);
        play(&mut spout, FRAME_SAMPLES + 10, 0.5);
        assert_eq!(tap.frame(), [0.5; FRAME_SAMPLES]);
        let rest = tap.frame();
        assert_eq!((rest[9], rest[10]), (0.5, 0.0), "what is not there is silence");
    }

    #[test]
    fn what_gathers_is_dropped_and_what_a_late_reader_has_to_catch_up_with_is_not() {
        let (plumbing, mut tap) = Plumbing::new();
        let mut spout = plumbing.open(SAMPLE_RATE);
        // The microphone began half a second late.
        play(&mut spout, 8_000, 0.1);
        for _ in 0..LOOK_EVERY {
            play(&mut spout, FRAME_SAMPLES, 0.2);
            tap.frame();
        }
        assert_eq!(tap.waiting.len(), SLACK);
        // The reader is half a second late, once, and then reads what both devices have gathered.
        play(&mut spout, 25 * FRAME_SAMPLES, 0.3);
        for _ in 0..25 {
            tap.frame();
        }
        for _ in 0..LOOK_EVERY {
            play(&mut spout, FRAME_SAMPLES, 0.2);
            tap.frame();
        }
        assert_eq!(tap.waiting.len(), SLACK, "nothing was dropped");
    }

    #[test]
    fn another_device_takes_the_place_of_the_one_before() {
        let (plumbing, mut tap) = Plumbing::new();
        let mut old = plumbing.open(SAMPLE_RATE);
        play(&mut old, 1_000, 0.1);
        let mut new = plumbing.open(RATE);
        play(&mut new, RATE as usize / 10, 0.4);
        let frame = tap.frame();
        // The first samples of a resampler ring.
        assert!(frame[200..].iter().all(|s| (s - 0.4).abs() < 0.05), "{:?}", &frame[200..]);
    }
}
