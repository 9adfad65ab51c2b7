//! Programs that a row of the table cannot describe: their words are a language of their own.

mod changes;
mod scripts;
mod texts;

pub(super) use changes::*;
pub(super) use scripts::*;
pub(super) use texts::*;
