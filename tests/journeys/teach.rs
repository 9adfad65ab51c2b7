//! Wake words through the API: which there are, one that was taught, and teaching one as far as its training begins. A whole
//! training takes minutes, and has no place here.

use jarvis_journeys::{Home, clip};
use jarvis_testkit::sound_card::SoundCard;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::serve::{Events, Server, ok};

async fn refused(server: &Server, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let response = server.ask(method, path).json(&body).send().await.unwrap();
    let status = response.status();
    (status, response.json::<Value>().await.unwrap()["code"].clone())
}

async fn words(server: &Server) -> Vec<Value> {
    server.get("/api/wake/words").await["words"].as_array().unwrap().clone()
}

/// A head's file as far as its facts go: no weights.
fn head(phrase: &str) -> Vec<u8> {
    let facts = json!({"__metadata__": {"format": "jarvis-wake-head-2", "phrase": phrase}}).to_string();
    [&(facts.len() as u64).to_le_bytes()[..], facts.as_bytes()].concat()
}

#[tokio::test]
async fn a_wake_word_that_was_taught_is_chosen_and_removed() {
    let home = Home::new();
    let taught = home.path().join("data/wake-words");
    std::fs::create_dir_all(&taught).unwrap();
    std::fs::write(taught.join("okay-house.safetensors"), head("okay house")).unwrap();
    std::fs::write(taught.join("damaged.safetensors"), "nothing").unwrap();
    let server = Server::start(&home);

    let known = words(&server).await;
    assert!(known.iter().all(|word| word["id"] != "damaged"), "{known:?}");
    let of = |words: &[Value], id: &str| words.iter().find(|word| word["id"] == id).unwrap().clone();
    let own = of(&known, "okay-house");
    assert_eq!(
        (&own["phrase"], &own["origin"], &own["in_use"]),
        (&json!("Okay House"), &json!("taught"), &json!(false))
    );
    let built_in = of(&known, "hey-jarvis");
    assert_eq!(
        (&built_in["phrase"], &built_in["origin"], &built_in["in_use"], &built_in["there"]),
        (&json!("Hey Jarvis"), &json!("built_in"), &json!(true), &json!(true))
    );
    let public = of(&known, "hey-jarvis-openwakeword");
    assert_eq!((&public["phrase"], &public["in_use"]), (&json!("Hey Jarvis"), &json!(false)));
    assert!(public["note"].as_str().unwrap().contains("Non-commercial"), "{public}");

    ok(server.ask(Method::POST, "/api/wake/words/okay-house/use")).await;
    assert_eq!(of(&words(&server).await, "okay-house")["in_use"], true);
    let config = std::fs::read_to_string(home.path().join("config/config.toml")).unwrap();
    assert!(config.contains("okay-house"), "{config}");
    let nobody = refused(&server, Method::POST, "/api/wake/words/nobody/use", Value::Null).await;
    assert_eq!(nobody, (StatusCode::NOT_FOUND, json!("not_found")));
    let not_taught = refused(&server, Method::DELETE, "/api/wake/words/hey-jarvis", Value::Null).await;
    assert_eq!(not_taught, (StatusCode::BAD_REQUEST, json!("bad_request")));

    ok(server.ask(Method::DELETE, "/api/wake/words/okay-house")).await;
    let left = words(&server).await;
    assert!(left.iter().all(|word| word["id"] != "okay-house"), "{left:?}");
    assert_eq!(of(&left, "hey-jarvis")["in_use"], true, "the default again");
    assert!(!taught.join("okay-house.safetensors").exists());
}

/// How the teaching stands, when it next has changed.
async fn changed(events: &mut Events) -> Value {
    events.until("teaching_changed").await["teaching"].clone()
}

#[tokio::test]
async fn a_wake_word_is_recorded_and_its_training_is_told_and_stopped() {
    let (home, card) = (Home::new(), SoundCard::start());
    let server = Server::start_on(&home, &["--no-voice"], &card);
    let mut events = server.events(None).await;
    let teaching = "/api/wake/teaching";
    let (recordings, training) = (format!("{teaching}/recordings"), format!("{teaching}/training"));
    assert_eq!(server.get(teaching).await, json!({"teaching": null}));
    let nothing = refused(&server, Method::POST, &recordings, Value::Null).await;
    assert_eq!(nothing, (StatusCode::NOT_FOUND, json!("not_found")));
    let nonsense = refused(&server, Method::POST, teaching, json!({"phrase": "r2d2"})).await;
    assert_eq!(nonsense, (StatusCode::BAD_REQUEST, json!("bad_request")));
    server.post(teaching, json!({"phrase": "Hey  Jarvis"})).await;
    assert_eq!(changed(&mut events).await["phrase"], "hey jarvis");
    let second = refused(&server, Method::POST, teaching, json!({"phrase": "computer"})).await;
    assert_eq!(second, (StatusCode::CONFLICT, json!("busy")));

    let silence = ok(server.ask(Method::POST, &recordings)).await;
    assert_eq!((&silence["unsuitable"], &silence["teaching"]["recordings"]), (&json!("silent"), &json!(0)));
    changed(&mut events).await;
    let early = refused(&server, Method::POST, &training, Value::Null).await;
    assert_eq!(early, (StatusCode::BAD_REQUEST, json!("bad_request")));
    for number in 1..=5 {
        let wake_word = clip("hey-jarvis.wav");
        let (said, ()) = tokio::join!(ok(server.ask(Method::POST, &recordings)), async {
            // The microphone is open, or nothing would be heard of it.
            events.until("level").await;
            card.play_into_microphone(&wake_word);
        });
        assert_eq!((&said["unsuitable"], &said["teaching"]["recordings"]), (&Value::Null, &json!(number)));
        assert_eq!(changed(&mut events).await["recordings"], number);
    }
    // What is begun is told, and leaves the recordings when it is stopped.
    ok(server.ask(Method::POST, &training)).await;
    assert_eq!(changed(&mut events).await["step"]["name"], "training");
    let busy = refused(&server, Method::POST, &recordings, Value::Null).await;
    assert_eq!(busy, (StatusCode::CONFLICT, json!("busy")));
    ok(server.ask(Method::DELETE, &training)).await;
    while changed(&mut events).await["step"]["name"] != "recording" {}
    assert_eq!(server.get(teaching).await["teaching"]["recordings"], 5);
    assert_eq!(ok(server.ask(Method::DELETE, &format!("{recordings}/2"))).await["recordings"], 4);
    ok(server.ask(Method::DELETE, teaching)).await;
    while !changed(&mut events).await.is_null() {}
    assert_eq!(server.get(teaching).await, json!({"teaching": null}), "all of it is forgotten");
    let own = std::fs::read_dir(home.path().join("data")).unwrap().map(|file| file.unwrap().file_name());
    assert!(own.into_iter().all(|name| name != "wake-words"), "nothing was kept");
}
