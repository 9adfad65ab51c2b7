//! Programs of the menus, and documents that open in them.

use jarvis_guard::{Circumstances, Effect};
use jarvis_tools::ToolError;
use serde_json::json;

use crate::{Desk, is_changed};

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_found_by_what_is_said_started_and_ended() {
    let desk = Desk::new();
    let listed = desk.bench.done("list_apps", json!({ "query": "text editor" })).await;
    assert!(listed.contains("Mousepad"), "{listed}");
    let (act, _) = desk
        .bench
        .toolbox
        .explain("open_app", &json!({ "name": "mouse pad" }), &Circumstances::person())
        .unwrap();
    assert_eq!(act.effects, [Effect::Launch { app: "Mousepad".into() }]);

    desk.bench.done("open_app", json!({ "name": "mouse pad" })).await;
    desk.wait_for(|windows| windows.contains("Mousepad")).await;
    desk.bench.done("quit_app", json!({ "name": "the mousepad" })).await;
    assert_eq!(desk.windows().await, "No windows are open.");
    for (tool, name) in [("quit_app", "mousepad"), ("open_app", "photoshop")] {
        assert!(
            matches!(desk.bench.call(tool, json!({ "name": name })).await, Err(ToolError::Failed { .. })),
            "{tool}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_whether_to_save_is_not_ended() {
    let mut desk = Desk::new();
    desk.editor("letter.txt").await;
    desk.bench.done("type_text", json!({ "text": "unsaved", "window": "letter" })).await;
    desk.wait_for(is_changed).await;
    let Err(ToolError::Failed { reason }) = desk.bench.call("quit_app", json!({ "name": "mousepad" })).await
    else {
        panic!("it was ended")
    };
    assert!(reason.contains("save"), "{reason}");
    assert!(desk.windows().await.contains("letter.txt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_opens_in_the_program_that_is_set_for_it() {
    let desk = Desk::new();
    let home = desk.screen.home();
    std::fs::create_dir_all(home.join(".config")).unwrap();
    let set = "[Default Applications]\ntext/plain=org.xfce.mousepad.desktop\n";
    std::fs::write(home.join(".config/mimeapps.list"), set).unwrap();
    std::fs::write(home.join("my letter.txt"), "Dear Ada").unwrap();
    desk.bench.done("open", json!({ "target": "~/my letter.txt" })).await;
    desk.wait_for(|windows| windows.contains("my letter.txt")).await;
}
