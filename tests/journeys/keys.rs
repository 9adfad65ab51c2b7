//! Keys of services: from the environment, else from a real keyring, and never told.

use std::io::Write;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jarvis_journeys::{Home, Ran};
use jarvis_testkit::keyring::Keyring;
use reqwest::Method;
use serde_json::{Value, json};

use crate::serve::{Server, ok, refused};

const KEY: &str = "sk-quetzalcoatl-1234567890";
const OTHER: &str = "sk-popocatepetl-0987654321";

/// A server that speaks OpenAI's protocol to whoever has one of our keys. The keys it was sent are noted.
async fn openai() -> (String, Arc<Mutex<Vec<String>>>) {
    let sent: Arc<Mutex<Vec<String>>> = Arc::default();
    let note = Arc::clone(&sent);
    let check = move |headers: &HeaderMap| {
        let key = headers.get("authorization").map_or("", |v| v.to_str().unwrap()).replace("Bearer ", "");
        note.lock().unwrap().push(key.clone());
        key == KEY || key == OTHER
    };
    let refusal = || (StatusCode::UNAUTHORIZED, "{\"error\": {\"message\": \"no\"}}").into_response();
    let models = {
        let check = check.clone();
        async move |headers: HeaderMap| -> Response {
            if check(&headers) { Json(json!({"data": [{"id": "m"}]})).into_response() } else { refusal() }
        }
    };
    let chat = async move |headers: HeaderMap| -> Response {
        let said = json!({"choices": [{"delta": {"content": "Good morning."}, "finish_reason": "stop"}]});
        if check(&headers) { format!("data: {said}\n\ndata: [DONE]\n\n").into_response() } else { refusal() }
    };
    let router =
        axum::Router::new().route("/v1/models", get(models)).route("/v1/chat/completions", post(chat));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, sent)
}

/// Where each key comes from.
fn origins(keys: &Value) -> Vec<&str> {
    keys["keys"].as_array().unwrap().iter().map(|k| k["from"].as_str().unwrap_or("none")).collect()
}

fn tells_a_key(told: &Value) -> bool {
    ["quetzalcoatl", "popocatepetl"].iter().any(|secret| told.to_string().contains(secret))
}

/// How the answer to a question ended. No key is in anything that is told meanwhile.
async fn answer(server: &Server) -> Value {
    let mut events = server.events(None).await;
    let id = server.post("/api/conversations", json!({})).await["id"].as_str().unwrap().to_string();
    server
        .post(&format!("/api/conversations/{id}/messages"), json!({"content": "Why is the sky blue?"}))
        .await;
    loop {
        let event = events.next().await;
        assert!(!tells_a_key(&event), "{event}");
        if event["type"] == "turn_ended" {
            return event;
        }
    }
}

// With a second thread: on the first, this waits for Jarvis, which waits for its model's server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_set_holds_at_once_is_kept_and_never_told() {
    let (url, sent) = openai().await;
    let keyring = Keyring::start();
    let home = Home::new();
    let env = [
        ("JARVIS_LLM__PROVIDER", "openai"),
        ("JARVIS_LLM__OPENAI__URL", url.as_str()),
        ("JARVIS_LLM__OPENAI__API_KEY_ENV", "TEST_KEY"),
        ("JARVIS_LLM__ANTHROPIC__API_KEY_ENV", "TEST_OTHER"),
        ("JARVIS_LLM__TIMEOUT_S", "10"),
        keyring.env()[0],
    ];
    // Without a key there is no model; Jarvis starts all the same.
    let server = Server::start_in(&home, &env);
    assert_eq!(answer(&server).await["outcome"], "failed");
    assert_eq!(server.get("/api/keys").await["keyring"], Value::Null);
    let put = |key: Value| server.ask(Method::PUT, "/api/keys/openai").json(&json!({"key": key}));
    ok(put(json!(KEY))).await;
    assert_eq!(answer(&server).await["answer"], "Good morning.");
    assert_eq!(sent.lock().unwrap().last().unwrap(), KEY);
    ok(put(json!(OTHER))).await;
    assert_eq!(answer(&server).await["answer"], "Good morning.");
    assert_eq!(sent.lock().unwrap().last().unwrap(), OTHER, "the new one holds at once");
    let keys = server.get("/api/keys").await;
    assert_eq!(origins(&keys), ["keyring", "none", "none"]);

    for (what, request, wanted) in [
        ("no JSON", server.ask(Method::PUT, "/api/keys/openai").body(KEY), 415),
        ("another shape", put(json!({"value": KEY})), 422),
        ("a text alone", server.ask(Method::PUT, "/api/keys/openai").json(&KEY), 422),
        ("no key", put(json!("  ")), 400),
        ("two lines", put(json!(format!("{KEY}\nX-Evil: 1"))), 400),
        ("no such service", server.ask(Method::PUT, "/api/keys/other").json(&json!({"key": KEY})), 400),
        ("a stranger", server.stranger(Method::GET, "/api/keys"), 401),
    ] {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.unwrap();
        refused(what, status, &headers, &body, wanted);
        assert!(!body.contains("quetzalcoatl"), "{what}: {body}");
    }
    for told in [keys, server.get("/api/settings").await, server.get("/api/health").await] {
        assert!(!tells_a_key(&told), "{told}");
    }
    drop(server);

    // Kept for another run; what the environment gives comes first.
    let server = Server::start_in(&home, &env);
    assert_eq!(answer(&server).await["answer"], "Good morning.");
    drop(server);
    let with_variable: Vec<_> = env.into_iter().chain([("TEST_KEY", KEY)]).collect();
    let server = Server::start_in(&home, &with_variable);
    assert_eq!(origins(&server.get("/api/keys").await), ["environment", "none", "none"]);
    assert_eq!(answer(&server).await["answer"], "Good morning.");
    assert_eq!(sent.lock().unwrap().last().unwrap(), KEY);
    drop(server);

    // Taken out, it is used no more.
    let server = Server::start_in(&home, &env);
    ok(server.ask(Method::DELETE, "/api/keys/openai")).await;
    ok(server.ask(Method::DELETE, "/api/keys/openai")).await;
    assert_eq!(answer(&server).await["outcome"], "failed");
    assert_eq!(sent.lock().unwrap().last().unwrap(), "");
    drop(server);
    for secret in ["quetzalcoatl", "popocatepetl"] {
        assert_eq!(files_with(home.path(), secret), Vec::<std::path::PathBuf>::new());
    }
}

