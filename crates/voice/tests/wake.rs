//! The openWakeWord chain on recordings, against the Python program it is to equal, and with files that are wrong.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jarvis_core::Code;
use jarvis_core::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE};
use jarvis_testkit::{clips, models};
use jarvis_voice::onnx;
use jarvis_voice::wake::{
    Detection, Evaluation, GatedWake, OpenWakeWord, OpenWakeWordFiles, WakeConfig, WakeDetector, WakeError,
    evaluate,
};

/// Samples from one score to the next.
const HOP: usize = 1280;

fn files() -> OpenWakeWordFiles {
    OpenWakeWordFiles {
        melspectrogram: models::path("openwakeword-features", "melspectrogram.onnx"),
        embedding: models::path("openwakeword-features", "embedding_model.onnx"),
        head: models::path("hey-jarvis-openwakeword", "hey_jarvis_v0.1.onnx").into(),
    }
}

fn detector(config: WakeConfig) -> OpenWakeWord {
    onnx::init(&models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
    OpenWakeWord::open(&files(), config).unwrap()
}

fn sound(file: &Path) -> Vec<f32> {
    jarvis_audio::file::read_16k(file).unwrap()
}

#[test]
fn the_wake_word_is_found_where_it_is_said_and_nowhere_else() {
    let mut detector = detector(WakeConfig::default());
    let mut wrong = Vec::new();
    let mut said = 0;
    let mut table = String::new();
    for clip in clips::all() {
        let samples = sound(&clip.path());
        let Evaluation { detections, best_score } = evaluate(&mut detector, &samples).unwrap();
        let best = best_score.unwrap();
        let times: Vec<_> = detections.iter().map(|d| d.position as f32 / 16_000.0).collect();
        writeln!(table, "{:<45} {:<24} best {best:.3}, detected at {times:.2?} s", clip.file, clip.voice)
            .unwrap();
        said += usize::from(clip.contains_wake);
        if detections.is_empty() == clip.contains_wake {
            wrong.push((clip.file, best));
        }
        assert!(detections.iter().all(|d| d.score <= best && d.position <= samples.len() as u64));
    }
    // Past the test harness, which keeps what a test prints to itself.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(said >= 5, "tests/audio has recordings of the wake word");
    assert!(wrong.is_empty(), "wrong about {wrong:?}");
}

#[test]
fn its_scores_are_those_of_the_python_program() {
    let mut detector = detector(WakeConfig::default());
    for line in include_str!("fixtures/openwakeword_scores.txt").lines().filter(|line| !line.starts_with('#'))
    {
        let (file, scores) = line.split_once(' ').unwrap();
        let samples = sound(&clips::dir().join(file));
        detector.reset();
        let mut compared = 0;
        for (i, (hop, expected)) in samples.chunks_exact(HOP).zip(scores.split(' ')).enumerate() {
            detector.process(hop).unwrap();
            let expected: f32 = expected.parse().unwrap();
            let score = detector.best_score().unwrap_or(0.0);
            assert!((score - expected).abs() < 1e-4, "{file}, score {i}: {score}, not {expected}");
            compared += 1;
        }
        assert_eq!(compared, scores.split(' ').count(), "{file} is as long as it was");
    }
}

#[test]
fn how_the_sound_arrives_makes_no_difference() {
    let mut detector = detector(WakeConfig::default());
    let samples = sound(&clips::dir().join("hey-jarvis-what-time-is-it.wav"));
    let mut hear = |piece: usize| {
        detector.reset();
        let found: Vec<_> = samples.chunks(piece).filter_map(|s| detector.process(s).unwrap()).collect();
        (found, detector.best_score())
    };
    let whole = hear(samples.len());
    assert_eq!(whole.0.len(), 1);
    for piece in [1, 320, 333, 1280, 4000] {
        assert_eq!(hear(piece), whole, "in pieces of {piece}");
    }
}

/// Counts the samples that its detector hears.
struct Counted(OpenWakeWord, Arc<AtomicUsize>);

impl WakeDetector for Counted {
    fn process(&mut self, samples: &[f32]) -> Result<Option<Detection>, WakeError> {
        self.1.fetch_add(samples.len(), Ordering::Relaxed);
        self.0.process(samples)
    }
    fn reset(&mut self) {
        self.0.reset();
    }
}

/// In which frames it is heard, and how surely.
fn heard(stream: &[f32], mut hear: impl FnMut(&Frame) -> Option<Detection>) -> Vec<(usize, f32)> {
    let frames = stream.as_chunks::<FRAME_SAMPLES>().0.iter().enumerate();
    frames.filter_map(|(i, frame)| Some((i, hear(frame)?.score))).collect()
}

#[test]
fn behind_its_gate_it_hears_what_it_hears_without_one() {
    let clips: Vec<_> = clips::all().into_iter().filter(|clip| clip.contains_wake).collect();
    let lead = vec![0.0; 20 * SAMPLE_RATE as usize];
    let speech = clips.iter().flat_map(|clip| [lead.clone(), sound(&clip.path())].concat());
    let speech: Vec<f32> = speech.collect();
    // Peaks of a hiss: none, and -39 dBFS.
    for peak in [0.0, 0.02] {
        let mut seed = 1_u32;
        let mut hiss = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            peak * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0)
        };
        let stream: Vec<f32> = speech.iter().map(|sample| sample + hiss()).collect();
        let mut free = detector(WakeConfig::default());
        let without = heard(&stream, |frame| free.process(frame).unwrap());
        let run_on = Arc::new(AtomicUsize::new(0));
        let counted = Counted(detector(WakeConfig::default()), Arc::clone(&run_on));
        let mut gated = GatedWake::new(Box::new(counted));
        let with = heard(&stream, |frame| gated.process(frame, false).unwrap());

        assert!(without.len() * 2 > clips.len(), "the recordings are understood through the noise");
        let same = |(a, b): (&(usize, f32), &(usize, f32))| a.0 == b.0 && (a.1 - b.1).abs() < 1e-3;
        let all_same = with.len() == without.len() && with.iter().zip(&without).all(same);
        assert!(all_same, "peak {peak}: {with:?}, not {without:?}");
        let run_on = run_on.load(Ordering::Relaxed);
        assert!(run_on * 2 < stream.len(), "peak {peak}: it ran on {run_on} of {} samples", stream.len());
    }
}

