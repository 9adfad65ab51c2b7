//! Porcupine's published interface, on a double built from C: the real library needs an account.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jarvis_core::Code;
use jarvis_voice::wake::{Porcupine, PorcupineFiles, WakeConfig, WakeDetector};

const FRAME: usize = 512;
/// What the double takes for the keyword, at the start of a frame.
const KEYWORD: f32 = 12345.5 / 32767.0;
/// The double insists on the sensitivity that this makes.
const CONFIG: WakeConfig = WakeConfig { threshold: 0.3, patience: 1, refractory_ms: 0 };

/// Points one part elsewhere.
type Change = fn(&mut PorcupineFiles, PathBuf);

/// One published version of the interface.
struct Version {
    flags: &'static [&'static str],
    explains: bool,
}

const VERSIONS: [Version; 3] = [
    Version { flags: &["-DVERSION=\"2.2.1\""], explains: false },
    Version { flags: &["-DVERSION=\"3.0.5\"", "-DERROR_STACK"], explains: true },
    Version { flags: &["-DVERSION=\"4.0.3\"", "-DERROR_STACK", "-DDEVICE"], explains: true },
];

fn build(dir: &Path, flags: &[&str]) -> PorcupineFiles {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/porcupine_double.c");
    let library = dir.join("libpv_porcupine.so");
    let status =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).args(flags).arg(source).status();
    assert!(status.expect("a C compiler is installed").success());
    let file = |name: &str| {
        let path = dir.join(name);
        fs::write(&path, b"parameters").unwrap();
        path
    };
    PorcupineFiles { library, model: file("porcupine_params.pv"), keyword: file("jarvis.ppn") }
}

#[test]
fn the_keyword_is_heard_through_every_version_of_the_interface() {
    for version in VERSIONS {
        let dir = tempfile::tempdir().unwrap();
        let mut detector = Porcupine::open(&build(dir.path(), version.flags), "good", CONFIG).unwrap();
        let mut sound = vec![0.0; FRAME * 10];
        sound[FRAME * 3] = KEYWORD;
        sound[FRAME * 7] = KEYWORD;
        // Not at the start of a frame: the double hears nothing.
        sound[FRAME * 5 + 1] = KEYWORD;
        for _ in 0..2 {
            let found: Vec<_> = sound.chunks(320).filter_map(|s| detector.process(s).unwrap()).collect();
            let positions: Vec<_> = found.iter().map(|d| d.position as usize / FRAME).collect();
            assert_eq!(positions, [4, 8], "{:?}", version.flags);
            // Leaves half a frame behind, which a reset must drop.
            detector.process(&[0.1; 100]).unwrap();
            detector.reset();
        }
    }
}

#[test]
fn after_a_detection_it_is_deaf_for_a_while() {
    let dir = tempfile::tempdir().unwrap();
    let config = WakeConfig { refractory_ms: 100, ..CONFIG };
    let mut detector = Porcupine::open(&build(dir.path(), VERSIONS[2].flags), "good", config).unwrap();
    let frame = |detector: &mut Porcupine| {
        let mut sound = [0.0; FRAME];
        sound[0] = KEYWORD;
        detector.process(&sound).unwrap().is_some()
    };
    let heard: Vec<_> = (0..6).map(|_| frame(&mut detector)).collect();
    assert_eq!(heard, [true, false, false, false, true, false]);
}

#[test]
fn what_the_library_refuses_is_told_apart() {
    for version in VERSIONS {
        for (key, keyword, code, word, detail) in [
            ("refused", "jarvis.ppn", Code::Unauthorized, "ACTIVATION_REFUSED", "by the server"),
            ("limit", "jarvis.ppn", Code::Unauthorized, "ACTIVATION_LIMIT_REACHED", "too many devices"),
            ("gibberish", "jarvis.ppn", Code::BadConfig, "INVALID_ARGUMENT", "failed to parse"),
            ("good", "old.ppn", Code::BadConfig, "INVALID_ARGUMENT", "another version"),
            ("memory", "jarvis.ppn", Code::Internal, "OUT_OF_MEMORY", "nothing left"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let mut files = build(dir.path(), version.flags);
            files.keyword = dir.path().join(keyword);
            fs::write(&files.keyword, b"parameters").unwrap();
            check(&files, key, code, &[word, if version.explains { detail } else { "" }]);
        }
    }
}

#[test]
fn a_part_that_is_missing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let files = build(dir.path(), VERSIONS[2].flags);
    let gone = dir.path().join("gone");
    let set = |change: Change, path: &Path| {
        let mut files = files.clone();
        change(&mut files, path.into());
        files
    };
    let parts: [(&str, Change); 3] = [
        ("wake.porcupine.library", |files, path| files.library = path),
        ("wake.porcupine.model", |files, path| files.model = path),
        ("wake.porcupine.keyword", |files, path| files.keyword = path),
    ];
    for (setting, change) in parts {
        check(&set(change, Path::new("")), "good", Code::BadConfig, &[setting, "not set"]);
        check(&set(change, &gone), "good", Code::BadConfig, &[setting, "gone"]);
    }
    check(&files, "", Code::Unauthorized, &["no access key"]);

    // The model is a file, but no library.
    let garbage = PorcupineFiles { library: files.model.clone(), ..files.clone() };
    check(&garbage, "good", Code::BadConfig, &["porcupine_params.pv"]);
    let dir = tempfile::tempdir().unwrap();
    check(&build(dir.path(), &["-DVERSION=\"1.9.5\""]), "good", Code::BadConfig, &["1.9.5"]);
}

#[track_caller]
fn check(files: &PorcupineFiles, key: &str, code: Code, words: &[&str]) {
    let Err(error) = Porcupine::open(files, key, CONFIG) else { panic!("it opened {files:?}") };
    let failure = error.failure();
    assert_eq!(failure.code, code, "{failure}");
    assert!(!failure.message.contains("gibberish"), "the key is told to nobody: {failure}");
    for word in words {
        assert!(failure.message.contains(word), "{failure} lacks {word:?}");
    }
    assert!(failure.remedy.contains("openwakeword"), "{failure}");
}
