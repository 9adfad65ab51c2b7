//! A conversation as a text that people read elsewhere.

use jarvis_core::Role;

use crate::records::{Conversation, Message};

/// The conversation in Markdown. What was said stands as it was said.
pub fn export_markdown(conversation: &Conversation, messages: &[Message]) -> String {
    let title = if conversation.title.is_empty() { "Conversation" } else { &conversation.title };
    let mut text = format!("# {}\n", title.replace('\n', " "));
    for message in messages.iter().filter(|m| !m.content.is_empty()) {
        let who = match message.role {
            Role::User => "You",
            Role::Assistant => "Jarvis",
            Role::System | Role::Tool => continue,
        };
        let at = message.created_at.strftime("%Y-%m-%d %H:%M UTC");
        text += &format!("\n## {who}, {at}\n\n{}\n", message.content.trim_end());
    }
    text
}
