//! Sound where no conversation is going on: a test tone, a voice on trial, a ring. The speaker is opened for it and closed
//! behind it; dropping the future silences it.

use std::sync::{Arc, Mutex, PoisonError};

use jarvis_audio::{AudioError, Direction, Player, PlayerEvent};
use jarvis_core::Failure;
use jarvis_core::audio::Pcm;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;
use crate::mouth::Mouth;

/// All that is played at one time has one name: a speaker is opened for each.
const UTTERANCE: u64 = 1;

/// An open speaker.
pub(crate) struct Speaker {
    player: Player,
    told: mpsc::UnboundedReceiver<PlayerEvent>,
}

impl Speaker {
    /// Opens the speaker called `device`, with a volume of 0.0 to 1.0.
    pub async fn open(device: &str, volume: f32) -> Result<Self, Failure> {
        let device = device.to_string();
        let opened = tokio::task::spawn_blocking(move || Player::open(&device, volume)).await;
        let player = opened.expect("opening a speaker does not panic").map_err(|e| e.failure())?;
        let (tell, told) = mpsc::unbounded_channel();
        let events = player.events();
        // Ends with the player.
        tokio::task::spawn_blocking(move || events.iter().try_for_each(|event| tell.send(event)));
        Ok(Self { player, told })
    }

    /// Plays `sound` and then says `words`. Returns when the last of it was heard.
    pub async fn play(
        mut self,
        sound: Option<Pcm>,
        words: Option<(&Mouth, String)>,
        begun: &Begun,
    ) -> Result<(), Failure> {
        if let Some(sound) = sound {
            self.player.play(UTTERANCE, sound);
        }
        let saying = async {
            let Some((mouth, words)) = words else {
                self.player.finish(UTTERANCE);
                return Ok(());
            };
            let (pieces, to_say) = mpsc::channel(1);
            pieces.try_send(words).expect("there is room for the first");
            drop(pieces);
            let said = mouth.say(None, UTTERANCE, to_say, &self.player, &CancellationToken::new()).await;
            said.map(drop).map_err(|e| e.failure())
        };
        let name = self.player.name();
        let told = &mut self.told;
        let hearing = async {
            while let Some(event) = told.recv().await {
                match event {
                    PlayerEvent::Started { .. } => drop(begun.tell(Ok(()))),
                    PlayerEvent::Ended { .. } => break,
                    // Nobody here stops it: it was lost.
                    PlayerEvent::Interrupted { .. } => {
                        let lost = AudioError::DeviceLost { direction: Direction::Output, name: name.into() };
                        return Err(lost.failure());
                    }
                    PlayerEvent::Missing | PlayerEvent::Lost { .. } | PlayerEvent::Found { .. } => {}
                }
            }
            Ok(())
        };
        let (said, heard) = tokio::join!(saying, hearing);
        said.and(heard)
    }
}

/// What somebody waits for who has asked for a sound: that it is heard, or why it cannot be.
#[derive(Clone, Default)]
pub(crate) struct Begun(Arc<Mutex<Option<Waiting>>>);

type Waiting = oneshot::Sender<Result<(), Failure>>;

impl Begun {
    /// It is heard, or it cannot be. Whether somebody waited for that.
    fn tell(&self, begun: Result<(), Failure>) -> bool {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Whoever asked may have gone.
        waiting.map(|waiting| waiting.send(begun)).is_some()
    }
}

/// What is heard at a person's wish outside a conversation: one thing at a time.
#[derive(Default)]
pub(crate) struct Solo(tokio::sync::Mutex<Option<(CancellationToken, JoinHandle<()>)>>);

impl Solo {
    /// Ends what is heard, and begins something else. Returns when it is heard, or was replaced before that.
    pub async fn begin<F>(&self, bus: &EventBus, play: impl FnOnce(Begun) -> F) -> Result<(), Failure>
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let (waiting, has_begun) = oneshot::channel();
        let begun = Begun(Arc::new(Mutex::new(Some(waiting))));
        let (play, bus) = (play(begun.clone()), bus.clone());
        {
            let mut playing = self.0.lock().await;
            end(playing.take()).await;
            let cancel = CancellationToken::new();
            let token = cancel.clone();
            let task = tokio::spawn(async move {
                let played = tokio::select! {
                    played = play => played,
                    () = token.cancelled() => Ok(()),
                };
                // Where nobody waits any more, everybody is told.
                if let Err(failure) = played
                    && !begun.tell(Err(failure.clone()))
                {
                    bus.fail(None, failure);
                }
            });
            *playing = Some((cancel, task));
        }
        // Where it ended before it was heard, nothing is wrong: it was replaced, or there was nothing to hear.
        has_begun.await.unwrap_or(Ok(()))
    }

    /// Ends what is heard.
    pub async fn end(&self) {
        end(self.0.lock().await.take()).await;
    }
}

async fn end(playing: Option<(CancellationToken, JoinHandle<()>)>) {
    if let Some((cancel, task)) = playing {
        cancel.cancel();
        // A panic was logged where it happened.
        let _ = task.await;
    }
}
