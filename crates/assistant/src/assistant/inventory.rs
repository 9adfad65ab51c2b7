//! What there is: models, microphones and speakers, and the machine, as pages show them.

use jarvis_audio::{Direction, devices};
use jarvis_core::Failure;
use jarvis_models::{ModelState, ModelStatus, Stage, Voice, recommend};
use serde::Serialize;

use super::Assistant;

/// How a model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelStanding {
    /// Nothing of it is there.
    Missing,
    /// Some of it is there: a download was stopped or broke off, and can go on.
    Partial,
    /// There, with the right sizes.
    Installed,
    /// Being fetched.
    Fetching,
    /// A file of it has the wrong size.
    Damaged,
}

/// A model of the catalogue, as a page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelEntry {
    /// Its id in the catalogue.
    pub id: String,
    /// Its name for a person.
    pub name: String,
    /// What it is for.
    pub stage: Stage,
    /// Its licence.
    pub licence: String,
    /// Where it comes from.
    pub origin: String,
    /// Its languages, ISO 639-1.
    pub languages: Vec<String>,
    /// Those who speak through it, where it holds several voices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<Voice>,
    /// What to know before using it.
    pub note: Option<String>,
    /// Bytes on disk when it is there, else about how many it will be.
    pub size_bytes: u64,
    /// Whether it is what this machine should have.
    pub recommended: bool,
    /// How it stands.
    pub state: ModelStanding,
    /// Bytes there, while it is being fetched or when that was stopped; else 0.
    pub done_bytes: u64,
}

/// A microphone or a speaker, as a page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceInfo {
    /// Its name, which can be configured.
    pub name: String,
    /// Whether the system has chosen it.
    pub default: bool,
}

/// What the machine has, as a page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Machine {
    /// Processor cores that Jarvis may use.
    pub cores: usize,
    /// Memory, of the container where one limits it.
    pub memory_bytes: u64,
    /// The first graphics card, by its maker and, where the driver says, its model.
    pub gpu: Option<String>,
    /// Room for models.
    pub disk_free_bytes: u64,
    /// Whether there is a microphone.
    pub microphones: bool,
    /// Whether there is a speaker.
    pub speakers: bool,
}

impl Assistant {
    /// Every model of the catalogue.
    pub fn models(&self) -> Vec<ModelEntry> {
        let parts = self.parts();
        let manifest = parts.setup.catalog.manifest();
        let recommended: Vec<String> = recommend(manifest, parts.setup.hardware())
            .into_values()
            .filter_map(|ids| ids.into_iter().next())
            .collect();
        let entry = |(model, fetched): (ModelStatus, Option<u64>)| ModelEntry {
            origin: manifest.model(&model.id).map(|m| m.origin.clone()).unwrap_or_default(),
            voices: manifest.model(&model.id).map(|m| m.voices.clone()).unwrap_or_default(),
            recommended: recommended.contains(&model.id),
            state: match model.state {
                _ if fetched.is_some() => ModelStanding::Fetching,
                ModelState::Installed => ModelStanding::Installed,
                ModelState::Damaged => ModelStanding::Damaged,
                ModelState::Partial => ModelStanding::Partial,
                ModelState::Missing => ModelStanding::Missing,
            },
            done_bytes: fetched.unwrap_or(if model.state == ModelState::Partial {
                model.done_bytes
            } else {
                0
            }),
            id: model.id,
            name: model.name,
            stage: model.stage,
            licence: model.licence,
            languages: model.languages,
            note: model.note,
            size_bytes: model.size_bytes,
        };
        self.downloads.list().into_iter().map(entry).collect()
    }

    /// Whether the catalogue has a model of that name.
    pub fn knows_model(&self, id: &str) -> bool {
        self.parts().setup.catalog.manifest().model(id).is_some()
    }

    /// The language models that the configured provider has.
    pub async fn chat_models(&self) -> Result<Vec<String>, Failure> {
        self.parts().setup.chat_models().await
    }

    /// The microphones and the speakers that there are.
    pub async fn devices(&self) -> (Vec<DeviceInfo>, Vec<DeviceInfo>) {
        let list = |direction| {
            let all = devices::list(direction).into_iter();
            all.map(|d| DeviceInfo { name: d.name, default: d.default }).collect()
        };
        let listed =
            tokio::task::spawn_blocking(move || (list(Direction::Input), list(Direction::Output))).await;
        listed.expect("listing devices does not panic")
    }

    /// What the machine has.
    pub async fn machine(&self) -> Result<Machine, Failure> {
        let parts = self.parts();
        let hardware = parts.setup.hardware();
        let (inputs, outputs) = self.devices().await;
        Ok(Machine {
            cores: hardware.cores,
            memory_bytes: hardware.ram_mb * 1024 * 1024,
            gpu: hardware.gpu.as_ref().map(|gpu| gpu.name.clone()),
            disk_free_bytes: parts.setup.catalog.free_bytes().map_err(|e| e.failure())?,
            microphones: !inputs.is_empty(),
            speakers: !outputs.is_empty(),
        })
    }
}
