//! Names as they stand in a sentence: "I", "Anna Berger", "my sister", "Anna's brother Ben".

use super::language::Language;

/// A name has so many words at most.
const LONGEST: usize = 6;

/// Somebody or something that is spoken of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mention {
    /// The person who speaks.
    Me,
    /// By name.
    Named(String),
    /// By what they are to somebody, and perhaps by name too.
    Role { owner: Box<Mention>, role: String, name: Option<String> },
}

impl Mention {
    /// Those that `text` names: "Anna and Ben" are two. None when something in it cannot be a name.
    pub fn all(text: &str, language: &Language) -> Option<Vec<Self>> {
        let listed = text.replace(", ", &language.conjunction);
        listed.split(&language.conjunction).map(|one| Self::one(one, language)).collect()
    }

    /// The one that `text` names.
    pub fn one(text: &str, language: &Language) -> Option<Self> {
        let text =
            language.after.captures(text).map_or(text, |found| found.get(1).map_or(text, |m| m.as_str()));
        let text = text
            .trim_matches(|c: char| c.is_whitespace() || "\"“”„«»,;:!?()".contains(c))
            .trim_end_matches('.');
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let lower = |word: &str| word.to_lowercase();
        if let [word] = words[..]
            && language.me.contains(&lower(word))
        {
            return Some(Self::Me);
        }
        if let Some(mention) = Self::by_role(&words, language) {
            return Some(mention);
        }
        if words.len() > 1 && language.articles.contains(&lower(words[0])) {
            words.remove(0);
        }
        // "May" in the midst of a phrase is a month, and "Will" a man.
        let name = |(at, word): (usize, &&str)| {
            (at > 0 && is_capital(word)) || !language.not_in_names.contains(&lower(word))
        };
        let says_something = words.iter().any(|word| word.contains(char::is_alphanumeric));
        (says_something && words.len() <= LONGEST && words.iter().enumerate().all(name))
            .then(|| Self::Named(words.join(" ")))
    }

    /// "my sister", "Anna's brother Ben".
    fn by_role(words: &[&str], language: &Language) -> Option<Self> {
        let at = (1..words.len()).find(|at| language.roles.contains_key(&words[*at].to_lowercase()))?;
        let owner = Self::owner(&words[..at].join(" "), language)?;
        let role = language.roles[&words[at].to_lowercase()].clone();
        let rest = &words[at + 1..];
        let is_name = rest.iter().all(|word| is_capital(word)) && rest.len() <= LONGEST;
        is_name.then(|| Self::Role {
            owner: Box::new(owner),
            role,
            name: (!rest.is_empty()).then(|| rest.join(" ")),
        })
    }

    /// Whose something is: "my", "Anna's", "my brother's".
    pub fn owner(text: &str, language: &Language) -> Option<Self> {
        if language.my.contains(&text.to_lowercase()) {
            return Some(Self::Me);
        }
        let owner = language.possessive.captures(text)?;
        Self::one(&owner[1], language)
    }

    /// Whether it is written like a name, or is one that needs none.
    pub fn is_capital(&self) -> bool {
        match self {
            Self::Named(name) => is_capital(name),
            Self::Me | Self::Role { .. } => true,
        }
    }

    /// Whether it is told in words that mean something to everybody: no "I", no "my".
    pub fn is_impersonal(&self) -> bool {
        match self {
            Self::Me => false,
            Self::Named(name) => !name.to_lowercase().starts_with("my "),
            Self::Role { owner, .. } => owner.is_impersonal(),
        }
    }
}

fn is_capital(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
}

/// A name as it is compared: without case and punctuation.
pub(super) fn key(name: &str) -> String {
    jarvis_core::text::plain_words(name).join(" ")
}
