//! Endpointing: when did the request begin, and when is it over?
//!
//! Fed one speech probability a frame; knows nothing of models or text. How long a silence must be to end the
//! request (the hang-over) adapts to what the words so far look like and to how finished they sound, which the session tells it.

use jarvis_core::Completeness;
use jarvis_core::audio::{FRAME_SAMPLES, SAMPLE_RATE, ms_to_samples};

/// Frames of speech in a row that begin a request: 60 ms, longer than a click.
const ONSET_FRAMES: u32 = 3;
/// A frame goes on being speech down to this much below the threshold, so that soft endings count.
const HYSTERESIS: f32 = 0.15;
/// Silence after which the request is provisionally taken as said, and recognition may begin.
const SETTLE_MS: u64 = 140;
/// Less probable than this, what was said has not been finished, whatever its words look like: "set a timer for ten minutes ..."
const UNFINISHED: f32 = 0.2;

/// Limits of the hang-over.
#[derive(Clone, Copy, Debug)]
pub struct EndpointConfig {
    /// Probability above which a frame is speech.
    pub threshold: f32,
    /// Shortest silence that ends a request, milliseconds.
    pub min_silence_ms: u64,
    /// Longest silence within a request, milliseconds.
    pub max_silence_ms: u64,
}

/// A change that a frame brought about. Positions are samples since the start of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Speech began.
    Started {
        /// First voiced sample.
        position: u64,
    },
    /// A short pause: the request may have been said in full.
    Settled,
    /// Speech went on after [`Edge::Settled`].
    Resumed,
    /// The pause has become long enough: the request is over.
    Ended,
}

/// Watches one request from its first sound to its end.
#[derive(Clone, Debug)]
pub struct Endpointer {
    config: EndpointConfig,
    /// What the words up to this pause look like, once they have been recognised.
    words: Option<Completeness>,
    /// How probably this pause is the end, by its sound, once that has been judged.
    finished: Option<f32>,
    run: u32,
    started: Option<u64>,
    last_voiced: u64,
    voiced_frames: u64,
    settled: bool,
}

impl Endpointer {
    /// Waits for speech.
    pub fn new(config: EndpointConfig) -> Self {
        Self {
            config,
            words: None,
            finished: None,
            run: 0,
            started: None,
            last_voiced: 0,
            voiced_frames: 0,
            settled: false,
        }
    }

    /// Takes the speech probability (0..=1) of the frame that ends at sample `end`.
    pub fn push(&mut self, probability: f32, end: u64) -> Option<Edge> {
        let exit = self.config.threshold - HYSTERESIS;
        let voiced = probability >= if self.run > 0 { exit } else { self.config.threshold };
        if voiced {
            self.run += 1;
            self.voiced_frames += 1;
        } else {
            self.run = 0;
        }
        if self.started.is_none() {
            // What came before is no part of it.
            self.voiced_frames = u64::from(self.run);
            if self.run < ONSET_FRAMES {
                return None;
            }
            let position = end.saturating_sub(u64::from(ONSET_FRAMES) * FRAME_SAMPLES as u64);
            self.started = Some(position);
            self.last_voiced = end;
            return Some(Edge::Started { position });
        }
        if voiced {
            self.last_voiced = end;
            // What was guessed from the words before does not hold for the words now.
            self.words = None;
            self.finished = None;
            return std::mem::take(&mut self.settled).then_some(Edge::Resumed);
        }
        let silence = end - self.last_voiced;
        if !self.settled && silence >= ms_to_samples(SETTLE_MS) {
            self.settled = true;
            return Some(Edge::Settled);
        }
        (silence >= ms_to_samples(self.hang_over_ms())).then_some(Edge::Ended)
    }

    /// Says what the words up to the current pause look like; forgotten when speech goes on.
    pub fn expect(&mut self, completeness: Completeness) {
        self.words = Some(completeness);
    }

    /// Says how probably (0..=1) the current pause is the end, by its sound; forgotten when speech goes on.
    pub fn sounds_finished(&mut self, probability: f32) {
        self.finished = Some(probability);
    }

    /// Whether there is a pause of which nobody has said how finished it sounds.
    pub fn is_undecided(&self) -> bool {
        self.settled && self.finished.is_none()
    }

    /// Whether speech has begun.
    pub fn has_started(&self) -> bool {
        self.started.is_some()
    }

    /// First voiced sample, once speech has begun.
    pub fn started(&self) -> Option<u64> {
        self.started
    }

    /// End of the last voiced frame.
    pub fn last_voiced(&self) -> u64 {
        self.last_voiced
    }

