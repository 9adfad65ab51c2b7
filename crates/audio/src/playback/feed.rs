//! What the speaker's callback plays from: real-time code, and the numbers it shares with the player.
//!
//! The feed is a rodio source that never ends: speech while the ring holds some, silence otherwise. It never locks,
//! allocates or logs.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread::Thread;
use std::time::Duration;

use rodio::{ChannelCount, Sample, SampleRate, Source};
use rtrb::Consumer;

/// Each silent sample after speech is this part of the one before: 5 ms from anywhere to silence, so that stopping
/// does not click.
const FADE: f32 = 0.97;
/// Below this nothing is heard, 1e-5 is -100 dBFS.
const INAUDIBLE: f32 = 1e-5;

/// Numbers shared by the callback, the player's thread and its callers. Positions count the samples of speech
/// that went through the ring since the device was opened.
#[derive(Debug, Default)]
pub(super) struct Dials {
    volume: AtomicU32,
    hushed: AtomicBool,
    power: AtomicU32,
    rate: AtomicU32,
    position: AtomicU64,
    discard_to: AtomicU64,
    wake_at: AtomicU64,
    calls: AtomicU64,
    until_quiet_us: AtomicU64,
}

impl Dials {
    /// Begins anew for another device.
    pub fn reset(&self, rate: u32) {
        self.rate.store(rate, Ordering::Relaxed);
        for dial in [&self.position, &self.discard_to, &self.calls, &self.until_quiet_us] {
            dial.store(0, Ordering::Release);
        }
        self.power.store(0, Ordering::Relaxed);
        self.wake_at.store(u64::MAX, Ordering::Release);
    }

    pub fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Ordering::Relaxed))
    }

    pub fn set_volume(&self, volume: f32) {
        let volume = if volume.is_finite() { volume.clamp(0.0, 1.0) } else { 0.0 };
        self.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// Plays on, but is not to be heard.
    pub fn set_hushed(&self, hushed: bool) {
        self.hushed.store(hushed, Ordering::Relaxed);
    }

    pub fn level(&self) -> f32 {
        let power = f32::from_bits(self.power.load(Ordering::Relaxed));
        (10.0 * power.max(1e-10).log10()).max(-100.0)
    }

    pub fn handed(&self) -> Duration {
        let rate = self.rate.load(Ordering::Relaxed).max(1);
        Duration::from_secs_f64(self.position() as f64 / f64::from(rate))
    }

    /// How long after the newest call of the callback everything handed over until then has been heard.
    pub fn until_quiet(&self) -> Duration {
        Duration::from_micros(self.until_quiet_us.load(Ordering::Relaxed))
    }

    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Everything before this position is not to be heard any more.
    pub fn discard_to(&self, position: u64) {
        self.discard_to.store(position, Ordering::Release);
    }

    /// The player wants to be woken at this position.
    pub fn wake_at(&self, position: u64) {
        self.wake_at.store(position, Ordering::Release);
    }

    /// The callback has filled a block that lasts `block` and begins to be heard after `latency`.
    pub fn filled(&self, latency: Duration, block: Duration, player: &Thread) {
        self.until_quiet_us.store((latency + block).as_micros() as u64, Ordering::Release);
        self.calls.fetch_add(1, Ordering::Relaxed);
        // Repeated with every block until the player names another place, so no race can lose it.
        if self.position() >= self.wake_at.load(Ordering::Acquire) {
            player.unpark();
        }
    }
}

/// The endless source.
pub(super) struct Feed {
    ring: Consumer<f32>,
    dials: Arc<Dials>,
    rate: SampleRate,
    last: f32,
    power: f32,
    /// Weight of one sample in the level, which follows within about 50 ms.
    weight: f32,
}

impl Feed {
    pub fn new(ring: Consumer<f32>, dials: Arc<Dials>, rate: SampleRate) -> Self {
        Self { ring, dials, rate, last: 0.0, power: 0.0, weight: 20.0 / rate.get() as f32 }
    }

    /// Drops what is not to be heard any more and says where the next sample is.
    fn skip(&mut self) -> u64 {
        let position = self.dials.position();
        let stale = self.dials.discard_to.load(Ordering::Acquire).saturating_sub(position) as usize;
        if stale == 0 {
            return position;
        }
        let there = stale.min(self.ring.slots());
        if let Ok(chunk) = self.ring.read_chunk(there) {
            chunk.commit_all();
        }
        let position = position + there as u64;
        self.dials.position.store(position, Ordering::Release);
        position
    }
}

impl Iterator for Feed {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        let position = self.skip();
        let sample = match self.ring.pop() {
            Ok(sample) => {
                self.dials.position.store(position + 1, Ordering::Release);
                if self.dials.hushed.load(Ordering::Relaxed) {
                    self.last * FADE
                } else {
                    sample * self.dials.volume()
                }
            }
            Err(_) => self.last * FADE,
        };
        self.last = if sample.abs() < INAUDIBLE { 0.0 } else { sample };
        self.power += (self.last * self.last - self.power) * self.weight;
        self.dials.power.store(self.power.to_bits(), Ordering::Relaxed);
        Some(self.last)
    }
}

