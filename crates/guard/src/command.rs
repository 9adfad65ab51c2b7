//! Command lines, taken apart whole: every program that would run, what is read, written and reached.

use serde::{Deserialize, Serialize};

use crate::act::Risk;

/// A command line, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandLine {
    /// As it was given.
    pub text: String,
    /// Every program that it would run, in order, those in substitutions and pipes too. Names, not paths.
    pub programs: Vec<String>,
    /// How much harm it can do, outside of any sandbox.
    pub risk: Risk,
    /// Why, one short phrase each: "removes files", "reaches the network".
    pub reasons: Vec<String>,
    /// Whether all of it was understood. What was not is critical.
    pub understood: bool,
}
