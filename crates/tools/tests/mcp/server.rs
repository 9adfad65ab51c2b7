//! Jarvis as a server: another program's real client calls it.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jarvis_guard::audit::{AuditQuery, Kind};
use jarvis_guard::{Effect, Nobody, Origin, Running, TaintKind};
use jarvis_tools::mcp::{self, Serving};
use jarvis_tools::{About, Output, Plan, Tool, ToolError, Toolbox, arguments, spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::bench;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Depth {
    /// How far.
    depth: Option<u32>,
}

/// A tool that does what its name says, with the effects that it is given.
struct Small {
    about: About,
    effects: Vec<Effect>,
    stopped: Arc<Notify>,
}

#[async_trait]
impl Tool for Small {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        arguments::<Depth>(&self.about.spec.name, given)?;
        let words = format!("Do {}.", self.about.spec.name);
        Ok(Plan { effects: self.effects.clone(), words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let Depth { depth } = arguments(&self.about.spec.name, running.arguments())?;
        match self.about.spec.name.as_str() {
            "wait_forever" => {
                struct Tells(Arc<Notify>);
                impl Drop for Tells {
                    fn drop(&mut self) {
                        self.0.notify_one();
                    }
                }
                let _tells = Tells(Arc::clone(&self.stopped));
                std::future::pending().await
            }
            "screenshot" => Ok(Output { picture: Some(vec![1, 2, 3]), ..Output::text("A picture.") }),
            name => Ok(Output::text(format!("{name} {}", depth.unwrap_or_default()))),
        }
    }
}

fn fill(toolbox: &Toolbox, stopped: &Arc<Notify>) {
    let end = Effect::End { process: "init".into(), own: false, force: true };
    let send = Effect::Send { host: "example.org".into(), data: false };
    for (name, group, taint, effect) in [
        ("look_around", "test", None, Effect::Look),
        ("screenshot", "test", None, Effect::Look),
        ("wait_forever", "test", None, Effect::Look),
        ("end_everything", "test", None, end),
        ("read_note", "test", Some(TaintKind::Document), Effect::Look),
        ("send_note", "test", None, send),
        ("run_command", "test", None, Effect::Look),
        ("mcp_other_tool", mcp::GROUP, Some(TaintKind::Mcp), Effect::Look),
        ("switched_off", "test", None, Effect::Look),
    ] {
        let about = About {
            spec: spec::<Depth>(name, "For a test."),
            group,
            examples: &[],
            taint,
            time_limit: Duration::from_secs(600),
        };
        toolbox.add(Arc::new(Small { about, effects: vec![effect], stopped: Arc::clone(stopped) }));
    }
    toolbox.switch_off(["switched_off".to_owned()]);
}

/// The real client in both of the protocol's lifecycles.
#[tokio::test]
async fn another_program_stands_under_the_same_guard() {
    for (mode, version) in [("legacy", "2025-11-25"), ("auto", "2026-07-28")] {
        check(mode, version).await;
    }
}

async fn check(mode: &str, version: &str) {
    let home = tempfile::tempdir().unwrap();
    let toolbox = bench::toolbox(home.path());
    let stopped = Arc::new(Notify::new());
    fill(&toolbox, &stopped);
    let socket = home.path().join("socket");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let python = tokio::task::spawn_blocking(|| bench::python("python")).await.unwrap();
    let client = tokio::process::Command::new(python)
        .arg(bench::scripts().join("client.py"))
        .args([socket.as_os_str(), mode.as_ref()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let serving = Serving { toolbox: Arc::clone(&toolbox), approver: Arc::new(Nobody), commands: false };
    let served = async {
        let (connection, _) = listener.accept().await.unwrap();
        let (input, output) = connection.into_split();
        mcp::serve(serving, input, output).await.unwrap();
    };
    let (ended, ()) = tokio::join!(client.wait_with_output(), served);
    let ended = ended.unwrap();
    assert!(ended.status.success(), "{mode}: the client failed; see above");
    let seen: Value = serde_json::from_slice(&ended.stdout).unwrap();
    // The call that was cancelled was really stopped.
    stopped.notified().await;

    assert_eq!(seen["server"], "jarvis");
    assert_eq!(seen["version"], version);
    let tools = seen["tools"].as_object().unwrap();
    let names: Vec<&str> = tools.keys().map(String::as_str).collect();
    let expected = ["end_everything", "look_around", "read_note", "screenshot", "send_note", "wait_forever"];
    assert_eq!(names, expected, "no commands, no foreign tools, none that is off");
    assert_eq!(
        tools["look_around"],
        json!({ "description": "For a test.", "type": "object", "reads": true, "destroys": null })
    );
    assert_eq!(
        (&tools["end_everything"]["reads"], &tools["end_everything"]["destroys"]),
        (&json!(false), &json!(true))
    );
    let said = |call: &str| (seen[call]["error"].as_bool(), seen[call]["text"].as_str().unwrap_or_default());
    assert_eq!(said("look"), (Some(false), "look_around 2"));
    let (failed, text) = said("bad");
    assert!(failed == Some(true) && text.contains("look_around") && text.contains("deep"), "{text}");
    assert_eq!(seen["picture"]["kinds"], json!(["text", "image"]));
    assert_eq!(said("refused"), (Some(true), "You said no to this: Do end_everything."));
    for call in ["unknown", "command", "foreign"] {
        assert_eq!(seen[call]["code"], -32602, "{call}: {}", seen[call]);
    }
    assert_eq!(said("send_before"), (Some(false), "send_note 0"));
    assert_eq!(said("read"), (Some(false), "read_note 0"));
    assert_eq!(said("send_after").0, Some(true), "what it has read counts in its later calls");
    assert_eq!(seen["many"].as_array().unwrap().len(), 20);
    assert_eq!(seen["progress"], json!([1.0]));
    assert_eq!(said("after"), (Some(false), "look_around 3"));
    assert_eq!(seen["asked"], 0, "the program is never asked for an approval");

    let records = toolbox.guard().audit().show(&AuditQuery::default()).unwrap();
    let of = |tool: &str, kind: Kind| {
        let hit = |r: &&jarvis_guard::audit::Record| r.tool.as_deref() == Some(tool) && r.kind == kind;
        records.iter().filter(hit).count()
    };
    assert_eq!(of("wait_forever", Kind::Stopped), 1);
    assert_eq!(of("end_everything", Kind::Refused), 1);
    assert_eq!(of("run_command", Kind::Refused), 1);
    assert_eq!(of("mcp_other_tool", Kind::Refused), 1);
    assert!(records.iter().filter(|r| r.tool.is_some()).all(|r| r.origin == Some(Origin::Program)));
}

/// Commands are offered where the person has said so, and are judged all the same.
#[tokio::test]
async fn commands_are_offered_on_demand_and_an_input_that_is_no_protocol_ends_the_service() {
    let home = tempfile::tempdir().unwrap();
    let toolbox = bench::toolbox(home.path());
    fill(&toolbox, &Arc::default());
    for (input, commands, sign) in [
        ("", true, None),
        ("what is this?\n\u{0}\n", true, None),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/list"}
"#,
            true,
            Some("run_command"),
        ),
    ] {
        let (mine, theirs) = tokio::io::duplex(1 << 20);
        let (their_input, their_output) = tokio::io::split(theirs);
        let serving = Serving { toolbox: Arc::clone(&toolbox), approver: Arc::new(Nobody), commands };
        let (mut reader, mut writer) = tokio::io::split(mine);
        let asks = async {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            writer.write_all(input.as_bytes()).await.unwrap();
            writer.shutdown().await.unwrap();
            let mut answered = String::new();
            reader.read_to_string(&mut answered).await.unwrap();
            answered
        };
        let (answered, served) = tokio::join!(asks, mcp::serve(serving, their_input, their_output));
        served.unwrap();
        assert!(sign.is_none_or(|sign| answered.contains(sign)), "{input}: {answered}");
    }
}
