//! Every voice of Kokoro, through the real engine process: it speaks, is understood, and is as loud as the others.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use ebur128::{EbuR128, Mode};
use futures::StreamExt;
use jarvis_audio::resample;
use jarvis_core::audio::{Pcm, SAMPLE_RATE};
use jarvis_engine::EngineSpec;
use jarvis_models::{Manifest, Stage};
use jarvis_testkit::clips::word_error_rate;
use jarvis_testkit::{models, program};
use jarvis_voice::speakable::speakable;
use jarvis_voice::speech::SpeechEngine;
use jarvis_voice::stt::{TranscribeOptions, Transcriber, WhisperTranscriber};
use jarvis_voice::tts::{Accent, EngineVoice, Language, Synthesizer, VoiceFiles, VoiceModel};

fn engine() -> Arc<SpeechEngine> {
    Arc::new(SpeechEngine::new(EngineSpec {
        name: "speech engine",
        program: program("jarvis-engine-speech"),
        fallback: None,
        args: Vec::new(),
        idle_stop: None,
    }))
}

/// A voice by its name in the catalogue; Piper's Joe where it is that.
fn voice(engine: &Arc<SpeechEngine>, id: &str) -> EngineVoice {
    let data = models::path("espeak-ng-data", "espeak-ng-data");
    let voice = match id {
        "piper-en-us-joe" => VoiceModel::Piper { config: models::path(id, "en_US-joe-medium.onnx.json") },
        _ => VoiceModel::Kokoro {
            model: models::path("kokoro", "kokoro-v1.0.int8.onnx"),
            style: models::path("kokoro", "voices").join(format!("{id}.bin")),
            accent: if id.starts_with('b') { Accent::British } else { Accent::American },
        },
    };
    let files = VoiceFiles {
        voice,
        onnxruntime: models::path("onnxruntime", "libonnxruntime.so.1.31.1"),
        espeak_data_parent: data.parent().expect("it has a parent").to_path_buf(),
    };
    EngineVoice::new(Arc::clone(engine), files, Language::British)
}

async fn say(voice: &EngineVoice, text: &str, speed: f32) -> Pcm {
    let mut speech = voice.synthesize(text, speed);
    let mut all = Pcm::default();
    while let Some(piece) = speech.next().await {
        let piece = piece.unwrap();
        all.sample_rate = piece.sample_rate;
        all.samples.extend(piece.samples);
    }
    all
}

async fn hear(engine: &Arc<SpeechEngine>, said: &Pcm) -> String {
    let model = models::path("whisper-base", "ggml-base.bin");
    let options = TranscribeOptions { languages: vec!["en".into()], ..TranscribeOptions::default() };
    // A microphone hears a moment of room before and after.
    let room = [0.0; SAMPLE_RATE as usize / 4];
    let samples = [&room, &resample(&said.samples, said.sample_rate, SAMPLE_RATE)[..], &room].concat();
    WhisperTranscriber::new(Arc::clone(engine), model).transcribe(&samples, &options).await.unwrap().text
}

fn loudness(said: &Pcm) -> f64 {
    let mut meter = EbuR128::new(1, said.sample_rate, Mode::I).unwrap();
    meter.add_frames_f32(&said.samples).unwrap();
    meter.loudness_global().unwrap()
}

/// Every voice of Kokoro, and one of Piper's to be as loud as they are.
#[tokio::test(flavor = "multi_thread")]
async fn every_voice_speaks_is_understood_and_is_as_loud_as_the_others() {
    const SENTENCES: [&str; 2] =
        ["Please take an umbrella with you, because it will rain.", "The train to London leaves at noon."];
    let engine = engine();
    let manifest = Manifest::embedded();
    let of_kokoro = manifest.stage(Stage::Tts).flat_map(|model| &model.voices).map(|voice| voice.id.as_str());
    let ids: Vec<&str> = of_kokoro.chain(["piper-en-us-joe"]).collect();
    assert_eq!(ids.len(), 29);
    let (mut table, mut loud, mut errors) = (String::new(), Vec::new(), Vec::new());
    for id in ids {
        let speaker = voice(&engine, id);
        let mut both = Pcm::default();
        for sentence in SENTENCES {
            let said = say(&speaker, sentence, 1.0).await;
            both.sample_rate = said.sample_rate;
            both.samples.extend(said.samples);
        }
        let heard = hear(&engine, &both).await;
        let wrong = word_error_rate(&SENTENCES.join(" "), &heard);
        let lufs = loudness(&both);
        let peak = both.samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        writeln!(table, "{id:<16} {lufs:.1} LUFS  {wrong:.2}  {} ms  {heard}", both.duration_ms()).unwrap();
        assert!((2500..12_000).contains(&both.duration_ms()) && peak <= 1.0, "{table}");
        loud.push(lufs);
        errors.push(wrong);
    }
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    let spread = loud.iter().fold(f64::MIN, |a, b| a.max(*b)) - loud.iter().fold(f64::MAX, |a, b| a.min(*b));
    assert!(spread <= 2.0, "{spread} LU apart\n{table}");
    let mean = errors.iter().sum::<f32>() / errors.len() as f32;
    assert!(mean <= 0.1 && errors.iter().all(|wrong| *wrong <= 0.4), "{mean}\n{table}");
}

