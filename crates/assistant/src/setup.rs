//! From configuration and catalogue to running parts. Every part that cannot be had says why and what to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jarvis_agents::react::Limits;
use jarvis_core::config::{EndBy, InterruptBy, Provider, Turn, VadEngine, Wake, WakeEngine};
use jarvis_core::paths::Paths;
use jarvis_core::{Code, Config, Failure};
use jarvis_engine::{Engine, EngineSpec, llm};
use jarvis_llm::{AnthropicModel, ChatModel, EmbeddedModel, Fallback, OllamaModel, OpenAiModel};
use jarvis_memory::DocumentEngine;
use jarvis_models::{Hardware, ModelCatalog, ModelState, Stage, recommend};
use jarvis_tools::EyesEngine;
use jarvis_voice::endpoint::EndpointConfig;
use jarvis_voice::session::{Session, SessionConfig};
use jarvis_voice::speech::SpeechEngine;
use jarvis_voice::stt::{Transcriber, WhisperTranscriber};
use jarvis_voice::tts::{Accent, EngineVoice, Language, Synthesizer, VoiceFiles, VoiceModel};
use jarvis_voice::turn_end::SmartTurn;
use jarvis_voice::vad::{SileroVad, Vad, WebRtcVad};
use jarvis_voice::wake::{
    OpenWakeWord, OpenWakeWordFiles, Porcupine, PorcupineFiles, SecondLook, WakeConfig, WakeDetector,
};
use jiff::Timestamp;

use crate::bus::EventBus;
use crate::journal::Journal;
use crate::keys::KeyName;
use crate::mouth::Mouth;
use crate::trial::WakeOnTrial;
use crate::wake_words::{WakeWordOrigin, written};
use crate::{memory, settings, voices};

/// How long an Ollama server that may not be there is waited for.
const PROBE: Duration = Duration::from_millis(300);

const SPEECH_PROGRAM: &str = "jarvis-engine-speech";

/// Everything that parts are made from.
pub struct Setup {
    /// The settings in force.
    pub config: Config,
    /// Where things are kept.
    pub paths: Paths,
    /// The model files.
    pub catalog: Arc<ModelCatalog>,
    hardware: Hardware,
    speech: Arc<SpeechEngine>,
}

impl Setup {
    /// Reads the configuration and looks at the machine.
    pub fn load() -> Result<Self, Failure> {
        let paths = crate::paths();
        let config = settings::load(&paths.config_file())?;
        let catalog = Arc::new(catalog(&paths)?);
        let hardware = Hardware::detect();
        let speech = Arc::new(Engine::new(speech_engine(&config, &hardware)));
        Ok(Self { config, paths, catalog, hardware, speech })
    }

    /// Where everything that happens is told and recorded. What is wrong with what is kept is told first.
    pub fn bus(&self) -> Result<EventBus, Failure> {
        let (memory, recovered) = memory::open(&self.paths, &self.catalog)?;
        let bus = EventBus::new(Journal::open(memory, Timestamp::now())?);
        if let Some(failure) = recovered {
            bus.say_unasked(failure.message.clone());
            bus.fail(None, failure);
        }
        Ok(bus)
    }

    /// The machine.
    pub fn hardware(&self) -> &Hardware {
        &self.hardware
    }

    /// The model to use for a stage: the configured one, or the best that is installed.
    pub fn model(&self, stage: Stage, configured: &str) -> Result<String, Failure> {
        if configured != "auto" {
            return Ok(configured.to_string());
        }
        let ids = recommend(self.catalog.manifest(), &self.hardware).remove(&stage).unwrap_or_default();
        if let Some(id) = self.catalog.first_installed(&ids) {
            return Ok(id.to_string());
        }
        // What does not suit the machine is still better than nothing, when it is there. What is there and damaged is
        // chosen last: using it tells the person what to repair.
        let there = |wanted: ModelState| {
            let models = self.catalog.list().into_iter();
            models.filter(|m| m.stage == stage && m.state == wanted).map(|m| m.id).next()
        };
        there(ModelState::Installed).or_else(|| there(ModelState::Damaged)).ok_or_else(|| {
            let message = format!("No model for {stage} is installed.");
            Failure::new(
                Code::ModelMissing,
                message,
                "Fetch what this machine needs with `jarvis models pull`.",
            )
        })
    }

