//! Whole journeys, on real models and real sound.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

mod acting;
mod attachments;
mod bad_input;
mod desktop;
mod encryption;
mod hear;
mod install;
mod keys;
mod listen;
mod memory;
mod retrieval;
mod say;
mod serve;
mod teach;
mod trial;
