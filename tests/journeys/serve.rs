//! `jarvis serve`: the one API over its door, as a browser and as a stranger would use it.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use axum::response::Sse;
use axum::response::sse::Event as SseEvent;
use futures::Stream;
use futures::StreamExt;
use jarvis_journeys::Home;
use jarvis_testkit::sound_card::SoundCard;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A running `jarvis serve`. Ended when dropped.
pub(crate) struct Server {
    child: Child,
    pub url: String,
    pub token: String,
    client: Client,
}

impl Server {
    /// Without ears.
    pub fn start(home: &Home) -> Self {
        Self::start_with(home, &["--no-voice"], |command| command)
    }

    /// With these further arguments, on this sound card.
    pub fn start_on(home: &Home, args: &[&str], card: &SoundCard) -> Self {
        Self::start_with(home, args, |command| command.envs(card.env()))
    }

    /// Without ears, with these further variables in its environment.
    pub fn start_in(home: &Home, env: &[(&str, &str)]) -> Self {
        Self::start_with(home, &["--no-voice"], |command| command.envs(env.iter().copied()))
    }

    fn start_with(home: &Home, args: &[&str], dress: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let token_file = home.path().join("token");
        let mut command = home.jarvis(["serve", "--json", "--port", "0", "--token-file"]);
        let command = command.arg(&token_file).args(args).env("JARVIS_LLM__PROVIDER", "embedded");
        let mut child = dress(command).stdout(Stdio::piped()).spawn().expect("jarvis can be started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped above")).lines();
        let serving = lines.by_ref().map(|line| line.unwrap()).find(|line| line.contains("\"serving\""));
        let serving: Value = serde_json::from_str(&serving.expect("it says where it serves")).unwrap();
        if !args.contains(&"--no-voice") {
            // It listens, or says why it cannot.
            let settled = |line: &String| line.contains("\"idle\"") || line.contains("\"failed\"");
            lines.by_ref().map(|line| line.unwrap()).find(settled);
        }
        // What it goes on to print must be read, or it would wait.
        std::thread::spawn(move || lines.count());
        let token = std::fs::read_to_string(token_file).unwrap().trim().to_string();
        let url = serving["url"].as_str().unwrap().trim_end_matches('/').to_string();
        Self { child, url, token, client: Client::new() }
    }

    /// A request of nobody in particular.
    pub fn stranger(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// A request of the window's.
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.stranger(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Value {
        ok(self.ask(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        ok(self.ask(Method::POST, path).json(&body)).await
    }

    /// Everything that happens from now on.
    pub async fn events(&self, seen: Option<u64>) -> Events {
        let mut request = self.ask(Method::GET, "/api/events");
        if let Some(seen) = seen {
            request = request.header("Last-Event-ID", seen.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events { response, rest: String::new() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The event stream, taken apart.
pub(crate) struct Events {
    response: Response,
    rest: String,
}

impl Events {
    pub async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: ").map(str::to_string));
                self.rest = rest.to_string();
                if let Some(data) = data {
                    return serde_json::from_str(&data).unwrap();
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
            self.rest += std::str::from_utf8(&chunk).expect("every event is sent whole");
        }
    }

    /// Reads on until an event of this type.
    pub async fn until(&mut self, wanted: &str) -> Value {
        loop {
            let event = self.next().await;
            if event["type"] == wanted {
                return event;
            }
        }
    }
}

pub(crate) async fn ok(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert!(status.is_success(), "{status}: {text}");
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}

/// The request is refused with this status, a code and a remedy, and the headers of every answer.
#[track_caller]
pub(crate) fn refused(
    what: &str,
    status: StatusCode,
    headers: &reqwest::header::HeaderMap,
    body: &str,
    wanted: u16,
) {
    assert_eq!(status, wanted, "{what}: {body}");
    let failure: Value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{what}: {e}: {body}"));
    for part in ["code", "message", "remedy"] {
        assert!(failure[part].as_str().is_some_and(|text| !text.is_empty()), "{what}: {body}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-eval"), "{policy}");
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn strangers_and_nonsense_are_refused() {
    let home = Home::new();
    let server = Server::start(&home);
    let (get, post) = (Method::GET, Method::POST);
    let list = "/api/conversations";
    let missing = format!("{list}/00000000-0000-7000-8000-000000000000/messages");
    let cases: Vec<(&str, RequestBuilder, u16)> = vec![
        ("no token", server.stranger(get.clone(), list), 401),
        ("a wrong token", server.stranger(get.clone(), list).bearer_auth("guess"), 401),
        (
            "the token as a password",
            server.stranger(get.clone(), list).basic_auth("x", Some(&server.token)),
            401,
        ),
        ("another website", server.ask(get.clone(), list).header("Origin", "https://evil.example"), 403),
        ("no website at all", server.ask(get.clone(), list).header("Origin", "null"), 403),
        ("a name made to point here", server.ask(get.clone(), list).header("Host", "evil.example"), 421),
        ("another port's name", server.ask(get.clone(), list).header("Host", "127.0.0.1:1"), 421),
        ("no JSON", server.ask(post.clone(), list).body("{").header("content-type", "application/json"), 400),
        ("JSON of another shape", server.ask(post.clone(), list).json(&json!({"title": 7})), 422),
        ("not said to be JSON", server.ask(post.clone(), list).body("{}"), 415),
        ("no id", server.ask(get.clone(), "/api/conversations/7/messages"), 400),
        ("no such conversation", server.ask(get.clone(), &missing), 404),
        ("nothing to answer", server.ask(post.clone(), &missing).json(&json!({"content": "  "})), 400),
        ("a place that is none", server.ask(get.clone(), &format!("{missing}?before=-1")), 400),
        ("no such thing", server.ask(get.clone(), "/api/nothing"), 404),
        ("the wrong verb", server.ask(Method::PUT, list), 405),
        ("no such model", server.ask(post.clone(), "/api/models/none/pull"), 404),
        ("no such setting", server.ask(Method::PATCH, "/api/settings").json(&json!({"tts.spead": 1})), 422),
        (
            "a setting out of range",
            server.ask(Method::PATCH, "/api/settings").json(&json!({"tts.speed": 9})),
            422,
        ),
        ("no ears", server.ask(post.clone(), "/api/voice/talk").json(&json!({"pressed": true})), 409),
        ("no such voice", server.ask(post.clone(), "/api/voice/preview").json(&json!({"voice": "x"})), 404),
        (
            "a model that is no voice",
            server.ask(post.clone(), "/api/voice/preview").json(&json!({"voice": "silero-vad"})),
            404,
        ),
        ("too quick a voice", server.ask(post.clone(), "/api/voice/preview").json(&json!({"speed": 9})), 400),
        (
            "too long a text",
            server.ask(post.clone(), "/api/voice/preview").json(&json!({"text": "a".repeat(301)})),
            400,
        ),
        ("no such trial", server.ask(post.clone(), "/api/voice/trial").json(&json!({"what": "smell"})), 422),
    ];
    for (what, request, wanted) in cases {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        refused(what, status, &headers, &response.text().await.unwrap(), wanted);
    }
    // A client that asks first is told before it has sent anything.
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST {list} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n",
        server.url.trim_start_matches("http://"),
        server.token
    );
    socket.write_all(head.as_bytes()).unwrap();
    let mut status = String::new();
    BufReader::new(socket).read_line(&mut status).unwrap();
    assert!(status.contains("413"), "{status}");
    // What holds no secret needs no token.
    let description = ok(server.stranger(get.clone(), "/api/openapi.json")).await;
    assert!(description["paths"]["/api/conversations"]["get"].is_object(), "{description}");
    let page = server.stranger(get, "/api/docs/").send().await.unwrap();
    assert!(page.status().is_success());
    assert!(page.headers().contains_key("content-security-policy"));
}

#[tokio::test]
async fn a_conversation_is_held_found_changed_and_kept() {
    let home = Home::new();
    let server = Server::start(&home);
    let mut events = server.events(None).await;
    let id = server.post("/api/conversations", json!({})).await["id"].as_str().unwrap().to_string();
    let messages = format!("/api/conversations/{id}/messages");
    let begun = server.post(&messages, json!({"content": "what is 17 times 3?"})).await;
    let ended = events.until("turn_ended").await;
    assert_eq!((&ended["turn"], &ended["conversation"]), (&begun["turn"], &json!(id)));
    assert!(ended["answer"].as_str().unwrap().contains("51"), "{ended}");

    let kept = server.get(&messages).await;
    let [asked, answer] = kept["messages"].as_array().unwrap().as_slice() else { panic!("{kept}") };
    assert_eq!(*asked, begun["message"]);
    assert_eq!((&answer["role"], &answer["status"]), (&json!("assistant"), &json!("complete")));
    assert!(answer["reflex"].is_string() && answer["timings"]["first_token_ms"].is_u64(), "{answer}");

    // "Say that again" shows that the conversation so far is known.
    server.post(&messages, json!({"content": "say that again"})).await;
    assert!(events.until("turn_ended").await["answer"].as_str().unwrap().contains("51"));
    // Asked differently, the first request and all behind it is replaced.
    let edit = format!("{messages}/{}/edit", asked["id"].as_str().unwrap());
    server.post(&edit, json!({"content": "what is 2 plus 2?"})).await;
    events.until("turn_ended").await;
    server.post(&format!("/api/conversations/{id}/regenerate"), Value::Null).await;
    events.until("turn_ended").await;
    let kept = server.get(&messages).await;
    assert_eq!(kept["messages"].as_array().unwrap().len(), 2, "{kept}");
    assert!(kept["messages"][1]["content"].as_str().unwrap().contains('4'), "{kept}");

    let change = json!({"title": "<script>alert(1)</script>", "pinned": true});
    ok(server.ask(Method::PATCH, &format!("/api/conversations/{id}")).json(&change)).await;
    ok(server.ask(Method::DELETE, &format!("/api/conversations/{id}"))).await;
    assert_eq!(server.get("/api/conversations").await["conversations"], json!([]));
    server.post(&format!("/api/conversations/{id}/restore"), Value::Null).await;

    // Another run knows it all.
    drop(server);
    let server = Server::start(&home);
    let found = server.get("/api/conversations?search=alert").await["conversations"][0].clone();
    assert_eq!(
        (&found["id"], &found["title"], &found["pinned"]),
        (&json!(id), &change["title"], &json!(true))
    );
    assert_eq!(server.get(&messages).await, kept);
    let export = server.ask(Method::GET, &format!("/api/conversations/{id}/export?format=markdown"));
    let export = export.send().await.unwrap();
    assert!(export.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(export.text().await.unwrap().contains("what is 2 plus 2?"));
}

#[tokio::test]
async fn an_answer_comes_in_pieces_and_can_be_stopped_and_events_can_be_resumed() {
    let home = Home::new();
    let server = Server::start(&home);
    let mut events = server.events(None).await;
    let id = server.post("/api/conversations", json!({})).await["id"].as_str().unwrap().to_string();
    let messages = format!("/api/conversations/{id}/messages");
    let begun = server.post(&messages, json!({"content": "Write a long story about the sea."})).await;
    let first = events.until("answer_delta").await;
    events.until("answer_delta").await;
    let busy =
        server.ask(Method::POST, &messages).json(&json!({"content": "and now?"})).send().await.unwrap();
    assert_eq!(busy.status(), 409, "one answer at a time");
    let so_far = server.get(&messages).await["messages"][1].clone();
    assert_eq!(so_far["status"], "streaming");
    assert!(
        so_far["content"].as_str().is_some_and(|text| !text.is_empty()),
        "a window that opens now sees it"
    );
    ok(server.ask(Method::POST, &format!("/api/turns/{}/cancel", begun["turn"].as_str().unwrap()))).await;
    let ended = events.until("turn_ended").await;
    assert_eq!(ended["outcome"], "interrupted");
    let kept = server.get(&messages).await;
    let answer = &kept["messages"][1];
    assert_eq!(answer["status"], "interrupted");
    let said = answer["content"].as_str().unwrap();
    assert!(said.starts_with(first["text"].as_str().unwrap()), "what was said is kept: {said:?}");

    // Asked otherwise in the middle of an answer, that answer is given up for the other.
    let begun = server.post(&messages, json!({"content": "Write another story about a lake."})).await;
    events.until("answer_delta").await;
    let edit = format!("{messages}/{}/edit", begun["message"]["id"].as_str().unwrap());
    let begun = server.post(&edit, json!({"content": "what is 2 plus 2?"})).await;
    loop {
        let event = events.next().await;
        assert_ne!(event["type"], "failed", "{event}");
        if event["type"] == "turn_ended" && event["turn"] == begun["turn"] {
            break;
        }
    }
    let kept = server.get(&messages).await;
    assert!(kept["messages"][3]["content"].as_str().unwrap().contains('4'), "{kept}");
    assert_eq!(kept["messages"].as_array().unwrap().len(), 4, "{kept}");

    let mut again = server.events(first["seq"].as_u64()).await;
    assert_eq!(again.until("turn_ended").await, ended, "what happened meanwhile is told");
    assert_eq!(server.events(Some(1 << 40)).await.next().await["type"], "missed");
}

#[tokio::test]
async fn settings_hold_at_once_and_what_there_is_is_told() {
    let home = Home::new();
    let server = Server::start(&home);
    let before = server.get("/api/settings").await;
    assert!(before["settings"].as_array().unwrap().iter().all(|s| !s["description"].is_null()), "{before}");
    let changed = ok(server.ask(Method::PATCH, "/api/settings").json(&json!({"tts.speed": 1.5}))).await;
    let speed =
        changed["settings"].as_array().unwrap().iter().find(|s| s["key"] == "tts.speed").unwrap().clone();
    assert_eq!((&speed["value"], &speed["default"]), (&json!(1.5), &json!(1.0)));
    assert!(std::fs::read_to_string(home.path().join("config/config.toml")).unwrap().contains("speed = 1.5"));

    // What nobody could think with is not kept.
    let wrong = server.ask(Method::PATCH, "/api/settings").json(&json!({"llm.model": "no-such-model"}));
    assert_eq!(wrong.send().await.unwrap().status(), 422);
    let config = std::fs::read_to_string(home.path().join("config/config.toml")).unwrap();
    assert!(config.contains("speed = 1.5") && !config.contains("no-such-model"), "{config}");

    let state = server.get("/api/state").await;
    assert_eq!((&state["voice"]["available"], &state["voice"]["state"]), (&json!(false), &json!("idle")));
    assert!(state["model"].as_str().unwrap().contains("embedded"), "{state}");
    let models = server.get("/api/models").await;
    let whisper =
        models["models"].as_array().unwrap().iter().find(|m| m["id"] == "whisper-base").unwrap().clone();
    assert_eq!((&whisper["state"], &whisper["done_bytes"]), (&json!("installed"), &json!(0)));
    let verified = server.post("/api/models/silero-vad/verify", Value::Null).await;
    assert_eq!(verified, json!({"ok": true, "problem": null}));
    assert!(server.get("/api/devices").await["inputs"].is_array());
    let machine = server.get("/api/machine").await;
    assert!(
        machine["cores"].as_u64() > Some(0) && machine["memory_bytes"].as_u64() > Some(1 << 27),
        "{machine}"
    );
    assert!(machine["disk_free_bytes"].is_u64() && machine["microphones"].is_boolean(), "{machine}");
    let health = server.get("/api/health").await;
    let speech =
        health["checks"].as_array().unwrap().iter().find(|c| c["what"] == "speech recognition").unwrap();
    assert_eq!(speech["ok"], true, "{speech}");
    assert!(server.get("/api/llm/models").await["models"].as_array().unwrap().len() > 1);
}

#[tokio::test]
async fn what_is_there_of_a_model_is_told_and_can_be_removed() {
    let home = Home::empty();
    let models = home.path().join("data/models");
    std::fs::create_dir_all(models.join("silero-vad")).unwrap();
    for model in std::fs::read_dir(jarvis_testkit::models::dir()).unwrap().map(Result::unwrap) {
        if model.file_name() != "silero-vad" {
            std::os::unix::fs::symlink(model.path(), models.join(model.file_name())).unwrap();
        }
    }
    std::fs::write(models.join("silero-vad/silero_vad.onnx.0.part"), vec![0; 1000]).unwrap();
    let server = Server::start(&home);
    let vad = async || {
        let models = server.get("/api/models").await;
        let vad =
            models["models"].as_array().unwrap().iter().find(|m| m["id"] == "silero-vad").unwrap().clone();
        (vad["state"].clone(), vad["done_bytes"].clone())
    };
    assert_eq!(vad().await, (json!("partial"), json!(1000)));
    ok(server.ask(Method::POST, "/api/models/silero-vad/cancel")).await;
    assert_eq!(vad().await, (json!("partial"), json!(1000)), "what is there is kept");
    ok(server.ask(Method::DELETE, "/api/models/silero-vad")).await;
    assert_eq!(vad().await, (json!("missing"), json!(0)));
}

/// A WebSocket's handshake with these headers, and its outcome.
async fn websocket(
    server: &Server,
    query: &str,
    headers: &[(&'static str, &str)],
) -> Result<(Socket, tungstenite::handshake::client::Response), tungstenite::Error> {
    let url = format!("{}/api/events/ws{query}", server.url.replace("http://", "ws://"));
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    tokio_tungstenite::connect_async(request).await
}

async fn frame(socket: &mut Socket) -> Value {
    loop {
        if let tungstenite::Message::Text(text) = socket.next().await.unwrap().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

#[tokio::test]
async fn events_come_by_websocket_too() {
    let home = Home::new();
    let server = Server::start(&home);
    let protocols = format!("jarvis.v1, bearer.{}", server.token);
    let token = ("sec-websocket-protocol", protocols.as_str());
    for (what, headers, wanted) in [
        ("no token", vec![], 401),
        ("a wrong token", vec![("sec-websocket-protocol", "jarvis.v1, bearer.guess")], 401),
        ("another website", vec![token, ("origin", "https://evil.example")], 403),
        ("a name made to point here", vec![token, ("host", "evil.example")], 421),
    ] {
        let refused = websocket(&server, "", &headers).await.map(|_| ());
        let Err(tungstenite::Error::Http(response)) = refused else { panic!("{what}: {refused:?}") };
        assert_eq!(response.status(), wanted, "{what}");
    }
    let plain = server.ask(Method::GET, "/api/events/ws").send().await.unwrap();
    let (status, headers) = (plain.status(), plain.headers().clone());
    refused("no WebSocket", status, &headers, &plain.text().await.unwrap(), 400);

    let (mut socket, response) = websocket(&server, "", &[token, ("origin", &server.url)]).await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "jarvis.v1", "the token is not sent back");
    let mut events = server.events(None).await;
    let id = server.post("/api/conversations", json!({})).await["id"].as_str().unwrap().to_string();
    server
        .post(&format!("/api/conversations/{id}/messages"), json!({"content": "what is 17 times 3?"}))
        .await;
    let mut told = Vec::new();
    while told.last().is_none_or(|event: &Value| event["type"] != "turn_ended") {
        told.push(events.next().await);
        assert_eq!(frame(&mut socket).await, *told.last().unwrap());
    }
    // Who comes back, by another way of showing the token, is told what happened meanwhile.
    let bearer = format!("Bearer {}", server.token);
    let after = format!("?after={}", told[0]["seq"]);
    let (mut again, _) = websocket(&server, &after, &[("authorization", &bearer)]).await.unwrap();
    for event in &told[1..] {
        assert_eq!(frame(&mut again).await, *event);
    }
    let (mut late, _) = websocket(&server, "?after=99999999", &[token]).await.unwrap();
    assert_eq!(frame(&mut late).await["type"], "missed");
}

/// A server that speaks OpenAI's protocol, and tells a story that never ends.
async fn endless_storyteller() -> String {
    async fn tell() -> Sse<impl Stream<Item = Result<SseEvent, Infallible>>> {
        Sse::new(futures::stream::unfold((), |()| async {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let piece = json!({"choices": [{"index": 0, "delta": {"content": "and then "}}]});
            Some((Ok(SseEvent::default().data(piece.to_string())), ()))
        }))
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/v1/chat/completions", axum::routing::post(tell));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

// With a second thread: on the first, this waits for Jarvis, which waits for its model's server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_program_leaves_an_answer_alone_and_what_was_said_outlives_the_first() {
    let home = Home::new();
    let storyteller = endless_storyteller().await;
    let env = [
        ("JARVIS_LLM__PROVIDER", "openai"),
        ("JARVIS_LLM__MODEL", "storyteller"),
        ("JARVIS_LLM__OPENAI__URL", storyteller.as_str()),
    ];
    let first = Server::start_in(&home, &env);
    let mut events = first.events(None).await;
    let id = first.post("/api/conversations", json!({})).await["id"].as_str().unwrap().to_string();
    let messages = format!("/api/conversations/{id}/messages");
    first.post(&messages, json!({"content": "Write a very long story about the sea and its ships."})).await;
    events.until("answer_delta").await;
    let second = Server::start(&home);
    let said = loop {
        let answer = second.get(&messages).await["messages"][1].clone();
        assert_eq!(answer["status"], "streaming", "{answer}");
        if answer["content"] != "" {
            break answer["content"].as_str().unwrap().to_string();
        }
        events.until("answer_delta").await;
    };
    // Killed, not ended.
    drop(first);
    let answer = second.get(&messages).await["messages"][1].clone();
    assert_eq!(answer["status"], "interrupted");
    assert!(answer["content"].as_str().unwrap().starts_with(&said), "{answer}");
}