    /// Path of a model's one file, or of the one with this ending.
    pub(crate) fn file(&self, id: &str, ending: &str) -> Result<PathBuf, Failure> {
        let model = self.catalog.manifest().model(id).ok_or_else(|| {
            let message = format!("The catalogue has no model {id:?}.");
            Failure::new(Code::BadConfig, message, "Choose one that `jarvis models list` shows.")
        })?;
        let file = model.files.iter().find(|f| f.name.contains(ending)).ok_or_else(|| {
            let message = format!("The model {id} is of another kind than what it is used for.");
            Failure::new(Code::BadConfig, message, "Choose one of the right stage from `jarvis models list`.")
        })?;
        self.catalog.path(id, &file.name).map_err(|e| e.failure())
    }

    fn onnxruntime(&self) -> Result<PathBuf, Failure> {
        self.file("onnxruntime", "libonnxruntime")
    }

    /// The wake-word detector; none when it is switched off.
    pub fn wake(&self) -> Result<Option<Box<dyn WakeDetector>>, Failure> {
        self.config.wake.enabled.then(|| self.wake_detector_with(self.wake_config())).transpose()
    }

    /// What hears the wake word on trial, as a conversation does, switched off or not.
    pub(crate) fn wake_on_trial(&self) -> Result<WakeOnTrial, Failure> {
        let session = self.hearing(&self.config.turn, true)?;
        // Without a recogniser the detector decides alone, as in a conversation.
        let transcriber = self.transcriber(&self.speech).ok().filter(|_| self.config.wake.second_look);
        let second_look = transcriber.map(|transcriber| Arc::new(self.second_look(transcriber)));
        Ok(WakeOnTrial::new(session, second_look))
    }

    fn wake_config(&self) -> WakeConfig {
        let Wake { threshold, patience, refractory_ms, .. } = self.config.wake;
        WakeConfig { threshold, patience, refractory_ms }
    }

    fn wake_detector_with(&self, config: WakeConfig) -> Result<Box<dyn WakeDetector>, Failure> {
        let wake = &self.config.wake;
        Ok(match wake.engine {
            WakeEngine::OpenWakeWord => {
                self.start_onnxruntime()?;
                let files = OpenWakeWordFiles {
                    melspectrogram: self.file("openwakeword-features", "melspectrogram")?,
                    embedding: self.file("openwakeword-features", "embedding")?,
                    head: self.head(&wake.model)?,
                };
                Box::new(OpenWakeWord::open(&files, config).map_err(|e| e.failure())?)
            }
            WakeEngine::Porcupine => {
                let porcupine = &wake.porcupine;
                let files = PorcupineFiles {
                    library: porcupine.library.clone().into(),
                    model: porcupine.model.clone().into(),
                    keyword: porcupine.keyword.clone().into(),
                };
                let key = KeyName::Porcupine.find(&self.config)?.unwrap_or_default();
                Box::new(Porcupine::open(&files, &key, config).map_err(|e| e.failure())?)
            }
        })
    }

    fn vad(&self) -> Result<Box<dyn Vad>, Failure> {
        Ok(match self.config.vad.engine {
            VadEngine::Silero => {
                self.start_onnxruntime()?;
                let file = self.file("silero-vad", ".onnx")?;
                Box::new(SileroVad::open(&file).map_err(|e| e.failure())?)
            }
            VadEngine::WebRtc => Box::new(WebRtcVad::new()),
        })
    }

    /// What hears whether a request has been finished; none where silence alone ends it, or where its model was never fetched:
    /// then words and silence do.
    fn turn_end(&self, end_by: EndBy) -> Result<Option<SmartTurn>, Failure> {
        if end_by == EndBy::Silence || self.catalog.first_installed(&["smart-turn"]).is_none() {
            return Ok(None);
        }
        self.start_onnxruntime()?;
        let file = self.file("smart-turn", ".onnx")?;
        SmartTurn::open(&file).map(Some).map_err(|e| e.failure())
    }

    pub(crate) fn start_onnxruntime(&self) -> Result<(), Failure> {
        jarvis_voice::onnx::init(&self.onnxruntime()?).map_err(|e| e.failure())
    }

