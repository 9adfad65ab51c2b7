//! What to answer: a reflex when there is one, else the language model.

use std::sync::{Arc, Mutex, PoisonError};

use jarvis_agents::persona::system_prompt;
use jarvis_agents::react::{self, Limits, ToolBox, TurnError, TurnEvent};
use jarvis_agents::reflex::{Context, Effect, Reflexes};
use jarvis_core::{EventKind, Failure, Message, TurnId, Usage};
use jarvis_llm::{ChatModel, LlmError};
use jiff::Zoned;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;
use crate::timers::Timers;

/// An answer given in full.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// What else it does.
    pub effect: Effect,
    /// Tokens, when a language model took part.
    pub usage: Option<Usage>,
}
