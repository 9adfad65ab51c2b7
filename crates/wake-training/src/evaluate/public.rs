//! The public test set: voices, texts and noises that everybody can have, and that training never hears.
//!
//! The phrase by flite, festival and espeak-ng; against it, the same voices reading the `fortunes` texts, people reading and
//! announcing by telephone, music, and computed noise. Nobody in it is a person who says the phrase.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use fastrand::Rng;
use jarvis_audio::resample;
use jarvis_core::audio::SAMPLE_RATE;
use jarvis_voice::wake::Features;

use super::folder::has_recordings;
use super::heard::{About, Condition, Heard};
use crate::error::TrainingError;
use crate::programs;
use crate::sound::{
    Distance, NoiseKind, NoiseSource, Room, between, gain, mix, normal, samples, speech_level, trimmed,
    voiced,
};

const FLITE: [&str; 5] = ["awb", "rms", "slt", "kal", "kal16"];
const FESTIVAL: [&str; 3] = ["kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts"];
const ESPEAK: [&str; 8] = [
    "en-us",
    "en-gb",
    "en-gb-scotland",
    "en-gb-x-rp",
    "en-gb-x-gbclan",
    "en-gb-x-gbcwmd",
    "en-029",
    "en-us-nyc",
];
const ESPEAK_VARIANTS: [&str; 6] = ["", "+m3", "+m7", "+f2", "+f4", "+klatt2"];
/// How quickly, against the voice's own tempo.
const TEMPI: [f32; 3] = [0.85, 1.0, 1.2];
/// Speech over noise, dB; none for no noise.
const SNRS: [Option<i32>; 5] = [None, Some(20), Some(10), Some(5), Some(0)];
/// What comes behind the phrase in every other recording.
const REQUESTS: [&str; 4] = ["what time is it?", "set a timer for five minutes.", "stop.", "how are you?"];
/// Where Debian keeps what is read aloud.
const TEXTS: &str = "/usr/share/games/fortunes";
const TEXT_FILES: [&str; 12] = [
    "people",
    "wisdom",
    "literature",
    "politics",
    "science",
    "work",
    "law",
    "cookie",
    "food",
    "love",
    "miscellaneous",
    "education",
];
/// A folder of recordings that Debian has, its packages, and whether people are heard in it.
struct Recordings {
    folder: &'static str,
    name: &'static str,
    packages: &'static str,
    human: bool,
}

const RECORDINGS: [Recordings; 4] = [
    Recordings {
        folder: "/usr/share/pocketsphinx/test/data",
        name: "readers",
        packages: "pocketsphinx-testdata",
        human: true,
    },
    Recordings { folder: "/usr/share/sounds/alsa", name: "speakers", packages: "alsa-utils", human: true },
    Recordings {
        folder: "/usr/share/asterisk/sounds",
        name: "announcers",
        packages: "asterisk-core-sounds-{en,es,fr,it,ru}-wav asterisk-prompt-it-menardi-wav",
        human: true,
    },
    Recordings {
        folder: "/usr/share/asterisk/moh",
        name: "music",
        packages: "asterisk-moh-opsound-wav",
        human: false,
    },
];

/// How much of what is against it, hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hours {
    /// Synthesized speech.
    pub speech: f32,
    /// Noise and music, all kinds together.
    pub noise: f32,
}

impl Default for Hours {
    fn default() -> Self {
        Self { speech: 6.0, noise: 2.0 }
    }
}

/// Which of the programs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Programs {
    flite: bool,
    festival: bool,
    espeak: bool,
}

impl Programs {
    /// Looks for them.
    pub fn find() -> Self {
        Self {
            flite: programs::is_there("flite", "--version"),
            festival: programs::is_there("text2wave", "--version"),
            espeak: programs::is_there("espeak-ng", "--version"),
        }
    }

    /// Whether there is none of them.
    pub fn none(self) -> bool {
        !(self.flite || self.festival || self.espeak)
    }

    /// What is missing, by the names of Debian's packages.
    pub fn missing(self) -> Vec<&'static str> {
        let programs = [
            (self.flite, "flite"),
            (self.festival, "festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts"),
            (self.espeak, "espeak-ng"),
            (Path::new(TEXTS).is_dir(), "fortunes"),
        ];
        let recordings = RECORDINGS.iter().map(|r| (has_recordings(Path::new(r.folder)), r.packages));
        let all: Vec<_> = programs.into_iter().chain(recordings).collect();
        all.iter().filter(|(there, _)| !there).map(|(_, package)| *package).collect()
    }

    fn voices(self) -> Vec<TestVoice> {
        let mut voices = Vec::new();
        let mut add = |there: bool, program: &'static str, names: Vec<String>| {
            if there {
                voices.extend(names.into_iter().map(|name| TestVoice { program, name }));
            }
        };
        add(self.flite, "flite", FLITE.map(String::from).to_vec());
        add(self.festival, "festival", FESTIVAL.map(String::from).to_vec());
        let espeak = ESPEAK.iter().flat_map(|v| ESPEAK_VARIANTS.map(|variant| format!("{v}{variant}")));
        add(self.espeak, "espeak-ng", espeak.collect());
        voices
    }
}

