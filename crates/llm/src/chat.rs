//! The seam: what every chat model can do.

use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use futures::{Stream, StreamExt};
use jarvis_core::{Code, Failure, Message, ToolCall, ToolSpec, Usage};
use serde_json::Value;

/// A conversation to continue.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// The conversation so far; the last entry is the person's or a tool's.
    pub messages: Vec<Message>,
    /// Tools the model may call.
    pub tools: Vec<ToolSpec>,
    /// When given, the whole answer is JSON that matches this schema.
    pub json_schema: Option<Value>,
    /// 0.0 (sober) to 2.0 (wild).
    pub temperature: f32,
    /// Longest answer in tokens.
    pub max_tokens: u32,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// Further text.
    Text(String),
    /// A complete tool call.
    ToolCall(ToolCall),
    /// What the answer cost; comes last, where the provider tells.
    Usage(Usage),
}

/// The pieces of an answer, in order. Dropping it cancels the generation.
pub type ChatStream = Pin<Box<dyn Stream<Item = Result<Delta, LlmError>> + Send>>;

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// All text.
    pub text: String,
    /// All tool calls.
    pub tool_calls: Vec<ToolCall>,
    /// What it cost, where the provider tells.
    pub usage: Option<Usage>,
}

/// What a model can take in at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Whether it can see pictures. To one that cannot, they are named in words.
    pub sees: bool,
    /// Tokens of a whole request, the answer included.
    pub window: u32,
}

/// A language model that can hold a conversation. Streaming is the one thing it must do.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// Provider and model, for people: `ollama/llama3.2`.
    fn name(&self) -> String;

    /// What it can take in.
    async fn abilities(&self) -> Result<Abilities, LlmError>;

    /// Begins an answer. Returns when the provider has accepted the request.
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, LlmError>;

    /// Gets ready ahead of a question, where that takes time.
    async fn warm(&self) -> Result<(), LlmError> {
        Ok(())
    }

    /// The whole answer at once.
    async fn complete(&self, request: ChatRequest) -> Result<Reply, LlmError> {
        let mut stream = self.stream(request).await?;
        let mut reply = Reply::default();
        while let Some(delta) = stream.next().await {
            match delta? {
                Delta::Text(text) => reply.text.push_str(&text),
                Delta::ToolCall(call) => reply.tool_calls.push(call),
                Delta::Usage(usage) => reply.usage = Some(usage),
            }
        }
        Ok(reply)
    }
}

/// Why a model gave no answer, or only a part of one.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LlmError {
    /// The server does not answer.
    #[error("{provider} does not answer ({reason})")]
    Unreachable {
        /// Which provider.
        provider: &'static str,
        /// What the network said.
        reason: String,
    },
    /// The provider does not have this model.
    #[error("{provider} has no model {model:?}")]
    ModelMissing {
        /// Which provider.
        provider: &'static str,
        /// The model asked for.
        model: String,
    },
    /// The key is missing or refused.
    #[error("{provider} refused the key")]
    Unauthorized {
        /// Which provider.
        provider: &'static str,
        /// Where the key is looked for.
        key_env: String,
    },
    /// Too many requests.
    #[error("{provider} asks to slow down")]
    RateLimited {
        /// Which provider.
        provider: &'static str,
        /// How long to wait, where the provider tells.
        retry_after: Option<Duration>,
    },
    /// The answer broke off in the middle.
    #[error("{provider} broke off in the middle of its answer ({reason})")]
    BrokeOff {
        /// Which provider.
        provider: &'static str,
        /// What happened.
        reason: String,
    },
    /// Nothing came for too long.
    #[error("{provider} took too long")]
    TimedOut {
        /// Which provider.
        provider: &'static str,
    },
    /// The model sees less at once than was asked for: the rest would be lost without a word.
    #[error("{provider} loaded {model:?} with a window of {loaded} tokens instead of {asked}")]
    ShortWindow {
        /// Which provider.
        provider: &'static str,
        /// Which model.
        model: String,
        /// Tokens it sees.
        loaded: u32,
        /// Tokens asked for.
        asked: u32,
    },
    /// The provider refused the request as it is.
    #[error("{provider} refused the request: {reason}")]
    Refused {
        /// Which provider.
        provider: &'static str,
        /// Its own words.
        reason: String,
    },
    /// There is no model to ask; why, is known already.
    #[error("{}", .0.message)]
    NotMade(Failure),
    /// The embedded model's engine failed.
    #[error(transparent)]
    Engine(#[from] jarvis_engine::EngineError),
}

impl LlmError {
    /// Whether the provider cannot be used just now: another may be.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::BrokeOff { .. } | Self::ModelMissing { .. })
    }

    /// What the person is told.
    pub fn failure(&self) -> Failure {
        let (code, remedy) = match self {
            Self::Engine(e) => return e.failure(),
            Self::NotMade(failure) => return failure.clone(),
            Self::Unreachable { provider: "Ollama", .. } => (
                Code::LlmUnreachable,
                "Start it with `ollama serve`, or set llm.provider to \"embedded\".".to_string(),
            ),
            Self::Unreachable { .. } => (
                Code::LlmUnreachable,
                "Check its URL and the network, or set llm.provider to \"embedded\".".into(),
            ),
            Self::ModelMissing { provider: "Ollama", model } => {
                (Code::LlmModelMissing, format!("Fetch it with `jarvis models pull ollama:{model}`."))
            }
            Self::ModelMissing { .. } => {
                (Code::LlmModelMissing, "Choose another with `jarvis config set llm.model NAME`.".into())
            }
            Self::Unauthorized { key_env, .. } => {
                let remedy = format!(
                    "Put a valid key into the keyring with `jarvis keys set`, or into the environment variable {key_env}."
                );
                (Code::Unauthorized, remedy)
            }
            Self::RateLimited { retry_after: Some(wait), .. } => {
                (Code::RateLimited, format!("Try again in {} seconds.", wait.as_secs().max(1)))
            }
            Self::RateLimited { retry_after: None, .. } => {
                (Code::RateLimited, "Try again in a minute.".into())
            }
            Self::BrokeOff { .. } => (Code::LlmUnreachable, "Ask again.".into()),
            Self::TimedOut { .. } => (
                Code::TimedOut,
                "Ask again, or choose a smaller model with `jarvis config set llm.model NAME`.".into(),
            ),
            Self::ShortWindow { loaded, .. } => (
                Code::LlmUnreachable,
                format!("Free memory on that machine, or set llm.context_length to {loaded}."),
            ),
            Self::Refused { .. } => (Code::BadRequest, "Ask in another way, or choose another model.".into()),
        };
        Failure::sentence(code, self, remedy)
    }
}
