/// Whether a sentence, as far as it was heard, is finished. Ordered by how much it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    /// No telling.
    #[default]
    Unknown,
    /// The beginning of a request, or it breaks off ("set a timer for").
    Incomplete,
    /// A whole request; nothing more is to be expected.
    Complete,
}
