//! The reflexes as a person meets them: whole sentences in, answers out, on the data files that ship.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

mod complete;
mod english;
mod german;
mod memory;
mod talk;
mod timers;
mod weird;
