//! PDF, by its text layer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jarvis_core::LeftOut;
use jarvis_engine::{Fault, FaultCode};
use pdf_extract::{Document, PlainTextOutput, output_doc_page};

use crate::broken;
use crate::passages::Passages;

/// Pages that are read.
const PAGES: usize = 3000;

pub fn read(bytes: &[u8], passages: &mut Passages<'_>) -> Result<(), Fault> {
    let document = sound(|| Document::load_mem(bytes)).ok_or_else(|| broken("it is no PDF, or damaged"))?;
    if document.is_encrypted() {
        return Err(broken("it is locked with a password"));
    }
    let pages = document.get_pages().len();
    if pages == 0 {
        return Err(broken("it has no pages"));
    }
    let (mut silent, mut broken_pages) = (true, 0);
    for page in 1..=pages {
        if page > PAGES || passages.is_full() {
            let read = u32::try_from(page - 1).unwrap_or(u32::MAX);
            passages.left_out(LeftOut::Rest { pages: Some(read) })?;
            break;
        }
        let number = u32::try_from(page).unwrap_or(u32::MAX);
        let text = sound(|| {
            let mut text = String::new();
            output_doc_page(&document, &mut PlainTextOutput::new(&mut text), number).map(|()| text)
        });
        match text {
            Some(text) => {
                let text = joined(&text);
                silent &= text.trim().is_empty();
                passages.plain(Some(number), None, &text)?;
            }
            None => {
                broken_pages += 1;
                passages.left_out(LeftOut::Page { page: number })?;
            }
        }
        passages.progress(page, pages)?;
    }
    if broken_pages == pages {
        return Err(broken("each of its pages is damaged"));
    }
    if silent {
        let reason = "there is no text in this PDF, only pictures of it";
        return Err(Fault::new(FaultCode::BadRequest, reason));
    }
    Ok(())
}

/// The library panics on some of what is wrong with a document.
fn sound<T, E>(read: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

/// Words that were divided at the end of a line put together again.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        let goes_on = lines.peek().is_some_and(|next| next.trim_start().starts_with(char::is_lowercase));
        match line.strip_suffix('-') {
            Some(begun) if goes_on && begun.ends_with(char::is_alphabetic) => joined.push_str(begun),
            _ => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divided_words_are_put_together() {
        assert_eq!(joined("The temper-\nature falls.\nA - \nb"), "The temperature falls.\nA -\nb\n");
        assert_eq!(joined("Anglo-\nSaxon"), "Anglo-\nSaxon\n");
    }
}
