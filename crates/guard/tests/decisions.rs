//! The table of decisions: every tool, by what its arguments touch, on whose wish, and with what failing. It stands in
//! `docs/decisions.md`; `UPDATE_EXPECT=1` writes it anew, and the change is looked at like any other.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use expect_test::expect_file;
use jarvis_core::ToolCall;
use jarvis_guard::audit::{AuditLog, AuditQuery};
use jarvis_guard::{
    Act, Approver, Circumstances, Consent, Decision, Effect, Grants, Guard, Input, Nobody, Origin, Places,
    Question, Refusal, Taint, TaintKind, command,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const HOME: &str = "/home/ada";

/// A tool, the class of its arguments, what such a call touches, whether it can be undone.
type Row = (&'static str, &'static str, Vec<Effect>, bool);

fn rows() -> Vec<Row> {
    let read = |path: &str| Effect::Read { path: path.into() };
    let create = |path: &str| Effect::Create { path: path.into() };
    let change = |path: &str| Effect::Change { path: path.into() };
    let leave = |path: &str| Effect::Leave { path: path.into() };
    let run = |line: &str, folder: Option<&str>, network| Effect::Run {
        command: command::read(line),
        folder: folder.map(Into::into),
        network,
    };
    let input = |window: &str, kind| Effect::Input { window: window.into(), kind };
    let send = |data| Effect::Send { host: "example.org".into(), data };
    let end = |own, force| Effect::End { process: "editor".into(), own, force };
    let foreign = |reads_only| Effect::Foreign { server: "notes".into(), reads_only };
    let script = || {
        let read = command::read("python3 -c 'x'");
        vec![Effect::Run { command: read, folder: None, network: false }]
    };
    vec![
        ("find_files", "the home folder", vec![read("/home/ada")], false),
        ("list_folder", "a folder of yours", vec![read("/home/ada/Documents")], false),
        ("list_folder", "keys", vec![read("/home/ada/.ssh")], false),
        ("list_changes", "-", vec![Effect::Look], false),
        ("read_file", "a document", vec![read("/home/ada/Documents/a.txt")], false),
        ("read_file", "settings of a program", vec![read("/home/ada/.config/mousepad/x")], false),
        ("read_file", "the system's", vec![read("/etc/hostname")], false),
        ("read_file", "a key", vec![read("/home/ada/.ssh/id_ed25519")], false),
        ("read_file", "Jarvis's own", vec![read("/home/ada/.config/jarvis/config.toml")], false),
        ("read_file", "another person's", vec![read("/home/bob/a.txt")], false),
        ("write_file", "a new document", vec![create("/home/ada/a.txt")], true),
        ("write_file", "over a document", vec![change("/home/ada/a.txt")], true),
        ("write_file", "a login script", vec![change("/home/ada/.bashrc")], true),
        ("write_file", "a git hook", vec![create("/home/ada/p/.git/hooks/pre-commit")], true),
        ("write_file", "the system's", vec![change("/etc/hosts")], true),
        ("write_file", "Jarvis's rules", vec![change("/home/ada/.config/jarvis/rules.cedar")], true),
        ("make_folder", "a folder of yours", vec![create("/home/ada/x")], true),
        ("copy_file", "a document", vec![read("/home/ada/a"), create("/home/ada/b")], true),
        (
            "copy_file",
            "a key to your documents",
            vec![read("/home/ada/.ssh/id_rsa"), create("/home/ada/b")],
            true,
        ),
        ("move_file", "a document", vec![leave("/home/ada/a"), create("/home/ada/Documents/a")], true),
        (
            "move_file",
            "into autostart",
            vec![leave("/home/ada/a"), create("/home/ada/.config/autostart/a")],
            true,
        ),
        ("rename_file", "a document", vec![leave("/home/ada/a"), create("/home/ada/b")], true),
        ("trash_file", "a document", vec![leave("/home/ada/a")], true),
        ("trash_file", "the home folder", vec![leave("/home/ada")], true),
        ("undo", "a move", vec![leave("/home/ada/b"), create("/home/ada/a")], true),
        ("list_windows", "-", vec![Effect::Look], false),
        ("focus_window", "-", vec![Effect::Window { title: "Letter".into(), close: false }], false),
        ("move_window", "-", vec![Effect::Window { title: "Letter".into(), close: false }], false),
        ("close_window", "-", vec![Effect::Window { title: "Letter".into(), close: true }], false),
        ("type_text", "into a letter", vec![input("Letter - Mousepad", Input::Text)], false),
        ("type_text", "into a terminal", vec![input("Terminal", Input::Text)], false),
        ("type_text", "a line into a terminal", vec![input("Terminal", Input::Submit)], false),
        ("press_keys", "in a letter", vec![input("Letter - Mousepad", Input::Keys)], false),
        ("press_keys", "Enter in a form", vec![input("Form - Browser", Input::Submit)], false),
        ("click", "-", vec![input("Letter - Mousepad", Input::Click)], false),
        ("click_text", "-", vec![Effect::See, input("Letter - Mousepad", Input::Click)], false),
        ("scroll", "-", vec![input("Letter - Mousepad", Input::Scroll)], false),
        ("list_apps", "-", vec![Effect::Look], false),
        ("open_app", "-", vec![Effect::Launch { app: "Firefox".into() }], false),
        ("quit_app", "-", vec![end(true, false)], false),
        ("read_clipboard", "-", vec![Effect::ReadClipboard], false),
        ("write_clipboard", "-", vec![Effect::WriteClipboard], false),
        ("open", "an address", vec![send(false)], false),
        ("open", "an address with data", vec![send(true)], false),
        ("open", "a document", vec![read("/home/ada/a.pdf"), Effect::Launch { app: "viewer".into() }], false),
        ("set_volume", "-", vec![Effect::Adjust], false),
        ("media", "-", vec![Effect::Adjust], false),
        ("set_brightness", "-", vec![Effect::Adjust], false),
        ("list_processes", "-", vec![Effect::Look], false),
        ("end_process", "one of yours", vec![end(true, false)], false),
        ("end_process", "one of yours, by force", vec![end(true, true)], false),
        ("end_process", "the system's", vec![end(false, false)], false),
        ("system_info", "-", vec![Effect::Look], false),
        ("read_screen", "-", vec![Effect::See], false),
        ("find_on_screen", "a text", vec![Effect::See], false),
        ("find_on_screen", "a picture", vec![Effect::See, read("/home/ada/Pictures/button.png")], false),
        ("take_screenshot", "-", vec![Effect::See, create("/home/ada/Pictures/Screenshots/a.png")], false),
        ("run_command", "one that reads", vec![run("ls -l", None, false)], false),
        ("run_command", "one that reads, in a folder", vec![run("ls -l", Some("/home/ada/p"), false)], false),
        ("run_command", "one that removes", vec![run("rm -r build", Some("/home/ada/p"), false)], false),
        ("run_command", "with the network", vec![run("curl -s https://example.org", None, true)], false),
        ("run_command", "in the home folder", vec![run("ls", Some("/home/ada"), false)], false),
        ("run_command", "what is not understood", vec![run("$X $(", None, false)], false),
        ("run_script", "-", script(), false),
        ("mcp_notes_list", "vouched for", vec![foreign(true)], false),
        ("mcp_notes_send", "-", vec![foreign(false)], false),
    ]
}

fn guard(rules: Option<&Path>) -> Arc<Guard> {
    let places = Places::new(Path::new(HOME), &["/home/ada/.config/jarvis".into()]);
    let audit = AuditLog::in_memory().unwrap();
    let guard = Guard::new(places, rules.map(Into::into), Grants::none(), audit);
    Arc::new(guard.with_patience(Duration::from_millis(50)))
}

fn circumstances(origin: Origin, tainted: bool) -> Circumstances {
    let mut circumstances = Circumstances { origin, turn: None, tainted_by: Vec::new() };
    if tainted {
        circumstances.read(Taint { kind: TaintKind::Document, source: "a document".into() });
    }
    circumstances
}

#[test]
fn every_tool_by_what_its_arguments_touch() {
    let guard = guard(None);
    let mut table = String::from(
        "# Decisions\n\nWhat the guard decides with the rules that ship: every tool, by what its arguments touch. \"You\" is your own wish in \
         plain words, \"model\" a language model's, \"program\" another program's; \"after strangers' text\" is a turn that has read some. \
         *undo* marks what can be taken back. Made and checked by `crates/guard/tests/decisions.rs`.\n\n\
         | tool | arguments | risk | | you | model | model, after strangers' text | program |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (tool, class, effects, undoable) in rows() {
        let act = Act { tool: tool.into(), effects, words: String::new(), undoable };
        let judge = |origin, tainted| guard.judge(&act, &json!({}), &circumstances(origin, tainted)).unwrap();
        let verdicts = [
            judge(Origin::Person, false),
            judge(Origin::Model, false),
            judge(Origin::Model, true),
            judge(Origin::Program, false),
        ];
        let undo = if undoable { "undo" } else { "" };
        let said: Vec<&str> = verdicts.iter().map(|v| v.decision.as_str()).collect();
        writeln!(
            table,
            "| {tool} | {class} | {} | {undo} | {} |",
            verdicts[0].risk.as_str(),
            said.join(" | ")
        )
        .unwrap();
    }
    table += "\nWhatever fails, nothing runs:\n\n| what fails | what comes of a call |\n|---|---|\n";
    for (what, came) in failures() {
        writeln!(table, "| {what} | {came} |").unwrap();
    }
    expect_file!["../../../docs/decisions.md"].assert_eq(&table);
}

/// Never answers.
struct Silent;

#[async_trait]
impl Approver for Silent {
    async fn ask(&self, _: &Question, _: &Act) -> Consent {
        std::future::pending().await
    }
}

/// Says yes.
struct Yes;

#[async_trait]
impl Approver for Yes {
    async fn ask(&self, _: &Question, _: &Act) -> Consent {
        Consent::Once
    }
}

/// What comes of a call that asks, with something failing.
fn failures() -> Vec<(&'static str, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let effects = vec![Effect::Leave { path: "/home/ada/a".into() }];
        let act = || Act {
            tool: "trash_file".into(),
            effects: effects.clone(),
            words: "Move a to the trash.".into(),
            undoable: false,
        };
        let call = || ToolCall { id: String::new(), name: "trash_file".into(), arguments: Value::Null };
        let model = circumstances(Origin::Model, false);
        let never = CancellationToken::new();
        let refusal = |admitted: Result<jarvis_guard::Approved<ToolCall>, Refusal>| match admitted {
            Ok(_) => "it was approved".to_owned(),
            Err(refusal) => refusal.to_string(),
        };
        let mut rows = Vec::new();
        let guarded = guard(None);
        rows.push(("nobody is there", refusal(guarded.admit(call(), act(), &model, &Nobody, &never).await)));
        rows.push(("nobody answers", refusal(guarded.admit(call(), act(), &model, &Silent, &never).await)));
        let cancelled = CancellationToken::new();
        cancelled.cancel();
        rows.push((
            "the turn is stopped",
            refusal(guarded.admit(call(), act(), &model, &Silent, &cancelled).await),
        ));
        let approved = guarded.admit(call(), act(), &model, &Yes, &never).await;
        guarded.stop_everything();
        let begun = approved.and_then(jarvis_guard::Approved::begin).map(|_| ());
        rows.push((
            "everything is stopped after the yes",
            begun.map_or_else(|e| e.to_string(), |()| "it ran".into()),
        ));
        let broken = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(broken.path(), "permit (principal").unwrap();
        let unruled = guard(Some(broken.path())).admit(call(), act(), &model, &Yes, &never).await;
        let said = refusal(unruled);
        rows.push((
            "the rules cannot be read",
            said.split(" cannot be read").next().unwrap_or_default().to_owned() + " cannot be read.",
        ));
        let unrecorded = Arc::new(Guard::without_records());
        rows.push((
            "nothing can be recorded",
            refusal(unrecorded.admit(call(), act(), &model, &Yes, &never).await),
        ));
        rows
    })
}

