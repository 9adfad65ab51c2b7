//! The microphone and the speaker of a virtual sound card.
//!
//! ALSA reads the environment of its process, so `examples/loopback.rs` runs under the card's, and the tests
//! follow what it prints.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use jarvis_audio::file;
use jarvis_core::audio::Pcm;
use jarvis_testkit::sound_card::SoundCard;

use crate::tone::{audible, audible_ms, cycles, frequency, tone};

/// How much less than the truth a recording may show: it runs about one of its own pieces behind.
const RECORDING_BEHIND_MS: u64 = 60;

/// The example under way. It ends when its standard input closes.
struct Loopback {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Loopback {
    fn start(card: &SoundCard, args: &[&str]) -> Self {
        let mut child = Command::new(jarvis_testkit::program("examples/loopback"))
            .args(args)
            .envs(card.env())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The rest of the next line, which begins with `word`.
    fn expect(&mut self, word: &str) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let (first, rest) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
        assert_eq!(first, word, "{line:?}");
        rest.to_owned()
    }

    fn finish(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        // Fails only when it has ended, as it should have.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A tone in a file.
fn sound(dir: &Path, hz: f32, rate: u32, ms: u64) -> PathBuf {
    let path = dir.join(format!("{hz}-{rate}-{ms}.wav"));
    file::write_wav(&path, &tone(hz, rate, ms)).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_microphone_is_heard() {
    let (card, dir) = (SoundCard::start(), tempfile::tempdir().unwrap());
    let heard = dir.path().join("heard.wav");
    let mut loopback = Loopback::start(&card, &["listen", text(&heard)]);
    loopback.expect("open");
    loopback.expect("frames");
    card.play_into_microphone(&sound(dir.path(), 700.0, 44_100, 800));
    // A second sound, so that all of the first has surely come through.
    card.play_into_microphone(&sound(dir.path(), 700.0, 44_100, 200));
    drop(loopback.child.stdin.take());
    assert_eq!(loopback.expect("overruns"), "0");
    loopback.finish();
    let heard = file::read(&heard).unwrap();
    assert_eq!(heard.sample_rate, 16_000);
    let ms = audible_ms(&heard);
    assert!(ms >= 800, "{ms} ms were heard");
    let start = audible(&heard.samples).start;
    // Well within the first sound.
    let samples = heard.samples[start..][..16_000 * 7 / 10].to_vec();
    let hz = frequency(&Pcm { samples, sample_rate: 16_000 });
    assert!((hz - 700.0).abs() < 5.0, "{hz} Hz");
}

#[test]
fn the_microphone_may_be_pulled_out_and_put_back() {
    let (card, dir) = (SoundCard::start(), tempfile::tempdir().unwrap());
    let heard = dir.path().join("heard.wav");
    let mut loopback = Loopback::start(&card, &["listen", text(&heard)]);
    let name = loopback.expect("open");
    loopback.expect("frames");
    for _ in 0..2 {
        card.unplug_microphone();
        assert_eq!(loopback.expect("lost"), name);
        card.plug_microphone();
        assert_eq!(loopback.expect("found"), name);
        loopback.expect("frames");
    }
    card.play_into_microphone(&sound(dir.path(), 900.0, 16_000, 1_000));
    drop(loopback.child.stdin.take());
    loopback.expect("overruns");
    loopback.finish();
    let hz = frequency(&file::read(&heard).unwrap());
    assert!((hz - 900.0).abs() < 5.0, "it hears again: {hz} Hz");
}

#[test]
fn speech_is_played_whole_and_its_end_is_told_when_it_has_ended() {
    let (card, dir) = (SoundCard::start(), tempfile::tempdir().unwrap());
    let recording = card.record_speaker();
    let path = sound(dir.path(), 600.0, 22_050, 1_500);
    let mut loopback = Loopback::start(&card, &["play", text(&path)]);
    loopback.expect("open");
    loopback.expect("started");
    loopback.expect("ended");
    // Taken at this moment: had the end been told too early, it would be missing.
    let heard = recording.stop();
    loopback.finish();
    // Cycles rather than time: a busy machine may put gaps between them, but none is lost or heard twice.
    let (heard, all) = (cycles(&heard).len() as u64, 600 * 1_500 / 1_000);
    let behind = 600 * RECORDING_BEHIND_MS / 1_000;
    assert!((all - behind..=all + 5).contains(&heard), "{heard} of {all} cycles were heard");
}

#[test]
fn stopping_silences_within_100_ms() {
    let (card, dir) = (SoundCard::start(), tempfile::tempdir().unwrap());
    let recording = card.record_speaker();
    let path = sound(dir.path(), 600.0, 24_000, 5_000);
    let mut loopback = Loopback::start(&card, &["play", text(&path), "1000"]);
    loopback.expect("open");
    loopback.expect("started");
    let told = loopback.expect("stopped");
    loopback.expect("interrupted");
    // Of the sound handed to the device when the stop was told, `latency` at most was not heard yet.
    let (handed, latency) = told.split_once(' ').unwrap();
    let heard_by_then = handed.parse::<u64>().unwrap().saturating_sub(latency.parse().unwrap());
    // Another sound, after some silence, marks that everything before it has come through.
    let mark = dir.path().join("mark.wav");
    let samples = [vec![0.0; 7_200], tone(2_000.0, 24_000, 300).samples].concat();
    file::write_wav(&mark, &Pcm { samples, sample_rate: 24_000 }).unwrap();
    let mut after = Loopback::start(&card, &["play", text(&mark)]);
    for word in ["open", "started", "ended"] {
        after.expect(word);
    }
    after.finish();
    let recording = recording.stop();
    loopback.finish();
    let begin = audible(&recording.samples).start;
    // The first silence of 50 ms ends the sound that was stopped.
    let quiet = recording.sample_rate as usize / 20;
    let length = recording.samples[begin..].windows(quiet).position(|w| w.iter().all(|s| s.abs() < 0.01));
    let heard = length.expect("it falls silent") as u64 * 1000 / u64::from(recording.sample_rate);
    let too_long = heard.saturating_sub(heard_by_then);
    assert!(heard + 100 >= heard_by_then, "it was playing: {heard} ms of {heard_by_then}");
    assert!(too_long <= 100, "{too_long} ms were heard after the stop; {told} handed over and under way");
}

#[test]
fn the_speaker_may_be_pulled_out_and_put_back_and_speech_does_not_hang() {
    let (card, dir) = (SoundCard::start(), tempfile::tempdir().unwrap());
    let path = sound(dir.path(), 600.0, 24_000, 60_000);
    let mut loopback = Loopback::start(&card, &["play", text(&path)]);
    let name = loopback.expect("open");
    loopback.expect("started");
    card.unplug_speaker();
    assert_eq!(loopback.expect("lost"), name);
    loopback.expect("interrupted");
    card.plug_speaker();
    assert_eq!(loopback.expect("found"), name);
    // What is said now is heard.
    loopback.expect("started");
    loopback.finish();
}

#[test]
fn a_speaker_that_is_plugged_in_later_speaks_then_and_speech_does_not_hang_before() {
    let (card, dir) = (SoundCard::start(), tempfile::tempdir().unwrap());
    card.unplug_speaker();
    let path = sound(dir.path(), 600.0, 24_000, 300);
    let mut loopback = Loopback::start(&card, &["wait", text(&path)]);
    let failure = loopback.expect("missing");
    assert!(failure.starts_with("No speaker was found."), "{failure}");
    for word in ["open", "interrupted"] {
        loopback.expect(word);
    }
    card.plug_speaker();
    // What is said now is heard.
    for word in ["found", "started", "ended"] {
        loopback.expect(word);
    }
    loopback.finish();
}

#[test]
fn the_default_device_may_be_chosen_by_the_name_that_is_listed() {
    let (card, dir) = (SoundCard::start(), tempfile::tempdir().unwrap());
    let mut loopback = Loopback::start(&card, &["devices"]);
    let line = loopback.expect("microphone");
    let (name, _) = line.split_once(" [").unwrap();
    let heard = dir.path().join("heard.wav");
    let mut chosen = Loopback::start(&card, &["listen", text(&heard), name]);
    assert_eq!(chosen.expect("open"), name);
    chosen.expect("frames");
}

#[test]
fn the_card_is_listed_once_in_each_direction() {
    let card = SoundCard::start();
    let mut loopback = Loopback::start(&card, &["devices"]);
    for direction in ["microphone", "speaker"] {
        let line = loopback.expect(direction);
        assert!(line.contains("48000 Hz") && line.ends_with("(default)"), "{line}");
        let line = loopback.expect(direction);
        assert!(line.starts_with("Virtual sound card"), "{line}");
    }
    loopback.finish();
}

#[test]
fn a_machine_without_sound_says_so() {
    let card = SoundCard::start();
    card.unplug_microphone();
    card.unplug_speaker();
    let check = |args: &[&str], sentence: &str| {
        let mut loopback = Loopback::start(&card, args);
        let failure = loopback.expect("failed");
        assert!(failure.starts_with(sentence), "{failure}");
        assert!(!loopback.child.wait().unwrap().success());
    };
    let dir = tempfile::tempdir().unwrap();
    check(&["listen", text(&dir.path().join("heard.wav"))], "No microphone was found.");
    check(&["play", text(&sound(dir.path(), 600.0, 8_000, 100))], "No speaker was found.");
}
