//! The OpenAI-compatible client against a server that nobody here wrote: llama.cpp's own.
#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use std::time::Duration;

use futures::StreamExt;
use jarvis_core::Message;
use jarvis_llm::{ChatModel, ChatRequest, Delta, OpenAiModel};
use jarvis_testkit::models;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// llama.cpp's server in a Python process; it says where it listens when the model is loaded, and ends with its input.
const SERVE: &str = "
import sys, xllamacpp
settings = xllamacpp.CommonParams()
settings.model.path, settings.n_ctx, settings.n_parallel = sys.argv[1], 2048, 1
server = xllamacpp.Server(settings)
print(server.listening_address, flush=True)
sys.stdin.read()
";

fn start() -> Server {
    let module = models::path("llama-server", "xllamacpp");
    let model = models::path("qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf");
    let mut child = Command::new("python3")
        .args(["-c", SERVE])
        .arg(model)
        .env("PYTHONPATH", module.parent().unwrap())
        // The module's folder is checked against its sum.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    assert!(address.starts_with("http://"), "the server ended instead of serving: {address:?}");
    Server { child, url: format!("{}/v1", address.trim()) }
}

#[tokio::test]
async fn a_real_server_streams_counts_keeps_to_a_schema_and_refuses() {
    let server = start();
    let name = OpenAiModel::new(&server.url, "", None, "", PATIENCE).models().await.unwrap().remove(0);
    let model = OpenAiModel::new(&server.url, &name, None, "", PATIENCE);
    let ask = |question: &str| ChatRequest {
        messages: vec![Message::system("Be brief."), Message::user(question)],
        tools: Vec::new(),
        json_schema: None,
        temperature: 0.0,
        max_tokens: 40,
    };
    let mut stream = model.stream(ask("Why is the sky blue?")).await.unwrap();
    let (mut pieces, mut usage) = (Vec::new(), None);
    while let Some(delta) = stream.next().await {
        match delta.unwrap() {
            Delta::Text(piece) => pieces.push(piece),
            Delta::Usage(u) => usage = Some(u),
            Delta::ToolCall(call) => panic!("{call:?}"),
        }
    }
    assert!(pieces.len() > 5, "{pieces:?}");
    assert!(usage.is_some_and(|u| u.prompt_tokens > 5 && u.completion_tokens > 5), "{usage:?}");

    let schema = json!({"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}});
    let request = ChatRequest { json_schema: Some(schema), ..ask("Name the capital of France.") };
    let reply = model.complete(request).await.unwrap();
    let answer: Value = serde_json::from_str(&reply.text).unwrap_or_else(|e| panic!("{e}: {}", reply.text));
    assert!(answer["city"].is_string(), "{answer}");

    // An answer nobody waits for does not keep the server from the next.
    let mut stream =
        model.stream(ChatRequest { max_tokens: 1500, ..ask("Count to one thousand.") }).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert!(!model.complete(ask("Say yes.")).await.unwrap().text.is_empty());

    let long = "word ".repeat(5000);
    let error = model.complete(ask(&long)).await.unwrap_err();
    assert!(!error.failure().remedy.is_empty(), "{error}");
}
