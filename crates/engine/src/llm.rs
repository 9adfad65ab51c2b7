//! What is asked of the embedded language model.

use std::path::PathBuf;

use jarvis_core::{Message, ToolCall, ToolSpec, Usage};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request to the language-model engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Load a model ahead of its use. No items.
    Load {
        /// GGUF file.
        model: PathBuf,
        /// Tokens the model can see at once.
        context_length: u32,
    },
    /// Continue a conversation: any number of [`Reply::Token`] or [`Reply::ToolCall`], then one [`Reply::Usage`].
    Generate(Box<Generate>),
}

/// A conversation to continue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Generate {
    /// GGUF file.
    pub model: PathBuf,
    /// Tokens the model can see at once.
    pub context_length: u32,
    /// The conversation so far; the last entry is the person's or a tool's.
    pub messages: Vec<Message>,
    /// Tools the model may call. Calls are constrained by grammar to these names and schemas.
    pub tools: Vec<ToolSpec>,
    /// When given, the whole answer is JSON that matches this schema.
    pub json_schema: Option<Value>,
    /// 0.0 is greedy.
    pub temperature: f32,
    /// Longest answer in tokens.
    pub max_tokens: u32,
}

/// A piece of a reply of the language-model engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// Text, whole characters only.
    Token {
        /// The piece.
        text: String,
    },
    /// A complete tool call.
    ToolCall(ToolCall),
    /// What it cost.
    Usage(Usage),
}
