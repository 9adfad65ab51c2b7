//! The ReAct turn: the model answers, or asks for a tool, sees its result, and goes on; a bounded number of times.
//!
//! It runs no tool itself and trusts no model: an unknown tool or bad arguments are told to the model as a result,
//! and what a tool returns is quoted as data.

use async_trait::async_trait;
use futures::StreamExt;
use jarvis_core::{Code, Failure, Message, Picture, ToolCall, ToolSpec, Usage};
use jarvis_llm::{ChatModel, ChatRequest, Delta, LlmError};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Bounds of a turn, and how the model is to speak.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How often the model may call tools before it must answer.
    pub max_steps: u32,
    /// Longest answer in tokens.
    pub max_tokens: u32,
    /// 0.0 (sober) to 2.0 (wild).
    pub temperature: f32,
}

/// The tools of a turn.
#[async_trait]
pub trait ToolBox: Send + Sync {
    /// What there is.
    fn specs(&self) -> Vec<ToolSpec>;

    /// Runs one. `id` is the provider's for this call.
    async fn call(&self, call: ToolCall) -> ToolReply;
}

/// What came of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolReply {
    /// Whether it did what it should.
    pub ok: bool,
    /// What it returned, or why it failed. For the model to read.
    pub text: String,
    /// By which the records know it.
    pub call: Option<Uuid>,
    /// What it was to do, in plain words.
    pub words: Option<String>,
    /// How long it ran.
    pub took_ms: Option<u64>,
    /// Its number in the undo journal.
    pub undo: Option<u64>,
    /// What the model is shown besides, when it can see.
    pub pictures: Vec<Picture>,
    /// The person is being asked, and answers in words of their own: the turn is over.
    pub waits: bool,
}

impl From<Result<String, String>> for ToolReply {
    fn from(result: Result<String, String>) -> Self {
        let ok = result.is_ok();
        Self { ok, text: result.unwrap_or_else(|reason| reason), ..Self::default() }
    }
}

/// What happens during a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnEvent {
    /// Further text of the answer.
    Delta(String),
    /// A tool is about to run.
    ToolStarted {
        /// Its name.
        name: String,
        /// Its arguments.
        arguments: Value,
    },
    /// A tool has run.
    ToolFinished {
        /// Its name.
        name: String,
        /// What came of it.
        reply: ToolReply,
    },
}

/// A finished turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Everything the model said.
    pub text: String,
    /// Tokens of all its calls.
    pub usage: Usage,
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TurnError {
    /// The model failed.
    #[error(transparent)]
    Model(#[from] LlmError),
    /// It was interrupted.
    #[error("the turn was cancelled")]
    Cancelled,
}

impl TurnError {
    /// What the person is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Model(e) => e.failure(),
            Self::Cancelled => Failure::sentence(Code::Cancelled, self, "Ask again."),
        }
    }
}

/// Runs one turn over `messages`, which end with the person's words. Dropping the future cancels it too.
pub async fn run(
    model: &dyn ChatModel,
    mut messages: Vec<Message>,
    tools: &dyn ToolBox,
    limits: &Limits,
    mut on: impl FnMut(TurnEvent) + Send,
    cancel: &CancellationToken,
) -> Result<Answer, TurnError> {
    let work = async {
        let specs = tools.specs();
        let mut answer = Answer::default();
        for step in 0..=limits.max_steps {
            // The last time there are no tools: it must answer with what it knows.
            let offered = if step < limits.max_steps { specs.clone() } else { Vec::new() };
            let (text, calls) = ask(model, &messages, offered, limits, &mut answer, &mut on).await?;
            if calls.is_empty() {
                break;
            }
            messages.push(Message { tool_calls: calls.clone(), ..Message::assistant(text) });
            let mut seen = Vec::new();
            for call in calls {
                let (message, pictures, waits) = perform(tools, &specs, call, &mut on).await;
                if waits {
                    return Ok(answer);
                }
                messages.push(message);
                seen.extend(pictures);
            }
            if !seen.is_empty() {
                // Not every provider takes pictures in a tool's result.
                messages.push(Message { pictures: seen, ..Message::user("[What the tool has seen.]") });
            }
        }
        Ok(answer)
    };
    tokio::select! {
        result = work => result,
        () = cancel.cancelled() => Err(TurnError::Cancelled),
    }
}

/// One call of the model.
async fn ask(
    model: &dyn ChatModel,
    messages: &[Message],
    tools: Vec<ToolSpec>,
    limits: &Limits,
    answer: &mut Answer,
    on: &mut (impl FnMut(TurnEvent) + Send),
) -> Result<(String, Vec<ToolCall>), TurnError> {
    let request = ChatRequest {
        messages: messages.to_vec(),
        tools,
        json_schema: None,
        temperature: limits.temperature,
        max_tokens: limits.max_tokens,
    };
    let (mut text, mut calls) = (String::new(), Vec::new());
    let mut stream = model.stream(request).await?;
    while let Some(delta) = stream.next().await {
        match delta? {
            Delta::Text(piece) => {
                // Text of two calls of the model is two sentences.
                if text.is_empty() && !answer.text.is_empty() {
                    answer.text.push(' ');
                    on(TurnEvent::Delta(" ".into()));
                }
                text.push_str(&piece);
                answer.text.push_str(&piece);
                on(TurnEvent::Delta(piece));
            }
            Delta::ToolCall(call) => calls.push(call),
            Delta::Usage(usage) => {
                answer.usage.prompt_tokens += usage.prompt_tokens;
                answer.usage.completion_tokens += usage.completion_tokens;
            }
        }
    }
    Ok((text, calls))
}

/// Runs one tool; the message is what the model reads of it, the pictures what it sees. Says too whether the turn waits for the person.
async fn perform(
    tools: &dyn ToolBox,
    specs: &[ToolSpec],
    call: ToolCall,
    on: &mut (impl FnMut(TurnEvent) + Send),
) -> (Message, Vec<Picture>, bool) {
    let (id, name) = (call.id.clone(), call.name.clone());
    on(TurnEvent::ToolStarted { name: name.clone(), arguments: call.arguments.clone() });
    let mut reply = if specs.iter().any(|s| s.name == name) {
        tools.call(call).await
    } else {
        let known: Vec<_> = specs.iter().map(|s| s.name.as_str()).collect();
        Err(format!("there is no tool {name:?}; there are {}", known.join(", "))).into()
    };
    let pictures = std::mem::take(&mut reply.pictures);
    on(TurnEvent::ToolFinished { name, reply: reply.clone() });
    // As a JSON value it stays data: it cannot close its own quotes and speak as somebody else.
    let key = if reply.ok { "result" } else { "error" };
    (Message::tool(id, serde_json::json!({ key: reply.text }).to_string()), pictures, reply.waits)
}
