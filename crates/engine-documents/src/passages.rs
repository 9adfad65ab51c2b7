//! Text cut into passages by its structure: headings, paragraphs, sentences.

use jarvis_core::{Chunk, LeftOut};
use jarvis_engine::documents::Reply;
use jarvis_engine::{Fault, Responder};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use text_splitter::{ChunkConfig, MarkdownSplitter, TextSplitter};

/// Characters of a passage: between these, as its structure has it. The embedding model looks at 256 tokens.
const LENGTH: std::ops::Range<usize> = 300..900;
/// Characters of a heading that are kept.
const HEADING: usize = 200;
/// Characters of a document's text that are read: about 4000 pages.
const TEXT: usize = 10 << 20;

/// Sends passages until there is enough.
pub struct Passages<'r> {
    reply: &'r Responder<Reply>,
    left: usize,
}

impl<'r> Passages<'r> {
    pub fn new(reply: &'r Responder<Reply>) -> Self {
        Self { reply, left: TEXT }
    }

    /// How far it is. Fails when nobody waits any more.
    pub fn progress(&self, done: usize, of: usize) -> Result<(), Fault> {
        let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
        self.reply.send(Reply::Progress { done: count(done), of: count(of) }, &[])
    }

    pub fn left_out(&self, what: LeftOut) -> Result<(), Fault> {
        self.reply.send(Reply::LeftOut(what), &[])
    }

    /// Whether more would be read.
    pub fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Markdown, under `heading`.
    pub fn markdown(&mut self, page: Option<u32>, heading: Option<&str>, text: &str) -> Result<(), Fault> {
        let text = self.bounded(text)?;
        let headings = headings(text);
        let splitter = MarkdownSplitter::new(ChunkConfig::new(LENGTH));
        for (at, passage) in splitter.chunk_indices(text) {
            // Those that the passage's first words stand under, a heading that it begins with among them.
            let above = headings.iter().rev().find(|(begin, _)| *begin <= at).map(|(_, path)| path.as_str());
            let heading = match (heading, above) {
                (Some(outer), Some(inner)) => Some(format!("{outer} > {inner}")),
                (one, other) => one.or(other).map(String::from),
            };
            self.send(page, heading, passage)?;
        }
        Ok(())
    }

    /// Text without structure but lines and paragraphs.
    pub fn plain(&mut self, page: Option<u32>, heading: Option<&str>, text: &str) -> Result<(), Fault> {
        let text = self.bounded(text)?;
        let splitter = TextSplitter::new(ChunkConfig::new(LENGTH));
        for passage in splitter.chunks(text) {
            self.send(page, heading.map(String::from), passage)?;
        }
        Ok(())
    }

    fn send(&self, page: Option<u32>, heading: Option<String>, text: &str) -> Result<(), Fault> {
        if !text.contains(char::is_alphanumeric) {
            return Ok(());
        }
        // It goes with every passage under it.
        let heading = heading.map(|heading| heading.chars().take(HEADING).collect());
        self.reply.send(Reply::Chunk(Chunk { page, heading, text: text.trim().into() }), &[])
    }

    /// As much of the text as is read.
    fn bounded<'t>(&mut self, text: &'t str) -> Result<&'t str, Fault> {
        if text.len() <= self.left {
            self.left -= text.len();
            return Ok(text);
        }
        let end = (0..=self.left).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        self.left = 0;
        self.left_out(LeftOut::Rest { pages: None })?;
        Ok(&text[..end])
    }
}

/// Where each heading begins, and the headings that stand under it up to there: "Warranty > What is covered".
fn headings(markdown: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut path: Vec<(HeadingLevel, String)> = Vec::new();
    let mut open: Option<(usize, HeadingLevel, String)> = None;
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => open = Some((range.start, level, String::new())),
            Event::Text(text) | Event::Code(text) => {
                if let Some((.., title)) = &mut open
                    && title.len() < HEADING
                {
                    title.extend(text.chars().take(HEADING));
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((begin, level, title)) = open.take() {
                    path.retain(|(above, _)| *above < level);
                    path.push((level, title.trim().into()));
                    let titles: Vec<&str> = path.iter().map(|(_, title)| title.as_str()).collect();
                    found.push((begin, titles.join(" > ")));
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_stands_under_those_above_it() {
        let text = "# Boiler\n\nWords.\n\n## Warranty\n\n### What is `covered`\n\nMore.\n\n## Service\n";
        let headings = headings(text);
        let paths: Vec<&str> = headings.iter().map(|(_, path)| path.as_str()).collect();
        assert_eq!(
            paths,
            ["Boiler", "Boiler > Warranty", "Boiler > Warranty > What is covered", "Boiler > Service"]
        );
        assert_eq!(headings[3].0, text.find("## Service").unwrap());
    }
}
