//! Every provider against its published protocol: a real HTTP server in this process that speaks it, in chunks
//! that end within lines and characters, and that fails in the ways servers fail.

#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{StreamExt, stream};
use jarvis_core::{Message, Picture, ToolCall, ToolSpec, Usage};
use jarvis_llm::{Abilities, AnthropicModel, ChatModel, ChatRequest, LlmError, OllamaModel, OpenAiModel};
use serde_json::{Value, json};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the server answers to everything, and what it was asked last.
#[derive(Clone)]
struct Script {
    status: StatusCode,
    body: Arc<Vec<u8>>,
    /// Whether the connection breaks instead of ending.
    breaks: bool,
    asked: Arc<Mutex<Option<(Uri, HeaderMap, Value)>>>,
}

impl Script {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self { status, body: Arc::new(body.into()), breaks: false, asked: Arc::default() }
    }

    fn breaking(self) -> Self {
        Self { breaks: true, ..self }
    }

    fn asked(&self) -> (Uri, HeaderMap, Value) {
        self.asked.lock().unwrap().clone().expect("the server was asked")
    }

    async fn serve(&self) -> String {
        serve(Router::new().fallback(answer).with_state(self.clone())).await
    }
}

/// Serves on a free port until the test is over. Returns the URL.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn answer(State(script): State<Script>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let asked = serde_json::from_slice(&body).unwrap_or(Value::Null);
    *script.asked.lock().unwrap() = Some((uri, headers, asked));
    // Three bytes at a time: no line and no character above ASCII comes in one piece.
    let pieces: Vec<_> = script.body.chunks(3).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
    let broken = script.breaks.then(|| Err(std::io::Error::other("the server dies")));
    let body = Body::from_stream(stream::iter(pieces.into_iter().chain(broken)));
    (script.status, [("retry-after", "7")], body).into_response()
}

fn request() -> ChatRequest {
    let parameters = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    ChatRequest {
        messages: vec![
            Message::system("Be brief."),
            Message::user("What time is it in Tokyo?"),
            Message {
                tool_calls: vec![ToolCall {
                    id: "c1".into(),
                    name: "get_time".into(),
                    arguments: json!({"city": "Tokyo"}),
                }],
                ..Message::assistant("")
            },
            Message::tool("c1", "7 PM"),
        ],
        tools: vec![ToolSpec { name: "get_time".into(), description: "Tells the time.".into(), parameters }],
        json_schema: None,
        temperature: 0.5,
        max_tokens: 99,
    }
}

fn model(provider: &str, url: &str) -> Box<dyn ChatModel> {
    match provider {
        "ollama" => Box::new(OllamaModel::new(url, "m", 4096, PATIENCE)),
        "openai" => {
            Box::new(OpenAiModel::new(&format!("{url}/v1"), "m", Some("secret".into()), "KEY", PATIENCE))
        }
        "anthropic" => Box::new(AnthropicModel::new(url, "m", "secret".into(), "KEY", PATIENCE)),
        other => panic!("{other}"),
    }
}

/// The same answer as each protocol writes it: text with an umlaut, then a call of a tool, then the cost.
fn whole_answer(provider: &str) -> String {
    let lines = match provider {
        "ollama" => vec![
            json!({"message": {"role": "assistant", "content": "Grüß "}, "done": false}).to_string(),
            json!({"message": {"role": "assistant", "content": "Gott 🙂"}, "done": false}).to_string(),
            json!({"message": {"role": "assistant", "content": "", "tool_calls": [
                {"function": {"name": "get_time", "arguments": {"city": "Tōkyō"}}}]}, "done": false}).to_string(),
            json!({"message": {"role": "assistant", "content": ""}, "done": true, "prompt_eval_count": 11, "eval_count": 5}).to_string(),
        ],
        "openai" => {
            let delta = |d: Value| format!("data: {}\n", json!({"choices": [{"index": 0, "delta": d, "finish_reason": null}]}));
            let call = |c: Value| delta(json!({"tool_calls": [c]}));
            vec![
                ": a comment\n".into(),
                delta(json!({"role": "assistant", "content": "Grüß "})),
                delta(json!({"content": "Gott 🙂"})),
                call(json!({"index": 0, "id": "x9", "type": "function", "function": {"name": "get_time", "arguments": ""}})),
                call(json!({"index": 0, "function": {"arguments": "{\"city\":"}})),
                call(json!({"index": 0, "function": {"arguments": "\"Tōkyō\"}"}})),
                format!("data: {}\n", json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})),
                format!("data: {}\n", json!({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 5}})),
                "data: [DONE]\n".into(),
            ]
        }
        "anthropic" => {
            let event = |e: Value| format!("event: {}\ndata: {e}\n", e["type"].as_str().unwrap());
            vec![
                event(json!({"type": "message_start", "message": {"usage": {"input_tokens": 11, "output_tokens": 1}}})),
                event(json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
                event(json!({"type": "ping"})),
                event(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Grüß "}})),
                event(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Gott 🙂"}})),
                event(json!({"type": "content_block_stop", "index": 0})),
                event(json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "x9", "name": "get_time", "input": {}}})),
                event(json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"city\": "}})),
                event(json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "\"Tōkyō\"}"}})),
                event(json!({"type": "content_block_stop", "index": 1})),
                event(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 5}})),
                event(json!({"type": "message_stop"})),
            ]
        }
        other => panic!("{other}"),
    };
    lines.join("\n") + "\n"
}

