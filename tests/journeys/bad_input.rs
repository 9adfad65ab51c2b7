//! What goes wrong gets one plain sentence with the remedy, and a non-zero exit.

use std::fs;
use std::path::Path;

use jarvis_journeys::{Home, clip};

/// Runs `args`, which must fail with `says` in one line on standard error.
#[track_caller]
fn check(home: &Home, args: &[&str], says: &[&str]) {
    let ran = home.run(args);
    let stderr = ran.stderr();
    assert!(!ran.0.status.success(), "{args:?} succeeded: {}", ran.stdout());
    assert!(!stderr.contains("panicked"), "{stderr}");
    let message =
        stderr.lines().find(|l| l.starts_with("jarvis: ")).unwrap_or_else(|| panic!("{args:?}: {stderr}"));
    for words in says {
        assert!(message.contains(words), "{args:?} should say {words:?}, but says {message:?}");
    }
}

fn write(home: &Home, name: &str, bytes: &[u8]) -> String {
    let path = home.path().join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_string()
}

#[test]
fn sound_files_that_are_none() {
    let home = Home::new();
    let real = fs::read(clip("hey-jarvis-what-time-is-it.wav")).unwrap();
    for (name, bytes) in [
        ("empty.wav", &b""[..]),
        ("text.wav", &b"this is not sound"[..]),
        ("header-only.wav", &real[..44]),
        ("torn.wav", &real[..20]),
    ] {
        let file = write(&home, name, bytes);
        check(&home, &["transcribe", &file], &[name]);
        check(&home, &["hear", &file], &[name]);
        check(&home, &["wake", &file], &[name]);
    }
    check(&home, &["transcribe", "/nowhere/at/all.wav"], &["/nowhere/at/all.wav"]);
}

#[test]
fn a_malformed_configuration_is_named_with_its_line() {
    let home = Home::new();
    let folder = home.path().join("config");
    fs::create_dir_all(&folder).unwrap();
    for (text, says) in [
        ("[wake]\nthreshold = = 1\n", "line 2"),
        ("[wake]\n\nthreshold = \"high\"\n", "line 3"),
        ("[stt]\nlangages = [\"en\"]\n", "did you mean stt.languages"),
    ] {
        fs::write(folder.join("config.toml"), text).unwrap();
        for command in [&["config", "show"][..], &["ask", "hello"], &["listen"]] {
            check(&home, command, &["config.toml", says]);
        }
        assert_eq!(fs::read_to_string(folder.join("config.toml")).unwrap(), text, "nothing is lost");
    }
}

#[test]
fn models_that_are_missing_or_damaged() {
    let home = Home::empty();
    let question = clip("hey-jarvis-what-time-is-it.wav");
    check(&home, &["transcribe", question.to_str().unwrap()], &["jarvis models pull"]);
    check(&home, &["hear", question.to_str().unwrap()], &["jarvis models pull"]);
    check(&home, &["models", "pull", "no-such-model"], &["no-such-model"]);

    let from = jarvis_testkit::models::path("whisper-tiny-en", "ggml-tiny.en.bin");
    let to = home.path().join("data/models/whisper-tiny-en");
    fs::create_dir_all(&to).unwrap();
    let whole = fs::read(from).unwrap();
    fs::write(to.join("ggml-tiny.en.bin"), &whole[..whole.len() / 2]).unwrap();
    check(&home, &["transcribe", question.to_str().unwrap()], &["whisper-tiny-en"]);
    // The right size and the wrong bytes: the engine must notice, and must not take Jarvis along.
    let mut garbage = whole;
    garbage.iter_mut().for_each(|b| *b = 0x55);
    fs::write(to.join("ggml-tiny.en.bin"), garbage).unwrap();
    check(&home, &["transcribe", question.to_str().unwrap()], &["damaged"]);

    let head =
        fs::read(jarvis_testkit::models::path("hey-jarvis-openwakeword", "hey_jarvis_v0.1.onnx")).unwrap();
    let to = home.path().join("data/models/hey-jarvis-openwakeword");
    fs::create_dir_all(&to).unwrap();
    fs::write(to.join("hey_jarvis_v0.1.onnx"), vec![0x55; head.len()]).unwrap();
    check(&home, &["models", "verify", "hey-jarvis-openwakeword"], &["hey-jarvis-openwakeword", "--repair"]);
}

#[test]
fn a_provider_that_is_not_there() {
    let home = Home::new();
    for (provider, says) in
        [("ollama", "ollama serve"), ("openai", "llm.provider"), ("anthropic", "ANTHROPIC_API_KEY")]
    {
        let mut command = home.jarvis(["ask", "why is the sky blue"]);
        command
            .env("JARVIS_LLM__PROVIDER", provider)
            .env("JARVIS_LLM__OPENAI__URL", "http://127.0.0.1:9/v1")
            .env("JARVIS_LLM__ANTHROPIC__URL", "http://127.0.0.1:9")
            .env_remove("ANTHROPIC_API_KEY");
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert!(
            stderr.lines().any(|l| l.starts_with("jarvis: ") && l.contains(says)),
            "{provider}: {stderr}"
        );
    }
}

#[test]
fn a_provider_that_takes_too_long() {
    let home = Home::new();
    // Takes connections and says nothing, as a server does that is loading a large model from a slow disk.
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    std::thread::spawn(move || server.incoming().collect::<Vec<_>>());
    let mut command = home.jarvis(["ask", "why is the sky blue"]);
    command
        .env("JARVIS_LLM__PROVIDER", "ollama")
        .env("JARVIS_LLM__MODEL", "llama3.2")
        .env("JARVIS_LLM__OLLAMA__URL", url)
        .env("JARVIS_LLM__TIMEOUT_S", "1");
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    let told =
        stderr.lines().any(|l| l.starts_with("jarvis: Ollama took too long") && l.contains("llm.model"));
    assert!(told, "{stderr}");
}

#[test]
fn without_any_sound_device_the_recorded_question_is_answered() {
    let home = Home::new();
    let reply = home.path().join("reply.wav");
    let mut command = home.jarvis(["listen", "--reply", reply.to_str().unwrap()]);
    // An ALSA configuration without a single device.
    let nothing = write(&home, "asound.conf", b"pcm.!default { type null_that_does_not_exist }\n");
    command.env("ALSA_CONFIG_PATH", nothing).env("XDG_RUNTIME_DIR", home.path());
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert!(stderr.contains("microphone"), "it says what is missing: {stderr}");
    assert!(stdout.contains("what time is it") || stdout.contains("What time is it"), "{stdout}");
    assert!(Path::new(&reply).metadata().unwrap().len() > 10_000, "the reply is in the file");
}
