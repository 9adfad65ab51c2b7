//! What the machine has, and which models suit it.
//!
//! Reads the processor, the memory and the graphics card; changes nothing. `doctor` shows it and the
//! catalogue's recommendation starts from it. The engines compute on the processor, so memory and cores
//! decide; the graphics card is reported because a person who has one may prefer a larger model in Ollama.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::manifest::{Manifest, Model, Stage};

/// What the machine has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hardware {
    /// Processor cores that this process may use.
    pub cores: usize,
    /// Total memory, MiB (of the container, where one limits it).
    pub ram_mb: u64,
    /// The first graphics card found.
    pub gpu: Option<Gpu>,
    /// Processor architecture as Rust names it, such as `x86_64`.
    pub arch: String,
}

/// A graphics card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gpu {
    /// Its maker and, where the driver says, its model.
    pub name: String,
}

impl Hardware {
    /// Looks at this machine.
    pub fn detect() -> Self {
        // Where the system will not say, the smallest models are the safe choice.
        let ram = sysinfo::System::new().map_or(0, |mut system| {
            system.refresh_memory();
            let total = system.total_memory();
            system.cgroup_limits().map_or(total, |limits| total.min(limits.total_memory))
        });
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            ram_mb: ram / (1024 * 1024),
            gpu: find_gpu(Path::new("/")),
            arch: std::env::consts::ARCH.to_owned(),
        }
    }

    fn runs(&self, model: &Model) -> bool {
        model.arch.as_ref().is_none_or(|arch| *arch == self.arch)
    }

    fn suits(&self, model: &Model) -> bool {
        self.runs(model) && model.min_ram_mb <= self.ram_mb && model.min_cores <= self.cores
    }
}

/// For each stage the models to use, best first: what cannot be reached gives way to the next. Where nothing
/// suits so small a machine, the one that asks least; where nothing runs on its processor, none.
pub fn recommend(manifest: &Manifest, hardware: &Hardware) -> BTreeMap<Stage, Vec<String>> {
    let of_stage = |stage| {
        let suited: Vec<_> = manifest
            .stage(stage)
            .filter(|m| !m.optional && hardware.suits(m))
            .map(|m| m.id.clone())
            .collect();
        if !suited.is_empty() {
            return suited;
        }
        let runs = manifest.stage(stage).filter(|m| !m.optional && hardware.runs(m));
        runs.min_by_key(|m| (m.min_ram_mb, m.min_cores)).map(|m| m.id.clone()).into_iter().collect()
    };
    // Of some stages the program has something of its own, and all that there is beside it is optional.
    let needed = Stage::ALL.into_iter().filter(|stage| manifest.stage(*stage).any(|m| !m.optional));
    needed.map(|stage| (stage, of_stage(stage))).collect()
}

/// NVIDIA's driver names its cards under `/proc`; any driver makes a render node under `/sys`.
fn find_gpu(root: &Path) -> Option<Gpu> {
    let nvidia = entries(&root.join("proc/driver/nvidia/gpus")).find_map(|dir| {
        let text = fs::read_to_string(dir.join("information")).ok()?;
        let name = text.lines().find_map(|line| line.strip_prefix("Model:"))?.trim();
        Some(if name.contains("NVIDIA") { name.to_owned() } else { format!("NVIDIA {name}") })
    });
    let render = || {
        entries(&root.join("sys/class/drm")).find_map(|dir| {
            if !dir.file_name()?.to_str()?.starts_with("renderD") {
                return None;
            }
            let vendor = fs::read_to_string(dir.join("device/vendor")).unwrap_or_default();
            Some(match vendor.trim() {
                "0x10de" => "NVIDIA".to_owned(),
                "0x1002" => "AMD".to_owned(),
                "0x8086" => "Intel".to_owned(),
                "" => "unknown maker".to_owned(),
                other => format!("maker {other}"),
            })
        })
    };
    nvidia.or_else(render).map(|name| Gpu { name })
}

fn entries(dir: &Path) -> impl Iterator<Item = std::path::PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(dir).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(cores: usize, ram_mb: u64) -> Hardware {
        Hardware { cores, ram_mb, gpu: None, arch: "x86_64".to_owned() }
    }

    #[test]
    fn this_machine_is_seen() {
        let here = Hardware::detect();
        assert!(here.cores >= 1 && here.ram_mb > 128, "{here:?}");
    }

    #[test]
    fn the_machine_decides_and_the_manifest_orders() {
        let check = |hardware: &Hardware, stage, expected: &[&str]| {
            assert_eq!(recommend(&Manifest::embedded(), hardware)[&stage], expected, "{hardware:?}");
        };
        let (small, laptop, large) = (machine(1, 1000), machine(2, 4000), machine(16, 32000));
        let (q15, c15, c05) =
            ("qwen2.5-1.5b-instruct", "qwen2.5-coder-1.5b-instruct", "qwen2.5-coder-0.5b-instruct");
        assert!(
            !recommend(&Manifest::embedded(), &large).contains_key(&Stage::WakeWord),
            "its head is built in"
        );
        check(&large, Stage::Llm, &[q15, c15, c05, "smollm2-135m-instruct"]);
        check(&laptop, Stage::Llm, &[c05, "smollm2-135m-instruct"]);
        check(&small, Stage::Llm, &["smollm2-135m-instruct"]);
        check(&machine(1, 128), Stage::Llm, &["smollm2-135m-instruct"]);
        check(&laptop, Stage::Stt, &["whisper-base", "whisper-tiny-en"]);
        check(&small, Stage::Stt, &["whisper-tiny-en"]);
        let (alan, joe, thorsten) = ("piper-en-gb-alan", "piper-en-us-joe", "piper-de-de-thorsten");
        check(&laptop, Stage::Tts, &[alan, joe, thorsten]);
        check(&large, Stage::Tts, &["kokoro", alan, joe, thorsten]);
        check(&Hardware { arch: "riscv64".to_owned(), ..laptop }, Stage::Runtime, &[]);
    }

    #[test]
    fn graphics_cards_are_named_as_the_system_names_them() {
        let check = |files: &[(&str, &str)], expected: Option<&str>| {
            let root = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = root.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            assert_eq!(find_gpu(root.path()).map(|gpu| gpu.name).as_deref(), expected, "{files:?}");
        };
        let amd = ("sys/class/drm/renderD128/device/vendor", "0x1002\n");
        check(&[], None);
        check(&[("sys/class/drm/card0/device/vendor", "0x1002\n")], None);
        check(&[amd], Some("AMD"));
        let card =
            ("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t GeForce RTX 3060\nIRQ: 1\n");
        check(&[amd, card], Some("NVIDIA GeForce RTX 3060"));
    }
}
