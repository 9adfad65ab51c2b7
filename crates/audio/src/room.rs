//! A room to measure in: what a microphone hears of a speaker in the same room.
//!
//! The response is computed by the image-source method (Allen and Berkley, "Image method for efficiently simulating small-room
//! acoustics", 1979): every wall is a mirror, and each image of the speaker is heard later and softer. For measurements and tests;
//! nothing that ships to a person's ears goes through it.

use jarvis_core::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE, ms_to_samples};

/// Metres a second.
const SPEED_OF_SOUND: f32 = 343.0;

/// Where speaker and microphone are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Length, width and height, metres.
    pub size: [f32; 3],
    /// Of the speaker, metres from a corner.
    pub speaker: [f32; 3],
    /// Of the microphone, metres from the same corner.
    pub microphone: [f32; 3],
    /// Time in which sound becomes 60 dB softer, seconds.
    pub reverberation: f32,
}

impl Room {
    /// A small study: a laptop's speaker and microphone on a desk.
    pub const STUDY: Self = Self {
        size: [3.4, 2.8, 2.5],
        speaker: [1.2, 0.9, 0.8],
        microphone: [1.45, 0.95, 0.95],
        reverberation: 0.25,
    };
    /// A living room, the speaker on a shelf and the microphone on the table.
    pub const LIVING_ROOM: Self = Self {
        size: [5.6, 4.3, 2.6],
        speaker: [0.7, 2.1, 1.3],
        microphone: [2.9, 1.8, 0.8],
        reverberation: 0.45,
    };
    /// A kitchen with hard walls.
    pub const KITCHEN: Self = Self {
        size: [4.1, 3.2, 2.5],
        speaker: [0.5, 0.6, 1.6],
        microphone: [2.2, 1.9, 1.0],
        reverberation: 0.6,
    };

    /// What becomes of a click: the response, samples at 16 kHz, the loudest of it 1.
    pub fn response(&self) -> Vec<f32> {
        let mut response = vec![0.0; (self.reverberation * SAMPLE_RATE as f32) as usize];
        let reach = self.reverberation * SPEED_OF_SOUND;
        // Sabine's formula, solved for what a wall leaves of the sound.
        let [x, y, z] = self.size;
        let (volume, surface) = (x * y * z, 2.0 * (x * y + y * z + x * z));
        let absorbed = (0.161 * volume / (surface * self.reverberation)).min(0.95);
        let reflection = (1.0 - absorbed).sqrt();
        // Along each axis: how far the image is away, and how many walls it has met.
        let images = |axis: usize| {
            let (size, speaker, microphone) = (self.size[axis], self.speaker[axis], self.microphone[axis]);
            let most = (reach / (2.0 * size)).ceil() as i32;
            (-most..=most).flat_map(move |n| {
                let shift = 2.0 * n as f32 * size;
                let straight = (shift + speaker - microphone, 2 * n.unsigned_abs());
                let mirrored = (shift - speaker - microphone, (2 * n - 1).unsigned_abs());
                [straight, mirrored]
            })
        };
        for (dx, nx) in images(0) {
            for (dy, ny) in images(1) {
                for (dz, nz) in images(2) {
                    let distance = (dx * dx + dy * dy + dz * dz).sqrt().max(0.05);
                    let at = distance / SPEED_OF_SOUND * SAMPLE_RATE as f32;
                    let Some(sample) = response.get_mut(at as usize) else { continue };
                    *sample += reflection.powi((nx + ny + nz) as i32) / distance;
                }
            }
        }
        let loudest = response.iter().fold(1e-9f32, |p, s| p.max(s.abs()));
        response.iter_mut().for_each(|s| *s /= loudest);
        response
    }
}

/// The way from the speaker's buffer to the microphone, frame by frame.
pub struct EchoPath {
    response: Vec<f32>,
    /// What was played: as much as the response and the delay reach back, then one frame.
    played: Vec<f32>,
    delay: usize,
    gain: f32,
}

impl EchoPath {
    /// In that room, behind buffers that last `delay_ms`, made louder by `gain` (a factor).
    pub fn new(room: &Room, delay_ms: u64, gain: f32) -> Self {
        let response = room.response();
        let delay = ms_to_samples(delay_ms) as usize;
        let played = vec![0.0; response.len() + delay + FRAME_SAMPLES];
        Self { response, played, delay, gain }
    }

    /// What is heard while `frame` is handed to the speaker. A loud speaker is not quite linear.
    pub fn hear(&mut self, frame: &Frame) -> Frame {
        self.played.copy_within(FRAME_SAMPLES.., 0);
        let end = self.played.len();
        self.played[end - FRAME_SAMPLES..].copy_from_slice(frame);
        let mut heard = [0.0; FRAME_SAMPLES];
        for (i, tap) in self.response.iter().enumerate() {
            let from = end - FRAME_SAMPLES - self.delay - i;
            for (heard, played) in heard.iter_mut().zip(&self.played[from..from + FRAME_SAMPLES]) {
                *heard += tap * played;
            }
        }
        heard.map(|sample| (sample * self.gain * 3.0).tanh() / 3.0)
    }
}

/// Root mean square of the parts of `samples` where somebody speaks: those within 20 dB of the loudest 20 ms. Linear.
pub fn speech_level(samples: &[f32]) -> f32 {
    let powers: Vec<f32> = samples
        .chunks(FRAME_SAMPLES)
        .map(|frame| frame.iter().map(|s| s * s).sum::<f32>() / frame.len() as f32)
        .collect();
    let loudest = powers.iter().fold(0.0f32, |p, power| p.max(*power));
    let spoken: Vec<f32> = powers.into_iter().filter(|power| *power > loudest / 100.0).collect();
    (spoken.iter().sum::<f32>() / spoken.len().max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_is_heard_after_its_way_and_dies_away() {
        for room in [Room::STUDY, Room::LIVING_ROOM, Room::KITCHEN] {
            let response = room.response();
            let first = response.iter().position(|s| *s != 0.0).unwrap();
            let squares = room.speaker.iter().zip(room.microphone).map(|(a, b)| (a - b).powi(2));
            let way = squares.sum::<f32>().sqrt() / SPEED_OF_SOUND * SAMPLE_RATE as f32;
            assert_eq!(first, way as usize);
            let power = |part: &[f32]| part.iter().map(|s| s * s).sum::<f32>();
            let (early, late) = response.split_at(response.len() / 2);
            assert!(power(late) < power(early) / 30.0, "{room:?}");
        }
    }

    #[test]
    fn an_echo_comes_after_the_buffers() {
        let mut path = EchoPath::new(&Room::STUDY, 100, 0.5);
        let mut click = [0.0; FRAME_SAMPLES];
        click[0] = 0.1;
        let mut heard = path.hear(&click).to_vec();
        (0..10).for_each(|_| heard.extend(path.hear(&[0.0; FRAME_SAMPLES])));
        let way = Room::STUDY.response().iter().position(|s| *s != 0.0).unwrap();
        let first = heard.iter().position(|s| s.abs() > 1e-4).unwrap();
        assert!((1600 + way..1600 + way + 16).contains(&first), "{first}, {way}");
    }
}
