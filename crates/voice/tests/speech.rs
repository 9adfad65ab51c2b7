//! Recognising and speaking on the real models, through the real engine process.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and lists what it measured"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use futures::StreamExt;
use jarvis_audio::{file, resample};
use jarvis_core::Code;
use jarvis_core::audio::{Pcm, SAMPLE_RATE, rms_dbfs};
use jarvis_engine::EngineSpec;
use jarvis_testkit::clips::{self, word_error_rate};
use jarvis_testkit::{models, program};
use jarvis_voice::speakable::speakable;
use jarvis_voice::speech::SpeechEngine;
use jarvis_voice::stt::{TranscribeOptions, Transcriber, Transcript, WhisperTranscriber, gate};
use jarvis_voice::tts::{Accent, EngineVoice, Language, SpeechError, Synthesizer, VoiceFiles, VoiceModel};

/// Recogniser, its file, and the mean word-error rate it may have on people and on synthetic voices.
const RECOGNISERS: [(&str, &str, f32, f32); 2] =
    [("whisper-base", "ggml-base.bin", 0.10, 0.20), ("whisper-tiny-en", "ggml-tiny.en.bin", 0.15, 0.30)];

fn engine() -> Arc<SpeechEngine> {
    Arc::new(SpeechEngine::new(EngineSpec {
        name: "speech engine",
        program: program("jarvis-engine-speech"),
        fallback: None,
        args: Vec::new(),
        idle_stop: None,
    }))
}

fn tiny() -> PathBuf {
    models::path("whisper-tiny-en", "ggml-tiny.en.bin")
}

fn joe() -> PathBuf {
    models::path("piper-en-us-joe", "en_US-joe-medium.onnx.json")
}

/// One of Piper's.
fn voice() -> VoiceFiles {
    files(VoiceModel::Piper { config: joe() })
}

/// One of Kokoro's.
fn kokoro(id: &str) -> VoiceFiles {
    files(VoiceModel::Kokoro {
        model: models::path("kokoro", "kokoro-v1.0.int8.onnx"),
        style: models::path("kokoro", "voices").join(format!("{id}.bin")),
        accent: if id.starts_with('b') { Accent::British } else { Accent::American },
    })
}

fn files(voice: VoiceModel) -> VoiceFiles {
    let data = models::path("espeak-ng-data", "espeak-ng-data");
    VoiceFiles {
        voice,
        onnxruntime: models::path("onnxruntime", "libonnxruntime.so.1.31.1"),
        espeak_data_parent: data.parent().expect("it has a parent").to_path_buf(),
    }
}

async fn hear(engine: &Arc<SpeechEngine>, model: &Path, samples: &[f32]) -> Result<Transcript, SpeechError> {
    let options = TranscribeOptions { languages: vec!["en".into()], ..TranscribeOptions::default() };
    WhisperTranscriber::new(Arc::clone(engine), model.into()).transcribe(samples, &options).await
}

fn speaker(engine: &Arc<SpeechEngine>, voice: VoiceFiles) -> EngineVoice {
    EngineVoice::new(Arc::clone(engine), voice, Language::British)
}

async fn say(engine: &Arc<SpeechEngine>, text: &str, speed: f32) -> Result<Pcm, SpeechError> {
    say_as(engine, voice(), text, speed).await
}

async fn say_as(
    engine: &Arc<SpeechEngine>,
    voice: VoiceFiles,
    text: &str,
    speed: f32,
) -> Result<Pcm, SpeechError> {
    let mut speech = speaker(engine, voice).synthesize(text, speed);
    let mut all = Pcm::default();
    while let Some(piece) = speech.next().await {
        let piece = piece?;
        all.sample_rate = piece.sample_rate;
        all.samples.extend(piece.samples);
    }
    Ok(all)
}

fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn speech_becomes_its_words() {
    let engine = engine();
    let mut table = String::new();
    for (id, file, of_people, of_voices) in RECOGNISERS {
        let model = models::path(id, file);
        for (kind, ceiling) in [("human", of_people), ("synthetic", of_voices)] {
            let mut rates = Vec::new();
            for clip in clips::all().into_iter().filter(|clip| clip.kind == kind) {
                let samples = file::read_16k(&clip.path()).unwrap();
                let heard = hear(&engine, &model, &samples).await.unwrap();
                let rate = clip.word_error_rate(&heard.text);
                writeln!(table, "{id:<16} {rate:.2}  {:<45} {:<24} {}", clip.file, clip.voice, heard.text)
                    .unwrap();
                let voiced_ms = samples.len() as u64 / 32;
                let plausible = gate::plausible(&heard, voiced_ms, rms_dbfs(&samples)).is_some();
                assert!(plausible, "{} was refused", clip.file);
                rates.push(rate);
            }
            let mean = rates.iter().sum::<f32>() / rates.len() as f32;
            writeln!(table, "{id:<16} {mean:.3} word-error rate, mean of {} {kind} clips", rates.len())
                .unwrap();
            assert!(mean <= ceiling, "{id}, {kind}: {mean}\n{table}");
        }
    }
    // Past the test harness, which keeps what a test prints to itself.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
}

