//! What stands in the place of a language model that could not be had: it answers every question with the reason.

use async_trait::async_trait;
use jarvis_core::Failure;
use jarvis_llm::{Abilities, ChatModel, ChatRequest, ChatStream, LlmError};

/// See the module.
pub(crate) struct NoModel(pub Failure);

impl NoModel {
    fn error(&self) -> LlmError {
        LlmError::NotMade(self.0.clone())
    }
}

#[async_trait]
impl ChatModel for NoModel {
    fn name(&self) -> String {
        "none".into()
    }

    async fn abilities(&self) -> Result<Abilities, LlmError> {
        Err(self.error())
    }

    async fn stream(&self, _request: ChatRequest) -> Result<ChatStream, LlmError> {
        Err(self.error())
    }

    async fn warm(&self) -> Result<(), LlmError> {
        Err(self.error())
    }
}
