//! What a chat model reads and writes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who is speaking in a [`Message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Standing instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call.
    Tool,
}

/// One entry of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said; may be empty when the model only calls tools.
    pub content: String,
    /// Calls the assistant asks for. Empty for every other role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// For [`Role::Tool`]: the call this is the result of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Pictures that go with the person's words. They are never sent to an engine process, none of which can see.
    #[serde(skip)]
    pub pictures: Vec<Picture>,
}

/// A picture, as it was attached.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What the person calls it.
    pub name: String,
    /// `image/png` and the like.
    pub media_type: String,
    /// Its bytes, in base64 of the standard alphabet with padding.
    pub base64: Arc<str>,
}

impl Message {
    /// Standing instructions.
    pub fn system(content: impl Into<String>) -> Self {
        Self::plain(Role::System, content)
    }

    /// The person's words.
    pub fn user(content: impl Into<String>) -> Self {
        Self::plain(Role::User, content)
    }

    /// The model's words.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self::plain(Role::Assistant, content)
    }

    /// The result of the tool call `id`.
    pub fn tool(id: impl Into<String>, content: impl Into<String>) -> Self {
        Self { tool_call_id: Some(id.into()), ..Self::plain(Role::Tool, content) }
    }

    /// The same for a model that cannot see: in place of its pictures it says what they are called.
    pub fn without_pictures(mut self) -> Self {
        let unseen = std::mem::take(&mut self.pictures).into_iter().map(|p| unseen(&p.name));
        let said = std::mem::take(&mut self.content);
        self.content = unseen.chain((!said.is_empty()).then_some(said)).collect::<Vec<_>>().join("\n\n");
        self
    }

    fn plain(role: Role, content: impl Into<String>) -> Self {
        let (tool_calls, pictures) = (Vec::new(), Vec::new());
        Self { role, content: content.into(), tool_calls, tool_call_id: None, pictures }
    }
}

/// What is said to a model in place of a picture.
fn unseen(name: &str) -> String {
    format!(
        "[The person attached the picture {name:?} here. You cannot see pictures: say so if the request is about it, \
         and do not guess what it shows.]"
    )
}

/// A model's wish to run a tool. It has no power of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The provider's id for this call, echoed by the result.
    pub id: String,
    /// Name of the tool.
    pub name: String,
    /// Arguments, an object that should match the tool's schema.
    pub arguments: Value,
}

/// A tool as it is described to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolSpec {
    /// Name: `[a-z][a-z0-9_]*`.
    pub name: String,
    /// One sentence that says when to use it.
    pub description: String,
    /// JSON Schema of the arguments; its root is an object.
    pub parameters: Value,
}

/// Tokens used by one model call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// Tokens read, those included that were still known from before.
    pub prompt_tokens: u32,
    /// How many of them were still known from before and cost next to nothing. 0 where the provider does not tell.
    #[serde(default)]
    pub cached_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
}
