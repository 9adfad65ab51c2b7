//! The knowledge graph: people, organisations, places and things, and how these are related, as facts and documents say it.
//!
//! It is read from them by the patterns of `relations/*.toml` whenever one is kept, in the same transaction, so that it says
//! nothing that they do not say: what no longer holds there holds no longer here, and what is forgotten there is forgotten here.

mod analysis;
mod ask;
mod entities;
mod export;
mod inference;
mod language;
mod network;
mod phrase;
mod reader;
mod relate;

pub use analysis::{GraphStats, Link, Node, Picture};
pub use ask::Asked;
pub use entities::{Entity, EntityKind, Named};
pub use export::GraphFormat;
pub use network::Relation;
pub(crate) use relate::{
    contradicted, read_again_without, read_where_rules_changed, relate_chunk, relate_chunks, relate_fact,
};
