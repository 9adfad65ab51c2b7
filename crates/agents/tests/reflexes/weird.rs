use jarvis_agents::reflex::{ReflexError, Reflexes};

use super::talk::Talk;

#[test]
fn nothing_a_recogniser_writes_brings_it_down() {
    let words = [
        "set",
        "a",
        "timer",
        "for",
        "ten",
        "minutes",
        "and",
        "half",
        "9999999999999999999999",
        "1e400",
        "0",
        "7:30",
        ":",
        "%",
        "point",
        "million",
        "billion",
        "hundred",
        "-",
        "(",
        ")",
        "^",
        "!",
        "what is",
        "ß",
        "İ",
        "\u{0}",
        "🙂",
        "́",
        "…",
        "ﬁ",
        "point point",
        "in",
        "to",
        "fahrenheit",
        "remind me",
        "at",
        "on monday",
        "tomorrow",
        "am",
        "25",
        "61",
        "NaN",
        "a.m.",
        "hundert",
        "einundzwanzig",
        "\u{202e}abc",
        "中文",
        "1,2,3",
        "1.2.3",
        "12:99:99",
        "''''",
        "jarvis",
        "please",
        "{label}",
    ];
    // A fixed sequence of pseudo-random sentences (a linear congruential generator), so that a failure can be repeated.
    let mut state: u32 = 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize
    };
    for language in Reflexes::languages() {
        let mut talk = Talk::new(language);
        for word in words {
            talk.hear(word);
        }
        for _ in 0..1500 {
            let length = next() % 12;
            let sentence: Vec<&str> = (0..length).map(|_| words[next() % words.len()]).collect();
            let sentence = sentence.join(if next() % 4 == 0 { "" } else { " " });
            talk.reflexes.completeness(&sentence);
            talk.hear(&sentence);
        }
        for long in [
            "a ".repeat(10_000),
            "1".repeat(10_000),
            "einund".repeat(5_000),
            "(".repeat(39),
            "9^".repeat(5_000),
        ] {
            assert_eq!(talk.hear(&long), None);
        }
    }
}

#[test]
fn every_time_of_day_is_understood() {
    let talk = Talk::new("en");
    for minute in 0..24 * 60 {
        let heard = format!("set an alarm for {:02}:{:02}", minute / 60, minute % 60);
        assert!(talk.reflexes.would_match(&heard), "{heard}");
    }
}

#[test]
fn a_wrong_data_file_says_what_is_wrong() {
    let good = include_str!("../../reflexes/en.toml");
    let check = |from: &str, to: &str, part: &str| {
        assert!(good.contains(from), "{from}");
        let error = Reflexes::parse(&good.replacen(from, to, 1)).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    };
    check("[speech]", "[speech", "cannot be read");
    check("name = \"time\"", "name = \"tea_time\"", "no reflex called \"tea_time\"");
    check("what time it is\"", "what time (it is\"", "a pattern of time");
    check("say = \"{hour}\"", "say = \"{our}\"", "a pattern of listen.clock");
    check("It is {time}.\"", "It is {thyme}.\"", "reply \"done\" of time");
    check("It is {time}. This", "It is {thyme}. This", "thyme");
    check("%-I %p", "%-I %Ö", "no time format");
    check("other_day = ", "another_day = ", "other_day");
    check("\"1st\", ", "", "31");
    check("decimal = \".\"", "desimal = \".\"", "desimal");
    assert!(matches!(Reflexes::load("xx"), Err(ReflexError::UnknownLanguage { .. })));
}