const PROVIDERS: [&str; 3] = ["ollama", "openai", "anthropic"];

#[tokio::test]
async fn text_calls_and_cost_come_through_whatever_the_chunks() {
    for provider in PROVIDERS {
        let script = Script::new(200, whole_answer(provider));
        let reply = model(provider, &script.serve().await).complete(request()).await.unwrap();
        assert_eq!(reply.text, "Grüß Gott 🙂", "{provider}");
        assert_eq!(reply.tool_calls.len(), 1, "{provider}");
        assert_eq!(reply.tool_calls[0].name, "get_time", "{provider}");
        assert_eq!(reply.tool_calls[0].arguments, json!({"city": "Tōkyō"}), "{provider}");
        let usage = Usage { prompt_tokens: 11, completion_tokens: 5, ..Usage::default() };
        assert_eq!(reply.usage, Some(usage), "{provider}");
    }
}

#[tokio::test]
async fn the_request_is_written_as_each_protocol_wants_it() {
    for provider in PROVIDERS {
        let script = Script::new(200, whole_answer(provider));
        model(provider, &script.serve().await).complete(request()).await.unwrap();
        let (uri, headers, body) = script.asked();
        let header = |name: &str| headers.get(name).map_or("", |v| v.to_str().unwrap()).to_string();
        assert_eq!(body["model"], "m", "{provider}");
        assert_eq!(body["stream"], true, "{provider}");
        match provider {
            "ollama" => {
                assert_eq!(uri.path(), "/api/chat");
                assert_eq!(body["options"]["num_ctx"], 4096);
                assert_eq!(body["options"]["num_predict"], 99);
                assert_eq!(
                    body["messages"][2]["tool_calls"][0]["function"]["arguments"],
                    json!({"city": "Tokyo"})
                );
                assert_eq!(body["messages"][3]["role"], "tool");
                assert_eq!(body["tools"][0]["function"]["name"], "get_time");
            }
            "openai" => {
                assert_eq!(uri.path(), "/v1/chat/completions");
                assert_eq!(header("authorization"), "Bearer secret");
                assert_eq!(
                    body["messages"][2]["tool_calls"][0]["function"]["arguments"],
                    "{\"city\":\"Tokyo\"}"
                );
                assert_eq!(body["messages"][3]["tool_call_id"], "c1");
                assert_eq!(body["tools"][0]["type"], "function");
            }
            _ => {
                assert_eq!(uri.path(), "/v1/messages");
                assert_eq!(
                    (header("x-api-key").as_str(), header("anthropic-version").as_str()),
                    ("secret", "2023-06-01")
                );
                assert_eq!(body["system"], "Be brief.");
                let roles: Vec<_> =
                    body["messages"].as_array().unwrap().iter().map(|m| m["role"].clone()).collect();
                assert_eq!(roles, ["user", "assistant", "user"]);
                assert_eq!(body["messages"][1]["content"][0]["type"], "tool_use");
                assert_eq!(body["messages"][2]["content"][0]["tool_use_id"], "c1");
                assert_eq!(body["tools"][0]["input_schema"]["type"], "object");
            }
        }
    }
}

fn picture(name: &str) -> Picture {
    Picture { name: name.into(), media_type: "image/png".into(), base64: "aGk=".into() }
}

