//! Every kind of sound file that a person may have, and every kind that is none.

use std::fs;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};
use jarvis_audio::{AudioError, file};
use jarvis_core::Code;
use jarvis_core::audio::{Pcm, SAMPLE_RATE};

use crate::tone::{audible_ms, frequency, tone};

const HZ: f32 = 500.0;
const MS: u64 = 400;

/// The tone on every channel.
fn wav(path: &Path, sample_rate: u32, channels: u16, bits: u16, format: SampleFormat) {
    let spec = WavSpec { channels, sample_rate, bits_per_sample: bits, sample_format: format };
    let mut writer = WavWriter::create(path, spec).unwrap();
    for sample in tone(HZ, sample_rate, MS).samples {
        for _ in 0..channels {
            match format {
                SampleFormat::Float => writer.write_sample(sample).unwrap(),
                SampleFormat::Int => {
                    let full = (1_i64 << (bits - 1)) as f32 - 1.0;
                    writer.write_sample((sample * full) as i32).unwrap();
                }
            }
        }
    }
    writer.finalize().unwrap();
}

fn check(path: &Path, sample_rate: u32) {
    let pcm = file::read(path).unwrap();
    let at_16k = Pcm { samples: file::read_16k(path).unwrap(), sample_rate: SAMPLE_RATE };
    assert_eq!(pcm.sample_rate, sample_rate, "{path:?}");
    for pcm in [pcm, at_16k] {
        let at = pcm.sample_rate;
        assert_eq!(pcm.duration_ms(), MS, "{path:?} at {at}");
        assert!(audible_ms(&pcm).abs_diff(MS) <= 2, "{path:?} at {at}: {} ms to hear", audible_ms(&pcm));
        assert!((frequency(&pcm) - HZ).abs() < 2.0, "{path:?} at {at}: {} Hz", frequency(&pcm));
        let peak = pcm.samples.iter().copied().fold(0.0, f32::max);
        assert!((peak - 0.5).abs() < 0.05, "{path:?} at {at}: peak {peak}");
    }
}

#[test]
fn every_wav_becomes_the_same_sound() {
    let dir = tempfile::tempdir().unwrap();
    let depths = [
        (8, SampleFormat::Int),
        (16, SampleFormat::Int),
        (24, SampleFormat::Int),
        (32, SampleFormat::Int),
        (32, SampleFormat::Float),
    ];
    for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000] {
        for channels in [1, 2, 6] {
            for (bits, format) in depths {
                let path = dir.path().join(format!("{rate}-{channels}-{bits}-{format:?}.wav"));
                wav(&path, rate, channels, bits, format);
                check(&path, rate);
            }
        }
    }
}

/// The smallest honest FLAC: 16 bit mono, every block stored as it is.
fn flac(path: &Path, pcm: &Pcm) {
    const BLOCK: usize = 1_024;
    let crc = |bytes: &[u8], polynomial: u32, bits: u32| {
        bytes.iter().fold(0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte) << (bits - 8), |crc, _| {
                let next = crc << 1;
                (if crc >> (bits - 1) & 1 == 1 { next ^ polynomial } else { next }) & ((1 << bits) - 1)
            })
        })
    };
    let mut out = b"fLaC\x80\0\0\x22".to_vec();
    out.extend([(BLOCK as u16).to_be_bytes(), (BLOCK as u16).to_be_bytes()].concat());
    out.extend([0; 6]);
    // 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of length.
    let info = u64::from(pcm.sample_rate) << 44 | 15 << 36 | pcm.samples.len() as u64;
    out.extend(info.to_be_bytes());
    out.extend([0; 16]);
    for (number, block) in pcm.samples.chunks(BLOCK).enumerate() {
        // Sync; block length in 16 bits, rate as in the header; mono, 16 bit; number (below 128 it is one byte).
        let mut frame = vec![0xff, 0xf8, 0x70, 0x08, u8::try_from(number).unwrap()];
        frame.extend((block.len() as u16 - 1).to_be_bytes());
        frame.push(crc(&frame, 0x07, 8) as u8);
        frame.push(0x02);
        frame.extend(block.iter().flat_map(|s| ((s * 32_767.0) as i16).to_be_bytes()));
        let sum = crc(&frame, 0x8005, 16) as u16;
        frame.extend(sum.to_be_bytes());
        out.extend(frame);
    }
    fs::write(path, out).unwrap();
}

