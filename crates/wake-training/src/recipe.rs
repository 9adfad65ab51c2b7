//! What is said, by whom, so that a head learns one phrase: the phrase in many ways, what sounds like it, and ordinary talk.
//!
//! Only words and voices are chosen here, by chance that a seed repeats. [`crate::speech`] has them said.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jarvis_core::text::capitalised;
use serde::Deserialize;

use crate::speech::Utterance;
use crate::voices::{self, Voice};

const ENGLISH: &str = include_str!("../recipes/en.toml");
/// How quickly it is said.
const SPEEDS: [f32; 8] = [0.75, 0.85, 0.95, 1.0, 1.05, 1.15, 1.25, 1.4];
/// Words put before a phrase of one word, as people do.
const CALLS: [&str; 3] = ["hey", "okay", "hello"];
/// How many of the ordinary words sound most like a word of which the recipe knows nothing.
const ALIKE: usize = 16;
/// Words in a row without sense.
const ROW: usize = 9;

/// How much is said. The defaults take half an hour or so on two cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// Times that each voice says the phrase.
    pub phrase: usize,
    /// Voices mixed of two that say the phrase once, beside those that there are.
    pub mixed_voices: usize,
    /// Voices that say each near miss.
    pub near_miss: usize,
    /// Voices that say each sentence.
    pub sentence: usize,
    /// Rows of words.
    pub rows: usize,
    /// Times that each of Pico's English voices says the phrase. 0 where there is no Pico, else they say each near miss too, and all of
    /// its voices each sentence.
    pub pico: usize,
    /// Rows of words by Pico's voices.
    pub pico_rows: usize,
}

impl Default for Amounts {
    fn default() -> Self {
        Self {
            phrase: 12,
            mixed_voices: 360,
            near_miss: 3,
            sentence: 2,
            rows: 120,
            pico: 120,
            pico_rows: 1500,
        }
    }
}

impl Amounts {
    /// As little as does for a person who waits: some minutes on two cores.
    #[must_use]
    pub fn quick(self) -> Self {
        let (pico, pico_rows) = (self.pico.min(20), self.pico_rows.min(300));
        Self { phrase: 4, mixed_voices: 24, near_miss: 1, sentence: 1, rows: 80, pico, pico_rows }
    }

    /// Without Pico's voices, and with as much more talk by the others as a person would wait for.
    #[must_use]
    pub fn without_pico(self) -> Self {
        Self { rows: self.rows * 3, pico: 0, pico_rows: 0, ..self }
    }
}

/// Everything that is to be said.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The phrase as people write it in lower case.
    pub phrase: String,
    /// The phrase, alone or with a request behind it, after a pause.
    pub phrases: Vec<Utterance>,
    /// What sounds like it, and is not it.
    pub near_misses: Vec<Utterance>,
    /// Ordinary talk.
    pub talk: Vec<Utterance>,
}

#[derive(Deserialize)]
struct Language {
    requests: Vec<String>,
    sentences: Vec<String>,
    words: String,
    alike: BTreeMap<String, Alike>,
}

#[derive(Default, Deserialize)]
struct Alike {
    r#as: Vec<String>,
    not: Vec<String>,
}

impl Recipe {
    /// What is to be said for a head that knows `phrase`, the same for the same `seed`.
    pub fn new(phrase: &str, amounts: Amounts, seed: u64) -> Self {
        let language: Language = toml::from_str(ENGLISH).expect("the recipe is well-formed; a test reads it");
        let mut cook = Cook {
            rng: Rng::with_seed(seed),
            words: phrase.split_whitespace().map(str::to_lowercase).collect(),
            ordinary: language.words.split_whitespace().map(str::to_string).collect(),
            language,
            amounts,
        };
        let mut phrases = cook.phrases();
        let texts = cook.near_miss_texts();
        let mut near_misses = cook.near_misses(&texts);
        // The same talk for every phrase, so that it is said once.
        cook.rng = Rng::with_seed(seed);
        let mut talk = cook.talk();
        if amounts.pico > 0 {
            // Chance of its own: what the other voices say is the same without it.
            cook.rng = Rng::with_seed(!seed);
            talk.extend(cook.pico_talk());
            phrases.extend(cook.pico_phrases());
            near_misses.extend(cook.pico_near_misses(&texts));
        }
        Self { phrase: cook.words.join(" "), phrases, near_misses, talk }
    }

    /// All that is to be said.
    pub fn utterances(&self) -> impl Iterator<Item = &Utterance> {
        self.phrases.iter().chain(&self.near_misses).chain(&self.talk)
    }
}

struct Cook {
    rng: Rng,
    words: Vec<String>,
    ordinary: Vec<String>,
    language: Language,
    amounts: Amounts,
}