struct TestVoice {
    program: &'static str,
    name: String,
}

impl TestVoice {
    /// What it says, at 16 kHz; none where the voice is not installed.
    fn say(&self, text: &str, tempo: f32) -> Result<Option<Vec<f32>>, TrainingError> {
        let said = programs::say(text, |said, wav| self.command(said, wav, tempo))?;
        Ok(said.map(|pcm| resample(&pcm.samples, pcm.sample_rate, SAMPLE_RATE)))
    }

    fn command(&self, said: &Path, wav: &Path, tempo: f32) -> Command {
        match self.program {
            "flite" => {
                let mut command = Command::new("flite");
                command
                    .args(["-voice", &self.name, "--setf"])
                    .arg(format!("duration_stretch={}", 1.0 / tempo));
                command.arg("-f").arg(said).arg("-o").arg(wav);
                command
            }
            "festival" => {
                let mut command = Command::new("text2wave");
                command.arg("-eval").arg(format!("(voice_{})", self.name)).arg("-eval");
                command
                    .arg(format!("(Parameter.set 'Duration_Stretch {})", 1.0 / tempo))
                    .arg(said)
                    .arg("-o")
                    .arg(wav);
                command
            }
            _ => {
                let mut command = Command::new("espeak-ng");
                command.args(["-v", &self.name, "-s"]).arg(format!("{:.0}", 155.0 * tempo));
                command.arg("-f").arg(said).arg("-w").arg(wav);
                command
            }
        }
    }
}

/// Makes the set.
pub struct PublicSet {
    programs: Programs,
    phrase: String,
    seed: u64,
    noises: NoiseSource,
}

impl PublicSet {
    /// Counted up when the same programs make another set.
    pub const VERSION: u32 = 2;

    /// For a phrase, by the programs that there are.
    pub fn new(programs: Programs, phrase: &str, seed: u64) -> Result<Self, TrainingError> {
        let mut talk = Vec::new();
        for (voice, text) in programs.voices().iter().step_by(4).zip(texts()) {
            if let Some(sound) = voice.say(&text, 1.0)? {
                talk.push(Arc::new(trimmed(&sound).to_vec()));
            }
        }
        talk.retain(|t| !t.is_empty());
        Ok(Self { programs, phrase: phrase.into(), seed, noises: NoiseSource::new(talk) })
    }

    /// Every voice saying the phrase, at every tempo, under every condition; `on` is told how much of how much is done.
    pub fn positives(
        &self,
        features: &mut Features,
        on: &dyn Fn(u64, u64),
    ) -> Result<Vec<Heard>, TrainingError> {
        let mut rng = Rng::with_seed(self.seed);
        let mut all = Vec::new();
        let voices = self.programs.voices();
        for (i, voice) in voices.iter().enumerate() {
            for (k, tempo) in TEMPI.into_iter().enumerate() {
                let end = [".", "!", ","][(i + k) % 3];
                let Some(phrase) = voice.say(&format!("{}{end}", self.phrase), tempo)? else { continue };
                let phrase =
                    voiced(&jarvis_core::audio::Pcm { samples: phrase, sample_rate: SAMPLE_RATE }, 1.0);
                let request = REQUESTS[(i + k) / 2 % REQUESTS.len()];
                let request = if (i + k) % 2 == 0 { voice.say(request, tempo)? } else { None };
                let request = request.as_deref().map(trimmed).unwrap_or_default();
                for distance in [Distance::Close, Distance::Near, Distance::Far] {
                    let room = Room::any(distance, &mut rng);
                    for snr in SNRS {
                        let (sound, phrase) = self.placed(&phrase, request, &room, snr, &mut rng);
                        let about = About {
                            group: voice.program.into(),
                            voice: voice.name.clone(),
                            seconds: sound.len() as f32 / SAMPLE_RATE as f32,
                            human: false,
                            condition: Some(Condition { distance, snr }),
                            phrase: Some(phrase),
                        };
                        all.push(Heard::hear(features, about, &sound)?);
                    }
                }
            }
            on(i as u64 + 1, voices.len() as u64);
        }
        Ok(all)
    }