    /// How much of the request was voiced, milliseconds.
    pub fn voiced_ms(&self) -> u64 {
        self.voiced_frames * FRAME_SAMPLES as u64 * 1000 / u64::from(SAMPLE_RATE)
    }

    fn hang_over_ms(&self) -> u64 {
        let EndpointConfig { min_silence_ms: min, max_silence_ms: max, .. } = self.config;
        let middle = (min + max) / 2;
        let by_sound = |soonest: u64, finished: f32| max - ((max - soonest) as f32 * finished) as u64;
        match (self.words, self.finished) {
            (Some(Completeness::Incomplete), _) => max,
            (Some(Completeness::Complete), Some(finished)) if finished < UNFINISHED => middle,
            (Some(Completeness::Complete), _) => min,
            (Some(Completeness::Unknown), Some(finished)) => by_sound(min, finished),
            // Its words may still turn out to be half a sentence.
            (None, Some(finished)) => by_sound(middle, finished),
            (Some(Completeness::Unknown) | None, None) => middle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: EndpointConfig =
        EndpointConfig { threshold: 0.5, min_silence_ms: 400, max_silence_ms: 1000 };

    /// Plays frames: `s` speech, `.` silence, `?` doubtful; a capital sets what the words look like, `+` and `-` how they sound.
    fn check(script: &str, expected: &[(usize, &str)]) {
        let mut endpointer = Endpointer::new(CONFIG);
        let mut edges = Vec::new();
        let mut frames = 0;
        for c in script.chars() {
            let probability = match c {
                's' => 0.9,
                '?' => 0.4,
                '.' => 0.0,
                'C' | 'I' | 'U' => {
                    endpointer.expect(match c {
                        'C' => Completeness::Complete,
                        'I' => Completeness::Incomplete,
                        _ => Completeness::Unknown,
                    });
                    continue;
                }
                '+' | '-' => {
                    endpointer.sounds_finished(if c == '+' { 1.0 } else { 0.0 });
                    continue;
                }
                other => panic!("{other}"),
            };
            frames += 1;
            if let Some(edge) = endpointer.push(probability, (frames * FRAME_SAMPLES) as u64) {
                let name = match edge {
                    Edge::Started { .. } => "started",
                    Edge::Settled => "settled",
                    Edge::Resumed => "resumed",
                    Edge::Ended => "ended",
                };
                edges.push((frames * 20, name));
                if edge == Edge::Ended {
                    break;
                }
            }
        }
        assert_eq!(edges, expected, "{script}");
    }

    #[test]
    fn the_hang_over_adapts_to_the_words() {
        let said = "sssss";
        let silence = ".".repeat(60);
        check(
            &format!("{said}{}C{silence}", ".".repeat(10)),
            &[(60, "started"), (240, "settled"), (500, "ended")],
        );
        check(&format!("{said}{silence}"), &[(60, "started"), (240, "settled"), (800, "ended")]);
        check(
            &format!("{said}{}I{silence}", ".".repeat(10)),
            &[(60, "started"), (240, "settled"), (1100, "ended")],
        );
    }

    #[test]
    fn what_sounds_finished_is_not_waited_for() {
        let ends = |marks: &str, at: usize| {
            let script = format!("sssss{}{marks}{}", ".".repeat(10), ".".repeat(60));
            check(&script, &[(60, "started"), (240, "settled"), (at, "ended")]);
        };
        ends("U+", 500);
        ends("U-", 1100);
        ends("U", 800);
        // As long as nobody knows the words, they may be half a sentence.
        ends("+", 800);
        ends("-", 1100);
        // What the words say counts for more, but for a finished command that does not sound so.
        ends("I+", 1100);
        ends("C-", 800);
        let script = format!("sssss{}+s{}", ".".repeat(12), ".".repeat(60));
        check(
            &script,
            &[(60, "started"), (240, "settled"), (360, "resumed"), (500, "settled"), (1060, "ended")],
        );
    }

    #[test]
    fn a_click_is_no_speech_and_a_soft_ending_is() {
        check("ss..ss..", &[]);
        check(&format!("sss????{}", ".".repeat(11)), &[(60, "started"), (280, "settled")]);
    }

    #[test]
    fn going_on_after_a_pause_forgets_what_the_words_looked_like() {
        let script = format!("sssss{}Csss{}", ".".repeat(12), ".".repeat(60));
        check(
            &script,
            &[(60, "started"), (240, "settled"), (360, "resumed"), (540, "settled"), (1100, "ended")],
        );
    }
}
