//! Anthropic's messages protocol, streamed.

use std::collections::BTreeMap;

use std::time::Duration;

use async_stream::try_stream;
use async_trait::async_trait;
use futures::StreamExt;
use jarvis_core::{Message, Role, ToolCall, Usage};
use reqwest::Client;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::chat::{Abilities, ChatModel, ChatRequest, ChatStream, Delta, LlmError};
use crate::http::{Asked, client};

/// The version of the protocol that is spoken here.
const VERSION: &str = "2023-06-01";
/// Every model that the protocol serves sees at least so many tokens.
const WINDOW: u32 = 200_000;

/// See the module.
pub struct AnthropicModel {
    client: Client,
    url: String,
    key: String,
    asked: Asked,
}

impl AnthropicModel {
    /// `url` ends before `/v1/messages`. `key_env` only names where `key` came from, for errors; the server may
    /// be silent for `patience`.
    pub fn new(url: &str, model: &str, key: String, key_env: &str, patience: Duration) -> Self {
        let asked = Asked { provider: "Anthropic", model: model.into(), key_env: key_env.into() };
        Self { client: client(patience), url: url.trim_end_matches('/').into(), key, asked }
    }
}

#[async_trait]
impl ChatModel for AnthropicModel {
    fn name(&self) -> String {
        format!("anthropic/{}", self.asked.model)
    }

    async fn abilities(&self) -> Result<Abilities, LlmError> {
        Ok(Abilities { sees: true, window: WINDOW })
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, LlmError> {
        let system = request.messages.iter().filter(|m| m.role == Role::System);
        let mut system = system.map(|m| m.content.as_str()).collect::<Vec<_>>().join("\n\n");
        if let Some(schema) = &request.json_schema {
            system += &format!("\n\nAnswer with JSON alone, matching this schema: {schema}");
        }
        let mut body = json!({
            "model": self.asked.model,
            "system": system,
            "messages": turns(&request.messages),
            // The protocol ends at 1.
            "temperature": request.temperature.min(1.0),
            "max_tokens": request.max_tokens,
            "stream": true,
        });
        if !request.tools.is_empty() {
            body["tools"] = request
                .tools
                .iter()
                .map(|t| json!({"name": t.name, "description": t.description, "input_schema": t.parameters}))
                .collect();
        }
        let post = self.client.post(format!("{}/v1/messages", self.url)).json(&body);
        // A key that cannot stand in a header is none.
        let mut key = HeaderValue::from_str(&self.key).map_err(|_| LlmError::Unauthorized {
            provider: self.asked.provider,
            key_env: self.asked.key_env.clone(),
        })?;
        key.set_sensitive(true);
        let post = post.header("x-api-key", key).header("anthropic-version", VERSION);
        let response = self.asked.send(post).await?;
        let asked = self.asked.clone();
        Ok(Box::pin(try_stream! {
            let mut lines = std::pin::pin!(asked.lines(response));
            let (mut usage, mut finished) = (Usage::default(), false);
            // Tool calls under way: id, name, and the arguments as far as they have come.
            let mut calls: BTreeMap<u64, (String, String, String)> = BTreeMap::new();
            while let Some(line) = lines.next().await {
                let line = line?;
                let Some(data) = line.strip_prefix("data:") else { continue };
                let event: Value = serde_json::from_str(data).map_err(|e| asked.broke_off(e.to_string()))?;
                let index = event["index"].as_u64().unwrap_or(0);
                let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
                match event["type"].as_str().unwrap_or_default() {
                    "message_start" => {
                        usage.prompt_tokens = event["message"]["usage"]["input_tokens"].as_u64().unwrap_or(0) as u32;
                    }
                    "content_block_start" if event["content_block"]["type"] == "tool_use" => {
                        let block = &event["content_block"];
                        calls.insert(index, (text(&block["id"]), text(&block["name"]), String::new()));
                    }
                    "content_block_delta" => match event["delta"]["type"].as_str() {
                        Some("text_delta") => yield Delta::Text(text(&event["delta"]["text"])),
                        Some("input_json_delta") => {
                            if let Some((_, _, arguments)) = calls.get_mut(&index) {
                                *arguments += &text(&event["delta"]["partial_json"]);
                            }
                        }
                        _ => {}
                    },
                    "content_block_stop" => {
                        if let Some((id, name, arguments)) = calls.remove(&index) {
                            let written = if arguments.is_empty() { "{}" } else { &arguments };
                            let parsed = serde_json::from_str(written);
                            let arguments = parsed.unwrap_or_else(|_| Value::String(arguments.clone()));
                            yield Delta::ToolCall(ToolCall { id, name, arguments });
                        }
                    }
                    "message_delta" => {
                        usage.completion_tokens = event["usage"]["output_tokens"].as_u64().unwrap_or(0) as u32;
                    }
                    "message_stop" => {
                        finished = true;
                        yield Delta::Usage(usage);
                    }
                    "error" => Err(asked.broke_off(text(&event["error"]["message"])))?,
                    _ => {}
                }
            }
            if !finished {
                Err(asked.broke_off("the connection was closed"))?;
            }
        }))
    }
}

/// The conversation without its system part. Tool results are blocks of the person's turn, those of one step in one turn.
fn turns(messages: &[Message]) -> Vec<Value> {
    let mut turns: Vec<Value> = Vec::new();
    for message in messages {
        let (role, block) = match message.role {
            Role::System => continue,
            Role::User => ("user", json!({"type": "text", "text": message.content})),
            Role::Tool => {
                let id = &message.tool_call_id;
                ("user", json!({"type": "tool_result", "tool_use_id": id, "content": message.content}))
            }
            Role::Assistant => ("assistant", json!({"type": "text", "text": message.content})),
        };
        let calls = message.tool_calls.iter();
        let calls = calls.map(|c| {
            // What a model wrote and nobody could read goes back as something that can be sent: no other input is taken.
            let input = if c.arguments.is_object() {
                c.arguments.clone()
            } else {
                json!({"unreadable": c.arguments})
            };
            json!({"type": "tool_use", "id": c.id, "name": c.name, "input": input})
        });
        let pictures = message.pictures.iter().map(|p| {
            let source = json!({"type": "base64", "media_type": p.media_type, "data": &*p.base64});
            json!({"type": "image", "source": source})
        });
        let empty = message.role != Role::Tool && message.content.is_empty();
        let blocks: Vec<Value> = pictures.chain((!empty).then_some(block)).chain(calls).collect();
        match turns.last_mut() {
            Some(last) if last["role"] == role => {
                if let Some(content) = last["content"].as_array_mut() {
                    content.extend(blocks);
                }
            }
            _ => turns.push(json!({"role": role, "content": blocks})),
        }
    }
    turns
}
