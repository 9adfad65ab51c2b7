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

/// What stands as the answer of a turn that has failed: why, or nothing where some of it `was_said`, which then stays.
pub(crate) fn instead_of_answer(failure: &Failure, was_said: bool) -> String {
    if was_said { String::new() } else { failure.to_string() }
}

/// Tells that a turn has failed, and that it is over.
pub(crate) fn failed(bus: &EventBus, turn: TurnId, failure: Failure, timings: TurnTimings) -> Failure {
    bus.fail(Some(turn), failure.clone());
    let answer = instead_of_answer(&failure, timings.first_token_ms.is_some());
    bus.publish(Some(turn), EventKind::TurnEnded { outcome: Outcome::Failed, answer, timings, usage: None });
    failure
}

#[cfg(test)]
mod tests {
    use jarvis_core::Code;
    use jarvis_memory::MessageStatus;
    use jiff::Timestamp;

    use super::*;
    use crate::journal::Request;

    #[test]
    fn what_was_said_before_an_answer_broke_off_stays() {
        let failure = Failure::new(Code::LlmUnreachable, "The model is gone.", "Start it.");
        let apology = "The model is gone. Start it.";
        for (said, stays) in [("", apology), ("Once upon", "Once upon")] {
            let (bus, turn, now) = (EventBus::default(), TurnId::new(), Timestamp::now());
            let conversation = bus.journal().current(now).unwrap();
            let request = Request { text: "tell me a story", ..Request::default() };
            bus.journal().begin(turn, conversation, None, request, now).unwrap();
            let mut timings = TurnTimings::default();
            if !said.is_empty() {
                timings.first_token_ms = Some(1);
                bus.publish(Some(turn), EventKind::AnswerDelta { text: said.into() });
            }
            failed(&bus, turn, failure.clone(), timings);
            let answer = bus.journal().store().all_messages(conversation).unwrap().pop().unwrap();
            assert_eq!((answer.content.as_str(), answer.status), (stays, MessageStatus::Failed));
        }
    }
}
