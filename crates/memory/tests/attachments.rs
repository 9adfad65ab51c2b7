//! What is attached to messages, on real SQLite files.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use jarvis_core::{AttachmentId, ConversationId, MessageId, Role};
use jarvis_memory::{Message, MessageStatus, NewAttachment, NewMessage, Store, StoreError, export_markdown};
use jiff::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn attach(store: &Store, name: &str, content: &[u8], second: i64) -> AttachmentId {
    let new = NewAttachment { name: name.into(), media_type: "image/png".into(), content: content.into() };
    store.attach(&new, at(0), at(second)).unwrap().id
}

/// A request with these attachments and the answer to come.
fn ask(
    store: &Store,
    id: ConversationId,
    instead_of: Option<MessageId>,
    content: &str,
    attachments: &[AttachmentId],
) -> Result<Message, StoreError> {
    let message = |role, content: &str, attachments: &[AttachmentId]| NewMessage {
        role,
        content: content.into(),
        status: MessageStatus::Complete,
        spoken: false,
        turn: None,
        attachments: attachments.into(),
    };
    let both = [message(Role::User, content, attachments), message(Role::Assistant, "so", &[])];
    store.begin(id, instead_of, both, at(9)).map(|[request, _]| request)
}

fn names(message: &Message) -> Vec<&str> {
    message.attachments.iter().map(|a| a.name.as_str()).collect()
}

fn is_there(store: &Store, id: AttachmentId) -> bool {
    match store.attachment(id) {
        Ok(_) => true,
        Err(StoreError::NotFound { what: "attachment" }) => false,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn they_are_kept_with_their_message_found_and_exported() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jarvis.sqlite");
    let store = Store::open(&path).unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    let [hill, sea] = ["Hill-2024.png", "sea.png"].map(|name| attach(&store, name, name.as_bytes(), 1));
    let asked = ask(&store, id, None, "", &[sea, hill]).unwrap();
    assert_eq!(names(&asked), ["sea.png", "Hill-2024.png"], "in the order of the message");
    assert_eq!(asked.attachments[0].size_bytes, 7);
    assert_eq!(store.conversation(id).unwrap().title, "sea.png", "a request without words is called by them");
    drop(store);

    let store = Store::open(&path).unwrap();
    let messages = store.all_messages(id).unwrap();
    assert_eq!((&messages[0], names(&messages[1])), (&asked, vec![]));
    let (found, content) = store.attachment(hill).unwrap();
    assert_eq!((found, content.as_slice()), (asked.attachments[1].clone(), b"Hill-2024.png".as_slice()));
    for (search, count) in [("hill 20", 1), ("hill-2024.png", 1), ("sea hill", 0), ("lake", 0)] {
        assert_eq!(store.list(Some(search)).unwrap().len(), count, "{search}");
    }
    let text = export_markdown(&store.conversation(id).unwrap(), &messages);
    assert!(
        text.contains("\n\n- Attached: `sea.png` (image/png, 7 bytes)\n- Attached: `Hill-2024.png`"),
        "{text}"
    );
}

#[test]
fn an_earlier_request_is_replaced_with_or_without_what_was_attached_to_it() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    let [first, second, third, waiting] = ["1", "2", "3", "4"].map(|name| attach(&store, name, b"x", 1));
    let asked = ask(&store, id, None, "what?", &[first, second]).unwrap();
    ask(&store, id, None, "and?", &[third]).unwrap();

    // What cannot be had changes nothing.
    let unknown = AttachmentId::new();
    for not_to_be_had in [unknown, third] {
        let error = ask(&store, id, Some(asked.id), "why?", &[first, not_to_be_had]).unwrap_err();
        assert!(matches!(error, StoreError::NotFound { what: "attachment" }), "{error}");
    }
    assert!(ask(&store, id, None, "why?", &[waiting, waiting]).is_err(), "each goes with a message once");
    assert!(ask(&store, id, None, "why?", &[first]).is_err(), "and with one message");
    assert_eq!(names(&store.all_messages(id).unwrap()[0]), ["1", "2"]);

    let asked = ask(&store, id, Some(asked.id), "why?", &[waiting, second]).unwrap();
    assert_eq!(names(&asked), ["4", "2"]);
    assert_eq!(store.all_messages(id).unwrap().len(), 2);
    assert_eq!([first, second, third, waiting].map(|a| is_there(&store, a)), [false, true, false, true]);
}

#[test]
fn they_go_with_their_conversation_or_when_nobody_has_sent_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("jarvis.sqlite")).unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    let secret = "quetzalcoatl ".repeat(2000);
    let sent = attach(&store, "zanzibarian.png", secret.as_bytes(), 1);
    ask(&store, id, None, "what?", &[sent]).unwrap();
    let left = || {
        let files = std::fs::read_dir(dir.path()).unwrap().map(|f| std::fs::read(f.unwrap().path()).unwrap());
        let text = String::from_utf8_lossy(&files.flatten().collect::<Vec<_>>()).to_lowercase();
        ["zanzibarian", "quetzalcoatl"].map(|word| text.matches(word).count())
    };
    store.delete(id, at(2)).unwrap();
    assert!(!is_there(&store, sent), "what is deleted is not shown");
    store.restore(id).unwrap();
    assert!(is_there(&store, sent));
    assert!(left().iter().all(|found| *found > 0), "it was there");
    store.delete(id, at(3)).unwrap();
    assert_eq!(store.purge(at(4)).unwrap(), 1);
    assert_eq!(left(), [0, 0]);

    let [old, new] = [5, 7].map(|second| attach(&store, "waits.png", secret.as_bytes(), second));
    assert_eq!(store.forget_waiting(at(6)).unwrap(), 1);
    assert_eq!([old, new].map(|a| is_there(&store, a)), [false, true]);
    // The next one that is sent ahead clears away what waits too long.
    let later = NewAttachment { name: "a".into(), media_type: "text/plain".into(), content: b"a".into() };
    store.attach(&later, at(8), at(9)).unwrap();
    assert!(!is_there(&store, new));
    assert_eq!(left(), [0, 0]);
}
