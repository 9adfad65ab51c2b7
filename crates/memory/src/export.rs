//! A conversation as a text that people read elsewhere.

use jarvis_core::Role;

use crate::records::{Attachment, Conversation, Message};

/// The conversation in Markdown. What was said stands as it was said; attachments are named.
pub fn export_markdown(conversation: &Conversation, messages: &[Message]) -> String {
    let title = if conversation.title.is_empty() { "Conversation" } else { &conversation.title };
    let mut text = format!("# {}\n", title.replace('\n', " "));
    for message in messages.iter().filter(|m| !m.content.is_empty() || !m.attachments.is_empty()) {
        let who = match message.role {
            Role::User => "You",
            Role::Assistant => "Jarvis",
            Role::System | Role::Tool => continue,
        };
        let at = message.created_at.strftime("%Y-%m-%d %H:%M UTC");
        text += &format!("\n## {who}, {at}\n");
        if !message.content.is_empty() {
            text += &format!("\n{}\n", message.content.trim_end());
        }
        for (i, attachment) in message.attachments.iter().enumerate() {
            let separator = if i == 0 { "\n" } else { "" };
            let Attachment { name, media_type, size_bytes, .. } = attachment;
            text += &format!("{separator}- Attached: `{name}` ({media_type}, {size_bytes} bytes)\n");
        }
    }
    text
}
