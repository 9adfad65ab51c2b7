//! Puts made-up conversations into a home's database, through the store that Jarvis itself uses: for the browser's tests,
//! its pictures and its figures, where asking a real model for ten thousand answers would take a day.
//!
//! `JARVIS_HOME=DIR put-conversations < CONVERSATIONS.json`. It prints their ids, a line each, and is never shipped.

use jarvis_core::paths::Paths;
use jarvis_core::{Role, TurnId, TurnTimings, Usage};
use jarvis_memory::{MessageStatus, MessageUpdate, NewMessage, Store, ToolUse};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Talk {
    title: Option<String>,
    #[serde(default)]
    pinned: bool,
    messages: Vec<Said>,
}

/// A message; where it is an answer, with how it came about.
#[derive(Deserialize)]
struct Said {
    role: Role,
    content: String,
    at: Timestamp,
    #[serde(default)]
    spoken: bool,
    reflex: Option<String>,
    timings: Option<TurnTimings>,
    usage: Option<Usage>,
    #[serde(default)]
    tools: Vec<ToolUse>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let talks: Vec<Talk> = serde_json::from_reader(std::io::stdin().lock())?;
    let store = Store::open(&Paths::from_env(|key| std::env::var_os(key)).database())?;
    for talk in talks {
        let id = put(&store, &talk)?;
        #[expect(clippy::print_stdout, reason = "it is a program, and this is its answer")]
        {
            println!("{id}");
        }
    }
    Ok(())
}

fn put(store: &Store, talk: &Talk) -> Result<String, Box<dyn std::error::Error>> {
    let began = talk.messages.first().map_or_else(Timestamp::now, |m| m.at);
    let id = store.create(talk.title.as_deref(), began)?.id;
    let mut turn = TurnId::new();
    for said in &talk.messages {
        if said.role == Role::User {
            turn = TurnId::new();
        }
        let new = NewMessage {
            role: said.role,
            content: said.content.clone(),
            status: MessageStatus::Complete,
            spoken: said.spoken,
            turn: Some(turn),
            attachments: Vec::new(),
        };
        let kept = store.append(id, new, said.at)?;
        if said.role == Role::Assistant {
            let update = MessageUpdate {
                content: said.content.clone(),
                status: MessageStatus::Complete,
                timings: said.timings,
                usage: said.usage,
                reflex: said.reflex.clone(),
                tools: said.tools.clone(),
                notes: Vec::new(),
                sources: Vec::new(),
            };
            store.update(kept.id, &update)?;
        }
    }
    store.set_pinned(id, talk.pinned)?;
    Ok(id.to_string())
}
