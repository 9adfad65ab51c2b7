//! What the microphone's callback runs: real-time code.
//!
//! Mixes the channels to one and pushes the result into a ring that was allocated beforehand. It never locks,
//! allocates, logs or sends; what does not fit is counted, and [`crate::capture`] reports it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;

use cpal::{FromSample, Sample};
use rtrb::Producer;

/// What the callback tells without waiting.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Calls so far: a microphone that is alive counts on.
    pub calls: AtomicU64,
    /// Samples that found the ring full.
    pub overruns: AtomicU64,
}

/// The callback's state.
pub(crate) struct Intake {
    channels: usize,
    ring: Producer<f32>,
    counts: Arc<Counts>,
    reader: Thread,
}

impl Intake {
    /// `reader` is woken whenever there is something in the ring: an atomic and at most one system call that
    /// does not wait.
    pub fn new(channels: u16, ring: Producer<f32>, counts: Arc<Counts>, reader: Thread) -> Self {
        Self { channels: usize::from(channels.max(1)), ring, counts, reader }
    }

    /// Takes interleaved samples of any format.
    pub fn take<T>(&mut self, interleaved: &[T])
    where
        T: Sample,
        f32: FromSample<T>,
    {
        let frames = interleaved.len() / self.channels;
        let fitting = frames.min(self.ring.slots());
        let channels = self.channels as f32;
        if let Ok(room) = self.ring.write_chunk_uninit(fitting) {
            let mono = interleaved.chunks_exact(self.channels).take(fitting);
            room.fill_from_iter(
                mono.map(|frame| frame.iter().map(|s| f32::from_sample(*s)).sum::<f32>() / channels),
            );
        }
        self.counts.overruns.fetch_add((frames - fitting) as u64, Ordering::Relaxed);
        self.counts.calls.fetch_add(1, Ordering::Relaxed);
        self.reader.unpark();
    }
}

#[cfg(test)]
mod tests {
    use assert_no_alloc::{AllocDisabler, assert_no_alloc, violation_count};
    use cpal::{I24, U24};
    use rtrb::{Consumer, RingBuffer};

    use super::*;

    #[global_allocator]
    static ALLOCATOR: AllocDisabler = AllocDisabler;

    fn intake(channels: u16, capacity: usize) -> (Intake, Consumer<f32>, Arc<Counts>) {
        let (producer, consumer) = RingBuffer::new(capacity);
        let counts = Arc::<Counts>::default();
        (Intake::new(channels, producer, Arc::clone(&counts), std::thread::current()), consumer, counts)
    }

    fn drain(ring: &mut Consumer<f32>) -> Vec<f32> {
        std::iter::from_fn(|| ring.pop().ok()).collect()
    }

    /// Half of full scale on the left, silence on the right: a quarter in the middle, in every format.
    fn check<T>(half: T)
    where
        T: Sample + std::fmt::Debug,
        f32: FromSample<T>,
    {
        let (mut intake, mut ring, counts) = intake(2, 8);
        let (h, z) = (half, T::EQUILIBRIUM);
        let input = [h, z, h, z, h, z, h, z];
        let before = violation_count();
        // Four frames a call into a ring of eight: the third call overflows.
        assert_no_alloc(|| (0..3).for_each(|_| intake.take(&input)));
        assert_eq!(violation_count(), before, "{half:?}: the callback allocated");
        let heard = drain(&mut ring);
        assert_eq!(heard.len(), 8, "{half:?}");
        assert!(heard.iter().all(|s| (s - 0.25).abs() < 0.01), "{half:?}: {heard:?}");
        assert_eq!(counts.overruns.load(Ordering::Relaxed), 4, "{half:?}");
        assert_eq!(counts.calls.load(Ordering::Relaxed), 3, "{half:?}");
    }

    #[test]
    fn the_callback_takes_every_format_without_allocating() {
        check(64_i8);
        check(16_384_i16);
        check(I24::new(1 << 22).unwrap());
        check(1_i32 << 30);
        check(1_i64 << 62);
        check(192_u8);
        check(49_152_u16);
        check(U24::new(3 << 22).unwrap());
        check(3_u32 << 30);
        check(3_u64 << 62);
        check(0.5_f32);
        check(0.5_f64);
    }

    #[test]
    fn an_allocation_would_be_noticed() {
        let before = violation_count();
        assert_no_alloc(|| drop(std::hint::black_box(vec![0_u8; 64])));
        assert!(violation_count() > before);
    }

    #[test]
    fn any_number_of_channels_becomes_one() {
        for channels in 1..=8_u16 {
            let (mut intake, mut ring, _) = intake(channels, 4);
            let frame: Vec<f32> = (0..channels).map(f32::from).collect();
            intake.take(&frame.repeat(3));
            assert_eq!(drain(&mut ring), [f32::from(channels - 1) / 2.0; 3], "{channels} channels");
        }
    }
}
