//! An Ollama server. Pulls go through `ollama-rs`; the chat is streamed here, because that crate's stream loses a chunk that ends
//! within a character and swallows the errors that Ollama sends in mid-answer, and models are listed here, because it waits for ever.

use std::time::Duration;

use async_stream::try_stream;
use async_trait::async_trait;
use futures::StreamExt;
use jarvis_core::{Message, ToolCall, Usage};
use ollama_rs::Ollama;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::chat::{Abilities, ChatModel, ChatRequest, ChatStream, Delta, LlmError};
use crate::http::{Asked, client};

/// What the server knows of a model it knows at once; a busy one is not waited for.
const ABOUT: Duration = Duration::from_secs(5);

/// See the module.
pub struct OllamaModel {
    client: Client,
    url: String,
    context_length: u32,
    /// What the model can take in, its window no longer than `context_length`, once the server has told.
    abilities: OnceCell<Abilities>,
    asked: Asked,
}

/// Progress of a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// What Ollama is doing.
    pub status: String,
    /// Bytes there, of the layer at hand.
    pub done: u64,
    /// Bytes there will be, of the layer at hand; 0 where it is not known.
    pub total: u64,
}

impl OllamaModel {
    /// `model` on the server at `url`, with a window of `context_length` tokens, or as many as the model can see.
    pub fn new(url: &str, model: &str, context_length: u32, patience: Duration) -> Self {
        Self {
            client: client(patience),
            url: url.trim_end_matches('/').into(),
            context_length,
            abilities: OnceCell::new(),
            asked: Asked { provider: "Ollama", model: model.into(), key_env: String::new() },
        }
    }

    /// Names of the models that the server has, without those that only embed.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn models(url: &str) -> Result<Vec<String>, LlmError> {
        let asked = Asked { provider: "Ollama", model: String::new(), key_env: String::new() };
        let tags = client(ABOUT).get(format!("{}/api/tags", url.trim_end_matches('/'))).timeout(ABOUT);
        let tags: Value = asked.send(tags).await?.json().await.map_err(|e| asked.broke_off(e.to_string()))?;
        let models = tags["models"].as_array().into_iter().flatten();
        // `bert`, `nomic-bert` and the like.
        let chats =
            |m: &&Value| !m["details"]["family"].as_str().is_some_and(|family| family.contains("bert"));
        Ok(models.filter(chats).filter_map(|m| m["name"].as_str().map(str::to_string)).collect())
    }

    /// What the server knows of the model.
    async fn about(&self) -> Result<Abilities, LlmError> {
        let about = async {
            let show = self.client.post(format!("{}/api/show", self.url)).timeout(ABOUT);
            let about = self.asked.send(show.json(&json!({"model": self.asked.model}))).await?;
            let about: Value = about.json().await.map_err(|e| self.asked.broke_off(e.to_string()))?;
            // The key begins with the model's architecture: `llama.context_length`.
            let info = about["model_info"].as_object().into_iter().flatten();
            let limits = info.filter(|(key, _)| key.ends_with(".context_length"));
            let limit = limits.filter_map(|(_, value)| u32::try_from(value.as_u64()?).ok()).next();
            let window = limit.map_or(self.context_length, |limit| self.context_length.min(limit));
            let sees = about["capabilities"].as_array().is_some_and(|all| all.iter().any(|c| c == "vision"));
            Ok::<_, LlmError>(Abilities { sees, window })
        };
        self.abilities.get_or_try_init(|| about).await.copied()
    }

    /// What to go by where the server does not tell: a blind model, with the window configured.
    async fn known(&self) -> Abilities {
        self.about().await.unwrap_or(Abilities { sees: false, window: self.context_length })
    }

    /// The window with which the server has loaded the model, where it tells.
    async fn loaded_window(&self) -> Result<Option<u32>, LlmError> {
        let running = self.asked.send(self.client.get(format!("{}/api/ps", self.url))).await?;
        let running: Value = running.json().await.map_err(|e| self.asked.broke_off(e.to_string()))?;
        let names_it = |m: &&Value| m["name"].as_str().is_some_and(|name| self.is_called(name));
        let model = running["models"].as_array().into_iter().flatten().find(names_it);
        Ok(model.and_then(|m| u32::try_from(m["context_length"].as_u64()?).ok()))
    }

    /// Whether the server's `name` means this model: `llama3.2` is `llama3.2:latest`.
    fn is_called(&self, name: &str) -> bool {
        name == self.asked.model || name.strip_suffix(":latest") == Some(&self.asked.model)
    }

    /// Makes the server fetch its model.
    ///
    /// # Errors
    /// When the server does not answer, or cannot fetch it.
    pub async fn pull(&self, mut progress: impl FnMut(PullProgress)) -> Result<(), LlmError> {
        let pulling = server(&self.url)?.pull_model_stream(self.asked.model.clone(), false).await;
        let mut statuses = pulling.map_err(|e| unreachable(&e))?;
        while let Some(status) = statuses.next().await {
            let status =
                status.map_err(|e| LlmError::Refused { provider: "Ollama", reason: e.to_string() })?;
            progress(PullProgress {
                status: status.message,
                done: status.completed.unwrap_or(0),
                total: status.total.unwrap_or(0),
            });
        }
        Ok(())
    }
}

