//! How well a head hears: what it misses, what it mistakes, and how soon it is sure.
//!
//! A test set is heard once and kept as sound and as embeddings ([`HeardSet`]), so that every head is measured on the very same sound,
//! and in seconds; a second look at what it detects takes minutes. The public set ([`public`]) is made by programs that training never hears.

mod curve;
mod folder;
mod heard;
mod looked;
mod public;
mod report;
mod statistics;

pub use curve::det_curve;
pub use folder::{negatives, positives};
pub use heard::{About, Condition, Heard, HeardSet};
pub use looked::{Look, measure_looked_at};
pub use public::{Hours, Programs, PublicSet};
pub use report::{Alarms, Latency, Measured, Rate, Report, Row, measure};
pub use statistics::{Interval, poisson, wilson};
