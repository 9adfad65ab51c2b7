//! Text in whatever encoding, and web pages.

use std::borrow::Cow;

use dom_smoothie::{Config, Readability, TextMode};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use jarvis_engine::Fault;

use crate::broken;
use crate::passages::Passages;

/// By its byte-order mark, else UTF-8, else what Windows wrote in Western Europe.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let (text, _, damaged) = Encoding::for_bom(bytes).map_or(UTF_8, |(encoding, _)| encoding).decode(bytes);
    if damaged { WINDOWS_1252.decode(bytes).0 } else { text }
}

/// A page's text, without scripts, menus and what else stands round it.
pub fn html(bytes: &[u8], passages: &mut Passages<'_>) -> Result<(), Fault> {
    let page = decoded(bytes);
    let config = Config { text_mode: TextMode::Markdown, ..Config::default() };
    let mut reader = Readability::new(&*page, None, Some(config)).map_err(broken)?;
    let article = reader.parse().map_err(broken)?;
    let title = Some(article.title.trim()).filter(|title| !title.is_empty());
    passages.markdown(None, title, &article.text_content)
}
