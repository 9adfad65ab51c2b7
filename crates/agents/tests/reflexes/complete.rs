use jarvis_agents::reflex::Reflexes;
use jarvis_core::Completeness::{self, Complete, Incomplete, Unknown};

fn check(language: &str, table: &[(Completeness, &[&str])]) {
    let reflexes = Reflexes::load(language).unwrap();
    for (expected, sentences) in table {
        for text in *sentences {
            assert_eq!(reflexes.completeness(text), *expected, "{text}");
            assert_eq!(reflexes.would_match(text), *expected == Complete, "{text}");
        }
    }
}

#[test]
fn a_finished_command_is_told_from_one_that_goes_on() {
    check(
        "en",
        &[
            (
                Complete,
                &[
                    "what time is it",
                    "Hey Jarvis, what time is it?",
                    "set a timer for ten minutes",
                    "Set a 10-minute timer.",
                    "wake me at seven thirty",
                    "wake me at seven am",
                    "what is 15 percent of 80",
                    "how many miles is ten kilometers",
                    "stop",
                    "cancel the timer",
                    "set the volume to 40 percent",
                    "what's the date tomorrow",
                ],
            ),
            (
                Incomplete,
                &[
                    "set a timer for ten",
                    "Set a timer for",
                    "set a timer",
                    "Set a",
                    "what time is",
                    "what is",
                    "what is 15 percent",
                    "what is 15 percent of",
                    "what is 12 times",
                    "how many miles is ten",
                    "how many miles",
                    "convert 350",
                    "convert 350 fahrenheit to",
                    "wake me",
                    "wake me at",
                    "wake me up tomorrow at",
                    "set an alarm for quarter",
                    "set a timer for an hour and",
                    "tell me about the",
                    "why is the sky blue and",
                    "set the volume to",
                    "um",
                ],
            ),
            (
                Unknown,
                &[
                    "wake me at seven",
                    "remind me in ten minutes to call",
                    "why is the sky blue",
                    "tell me a joke",
                    "",
                    "...",
                    "what is love",
                    "cancel my flight",
                    "remind me to call mom",
                ],
            ),
        ],
    );
    check(
        "de",
        &[
            (Complete, &["wie spät ist es", "stell einen timer auf zehn minuten", "weck mich um halb acht"]),
            (
                Incomplete,
                &[
                    "stell einen timer auf",
                    "stell einen timer auf zehn",
                    "wie spät",
                    "weck mich um",
                    "Ich möchte das",
                    "Schreib auf das",
                    "Erzähl mir was aus",
                    "Wie ist das",
                    "Was ist das, äh",
                ],
            ),
            (
                Unknown,
                &[
                    "warum ist der himmel blau",
                    "weck mich um sieben",
                    // The words may go on, and mostly do not.
                    "Was ist das?",
                    "Mach das Licht aus.",
                    "Hey Jarvis, bitte mach die Tür zu.",
                    "Schalte das Radio ein",
                    "Schreib das auf",
                    "Wann geht die Sonne auf?",
                    "Wie sieht das aus?",
                ],
            ),
            // A reflex knows it.
            (Complete, &["Mach das Fenster auf"]),
        ],
    );
}

#[test]
fn only_a_request_for_silence_means_stop() {
    let reflexes = Reflexes::load("en").unwrap();
    for (text, ringing, expected) in [
        ("Stop.", false, true),
        ("Jarvis, stop it!", false, true),
        ("never mind", false, true),
        ("no thanks", false, true),
        ("stop the timer", true, true),
        ("stop the timer", false, false),
        ("stop the timer called pasta", true, false),
        ("why do people stop smoking", true, false),
        ("what time is it", true, false),
        ("", true, false),
    ] {
        assert_eq!(reflexes.means_stop(text, ringing), expected, "{text}");
    }
}
