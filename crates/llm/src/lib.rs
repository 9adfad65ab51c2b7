//! Chat models behind one trait, [`ChatModel`]: Ollama, any OpenAI-compatible server, Anthropic, and the
//! embedded model in its engine process.

mod anthropic;
mod chat;
mod embedded;
mod fallback;
mod http;
mod ollama;
mod openai;

pub use anthropic::AnthropicModel;
pub use chat::{Abilities, ChatModel, ChatRequest, ChatStream, Delta, LlmError, Reply};
pub use embedded::{EmbeddedModel, LlmEngine};
pub use fallback::Fallback;
pub use ollama::{OllamaModel, PullProgress};
pub use openai::OpenAiModel;