/// Files under `folder`, links aside, in which `text` stands.
fn files_with(folder: &std::path::Path, text: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap()) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files_with(&entry.path(), text));
        } else if kind.is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            if bytes.windows(text.len()).any(|w| w == text.as_bytes()) {
                found.push(entry.path());
            }
        }
    }
    found
}

/// `jarvis keys ...` with this on its standard input.
fn keys(home: &Home, env: &[(&str, &str)], args: &[&str], input: &str) -> Ran {
    let mut command = home.jarvis(["keys"]);
    command.args(args).envs(env.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Where it does not want any, it may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ran(child.wait_with_output().unwrap())
}

#[test]
fn keys_are_set_listed_and_removed_from_the_command_line() {
    let home = Home::new();
    let mut keyring = Keyring::bus_alone();
    let env = [("JARVIS_LLM__ANTHROPIC__API_KEY_ENV", "TEST_KEY"), ("TEST_KEY", KEY)];
    let set = |env: &[(&str, &str)], name: &str, key: &str| keys(&home, env, &["set", name], key);
    let list = |env: &[(&str, &str)]| {
        let ran = keys(&home, env, &["list", "--json"], "").ok();
        let from: Vec<String> =
            ran.records().iter().map(|k| k["from"].to_string().replace('"', "")).collect();
        (from, ran.stderr())
    };

    // Neither a bus nor, on a bus, a keyring.
    for bus in [&[][..], &keyring.env()] {
        let ran = set(bus, "openai", KEY);
        assert!(!ran.0.status.success(), "{}", ran.stdout());
        let said = ran.stderr();
        assert!(said.contains("keyring") && said.contains("environment variable OPENAI_API_KEY"), "{said}");
        assert!(!said.contains(KEY) && !said.contains("panicked"), "{said}");
        let (from, said) = list(&[&env, bus].concat());
        assert_eq!(from, ["null", "environment", "null"]);
        assert!(said.contains("keyring of this system cannot be used"), "{said}");
    }

    keyring.start_service();
    let all = [&env, &keyring.env()[..]].concat();
    set(&all, "porcupine", &format!("{KEY}\n")).ok();
    assert_eq!(list(&all), (["null", "environment", "keyring"].map(String::from).to_vec(), String::new()));
    for (bad, status) in [("", 2), ("two words", 2)] {
        assert_eq!(set(&all, "openai", bad).0.status.code(), Some(status), "{bad:?}");
    }
    assert_eq!(set(&all, "nobody", KEY).0.status.code(), Some(2));
    let mut doctor = home.jarvis(["doctor"]);
    let doctor = Ran(doctor.envs(all.iter().copied()).output().unwrap());
    let said = doctor.stdout();
    let origins = "openai: none; anthropic: the environment variable TEST_KEY; porcupine: the keyring";
    assert!(said.contains(origins), "{said}");
    for _ in 0..2 {
        keys(&home, &all, &["remove", "porcupine"], "").ok();
    }
    assert_eq!(list(&all).0, ["null", "environment", "null"]);
}
