//! The link between Jarvis and its engine processes.
//!
//! Native inference code can crash with a driver, hold gigabytes or clash with other native code,
//! so it lives in executables of its own. This room holds what both ends share: the [`wire`]
//! format, the protocols ([`speech`], [`llm`], [`documents`], [`eyes`]), the parent's end ([`Engine`]: starts the child on
//! demand, notices its death, starts it again) and the child's end ([`serve`]).
//!
//! Requests are complete in themselves: they name the model file they need, and the child keeps what it
//! has loaded. So nothing has to be replayed after a crash; the next request simply works.

mod client;
pub mod documents;
pub mod eyes;
pub mod llm;
mod server;
pub mod speech;
pub mod wire;

pub use client::{Engine, EngineError, EngineSpec, Replies};
pub use server::{Handler, Responder, serve};
pub use wire::{Fault, FaultCode};
