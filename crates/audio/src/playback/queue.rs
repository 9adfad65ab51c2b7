//! What is to be played and how far it has been: plain bookkeeping, no device and no clock of its own.
//!
//! Positions count samples at the device's rate since it was opened, as the callback does.

use std::collections::VecDeque;
use std::time::Instant;

use jarvis_core::audio::Pcm;
use rtrb::Producer;

use super::PlayerEvent;
use crate::Resampler;

/// -60 dBFS: voices begin with a little silence, which is not when a person hears them begin.
const AUDIBLE: f32 = 1e-3;
/// How often, a second, the ring is refilled while there is more to put into it.
const REFILLS_PER_SECOND: u64 = 10;

/// Utterances in the order in which they are played.
pub(super) struct Queue {
    rate: u32,
    utterances: VecDeque<Utterance>,
    /// Resampled, but not in the ring yet.
    waiting: VecDeque<f32>,
    /// Position behind the last sample put into the ring.
    handed_over: u64,
    /// Utterances up to this number are over.
    over: Option<u64>,
}

struct Utterance {
    id: u64,
    resampler: Resampler,
    /// Where its first audible sample is.
    begins: Option<u64>,
    started: bool,
    /// Behind its last sample, once all of it has come.
    ends: Option<u64>,
    /// When the last sample will have left the speaker, once it was handed to the device.
    quiet_at: Option<Instant>,
}

impl Queue {
    /// For a device of `rate` samples per second.
    pub fn new(rate: u32) -> Self {
        Self { rate, utterances: VecDeque::new(), waiting: VecDeque::new(), handed_over: 0, over: None }
    }

    /// Begins anew for another device; the queue has been cleared.
    pub fn restart(&mut self, rate: u32) {
        (self.rate, self.handed_over) = (rate, 0);
    }

    /// Appends a piece, unless its utterance is over.
    pub fn play(&mut self, id: u64, pcm: &Pcm) {
        if self.is_over(id) || pcm.samples.is_empty() || pcm.sample_rate == 0 {
            return;
        }
        let index = self.utterances.iter().position(|u| u.id == id).unwrap_or_else(|| {
            let resampler = Resampler::new(pcm.sample_rate, self.rate);
            let (begins, started, ends, quiet_at) = (None, false, None, None);
            self.utterances.push_back(Utterance { id, resampler, begins, started, ends, quiet_at });
            self.utterances.len() - 1
        });
        let utterance = &mut self.utterances[index];
        let mut samples = Vec::new();
        if utterance.resampler.from() != pcm.sample_rate {
            utterance.resampler.finish(&mut samples);
            utterance.resampler = Resampler::new(pcm.sample_rate, self.rate);
        }
        utterance.resampler.push(&pcm.samples, &mut samples);
        self.append(index, &samples);
    }

    /// Marks the end. True when there is nothing to wait for and it is over already.
    pub fn finish(&mut self, id: u64) -> bool {
        if self.is_over(id) {
            return false;
        }
        let Some(index) = self.utterances.iter().position(|u| u.id == id) else {
            self.over = self.over.max(Some(id));
            return true;
        };
        let mut samples = Vec::new();
        self.utterances[index].resampler.finish(&mut samples);
        self.append(index, &samples);
        self.utterances[index].ends = Some(self.end());
        false
    }

    /// Forgets everything; returns the utterances that were cut short.
    pub fn clear(&mut self) -> Vec<u64> {
        self.waiting.clear();
        let cut: Vec<u64> = self.utterances.drain(..).map(|u| u.id).collect();
        self.over = self.over.max(cut.iter().copied().max());
        cut
    }

    /// Position behind everything the callback can get at.
    pub fn handed_over(&self) -> u64 {
        self.handed_over
    }

    /// Moves as much into the ring as it takes.
    pub fn fill(&mut self, ring: &mut Producer<f32>) {
        let fitting = ring.slots().min(self.waiting.len());
        if let Ok(room) = ring.write_chunk_uninit(fitting) {
            self.handed_over += room.fill_from_iter(self.waiting.drain(..fitting)) as u64;
        }
    }

    /// What the callback's `position` means, where sound handed over by `now` has been heard at `quiet_at`. Also when
    /// the next utterance ends, if that only depends on time.
    pub fn reached(
        &mut self,
        position: u64,
        now: Instant,
        quiet_at: Instant,
    ) -> (Vec<PlayerEvent>, Option<Instant>) {
        let mut events = Vec::new();
        while let Some(first) = self.utterances.front_mut() {
            if !first.started && first.begins.is_some_and(|at| position > at) {
                first.started = true;
                events.push(PlayerEvent::Started { utterance: first.id });
            }
            if first.ends.is_none_or(|at| position < at) {
                return (events, None);
            }
            let quiet_at = *first.quiet_at.get_or_insert(quiet_at);
            if now < quiet_at {
                return (events, Some(quiet_at));
            }
            events.push(PlayerEvent::Ended { utterance: first.id });
            self.over = self.over.max(Some(first.id));
            self.utterances.pop_front();
        }
        (events, None)
    }

