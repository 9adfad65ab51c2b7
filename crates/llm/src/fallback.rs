//! Two models of which the first is preferred.

use std::sync::Arc;

use async_trait::async_trait;

use crate::chat::{Abilities, ChatModel, ChatRequest, ChatStream, LlmError};

/// Asks the first model, and the second for a request that the first cannot even begin to answer.
pub struct Fallback {
    first: Arc<dyn ChatModel>,
    second: Arc<dyn ChatModel>,
}

impl Fallback {
    /// `first`, or when it has an outage, `second`.
    pub fn new(first: Arc<dyn ChatModel>, second: Arc<dyn ChatModel>) -> Self {
        Self { first, second }
    }
}

#[async_trait]
impl ChatModel for Fallback {
    fn name(&self) -> String {
        self.first.name()
    }

    async fn abilities(&self) -> Result<Abilities, LlmError> {
        match self.first.abilities().await {
            Err(error) if error.is_outage() => self.second.abilities().await,
            abilities => abilities,
        }
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, LlmError> {
        match self.first.stream(request.clone()).await {
            Err(error) if error.is_outage() => {
                tracing::warn!(%error, instead = self.second.name(), "another model answers");
                self.second.stream(request).await
            }
            answer => answer,
        }
    }

    async fn warm(&self) -> Result<(), LlmError> {
        match self.first.warm().await {
            Err(error) if error.is_outage() => self.second.warm().await,
            ready => ready,
        }
    }
}
