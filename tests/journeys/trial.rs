//! Trying ears and mouth through the API: a tone, a voice, a microphone, and that everything is as before afterwards. And
//! ringing where there are no ears.

use jarvis_journeys::{Home, clip};
use jarvis_testkit::sound_card::SoundCard;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::serve::{Events, Server, ok};

/// 48 000 a second: half a second in which a voice that goes on would be heard.
const A_WHILE: usize = 24_000;

async fn until_state(events: &mut Events, state: &str) {
    while events.until("state_changed").await["state"] != state {}
}

/// The speaker is silent from now on, as long as that can be told.
#[track_caller]
fn assert_silent(card: &SoundCard) {
    let mut recording = card.record_speaker();
    recording.until(|samples| samples.len() > 3 * A_WHILE);
    let samples = recording.stop().samples;
    // What was handed to the device before may still ring out.
    let loudest = samples[2 * A_WHILE..].iter().fold(0.0f32, |p, s| p.max(s.abs()));
    assert!(loudest < 0.01, "{loudest}");
}

async fn refused(server: &Server, path: &str, body: Value) -> Value {
    let response = server.ask(Method::POST, path).json(&body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CONFLICT, "{path}");
    response.json::<Value>().await.unwrap()["code"].clone()
}

#[tokio::test]
async fn a_tone_and_a_voice_are_heard_without_a_microphone() {
    let (home, card) = (Home::new(), SoundCard::start());
    let server = Server::start_on(&home, &["--no-voice"], &card);
    let mut events = server.events(None).await;
    let mut recording = card.record_speaker();
    server.post("/api/voice/test-tone", json!({})).await;
    recording.until_sound();
    recording.stop();

    let mut recording = card.record_speaker();
    server.post("/api/voice/preview", json!({"voice": "piper-en-us-joe", "speed": 1.2})).await;
    recording.until_sound();
    let said = events.until("sentence_started").await;
    assert!(said["text"].as_str().unwrap().contains("Hello"), "{said}");
    until_state(&mut events, "idle").await;
    let spoken = recording.stop().samples.iter().filter(|s| s.abs() > 0.02).count();
    assert!(spoken > A_WHILE / 2, "a sentence, not a click: {spoken} samples");

    // A second one takes the place of the first; what is silenced is silent.
    let long = "This is a rather long sentence that goes on and on. ".repeat(5);
    server.post("/api/voice/preview", json!({"text": long})).await;
    server.post("/api/voice/preview", json!({"text": "That is it."})).await;
    while events.until("sentence_started").await["text"] != "That is it." {}
    until_state(&mut events, "idle").await;
    assert_silent(&card);
    server.post("/api/voice/preview", json!({"text": long})).await;
    ok(server.ask(Method::POST, "/api/voice/stop")).await;
    assert_silent(&card);
    let settings = server.get("/api/settings").await["settings"].clone();
    let speed = settings.as_array().unwrap().iter().find(|s| s["key"] == "tts.speed").unwrap().clone();
    assert_eq!(speed["value"], json!(1.0), "no setting was changed");

    card.unplug_speaker();
    card.unplug_microphone();
    assert_eq!(refused(&server, "/api/voice/test-tone", json!({})).await, "no_speaker");
    assert_eq!(refused(&server, "/api/voice/test-tone", json!({"device": "gramophone"})).await, "no_speaker");
    assert_eq!(refused(&server, "/api/voice/preview", json!({})).await, "no_speaker");
    assert_eq!(refused(&server, "/api/voice/trial", json!({"what": "level"})).await, "no_microphone");
    ok(server.ask(Method::DELETE, "/api/voice/trial")).await;
}

