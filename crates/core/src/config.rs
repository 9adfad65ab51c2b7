//! Configuration: a commented defaults file, the person's own file over it, the environment over both.
//!
//! Values are laid over the defaults one at a time and checked each time, so every problem is known by its
//! line and its reason, and a bad value falls back to the default without taking its neighbours along.
//! Pure: whoever has the file and the environment hands their text over.

mod overlay;
mod settings;

pub use overlay::{Problem, Source};
pub use settings::*;

/// The commented defaults: the documentation of every setting, and the value of each that is not set.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

impl Default for Config {
    fn default() -> Self {
        toml::from_str(DEFAULTS).expect("the defaults file is well-formed; a test reads it")
    }
}

impl Config {
    /// Reads a person's file (may be empty) and `JARVIS_SECTION__KEY` variables over the defaults.
    ///
    /// Always returns a usable configuration; what could not be used is in the problems.
    pub fn parse<'a>(text: &str, env: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<Problem>) {
        overlay::parse(text, env)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str, env: &[(&str, &str)]) -> Vec<String> {
        Config::parse(text, env.iter().copied()).1.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn the_defaults_are_valid_and_complete() {
        assert_eq!(problems(DEFAULTS, &[]), Vec::<String>::new());
        assert_eq!(Config::parse("", []).0, Config::default());
    }

    #[test]
    fn the_file_and_then_the_environment_win() {
        let text = "[stt]\nmodel = \"whisper-base\"\n[llm.ollama]\nurl = \"http://box:1\"\n";
        let env = [
            ("JARVIS_STT__MODEL", "whisper-tiny-en"),
            ("JARVIS_WAKE__THRESHOLD", "0.3"),
            ("JARVIS_HOME", "/x"),
            ("JARVIS_STT__VOCABULARY", "[\"Aoife\"]"),
            ("JARVIS_TTS__SPEED", "2"),
        ];
        let (config, problems) = Config::parse(text, env);
        assert_eq!(problems, []);
        assert_eq!(config.stt.model, "whisper-tiny-en");
        assert_eq!(config.wake.threshold, 0.3);
        assert_eq!(config.llm.ollama.url, "http://box:1");
        assert_eq!(config.stt.vocabulary, ["Aoife"]);
        assert_eq!(config.tts.speed, 2.0);
    }

    #[test]
    fn the_environment_wins_over_what_is_right_only_together_with_another_setting() {
        let text = "[turn]\nmin_silence_ms = 2000\nmax_silence_ms = 3000\n";
        assert_eq!(Config::parse(text, []).0.turn.min_silence_ms, 2000);
        let (config, problems) = Config::parse(text, [("JARVIS_TURN__MIN_SILENCE_MS", "300")]);
        assert_eq!(problems, []);
        assert_eq!((config.turn.min_silence_ms, config.turn.max_silence_ms), (300, 3000));
    }

    #[test]
    fn each_problem_has_its_line_its_reason_and_harms_nothing_else() {
        let text = "[wake]\nthreshold = 7\npatience = 2\n\n[stt]\nlangages = [\"en\"]\n[llm]\nprovider = \"olama\"\n[tts]\nspeed = \"fast\"\n";
        let (config, found) = Config::parse(text, []);
        let found: Vec<_> = found.iter().map(Problem::to_string).collect();
        assert_eq!(
            found,
            [
                "line 2: wake.threshold must be between 0.05 and 0.99, not 7",
                "line 6: stt.langages is not a setting; did you mean stt.languages?",
                "line 8: llm.provider must be one of auto, ollama, openai, anthropic, embedded, not \"olama\"",
                "line 10: tts.speed must be a number, not \"fast\"",
            ]
        );
        assert_eq!(config.wake.patience, 2);
        assert_eq!(config.wake.threshold, Config::default().wake.threshold);
    }

    #[test]
    fn a_file_that_is_not_toml_is_one_problem_with_its_line() {
        let found = problems("[wake]\nthreshold = = 3\n", &[]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("line 2: "), "{found:?}");
    }

    #[test]
    fn a_variable_is_named_in_its_problem() {
        assert_eq!(
            problems("", &[("JARVIS_TTS__SPEED", "9")]),
            ["JARVIS_TTS__SPEED: tts.speed must be between 0.5 and 2, not 9"]
        );
        assert_eq!(problems("", &[("JARVIS_NO__SUCH", "9")]), ["JARVIS_NO__SUCH: no.such is not a setting"]);
    }

    #[test]
    fn settings_that_contradict_each_other_are_a_problem() {
        let (config, found) = Config::parse("[turn]\nmin_silence_ms = 2000\n", []);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(config.turn.min_silence_ms <= config.turn.max_silence_ms);
    }
}
