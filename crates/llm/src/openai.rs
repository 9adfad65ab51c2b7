//! Any server that speaks OpenAI's chat protocol: `POST /chat/completions` with server-sent events.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_stream::try_stream;
use async_trait::async_trait;
use futures::StreamExt;
use jarvis_core::{Message, ToolCall, Usage};
use reqwest::Client;
use serde_json::{Value, json};

use crate::chat::{Abilities, ChatModel, ChatRequest, ChatStream, Delta, LlmError};
use crate::http::{Asked, client};

/// The protocol does not tell what a model can see at once; those in common use see at least so many tokens.
const WINDOW: u32 = 32_768;

/// See the module.
pub struct OpenAiModel {
    client: Client,
    url: String,
    key: Option<String>,
    /// Whether the model has shown that it is one of OpenAI's newer ones.
    is_newer: AtomicBool,
    asked: Asked,
}

impl OpenAiModel {
    /// `url` ends before `/chat/completions`. `key_env` only names where `key` came from, for errors; the server may
    /// be silent for `patience`.
    pub fn new(url: &str, model: &str, key: Option<String>, key_env: &str, patience: Duration) -> Self {
        let asked = Asked { provider: "The OpenAI server", model: model.into(), key_env: key_env.into() };
        let url = url.trim_end_matches('/').into();
        Self { client: client(patience), url, key, is_newer: AtomicBool::new(false), asked }
    }

    /// Names of the models that the server offers.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn models(&self) -> Result<Vec<String>, LlmError> {
        let response =
            self.asked.send(self.authorized(self.client.get(format!("{}/models", self.url)))).await?;
        let list: Value = response.json().await.map_err(|e| self.asked.broke_off(e.to_string()))?;
        let models = list["data"].as_array().into_iter().flatten();
        Ok(models.filter_map(|m| m["id"].as_str().map(str::to_string)).collect())
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }
}

/// Whether a request was refused because OpenAI's newer models take no `max_tokens`, and no temperature but 1. Other servers know
/// only `max_tokens`.
fn is_of_newer(reason: &str) -> bool {
    reason.contains("max_completion_tokens") || reason.contains("temperature")
}

/// A request as those models take it.
fn for_newer(body: &mut Value) {
    if let Some(body) = body.as_object_mut() {
        body.remove("temperature");
        if let Some(most) = body.remove("max_tokens") {
            body.insert("max_completion_tokens".into(), most);
        }
    }
}

#[async_trait]
impl ChatModel for OpenAiModel {
    fn name(&self) -> String {
        format!("openai/{}", self.asked.model)
    }

    async fn abilities(&self) -> Result<Abilities, LlmError> {
        Ok(Abilities { sees: true, window: WINDOW })
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, LlmError> {
        let mut body = json!({
            "model": self.asked.model,
            "messages": request.messages.iter().map(message).collect::<Vec<_>>(),
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "stream": true,
            "stream_options": {"include_usage": true},
        });
        if !request.tools.is_empty() {
            body["tools"] =
                request.tools.iter().map(|t| json!({"type": "function", "function": t})).collect();
        }
        if let Some(schema) = request.json_schema {
            body["response_format"] = json!({"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema}});
        }
        let send = |body: &Value| {
            let post = self.client.post(format!("{}/chat/completions", self.url)).json(body);
            self.asked.send(self.authorized(post))
        };
        if self.is_newer.load(Ordering::Relaxed) {
            for_newer(&mut body);
        }
        let response = match send(&body).await {
            Err(LlmError::Refused { reason, .. })
                if body.get("max_tokens").is_some() && is_of_newer(&reason) =>
            {
                for_newer(&mut body);
                let response = send(&body).await?;
                self.is_newer.store(true, Ordering::Relaxed);
                response
            }
            sent => sent?,
        };
        let asked = self.asked.clone();
        Ok(Box::pin(try_stream! {
            let mut lines = std::pin::pin!(asked.lines(response));
            let mut calls = BTreeMap::new();
            let mut finished = false;
            while let Some(line) = lines.next().await {
                let line = line?;
                let Some(data) = line.strip_prefix("data:").map(str::trim) else { continue };
                if data == "[DONE]" {
                    finished = true;
                    break;
                }
                let event: Value = serde_json::from_str(data).map_err(|e| asked.broke_off(e.to_string()))?;
                if let Some(error) = event.get("error").filter(|e| !e.is_null()) {
                    Err(asked.broke_off(error["message"].as_str().unwrap_or("an error without words")))?;
                }
                let choice = &event["choices"][0];
                if let Some(text) = choice["delta"]["content"].as_str().filter(|t| !t.is_empty()) {
                    yield Delta::Text(text.to_string());
                }
                for piece in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
                    assemble(&mut calls, piece);
                }
                finished |= choice["finish_reason"].is_string();
                if let Ok(usage) = serde_json::from_value::<Usage>(event["usage"].clone()) {
                    for call in std::mem::take(&mut calls).into_values() {
                        yield Delta::ToolCall(finish(call));
                    }
                    yield Delta::Usage(usage);
                }
            }
            if !finished {
                Err(asked.broke_off("the connection was closed"))?;
            }
            for call in calls.into_values() {
                yield Delta::ToolCall(finish(call));
            }
        }))
    }
}

/// A tool call whose arguments come in pieces.
#[derive(Default)]
struct Partial {
    id: String,
    name: String,
    arguments: String,
}

fn assemble(calls: &mut BTreeMap<u64, Partial>, piece: &Value) {
    let call = calls.entry(piece["index"].as_u64().unwrap_or(0)).or_default();
    if let Some(id) = piece["id"].as_str().filter(|id| !id.is_empty()) {
        call.id = id.to_string();
    }
    call.name += piece["function"]["name"].as_str().unwrap_or_default();
    call.arguments += piece["function"]["arguments"].as_str().unwrap_or_default();
}

/// Arguments that are not JSON are passed on as text: the tool's own check refuses them, and says so to the model.
fn finish(call: Partial) -> ToolCall {
    let arguments = if call.arguments.trim().is_empty() { "{}" } else { call.arguments.as_str() };
    let arguments = serde_json::from_str(arguments).unwrap_or_else(|_| Value::String(call.arguments.clone()));
    ToolCall { id: call.id, name: call.name, arguments }
}

fn message(message: &Message) -> Value {
    let mut out = json!({"role": message.role, "content": message.content});
    if !message.pictures.is_empty() {
        let text = (!message.content.is_empty()).then(|| json!({"type": "text", "text": message.content}));
        let pictures = message.pictures.iter().map(|p| {
            let url = format!("data:{};base64,{}", p.media_type, p.base64);
            json!({"type": "image_url", "image_url": {"url": url}})
        });
        out["content"] = pictures.chain(text).collect();
    }
    if !message.tool_calls.is_empty() {
        out["tool_calls"] = message
            .tool_calls
            .iter()
            .map(|c| {
                let function = json!({"name": c.name, "arguments": c.arguments.to_string()});
                json!({"id": c.id, "type": "function", "function": function})
            })
            .collect();
    }
    if let Some(id) = &message.tool_call_id {
        out["tool_call_id"] = json!(id);
    }
    out
}
