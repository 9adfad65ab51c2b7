//! The person's own dictionary: how words sound that a voice reads wrongly.
//!
//! A text file, a word a line: `nginx = engine x`. What stands on the right is read in its place, wherever the word stands
//! by itself, capital or not. Lines that begin with `#` are notes. It is never written by Jarvis.

use std::path::Path;

/// Words and how they sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pronunciation {
    /// The word in lower case, the longest first, and what is read for it.
    words: Vec<(String, String)>,
}

impl Pronunciation {
    /// Reads a file; where there is none, nothing sounds otherwise. Lines that say nothing are left out and told in the log.
    pub fn read(file: &Path) -> Self {
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => {
                tracing::warn!(%error, "the pronunciation file cannot be read");
                Self::default()
            }
        }
    }

    /// The words of a file's text.
    pub fn parse(text: &str) -> Self {
        let mut words = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim().trim_start_matches('\u{feff}');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=').map(|(word, sound)| (word.trim(), sound.trim())) {
                Some((word, sound)) if !word.is_empty() && !sound.is_empty() => {
                    words.push((word.to_lowercase(), sound.to_string()));
                }
                _ => tracing::warn!(
                    line = number + 1,
                    "the pronunciation file has a line without `word = sound`"
                ),
            }
        }
        // "New York" before "York"; of the same word the last counts.
        words.reverse();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        Self { words }
    }

    /// `text` with the words replaced.
    pub fn apply(&self, text: &str) -> String {
        if self.words.is_empty() {
            return text.to_string();
        }
        let mut said = String::with_capacity(text.len());
        let mut rest = text;
        let mut in_word = false;
        while let Some(first) = rest.chars().next() {
            let found = (!in_word)
                .then(|| self.words.iter().find_map(|(word, sound)| Some((begins(rest, word)?, sound))));
            if let Some(Some((length, sound))) = found {
                said.push_str(sound);
                rest = &rest[length..];
                in_word = false;
                continue;
            }
            in_word = first.is_alphanumeric();
            said.push(first);
            rest = &rest[first.len_utf8()..];
        }
        said
    }
}

/// How many bytes of `text` are `word`, capitals or not, if it begins with it and the word ends there. A possessive `'s`
/// goes on behind it.
fn begins(text: &str, word: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    for expected in word.chars() {
        let (_, found) = letters.next()?;
        if !found.to_lowercase().eq(std::iter::once(expected)) {
            return None;
        }
    }
    let end = letters.next().map_or(text.len(), |(at, _)| at);
    let ends = !word.ends_with(char::is_alphanumeric) || !text[end..].starts_with(char::is_alphanumeric);
    ends.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# mine\nnginx = engine x\nSiobhán = shiv awn\n\nYork = yolk\nNew York = the big apple\nC++ = see plus plus\n\
        no sound\n= nothing\nsql = squeal\nSQL = sequel\n";

    #[test]
    fn words_sound_as_the_file_says() {
        let dictionary = Pronunciation::parse(FILE);
        for (written, said) in [
            ("Start nginx, please.", "Start engine x, please."),
            ("NGINX and nginxes", "engine x and nginxes"),
            ("Siobhán's dog and SIOBHÁN", "shiv awn's dog and shiv awn"),
            ("New York is not York", "the big apple is not yolk"),
            ("I write C++.", "I write see plus plus."),
            ("MySQL and SQL", "MySQL and sequel"),
            ("no sound", "no sound"),
            ("", ""),
            ("你好 nginx", "你好 engine x"),
        ] {
            assert_eq!(dictionary.apply(written), said, "{written}");
        }
        assert_eq!(Pronunciation::default().apply("nginx"), "nginx");
    }

    #[test]
    fn where_there_is_no_file_nothing_sounds_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pronunciation.txt");
        assert_eq!(Pronunciation::read(&file), Pronunciation::default());
        std::fs::write(&file, FILE).unwrap();
        assert_eq!(Pronunciation::read(&file), Pronunciation::parse(FILE));
        std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
        assert_eq!(Pronunciation::read(&file), Pronunciation::default());
    }
}
