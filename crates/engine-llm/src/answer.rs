//! What the model writes, taken apart as it comes: words to pass on, or a tool call to collect.
//!
//! Words leave in whole characters and as soon as they cannot be the beginning of a call. A call leaves only
//! when it is complete, names a known tool and its arguments fit.

use std::hash::{BuildHasher, RandomState};

use jarvis_core::{ToolCall, ToolSpec};
use jarvis_engine::llm::Reply;
use serde::Deserialize;
use serde_json::Value;

use crate::prompt::CALL;

#[derive(PartialEq)]
enum Part {
    /// Nothing has been passed on, and it may still become a call.
    Beginning,
    Words,
    Call,
    /// A call has been collected: there is nothing to wait for.
    Complete,
}

/// An answer in the making.
pub struct Answer<'t> {
    tools: &'t [ToolSpec],
    part: Part,
    /// Bytes that are no whole character yet.
    bytes: Vec<u8>,
    /// Text that has not been passed on.
    held: String,
}

#[derive(Deserialize)]
struct Written {
    name: String,
    arguments: Value,
}

impl<'t> Answer<'t> {
    /// An answer that may call `tools`.
    pub fn new(tools: &'t [ToolSpec]) -> Self {
        let part = if tools.is_empty() { Part::Words } else { Part::Beginning };
        Self { tools, part, bytes: Vec::new(), held: String::new() }
    }

    /// Takes the bytes of a token and returns what can be passed on.
    pub fn push(&mut self, piece: &[u8]) -> Option<Reply> {
        self.bytes.extend_from_slice(piece);
        let text = whole_characters(&mut self.bytes);
        self.held += &text;
        if self.part == Part::Beginning {
            let start = self.held.trim_start();
            if start.starts_with('{') || start.starts_with(CALL) {
                self.part = Part::Call;
            } else if !start.is_empty() && !CALL.starts_with(start) {
                self.part = Part::Words;
            }
        }
        match self.part {
            Part::Beginning | Part::Complete => None,
            Part::Words => self.words(),
            Part::Call => self.call(),
        }
    }

    /// Whether a call has been collected.
    pub fn is_complete(&self) -> bool {
        self.part == Part::Complete
    }

    /// The rest, when no more comes: the last words, or a call that came in one piece with the words before it. An unfinished
    /// call is worth nothing.
    pub fn finish(&mut self) -> Option<Reply> {
        match self.part {
            Part::Words if !self.held.is_empty() => {
                Some(Reply::Token { text: std::mem::take(&mut self.held) })
            }
            Part::Call => self.call(),
            _ => None,
        }
    }

    fn words(&mut self) -> Option<Reply> {
        let keep = if self.tools.is_empty() { self.held.len() } else { self.call_start() };
        let rest = self.held.split_off(keep);
        let text = std::mem::replace(&mut self.held, rest);
        if self.held.starts_with(CALL) {
            self.part = Part::Call;
        }
        (!text.is_empty()).then_some(Reply::Token { text })
    }

    /// Where in the held text a call begins, or may begin.
    fn call_start(&self) -> usize {
        let mut tags = self.held.match_indices('<').map(|(at, _)| at);
        tags.find(|at| {
            let rest = &self.held[*at..];
            rest.starts_with(CALL) || CALL.starts_with(rest)
        })
        .unwrap_or(self.held.len())
    }

    fn call(&mut self) -> Option<Reply> {
        let json = self.held.trim_start();
        let json = json.strip_prefix(CALL).unwrap_or(json).trim();
        if !json.ends_with('}') {
            return None;
        }
        let Written { name, arguments } = serde_json::from_str(json).ok()?;
        self.part = Part::Complete;
        let tool = self.tools.iter().find(|tool| tool.name == name)?;
        if let Err(reason) = tool.check(&arguments) {
            tracing::warn!(tool = tool.name, reason, "the model's call does not fit");
            return None;
        }
        Some(Reply::ToolCall(ToolCall { id: fresh_id(), name, arguments }))
    }
}

/// Unlike any other, also after a restart: a conversation outlives this process.
fn fresh_id() -> String {
    format!("call_{:016x}", RandomState::new().hash_one(()))
}

/// Takes the whole characters off the front of `bytes`. What can never become one is replaced.
fn whole_characters(bytes: &mut Vec<u8>) -> String {
    let mut text = String::new();
    let mut taken = 0;
    while let Err(e) = std::str::from_utf8(&bytes[taken..]) {
        let valid = taken + e.valid_up_to();
        text += &String::from_utf8_lossy(&bytes[taken..valid]);
        taken = valid;
        let Some(bad) = e.error_len() else {
            bytes.drain(..taken);
            return text;
        };
        text.push(char::REPLACEMENT_CHARACTER);
        taken += bad;
    }
    text += &String::from_utf8_lossy(&bytes[taken..]);
    bytes.clear();
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tools() -> Vec<ToolSpec> {
        let parameters =
            json!({"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]});
        vec![ToolSpec { name: "get_time".into(), description: String::new(), parameters }]
    }

    /// Feeds `text` in pieces of `size` bytes; calls show as `[name arguments]`.
    fn check(tools: &[ToolSpec], text: &[u8], expected: &str) {
        for size in 1..=text.len() {
            let mut answer = Answer::new(tools);
            let mut replies: Vec<_> = text.chunks(size).filter_map(|piece| answer.push(piece)).collect();
            replies.extend(answer.finish());
            let shown: String = replies
                .iter()
                .map(|reply| match reply {
                    Reply::Token { text } => text.clone(),
                    Reply::ToolCall(call) => format!("[{} {}]", call.name, call.arguments),
                    Reply::Usage(_) => unreachable!("an answer does not count"),
                })
                .collect();
            assert_eq!(shown, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn words_and_calls_are_told_apart_however_they_are_cut() {
        let call = r#"{"name": "get_time", "arguments": {"place": "Köln"}}"#;
        let shown = r#"[get_time {"place":"Köln"}]"#;
        check(&[], "Grüße 🎩, 1 < 2".as_bytes(), "Grüße 🎩, 1 < 2");
        check(&[], call.as_bytes(), call);
        check(&tools(), "Grüße 🎩, 1 < 2".as_bytes(), "Grüße 🎩, 1 < 2");
        check(&tools(), call.as_bytes(), shown);
        check(&tools(), format!("<tool_call>\n{call}").as_bytes(), shown);
        check(&tools(), format!("One moment.<tool_call>{call}").as_bytes(), &format!("One moment.{shown}"));
    }

    #[test]
    fn what_is_no_valid_call_is_none() {
        check(&tools(), br#"{"name": "get_time", "arguments": {"place": "#, "");
        check(&tools(), br#"{"name": "get_time", "arguments": {"place": 7}}"#, "");
        check(&tools(), br#"{"name": "launch", "arguments": {"place": "x"}}"#, "");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        check(&[], b"a\xffb", "a\u{fffd}b");
    }
}
