//! Chat models behind one trait, [`ChatModel`]: Ollama, any OpenAI-compatible server, Anthropic, and the
//! embedded model in its engine process.

mod chat;
mod embedded;

pub use chat::{ChatModel, ChatRequest, ChatStream, Delta, LlmError, Reply};
pub use embedded::{EmbeddedModel, LlmEngine};
