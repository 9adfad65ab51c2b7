//! Band-limited resampling of mono sound, as a stream or all at once.
//!
//! rubato's FFT resampler works in chunks and answers late; here pieces of any length go in, what comes out is in
//! step with it (the delay is cut off at the start and made good at the end) and has the right length.

use std::mem;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

/// Chunks a second: 10 ms of delay are little for a conversation, and the filter is still steep enough to keep
/// everything below 90 % of the lower rate's bandwidth.
const CHUNKS_PER_SECOND: u32 = 100;

/// A stream from one rate to another.
pub struct Resampler {
    from: u32,
    to: u32,
    /// None where both rates are the same.
    fft: Option<Fft<f32>>,
    /// What has come in and does not fill a chunk yet.
    pending: Vec<f32>,
    /// One chunk of output.
    chunk: Vec<f32>,
    /// Samples of output still to be cut off: the resampler's delay.
    late: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// From samples per second to samples per second.
    ///
    /// # Panics
    /// When a rate is 0.
    pub fn new(from: u32, to: u32) -> Self {
        assert!(from > 0 && to > 0, "a sample rate is at least 1");
        let fft = (from != to).then(|| {
            let chunk = (from / CHUNKS_PER_SECOND).max(1) as usize;
            Fft::new_custom(
                from as usize,
                to as usize,
                chunk,
                1,
                1,
                rubato::WindowFunction::BlackmanHarris2,
                FixedSync::Both,
            )
            .expect("rates and chunk are above 0")
        });
        let (chunk, late) = fft.as_ref().map_or((0, 0), |f| (f.output_frames_max(), f.output_delay()));
        Self { from, to, fft, pending: Vec::new(), chunk: vec![0.0; chunk], late, taken: 0, given: 0 }
    }

    /// The rate of what comes in.
    pub fn from(&self) -> u32 {
        self.from
    }

    /// Takes a piece and appends what is ready to `out`.
    pub fn push(&mut self, piece: &[f32], out: &mut Vec<f32>) {
        self.taken += piece.len() as u64;
        self.run(piece, out);
    }

    /// Appends the rest to `out` and begins anew.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let due = (self.taken * u64::from(self.to) + u64::from(self.from) / 2) / u64::from(self.from);
        let silence = vec![0.0; self.fft.as_ref().map_or(0, rubato::Resampler::input_frames_next)];
        while self.given < due {
            self.run(&silence, out);
        }
        out.truncate(out.len() - (self.given - due) as usize);
        if let Some(fft) = &mut self.fft {
            fft.reset();
            self.late = fft.output_delay();
        }
        self.pending.clear();
        (self.taken, self.given) = (0, 0);
    }

    fn run(&mut self, piece: &[f32], out: &mut Vec<f32>) {
        let Some(fft) = &mut self.fft else {
            out.extend_from_slice(piece);
            self.given += piece.len() as u64;
            return;
        };
        let mut pending = mem::take(&mut self.pending);
        pending.extend_from_slice(piece);
        let need = fft.input_frames_next();
        let chunks = pending.chunks_exact(need);
        let rest = chunks.remainder().len();
        for chunk in chunks {
            let frames = self.chunk.len();
            let input = InterleavedSlice::new(chunk, 1, need).expect("the chunk has this length");
            let mut output =
                InterleavedSlice::new_mut(&mut self.chunk, 1, frames).expect("the buffer has this length");
            let (_, made) = fft
                .process_into_buffer(&input, &mut output, None)
                .expect("both buffers have the sizes asked for");
            let cut = self.late.min(made);
            self.late -= cut;
            self.given += (made - cut) as u64;
            out.extend_from_slice(&self.chunk[cut..made]);
        }
        pending.drain(..pending.len() - rest);
        self.pending = pending;
    }
}

/// All of `samples` at once; in step with the original and of the length that follows from the rates.
///
/// # Panics
/// When a rate is 0.
pub fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to);
    let mut out = Vec::with_capacity((samples.len() as u64 * u64::from(to) / u64::from(from)) as usize + 1);
    resampler.push(samples, &mut out);
    resampler.finish(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    fn sine(hz: f32, rate: u32, seconds: f32) -> Vec<f32> {
        (0..(rate as f32 * seconds) as usize)
            .map(|i| 0.5 * (TAU * hz * i as f32 / rate as f32).sin())
            .collect()
    }

    /// The largest difference away from the ends, where the sudden start and stop of a tone ring.
    fn difference(a: &[f32], b: &[f32]) -> f32 {
        let edge = a.len() / 10;
        a.iter().zip(b).skip(edge).take(a.len() - 2 * edge).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_tone_stays_the_same_tone_in_the_same_place() {
        let check = |from: u32, to: u32| {
            let out = resample(&sine(440.0, from, 1.0), from, to);
            let ideal = sine(440.0, to, 1.0);
            assert_eq!(out.len(), ideal.len(), "{from} -> {to}");
            let error = difference(&out, &ideal);
            // The delay may be half a sample of the lower rate from a whole number.
            let half_a_sample = 0.5 * TAU * 440.0 / from.min(to) as f32 / 2.0;
            assert!(error < half_a_sample + 0.001, "{from} -> {to} differs by {error}");
        };
        for from in [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000] {
            for to in [16_000, 44_100, 48_000] {
                check(from, to);
            }
        }
    }

    #[test]
    fn the_pieces_of_a_stream_make_no_difference() {
        let input = sine(1_000.0, 22_050, 0.5);
        let whole = resample(&input, 22_050, 48_000);
        for piece in [1, 7, 100, 5_000] {
            let mut resampler = Resampler::new(22_050, 48_000);
            let mut out = Vec::new();
            input.chunks(piece).for_each(|p| resampler.push(p, &mut out));
            resampler.finish(&mut out);
            assert_eq!(out, whole, "pieces of {piece}");
        }
    }

    #[test]
    fn it_can_be_used_again() {
        let input = sine(300.0, 44_100, 0.2);
        let mut resampler = Resampler::new(44_100, 16_000);
        let [mut first, mut second] = [Vec::new(), Vec::new()];
        for out in [&mut first, &mut second] {
            resampler.push(&input, out);
            resampler.finish(out);
        }
        assert_eq!(first, second);
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_removed() {
        let out = resample(&sine(11_000.0, 48_000, 0.5), 48_000, 16_000);
        let loudest = difference(&out, &vec![0.0; out.len()]);
        assert!(loudest < 0.001, "11 kHz leaves {loudest} at 16 kHz");
    }

    #[test]
    fn nothing_stays_nothing() {
        assert_eq!(resample(&[], 48_000, 16_000), Vec::<f32>::new());
    }
}