    /// The turn-taking of a voice conversation.
    pub fn session(&self) -> Result<Session, Failure> {
        let mut turn = self.config.turn.clone();
        if turn.interrupt_by == InterruptBy::Speech && !self.config.audio.echo_cancellation {
            // Jarvis would hear itself talk.
            turn.interrupt_by = InterruptBy::Words;
        }
        self.session_with(&turn)
    }

    /// The same by other rules than those that are set.
    pub fn session_with(&self, turn: &Turn) -> Result<Session, Failure> {
        let wake = &self.config.wake;
        let mut session = self.hearing(turn, wake.enabled)?;
        if wake.enabled {
            let own_voice = self.wake_detector_with(self.wake_config().own_voice(wake.second_look))?;
            session = session.with_own_voice(own_voice);
        }
        Ok(match self.turn_end(turn.end_by)? {
            Some(turn_end) => session.with_turn_end(Box::new(turn_end)),
            None => session,
        })
    }

    /// A session that hears, by the wake word too where that is wanted, but neither itself nor whether a request sounds finished.
    fn hearing(&self, turn: &Turn, by_wake_word: bool) -> Result<Session, Failure> {
        let config = SessionConfig {
            endpoint: EndpointConfig {
                threshold: self.config.vad.threshold,
                min_silence_ms: match turn.end_by {
                    EndBy::Speech => turn.min_silence_ms,
                    EndBy::Silence => turn.max_silence_ms,
                },
                max_silence_ms: turn.max_silence_ms,
            },
            no_speech_ms: turn.no_speech_ms,
            max_request_ms: turn.max_request_ms,
            follow_up_ms: turn.follow_up_ms,
            partials: self.config.stt.partials,
            interrupt_by: turn.interrupt_by,
            interrupt_after_ms: turn.interrupt_after_ms,
        };
        let (wake, own) = (&self.config.wake, self.wake_config());
        let heard = if wake.second_look { own.looked_at() } else { own };
        let detector = by_wake_word.then(|| self.wake_detector_with(heard)).transpose()?;
        let session = Session::new(config, detector, self.vad()?);
        Ok(if by_wake_word && wake.second_look {
            session.with_second_look(wake.threshold, wake.refractory_ms)
        } else {
            session
        })
    }

    /// The one speech engine, to which [`Self::transcriber`] and [`Self::synthesizer`] speak. The first of them that is
    /// used starts it.
    pub fn speech_engine(&self) -> Arc<SpeechEngine> {
        Arc::clone(&self.speech)
    }

    /// A speech engine beside that one, not started yet. It is to speak only, which takes no graphics card.
    pub(crate) fn speaking_engine(&self) -> Arc<SpeechEngine> {
        engine(&self.config, "speech engine", SPEECH_PROGRAM)
    }

    /// The language-model engine, not started yet.
    pub fn llm_engine(&self) -> Arc<Engine<llm::Request, llm::Reply>> {
        engine(&self.config, "language-model engine", "jarvis-engine-llm")
    }

    /// The reader of documents, not started yet.
    pub fn document_engine(&self) -> Arc<DocumentEngine> {
        engine(&self.config, "reader of documents", "jarvis-engine-documents")
    }

    /// The eyes: they take and read pictures of the screen. Not started yet.
    pub fn eyes_engine(&self) -> Arc<EyesEngine> {
        engine(&self.config, "eyes", "jarvis-engine-eyes")
    }

    /// Speech to text.
    pub fn transcriber(&self, engine: &Arc<SpeechEngine>) -> Result<Arc<dyn Transcriber>, Failure> {
        let id = self.model(Stage::Stt, &self.config.stt.model)?;
        Ok(Arc::new(WhisperTranscriber::new(Arc::clone(engine), self.file(&id, ".bin")?)))
    }

    /// Who speaks: the voice that the configuration names, or the best that is installed.
    pub fn voice_id(&self) -> Result<String, Failure> {
        self.model(Stage::Tts, &self.config.tts.voice)
    }

    /// Text to speech.
    pub fn synthesizer(&self, engine: &Arc<SpeechEngine>) -> Result<Arc<dyn Synthesizer>, Failure> {
        self.voice(engine, &self.voice_id()?)
    }

