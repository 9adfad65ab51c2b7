//! Asking a person: what they are shown, what they can answer, and who asks.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::act::{Act, Risk};
use crate::circumstances::{Origin, Taint};

/// A question waits for so long; then the answer is no.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a person is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Question {
    /// Of this question alone.
    pub id: Uuid,
    /// Name of the tool.
    pub tool: String,
    /// The exact effect, one plain sentence.
    pub words: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// Whether "undo that" takes it back.
    pub undoable: bool,
    /// On whose wish.
    pub origin: Origin,
    /// What the turn has read that may have asked for it: the person sees where the wish may really come from.
    pub tainted_by: Vec<Taint>,
    /// Which rule asks.
    pub rule: String,
    /// What "always" would allow, one plain sentence; none where there is no always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<String>,
    /// Seconds until the answer is no.
    pub seconds: u32,
}

/// What a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Consent {
    /// This once.
    Once,
    /// This, and what is like it, from now on.
    Always,
    /// No.
    No,
}

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
