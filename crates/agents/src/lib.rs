//! How it thinks: reflexes for everyday requests, and the ReAct turn of a language model with tools for the rest.
//!
//! The assistant asks [`reflex::Reflexes`] first. Both floors share the same timers and the same calculator, so a
//! timer set by one is listed and cancelled by the other. Nothing here speaks, listens or sleeps.

pub mod calc;
pub mod machine;
pub mod noting;
pub mod persona;
pub mod react;
pub mod recollection;
pub mod reflex;
pub mod summary;
pub mod timers;
pub mod tools;
