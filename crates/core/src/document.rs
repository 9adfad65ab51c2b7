//! Documents as they are read.

use serde::{Deserialize, Serialize};

/// A passage of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chunk {
    /// Where it begins, counting from 1, in a document that has pages.
    pub page: Option<u32>,
    /// The headings, or the sheet, that it stands under: outer before inner.
    pub heading: Option<String>,
    /// What it says, as Markdown where the document has structure.
    pub text: String,
}

/// What was not read of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum LeftOut {
    /// A page that is broken.
    Page {
        /// Which.
        page: u32,
    },
    /// Everything behind a limit.
    Rest {
        /// Pages that were read; none where the text was too long.
        pages: Option<u32>,
    },
}
