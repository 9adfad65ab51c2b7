//! A server's tool as one of Jarvis's: whatever it does is foreign, and whatever it answers is a stranger's text.

use std::sync::Arc;

use async_trait::async_trait;
use jarvis_core::ToolSpec;
use jarvis_guard::{Effect, Running, TaintKind};
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::{Map, Value};

use super::describe::Described;
use super::server::Server;
use super::{GROUP, clean};
use crate::tool::{About, Output, Plan, Tool, ToolError};

/// Of an answer, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Of the arguments in what the person is asked.
const LONGEST_SHOWN: usize = 500;

/// See the module.
pub(super) struct Foreign {
    about: About,
    server: Arc<Server>,
    raw: String,
    sha256: String,
}

impl Foreign {
    pub(super) fn new(server: Arc<Server>, described: Described) -> Self {
        let Described { raw, name, description, schema, sha256 } = described;
        let about = About {
            spec: ToolSpec { name, description, parameters: schema },
            group: GROUP,
            examples: &[],
            taint: Some(TaintKind::Mcp),
            time_limit: server.config.time_limit,
        };
        Self { about, server, raw, sha256 }
    }

    fn given(&self, arguments: &Value) -> Result<Map<String, Value>, ToolError> {
        match arguments {
            Value::Null => Ok(Map::new()),
            Value::Object(fields) => Ok(fields.clone()),
            _ => Err(ToolError::BadArguments {
                tool: self.about.spec.name.clone(),
                reason: "the arguments are not an object".into(),
            }),
        }
    }
}

#[async_trait]
impl Tool for Foreign {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, arguments: &Value) -> Result<Plan, ToolError> {
        let given = Value::Object(self.given(arguments)?).to_string();
        let config = &self.server.config;
        let words = format!(
            "Ask the server {} to run {} with {}.",
            config.name,
            clean::line(&self.raw, 64),
            clean::cut(&clean::written_out(&given), LONGEST_SHOWN)
        );
        let reads_only = config.reads_only.contains(&self.raw);
        let effects = vec![Effect::Foreign { server: config.name.clone(), reads_only }];
        Ok(Plan { effects, words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let given = self.given(running.arguments())?;
        let result = self.server.call(&self.raw, &self.sha256, given).await?;
        let failed = result.is_error == Some(true);
        let text = text(result);
        let server = &self.server.config.name;
        if failed {
            return Err(ToolError::failed(format!("The server {server} says: {}", clean::cut(&text, 1000))));
        }
        let source = format!("the server {server}, {}", clean::line(&self.raw, 64));
        Ok(Output { source: Some(source), ..Output::text(text) })
    }
}

/// The text of an answer; what is no text is named.
fn text(result: CallToolResult) -> String {
    let mut parts: Vec<String> = result.content.into_iter().map(block).collect();
    if parts.is_empty()
        && let Some(value) = result.structured_content
    {
        parts.push(value.to_string());
    }
    let text = clean::lines(&parts.join("\n"));
    if text.len() <= LONGEST_ANSWER {
        return text;
    }
    let end = (0..=LONGEST_ANSWER).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!("{}\n(Cut here; {} bytes more were answered.)", &text[..end], text.len() - end)
}

fn block(block: ContentBlock) -> String {
    let named = |what: &str, of: &str| format!("({what} was answered: {})", clean::line(of, 200));
    match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::Image(image) => named("A picture", &image.mime_type),
        ContentBlock::Audio(audio) => named("A sound", &audio.mime_type),
        ContentBlock::ResourceLink(link) => named("A link", &link.uri),
        ContentBlock::Resource(resource) => match resource.resource {
            ResourceContents::TextResourceContents { text, .. } => text,
            ResourceContents::BlobResourceContents { uri, .. } => named("A file", &uri),
            _ => named("Something", "of an unknown kind"),
        },
        _ => named("Something", "of an unknown kind"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_become_text() {
        let of = |value: Value| text(serde_json::from_value(value).unwrap());
        for (answer, expected) in [
            (json!({ "content": [{ "type": "text", "text": "a\u{200b}b" }] }), "ab"),
            (
                json!({ "content": [
                    { "type": "text", "text": "one\ntwo" },
                    { "type": "image", "data": "AAAA", "mimeType": "image/png" },
                    { "type": "resource", "resource": { "uri": "x:/y", "text": "three" } },
                    { "type": "resource_link", "uri": "https://example.org/", "name": "n" },
                ] }),
                "one\ntwo\n(A picture was answered: image/png)\nthree\n(A link was answered: https://example.org/)",
            ),
            (json!({ "content": [], "structuredContent": { "a": 1 } }), "{\"a\":1}"),
        ] {
            assert_eq!(of(answer), expected);
        }
        let long = of(json!({ "content": [{ "type": "text", "text": "ä".repeat(LONGEST_ANSWER) }] }));
        assert!(long.len() < LONGEST_ANSWER + 100 && long.ends_with("bytes more were answered.)"));
    }
}