    /// Text to speech by a certain voice of the catalogue; whether Piper or Kokoro speaks follows from it.
    pub fn voice(&self, engine: &Arc<SpeechEngine>, id: &str) -> Result<Arc<dyn Synthesizer>, Failure> {
        let (files, language) = self.voice_files(id)?;
        Ok(Arc::new(EngineVoice::new(Arc::clone(engine), files, language)))
    }

    /// The files of a voice of the catalogue, and what it speaks.
    pub(crate) fn voice_files(&self, id: &str) -> Result<(VoiceFiles, Language), Failure> {
        let (model, voice) = self.catalog.manifest().voice(id).ok_or_else(|| {
            let remedy = "Choose one that `jarvis models list` shows.";
            Failure::new(Code::BadConfig, format!("There is no voice {id:?}."), remedy)
        })?;
        let language = Language::of_tag(model.speaks(voice).unwrap_or("en"));
        let model = match voice {
            None => VoiceModel::Piper { config: self.file(&model.id, ".onnx.json")? },
            Some(voice) => VoiceModel::Kokoro {
                model: self.file(&model.id, ".onnx")?,
                style: self.file(&model.id, "voices")?.join(format!("{}.bin", voice.id)),
                accent: match language {
                    Language::American => Accent::American,
                    _ => Accent::British,
                },
            },
        };
        let files = VoiceFiles {
            voice: model,
            onnxruntime: self.onnxruntime()?,
            espeak_data_parent: self
                .file("espeak-ng-data", "espeak-ng-data")?
                .parent()
                .map(PathBuf::from)
                .unwrap_or_default(),
        };
        Ok((files, language))
    }

    /// What speaks to the person: the configured voice at the configured speed, and for a language that it does not speak the best
    /// installed one that does.
    pub fn mouth(&self, bus: EventBus) -> Result<Mouth, Failure> {
        let own = self.voice_id()?;
        let mouth = self.mouth_of(&own, self.config.tts.speed, bus)?;
        let engine = self.speech_engine();
        let others = voices::beside(self.catalog.manifest(), &own, &self.installed_voices());
        // Where one cannot be had, the configured one speaks that language too.
        let others = others.into_iter().filter_map(|(code, id)| Some((code, self.voice(&engine, &id).ok()?)));
        Ok(mouth.with_others(others.collect()))
    }

    /// The installed models that speak: those that suit the machine first, and of these the best.
    fn installed_voices(&self) -> Vec<String> {
        let manifest = self.catalog.manifest();
        let mut ids = recommend(manifest, &self.hardware).remove(&Stage::Tts).unwrap_or_default();
        ids.extend(manifest.stage(Stage::Tts).map(|model| model.id.clone()));
        ids.retain(|id| self.catalog.installed(id));
        ids
    }

    /// What speaks with one voice, at another speed.
    pub fn mouth_of(&self, voice: &str, speed: f32, bus: EventBus) -> Result<Mouth, Failure> {
        let synthesizer = self.voice(&self.speech_engine(), voice)?;
        Ok(Mouth::new(synthesizer, speed, self.paths.pronunciation_file(), bus))
    }

    /// The language model that the configuration names, or what answers.
    pub async fn chat_model(&self) -> Result<Arc<dyn ChatModel>, Failure> {
        let llm = &self.config.llm;
        let named = (llm.model != "auto").then(|| llm.model.clone());
        Ok(match llm.provider {
            Provider::Embedded => self.embedded()?,
            Provider::Auto => match (self.running_ollama().await, self.embedded()) {
                (Some(first), Ok(embedded)) => {
                    Arc::new(Fallback::new(self.ollama(&named.unwrap_or(first)), embedded))
                }
                (Some(first), Err(_)) => self.ollama(&named.unwrap_or(first)),
                (None, embedded) => embedded?,
            },
            Provider::Ollama => match named {
                Some(name) => self.ollama(&name),
                None => self.ollama(&self.first_of_ollama().await?),
            },
            Provider::OpenAi => {
                let remote = &llm.openai;
                let key = self.openai_key().await;
                let server = |model: &str| {
                    OpenAiModel::new(&remote.url, model, key.clone(), &remote.api_key_env, llm.timeout())
                };
                let name = match named {
                    Some(name) => name,
                    None => {
                        let models = server("").models().await.map_err(|e| e.failure())?;
                        models.into_iter().next().ok_or_else(no_model)?
                    }
                };
                Arc::new(server(&name))
            }
            Provider::Anthropic => {
                let remote = &llm.anthropic;
                let key_env = &remote.api_key_env;
                let key = self.key(KeyName::Anthropic).await?.ok_or_else(|| {
                    let remedy = format!(
                        "Put it into the keyring with `jarvis keys set anthropic`, or into the environment variable {key_env}."
                    );
                    Failure::new(Code::Unauthorized, "Anthropic needs a key.", remedy)
                })?;
                Arc::new(AnthropicModel::new(
                    &remote.url,
                    &named.ok_or_else(no_model)?,
                    key,
                    key_env,
                    llm.timeout(),
                ))
            }
        })
    }

