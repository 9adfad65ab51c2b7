//! Jarvis and a person talking at once, in a simulated room, faster than real time: what barge-in is measured and tested with.
//!
//! The voice session, the cleaner and the player's habits are those of the live loop ([`crate::listen`]); devices, room and person
//! are simulated: what Jarvis says comes back through the room's response, with the person's voice and the microphone's own
//! noise on top. All times are those of the room, as somebody in it would take them.

pub mod listener;

use std::time::Instant;

use jarvis_audio::room::{EchoPath, Room};
use jarvis_audio::{Cleaner, Cleaning};
use jarvis_core::audio::{FRAME_MS, FRAME_SAMPLES, Frame, ms_to_samples};
use jarvis_voice::session::{Input, Session, SessionError, Signal};
use jarvis_voice::wake::Candidate;

/// What the speaker's device holds, milliseconds: two periods of the player's.
const SPEAKER_BUFFER_MS: u64 = 50;
/// From the player being told to stop to its callback noticing: one period, at the worst.
const STOP_MS: u64 = 25;
/// The player's fade at the end.
const FADE_MS: u64 = 5;
/// From sound at the microphone to its frame being looked at: one period of the device, and the resampler.
const MICROPHONE_MS: u64 = 30;
/// Shortest delay that can be simulated, milliseconds: the buffers alone.
pub const LEAST_DELAY_MS: u64 = SPEAKER_BUFFER_MS + MICROPHONE_MS;
/// Noise of the microphone itself, linear: -66 dBFS.
const MICROPHONE_NOISE: f32 = 0.0005;

/// Whether that is the wake word; none where it cannot tell.
pub type Look = Box<dyn FnMut(&Candidate) -> Option<bool>>;

/// What came of a look, and when it is told.
struct Verdict {
    at: u64,
    look: u64,
    confirmed: Option<bool>,
}

/// See the module.
pub struct Duet {
    session: Session,
    cleaner: Cleaner,
    path: EchoPath,
    /// What is still to be said, at 16 kHz, and how much of it has been.
    words: Vec<f32>,
    said: usize,
    /// Frames until the player has noticed that it is to stop.
    stopping: Option<u64>,
    look: Option<Look>,
    verdict: Option<Verdict>,
    /// Since when what is said is not to be heard: it is being looked at whether somebody calls.
    hushed: Option<u64>,
    /// Frames since what was said ended: the session is told when the speaker is silent.
    quiet: u64,
    frames: u64,
    random: Random,
}

impl Duet {
    /// A room in which nobody speaks. The echo comes `delay_ms` late, at least [`LEAST_DELAY_MS`], and is made louder by `gain`.
    pub fn new(session: Session, wanted: Cleaning, room: &Room, delay_ms: u64, gain: f32) -> Self {
        Self {
            session,
            cleaner: Cleaner::new(wanted),
            path: EchoPath::new(room, delay_ms.max(LEAST_DELAY_MS), gain),
            words: Vec::new(),
            said: 0,
            stopping: None,
            look: None,
            verdict: None,
            hushed: None,
            quiet: u64::MAX,
            frames: 0,
            random: Random(1),
        }
    }

    /// Has what the session takes for the wake word looked at, as long as that takes.
    #[must_use]
    pub fn with_second_look(self, look: Look) -> Self {
        Self { look: Some(look), ..self }
    }

    /// Carries the speaker and the microphone into another room. The cleaner finds out by itself.
    pub fn move_to(&mut self, room: &Room, delay_ms: u64, gain: f32) {
        self.path = EchoPath::new(room, delay_ms.max(LEAST_DELAY_MS), gain);
    }

    /// Has Jarvis say that, from now on.
    pub fn say(&mut self, words: &[f32]) {
        (self.words, self.said, self.stopping, self.quiet) = (words.to_vec(), 0, None, 0);
        self.hushed = None;
        self.session.input(Input::Stop);
        self.session.input(Input::Announcing);
    }

    /// Whether Jarvis is still saying something.
    pub fn is_speaking(&self) -> bool {
        self.said < self.words.len()
    }

    /// Milliseconds since the beginning.
    pub fn now_ms(&self) -> u64 {
        self.frames * FRAME_MS
    }