impl Source for Feed {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        NonZero::<u16>::MIN
    }

    fn sample_rate(&self) -> SampleRate {
        self.rate
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use assert_no_alloc::{assert_no_alloc, violation_count};
    use rtrb::{Producer, RingBuffer};

    use super::*;

    fn feed() -> (Feed, Producer<f32>, Arc<Dials>) {
        let (producer, ring) = RingBuffer::new(1_000);
        let dials = Arc::<Dials>::default();
        dials.reset(48_000);
        dials.set_volume(1.0);
        let rate = NonZero::new(48_000).unwrap();
        (Feed::new(ring, Arc::clone(&dials), rate), producer, dials)
    }

    #[test]
    fn speech_passes_and_silence_fills_the_gaps() {
        let (mut feed, mut ring, dials) = feed();
        ring.push_entire_slice(&[0.1, 0.2, 0.3]).unwrap();
        let heard: Vec<f32> = feed.by_ref().take(3).collect();
        assert_eq!(heard, [0.1, 0.2, 0.3]);
        assert_eq!(dials.position(), 3);
        let after: Vec<f32> = feed.by_ref().take(480).collect();
        assert!(after.windows(2).all(|w| w[1] <= w[0]), "it fades");
        assert_eq!(after[479], 0.0);
        assert_eq!(dials.position(), 3, "silence is no speech");
    }

    #[test]
    fn what_is_discarded_is_not_heard_and_what_follows_is() {
        let (mut feed, mut ring, dials) = feed();
        ring.push_entire_slice(&[0.5; 100]).unwrap();
        feed.by_ref().take(10).for_each(drop);
        dials.discard_to(150);
        assert!(feed.by_ref().take(480).last().unwrap() == 0.0, "the rest of the ring is dropped");
        assert_eq!(dials.position(), 100);
        ring.push_entire_slice(&[0.5; 50]).unwrap();
        ring.push_entire_slice(&[0.25; 5]).unwrap();
        assert_eq!(feed.next(), Some(0.25), "what was handed over after the stop was told is dropped too");
    }

    #[test]
    fn what_is_hushed_fades_and_goes_on_unheard() {
        let (mut feed, mut ring, dials) = feed();
        ring.push_entire_slice(&[0.5; 600]).unwrap();
        ring.push_entire_slice(&[0.25; 5]).unwrap();
        feed.by_ref().take(100).for_each(drop);
        dials.set_hushed(true);
        let heard: Vec<f32> = feed.by_ref().take(500).collect();
        assert!(heard[0] > 0.4 && heard.windows(2).all(|w| w[1] <= w[0]) && heard[499] == 0.0);
        dials.set_hushed(false);
        assert_eq!(feed.next(), Some(0.25));
    }

    #[test]
    fn volume_scales_and_level_follows() {
        let (mut feed, mut ring, dials) = feed();
        dials.set_volume(0.5);
        ring.push_entire_slice(&[0.8; 10]).unwrap();
        assert_eq!(feed.next(), Some(0.4));
        for _ in 0..48 {
            ring.push_entire_slice(&[0.8; 990]).unwrap();
            feed.by_ref().take(990).for_each(drop);
        }
        assert!((dials.level() - 20.0 * 0.4_f32.log10()).abs() < 0.5, "{}", dials.level());
        for (wanted, set) in [(2.0, 1.0), (-1.0, 0.0), (f32::NAN, 0.0)] {
            dials.set_volume(wanted);
            assert_eq!(dials.volume(), set);
        }
    }

    #[test]
    fn the_callback_does_not_allocate() {
        let (feed, mut ring, dials) = feed();
        ring.push_entire_slice(&[0.5; 1_000]).unwrap();
        let (mixer, mut mixed) = rodio::mixer::mixer(NonZero::new(2).unwrap(), NonZero::new(48_000).unwrap());
        mixer.add(feed);
        let (plumbing, mut tap) = super::super::tap::Plumbing::new();
        let mut spout = plumbing.open(48_000);
        let player = std::thread::current();
        // The first sample takes the source in, which may allocate once.
        mixed.next();
        let before = violation_count();
        assert_no_alloc(|| {
            mixed.by_ref().take(1_000).for_each(|sample| spout.take(sample));
            dials.discard_to(900);
            mixed.by_ref().take(3_000).for_each(drop);
            dials.filled(Duration::from_millis(40), Duration::from_millis(20), &player);
        });
        assert_eq!(violation_count(), before, "the callback allocated");
        assert_eq!(dials.position(), 1_000);
        assert!(tap.frame().iter().any(|s| *s > 0.4), "what was played was tapped");
    }
}
