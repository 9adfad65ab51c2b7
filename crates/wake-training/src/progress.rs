//! How far training has come.

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Voices say what is to be learned.
    Speaking,
    /// It is heard in rooms and over noises.
    Hearing,
    /// The head learns.
    Learning,
    /// The head is measured.
    Measuring,
}

impl Stage {
    /// As a person reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Speaking => "speaking",
            Self::Hearing => "hearing",
            Self::Learning => "learning",
            Self::Measuring => "measuring",
        }
    }
}

/// Told how much of how much is done; from any thread.
pub type OnProgress<'a> = dyn Fn(Stage, u64, u64) + Send + Sync + 'a;
