//! The embedded model, really running: llama.cpp in its own process on the catalogue's small model.

use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use jarvis_core::{Code, Message, ToolSpec};
use jarvis_engine::EngineSpec;
use jarvis_llm::{ChatModel, ChatRequest, Delta, EmbeddedModel, LlmEngine};
use jarvis_testkit::{models, program};
use serde_json::{Value, json};

fn engine() -> Arc<LlmEngine> {
    Arc::new(LlmEngine::new(EngineSpec {
        name: "language-model engine",
        program: program("jarvis-engine-llm"),
        fallback: None,
        args: Vec::new(),
        idle_stop: None,
    }))
}

fn small_model() -> PathBuf {
    models::path("qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf")
}

fn ask(question: &str) -> ChatRequest {
    ChatRequest {
        messages: vec![Message::system("You are a helpful assistant. Be brief."), Message::user(question)],
        tools: Vec::new(),
        json_schema: None,
        temperature: 0.0,
        max_tokens: 48,
    }
}

fn tools() -> Vec<ToolSpec> {
    let tool = |name: &str, description: &str, parameters: Value| ToolSpec {
        name: name.into(),
        description: description.into(),
        parameters,
    };
    vec![
        tool("get_time", "Tells the current time.", json!({"type": "object", "properties": {}})),
        tool(
            "set_light",
            "Switches a lamp and sets how bright it is.",
            json!({"type": "object", "required": ["room", "percent"], "properties": {
                "room": {"type": "string", "enum": ["kitchen", "bedroom"]},
                "percent": {"type": "integer"},
            }}),
        ),
    ]
}

#[tokio::test]
async fn an_answer_comes_in_pieces_and_is_paid_for_once() {
    let model = EmbeddedModel::new(engine(), small_model(), 2048);
    let mut stream = model.stream(ask("Why is the sky blue?")).await.unwrap();
    let (mut pieces, mut text, mut usage) = (0, String::new(), None);
    while let Some(delta) = stream.next().await {
        match delta.unwrap() {
            Delta::Text(piece) => {
                pieces += 1;
                text += &piece;
            }
            Delta::Usage(u) => usage = Some(u),
            Delta::ToolCall(call) => panic!("no tool was offered: {call:?}"),
        }
    }
    assert!(pieces > 5, "{text}");
    assert!(text.to_lowercase().contains("light"), "{text}");
    let first = usage.unwrap();
    assert!(first.completion_tokens <= 48 && first.completion_tokens > 5, "{first:?}");

    // The instructions are the same: they need not be read again.
    let again = model.complete(ask("Why is grass green?")).await.unwrap().usage.unwrap();
    assert!(again.cached_tokens > 5, "{again:?}");
}

#[tokio::test]
async fn a_tool_call_is_valid_whatever_the_model_would_rather_write() {
    let model = EmbeddedModel::new(engine(), small_model(), 2048);
    for (question, name) in [
        ("What time is it? Use the tool.", "get_time"),
        ("Set the bedroom light to 40 percent.", "set_light"),
    ] {
        let reply = model.complete(ChatRequest { tools: tools(), ..ask(question) }).await.unwrap();
        let [call] = reply.tool_calls.as_slice() else { panic!("{question}: {reply:?}") };
        assert_eq!(call.name, name, "{question}");
        if name == "set_light" {
            assert!(["kitchen", "bedroom"].contains(&call.arguments["room"].as_str().unwrap()), "{call:?}");
            assert!(call.arguments["percent"].is_i64(), "{call:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_can_be_held_to_a_schema() {
    let model = EmbeddedModel::new(engine(), small_model(), 2048);
    let schema = json!({"type": "object", "required": ["city", "country"], "additionalProperties": false,
        "properties": {"city": {"type": "string"}, "country": {"type": "string"}}});
    let request = ChatRequest { json_schema: Some(schema), ..ask("Name the capital of France.") };
    let reply = model.complete(request).await.unwrap();
    let answer: Value = serde_json::from_str(&reply.text).unwrap_or_else(|e| panic!("{e}: {}", reply.text));
    assert!(answer["city"].is_string() && answer["country"].is_string(), "{answer}");
}

#[tokio::test]
async fn an_answer_nobody_waits_for_is_given_up_and_a_killed_process_is_started_again() {
    let engine = engine();
    let model = EmbeddedModel::new(Arc::clone(&engine), small_model(), 2048);
    let endless = ChatRequest { max_tokens: 1500, ..ask("Count from one to one thousand in words.") };
    let mut stream = model.stream(endless.clone()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert!(!model.complete(ask("Say yes.")).await.unwrap().text.is_empty());

    let mut stream = model.stream(endless).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let pid = engine.pid().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let error = loop {
        match stream.next().await.expect("it does not end as if all were well") {
            Ok(_) => {}
            Err(e) => break e,
        }
    };
    assert_eq!(error.failure().code, Code::EngineFailed);
    assert!(!model.complete(ask("Say yes.")).await.unwrap().text.is_empty());
}

#[tokio::test]
async fn a_file_that_is_no_model_is_refused_and_the_process_lives() {
    let engine = engine();
    let folder = std::env::temp_dir().join(format!("jarvis-llm-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let whole = std::fs::read(small_model()).unwrap();
    let cases: [(&str, Option<&[u8]>, Code); 4] = [
        ("missing.gguf", None, Code::ModelMissing),
        ("empty.gguf", Some(b""), Code::ModelDamaged),
        ("text.gguf", Some(b"this is not a model, however long one looks at it"), Code::ModelDamaged),
        ("half.gguf", Some(&whole[..whole.len() / 2]), Code::ModelDamaged),
    ];
    for (name, bytes, code) in cases {
        let file = folder.join(name);
        if let Some(bytes) = bytes {
            std::fs::write(&file, bytes).unwrap();
        }
        let error = EmbeddedModel::new(Arc::clone(&engine), file, 2048).warm().await.unwrap_err();
        assert_eq!(error.failure().code, code, "{name}: {error}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(engine.pid().is_some());
}