#[test]
fn flac_is_read() {
    let dir = tempfile::tempdir().unwrap();
    for rate in [16_000, 44_100] {
        let path = dir.path().join(format!("{rate}.flac"));
        flac(&path, &tone(HZ, rate, MS));
        check(&path, rate);
    }
}

#[test]
fn what_is_no_sound_is_refused_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let good = dir.path().join("good.wav");
    wav(&good, 16_000, 1, 16, SampleFormat::Int);
    let good = fs::read(&good).unwrap();
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let check = |name: &str, bytes: &[u8], reason: &str| {
        let path: PathBuf = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = file::read(&path).unwrap_err();
        assert!(
            matches!(error, AudioError::BadFile { .. } | AudioError::NoSound { .. }),
            "{name}: {error:?}"
        );
        let failure = error.failure();
        assert_eq!(failure.code, Code::BadAudio, "{name}");
        assert!(failure.message.contains(name) && failure.message.contains(reason), "{name}: {failure}");
    };
    check("empty.wav", b"", "it is empty");
    check("text.wav", "Not a sound, ".repeat(100).as_bytes(), "not a WAV or FLAC");
    check("picture.wav", &[b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 500]].concat(), "not a WAV or FLAC");
    check("three-bytes.wav", b"RIF", "ends within its header");
    check("half-header.wav", &good[..30], "ends within its header");
    check("no-samples.wav", &good[..44], "no sound");
    check("no-rate.wav", &with(24, &[0; 4]), "");
    check("codec.wav", &with(20, &[0x31, 0]), "");
    check("header.flac", b"fLaC\x80\0\0\x22\x10", "ends within its header");
}

#[test]
fn no_damage_to_a_header_brings_the_reader_down() {
    let dir = tempfile::tempdir().unwrap();
    let (wave, flac_file) = (dir.path().join("good.wav"), dir.path().join("good.flac"));
    wav(&wave, 16_000, 2, 24, SampleFormat::Int);
    flac(&flac_file, &tone(HZ, 16_000, MS));
    for path in [wave, flac_file] {
        let good = fs::read(&path).unwrap();
        for at in 0..80 {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = good.clone();
                damaged[at] = byte;
                fs::write(&path, &damaged).unwrap();
                if let Ok(pcm) = file::read(&path) {
                    assert!(!pcm.samples.is_empty() && pcm.sample_rate > 0, "byte {at} = {byte} of {path:?}");
                }
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_off_gives_what_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cut.wav");
    wav(&path, 16_000, 1, 16, SampleFormat::Int);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let ms = file::read(&path).unwrap().duration_ms();
    assert!(ms.abs_diff(MS / 2) <= 2, "{ms} ms of {MS}");
}

#[test]
fn what_cannot_be_opened_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let missing = file::read(&dir.path().join("missing.wav")).unwrap_err();
    assert!(missing.failure().remedy.contains("spelling"), "{}", missing.failure());
    for error in [file::read(dir.path()).unwrap_err(), missing] {
        assert!(matches!(error, AudioError::Io { .. }), "{error:?}");
    }
}

#[test]
fn what_is_written_can_be_read_and_replaces_only_when_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("out.wav");
    for ms in [500, 200] {
        let sound = tone(HZ, 22_050, ms);
        file::write_wav(&path, &sound).unwrap();
        let back = file::read(&path).unwrap();
        assert_eq!(back.samples.len(), sound.samples.len());
        let error = back.samples.iter().zip(&sound.samples).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(error < 1e-4, "{error}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing temporary is left");
    let nowhere = file::write_wav(&dir.path().join("no/such/folder.wav"), &tone(HZ, 8_000, 10)).unwrap_err();
    assert!(matches!(nowhere, AudioError::Io { .. }));
}
