//! The calls of one turn: what they read is remembered, and every later call is judged in the light of it.
//!
//! The brain holds one for each request that a model answers, and so does whoever speaks for another program. What a tool read
//! of strangers' text goes on without what is hidden in it.

use std::sync::Arc;

use jarvis_core::ToolCall;
use jarvis_guard::{Approver, Circumstances, Running, Taint};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::toolbox::{Called, Toolbox};

/// See the module.
pub struct Turn {
    toolbox: Arc<Toolbox>,
    approver: Arc<dyn Approver>,
    cancel: CancellationToken,
    /// Held while a call runs: the next one is judged with what this one has read.
    circumstances: Mutex<Circumstances>,
}

impl Turn {
    /// A turn that begins in `circumstances`.
    pub fn new(
        toolbox: Arc<Toolbox>,
        approver: Arc<dyn Approver>,
        circumstances: Circumstances,
        cancel: CancellationToken,
    ) -> Self {
        Self { toolbox, approver, cancel, circumstances: Mutex::new(circumstances) }
    }

    /// Calls a tool. `began` is told what runs, once it does.
    pub async fn call(&self, call: ToolCall, began: &(dyn Fn(&Running) + Sync)) -> Called {
        let mut circumstances = self.circumstances.lock().await;
        let called = self.toolbox.call(call, &circumstances, &*self.approver, &self.cancel, began).await;
        if let Some(taint) = &called.taint {
            circumstances.read(taint.clone());
        }
        called
    }

    /// What the turn has read so far.
    pub async fn tainted_by(&self) -> Vec<Taint> {
        self.circumstances.lock().await.tainted_by.clone()
    }
}
