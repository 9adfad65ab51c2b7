//! A voice on trial: says a sentence as it would with other settings, without changing them.

use std::sync::Arc;

use jarvis_core::{Code, Failure};
use serde::Deserialize;

use crate::bus::EventBus;
use crate::mouth::Mouth;
use crate::setup::Setup;

/// Longest text, in characters.
const LONGEST: usize = 300;

/// What is said, by the language of the voice; the first where it speaks another one. The wake word is not in it.
const SENTENCES: [(&str, &str); 2] = [
    ("en", "Hello! This is how I sound. What can I do for you today?"),
    ("de", "Hallo! So klinge ich. Was kann ich heute für dich tun?"),
];

/// How it is to be said, and what. What is not given is as the settings have it.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The voice's id in the catalogue.
    pub voice: Option<String>,
    /// 0.5 (half) to 2.0 (double).
    #[cfg_attr(feature = "openapi", schema(minimum = 0.5, maximum = 2.0))]
    pub speed: Option<f32>,
    /// Up to 300 characters; a sentence in the voice's language when not given.
    #[cfg_attr(feature = "openapi", schema(max_length = 300))]
    pub text: Option<String>,
}

impl Preview {
    /// The mouth that says it, and the words.
    pub(crate) fn prepare(self, setup: &Setup, bus: &EventBus) -> Result<(Arc<Mouth>, String), Failure> {
        let wrong = |message: String| {
            let remedy = "Send what /api/docs describes.";
            Failure::new(Code::BadRequest, message, remedy)
        };
        let speed = self.speed.unwrap_or(setup.config.tts.speed);
        if !(0.5..=2.0).contains(&speed) {
            return Err(wrong(format!("The speed must be between 0.5 and 2, not {speed}.")));
        }
        let text = self.text.filter(|text| !text.trim().is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST) {
            return Err(wrong(format!("The text has more than {LONGEST} characters.")));
        }
        let id = match self.voice {
            Some(id) => id,
            None => setup.voice_id()?,
        };
        let Some((model, voice)) = setup.catalog.manifest().voice(&id) else {
            let remedy = "Choose one of those in the catalogue, see `jarvis models list`.";
            return Err(Failure::new(Code::NotFound, format!("There is no voice {id:?}."), remedy));
        };
        let text = text.unwrap_or_else(|| sentence(model.speaks(voice).unwrap_or("en")).to_string());
        Ok((Arc::new(setup.mouth_of(&id, speed, bus.clone())?), text))
    }
}

fn sentence(tag: &str) -> &'static str {
    let code = tag.split('-').next();
    SENTENCES.iter().find(|(language, _)| Some(*language) == code).unwrap_or(&SENTENCES[0]).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_speaks_its_own_language() {
        for (tag, beginning) in [("en-GB", "Hello"), ("de-DE", "Hallo"), ("de", "Hallo"), ("xx", "Hello")] {
            assert!(sentence(tag).starts_with(beginning), "{tag}");
        }
    }
}