/// Two seconds of things that are no speech, by their names.
fn noises() -> Vec<(&'static str, Vec<f32>)> {
    let mut seed = 1_u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let second = |i: usize| i as f32 / SAMPLE_RATE as f32;
    let sine = move |i: usize, hertz: f32| (second(i) * hertz * std::f32::consts::TAU).sin();
    let mut sound = |make: &mut dyn FnMut(usize, f32) -> f32| -> Vec<f32> {
        (0..2 * SAMPLE_RATE as usize).map(|i| make(i, random())).collect()
    };
    let mut low = 0.0;
    vec![
        ("silence", sound(&mut |_, _| 0.0)),
        ("faint noise", sound(&mut |_, r| 0.003 * r)),
        ("white noise", sound(&mut |_, r| 0.1 * r)),
        ("hum", sound(&mut |i, _| 0.1 * (sine(i, 50.0) + sine(i, 100.0) + sine(i, 150.0)))),
        ("tone", sound(&mut |i, _| 0.2 * sine(i, 440.0))),
        (
            "melody",
            sound(&mut |i, _| {
                let note = [262.0, 330.0, 392.0, 523.0][(i / 4000) % 4];
                0.3 * sine(i, note) * (-8.0 * second(i % 4000)).exp()
            }),
        ),
        (
            "cough",
            sound(&mut |i, r| {
                low += 0.3 * (r - low);
                let since = second(i) - 0.4;
                if since > 0.0 { 0.9 * low * (-12.0 * since).exp() } else { 0.0 }
            }),
        ),
        ("clicks", sound(&mut |i, r| if i % 4000 < 80 { 0.9 * r } else { 0.0 })),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_noise_hold_no_words() {
    let engine = engine();
    for (id, file, ..) in RECOGNISERS {
        for (name, samples) in noises() {
            let heard = hear(&engine, &models::path(id, file), &samples).await.unwrap();
            // As if the voice activity detector had taken half of it for speech.
            let text = gate::plausible(&heard, 1000, rms_dbfs(&samples));
            eprintln!("{id}  {name}: {heard:?}");
            assert_eq!(text, None, "{id}: {name} became words");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_is_heard_again() {
    let engine = engine();
    let model = models::path("whisper-base", "ggml-base.bin");
    // What must be heard, as letters and digits alone: where one number ends is for the recogniser to choose.
    for (written, heard) in [
        ("The sky is **blue**, because air scatters light.", &["theskyisbluebecauseairscatterslight"][..]),
        ("It is 4:10 PM now.", &["itis410pm", "its410pm", "itisfourtenpm"]),
        ("It is 7:00 AM.", &["itis7am", "itissevenam", "its7am"]),
        ("It is 20 °C outside 🌞.", &["itis20degreescelsiusoutside", "itis20coutside"]),
        ("That costs $3.50.", &["thatcosts350", "thatcosts3euros50", "thatcosts3dollars50"]),
        ("See [the manual](https://x.example/a) & the pictures.", &["seethemanualandthepictures"]),
        ("```\nx = 1\n```", &["thereisacodeblockinthewindow"]),
        ("The train needs 3.5 hours.", &["thetrainneeds35hours"]),
    ] {
        // The voice never says a thing twice in the same way, so a slip of one take is no defect; three are.
        let mut takes = Vec::new();
        while takes.len() < 3 {
            let said = say(&engine, &speakable(written, Language::British), 1.0).await.unwrap();
            // A microphone hears a moment of room before and after.
            let room = [0.0; SAMPLE_RATE as usize / 4];
            let samples =
                [&room, &resample(&said.samples, said.sample_rate, SAMPLE_RATE)[..], &room].concat();
            takes.push(hear(&engine, &model, &samples).await.unwrap().text);
            let last = takes[takes.len() - 1].to_lowercase();
            let plain: String = last.chars().filter(|c| c.is_alphanumeric()).collect();
            if heard.iter().any(|h| plain.contains(h)) {
                break;
            }
            assert!(takes.len() < 3, "{written:?} was heard as {takes:?}");
        }
        eprintln!("{written:?} -> {takes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn speed_is_what_was_asked_for() {
    let engine = engine();
    let text = "This is a sentence of ordinary length.";
    let (slow, fast) = (say(&engine, text, 0.5).await.unwrap(), say(&engine, text, 2.0).await.unwrap());
    let ratio = slow.duration_ms() as f32 / fast.duration_ms() as f32;
    // Four, less what rounding each sound up to a whole frame costs the fast one.
    assert!((2.2..5.0).contains(&ratio), "{ratio}");
    let loudest = fast.samples.iter().fold(0.0_f32, |m, s| m.max(s.abs()));
    assert!((0.05..=1.0).contains(&loudest), "{loudest}");
    assert!(say(&engine, "...", 1.0).await.unwrap().samples.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_engine_answers_the_question_all_the_same() {
    let engine = engine();
    let mut pid = engine.watch_pid();
    let clip = clips::dir().join("hey-jarvis-what-time-is-it.wav");
    let samples = file::read_16k(&clip).unwrap();
    let words = "hey jarvis what time is it";

    // Killed while it recognises, twice over, and in between while it speaks.
    for round in 0..2 {
        let asked = tokio::spawn({
            let (engine, samples) = (Arc::clone(&engine), samples.clone());
            async move { hear(&engine, &tiny(), &samples).await }
        });
        let first = pid.wait_for(|p| p.is_some()).await.unwrap().unwrap();
        kill(first);
        let heard = asked.await.unwrap().unwrap();
        assert!(word_error_rate(words, &heard.text) < 0.4, "round {round}: {}", heard.text);
        assert_ne!(engine.pid(), Some(first));

        let second = engine.pid().expect("it runs");
        let mut speech = speaker(&engine, voice())
            .synthesize("This sentence is long enough to be broken off somewhere in the middle of it.", 1.0);
        kill(second);
        let mut ms = 0;
        while let Some(piece) = speech.next().await {
            ms += piece.unwrap().duration_ms();
        }
        assert!((2500..8000).contains(&ms), "round {round}: {ms} ms of speech");
        engine.stop();
        pid.wait_for(|p| p.is_none()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_graphics_driver_takes_down_is_recognised_on_the_processor() {
    let engine = Arc::new(SpeechEngine::new(EngineSpec {
        name: "speech engine",
        // Ends before it has answered, as the engine for the card does where its driver fails.
        program: "false".into(),
        fallback: Some(program("jarvis-engine-speech")),
        args: Vec::new(),
        idle_stop: None,
    }));
    let said = clips::all().into_iter().find(|clip| clip.file == "stop.wav").expect("it is there");
    let heard = hear(&engine, &tiny(), &file::read_16k(&said.path()).unwrap()).await.unwrap();
    assert_eq!(said.word_error_rate(&heard.text), 0.0, "{}", heard.text);
    assert!(engine.watch_fallback().borrow().is_some());
}

#[tokio::test]
async fn nothing_is_said_twice_after_a_death() {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/dies_once.py");
    let args = [script, folder.path().join("has-died")].map(|p| p.to_str().unwrap().to_string());
    let engine = Arc::new(SpeechEngine::new(EngineSpec {
        name: "speech engine",
        program: "python3".into(),
        fallback: None,
        args: args.into(),
        idle_stop: None,
    }));
    let files = VoiceFiles {
        voice: VoiceModel::Piper { config: "x".into() },
        onnxruntime: "x".into(),
        espeak_data_parent: "x".into(),
    };
    let pieces: Vec<_> = speaker(&engine, files).synthesize("Count.", 1.0).collect().await;
    let samples: Vec<f32> = pieces.into_iter().flat_map(|piece| piece.unwrap().samples).collect();
    assert_eq!(samples, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_files_are_named_and_the_engine_lives_on() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(tiny()).unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    for (path, code) in [
        (folder.path().join("none.bin"), Code::ModelMissing),
        (put("empty.bin", b""), Code::ModelDamaged),
        (put("text.bin", b"<html>404 Not Found</html>"), Code::ModelDamaged),
        (put("head.bin", &whole[..40]), Code::ModelDamaged),
        (put("half.bin", &whole[..whole.len() / 2]), Code::ModelDamaged),
        (put("almost.bin", &whole[..whole.len() - 1]), Code::ModelDamaged),
        (put("longer.bin", &[&whole[..], &[0; 64]].concat()), Code::ModelDamaged),
        (put("garbage.bin", &[&whole[..4], &[0x5a; 4096]].concat()), Code::ModelDamaged),
    ] {
        let failure = hear(&engine, &path, &[0.0; 1600]).await.unwrap_err().failure();
        assert_eq!(failure.code, code, "{}: {failure}", path.display());
    }

    let (good, good_kokoro) = (voice(), kokoro("bm_george"));
    let onnx = fs::read(joe().with_extension("")).unwrap();
    let (config, nowhere) = (fs::read(joe()).unwrap(), folder.path().join("nowhere"));
    let piper = |config: PathBuf| VoiceFiles { voice: VoiceModel::Piper { config }, ..good.clone() };
    let VoiceModel::Kokoro { model, style, accent } = good_kokoro.voice.clone() else { unreachable!() };
    let of_kokoro = |model: &Path, style: &Path| {
        let voice = VoiceModel::Kokoro { model: model.into(), style: style.into(), accent };
        VoiceFiles { voice, ..good_kokoro.clone() }
    };
    let network = fs::read(&model).unwrap();
    let half_network = put("half-kokoro.onnx", &network[..network.len() / 2]);
    let styles = fs::read(&style).unwrap();
    put("half.onnx", &onnx[..onnx.len() / 2]);
    put("bad-config.onnx", &onnx);
    for (voice, code) in [
        (piper(nowhere.join("a.onnx.json")), Code::ModelMissing),
        (VoiceFiles { onnxruntime: nowhere.clone(), ..good.clone() }, Code::ModelMissing),
        (VoiceFiles { espeak_data_parent: nowhere.clone(), ..good.clone() }, Code::ModelMissing),
        (piper(put("half.onnx.json", &config)), Code::ModelDamaged),
        (piper(put("bad-config.onnx.json", b"{")), Code::ModelDamaged),
        (of_kokoro(&nowhere, &style), Code::ModelMissing),
        (of_kokoro(&model, &nowhere), Code::ModelMissing),
        (of_kokoro(&half_network, &style), Code::ModelDamaged),
        // Whole, but another network.
        (of_kokoro(&joe().with_extension(""), &style), Code::ModelDamaged),
        (of_kokoro(&model, &put("half.bin", &styles[..styles.len() / 2])), Code::ModelDamaged),
        (of_kokoro(&model, &put("text.bin", b"<html>404 Not Found</html>")), Code::ModelDamaged),
    ] {
        let error = speaker(&engine, voice.clone()).warm().await.unwrap_err();
        assert_eq!(error.failure().code, code, "{voice:?}: {error}");
    }

    // None of it brought the process down, and whole files still work.
    let pid = engine.pid();
    assert!(pid.is_some());
    hear(&engine, &tiny(), &[0.0; 1600]).await.unwrap();
    for voice in [voice(), kokoro("bm_george")] {
        assert!(say_as(&engine, voice, "Hello.", 1.0).await.unwrap().duration_ms() > 200);
    }
    assert_eq!(engine.pid(), pid);
}

/// Names that can be written in several ways: as the voice is given them, and as they are written here.
const NAMES: [(&str, &str); 6] = [
    ("Catherine", "Kathryn"),
    ("Jeffrey", "Geoffrey"),
    ("Neeve", "Niamh"),
    ("Eefa", "Aoife"),
    ("Shavawn", "Siobhan"),
    ("Keld", "Kjeld"),
];

/// How many of the names are written as they are, where `vocabulary` is expected.
async fn names_written(engine: &Arc<SpeechEngine>, vocabulary: &[&str], table: &mut String) -> usize {
    let transcriber =
        WhisperTranscriber::new(Arc::clone(engine), models::path("whisper-base", "ggml-base.bin"));
    let options = TranscribeOptions {
        languages: vec!["en".into()],
        vocabulary: vocabulary.iter().map(|word| (*word).to_string()).collect(),
        draft: false,
    };
    let mut written = 0;
    for (spoken, name) in NAMES {
        let words = format!("Please call {spoken} tomorrow morning at seven.");
        let said = say_as(engine, kokoro("bm_george"), &words, 1.0).await.unwrap();
        let samples = resample(&said.samples, said.sample_rate, SAMPLE_RATE);
        let heard = transcriber.transcribe(&samples, &options).await.unwrap().text;
        writeln!(table, "{name:<10} {:<4} {heard}", vocabulary.len()).unwrap();
        written += usize::from(heard.contains(name));
    }
    written
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_expected_are_written_as_they_are() {
    let engine = engine();
    let expected: Vec<&str> = ["Hey Jarvis"].into_iter().chain(NAMES.map(|(_, name)| name)).collect();
    let mut table = String::new();
    let without = names_written(&engine, &expected[..1], &mut table).await;
    let with = names_written(&engine, &expected, &mut table).await;
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(with >= without + 3, "{with} of {} names, and {without} unexpected\n{table}", NAMES.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_detected_among_those_spoken() {
    let engine = engine();
    let transcriber =
        WhisperTranscriber::new(Arc::clone(&engine), models::path("whisper-base", "ggml-base.bin"));
    let samples = file::read_16k(&clips::dir().join("hey-jarvis-what-time-is-it.wav")).unwrap();
    let heard = transcriber.transcribe(&samples, &TranscribeOptions::default()).await.unwrap();
    assert_eq!(heard.language, "en");
    assert!(word_error_rate("hey jarvis what time is it", &heard.text) < 0.4, "{}", heard.text);
    // Among all languages this voice passes for a Hungarian; Jarvis knows better who speaks to it.
    let samples = file::read_16k(&clips::dir().join("hey-jarvis-what-time-is-it-gb.wav")).unwrap();
    let options =
        TranscribeOptions { languages: vec!["de".into(), "en".into()], ..TranscribeOptions::default() };
    let heard = transcriber.transcribe(&samples, &options).await.unwrap();
    assert_eq!(heard.language, "en");
    assert!(word_error_rate("hey jarvis what time is it", &heard.text) < 0.4, "{}", heard.text);
    let klingon = TranscribeOptions { languages: vec!["tlh".into()], ..TranscribeOptions::default() };
    let failure = transcriber.transcribe(&samples, &klingon).await.unwrap_err().failure();
    assert_eq!(failure.code, Code::BadRequest);
}
