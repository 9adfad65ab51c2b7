//! Rooms, by the image-source method (Allen and Berkley, 1979): a box whose walls mirror the talker, and behind the first
//! reflections a tail of noise that fades as the room's reverberation time says.

use fastrand::Rng;
use jarvis_core::audio::SAMPLE_RATE;
use realfft::RealFftPlanner;
use serde::{Deserialize, Serialize};

use super::{between, normal, samples};

/// Metres a second.
const SPEED_OF_SOUND: f32 = 343.0;
/// Reflections that are mirrored one by one.
const ORDER: i32 = 3;
/// Nobody is nearer to a wall, metres.
const MARGIN: f32 = 0.3;
/// So often the places of microphone and talker are drawn, and so near to the distance that is wanted they need only be, metres.
const DRAWS: usize = 1000;
const CLOSE_ENOUGH: f32 = 0.15;

/// How far the talker is from the microphone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Distance {
    /// At the microphone: nothing of the room is heard.
    Close,
    /// At the desk: 0.3 to 1 m.
    Near,
    /// Across the room: 2 to 5 m.
    Far,
}

/// What a room does to sound: its impulse response, with the direct sound at its start.
#[derive(Clone, Debug)]
pub struct Room {
    response: Vec<f32>,
}

impl Room {
    /// A room of living-room size, with a talker at this distance somewhere in it.
    pub fn any(distance: Distance, rng: &mut Rng) -> Self {
        let size = [between(rng, 3.0, 8.0), between(rng, 2.5, 6.0), between(rng, 2.3, 3.2)];
        let wanted = match distance {
            Distance::Close => return Self { response: vec![1.0] },
            Distance::Near => between(rng, 0.3, 1.0),
            Distance::Far => between(rng, 2.0, 5.0),
        };
        let (microphone, talker) = places(size, wanted, rng);
        // Seconds until it has faded by 60 dB.
        let reverberation = between(rng, 0.15, 0.7);
        Self::new(size, microphone, talker, reverberation, rng)
    }

    fn new(
        size: [f32; 3],
        microphone: [f32; 3],
        talker: [f32; 3],
        reverberation: f32,
        rng: &mut Rng,
    ) -> Self {
        let [x, y, z] = size;
        let (volume, surface) = (x * y * z, 2.0 * (x * y + y * z + x * z));
        // Sabine's formula, turned around: what the walls swallow.
        let absorbed = (0.161 * volume / (surface * reverberation)).min(0.95);
        let reflected = (1.0 - absorbed).sqrt();
        let direct = apart(microphone, talker);
        let length = samples(reverberation.min(0.5));
        let mut response = vec![0.0; length];
        let mut latest = 0;
        for nx in -ORDER..=ORDER {
            for ny in -ORDER..=ORDER {
                for nz in -ORDER..=ORDER {
                    let bounces = nx.abs() + ny.abs() + nz.abs();
                    if bounces > ORDER {
                        continue;
                    }
                    let image =
                        [mirrored(nx, x, talker[0]), mirrored(ny, y, talker[1]), mirrored(nz, z, talker[2])];
                    let way = apart(microphone, image);
                    let at = ((way - direct) / SPEED_OF_SOUND * SAMPLE_RATE as f32).round() as usize;
                    if at < length {
                        response[at] += reflected.powi(bounces) * direct / way;
                        latest = latest.max(at);
                    }
                }
            }
        }
        // The tail begins where a few reflections become many; its energy follows from the critical distance.
        let critical = 0.057 * (volume / reverberation).sqrt();
        let energy = (direct / critical).powi(2);
        let early: f32 = response.iter().skip(1).map(|v| v * v).sum();
        // Walls and air swallow the highs first.
        let (dull, mut low) = (between(rng, 0.25, 0.7), 0.0);
        let fading = -6.91 / (reverberation * SAMPLE_RATE as f32);
        let starts = samples(0.02).min(latest);
        let mut tail = vec![0.0; length];
        for (i, value) in tail.iter_mut().enumerate().skip(starts) {
            low += dull * (normal(rng) - low);
            *value = low * (fading * i as f32).exp();
        }
        let tails: f32 = tail.iter().map(|v| v * v).sum();
        let factor = ((energy - early).max(0.1 * energy) / tails.max(1e-9)).sqrt();
        for (to, from) in response.iter_mut().zip(&tail) {
            *to += from * factor;
        }
        Self { response }
    }

