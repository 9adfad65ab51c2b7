//! What is noted and summed up when a talk pauses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use jarvis_core::{ConversationId, Role, TurnId};
use jarvis_memory::{MessageStatus, MessageUpdate, NewMessage, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

fn exchange(store: &Store, id: ConversationId, request: &str, reflex: Option<&str>) {
    let now = Timestamp::now();
    store.append(id, NewMessage::new(Role::User, request, None), now).unwrap();
    let answer =
        NewMessage { status: MessageStatus::Streaming, ..NewMessage::new(Role::Assistant, "", None) };
    let answer = store.append(id, answer, now).unwrap();
    let reflex = reflex.map(str::to_string);
    let over = MessageUpdate { reflex, ..MessageUpdate::new("Well.", MessageStatus::Complete) };
    store.update(answer.id, &over).unwrap();
}

fn recently() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(1)
}

#[test]
fn each_request_that_a_model_answered_is_looked_through_once() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, Timestamp::now()).unwrap().id;
    exchange(&store, id, "What time is it?", Some("time"));
    exchange(&store, id, "I live in Kiel, is it far?", None);
    assert_eq!(
        store.unnoted(Timestamp::now() + SignedDuration::from_secs(9)).unwrap(),
        None,
        "nothing is so new"
    );
    let next = store.unnoted(recently()).unwrap().unwrap();
    assert_eq!(next.text, "I live in Kiel, is it far?");
    let facts = ["I live in Kiel".to_string(), "I live in Kiel".to_string()];
    let noted = store.note(next.message, &facts, Timestamp::now()).unwrap();
    assert_eq!(noted.len(), 1, "the second says nothing new: {noted:?}");
    assert!(noted[0].noted && noted[0].told_in.as_ref().unwrap().message == next.message);
    assert_eq!(store.unnoted(recently()).unwrap(), None);

    exchange(&store, id, "I moved to Bonn", None);
    let next = store.unnoted(recently()).unwrap().unwrap();
    store.note(next.message, &["I live in Bonn".into()], Timestamp::now()).unwrap();
    let facts: Vec<String> = store.facts(None, false).unwrap().into_iter().map(|fact| fact.text).collect();
    assert_eq!(facts, ["I live in Bonn"], "what contradicts it holds no longer");
    assert_eq!(store.facts(None, true).unwrap().len(), 2);
}

#[test]
fn what_was_forgotten_meanwhile_is_not_noted() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, Timestamp::now()).unwrap().id;
    exchange(&store, id, "I live in Kiel, is it far?", None);
    let next = store.unnoted(recently()).unwrap().unwrap();
    store.forget("Kiel").unwrap();
    let error = store.note(next.message, &["I live in Kiel".into()], Timestamp::now()).unwrap_err();
    assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
    assert!(store.facts(None, true).unwrap().is_empty());
}

#[test]
fn the_beginning_of_a_long_talk_is_summed_up_piece_by_piece() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, Timestamp::now()).unwrap().id;
    let next = || store.unsummed(recently(), 4, 4, 6).unwrap();
    for n in 0..3 {
        exchange(&store, id, &format!("question {n}"), None);
    }
    assert_eq!(next(), None, "six messages: four are shown, two are too few to be summed up");
    for n in 3..9 {
        exchange(&store, id, &format!("question {n}"), None);
    }
    let summed = next().unwrap();
    assert_eq!((summed.messages.len(), summed.messages[0].content.as_str()), (6, "question 0"));
    store.set_summary(&summed, "They asked about Quux.").unwrap();
    assert_eq!(store.summary(id).unwrap(), (Some("They asked about Quux.".into()), 6));
    let again = store.set_summary(&summed, "twice").unwrap_err();
    assert!(matches!(again, StoreError::NotFound { .. }), "it is up to date already: {again}");
    let more = next().unwrap();
    assert_eq!(
        (more.summary.as_deref(), more.messages[0].seq, more.messages.len()),
        (Some("They asked about Quux."), 7, 6)
    );
    // Forgotten meanwhile: the summary is not kept, and the earlier one goes too when it is of it.
    let last = more.messages.last().unwrap().content.clone();
    store.forget("question 4").unwrap();
    assert!(store.set_summary(&more, &format!("They spoke of {last}.")).is_err());
    assert_eq!(store.summary(id).unwrap().1, 6);
    store.forget("question 1").unwrap();
    assert_eq!(store.summary(id).unwrap(), (None, 0), "it has to be summed up again");
}

#[test]
fn a_summary_forgets_too() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, Timestamp::now()).unwrap().id;
    for n in 0..6 {
        exchange(&store, id, &format!("question {n}"), None);
    }
    let summed = store.unsummed(recently(), 4, 4, 8).unwrap().unwrap();
    store.set_summary(&summed, "Their password is Quibble.").unwrap();
    store.forget("quibble").unwrap();
    assert_eq!(store.summary(id).unwrap(), (None, 0));
    // Asked anew from the third message on: what was summed up of it is gone.
    let summed = store.unsummed(recently(), 4, 4, 8).unwrap().unwrap();
    store.set_summary(&summed, "Six questions.").unwrap();
    let third = store.all_messages(id).unwrap()[2].id;
    let new = [NewMessage::new(Role::User, "another", None), NewMessage::new(Role::Assistant, "yes", None)];
    store.begin(id, Some(third), new, Timestamp::now()).unwrap();
    assert_eq!(store.summary(id).unwrap(), (None, 0));
}

#[test]
fn what_was_forgotten_is_not_waited_for_to_be_summed_up() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, Timestamp::now()).unwrap().id;
    let exchange = |request: &str| {
        let (turn, now) = (Some(TurnId::new()), Timestamp::now());
        store.append(id, NewMessage::new(Role::User, request, turn), now).unwrap();
        store.append(id, NewMessage::new(Role::Assistant, "Well.", turn), now).unwrap();
    };
    (0..8).for_each(|n| exchange(&format!("alpha {n}")));
    (0..2).for_each(|n| exchange(&format!("beta {n}")));
    store.forget("alpha").unwrap();
    assert_eq!(store.unsummed(recently(), 4, 4, 6).unwrap(), None, "four are left, and shown");
    (2..4).for_each(|n| exchange(&format!("beta {n}")));
    let summed = store.unsummed(recently(), 4, 4, 6).unwrap().unwrap();
    assert_eq!(summed.messages[0].content, "beta 0");
}
