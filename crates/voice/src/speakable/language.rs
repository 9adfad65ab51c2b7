//! What a voice speaks, which is how it reads.

/// A language with the manner of writing and reading that belongs to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English as read in Britain: "the 1st of May", 4/5 is in May.
    #[default]
    British,
    /// English as read in America: "May 1st", 4/5 is in April.
    American,
    /// German.
    German,
}

impl Language {
    /// The one of a tag such as `en-GB`. What there are no rules for is read by the English ones.
    pub fn of_tag(tag: &str) -> Self {
        match tag {
            "en-US" => Self::American,
            _ if tag == "de" || tag.starts_with("de-") => Self::German,
            _ => Self::British,
        }
    }

    /// One of two texts.
    pub(crate) fn pick<T>(self, english: T, german: T) -> T {
        match self {
            Self::British | Self::American => english,
            Self::German => german,
        }
    }
}