#[tokio::test]
async fn a_microphone_is_tried_and_jarvis_listens_again_afterwards() {
    let (home, card) = (Home::new(), SoundCard::start());
    let server = Server::start_on(&home, &[], &card);
    let wake_word = clip("hey-jarvis-what-time-is-it.wav");
    let mut events = server.events(None).await;

    server.post("/api/voice/trial", json!({"what": "wake"})).await;
    assert_eq!(server.get("/api/state").await["voice"]["available"], true, "it is only lent");
    // What is changed meanwhile holds in the trial, and does not end it.
    ok(server.ask(Method::PATCH, "/api/settings").json(&json!({"wake.threshold": 0.4}))).await;
    card.play_into_microphone(&wake_word);
    ok(server.ask(Method::DELETE, "/api/voice/trial")).await;
    let (mut hits, mut loudest) = (0, f64::MIN);
    loop {
        let event = events.next().await;
        match event["type"].as_str().unwrap() {
            "wake_detected" => hits += 1,
            "level" => loudest = loudest.max(event["rms_dbfs"].as_f64().unwrap()),
            "trial_ended" => break,
            kind => assert_ne!((kind, &event["state"]), ("state_changed", &json!("listening")), "{event}"),
        }
    }
    assert!(hits == 1 && loudest > -40.0, "{hits} hits, {loudest} dBFS");

    // Listening is back: the same words begin a turn.
    card.play_into_microphone(&wake_word);
    events.until("wake_detected").await;
    assert_eq!(events.until("turn_ended").await["outcome"], "answered");
    ok(server.ask(Method::POST, "/api/voice/stop")).await;

    // For the level alone nothing is listened for; a second trial ends the first, and the talk key the second.
    server.post("/api/voice/trial", json!({"what": "level"})).await;
    card.play_into_microphone(&wake_word);
    server.post("/api/voice/trial", json!({"what": "level"})).await;
    loop {
        let event = events.next().await;
        assert_ne!(event["type"], "wake_detected", "{event}");
        if event["type"] == "trial_ended" {
            break;
        }
    }
    server.post("/api/voice/talk", json!({"pressed": true})).await;
    events.until("trial_ended").await;
    until_state(&mut events, "listening").await;

    // A voice on trial is not taken for the person's, and who is muted stays so.
    server.post("/api/voice/mute", json!({"muted": true})).await;
    events.until("mute_changed").await;
    let mut recording = card.record_speaker();
    server.post("/api/voice/preview", json!({})).await;
    recording.until_sound();
    until_state(&mut events, "speaking").await;
    until_state(&mut events, "idle").await;
    server.post("/api/voice/trial", json!({"what": "level"})).await;
    events.until("level").await;
    ok(server.ask(Method::DELETE, "/api/voice/trial")).await;
    assert_eq!(server.get("/api/state").await["voice"]["muted"], true);
    events.until("trial_ended").await;
    card.play_into_microphone(&wake_word);
    server.post("/api/voice/mute", json!({"muted": false})).await;
    let heard = loop {
        let event = events.next().await;
        if event["type"] == "mute_changed" {
            break event;
        }
        assert_ne!(event["type"], "wake_detected", "it was muted");
    };
    assert_eq!(heard["muted"], false);
}

/// Asks for a timer of two seconds in writing.
async fn set_timer(server: &Server) {
    let id = server.post("/api/conversations", json!({})).await["id"].as_str().unwrap().to_string();
    let messages = format!("/api/conversations/{id}/messages");
    server.post(&messages, json!({"content": "set a timer for 2 seconds"})).await;
}

#[tokio::test]
async fn a_timer_rings_where_nobody_listens() {
    let (home, card) = (Home::new(), SoundCard::start());
    let server = Server::start_on(&home, &["--no-voice"], &card);
    let mut events = server.events(None).await;
    let mut recording = card.record_speaker();
    set_timer(&server).await;
    let rang = events.until("timer_rang").await;
    assert!(rang["label"].as_str().unwrap().contains("2 second"), "{rang}");
    until_state(&mut events, "speaking").await;
    recording.until_sound();
    // Again and again, until somebody reacts.
    for _ in 0..2 {
        let said = events.until("sentence_started").await;
        assert!(said["text"].as_str().unwrap().contains("timer"), "{said}");
    }
    ok(server.ask(Method::POST, "/api/voice/stop")).await;
    assert_silent(&card);
    assert_eq!(server.get("/api/state").await["voice"]["state"], "idle");
    drop(server);

    // With neither microphone nor speaker it is told.
    card.unplug_microphone();
    card.unplug_speaker();
    let server = Server::start_on(&home, &[], &card);
    let mut events = server.events(None).await;
    set_timer(&server).await;
    events.until("timer_rang").await;
    assert_eq!(events.until("failed").await["code"], "no_speaker");
    let voice = server.get("/api/state").await["voice"].clone();
    assert_eq!((&voice["available"], &voice["problem"]["code"]), (&json!(false), &json!("no_microphone")));

    // Plugged in, they are used.
    card.plug_speaker();
    card.plug_microphone();
    assert_eq!(events.until("listening_changed").await["listening"], true);
}
