//! Everything that happens, as past-tense facts. The window, the command line, the log and the
//! tests all read this one stream.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{AttachmentId, Consent, ConversationId, Failure, Question, Source, Teaching, TurnId, Usage};

/// One fact, with its place in the order of things.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Counts up by one from the start of the process.
    pub seq: u64,
    /// Milliseconds since the assistant started.
    pub at_ms: u64,
    /// The turn it belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnId>,
    /// The conversation that the turn belongs to, while the turn is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What the voice session is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VoiceState {
    /// Waiting for the wake word.
    #[default]
    Idle,
    /// Hearing a request.
    Listening,
    /// Working out the answer.
    Thinking,
    /// Saying the answer.
    Speaking,
    /// The answer has been heard; a further request needs no wake word.
    FollowUp,
}

/// How a download stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DownloadState {
    /// Under way.
    Fetching,
    /// The model is there, whole.
    Installed,
    /// It was stopped; what is there is kept.
    Cancelled,
    /// It failed; a [`EventKind::Failed`] went before.
    Failed,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// The whole answer was given.
    Answered,
    /// The person interrupted it.
    Interrupted,
    /// Nothing was said after the wake word.
    NothingHeard,
    /// It failed; a [`EventKind::Failed`] went before.
    Failed,
}

/// How much of an attachment the model was given, where that was not all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Limited {
    /// It is a picture, and the model cannot see: it was told its name.
    NotSeen,
    /// It is longer than what the model can read at once: it was given the beginning.
    Cut,
    /// There was no room for it beside the others: the model was told its name.
    LeftOut,
}

/// An attachment that the model was not given whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttachmentNote {
    /// Which.
    pub attachment: AttachmentId,
    /// What it is called.
    pub name: String,
    /// How much of it the model was given.
    pub limited: Limited,
}

/// When the stages of a turn were reached, in milliseconds on the session's clock. For a
/// recording played faster than real time it is the recording's clock plus the time spent computing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TurnTimings {
    /// The wake word was detected.
    pub wake_ms: Option<u64>,
    /// The last voiced sample of the request.
    pub end_of_speech_ms: Option<u64>,
    /// The final transcript was there.
    pub transcript_ms: Option<u64>,
    /// The first piece of the answer's text was there.
    pub first_token_ms: Option<u64>,
    /// The first audible sample of the answer was handed to the speaker.
    pub first_audio_ms: Option<u64>,
    /// The turn had ended.
    pub done_ms: Option<u64>,
}

impl TurnTimings {
    /// What the person waits for: last voiced sample to first audible sample.
    pub fn response_ms(&self) -> Option<u64> {
        Some(self.first_audio_ms?.saturating_sub(self.end_of_speech_ms?))
    }
}

/// The kinds of [`Event`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EventKind {
    /// The voice session changed state.
    StateChanged {
        /// The new state.
        state: VoiceState,
    },
    /// The microphone was muted or opened again.
    MuteChanged {
        /// True while nothing is heard.
        muted: bool,
    },
    /// Jarvis has begun to listen to a microphone, or does so no longer.
    ListeningChanged {
        /// Whether it does.
        listening: bool,
    },
    /// Level of the microphone, a few times a second; about ten while it is being tried.
    Level {
        /// Root mean square of the last stretch, dBFS.
        rms_dbfs: f32,
    },
    /// Settings were changed, and the new ones hold.
    SettingsChanged,
    /// A conversation was begun, renamed, pinned, deleted or brought back, or something was asked in it.
    ConversationChanged {
        /// Which.
        id: ConversationId,
    },
    /// The wake word was heard.
    WakeDetected {
        /// How sure it was, 0..=1.
        score: f32,
        /// Where in the stream, milliseconds.
        position_ms: u64,
    },
    /// The request began.
    SpeechStarted {
        /// Where in the stream, milliseconds.
        position_ms: u64,
    },
    /// The request ended.
    SpeechEnded {
        /// Last voiced sample, milliseconds in the stream.
        position_ms: u64,
    },
    /// A guess at what is being said; may still change.
    PartialTranscript {
        /// The guess.
        text: String,
    },
    /// What was said.
    Transcript {
        /// The words.
        text: String,
        /// ISO 639-1 code of the language.
        language: String,
    },
    /// A reflex answered, without a language model.
    ReflexMatched {
        /// Name of the reflex.
        reflex: String,
    },
    /// A further piece of the answer's text.
    AnswerDelta {
        /// The piece.
        text: String,
    },
    /// The model asked for a tool and it is being run.
    ToolStarted {
        /// Name of the tool.
        tool: String,
        /// Its arguments.
        arguments: Value,
    },
    /// The tool has returned.
    ToolFinished {
        /// Name of the tool.
        tool: String,
        /// Whether it succeeded.
        ok: bool,
        /// What it returned, or the reason it failed.
        result: String,
        /// By which the records know it; none when it never ran, or acts on nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<Uuid>,
        /// What it was to do, in plain words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
        /// How long it ran.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        took_ms: Option<u64>,
        /// Its number in the undo journal, when it can be taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo: Option<u64>,
    },
    /// The person is asked whether something may be done.
    ApprovalAsked {
        /// What.
        question: Question,
    },
    /// A question is settled.
    ApprovalSettled {
        /// Which.
        id: Uuid,
        /// The answer; none when nobody answered, or it is not to be done any more.
        consent: Option<Consent>,
    },
    /// Everything that ran was stopped.
    EverythingStopped,
    /// Tools were switched on or off, or came and went with their server; or what is allowed for always has changed.
    ToolsChanged,
    /// The model is not given the whole of an attachment.
    AttachmentLimited {
        /// Which, and how much of it.
        #[serde(flatten)]
        note: AttachmentNote,
    },
    /// What the answer was known from.
    AnswerCited {
        /// Each of them once, the first that the model was shown first.
        sources: Vec<Source>,
    },
    /// A document is being read.
    DocumentProgress {
        /// The name of its file.
        name: String,
        /// Pages, sheets or the like that are done.
        done: u32,
        /// How many there are.
        of: u32,
    },
    /// Something was remembered, corrected or forgotten, or a document was read or removed.
    MemoryChanged,
    /// A sentence is being said.
    SentenceStarted {
        /// The sentence as it is spoken.
        text: String,
    },
    /// The turn is over.
    TurnEnded {
        /// How.
        outcome: Outcome,
        /// The whole answer.
        answer: String,
        /// When each stage was reached.
        timings: TurnTimings,
        /// Tokens, if a language model took part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
    },
    /// A timer or an alarm has gone off.
    TimerRang {
        /// What it was called, or how long it was.
        label: String,
    },
    /// A sound device appeared, went away or was chosen.
    DeviceChanged {
        /// `microphone` or `speaker`.
        device: String,
        /// Its name, or none when there is none now.
        name: Option<String>,
    },
    /// The microphone is no longer being tried.
    TrialEnded,
    /// The teaching of a wake word has gone on, or is over.
    TeachingChanged {
        /// How far it is; none when no wake word is being taught.
        teaching: Option<Teaching>,
    },
    /// A model is being fetched, or no longer.
    ModelProgress {
        /// Its id in the catalogue.
        model: String,
        /// Bytes there.
        done_bytes: u64,
        /// Bytes there will be.
        total_bytes: u64,
        /// How it stands.
        state: DownloadState,
    },
    /// Something does not work; the assistant goes on with what does.
    Failed {
        /// What, and what to do about it.
        #[serde(flatten)]
        failure: Failure,
    },
}