    /// A key, if there is one.
    async fn key(&self, name: KeyName) -> Result<Option<String>, Failure> {
        let config = self.config.clone();
        let found = tokio::task::spawn_blocking(move || name.find(&config));
        found.await.expect("looking for a key does not panic")
    }

    /// A local server may need none: where no keyring can be used it is asked without one, and says so itself.
    async fn openai_key(&self) -> Option<String> {
        self.key(KeyName::OpenAi).await.unwrap_or_else(|failure| {
            tracing::warn!(code = ?failure.code, "no key could be looked for");
            None
        })
    }

    fn ollama(&self, model: &str) -> Arc<OllamaModel> {
        let llm = &self.config.llm;
        Arc::new(OllamaModel::new(&llm.ollama.url, model, llm.context_length, llm.timeout()))
    }

    /// The first model of an Ollama server that runs, asked in passing: nobody waits for one that does not answer.
    async fn running_ollama(&self) -> Option<String> {
        let asked = tokio::time::timeout(PROBE, OllamaModel::models(&self.config.llm.ollama.url)).await;
        asked.ok()?.ok()?.into_iter().next()
    }

    async fn first_of_ollama(&self) -> Result<String, Failure> {
        let models = OllamaModel::models(&self.config.llm.ollama.url).await.map_err(|e| e.failure())?;
        models.into_iter().next().ok_or_else(no_model)
    }

    /// The language models to choose from: those of the provider that is used, by name.
    pub async fn chat_models(&self) -> Result<Vec<String>, Failure> {
        let llm = &self.config.llm;
        let catalogue = || {
            let models = self.catalog.list().into_iter();
            models
                .filter(|m| m.stage == Stage::Llm && m.state == ModelState::Installed)
                .map(|m| m.id)
                .collect()
        };
        let ollama = || OllamaModel::models(&llm.ollama.url);
        match llm.provider {
            Provider::Embedded => Ok(catalogue()),
            Provider::Auto => match tokio::time::timeout(PROBE, ollama()).await {
                Ok(Ok(models)) if !models.is_empty() => Ok(models),
                _ => Ok(catalogue()),
            },
            Provider::Ollama => ollama().await.map_err(|e| e.failure()),
            Provider::OpenAi => {
                let remote = &llm.openai;
                let key = self.openai_key().await;
                let server = OpenAiModel::new(&remote.url, "", key, &remote.api_key_env, llm.timeout());
                server.models().await.map_err(|e| e.failure())
            }
            // It has no list that can be asked for without choosing for the person.
            Provider::Anthropic => Ok(Vec::new()),
        }
    }

    fn embedded(&self) -> Result<Arc<EmbeddedModel>, Failure> {
        let llm = &self.config.llm;
        // A name given for "auto" may be Ollama's; the catalogue knows its own.
        let known = self.catalog.manifest().model(&llm.model).is_some();
        let configured =
            if known || llm.provider == Provider::Embedded { llm.model.as_str() } else { "auto" };
        let id = self.model(Stage::Llm, configured)?;
        let file = self.file(&id, ".gguf")?;
        Ok(Arc::new(EmbeddedModel::new(self.llm_engine(), file, llm.context_length)))
    }

    /// Bounds of a turn of the language model.
    pub fn limits(&self) -> Limits {
        let llm = &self.config.llm;
        Limits { max_steps: llm.max_steps, max_tokens: llm.max_tokens, temperature: llm.temperature }
    }