/// A request with two pictures; the words are missing or there.
fn request_with_pictures(words: &str) -> ChatRequest {
    let pictures =
        vec![picture("sea.png"), Picture { media_type: "image/jpeg".into(), ..picture("hill.jpg") }];
    ChatRequest { messages: vec![Message { pictures, ..Message::user(words) }], ..request() }
}

#[tokio::test]
async fn pictures_are_written_as_each_protocol_wants_them() {
    for provider in PROVIDERS {
        for words in ["What is this?", ""] {
            let script = Script::new(200, whole_answer(provider));
            let (url, asked) = match provider {
                "ollama" => ollama(4096, 4096, &["completion", "vision"]).await,
                _ => (script.serve().await, Arc::default()),
            };
            let model = model(provider, &url);
            assert!(model.abilities().await.unwrap().sees, "{provider}");
            model.complete(request_with_pictures(words)).await.unwrap();
            let body = asked.lock().unwrap().pop();
            let body = body.unwrap_or_else(|| script.asked().2);
            let message = &body["messages"][0];
            let expected = match provider {
                "ollama" => json!({"role": "user", "content": words, "images": ["aGk=", "aGk="]}),
                "openai" => {
                    let picture = |kind: &str| {
                        let url = format!("data:image/{kind};base64,aGk=");
                        json!({"type": "image_url", "image_url": {"url": url}})
                    };
                    json!({"role": "user", "content": [picture("png"), picture("jpeg"), {"type": "text", "text": words}]})
                }
                _ => {
                    let picture = |kind: &str| {
                        let media_type = format!("image/{kind}");
                        json!({"type": "image", "source": {"type": "base64", "media_type": media_type, "data": "aGk="}})
                    };
                    json!({"role": "user", "content": [picture("png"), picture("jpeg"), {"type": "text", "text": words}]})
                }
            };
            let mut expected = expected;
            // Neither protocol takes a text without a character.
            if let (true, Some(parts)) = (words.is_empty(), expected["content"].as_array_mut()) {
                parts.pop();
            }
            assert_eq!(*message, expected, "{provider} {words:?}");
        }
    }
}

#[tokio::test]
async fn a_model_that_cannot_see_is_told_what_pictures_are_called() {
    let (url, asked) = ollama(4096, 4096, &["completion", "tools"]).await;
    let model = OllamaModel::new(&url, "m", 4096, PATIENCE);
    assert_eq!(model.abilities().await.unwrap(), Abilities { sees: false, window: 4096 });
    model.complete(request_with_pictures("What is this?")).await.unwrap();
    let message = asked.lock().unwrap().pop().unwrap()["messages"][0].clone();
    let content = message["content"].as_str().unwrap();
    assert!(message.get("images").is_none(), "{message}");
    assert!(content.contains("\"sea.png\"") && content.contains("\"hill.jpg\""), "{content}");
    assert!(content.contains("cannot see") && content.ends_with("What is this?"), "{content}");
}

