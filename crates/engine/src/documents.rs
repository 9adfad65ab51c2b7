//! What is asked of the reader of documents.
//!
//! Documents come from anywhere, and the formats are old and wide: they are taken apart in a process of their own, which has
//! little memory and may be stopped at any moment. What comes out is text in pieces, and nothing else.

use jarvis_core::{Chunk, LeftOut};
use serde::{Deserialize, Serialize};

/// Largest document that is read, in bytes: it travels as the payload of its request.
pub const MAX_BYTES: u64 = 64 << 20;

/// What a document is, by which it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// PDF, by its text layer.
    Pdf,
    /// Word's DOCX.
    Docx,
    /// Spreadsheets: XLSX, XLS, ODS.
    Spreadsheet,
    /// Comma-separated values.
    Csv,
    /// A web page, without what stands round its text.
    Html,
    /// Markdown.
    Markdown,
    /// Text.
    Text,
}

impl Format {
    /// By the ending of a file's name. None for what cannot be read.
    pub fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "pdf" => Self::Pdf,
            "docx" => Self::Docx,
            "xlsx" | "xlsm" | "xls" | "ods" => Self::Spreadsheet,
            "csv" | "tsv" => Self::Csv,
            "html" | "htm" | "xhtml" => Self::Html,
            "md" | "markdown" => Self::Markdown,
            "txt" | "text" | "log" | "rst" | "org" => Self::Text,
            _ => return None,
        })
    }
}

/// A request to the reader. The payload is the document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Take it apart: [`Reply::Progress`] now and then, and any number of [`Reply::Chunk`] in the order of the text.
    Read {
        /// What it is.
        format: Format,
    },
}

/// A piece of a reply of the reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// How far it is.
    Progress {
        /// Pages, sheets or the like that are done.
        done: u32,
        /// How many there are.
        of: u32,
    },
    /// A passage, short enough to be found by its meaning.
    Chunk(Chunk),
    /// Something was left out.
    LeftOut(LeftOut),
}