    /// Languages that are spoken to Jarvis, ISO 639-1: as configured, else the system's and English.
    pub fn languages(&self) -> Vec<String> {
        if !self.config.stt.languages.is_empty() {
            return self.config.stt.languages.clone();
        }
        let mut languages: Vec<String> = Vec::new();
        for locale in sys_locale::get_locales().chain(["en".to_string()]) {
            // "de-AT" and "zh-Hans-CN" begin with the language; "C" and "POSIX" name none.
            let code = locale.split('-').next().unwrap_or_default().to_lowercase();
            if code.len() == 2 && !languages.contains(&code) {
                languages.push(code);
            }
        }
        languages
    }

    /// Words to expect in any case: the wake phrase, of whose spellings this hint makes the right one the likely one, and the
    /// person's own.
    pub fn vocabulary(&self) -> Vec<String> {
        std::iter::once(self.wake_phrase()).chain(self.config.stt.vocabulary.iter().cloned()).collect()
    }

    /// What tells the wake word in use from what is only like it.
    pub fn second_look(&self, transcriber: Arc<dyn Transcriber>) -> SecondLook {
        let word = self.wake_word_in_use();
        let taught = word.is_some_and(|word| word.origin == WakeWordOrigin::Taught);
        self.second_look_for(transcriber, &self.wake_phrase(), taught, self.config.wake.threshold)
    }

    /// The same for another wake word. Those that ship are English, one that was `taught` is in the person's language.
    pub fn second_look_for(
        &self,
        transcriber: Arc<dyn Transcriber>,
        phrase: &str,
        taught: bool,
        threshold: f32,
    ) -> SecondLook {
        let language = self.languages().into_iter().next().filter(|_| taught);
        SecondLook::new(transcriber, written(phrase), language.unwrap_or_else(|| "en".into()), threshold)
    }
}

fn engine<Req, Rep>(config: &Config, name: &'static str, program: &str) -> Arc<Engine<Req, Rep>>
where
    Req: serde::Serialize + Send + Sync + 'static,
    Rep: serde::de::DeserializeOwned + Send + 'static,
{
    Arc::new(Engine::new(engine_spec(config, name, program)))
}

fn engine_spec(config: &Config, name: &'static str, program: &str) -> EngineSpec {
    let minutes = config.engines.idle_stop_minutes;
    EngineSpec {
        name,
        program: beside_this_program(program),
        fallback: None,
        args: Vec::new(),
        idle_stop: (minutes > 0).then(|| Duration::from_secs(minutes * 60)),
    }
}

/// The speech engine that uses the graphics card, where there is a card and that engine was built; else, and when it dies of the
/// card's driver, the one that computes on the processor.
fn speech_engine(config: &Config, hardware: &Hardware) -> EngineSpec {
    let mut spec = engine_spec(config, "speech engine", SPEECH_PROGRAM);
    let on_the_card = beside_this_program("jarvis-engine-speech-gpu");
    if config.stt.gpu && hardware.gpu.is_some() && on_the_card.is_file() {
        spec.fallback = Some(std::mem::replace(&mut spec.program, on_the_card));
    }
    spec
}

fn no_model() -> Failure {
    let remedy = "Name one with `jarvis config set llm.model NAME`.";
    Failure::new(Code::LlmModelMissing, "No language model is chosen, and the provider offers none.", remedy)
}

/// The model files: the person's own, and those that a package has brought along in `lib/jarvis/models` beside the
/// program's `bin`.
pub fn catalog(paths: &Paths) -> Result<ModelCatalog, Failure> {
    let catalog = ModelCatalog::open(paths.models()).map_err(|e| e.failure())?;
    Ok(match folder_of_this_program() {
        Some(bin) => catalog.with_shipped(bin.join("../lib/jarvis/models")),
        None => catalog,
    })
}

/// The engines are installed beside the program that starts them.
fn beside_this_program(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    folder_of_this_program().map_or_else(|| PathBuf::from(&file), |dir| dir.join(&file))
}

fn folder_of_this_program() -> Option<PathBuf> {
    std::env::current_exe().ok()?.parent().map(PathBuf::from)
}
