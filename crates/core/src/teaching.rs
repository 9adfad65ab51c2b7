//! A wake word that is being taught, as events and pages tell it.

use serde::{Deserialize, Serialize};

use crate::Failure;

/// How far the teaching of a wake word is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Teaching {
    /// The phrase, in lower case.
    pub phrase: String,
    /// Good recordings of it so far; none any more once it has been trained.
    pub recordings: u32,
    /// So many must there be before it is trained.
    pub wanted: u32,
    /// What is being done.
    pub step: TeachingStep,
}

/// What is done of a [`Teaching`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TeachingStep {
    /// The person records it.
    Recording {
        /// Why the training that was last begun failed; none where it did not fail, or was stopped.
        failure: Option<Failure>,
    },
    /// It is being trained.
    Training {
        /// What the training does.
        stage: TrainingStage,
        /// How much of it is done.
        done: u64,
        /// Of how much; 0 while that is not known.
        of: u64,
    },
    /// It has been trained and measured.
    Measured {
        /// How well it hears.
        measured: Measured,
        /// The id of the wake word; none where it does not hear well enough to be used, and was not kept.
        word: Option<String>,
    },
}

/// What a training does, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TrainingStage {
    /// Voices say what is to be learned.
    Speaking,
    /// It is heard in rooms and over noises.
    Hearing,
    /// The wake word is learned.
    Learning,
}

/// How a wake word did on recordings and voices that it did not learn from, in rooms and over noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Measured {
    /// Times that it was said.
    pub phrases: u64,
    /// Of these, missed.
    pub missed: u64,
    /// Hours of talk and noise without it.
    pub hours: f64,
    /// How often something in them was taken for it.
    pub false_accepts: u64,
}
