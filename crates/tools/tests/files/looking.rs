//! Finding, listing and reading.

use serde_json::json;

use crate::desk::Desk;

fn furnished() -> Desk {
    let desk = Desk::new();
    desk.write("Documents/tax-report-2026.txt", "Income and losses\nof the year\n");
    desk.write("Documents/letter.txt", "Dear Grüße");
    desk.write("Downloads/photo.jpg", [0xff, 0xd8, 0xff, 0, 1, 2]);
    desk.write("Downloads/old.txt", b"Gr\xfc\xdfe aus K\xf6ln".as_slice());
    desk.write(".ssh/id_tax-report", "secret");
    desk.write(".config/tax-report", "hidden");
    desk.write("project/.env", "tax-report=1");
    desk.write("project/tax-report.pem", "secret");
    std::os::unix::fs::symlink("/etc", desk.path("Documents/etc")).unwrap();
    desk
}

#[tokio::test]
async fn what_a_person_sees_is_found_and_nothing_else() {
    let desk = furnished();
    for (arguments, expected) in [
        (json!({ "name": "tax report" }), &["Found one.", "~/Documents/tax-report-2026.txt"][..]),
        (json!({ "name": "*.JPG" }), &["Found one.", "~/Downloads/photo.jpg (6 bytes"]),
        (json!({ "contains": "grüße" }), &["Found 2.", "old.txt", "letter.txt"]),
        (json!({ "contains": "LOSSES income", "folder": "my documents" }), &["Found one.", "tax-report"]),
        (json!({ "contains": "secret" }), &["Nothing was found."]),
        (json!({ "name": "hosts" }), &["Nothing was found."]),
        (json!({ "name": "*", "limit": 2 }), &["the first 2."]),
    ] {
        let text = desk.does("find_files", arguments.clone()).await;
        for sign in expected {
            assert!(text.contains(sign), "{arguments}: {text}");
        }
        assert!(!text.contains(".ssh") && !text.contains(".pem") && !text.contains(".config"), "{text}");
    }
}

#[tokio::test]
async fn folders_and_files_are_told_shortly() {
    let desk = furnished();
    let text = desk.does("list_folder", json!({ "path": "~" })).await;
    assert!(text.starts_with("In your home folder are 3 folders and 0 files ("), "{text}");
    let text = desk.does("list_folder", json!({ "path": "Documents" })).await;
    assert!(text.contains("etc (a link)") && text.contains("letter.txt (12 bytes, 2"), "{text}");
    desk.write("Documents/evil\nname", "");
    let text = desk.does("list_folder", json!({ "path": "Documents" })).await;
    assert!(text.contains("evil\\nname"), "{text}");
    let text = desk.does("read_file", json!({ "path": "Downloads/old.txt" })).await;
    assert_eq!(text, "Grüße aus Köln");
    let text =
        desk.does("read_file", json!({ "path": "Documents/tax-report-2026.txt", "from_line": 2 })).await;
    assert_eq!(text, "of the year\n");
    desk.fails("read_file", json!({ "path": "Downloads/photo.jpg" }), "not a text file").await;
    desk.write("empty", "");
    assert!(desk.does("read_file", json!({ "path": "empty" })).await.ends_with("is empty."));
    desk.write("long", "line\n".repeat(100_000));
    let text = desk.does("read_file", json!({ "path": "long" })).await;
    assert!(text.len() < 66_000 && text.ends_with("read from line 13108]"), "{}", &text[text.len() - 80..]);
}