#[tokio::test]
async fn refusals_have_their_kind() {
    let error = |status, body: &'static str| async move {
        let mut errors = Vec::new();
        for provider in PROVIDERS {
            let script = Script::new(status, body);
            errors.push(model(provider, &script.serve().await).complete(request()).await.unwrap_err());
        }
        errors
    };
    for e in error(404, "{\"error\": \"model 'm' not found\"}").await {
        assert!(matches!(&e, LlmError::ModelMissing { model, .. } if model == "m"), "{e}");
    }
    for e in error(401, "{}").await {
        assert!(matches!(e, LlmError::Unauthorized { .. }), "{e}");
    }
    for e in error(429, "{}").await {
        assert!(matches!(e, LlmError::RateLimited { retry_after: Some(t), .. } if t.as_secs() == 7), "{e}");
    }
    for e in error(400, "{\"error\": {\"message\": \"too long\"}}").await {
        assert!(matches!(&e, LlmError::Refused { reason, .. } if reason == "too long"), "{e}");
    }
    for e in error(503, "{}").await {
        assert!(matches!(e, LlmError::BrokeOff { .. }), "{e}");
        assert!(!e.failure().remedy.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_dies_in_mid_answer_is_an_error_after_the_text_it_gave() {
    for provider in PROVIDERS {
        let whole = whole_answer(provider);
        let cut = whole.find("Gott").unwrap() + 40;
        for script in [Script::new(200, &whole[..cut]).breaking(), Script::new(200, &whole[..cut])] {
            let model = model(provider, &script.serve().await);
            let mut stream = model.stream(request()).await.unwrap();
            let mut text = String::new();
            let error = loop {
                match stream.next().await.expect("it does not end as if all were well") {
                    Ok(jarvis_llm::Delta::Text(piece)) => text += &piece,
                    Ok(other) => panic!("{other:?}"),
                    Err(e) => break e,
                }
            };
            assert!(text.starts_with("Grüß "), "{provider}: {text}");
            assert!(matches!(error, LlmError::BrokeOff { .. }), "{provider}: {error}");
        }
    }
}

#[tokio::test]
async fn an_error_that_comes_in_mid_answer_is_told() {
    for (provider, line) in [
        ("ollama", "{\"error\": \"out of memory\"}\n"),
        ("openai", "data: {\"error\": {\"message\": \"out of memory\"}}\n"),
        (
            "anthropic",
            "data: {\"type\": \"error\", \"error\": {\"type\": \"overloaded_error\", \"message\": \"out of memory\"}}\n",
        ),
    ] {
        let script = Script::new(200, line);
        let error = model(provider, &script.serve().await).complete(request()).await.unwrap_err();
        assert!(
            matches!(&error, LlmError::BrokeOff { reason, .. } if reason == "out of memory"),
            "{provider}: {error}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    for provider in PROVIDERS {
        // The port was free a moment ago, and nobody listens on it.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let error =
            model(provider, &format!("http://127.0.0.1:{port}")).complete(request()).await.unwrap_err();
        assert!(matches!(error, LlmError::Unreachable { .. }), "{provider}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_takes_too_long_is_given_up() {
    for provider in PROVIDERS {
        // Silent from the start, and silent after a few words.
        let whole = whole_answer(provider);
        let begun = whole[..whole.find("Gott").unwrap()].to_string();
        for silent_at_once in [true, false] {
            let begun = begun.clone();
            let url = serve(Router::new().fallback(move || async move {
                if silent_at_once {
                    std::future::pending::<()>().await;
                }
                Body::from_stream(stream::iter([Ok::<_, std::io::Error>(begun)]).chain(stream::pending()))
            }))
            .await;
            let error = model(provider, &url).complete(request()).await.unwrap_err();
            assert!(matches!(error, LlmError::TimedOut { .. }), "{provider}: {error}");
            assert!(error.failure().remedy.contains("smaller model"), "{provider}");
        }
    }
}

/// An Ollama whose model can see `limit` tokens and has these capabilities, and which loads it with a window of `loaded`.
/// Requests for an answer are noted.
async fn ollama(limit: u32, loaded: u32, capabilities: &[&str]) -> (String, Arc<Mutex<Vec<Value>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&asked);
    let answer = move |Json(body): Json<Value>| async move {
        note.lock().unwrap().push(body);
        whole_answer("ollama").lines().last().unwrap().to_string()
    };
    let about = json!({"model_info": {"general.architecture": "llama", "llama.context_length": limit},
        "capabilities": capabilities});
    let running = json!({"models": [{"name": "other:7b", "context_length": 9},
        {"name": "m:latest", "model": "m:latest", "context_length": loaded}]});
    let url = serve(
        Router::new()
            .route("/api/show", post(move || async move { Json(about) }))
            .route("/api/ps", get(move || async move { Json(running) }))
            .route("/api/generate", post(answer.clone()))
            .route("/api/chat", post(answer)),
    )
    .await;
    (url, asked)
}

#[tokio::test]
async fn ollamas_window_is_what_the_model_can_see_and_is_verified() {
    for (limit, loaded, window) in [(131_072, 4096, 4096), (2048, 2048, 2048)] {
        let (url, asked) = ollama(limit, loaded, &[]).await;
        let model = OllamaModel::new(&url, "m", 4096, PATIENCE);
        model.warm().await.unwrap();
        model.complete(request()).await.unwrap();
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 2);
        // The same for both, or Ollama would load the model again.
        assert!(asked.iter().all(|body| body["options"]["num_ctx"] == window), "{asked:?}");
    }
    let (url, _) = ollama(131_072, 2048, &[]).await;
    let error = OllamaModel::new(&url, "m", 4096, PATIENCE).warm().await.unwrap_err();
    assert!(matches!(error, LlmError::ShortWindow { loaded: 2048, asked: 4096, .. }), "{error}");
    assert!(error.failure().remedy.contains("llm.context_length to 2048"));
}

#[tokio::test]
async fn another_model_answers_when_the_first_cannot_begin() {
    use jarvis_llm::Fallback;
    let (url, asked) = ollama(4096, 4096, &[]).await;
    let second = || Arc::new(OllamaModel::new(&url, "m", 4096, PATIENCE));
    for (first, asked_before) in
        [("http://127.0.0.1:9".to_string(), 0), (Script::new(500, "{}").serve().await, 1)]
    {
        assert_eq!(asked.lock().unwrap().len(), asked_before);
        let first = Arc::new(OllamaModel::new(&first, "n", 4096, PATIENCE));
        Fallback::new(first, second()).complete(request()).await.unwrap();
    }
    // What the first refuses is not for the second to answer.
    let first = Arc::new(OllamaModel::new(&Script::new(400, "{}").serve().await, "n", 4096, PATIENCE));
    let error = Fallback::new(first, second()).complete(request()).await.unwrap_err();
    assert!(matches!(error, LlmError::Refused { .. }), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn openais_newer_models_are_asked_as_they_want_it() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&asked);
    let answer = move |Json(body): Json<Value>| async move {
        let refused = body.get("max_tokens").is_some();
        note.lock().unwrap().push(body);
        let message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        match refused {
            true => (StatusCode::BAD_REQUEST, json!({"error": {"message": message}}).to_string()),
            false => (StatusCode::OK, whole_answer("openai").to_string()),
        }
    };
    let url = serve(Router::new().fallback(answer)).await;
    let model = OpenAiModel::new(&url, "m", None, "KEY", PATIENCE);
    model.complete(request()).await.unwrap();
    model.complete(request()).await.unwrap();
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 3, "the second time it is known");
    assert_eq!(asked[1]["max_completion_tokens"], asked[0]["max_tokens"]);
    assert!(asked[1].get("temperature").is_none());
}

#[tokio::test]
async fn arguments_that_nobody_can_read_are_no_reason_to_refuse_what_comes_next() {
    let script = Script::new(200, whole_answer("anthropic"));
    let model = AnthropicModel::new(&script.serve().await, "m", "k".into(), "KEY", PATIENCE);
    let call = ToolCall { id: "1".into(), name: "t".into(), arguments: Value::String("{\"a".into()) };
    let said = Message { tool_calls: vec![call], ..Message::assistant("") };
    model.complete(ChatRequest { messages: vec![said], ..request() }).await.unwrap();
    let (_, _, body) = script.asked();
    assert_eq!(body["messages"][0]["content"][0]["input"], json!({"unreadable": "{\"a"}));
}

#[tokio::test]
async fn an_ollama_that_says_nothing_is_not_waited_for() {
    let url = serve(Router::new().fallback(|| std::future::pending::<()>())).await;
    let listing = tokio::time::timeout(Duration::from_secs(20), OllamaModel::models(&url));
    assert!(matches!(listing.await.unwrap().unwrap_err(), LlmError::TimedOut { .. }));
}

#[tokio::test]
async fn ollama_lists_and_pulls_its_models() {
    let tags = json!({"models": [{"name": "llama3.2:latest", "model": "llama3.2:latest",
        "modified_at": "2026-01-01T00:00:00Z", "size": 1, "digest": "d", "details": {}},
        {"name": "nomic-embed-text:latest", "details": {"family": "nomic-bert", "families": ["nomic-bert"]}}]});
    let script = Script::new(200, tags.to_string());
    let url = script.serve().await;
    assert_eq!(OllamaModel::models(&url).await.unwrap(), ["llama3.2:latest"], "the other one cannot talk");
    assert_eq!(script.asked().0.path(), "/api/tags");

    let statuses = [
        json!({"status": "pulling manifest"}),
        json!({"status": "downloading", "digest": "d", "total": 100, "completed": 40}),
        json!({"status": "success"}),
    ];
    let script = Script::new(200, statuses.map(|s| s.to_string()).join("\n") + "\n");
    let mut seen = Vec::new();
    let model = OllamaModel::new(&script.serve().await, "llama3.2", 4096, PATIENCE);
    model.pull(|p| seen.push((p.status, p.done, p.total))).await.unwrap();
    assert_eq!(seen[1], ("downloading".to_string(), 40, 100));
    assert_eq!(seen.last().unwrap().0, "success");
}