impl Cook {
    fn phrases(&mut self) -> Vec<Utterance> {
        let mut said = Vec::new();
        let mixed: Vec<_> = (0..self.amounts.mixed_voices).map(|_| Voice::mixed(&mut self.rng)).collect();
        for (voices, times) in [(voices::all(), self.amounts.phrase), (mixed, 1)] {
            for voice in voices {
                for _ in 0..times {
                    said.push(self.phrase(&voice));
                }
            }
        }
        said
    }

    /// The phrase as somebody might say it.
    fn phrase(&mut self, voice: &Voice) -> Utterance {
        let mut words = self.words.clone();
        for word in &mut words {
            let spellings = self.language.alike.get(word).map(|a| a.r#as.as_slice()).unwrap_or_default();
            if !spellings.is_empty() && self.rng.f32() < 0.3 {
                *word = spellings[self.rng.usize(..spellings.len())].clone();
            }
        }
        if words.len() == 1 && self.rng.f32() < 0.3 {
            words.insert(0, CALLS[self.rng.usize(..CALLS.len())].into());
        }
        let end = [".", ".", ".", "!", "!", "?", "…", ",", ",", ","][self.rng.usize(..10)];
        // One pause is enough: before a request it tells where the phrase ends.
        let paused = end != "," && self.rng.f32() < 0.15;
        let phrase = sentence(&words.join(if paused { ", " } else { " " }));
        self.meant(voice, &phrase, end)
    }

    /// That, and behind a comma a request.
    fn meant(&mut self, voice: &Voice, phrase: &str, end: &str) -> Utterance {
        let mut text = format!("{phrase}{end}");
        let meant = text.len();
        if end == "," {
            text.push(' ');
            text += &self.language.requests[self.rng.usize(..self.language.requests.len())];
        }
        Utterance { meant, ..self.utterance(voice, text) }
    }

    /// What sounds like the phrase, or is a part of it.
    fn near_miss_texts(&mut self) -> BTreeSet<String> {
        let mut texts = BTreeSet::new();
        let n = self.words.len();
        for from in 0..n {
            for to in from + 1..=n {
                if to - from < n {
                    texts.insert(self.words[from..to].join(" "));
                }
            }
        }
        if n > 1 {
            texts.insert(self.words.iter().rev().cloned().collect::<Vec<_>>().join(" "));
            for _ in 0..6 {
                // The words of the phrase, apart.
                let between: Vec<_> = (0..2 + self.rng.usize(..3)).map(|_| self.ordinary_word()).collect();
                texts.insert(format!(
                    "{} {} {}",
                    self.words[0],
                    between.join(" "),
                    self.words[1..].join(" ")
                ));
            }
        }
        for i in 0..n {
            for other in self.sounds_like(i) {
                let mut words = self.words.clone();
                words[i] = other.clone();
                texts.insert(words.join(" "));
                if n == 1 {
                    texts.insert(format!("{} {other}", CALLS[self.rng.usize(..CALLS.len())]));
                }
                texts.insert(other);
            }
            let letters: Vec<char> = self.words[i].chars().collect();
            if letters.len() > 4 {
                let mut words = self.words.clone();
                words[i] = letters[..letters.len() / 2].iter().collect();
                texts.insert(words.join(" "));
            }
        }
        texts.remove(&self.words.join(" "));
        texts
    }

    fn near_misses(&mut self, texts: &BTreeSet<String>) -> Vec<Utterance> {
        let mut said = Vec::new();
        for text in texts {
            for _ in 0..self.amounts.near_miss {
                let voice = self.voice();
                said.push(self.near_miss(&voice, text));
            }
        }
        said
    }

    fn near_miss(&mut self, voice: &Voice, text: &str) -> Utterance {
        let end = [".", "!", "?", ","][self.rng.usize(..4)];
        self.meant(voice, &sentence(text), end)
    }

    /// What sounds like word `i` of the phrase: from the recipe, else those ordinary words that are written most like it.
    fn sounds_like(&self, i: usize) -> Vec<String> {
        let word = &self.words[i];
        if let Some(alike) = self.language.alike.get(word) {
            return alike.not.iter().map(|w| w.to_lowercase()).filter(|w| w != word).collect();
        }
        let mut by_likeness: Vec<_> = self.ordinary.iter().filter(|w| *w != word).collect();
        let likeness = |w: &str| strsim::jaro_winkler(w, word) + strsim::normalized_levenshtein(w, word);
        by_likeness.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
        by_likeness.into_iter().take(ALIKE).cloned().collect()
    }

    fn talk(&mut self) -> Vec<Utterance> {
        let mut said = Vec::new();
        let phrase = self.words.join(" ");
        for text in self.language.sentences.clone() {
            for _ in 0..self.amounts.sentence {
                let voice = self.voice();
                said.push(self.utterance(&voice, text.clone()));
            }
            said.push(self.utterance(&Voice::piper(), text));
        }
        for i in 0..self.amounts.rows {
            let row = self.row();
            // Every other one by the quick voice.
            let voice = if i % 2 == 0 { Voice::piper() } else { self.voice() };
            said.push(self.utterance(&voice, row));
        }
        said.retain(|u| !u.text.to_lowercase().contains(&phrase));
        said
    }

    fn pico_phrases(&mut self) -> Vec<Utterance> {
        let mut said = Vec::new();
        for voice in voices::pico_english() {
            for _ in 0..self.amounts.pico {
                said.push(self.phrase(&voice));
            }
        }
        said
    }

    fn pico_near_misses(&mut self, texts: &BTreeSet<String>) -> Vec<Utterance> {
        let mut said = Vec::new();
        for text in texts {
            for voice in voices::pico_english() {
                said.push(self.near_miss(&voice, text));
            }
        }
        said
    }

    fn pico_talk(&mut self) -> Vec<Utterance> {
        let mut said = Vec::new();
        let voices = voices::pico();
        for text in self.language.sentences.clone() {
            for voice in &voices {
                said.push(self.utterance(voice, text.clone()));
            }
        }
        for i in 0..self.amounts.pico_rows {
            let row = self.row();
            said.push(self.utterance(&voices[i % voices.len()], row));
        }
        let phrase = self.words.join(" ");
        said.retain(|u| !u.text.to_lowercase().contains(&phrase));
        said
    }

    /// Words in a row without sense.
    fn row(&mut self) -> String {
        let row: Vec<_> = (0..ROW).map(|_| self.ordinary_word()).collect();
        format!("{}.", sentence(&row.join(" ")))
    }

    fn ordinary_word(&mut self) -> String {
        self.ordinary[self.rng.usize(..self.ordinary.len())].clone()
    }

    /// Any voice, half of the time a mixed one.
    fn voice(&mut self) -> Voice {
        if self.rng.bool() {
            return Voice::mixed(&mut self.rng);
        }
        let all = voices::all();
        all[self.rng.usize(..all.len())].clone()
    }

    fn utterance(&mut self, voice: &Voice, text: String) -> Utterance {
        let speed = SPEEDS[self.rng.usize(..SPEEDS.len())];
        Utterance { voice: voice.clone(), meant: text.len(), text, speed }
    }
}

/// With a capital at the start of each word that a phrase is made of: voices read names better so.
fn sentence(words: &str) -> String {
    words.split(' ').map(capitalised).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_everything_and_no_near_miss_is_the_phrase() {
        for phrase in ["hey jarvis", "jarvis", "computer"] {
            let recipe = Recipe::new(phrase, Amounts::default(), 1);
            let again = Recipe::new(phrase, Amounts::default(), 1);
            assert!(recipe.utterances().eq(again.utterances()), "{phrase}");
            let other = Recipe::new(phrase, Amounts::default(), 2);
            assert!(!recipe.utterances().eq(other.utterances()), "{phrase}");
            let plain = |text: &str| text.to_lowercase().replace(['.', '!', '?', ','], "");
            for near in &recipe.near_misses {
                assert!(!plain(&near.text).starts_with(&format!("{phrase} ")), "{:?}", near.text);
                assert_ne!(plain(&near.text), phrase);
            }
            assert!(recipe.talk.iter().all(|u| !u.text.to_lowercase().contains(phrase)), "{phrase}");
            assert!(recipe.near_misses.len() > 50, "{phrase}: {}", recipe.near_misses.len());
        }
    }

    #[test]
    fn what_is_meant_is_the_whole_phrase_and_no_request() {
        let recipe = Recipe::new("hey jarvis", Amounts::default(), 1);
        let mut paused = 0;
        for said in &recipe.phrases {
            let (meant, behind) = said.text.split_at(said.meant);
            assert_eq!(meant.split_whitespace().count(), 2, "{:?}", said.text);
            assert!(behind.is_empty() || behind.starts_with(' ') && meant.ends_with(','), "{:?}", said.text);
            let has_pause = meant.trim_end_matches(',').contains(',');
            assert!(!(has_pause && !behind.is_empty()), "{:?} has two pauses", said.text);
            paused += usize::from(has_pause);
        }
        assert!(paused > 0);
        assert!(recipe.phrases.iter().any(|said| said.meant < said.text.len()));
    }

    #[test]
    fn what_the_others_say_is_the_same_without_pico() {
        let amounts = Amounts::default();
        let with = Recipe::new("hey jarvis", amounts, 1);
        let without = Recipe::new("hey jarvis", Amounts { pico: 0, pico_rows: 0, ..amounts }, 1);
        assert!(without.utterances().all(|u| u.voice.pico().is_none()));
        assert!(with.utterances().filter(|u| u.voice.pico().is_none()).eq(without.utterances()));
        let said_by = |voice: &Voice, what: &[Utterance]| what.iter().filter(|u| u.voice == *voice).count();
        for voice in voices::pico_english() {
            assert_eq!(said_by(&voice, &with.phrases), amounts.pico, "{voice:?}");
        }
        assert!(voices::pico().iter().all(|voice| said_by(voice, &with.talk) >= amounts.pico_rows / 6));
    }
}
