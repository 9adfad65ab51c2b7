//! Keeps silence and noise from becoming invented text.
//!
//! A recogniser trained on subtitles answers noise with what subtitles hold when nobody speaks: descriptions of
//! sounds in brackets, thanks to the viewers, the same word without end. Each is refused here, harmless words only
//! when there is little evidence that anybody said them.

use jarvis_engine::speech::Transcript;

/// Less voiced sound than this holds no word.
const LEAST_VOICED_MS: u64 = 100;
/// Quieter than this is the noise of the converter.
const LEAST_LEVEL_DBFS: f32 = -65.0;
/// Below this mean log-probability the words are dice. Real speech, badly recorded, gets down to -1.2.
const GUESS: f32 = -1.4;
/// Below this they are doubtful.
const DOUBTFUL: f32 = -0.6;
/// Whisper's own threshold for "nobody spoke".
const NO_SPEECH: f32 = 0.6;
/// Letters a second that nobody speaks; 15 is ordinary, 25 an auctioneer.
const TOO_FAST: u64 = 35;
/// Letters a second above which a stock phrase is not believed.
const FAST: u64 = 18;

/// What Whisper makes of nothing, in lower case without punctuation.
const STOCK_PHRASES: &[&str] = &[
    "you",
    "so",
    "the",
    "oh",
    "bye",
    "bye bye",
    "okay",
    "thank you",
    "thank you very much",
    "thank you so much",
    "thank you for watching",
    "thanks for watching",
    "thanks for watching everyone",
    "thank you for listening",
    "please subscribe",
    "please subscribe to my channel",
    "like and subscribe",
    "see you next time",
    "see you in the next video",
    "i'll see you next time",
    "i'm sorry",
    "subtitles by the amara org community",
    "untertitel der amara org community",
    "untertitel im auftrag des zdf",
    "sous titres réalisés par la communauté d'amara org",
    "vielen dank",
    "vielen dank fürs zuschauen",
    "merci d'avoir regardé cette vidéo",
    "gracias por ver el video",
];

/// The words of `transcript` if somebody may have said them.
///
/// `voiced_ms` is how much of the sound was speech by the voice activity detector, `level_dbfs` how loud it was
/// ([`jarvis_core::audio::rms_dbfs`]).
pub fn plausible(transcript: &Transcript, voiced_ms: u64, level_dbfs: f32) -> Option<String> {
    let text = spoken_part(&transcript.text);
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count() as u64;
    if letters == 0 || voiced_ms < LEAST_VOICED_MS || level_dbfs < LEAST_LEVEL_DBFS {
        return None;
    }
    let doubtful = transcript.avg_logprob < DOUBTFUL || transcript.no_speech_prob > NO_SPEECH;
    if transcript.avg_logprob < GUESS
        || (transcript.avg_logprob < DOUBTFUL && transcript.no_speech_prob > NO_SPEECH)
        || too_long(letters, TOO_FAST, voiced_ms)
        || repeats(&text)
    {
        return None;
    }
    let stock = STOCK_PHRASES.contains(&words(&text).join(" ").as_str());
    if stock && (doubtful || too_long(letters, FAST, voiced_ms)) { None } else { Some(text) }
}

/// Whether so many letters do not fit into the voiced time. A few are free: a detector misses soft edges.
fn too_long(letters: u64, per_second: u64, voiced_ms: u64) -> bool {
    letters.saturating_sub(4) * 1000 > per_second * voiced_ms
}

/// `text` without descriptions of sounds: "(wind blowing)", "[Music]", "*sighs*", "♪". An open bracket never
/// closed takes everything after it along.
fn spoken_part(text: &str) -> String {
    let mut spoken = String::new();
    let mut closing = None;
    for c in text.chars() {
        match (closing, c) {
            (Some(end), c) if c == end => closing = None,
            (Some(_), _) | (None, '♪' | '♫') => {}
            (None, '(') => closing = Some(')'),
            (None, '[') => closing = Some(']'),
            (None, '*') => closing = Some('*'),
            (None, c) => spoken.push(c),
        }
    }
    spoken.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}

/// Whether a long text is made of few words: a loop.
fn repeats(text: &str) -> bool {
    let mut words = words(text);
    let all = words.len();
    words.sort_unstable();
    words.dedup();
    all >= 12 && words.len() * 3 <= all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, avg_logprob: f32, no_speech_prob: f32, voiced_ms: u64, expected: Option<&str>) {
        let transcript = Transcript { text: text.into(), language: "en".into(), avg_logprob, no_speech_prob };
        let got = plausible(&transcript, voiced_ms, -30.0);
        assert_eq!(got.as_deref(), expected, "{text} at {avg_logprob}, {no_speech_prob}, {voiced_ms} ms");
    }

    #[test]
    fn speech_passes() {
        check("What time is it?", -0.2, 0.0, 900, Some("What time is it?"));
        check("Stop!", -0.4, 0.1, 300, Some("Stop!"));
        check("Cuatro por ocho", -0.9, 0.0, 1000, Some("Cuatro por ocho"));
        check("Thank you.", -0.2, 0.0, 500, Some("Thank you."));
        check("[MUSIC] Set a timer.", -0.3, 0.0, 900, Some("Set a timer."));
        check("no no no", -0.3, 0.0, 700, Some("no no no"));
    }

    #[test]
    fn sounds_are_not_words() {
        check("(wind blowing)", -0.1, 0.0, 2000, None);
        check("[BLANK_AUDIO]", -0.1, 0.0, 2000, None);
        check("(Babababababab", -0.1, 0.0, 2000, None);
        check("♪ ♪", -0.1, 0.0, 2000, None);
        check("...", -0.1, 0.0, 2000, None);
        check("", 0.0, 1.0, 2000, None);
    }

    #[test]
    fn guesses_are_not_words() {
        check("you", -1.6, 0.0, 2000, None);
        check("Open the door.", -1.5, 0.0, 2000, None);
        check("Open the door.", -0.8, 0.9, 2000, None);
        check("Thank you.", -0.8, 0.0, 2000, None);
        check("Thanks for watching!", -0.2, 0.0, 400, None);
        check("What time is it?", -0.2, 0.0, 60, None);
        check("I would like to know what the weather is like.", -0.2, 0.0, 500, None);
        check(&"open it ".repeat(20), -0.1, 0.0, 9000, None);
    }

    #[test]
    fn silence_has_no_words() {
        let sure = Transcript { text: "Hello.".into(), ..Transcript::default() };
        assert_eq!(plausible(&sure, 1000, -80.0), None);
        assert_eq!(plausible(&sure, 1000, -50.0).as_deref(), Some("Hello."));
    }
}