/// What is written in figures and signs is heard as a person would have said it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_in_figures_is_read_as_a_person_would() {
    let engine = engine();
    // As letters and digits alone; how numbers are spelled is for the recogniser to choose.
    for (written, heard) in [
        ("He was born in 1984.", &["1984", "nineteeneightyfour"][..]),
        (
            "The meeting is on 2024-05-03.",
            &["3rdofmay2024", "thirdofmay2024", "3rdmay2024", "may3rd2024", "3rdofmay20", "3may2024"],
        ),
        (
            "My aunt lives at 7 High St. near Dr. Brown.",
            &["highstreetneardoctorbrown", "highstreetneardrbrown"],
        ),
        ("That costs £3.50.", &["3pounds50", "threepoundsfifty", "threepounds50", "costs350", "3pound50"]),
        ("It starts at 7:30 p.m. sharp.", &["730pm"]),
        ("Henry VIII had six wives.", &["henrytheeighth", "henrythe8th", "henryviii"]),
        ("Write to ada@example.com today.", &["atexamplecom", "atexampledotcom"]),
        ("Dial 999 now.", &["999", "nineninenine"]),
        ("It takes 10-15 min. by bus.", &["10to15minutes", "1015minutes", "tentofifteenminutes"]),
        ("Chapter IV is about apples, pears etc.", &["chapter4", "chapterfour"]),
        ("The speed is 60 km/h.", &["60kilometersperhour", "60kilometresperhour", "60kmh", "60kmperhour"]),
    ] {
        // The recogniser errs as well, at one voice more than at another: a slip of one take is no defect, all four are.
        let mut takes = Vec::new();
        let mut understood = false;
        for (id, speed) in
            [("bm_george", 1.0), ("piper-en-us-joe", 1.0), ("bm_george", 0.95), ("piper-en-us-joe", 0.95)]
        {
            let said = say(&voice(&engine, id), &speakable(written, Language::British), speed).await;
            let take = hear(&engine, &said).await;
            let plain = take.to_lowercase().replace('@', "at");
            let plain: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
            understood = heard.iter().any(|h| plain.contains(h));
            takes.push(take);
            if understood {
                break;
            }
        }
        assert!(understood, "{written:?} was heard as {takes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_for_the_network_is_said_in_pieces() {
    let engine = engine();
    let clause = "and then the old man went down to the harbour with his dog, ";
    let text = format!("In the morning the sun came up, {}because the boats were back.", clause.repeat(9));
    let said = say(&voice(&engine, "bm_george"), &text, 1.5).await;
    // Three seconds a clause, more or less: none is left out, and none is said twice.
    assert!((15_000..60_000).contains(&said.duration_ms()), "{}", said.duration_ms());
}

#[tokio::test(flavor = "multi_thread")]
async fn kokoro_keeps_the_speed_that_was_asked_for() {
    let engine = engine();
    let (george, text) = (voice(&engine, "bm_george"), "This is a sentence of ordinary length.");
    let (slow, fast) = (say(&george, text, 0.5).await, say(&george, text, 2.0).await);
    let ratio = slow.duration_ms() as f32 / fast.duration_ms() as f32;
    assert!((2.2..5.0).contains(&ratio), "{ratio}");
    assert!(say(&george, "...", 1.0).await.samples.is_empty());
}
