//! What Jarvis is told to remember, and says again.

use jarvis_agents::reflex::Reflexes;
use jiff::ToSpan;

use crate::talk::Talk;

#[test]
fn what_is_told_is_said_again_in_the_same_words() {
    let mut talk = Talk::new("en");
    talk.check("Remember that my Wi-Fi password is Ab-12, please!", "I will remember that.");
    talk.check("What do you know about the password?", "You told me today: my Wi-Fi password is Ab-12.");
    talk.wait(3);
    talk.check("don't forget that my wi-fi password is ab-12", "I know.");
    talk.now = &talk.now + 2.days();
    talk.check(
        "hey Jarvis, what did I tell you about my Wi-Fi?",
        "You told me on Sunday, March 1st, 2026: my Wi-Fi password is Ab-12.",
    );
    talk.check("Remember that the tea is in the left cupboard", "I will remember that.");
    talk.check("Remember that the tea is nearly finished", "I will remember that.");
    talk.check(
        "What do you remember about the tea?",
        "You told me: the tea is nearly finished and the tea is in the left cupboard.",
    );
}

#[test]
fn what_was_never_told_is_for_the_model() {
    assert!(Talk::new("en").hear("What do you know about bees?").is_none());
    assert!(Talk::new("de").hear("Was weißt du über Bienen?").is_none());
}

#[test]
fn it_is_told_in_german_too() {
    let mut talk = Talk::new("de");
    talk.check("Merk dir bitte, dass mein Auto in Reihe 7 steht.", "Das merke ich mir.");
    talk.check("Was weißt du über mein Auto?", "Du hast mir heute gesagt: mein Auto in Reihe 7 steht.");
}

#[test]
fn what_is_known_has_a_source() {
    let mut talk = Talk::new("en");
    talk.check("Remember that the spare key hangs in the cellar", "I will remember that.");
    assert!(talk.hear("How do you know that?").is_none(), "nothing was answered from the memory");
    talk.check(
        "What do you know about the spare key?",
        "You told me today: the spare key hangs in the cellar.",
    );
    talk.check("How do you know that?", "You told me on Sunday, March 1st, 2026.");
    let mut talk = Talk::new("de");
    talk.check("Merk dir bitte, dass der Schlüssel im Keller hängt", "Das merke ich mir.");
    talk.check(
        "Was weißt du über den Schlüssel?",
        "Du hast mir heute gesagt: der Schlüssel im Keller hängt.",
    );
    talk.check("Woher weißt du das?", "Das hast du mir gesagt, Sonntag, der erste März 2026.");
}

#[test]
fn who_is_related_to_whom_is_known() {
    let mut talk = Talk::new("en");
    talk.check("Remember that Anna works at Siemens", "I will remember that.");
    talk.check("Remember that Anna is my sister", "I will remember that.");
    talk.check("Who works at Siemens?", "You told me today: Anna works at Siemens.");
    talk.check("Hey Jarvis, where does my sister work, please?", "You told me today: Anna works at Siemens.");
    talk.check("How do you know that?", "You told me on Sunday, March 1st, 2026.");
    talk.check(
        "Remember that Anna works at Bosch",
        "I will remember that. Until now it was: Anna works at Siemens.",
    );
    talk.check("Where does Anna work?", "You told me today: Anna works at Bosch.");
    for unknown in ["Who works at Google?", "Where does Ben work?", "Who is Anna?", "Why is the sky blue?"] {
        assert!(talk.hear(unknown).is_none(), "{unknown} is for the model");
    }
    let mut talk = Talk::new("de");
    talk.check("Merk dir, dass Anna in Kiel wohnt", "Das merke ich mir.");
    talk.check("Wo wohnt Anna?", "Du hast mir heute gesagt: Anna in Kiel wohnt.");
}

#[test]
fn a_question_is_answered_in_its_language() {
    let all: Vec<Reflexes> = Reflexes::languages().map(|code| Reflexes::load(code).unwrap()).collect();
    for (text, language) in [
        ("Wo wohnt Anna?", "de"),
        ("Wer arbeitet bei Siemens?", "de"),
        ("Wie heißt meine Schwester?", "de"),
        ("Where does Anna live?", "en"),
        ("Who works at Siemens?", "en"),
        ("Hm?", "en"),
    ] {
        assert_eq!(Reflexes::likeliest(&all, text)[0].language(), language, "{text}");
    }
    let mut talk = Talk::new("de");
    talk.check("Merk dir, dass Anna in Kiel wohnt", "Das merke ich mir.");
    let question = "Wo wohnt Anna?";
    let reply = Reflexes::likeliest(&all, question).into_iter().find_map(|one| {
        talk.reflexes = Reflexes::load(one.language()).unwrap();
        talk.hear(question)
    });
    assert_eq!(reply.unwrap().text, "Du hast mir heute gesagt: Anna in Kiel wohnt.");
}

#[test]
fn it_is_forgotten_when_that_was_agreed_to() {
    let mut talk = Talk::new("en");
    assert!(talk.hear("yes").is_none(), "to what?");
    talk.check("Remember that my sister is called Quibble", "I will remember that.");
    talk.check("Forget everything about Zebras", "I know nothing about that.");
    let ask = "Shall I forget this for good, and our talk of it? my sister is called Quibble.";
    talk.check("Forget what I told you about my sister, please", ask);
    talk.check("No, keep it", "I keep it.");
    assert!(talk.hear("yes").is_none(), "that was settled");
    talk.check("Forget that my sister is called Quibble", ask);
    talk.check("No thanks", "I keep it.");
    talk.check("Forget that my sister is called Quibble", ask);
    talk.check("Yes, please", "It is forgotten.");
    assert!(talk.memory.facts(None, true).unwrap().is_empty());
    talk.check("Forget it", "");
    talk.check("Forget all about it", "");
    for something_else in
        ["Forget that, what is the capital of Peru?", "Forget everything about me and you", "ok"]
    {
        assert!(talk.hear(something_else).is_none(), "{something_else}");
    }
    for seagull in 0..9 {
        talk.memory.remember(&format!("Seagull {seagull} has a name"), None, talk.now.timestamp()).unwrap();
    }
    let reply = talk.hear("Forget everything about the seagull").unwrap();
    assert!(reply.text.starts_with("Shall I forget 9 things for good"), "{}", reply.text);
}

#[test]
fn what_has_changed_takes_the_place_of_what_held() {
    let mut talk = Talk::new("en");
    talk.check("Remember that the spare key is under the flower pot", "I will remember that.");
    talk.check("Remember that the car key is in the bowl", "I will remember that.");
    talk.wait(60);
    talk.check(
        "Remember that the spare key is now under the mat",
        "I will remember that. Until now it was: the spare key is under the flower pot.",
    );
    talk.check(
        "What do you know about the spare key?",
        "You told me today: the spare key is now under the mat.",
    );
    assert_eq!(talk.memory.facts(None, false).unwrap().len(), 2);
    assert_eq!(talk.memory.facts(None, true).unwrap().len(), 3);
    talk.check("Remember that the dentist is now in Mill Lane", "I will remember that.");
}
