//! Which voice speaks which language.

use std::collections::BTreeMap;

use jarvis_models::Manifest;

/// Who speaks the languages that `own` does not: for each, by its ISO 639-1 code, the first voice of `models`, which are those
/// that may be used, the best first.
pub(crate) fn beside(manifest: &Manifest, own: &str, models: &[String]) -> BTreeMap<String, String> {
    let mut voices = BTreeMap::new();
    for model in models.iter().filter_map(|id| manifest.model(id)) {
        // A model with one voice is that voice, and speaks what stands first.
        let single = model.languages.first().filter(|_| model.voices.is_empty()).map(|tag| (tag, &model.id));
        for (tag, id) in model.voices.iter().map(|voice| (&voice.language, &voice.id)).chain(single) {
            voices.entry(code(tag)).or_insert_with(|| id.clone());
        }
    }
    if let Some((model, voice)) = manifest.voice(own)
        && let Some(tag) = model.speaks(voice)
    {
        voices.remove(&code(tag));
    }
    voices
}

/// "en" of "en-GB".
fn code(tag: &str) -> String {
    tag.split('-').next().unwrap_or(tag).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_the_best_voice_there_is() {
        let (joe, alan, thorsten) = ("piper-en-us-joe", "piper-en-gb-alan", "piper-de-de-thorsten");
        let check = |own: &str, models: &[&str], expected: &[(&str, &str)]| {
            let models: Vec<String> = models.iter().map(|id| (*id).to_string()).collect();
            let voices = beside(&Manifest::embedded(), own, &models);
            let voices: Vec<(&str, &str)> =
                voices.iter().map(|(code, id)| (code.as_str(), id.as_str())).collect();
            assert_eq!(voices, expected, "{own} beside {models:?}");
        };
        check("bm_george", &["kokoro", thorsten], &[("de", thorsten)]);
        check("af_heart", &["kokoro", alan, thorsten], &[("de", thorsten)]);
        check(thorsten, &["kokoro", joe, thorsten], &[("en", "bm_george")]);
        check(thorsten, &[joe, alan, thorsten], &[("en", joe)]);
        check("kokoro", &["kokoro", joe], &[]);
        check(joe, &[], &[]);
        check("nobody", &[joe], &[("en", joe)]);
    }
}
