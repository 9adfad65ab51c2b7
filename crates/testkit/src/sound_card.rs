//! A private virtual sound card: a PulseAudio server of our own with a microphone that files are played into and
//! a speaker that is recorded. Nothing of the machine's own sound is touched or needed.
//!
//! A program sees it when it is started with [`SoundCard::env`]: ALSA reads the environment of its process, so a
//! test starts the program that uses the devices as a child.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jarvis_core::audio::Pcm;

/// Rate of both devices. Recordings have it too.
const RATE: u32 = 48_000;
/// Samples of a recording's pieces.
const CHUNK: usize = 64;

/// One at a time: sound that must keep time and many servers do not go together.
static TURN: Mutex<()> = Mutex::new(());

/// The server dies with its folder; neither outlives this value.
pub struct SoundCard {
    _turn: MutexGuard<'static, ()>,
    dir: tempfile::TempDir,
    /// Numbers of the modules that can be unplugged.
    microphone: Mutex<Option<String>>,
    speaker: Mutex<Option<String>>,
}

impl SoundCard {
    /// Starts it, with both devices plugged in.
    ///
    /// # Panics
    /// When PulseAudio is not installed or does not start: the message says what to do.
    pub fn start() -> Self {
        // A test that failed with the card in hand has dropped it all the same.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(dir.path().join("pulse.pa"), SERVER).expect("the folder is writable");
        fs::write(dir.path().join("asound.conf"), ALSA).expect("the folder is writable");
        let card = Self { _turn: turn, dir, microphone: Mutex::default(), speaker: Mutex::default() };
        let started = card
            .command("pulseaudio")
            .args(["-n", "--exit-idle-time=-1", "--daemonize=yes", "--log-target=null", "-F"])
            .arg(card.dir.path().join("pulse.pa"))
            .stderr(Stdio::null())
            .status();
        let remedy = "install it with `apt-get install pulseaudio pulseaudio-utils libasound2-plugins`";
        match started {
            // The parent returns when the server takes connections.
            Ok(status) => assert!(status.success(), "pulseaudio did not start ({status}); {remedy}"),
            Err(e) => panic!("pulseaudio cannot be run ({e}); {remedy}"),
        }
        card.plug_speaker();
        card.plug_microphone();
        card
    }

    /// What the program under test needs in its environment to see this card and no other.
    pub fn env(&self) -> Vec<(&'static str, PathBuf)> {
        let dir = self.dir.path();
        vec![
            ("XDG_RUNTIME_DIR", dir.into()),
            ("PULSE_RUNTIME_PATH", dir.join("pulse")),
            ("PULSE_STATE_PATH", dir.join("state")),
            ("PULSE_COOKIE", dir.join("cookie")),
            ("PULSE_SERVER", format!("unix:{}", dir.join("pulse/native").display()).into()),
            ("ALSA_CONFIG_PATH", dir.join("asound.conf")),
        ]
    }

    /// Plays a sound file into the microphone; returns when the last of it was heard there.
    ///
    /// # Panics
    /// When the file cannot be played.
    pub fn play_into_microphone(&self, path: &Path) {
        let status = self.command("paplay").arg("--device=mic_in").arg(path).status();
        assert!(status.as_ref().is_ok_and(|s| s.success()), "paplay {}: {status:?}", path.display());
    }

