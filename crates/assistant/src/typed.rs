//! A typed request: answered without ears and mouth.

use jarvis_agents::reflex::Effect;
use jarvis_core::{EventKind, Failure, Outcome, TurnId, TurnTimings};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::brain::Brain;
use crate::bus::EventBus;

/// Answers `text`, the request of a turn that the journal knows. The answer comes over the bus, its end too; what it
/// does besides being read is returned.
pub async fn answer_typed(
    brain: &Brain,
    bus: &EventBus,
    turn: TurnId,
    text: &str,
    cancel: &CancellationToken,
) -> Result<Effect, Failure> {
    // Nobody says it: it is read from the bus.
    let (pieces, _) = mpsc::channel(1);
    let asked_ms = bus.now_ms();
    let mut first_token = None;
    let result = brain.answer(turn, text, &pieces, &mut first_token, cancel, false).await;
    let timings = TurnTimings {
        // A typed request is complete when it is sent.
        end_of_speech_ms: Some(asked_ms),
        transcript_ms: Some(asked_ms),
        first_token_ms: first_token.map(|at| bus.at_ms(at)),
        done_ms: Some(bus.now_ms()),
        ..TurnTimings::default()
    };
    let (outcome, answer, usage) = match &result {
        Ok(answer) => (Outcome::Answered, answer.text.clone(), answer.usage),
        Err(_) if cancel.is_cancelled() => (Outcome::Interrupted, String::new(), None),
        Err(failure) => return Err(failed(bus, turn, failure.clone(), timings)),
    };
    bus.publish(Some(turn), EventKind::TurnEnded { outcome, answer, timings, usage });
    result.map(|answer| answer.effect)
}

/// Tells that a turn has failed, and that it is over.
pub(crate) fn failed(bus: &EventBus, turn: TurnId, failure: Failure, timings: TurnTimings) -> Failure {
    bus.fail(Some(turn), failure.clone());
    let answer = failure.to_string();
    bus.publish(Some(turn), EventKind::TurnEnded { outcome: Outcome::Failed, answer, timings, usage: None });
    failure
}
