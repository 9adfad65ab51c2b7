//! The OpenAI-compatible client against a server that nobody here wrote: llama.cpp's own.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::process::{Child, Command, Stdio};

use futures::StreamExt;
use jarvis_core::Message;
use jarvis_llm::{ChatModel, ChatRequest, Delta, OpenAiModel};
use jarvis_testkit::models;
use serde_json::{Value, json};

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

/// The signal of an instruction that the processor does not know.
const SIGILL: i32 = 4;

/// Starts the server and waits until it says that it is ready. None where the processor cannot run it: it is built for
/// one with AMX, and there is no other build of it in a package.
async fn start() -> Option<Server> {
    let folder = models::path("llama-server", "bin");
    let program = folder.join("llama-server");
    // What comes out of a package has no run bit.
    let mut mode = std::fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    let model = models::path("qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(&program)
        .env("LD_LIBRARY_PATH", &folder)
        .args(["--host", "127.0.0.1", "--ctx-size", "2048", "--device", "none", "--jinja"])
        .args(["--port", &port.to_string(), "--model"])
        .arg(model)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut server = Server { child, url: format!("http://127.0.0.1:{port}/v1") };
    loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            let signal = std::os::unix::process::ExitStatusExt::signal(&status);
            assert_eq!(signal, Some(SIGILL), "llama-server ended instead of serving: {status}");
            return None;
        }
        // The list is there when the model is.
        if OpenAiModel::new(&server.url, "any", None, "").models().await.is_ok_and(|m| !m.is_empty()) {
            return Some(server);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_real_server_streams_counts_keeps_to_a_schema_and_refuses() {
    let Some(server) = start().await else {
        // Straight to standard error, past the harness that hides what a passing test prints.
        let skipped =
            "SKIPPED: the packaged llama-server uses instructions that this processor does not have\n";
        std::io::Write::write_all(&mut std::io::stderr(), skipped.as_bytes()).unwrap();
        return;
    };
    let name = OpenAiModel::new(&server.url, "", None, "").models().await.unwrap().remove(0);
    let model = OpenAiModel::new(&server.url, &name, None, "");
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