    /// When the speaker is silent if the frame just heard has interrupted; it may have been hushed before.
    pub fn silent_at_ms(&self) -> u64 {
        let told = self.hushed.map_or(self.now_ms(), |frame| frame * FRAME_MS);
        told + MICROPHONE_MS + STOP_MS + SPEAKER_BUFFER_MS + FADE_MS
    }

    /// 20 ms in which the person says `near`.
    ///
    /// # Errors
    /// When the session fails.
    pub fn frame(&mut self, near: &Frame) -> Result<Vec<Signal>, SessionError> {
        let played = self.played();
        let mut heard = self.path.hear(&played);
        for (heard, near) in heard.iter_mut().zip(near) {
            *heard += near + self.noise();
        }
        let mut signals = self.session.clean_frame(&self.cleaner.clean(&heard, &played), &played)?;
        self.frames += 1;
        self.look_again(&mut signals);
        if signals.contains(&Signal::Interrupt) {
            self.stopping.get_or_insert(STOP_MS.div_ceil(FRAME_MS));
        }
        if !self.is_speaking() {
            self.quiet = self.quiet.saturating_add(1);
            if self.quiet == SPEAKER_BUFFER_MS.div_ceil(FRAME_MS) {
                signals.extend(self.session.input(Input::AnswerEnded));
            }
        }
        Ok(signals)
    }

    /// Tells the session when a look is over, and has a doubt looked at.
    fn look_again(&mut self, signals: &mut Vec<Signal>) {
        if let Some(Verdict { look, confirmed, .. }) =
            self.verdict.take_if(|verdict| verdict.at <= self.frames)
        {
            signals.extend(self.session.input(Input::Looked { look, confirmed }));
            if signals.contains(&Signal::DoubtOver) && !signals.contains(&Signal::Interrupt) {
                self.hushed = None;
            }
        }
        if let Some(look) = &mut self.look
            && let Some((name, candidate)) = signals.iter().find_map(|signal| match signal {
                Signal::Doubt { look, candidate } => Some((*look, candidate)),
                _ => None,
            })
        {
            let began = Instant::now();
            let confirmed = look(candidate);
            let took = (began.elapsed().as_millis() as u64).div_ceil(FRAME_MS);
            self.verdict = Some(Verdict { at: self.frames + took, look: name, confirmed });
            if self.is_speaking() {
                self.hushed.get_or_insert(self.frames);
            }
        }
    }

    fn played(&mut self) -> Frame {
        match &mut self.stopping {
            Some(0) => self.said = self.words.len(),
            Some(frames) => *frames -= 1,
            None => {}
        }
        let mut frame = [0.0; FRAME_SAMPLES];
        let rest = &self.words[self.said..];
        let there = rest.len().min(FRAME_SAMPLES);
        frame[..there].copy_from_slice(&rest[..there]);
        self.said += there;
        let noticed = |since: u64| self.frames >= since + STOP_MS.div_ceil(FRAME_MS);
        if self.hushed.is_some_and(noticed) { [0.0; FRAME_SAMPLES] } else { frame }
    }

    fn noise(&mut self) -> f32 {
        // The sum of three even numbers of a width of 1 has half the deviation of 1.
        let sum: f32 = (0..3).map(|_| self.random.number()).sum();
        sum * 2.0 * MICROPHONE_NOISE
    }
}

/// Even random numbers, the same every time.
struct Random(u32);

impl Random {
    /// From -0.5 to 0.5.
    fn number(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1u32 << 24) as f32 - 0.5
    }
}

/// How much louder an echo is to be made so that it comes to `level` (linear, of speech) when `words` are said in that room.
pub fn gain_for(room: &Room, words: &[f32], level: f32) -> f32 {
    let mut path = EchoPath::new(room, LEAST_DELAY_MS, 1.0);
    let part = &words[..words.len().min(ms_to_samples(10_000) as usize)];
    // Softly, where the speaker is linear.
    let soft = |frame: &Frame| path.hear(&frame.map(|s| s * 0.01));
    let heard: Vec<f32> = part.as_chunks::<FRAME_SAMPLES>().0.iter().flat_map(soft).collect();
    level / (100.0 * jarvis_audio::room::speech_level(&heard)).max(1e-9)
}
