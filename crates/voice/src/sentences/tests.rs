use super::SentenceSplitter;
use crate::speakable::Language;

/// Cuts `text` given whole, and letter by letter; both must give `expected`.
fn check_in(language: Language, text: &str, expected: &[&str]) {
    let mut splitter = SentenceSplitter::new(language);
    let mut letters: Vec<String> = text.chars().flat_map(|c| splitter.push(&c.to_string())).collect();
    letters.extend(splitter.finish());
    assert_eq!(letters, expected, "letter by letter: {text}");
    let mut whole = splitter.push(text);
    whole.extend(splitter.finish());
    assert_eq!(whole, expected, "whole: {text}");
}

/// The same in English.
fn check(text: &str, expected: &[&str]) {
    check_in(Language::British, text, expected);
}

#[test]
fn sentences_are_cut_at_their_ends() {
    check("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]);
    check("It is 3.5 km. Really.", &["It is 3.5 km.", "Really."]);
    check("He said \"no.\" Then he left.", &["He said \"no.\"", "Then he left."]);
    check("**Bold.** Plain.", &["**Bold.**", "Plain."]);
    check("Wait... what? Yes.", &["Wait... what?", "Yes."]);
    check("你好。再见。", &["你好。", "再见。"]);
    check("", &[]);
    check("   ", &[]);
    check("A first paragraph\n\nA second", &["A first paragraph", "A second"]);
    check("It is wrapped\nhere. Yes", &["It is wrapped\nhere.", "Yes"]);
}

#[test]
fn what_belongs_together_stays() {
    check("Ask Dr. Smith. Now.", &["Ask Dr. Smith.", "Now."]);
    check("Fruit, e.g. apples. Good.", &["Fruit, e.g. apples.", "Good."]);
    check("J. R. Smith came. Yes.", &["J. R. Smith came.", "Yes."]);
    check("At 5 p.m. Then home.", &["At 5 p.m.", "Then home."]);
    check("See https://a.org/b.c?d=1. Then go.", &["See https://a.org/b.c?d=1.", "Then go."]);
    check("See [it. Or not](http://a.b/c. d) now. Ok.", &["See [it. Or not](http://a.b/c. d) now.", "Ok."]);
    check("Run `a. B` now. Ok.", &["Run `a. B` now.", "Ok."]);
    check("Milk, eggs, etc. Then bread.", &["Milk, eggs, etc.", "Then bread."]);
    check("Use approx. five. Ok.", &["Use approx. five.", "Ok."]);
}

#[test]
fn a_word_decides_where_an_abbreviation_may_be_the_end() {
    check("The U.S. President spoke. Yes.", &["The U.S. President spoke.", "Yes."]);
    check("He lives in the U.S. He is old.", &["He lives in the U.S.", "He is old."]);
    check("Mt. Everest is high. Yes.", &["Mt. Everest is high.", "Yes."]);
    check("Chanel No. 5 is old. Yes.", &["Chanel No. 5 is old.", "Yes."]);
    check("It is at 5 p.m. Monday.", &["It is at 5 p.m. Monday."]);
    check("Take vitamin C. It helps.", &["Take vitamin C.", "It helps."]);
    check("Ask J. A. Smith. Then go.", &["Ask J. A. Smith.", "Then go."]);
    check("No. I do not know.", &["No.", "I do not know."]);
}

#[test]
fn a_date_stays_together() {
    check("Today is Monday, May 5th, 2026.", &["Today is Monday, May 5th, 2026."]);
    check("It was signed on July 4, 1776.", &["It was signed on July 4, 1776."]);
    check("There were only about 12, which is few.", &["There were only about 12,", "which is few."]);
}

#[test]
fn german_abbreviations_and_ordinals_end_no_sentence() {
    let german = |text: &str, expected: &[&str]| check_in(Language::German, text, expected);
    german("Es war am 3. Mai. Dann kam er.", &["Es war am 3. Mai.", "Dann kam er."]);
    german("Am Donnerstag, 25. Dezember.", &["Am Donnerstag, 25. Dezember."]);
    german("3 mal 4 ist 12. Brauchst du noch was?", &["3 mal 4 ist 12.", "Brauchst du noch was?"]);
    german("Du bist 35. Herzlichen Glückwunsch!", &["Du bist 35.", "Herzlichen Glückwunsch!"]);
    german("Obst, z. B. Äpfel. Gut.", &["Obst, z. B. Äpfel.", "Gut."]);
    german("Es hat 83 Mio. Einwohner. Ja.", &["Es hat 83 Mio. Einwohner.", "Ja."]);
    german("Mein Bruder heißt Jan. Er wohnt hier.", &["Mein Bruder heißt Jan.", "Er wohnt hier."]);
    german("Siehe Kap. 3 und Abb. 4. Danke.", &["Siehe Kap. 3 und Abb. 4.", "Danke."]);
    check("I have 3. Then home.", &["I have 3.", "Then home."]);
}

#[test]
fn the_first_clause_comes_early() {
    check(
        "The sky is blue today, because light scatters.",
        &["The sky is blue today,", "because light scatters."],
    );
    check("Well, yes, it is so, I think.", &["Well, yes, it is so,", "I think."]);
    check(
        "Short wavelengths of sunlight are scattered more strongly by the gases in the air.",
        &["Short wavelengths of sunlight are scattered more strongly,", "by the gases in the air."],
    );
    check("Yes. One two three four, five six, seven.", &["Yes.", "One two three four, five six, seven."]);
}

#[test]
fn a_long_sentence_is_cut_at_a_comma() {
    let clause = "and a part that goes on for a while, ";
    let mut splitter = SentenceSplitter::default();
    splitter.push("Yes. ");
    let pieces = splitter.push(&clause.repeat(12));
    assert!(!pieces.is_empty());
    assert!(pieces.iter().all(|p| p.len() <= 200 + clause.len() && p.ends_with(',')), "{pieces:?}");
}

#[test]
fn blocks_stay_whole() {
    check("Do:\n- one. Two.\n- three", &["Do:", "- one.", "Two.", "- three"]);
    check("# Title\nText here", &["# Title", "Text here"]);
    check("1. Mix it.\n2. Bake it.", &["1. Mix it.", "2. Bake it."]);
    check("Run:\n```sh\na. b\n\nc! D\n```\nDone.", &["Run:", "```sh\na. b\n\nc! D\n```", "Done."]);
    check("```\nnever closed. Yes", &["```\nnever closed. Yes"]);
    check(
        "See:\n\n| a | b |\n|---|---|\n| c. d | e |\n\nDone.",
        &["See:", "| a | b |\n|---|---|\n| c. d | e |", "Done."],
    );
}
