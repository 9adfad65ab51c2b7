//! Starting ONNX Runtime. A process can do it once, so this is one test in a program of its own.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::fs;
use std::path::Path;

use jarvis_core::Code;
use jarvis_testkit::models;
use jarvis_voice::onnx::{self, OnnxError};
use jarvis_voice::vad::{SileroVad, VadError};

#[test]
fn a_library_that_is_missing_or_wrong_is_told_and_can_be_put_right() {
    let silero = models::path("silero-vad", "silero_vad.onnx");
    let before = SileroVad::open(&silero).err();
    assert!(matches!(before, Some(VadError::Onnx(OnnxError::NotStarted))), "{before:?}");

    let dir = tempfile::tempdir().unwrap();
    let garbage = dir.path().join("libonnxruntime.so");
    fs::write(&garbage, b"this is no library").unwrap();
    let another = dir.path().join("another.so");
    build(&another, "int answer(void) { return 42; }");
    let old = dir.path().join("old.so");
    build(
        &old,
        "static const char *version(void) { return \"1.16.3\"; }
         static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = { 0, version };
         const void *OrtGetApiBase(void) { return &base; }",
    );
    for (library, code, word) in [
        (dir.path().join("missing.so"), Code::ModelMissing, "missing"),
        (garbage, Code::ModelDamaged, "libonnxruntime.so"),
        (another, Code::ModelDamaged, "another library"),
        (old, Code::ModelDamaged, "1.16.3"),
    ] {
        let failure = onnx::init(&library).unwrap_err().failure();
        assert_eq!(failure.code, code, "{failure}");
        assert!(failure.message.contains(word), "{failure}");
    }

    let library = models::path("onnxruntime", "libonnxruntime.so.1.31.1");
    onnx::init(&library).unwrap();
    SileroVad::open(&silero).unwrap();
    onnx::init(&dir.path().join("missing.so")).expect("what is started stays started");
}

fn build(library: &Path, source: &str) {
    let file = library.with_extension("c");
    fs::write(&file, source).unwrap();
    let status =
        std::process::Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(library).arg(&file).status();
    assert!(status.expect("a C compiler is installed").success());
}