    fn placed(
        &self,
        phrase: &[f32],
        request: &[f32],
        room: &Room,
        snr: Option<i32>,
        rng: &mut Rng,
    ) -> (Vec<f32>, (f32, f32)) {
        let from = samples(between(rng, 2.3, 2.6));
        let to = from + phrase.len();
        let gap = samples(between(rng, 0.05, 0.4));
        let mut sound = vec![0.0; to + samples(1.2).max(gap + request.len())];
        mix(&mut sound, phrase, from, 1.0);
        mix(&mut sound, request, to + gap, 1.0);
        let mut sound = room.apply(&sound);
        let level = gain(between(rng, -35.0, -15.0)) / speech_level(&sound).max(1e-5);
        sound.iter_mut().for_each(|s| *s *= level);
        if let Some(snr) = snr {
            let noise = self.noises.any(sound.len(), rng);
            let loud = speech_level(&sound) * gain(-(snr as f32));
            mix(&mut sound, &noise, 0, loud);
        }
        // A microphone is never digitally silent.
        sound.iter_mut().for_each(|s| *s = (*s + normal(rng) * gain(-70.0)).clamp(-1.0, 1.0));
        let seconds = |at: usize| at as f32 / SAMPLE_RATE as f32;
        (sound, (seconds(from), seconds(to)))
    }

    /// Everything that is against it.
    pub fn negatives(
        &self,
        hours: Hours,
        features: &mut Features,
        on: &dyn Fn(u64, u64),
    ) -> Result<Vec<Heard>, TrainingError> {
        let total = (3600.0 * (hours.speech + hours.noise)) as u64;
        let mut all = Vec::new();
        for Recordings { folder, name, human, .. } in RECORDINGS {
            if has_recordings(Path::new(folder)) {
                all.extend(super::folder::negatives(Path::new(folder), name, human, features)?);
            }
        }
        let mut rng = Rng::with_seed(self.seed ^ 1);
        let mut done = 0.0;
        let kinds = NoiseKind::ALL;
        let each = 60.0;
        for i in 0..(hours.noise * 3600.0 / each) as usize {
            let kind = kinds[i % kinds.len()];
            let level = gain(between(&mut rng, -40.0, -8.0));
            let noise = self.noises.make(kind, samples(each), &mut rng);
            let sound: Vec<f32> = noise.into_iter().map(|s| (s * level).clamp(-1.0, 1.0)).collect();
            all.push(Heard::hear(features, against("noise", kind.name(), &sound), &sound)?);
            done += each;
            on(done as u64, total);
        }
        let voices = self.programs.voices();
        let phrase = self.phrase.to_lowercase();
        let name = phrase.rsplit(' ').next().unwrap_or_default().to_string();
        let mut spoken = 0.0;
        for (i, text) in texts().filter(|t| !t.to_lowercase().contains(&name)).enumerate() {
            if spoken >= hours.speech * 3600.0 || voices.is_empty() {
                break;
            }
            // The programs take turns, and within each its voices: a program with many is not heard more for that.
            let programs = ["flite", "festival", "espeak-ng"];
            let of: Vec<_> = voices.iter().filter(|v| v.program == programs[i % programs.len()]).collect();
            let Some(voice) = of.get(i / programs.len() % of.len().max(1)) else { continue };
            let Some(said) = voice.say(&text, TEMPI[i / programs.len() % TEMPI.len()])? else { continue };
            let level = gain(between(&mut rng, -35.0, -12.0)) / speech_level(&said).max(1e-5);
            let mut sound: Vec<f32> = said.iter().map(|s| s * level).collect();
            if i % 2 == 1 {
                sound = Room::any([Distance::Near, Distance::Far][i / 2 % 2], &mut rng).apply(&sound);
            }
            sound.iter_mut().for_each(|s| *s = (*s + normal(&mut rng) * gain(-70.0)).clamp(-1.0, 1.0));
            let about = against(voice.program, &voice.name, &sound);
            spoken += about.seconds;
            all.push(Heard::hear(features, about, &sound)?);
            on((done + spoken) as u64, total);
        }
        Ok(all)
    }
}

fn against(group: &str, voice: &str, sound: &[f32]) -> About {
    About {
        group: group.into(),
        voice: voice.into(),
        seconds: sound.len() as f32 / SAMPLE_RATE as f32,
        human: false,
        condition: None,
        phrase: None,
    }
}

/// Half-minute pieces of text, each another one.
fn texts() -> impl Iterator<Item = String> {
    let read = |name: &&str| std::fs::read_to_string(Path::new(TEXTS).join(name)).ok();
    let all: Vec<String> = TEXT_FILES.iter().filter_map(read).collect();
    let mut pieces: Vec<String> = Vec::new();
    for text in &all {
        let mut piece = String::new();
        for fortune in text.split("\n%\n") {
            // Only what can be read aloud.
            let plain: String = fortune
                .chars()
                .map(|c| if c.is_alphanumeric() || " .,!?';:-\"".contains(c) { c } else { ' ' })
                .collect();
            piece += &plain.split_whitespace().collect::<Vec<_>>().join(" ").replace("--", ",");
            piece += ". ";
            if piece.len() > 450 {
                pieces.push(std::mem::take(&mut piece));
            }
        }
    }
    pieces.into_iter()
}