    /// Starts recording what the speaker plays; returns when the recording has begun.
    ///
    /// # Panics
    /// When the speaker is unplugged.
    pub fn record_speaker(&self) -> Recording {
        let mut parec = self
            .command("parec")
            .args(["--device=speaker.monitor", "--format=float32le", "--channels=1", "--latency-msec=20"])
            .arg(format!("--rate={RATE}"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec can be run");
        let mut sound = parec.stdout.take().expect("its output is piped");
        let (heard, chunks) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; CHUNK * 4];
            // An error here is the end of the recording, as is a test that takes no more of it.
            while sound.read_exact(&mut bytes).is_ok() {
                let samples = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
                if heard.send(samples.collect::<Vec<f32>>()).is_err() {
                    return;
                }
            }
        });
        let mut recording = Recording { parec, chunks, samples: Vec::new() };
        recording.until(|samples| !samples.is_empty());
        recording
    }

    /// From now on the microphone hears the speaker, that much later and with a part (0.0 to 1.0) of its loudness, as in a room.
    ///
    /// # Panics
    /// When the speaker is unplugged.
    pub fn let_microphone_hear_speaker(&self, delay_ms: u32, part: f32) {
        let loop_back =
            "module-loopback source=speaker.monitor sink=mic_in source_dont_move=true sink_dont_move=true";
        let delay = format!("latency_msec={delay_ms}");
        let args: Vec<&str> =
            ["load-module"].into_iter().chain(loop_back.split(' ')).chain([&*delay]).collect();
        let module = self.run("pactl", &args);
        let inputs = self.run("pactl", &["list", "sink-inputs"]);
        let owner = format!("Owner Module: {module}");
        let input = inputs.split("Sink Input #").find(|input| input.contains(&owner));
        let input =
            input.and_then(|input| input.split_whitespace().next()).expect("a loaded module has its stream");
        // PulseAudio's volumes are cubic; 65536 is full.
        self.run("pactl", &["set-sink-input-volume", input, &format!("{}", (part.cbrt() * 65_536.0) as u32)]);
    }

    /// Pulls the microphone out.
    pub fn unplug_microphone(&self) {
        self.unplug(&self.microphone, ("sources", "virt_mic"), "source-output");
    }

    /// Puts the microphone back.
    pub fn plug_microphone(&self) {
        let source = "source_name=virt_mic source_properties=device.description=Virtual_microphone";
        self.plug(&self.microphone, &format!("module-remap-source master=mic_in.monitor {source}"));
    }

    /// Pulls the speaker out.
    pub fn unplug_speaker(&self) {
        self.unplug(&self.speaker, ("sinks", "speaker"), "sink-input");
    }

    /// Puts the speaker back.
    pub fn plug_speaker(&self) {
        // Without norewinds a recording of it starts seconds late.
        self.plug(&self.speaker, &format!("module-null-sink sink_name=speaker rate={RATE} norewinds=1"));
    }

    /// Unloads the device and then ends the streams it had: PulseAudio moves them to another device, where a
    /// real card that is pulled out leaves them dead.
    fn unplug(&self, module: &Mutex<Option<String>>, (kind, device): (&str, &str), stream: &str) {
        let Some(module) = module.lock().expect("no test panics while holding it").take() else { return };
        let devices = self.list(kind);
        let device = devices.iter().find(|d| d[1] == device).expect("a loaded module has its device");
        let streams = self.list(&format!("{stream}s"));
        self.run("pactl", &["unload-module", &module]);
        for dead in streams.iter().filter(|s| s[1] == device[0]) {
            self.run("pacmd", &[&format!("kill-{stream}"), &dead[0]]);
        }
    }

    /// Number, name or device, and more of everything of a kind.
    fn list(&self, kind: &str) -> Vec<Vec<String>> {
        let text = self.run("pactl", &["list", "short", kind]);
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }

    fn plug(&self, module: &Mutex<Option<String>>, load: &str) {
        let mut args = vec!["load-module"];
        args.extend(load.split(' '));
        *module.lock().expect("no test panics while holding it") = Some(self.run("pactl", &args));
    }

    fn run(&self, program: &str, args: &[&str]) -> String {
        let output = self.command(program).args(args).output();
        let output = output.unwrap_or_else(|e| panic!("{program} cannot be run: {e}"));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {args:?}: {complaint}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env()).env("HOME", self.dir.path()).stdin(Stdio::null());
        command
    }
}

impl Drop for SoundCard {
    fn drop(&mut self) {
        // Fails only when the server is gone already.
        let _ = self.command("pulseaudio").arg("--kill").stderr(Stdio::null()).status();
    }
}

/// A recording of the speaker under way.
pub struct Recording {
    parec: Child,
    chunks: mpsc::Receiver<Vec<f32>>,
    samples: Vec<f32>,
}

impl Recording {
    /// Goes on until what was recorded so far (mono, 48 kHz) is enough. The test runner's own time limit ends a wait in
    /// vain.
    ///
    /// # Panics
    /// When the speaker is unplugged before that.
    pub fn until(&mut self, enough: impl Fn(&[f32]) -> bool) {
        while !enough(&self.samples) {
            self.samples.extend(self.chunks.recv().expect("the speaker is plugged in"));
        }
    }

    /// Goes on until something is heard.
    ///
    /// # Panics
    /// When the speaker is unplugged before that.
    pub fn until_sound(&mut self) {
        self.until(|samples| samples.iter().rev().take(CHUNK).any(|s| s.abs() > 0.02));
    }

    /// Ends it: everything the speaker played since it began, mono, 48 kHz.
    pub fn stop(mut self) -> Pcm {
        self.end();
        let mut samples = std::mem::take(&mut self.samples);
        samples.extend(self.chunks.iter().flatten());
        Pcm { samples, sample_rate: RATE }
    }

    fn end(&mut self) {
        // Fails only when it has ended by itself.
        let _ = self.parec.kill();
        let _ = self.parec.wait();
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.end();
    }
}

const SERVER: &str = "\
load-module module-native-protocol-unix auth-anonymous=1
load-module module-cli-protocol-unix
load-module module-null-sink sink_name=mic_in rate=48000 norewinds=1
";

/// The devices are named, so that a stream ends when its device goes, as it does with a real card, rather than
/// moving to another one.
const ALSA: &str = "\
pcm.virtual {
    type asym
    playback.pcm { type pulse device speaker }
    capture.pcm { type pulse device virt_mic }
    hint { show on description \"Virtual sound card\" }
}
pcm.!default pcm.virtual
ctl.!default { type pulse }
";