#[test]
fn rules_hold_as_soon_as_they_are_edited() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let shipped = jarvis_guard::SHIPPED_RULES;
    std::fs::write(file.path(), shipped).unwrap();
    let guard = guard(Some(file.path()));
    let effects = vec![Effect::Read { path: "/home/ada/Documents/letter.txt".into() }];
    let act = Act { tool: "read_file".into(), effects, words: String::new(), undoable: false };
    let decided = || guard.judge(&act, &json!({}), &Circumstances::person()).unwrap().decision;
    assert_eq!(decided(), Decision::Run);
    std::fs::write(
        file.path(),
        format!("{shipped}\n@id(\"nothing\")\n@answer(\"deny\")\nforbid (principal, action, resource);\n"),
    )
    .unwrap();
    assert_eq!(decided(), Decision::Deny);
    // Those that cannot be read change nothing.
    std::fs::write(file.path(), "permit (principal").unwrap();
    assert_eq!(decided(), Decision::Deny);
}

#[tokio::test]
async fn an_approval_is_for_these_arguments_once_and_soon() {
    let guard = guard(None);
    let act = Act {
        tool: "system_info".into(),
        effects: vec![Effect::Look],
        words: "Look.".into(),
        undoable: false,
    };
    let call = ToolCall { id: String::new(), name: "system_info".into(), arguments: json!({"about": "all"}) };
    let never = CancellationToken::new();
    let person = Circumstances::person();
    let approved = guard.admit(call.clone(), act, &person, &Nobody, &never).await.unwrap();
    let running = approved.begin().unwrap();
    assert_eq!(running.arguments(), &call.arguments);
    // It cannot be begun again: `begin` has taken it. And it is recorded before it runs.
    assert_eq!(guard.audit().unfinished().unwrap().len(), 1);
    running.finish(jarvis_guard::audit::Ending::Done, "");
    assert!(guard.audit().unfinished().unwrap().is_empty());
    assert!(guard.audit().verify().unwrap().broken.is_empty());
    // A running call that is dropped is recorded as stopped.
    let act = Act { tool: "x".into(), effects: vec![Effect::Look], words: String::new(), undoable: false };
    drop(guard.admit(call, act, &person, &Nobody, &never).await.unwrap().begin().unwrap());
    assert!(guard.audit().unfinished().unwrap().is_empty());
}

