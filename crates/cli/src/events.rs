//! The event stream as lines for people, or as JSON for programs.

use jarvis_core::{Event, EventKind, Limited, Outcome, VoiceState};

use crate::output::Output;

/// Prints one event.
pub fn show(event: &Event, out: Output) {
    out.record(event, |event| {
        let at = event.at_ms as f64 / 1000.0;
        words(&event.kind).map_or(String::new(), |words| format!("{at:8.2}  {words}"))
    });
}

/// What an event says to a person; none for what would only be noise.
fn words(kind: &EventKind) -> Option<String> {
    Some(match kind {
        EventKind::StateChanged { state } => match state {
            VoiceState::Idle => "waiting for the wake word".into(),
            VoiceState::Listening => "listening ...".into(),
            VoiceState::Thinking => "thinking ...".into(),
            VoiceState::Speaking => "speaking ...".into(),
            VoiceState::FollowUp => "listening for a follow-up, without the wake word ...".into(),
        },
        EventKind::MuteChanged { muted: true } => "MUTED: nothing is heard".into(),
        EventKind::MuteChanged { muted: false } => "hearing again".into(),
        EventKind::WakeDetected { score, .. } => format!("wake word (score {score:.2})"),
        EventKind::PartialTranscript { text } => format!("  ... {text}"),
        EventKind::Transcript { text, language } => format!("you ({language}): {text}"),
        EventKind::ReflexMatched { reflex } => format!("  reflex: {reflex}"),
        EventKind::ToolStarted { tool, arguments } => format!("  tool: {tool} {arguments}"),
        EventKind::ToolFinished { tool, ok, result, .. } => {
            format!("  {tool} {}: {result}", if *ok { "says" } else { "failed" })
        }
        EventKind::ApprovalAsked { question } => format!("MAY I? {}", question.words),
        EventKind::EverythingStopped => "everything was stopped".into(),
        EventKind::AttachmentLimited { note } => {
            let how = match note.limited {
                Limited::NotSeen => "is not seen: this model cannot see pictures",
                Limited::Cut => "is longer than what this model reads at once: it is given the beginning",
                Limited::LeftOut => "is left out: there is no room for it beside the others",
            };
            format!("  {} {how}", note.name)
        }
        EventKind::AnswerCited { sources } => format!("  known from {} memories", sources.len()),
        EventKind::DocumentProgress { name, done, of } => format!("reading {name}: {done} of {of}"),
        EventKind::SentenceStarted { text } => format!("jarvis: {text}"),
        EventKind::TurnEnded { outcome, timings, .. } => {
            let how = match outcome {
                Outcome::Answered => "done",
                Outcome::Interrupted => "interrupted",
                Outcome::NothingHeard => "nothing was said",
                Outcome::Failed => "failed",
            };
            match timings.response_ms() {
                Some(ms) => {
                    format!("{how}; the answer began {:.2} s after your last word", ms as f64 / 1000.0)
                }
                None => how.into(),
            }
        }
        EventKind::TimerRang { label } => format!("TIMER: {label}"),
        EventKind::DeviceChanged { device, name: Some(name) } => format!("{device}: {name}"),
        EventKind::DeviceChanged { device, name: None } => format!("{device}: none"),
        EventKind::Failed { failure } => format!("PROBLEM: {failure}"),
        EventKind::Level { .. }
        | EventKind::SettingsChanged
        | EventKind::ConversationChanged { .. }
        | EventKind::MemoryChanged
        | EventKind::ToolsChanged
        | EventKind::ApprovalSettled { .. }
        | EventKind::ListeningChanged { .. }
        | EventKind::ModelProgress { .. }
        | EventKind::TrialEnded
        | EventKind::TeachingChanged { .. }
        | EventKind::SpeechStarted { .. }
        | EventKind::SpeechEnded { .. }
        | EventKind::AnswerDelta { .. } => return None,
    })
}
