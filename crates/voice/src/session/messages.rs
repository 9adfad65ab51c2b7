//! What goes into the session besides sound, and what comes out of it.

use jarvis_core::{Completeness, VoiceState};

use crate::wake::Candidate;

/// What the session is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// What came of a look at what may be the wake word.
    Looked {
        /// Which look.
        look: u64,
        /// Whether it is; none where nobody could tell.
        confirmed: Option<bool>,
    },
    /// What the draft's words look like.
    Drafted {
        /// Which draft.
        draft: u64,
        /// Whether they are a finished command.
        completeness: Completeness,
    },
    /// The request held no words: only the wake word, or a noise.
    NoWords,
    /// The first sound of the answer has been heard.
    AnswerStarted,
    /// The answer is over: its last sound has truly been heard, or there was nothing to hear.
    AnswerEnded,
    /// Something is about to be said unasked: a timer has run out.
    Announcing,
    /// The same, by a speaker whose echo is not taken out of the frames: only words silence it.
    Aside,
    /// What was said unasked is over, and nobody has to answer it.
    Announced,
    /// The person clicked to talk: a request without the wake word, which ends as one with it does.
    Attend,
    /// The person pressed the talk key.
    TalkPressed,
    /// The person pressed the dictation key: what is said is to be typed.
    DictatePressed,
    /// The person let go of the talk key, or of the dictation key: the request is over.
    TalkReleased,
    /// The person clicked "stop".
    Stop,
    /// The person said "stop" over what is spoken. It may be over by now, and then this says nothing.
    SaidStop,
    /// Hear nothing, or hear again.
    Mute(bool),
}

/// What the session asks for, or reports. Positions are samples since the start of the stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// It is in another state now.
    State(VoiceState),
    /// It was muted, or hears again.
    Muted(bool),
    /// The detector heard the wake word: please have somebody look whether it is, and say so by [`Input::Looked`]. An answer is best
    /// hushed meanwhile: who calls wants silence at once.
    Doubt {
        /// Name of this look.
        look: u64,
        /// What may be the wake word.
        candidate: Candidate,
    },
    /// No look is under way any more, and what came of it has been told: what was hushed for it is heard again, where it goes on.
    DoubtOver,
    /// The wake word was heard.
    Wake {
        /// The detector's score.
        score: f32,
        /// Where.
        position: u64,
    },
    /// The request began.
    SpeechStarted {
        /// First voiced sample.
        position: u64,
    },
    /// Please recognise this much of the request; the person may still be speaking.
    Draft {
        /// Name of this draft, for [`Input::Drafted`] and [`Request::draft`].
        draft: u64,
        /// The request so far.
        samples: Vec<f32>,
        /// The person has paused, so this may be all of it: worth doing well. Earlier drafts are of no more use.
        settled: bool,
        /// It is to be typed, not answered.
        dictated: bool,
        /// How much of it was voiced, milliseconds.
        voiced_ms: u64,
    },
    /// The request is over: recognise it and answer.
    Request(Request),
    /// Something short was said over the answer: stop if it means that.
    Interjection {
        /// What was said.
        samples: Vec<f32>,
        /// How much of it was voiced, milliseconds.
        voiced_ms: u64,
    },
    /// Silence the answer and drop the turn, now.
    Interrupt,
    /// The same, and type nothing more of what was dictated: the person wants an end of all of it.
    Stop,
    /// Nothing was said.
    NothingHeard,
}

/// A finished request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its sound, with the wake word when there was one.
    pub samples: Vec<f32>,
    /// Last voiced sample.
    pub end_of_speech: u64,
    /// Where the wake word was, when there was one.
    pub wake: Option<u64>,
    /// How much of it was voiced, milliseconds.
    pub voiced_ms: u64,
    /// The draft that already holds all of it.
    pub draft: Option<u64>,
    /// It is to be typed, not answered.
    pub dictated: bool,
    /// It goes on with what was dictated before it, without a pause of the key: one text in parts.
    pub goes_on: bool,
}