    /// The position behind `position` at which something is to be done: an utterance begins or ends there, or the
    /// ring wants to be refilled. `u64::MAX` when there is nothing.
    pub fn next_mark(&self, position: u64) -> u64 {
        let refill = (!self.waiting.is_empty()).then(|| position + u64::from(self.rate) / REFILLS_PER_SECOND);
        let first = self.utterances.front();
        let begins = first.filter(|u| !u.started).and_then(|u| u.begins).map(|at| at + 1);
        let ends = first.filter(|u| u.quiet_at.is_none()).and_then(|u| u.ends);
        [refill, begins, ends].into_iter().flatten().min().unwrap_or(u64::MAX)
    }

    fn is_over(&self, id: u64) -> bool {
        self.over.is_some_and(|over| id <= over)
    }

    fn end(&self) -> u64 {
        self.handed_over + self.waiting.len() as u64
    }

    fn append(&mut self, index: usize, samples: &[f32]) {
        let end = self.end();
        let utterance = &mut self.utterances[index];
        if utterance.begins.is_none() {
            let audible = samples.iter().position(|s| s.abs() > AUDIBLE);
            utterance.begins = audible.map(|at| end + at as u64);
        }
        self.waiting.extend(samples);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rtrb::RingBuffer;

    use super::PlayerEvent::{Ended, Started};
    use super::*;

    const DELAY: Duration = Duration::from_millis(60);

    fn tone(samples: usize, sample_rate: u32) -> Pcm {
        Pcm { samples: vec![0.5; samples], sample_rate }
    }

    /// Says what is reported at `position`, at once and when the device's delay is over.
    fn check(queue: &mut Queue, position: u64, at_once: &[PlayerEvent], later: &[PlayerEvent]) {
        let now = Instant::now();
        assert_eq!(queue.reached(position, now, now + DELAY).0, at_once, "at {position}");
        let quiet = now + DELAY;
        assert_eq!(queue.reached(position, quiet, quiet + DELAY).0, later, "later at {position}");
    }

    #[test]
    fn an_utterance_starts_at_its_first_audible_sample_and_ends_after_the_devices_delay() {
        let mut queue = Queue::new(48_000);
        queue.play(1, &Pcm { samples: [vec![0.0; 100], vec![0.5; 900]].concat(), sample_rate: 48_000 });
        assert_eq!(queue.next_mark(0), 101);
        check(&mut queue, 100, &[], &[]);
        check(&mut queue, 101, &[Started { utterance: 1 }], &[]);
        check(&mut queue, 1_000, &[], &[]);
        queue.finish(1);
        assert_eq!(queue.next_mark(0), 1_000);
        check(&mut queue, 999, &[], &[]);
        check(&mut queue, 1_000, &[], &[Ended { utterance: 1 }]);
    }

    #[test]
    fn utterances_follow_one_another() {
        let mut queue = Queue::new(48_000);
        for id in [1, 2] {
            queue.play(id, &tone(480, 48_000));
            queue.finish(id);
        }
        check(
            &mut queue,
            960,
            &[Started { utterance: 1 }],
            &[Ended { utterance: 1 }, Started { utterance: 2 }],
        );
    }

    #[test]
    fn any_rate_lasts_as_long_as_it_should() {
        let check = |rate: u32| {
            let mut queue = Queue::new(48_000);
            for piece in tone(rate as usize, rate).samples.chunks(1_000) {
                queue.play(1, &Pcm { samples: piece.to_vec(), sample_rate: rate });
            }
            // A second voice at another rate in the same utterance.
            queue.play(1, &tone(16_000, 16_000));
            queue.finish(1);
            assert_eq!(queue.end(), 96_000, "{rate}");
        };
        [8_000, 16_000, 22_050, 24_000, 44_100, 48_000].into_iter().for_each(check);
    }

    #[test]
    fn what_is_over_stays_over() {
        let mut queue = Queue::new(48_000);
        queue.play(4, &tone(480, 48_000));
        queue.play(5, &tone(480, 48_000));
        assert_eq!(queue.clear(), [4, 5]);
        queue.play(5, &tone(480, 48_000));
        assert!(!queue.finish(5), "it was reported as interrupted, not as ended");
        assert_eq!(queue.end(), 0);
        assert!(queue.finish(6), "nothing to hear ends at once");
        assert!(!queue.finish(6));
    }

    #[test]
    fn the_ring_takes_what_fits() {
        let mut queue = Queue::new(48_000);
        let (mut ring, mut out) = RingBuffer::new(300);
        queue.play(1, &tone(1_000, 48_000));
        queue.fill(&mut ring);
        assert_eq!((queue.handed_over(), queue.end()), (300, 1_000));
        assert_eq!(out.pop(), Ok(0.5));
        queue.fill(&mut ring);
        assert_eq!(queue.handed_over(), 301);
        queue.clear();
        assert_eq!(queue.end(), 301, "what is in the ring is the callback's to drop");
    }
}
