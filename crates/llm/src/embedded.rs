//! The model that is always there: llama.cpp in an engine process of its own, on a GGUF file of the catalogue.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream;
use jarvis_core::Message;
use jarvis_engine::llm::{Generate, Reply, Request};
use jarvis_engine::{Engine, EngineError, Replies};

use crate::chat::{Abilities, ChatModel, ChatRequest, ChatStream, Delta, LlmError};

/// An engine process that generates text.
pub type LlmEngine = Engine<Request, Reply>;

/// See the module.
pub struct EmbeddedModel {
    engine: Arc<LlmEngine>,
    model: PathBuf,
    context_length: u32,
}

impl EmbeddedModel {
    /// The GGUF file `model` with a window of `context_length` tokens.
    pub fn new(engine: Arc<LlmEngine>, model: PathBuf, context_length: u32) -> Self {
        Self { engine, model, context_length }
    }
}

#[async_trait]
impl ChatModel for EmbeddedModel {
    fn name(&self) -> String {
        let file = self.model.file_stem().map(|s| s.to_string_lossy().into_owned());
        format!("embedded/{}", file.unwrap_or_default())
    }

    async fn abilities(&self) -> Result<Abilities, LlmError> {
        Ok(Abilities { sees: false, window: self.context_length })
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, LlmError> {
        let generate = Request::Generate(Box::new(Generate {
            model: self.model.clone(),
            context_length: self.context_length,
            messages: request.messages.into_iter().map(Message::without_pictures).collect(),
            tools: request.tools,
            json_schema: request.json_schema,
            temperature: request.temperature,
            max_tokens: request.max_tokens,
        }));
        let mut replies = self.engine.request(generate.clone(), Bytes::new());
        let mut first = replies.next().await;
        // A process that died before its first word is started again, once; nobody has heard anything yet.
        if matches!(first, Some(Err(EngineError::Died { .. }))) {
            replies = self.engine.request(generate, Bytes::new());
            first = replies.next().await;
        }
        let first = match first {
            Some(Err(e)) => return Err(e.into()),
            Some(Ok((reply, _))) => Some(reply),
            None => None,
        };
        Ok(Box::pin(stream::unfold((first, replies), next)))
    }

    async fn warm(&self) -> Result<(), LlmError> {
        let load = Request::Load { model: self.model.clone(), context_length: self.context_length };
        Ok(self.engine.run(load).await?)
    }
}

type Rest = (Option<Reply>, Replies<Request, Reply>);

async fn next((first, mut replies): Rest) -> Option<(Result<Delta, LlmError>, Rest)> {
    let item = match first {
        Some(reply) => Ok(reply),
        None => replies.next().await?.map(|(reply, _)| reply),
    };
    let delta = item.map_err(LlmError::from).map(|reply| match reply {
        Reply::Token { text } => Delta::Text(text),
        Reply::ToolCall(call) => Delta::ToolCall(call),
        Reply::Usage(usage) => Delta::Usage(usage),
    });
    Some((delta, (None, replies)))
}
