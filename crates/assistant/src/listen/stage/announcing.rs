//! What is said unasked: timers and alarms that ring, when nobody speaks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jarvis_core::VoiceState;
use jarvis_voice::session::Input;
use tokio::sync::mpsc;

use super::Stage;
use crate::chime::chime;
use crate::mouth::Sink;

/// How far away something is that nobody waits for.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

impl Stage {
    /// Tells the timers when none of them rings any more. Not while a request is heard or answered: the wake word has silenced what
    /// "stop the timer" is meant for.
    pub(super) fn tell_what_rings(&self) {
        let over = matches!(self.state, VoiceState::Idle | VoiceState::FollowUp);
        if over && self.bell.next_at().is_none() {
            self.conversation.brain.timers().silenced();
        }
    }

    /// When something is to be announced: never while somebody is speaking or dictates, or where nobody would hear it.
    pub(super) fn bell_at(&self) -> tokio::time::Instant {
        let nobody_speaks = self.turn.is_none()
            && self.dictations.is_empty()
            && matches!(self.state, VoiceState::Idle | VoiceState::FollowUp);
        let at = self.bell.next_at().filter(|_| nobody_speaks && !self.speaker_lost);
        at.map_or_else(|| tokio::time::Instant::now() + NEVER, Into::into)
    }

    /// Says the next announcement.
    pub(super) fn announce(&mut self) {
        let Some(player) = self.player.clone() else { return self.bell.clear() };
        let utterance = self.next_utterance;
        let Some((words, language)) = self.bell.say(utterance, Instant::now()) else { return };
        self.next_utterance += 1;
        self.tell_ears(Input::Announcing);
        let (conversation, cancel) = (Arc::clone(&self.conversation), self.cancel.child_token());
        tokio::spawn(async move {
            Sink::play(&*player, utterance, chime());
            let (pieces, to_say) = mpsc::channel(1);
            let mouth = conversation.mouth.in_language(&language);
            let say = mouth.say(None, utterance, to_say, &*player, &cancel);
            let feed = async move {
                // The mouth ends early only on an error, which it returns.
                let _ = pieces.send(words).await;
            };
            if let (Err(e), ()) = tokio::join!(say, feed) {
                conversation.bus.fail(None, e.failure());
            }
        });
    }

    /// Somebody spoke in the moment in which something began to be said unasked: it is not said over them, but later.
    pub(super) fn put_off_ring(&mut self) {
        if let Some(utterance) = self.bell.put_off(Instant::now())
            && let Some(player) = &self.player
        {
            // Of what has not begun to sound there is nothing to stop yet.
            player.finish(utterance);
            player.stop();
        }
    }
}