    /// The sound as it is heard in the room, no longer than it was.
    pub fn apply(&self, sound: &[f32]) -> Vec<f32> {
        convolved(sound, &self.response)
    }
}

/// Places of a microphone and a talker in a room, drawn again until they are about as far apart as they should be, or else as near
/// to that as any were.
fn places(size: [f32; 3], wanted: f32, rng: &mut Rng) -> ([f32; 3], [f32; 3]) {
    let mut place = || size.map(|side| between(rng, MARGIN, side - MARGIN));
    let off = |(microphone, talker): ([f32; 3], [f32; 3])| (apart(microphone, talker) - wanted).abs();
    let mut best = (place(), place());
    for _ in 0..DRAWS {
        if off(best) < CLOSE_ENOUGH {
            break;
        }
        let next = (place(), place());
        if off(next) < off(best) {
            best = next;
        }
    }
    best
}

/// Where mirror image `n` along an axis stands.
fn mirrored(n: i32, side: f32, at: f32) -> f32 {
    if n % 2 == 0 { n as f32 * side + at } else { (n + 1) as f32 * side - at }
}

fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt().max(0.1)
}

fn convolved(sound: &[f32], response: &[f32]) -> Vec<f32> {
    // In blocks of a second or so: overlap and add.
    let size = (2 * response.len()).next_power_of_two().max(32_768);
    let step = size - response.len() + 1;
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, backward) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum_of = |part: &[f32]| {
        let mut padded = vec![0.0; size];
        padded[..part.len()].copy_from_slice(part);
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut padded, &mut spectrum).expect("both have the sizes that were planned");
        spectrum
    };
    let response = spectrum_of(response);
    let mut out = vec![0.0; sound.len()];
    let mut heard = vec![0.0; size];
    for (i, part) in sound.chunks(step).enumerate() {
        let mut spectrum = spectrum_of(part);
        for (a, b) in spectrum.iter_mut().zip(&response) {
            *a *= b / size as f32;
        }
        // Both ends of the spectrum of something real are real, but for rounding.
        if let Some(first) = spectrum.first_mut() {
            first.im = 0.0;
        }
        if let Some(last) = spectrum.last_mut() {
            last.im = 0.0;
        }
        backward.process(&mut spectrum, &mut heard).expect("both have the sizes that were planned");
        super::mix(&mut out, &heard, i * step, 1.0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn convolution_is_that_of_the_definition() {
        let mut rng = Rng::with_seed(1);
        let sound: Vec<f32> = (0..70_000).map(|_| normal(&mut rng)).collect();
        let mut response = vec![0.0; 500];
        (response[0], response[100], response[499]) = (1.0, -0.5, 0.25);
        let got = convolved(&sound, &response);
        for i in [0usize, 99, 100, 498, 499, 32_268, 32_269, 69_999] {
            let back = |by: usize| i.checked_sub(by).map_or(0.0, |j: usize| sound[j]);
            let want = back(0) - 0.5 * back(100) + 0.25 * back(499);
            assert!((got[i] - want).abs() < 1e-3, "sample {i}: {} and not {want}", got[i]);
        }
    }

    #[test]
    fn who_is_near_is_near_and_who_is_far_is_far() {
        let mut rng = Rng::with_seed(3);
        for wanted in [0.3, 1.0, 2.0, 5.0] {
            for _ in 0..100 {
                let (microphone, talker) = places([6.0, 5.0, 3.0], wanted, &mut rng);
                let apart = apart(microphone, talker);
                assert!((apart - wanted).abs() < 0.3, "{apart} m and not {wanted}");
            }
        }
        let (microphone, talker) = places([3.0, 2.5, 2.3], 5.0, &mut rng);
        assert!(apart(microphone, talker) > 2.2, "the room is small, but they are at its ends");
    }

    #[test]
    fn the_direct_sound_comes_first_and_far_away_there_is_more_of_the_room() {
        let mut rng = Rng::with_seed(2);
        let mut share = |distance| {
            let rooms: Vec<_> = (0..20).map(|_| Room::any(distance, &mut rng)).collect();
            assert!(rooms.iter().all(|room| room.response[0] >= 0.9));
            let of = |room: &Room| room.response[1..].iter().map(|v| v * v).sum::<f32>();
            rooms.iter().map(of).sum::<f32>() / 20.0
        };
        let (near, far) = (share(Distance::Near), share(Distance::Far));
        assert!(far > 2.0 * near, "near {near}, far {far}");
    }
}
