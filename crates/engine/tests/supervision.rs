//! A real child process is started, killed, cancelled and outlived.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use jarvis_engine::wire::{self, Answer, Call};
use jarvis_engine::{Engine, EngineError, EngineSpec, FaultCode};
use serde_json::{Value, json};

type Echo = Engine<Value, Value>;

fn echo() -> Echo {
    with_program(env!("CARGO_BIN_EXE_echo-engine"), None)
}

fn with_program(program: &str, idle_stop: Option<Duration>) -> Echo {
    Engine::new(spec(program, None, idle_stop))
}

fn spec(program: &str, fallback: Option<&str>, idle_stop: Option<Duration>) -> EngineSpec {
    let fallback = fallback.map(Into::into);
    EngineSpec { name: "echo engine", program: program.into(), fallback, args: Vec::new(), idle_stop }
}

async fn ask(engine: &Echo, what: &str) -> Result<Vec<(Value, Vec<u8>)>, EngineError> {
    let mut replies = engine.request(json!({ "do": what }), vec![1, 2, 3]);
    let mut items = Vec::new();
    while let Some(item) = replies.next().await {
        let (body, payload) = item?;
        items.push((body, payload.to_vec()));
    }
    Ok(items)
}

fn kill(pid: u32) {
    assert!(std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn answers_come_in_order_with_their_payload() {
    let engine = echo();
    assert_eq!(engine.pid(), None, "started on demand only");
    let items = ask(&engine, "hello").await.unwrap();
    assert_eq!(items, vec![(json!({"do": "hello"}), vec![1, 2, 3]); 2]);
}

#[tokio::test]
async fn what_native_code_prints_does_not_disturb_the_frames() {
    assert_eq!(ask(&echo(), "chatter").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_death_is_told_to_who_waits_and_the_next_request_is_answered() {
    let engine = echo();
    for _ in 0..3 {
        assert!(matches!(ask(&engine, "die").await, Err(EngineError::Died { .. })));
        assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_kill_from_outside_is_survived() {
    let engine = echo();
    ask(&engine, "hello").await.unwrap();
    let mut replies = engine.request(json!({"do": "forever"}), Vec::new());
    replies.next().await.unwrap().unwrap();
    let pid = engine.pid().unwrap();
    kill(pid);
    let error = loop {
        match replies.next().await {
            Some(Ok(_)) => {}
            Some(Err(e)) => break e,
            None => panic!("ended without saying why"),
        }
    };
    assert!(matches!(error, EngineError::Died { .. }), "{error}");
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
    assert_ne!(engine.pid(), Some(pid));
}

/// Were what died in mid-answer waited for as what cannot even start is, this would last longer than a test may.
#[tokio::test]
async fn what_dies_in_mid_answer_is_started_again_however_often() {
    let engine = echo();
    for _ in 0..20 {
        let mut replies = engine.request(json!({"do": "forever"}), Vec::new());
        replies.next().await.unwrap().unwrap();
        kill(engine.pid().unwrap());
        while let Some(Ok(_)) = replies.next().await {}
    }
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
}

/// Were it, the engine would die of it, and take what is asked next along.
#[tokio::test]
async fn what_is_given_up_before_the_next_start_is_not_asked() {
    let engine = echo();
    // From the second death on the next start is waited for.
    for _ in 0..2 {
        assert!(matches!(ask(&engine, "die").await, Err(EngineError::Died { .. })));
    }
    drop(engine.request(json!({"do": "die"}), Vec::new()));
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_request_that_is_too_long_is_refused() {
    let engine = echo();
    let mut replies = engine.request(json!({"do": "hello"}), vec![0; wire::MAX_PAYLOAD as usize + 1]);
    match replies.next().await {
        Some(Err(EngineError::Fault(fault))) => assert_eq!(fault.code, FaultCode::BadRequest),
        other => panic!("{other:?}"),
    }
    assert!(replies.next().await.is_none());
    let pid = engine.pid();
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
    assert_eq!(engine.pid(), pid, "nothing has happened to the engine");
}

#[tokio::test]
async fn what_is_typed_at_the_terminal_does_not_reach_the_engine() {
    let engine = echo();
    ask(&engine, "hello").await.unwrap();
    let pid = engine.pid().unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // Behind the name in brackets: the state, the parent, the process group.
    let group = stat.rsplit(')').next().unwrap().split_whitespace().nth(2);
    assert_eq!(group, Some(pid.to_string().as_str()), "{stat}");
}

#[test]
fn an_engine_ends_with_its_input_while_it_works() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_echo-engine"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    wire::write(&mut input, &Call::Request { id: 1, body: json!({"do": "sleep"}) }, &[]).unwrap();
    wire::read::<Answer<Value>>(&mut output).unwrap().unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[tokio::test]
async fn a_panic_or_a_refusal_fails_only_its_request() {
    let engine = echo();
    ask(&engine, "hello").await.unwrap();
    let pid = engine.pid();
    for (what, code) in [
        ("panic", FaultCode::Internal),
        ("refuse", FaultCode::ModelMissing),
        ("too much", FaultCode::Internal),
    ] {
        match ask(&engine, what).await {
            Err(EngineError::Fault(fault)) => assert_eq!(fault.code, code),
            other => panic!("{what}: {other:?}"),
        }
    }
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
    assert_eq!(engine.pid(), pid);
}

#[tokio::test]
async fn dropping_the_reply_stops_the_work() {
    let engine = echo();
    let mut replies = engine.request(json!({"do": "forever"}), Vec::new());
    replies.next().await.unwrap().unwrap();
    drop(replies);
    // The endless request would keep the pipe full; an answer proves that it has ended.
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
}

#[tokio::test]
async fn dropping_the_reply_wakes_native_code() {
    let engine = echo();
    let mut replies = engine.request(json!({"do": "sleep"}), Vec::new());
    replies.next().await.unwrap().unwrap();
    drop(replies);
    // It is answered when the sleeper was woken, and not before.
    assert_eq!(ask(&engine, "await the sleeper").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_missing_program_is_a_clear_error() {
    let engine = with_program("/nowhere/jarvis-engine-none", None);
    // However often it is asked for, nobody waits to be told.
    for _ in 0..20 {
        let error = ask(&engine, "hello").await.unwrap_err();
        assert!(matches!(error, EngineError::Start { .. }));
        assert!(!error.failure().remedy.is_empty());
    }
}

#[tokio::test]
async fn what_dies_or_cannot_start_gives_way_to_its_fallback() {
    let works = env!("CARGO_BIN_EXE_echo-engine");
    let engine = Engine::new(spec("/nowhere/jarvis-engine-none", Some(works), None));
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2, "nothing was lost");
    assert!(engine.watch_fallback().borrow().is_some());

    // One program by two names.
    let first = Path::new(env!("CARGO_TARGET_TMPDIR")).join("first");
    let _ = std::fs::remove_file(&first);
    std::os::unix::fs::symlink(works, &first).unwrap();
    let engine: Echo = Engine::new(spec(first.to_str().unwrap(), Some(works), None));
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
    assert_eq!(*engine.watch_fallback().borrow(), None);
    assert!(program_of(engine.pid()).ends_with("first"));
    for _ in 0..2 {
        assert!(matches!(ask(&engine, "die").await, Err(EngineError::Died { .. })));
        assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
        assert!(program_of(engine.pid()).ends_with("echo-engine"), "it stays with the fallback");
        let reason = engine.watch_fallback().borrow().clone().unwrap();
        assert!(reason.contains("signal: 6"), "{reason}");
    }
}

/// How a running process was called.
fn program_of(pid: Option<u32>) -> String {
    let line = std::fs::read_to_string(format!("/proc/{}/cmdline", pid.unwrap())).unwrap();
    line.trim_end_matches('\0').to_owned()
}

#[tokio::test]
async fn an_idle_engine_is_stopped_and_comes_back() {
    let engine = with_program(env!("CARGO_BIN_EXE_echo-engine"), Some(Duration::from_millis(1)));
    ask(&engine, "hello").await.unwrap();
    let mut pid = engine.watch_pid();
    pid.wait_for(Option::is_none).await.unwrap();
    assert_eq!(ask(&engine, "hello").await.unwrap().len(), 2);
}
