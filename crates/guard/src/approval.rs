//! Asking a person: what they are shown, what they can answer, and who asks.

use std::time::Duration;

use async_trait::async_trait;
pub use jarvis_core::{Consent, Question};

use crate::act::Act;

/// A question waits for so long; then the answer is no.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Who puts a question to the person: the window, the terminal, the API, the voice. It may take as long as it likes; the
/// guard waits for [`PATIENCE`] and drops it then.
#[async_trait]
pub trait Approver: Send + Sync {
    /// Asks. `act` is what the question is about.
    async fn ask(&self, question: &Question, act: &Act) -> Consent;
}

/// Nobody is there to be asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

#[async_trait]
impl Approver for Nobody {
    async fn ask(&self, _: &Question, _: &Act) -> Consent {
        Consent::No
    }
}