#[test]
fn a_key_leaves_with_no_call_whatever_the_rules_say() {
    let guard = guard(None);
    guard.keep_secret(vec!["quince-jam-on-toast".into()]);
    let send = Effect::Send { host: "example.org".into(), data: false };
    let foreign = Effect::Foreign { server: "notes".into(), reads_only: true };
    for (effect, text, expected) in [
        (&send, "some quince jam", Decision::Run),
        (&send, "quince-jam-on-toast", Decision::Deny),
        (&foreign, "quince-jam-on-toast", Decision::Deny),
        (&foreign, "cXVpbmNlLWphbS1vbi10b2FzdA==", Decision::Deny),
        // What only looks like a secret may be what the server goes on by.
        (&foreign, "page_token=abc123def456", Decision::Run),
        (&Effect::Look, "quince-jam-on-toast", Decision::Run),
    ] {
        let effects = vec![effect.clone()];
        let act = Act { tool: "some_tool".into(), effects, words: String::new(), undoable: false };
        let verdict = guard.judge(&act, &json!({ "text": text }), &Circumstances::person()).unwrap();
        assert_eq!(verdict.decision, expected, "{effect:?} {text}");
    }
    // Nor is it written down.
    let arguments = json!(["quince-jam-on-toast"]);
    let call = ToolCall { id: String::new(), name: "quince-jam-on-toast".into(), arguments };
    guard.refuse_unplanned(&call, &Circumstances::person(), "There is no quince-jam-on-toast.");
    let record = guard.audit().show(&AuditQuery::default()).unwrap().remove(0);
    assert_eq!(record.tool.as_deref(), Some("[secret: known]"));
    assert_eq!(record.detail, "There is no [secret: known].");
    assert_eq!(record.arguments, Some(json!(["[secret: known]"])));
}

/// Stops everything, and says yes all the same.
struct Stopping(Arc<Guard>);

#[async_trait]
impl Approver for Stopping {
    async fn ask(&self, _: &Question, _: &Act) -> Consent {
        self.0.stop_everything();
        Consent::Once
    }
}

#[tokio::test]
async fn what_is_asked_about_while_everything_is_stopped_does_not_begin() {
    let guard = guard(None);
    let effects = vec![Effect::Leave { path: "/home/ada/a".into() }];
    let act = Act { tool: "trash_file".into(), effects, words: String::new(), undoable: false };
    let call = ToolCall { id: String::new(), name: "trash_file".into(), arguments: Value::Null };
    let (model, never) = (circumstances(Origin::Model, false), CancellationToken::new());
    let admitted = guard.admit(call, act, &model, &Stopping(Arc::clone(&guard)), &never).await;
    let begun = admitted.and_then(jarvis_guard::Approved::begin).map(drop);
    assert_eq!(begun, Err(Refusal::Stopped));
}
