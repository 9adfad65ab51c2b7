//! What Jarvis is told to remember, and says again.

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