fn server(url: &str) -> Result<Ollama, LlmError> {
    Ollama::try_new(url).map_err(|e| LlmError::Unreachable { provider: "Ollama", reason: e.to_string() })
}

fn unreachable(error: &ollama_rs::error::OllamaError) -> LlmError {
    LlmError::Unreachable { provider: "Ollama", reason: error.to_string() }
}

#[async_trait]
impl ChatModel for OllamaModel {
    fn name(&self) -> String {
        format!("ollama/{}", self.asked.model)
    }

    async fn abilities(&self) -> Result<Abilities, LlmError> {
        self.about().await
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, LlmError> {
        let Abilities { sees, window } = self.known().await;
        let messages = request.messages.into_iter();
        let messages = messages.map(|m| message(&if sees { m } else { m.without_pictures() }));
        let mut body = json!({
            "model": self.asked.model,
            "messages": messages.collect::<Vec<_>>(),
            "stream": true,
            "options": {
                "temperature": request.temperature,
                "num_predict": request.max_tokens,
                "num_ctx": window,
            },
        });
        if !request.tools.is_empty() {
            body["tools"] =
                request.tools.iter().map(|t| json!({"type": "function", "function": t})).collect();
        }
        if let Some(schema) = request.json_schema {
            body["format"] = schema;
        }
        let response =
            self.asked.send(self.client.post(format!("{}/api/chat", self.url)).json(&body)).await?;
        let asked = self.asked.clone();
        Ok(Box::pin(try_stream! {
            let mut lines = std::pin::pin!(asked.lines(response));
            let (mut calls, mut done) = (0, false);
            while let Some(line) = lines.next().await {
                let piece: Value = serde_json::from_str(&line?).map_err(|e| asked.broke_off(e.to_string()))?;
                if let Some(error) = piece["error"].as_str() {
                    Err(asked.broke_off(error))?;
                }
                if let Some(text) = piece["message"]["content"].as_str().filter(|t| !t.is_empty()) {
                    yield Delta::Text(text.to_string());
                }
                for call in piece["message"]["tool_calls"].as_array().into_iter().flatten() {
                    calls += 1;
                    yield Delta::ToolCall(ToolCall {
                        // Ollama names no calls; results follow in their order.
                        id: format!("call_{calls}"),
                        name: call["function"]["name"].as_str().unwrap_or_default().to_string(),
                        arguments: call["function"]["arguments"].clone(),
                    });
                }
                if piece["done"].as_bool() == Some(true) {
                    done = true;
                    let count = |key: &str| piece[key].as_u64().unwrap_or(0) as u32;
                    yield Delta::Usage(Usage {
                        prompt_tokens: count("prompt_eval_count"),
                        completion_tokens: count("eval_count"),
                        ..Usage::default()
                    });
                }
            }
            if !done {
                Err(asked.broke_off("the connection was closed"))?;
            }
        }))
    }

    async fn warm(&self) -> Result<(), LlmError> {
        // A chat without messages loads the model; with another window it would be loaded again.
        let asked = self.known().await.window;
        let body = json!({"model": self.asked.model, "stream": false, "options": {"num_ctx": asked}});
        let loading = self.client.post(format!("{}/api/generate", self.url)).json(&body);
        self.asked.send(loading).await?;
        match self.loaded_window().await? {
            Some(loaded) if loaded < asked => {
                let Asked { provider, model, .. } = self.asked.clone();
                Err(LlmError::ShortWindow { provider, model, loaded, asked })
            }
            _ => Ok(()),
        }
    }
}

fn message(message: &Message) -> Value {
    let mut out = json!({"role": message.role, "content": message.content});
    if !message.pictures.is_empty() {
        out["images"] = message.pictures.iter().map(|p| &*p.base64).collect();
    }
    if !message.tool_calls.is_empty() {
        let calls = message.tool_calls.iter();
        out["tool_calls"] =
            calls.map(|c| json!({"function": {"name": c.name, "arguments": c.arguments}})).collect();
    }
    out
}
