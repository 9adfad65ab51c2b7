//! What is noted of what people say in passing, by the small model that really runs.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and lists what it measured"
)]

use std::sync::Arc;

use jarvis_agents::noting::{may_be_worth_noting, notes};
use jarvis_agents::summary::sum_up;
use jarvis_core::Role;
use jarvis_engine::EngineSpec;
use jarvis_llm::{EmbeddedModel, LlmEngine};
use jarvis_memory::{NewMessage, stems};
use jarvis_testkit::{models, program};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Set {
    said: Vec<Said>,
}

/// What somebody said, and what each note of it must have in it; nothing where nothing is worth noting.
#[derive(Deserialize)]
struct Said {
    text: String,
    #[serde(default)]
    notes: Vec<String>,
}

fn model() -> EmbeddedModel {
    let engine = Arc::new(LlmEngine::new(EngineSpec {
        name: "language-model engine",
        program: program("jarvis-engine-llm"),
        fallback: None,
        args: Vec::new(),
        idle_stop: None,
    }));
    let file = models::path("qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf");
    EmbeddedModel::new(engine, file, 4096)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_passing_is_noted() {
    let set: Set = toml::from_str(include_str!("noting.toml")).unwrap();
    let (model, mut found, mut wanted, mut right, mut noted) = (model(), 0, 0, 0, 0);
    for Said { text, notes: expected } in &set.said {
        let got = if may_be_worth_noting(text) { notes(&model, text).await.unwrap() } else { Vec::new() };
        let has = |note: &str, words: &str| stems(words).all(|word| stems(note).any(|other| other == word));
        found += expected.iter().filter(|words| got.iter().any(|note| has(note, words))).count();
        right += got.iter().filter(|note| expected.iter().any(|words| has(note, words))).count();
        (wanted, noted) = (wanted + expected.len(), noted + got.len());
        println!("{text}\n    -> {got:?}, of {expected:?}");
    }
    let (precision, recall) = (right as f32 / noted.max(1) as f32, found as f32 / wanted as f32);
    println!("precision {precision:.2} ({right} of {noted}), recall {recall:.2} ({found} of {wanted})");
    assert!(precision >= 0.8, "what is noted must be right: {precision}");
    assert!(recall >= 0.4, "{recall}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_is_summed_up() {
    let message = |role, content: &str| NewMessage::new(role, content, None).kept(1, Timestamp::UNIX_EPOCH);
    let talk = [
        message(Role::User, "I am planning a trip to Lisbon with Anna in May."),
        message(Role::Assistant, "Lovely. Shall I help you with hotels or flights?"),
        message(Role::User, "Hotels, for at most 90 euros a night."),
        message(Role::Assistant, "Then look in Alfama or Graça."),
    ];
    let summary = sum_up(&model(), None, &talk).await.unwrap();
    println!("{summary}");
    let kept = ["Lisbon", "Anna", "May", "90"].iter().filter(|word| summary.contains(*word)).count();
    assert!(kept >= 3, "{summary}");
    assert!(summary.split_whitespace().count() < 200, "{summary}");
}