#[test]
fn threshold_patience_and_refractory_time_are_kept() {
    let once = sound(&clips::dir().join("hey-jarvis-what-time-is-it.wav"));
    let twice = [&once[..], &once[..]].concat();
    let check = |config: WakeConfig, expected: usize| {
        let found = evaluate(&mut detector(config), &twice).unwrap();
        assert_eq!(found.detections.len(), expected, "{config:?}: {found:?}");
    };
    let usual = WakeConfig::default();
    check(usual, 2);
    check(WakeConfig { threshold: 0.9999, ..usual }, 0);
    check(WakeConfig { patience: 3, ..usual }, 2);
    check(WakeConfig { patience: 1000, ..usual }, 0);
    check(WakeConfig { refractory_ms: 60_000, ..usual }, 1);
}

#[test]
fn a_file_that_is_missing_or_wrong_is_named() {
    drop(detector(WakeConfig::default()));
    let dir = tempfile::tempdir().unwrap();
    let garbage = dir.path().join("garbage.onnx");
    fs::write(&garbage, b"this is no network").unwrap();
    let empty = dir.path().join("empty.onnx");
    fs::write(&empty, b"").unwrap();

    let check = |file: &str, change: &dyn Fn(&mut OpenWakeWordFiles, PathBuf)| {
        let whole =
            fs::read(models::path("openwakeword-features", file)).unwrap_or_else(|_| panic!("{file}"));
        let half = dir.path().join("half.onnx");
        fs::write(&half, &whole[..whole.len() / 2]).unwrap();
        let another = models::path("silero-vad", "silero_vad.onnx");
        let missing = dir.path().join("missing.onnx");
        for (path, code) in [
            (&missing, Code::ModelMissing),
            (&garbage, Code::ModelDamaged),
            (&empty, Code::ModelDamaged),
            (&half, Code::ModelDamaged),
            (&another, Code::ModelDamaged),
        ] {
            let mut files = files();
            change(&mut files, path.clone());
            let failure = match OpenWakeWord::open(&files, WakeConfig::default()) {
                Ok(_) => panic!("{} was taken for {file}", path.display()),
                Err(error) => error.failure(),
            };
            assert_eq!(failure.code, code, "{failure}");
            assert!(failure.message.contains(path.to_str().unwrap()), "{failure}");
        }
    };
    check("melspectrogram.onnx", &|files, path| files.melspectrogram = path);
    check("embedding_model.onnx", &|files, path| files.embedding = path);
    check("embedding_model.onnx", &|files, path| files.head = path.into());
}
