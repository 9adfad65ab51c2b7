//! How a language says what is related to what: its data file, read once.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use super::entities::EntityKind;

/// The data files; changing one of them has everything read again.
const FILES: [&str; 2] = [include_str!("../../relations/en.toml"), include_str!("../../relations/de.toml")];

/// The languages, in the order in which they are tried.
pub(super) static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    FILES.iter().map(|file| Language::read(file).expect("the files that ship are tested")).collect()
});

/// What the rules are known by: other rules, another text.
pub(super) fn rules() -> String {
    use sha2::{Digest, Sha256};
    let digest = FILES.iter().fold(Sha256::new(), |digest, file| digest.chain_update(file));
    format!("1-{:x}", digest.finalize())
}

/// What a pattern is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum About {
    /// `{a}` and `{b}` are so related, and of these kinds.
    Relation(String, [EntityKind; 2]),
    /// `{a}` is to `{owner}` what `{role}` says.
    Role,
    /// `{b}` is what `{owner}` likes best of its kind, `{role}`.
    Favourite,
    /// How two are connected.
    Path,
    /// All that is known of one.
    Everything,
}

/// One way to say or to ask something.
#[derive(Debug)]
pub(super) struct Pattern {
    pub about: About,
    pub regex: Regex,
    /// Whether `{a}` and `{b}` must be written like a name.
    pub capital: [bool; 2],
}

/// Patterns that are tried together.
#[derive(Debug)]
pub(super) struct Patterns {
    set: RegexSet,
    patterns: Vec<Pattern>,
}

impl Patterns {
    /// Those that fit a sentence, in the order of the file.
    pub fn fitting<'p>(&'p self, sentence: &str) -> impl Iterator<Item = &'p Pattern> {
        self.set.matches(sentence).into_iter().map(|at| &self.patterns[at])
    }
}

#[derive(Debug)]
pub(super) struct Language {
    pub me: HashSet<String>,
    pub my: HashSet<String>,
    pub articles: HashSet<String>,
    pub not_in_names: HashSet<String>,
    pub conjunction: String,
    pub possessive: Regex,
    /// What may follow a name and is none of it.
    pub after: Regex,
    /// The word in this language, and the role.
    pub roles: HashMap<String, String>,
    pub said: Patterns,
    pub asked: Patterns,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    me: HashSet<String>,
    my: HashSet<String>,
    articles: HashSet<String>,
    conjunction: String,
    not_in_names: HashSet<String>,
    after_names: Vec<String>,
    possessive: String,
    roles: HashMap<String, Vec<String>>,
    role_patterns: Ways,
    favourite: Ways,
    general: General,
    relation: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ways {
    said: Vec<String>,
    asked: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct General {
    path: Vec<String>,
    about: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kinds: [EntityKind; 2],
    said: Vec<String>,
    asked: Vec<String>,
}

impl Language {
    fn read(file: &str) -> Result<Self, String> {
        let file: File = toml::from_str(file).map_err(|e| e.to_string())?;
        let mut said = vec![(About::Favourite, file.favourite.said), (About::Role, file.role_patterns.said)];
        let mut asked =
            vec![(About::Role, file.role_patterns.asked), (About::Favourite, file.favourite.asked)];
        for entry in file.relation {
            let about = About::Relation(entry.name, entry.kinds);
            said.push((about.clone(), entry.said));
            asked.push((about, entry.asked));
        }
        asked.push((About::Path, file.general.path));
        asked.push((About::Everything, file.general.about));
        let roles = file
            .roles
            .into_iter()
            .flat_map(|(role, words)| words.into_iter().map(move |word| (word, role.clone())));
        Ok(Self {
            me: file.me,
            my: file.my,
            articles: file.articles,
            not_in_names: file.not_in_names,
            conjunction: format!(" {} ", file.conjunction),
            possessive: Regex::new(&file.possessive).map_err(|e| e.to_string())?,
            after: whole(&format!("^(.+?),? (?:{})$", file.after_names.join("|")))?,
            roles: roles.collect(),
            said: compiled(said)?,
            asked: compiled(asked)?,
        })
    }
}

fn whole(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).case_insensitive(true).build().map_err(|e| e.to_string())
}

fn compiled(ways: Vec<(About, Vec<String>)>) -> Result<Patterns, String> {
    let mut patterns = Vec::new();
    for (about, way) in
        ways.into_iter().flat_map(|(about, ways)| ways.into_iter().map(move |way| (about.clone(), way)))
    {
        let capital = [way.contains("{A}"), way.contains("{B}")];
        let mut pattern =
            way.replace("{A}", "{a}").replace("{B}", "{b}").replace("{role}", r"(?P<role>[\p{L}-]+?)");
        for name in ["a", "b", "b2", "owner"] {
            pattern = pattern.replace(&format!("{{{name}}}"), &format!("(?P<{name}>.+?)"));
        }
        patterns.push(Pattern { about, regex: whole(&format!("^(?:{pattern})$"))?, capital });
    }
    let set = RegexSetBuilder::new(patterns.iter().map(|pattern| pattern.regex.as_str()))
        .case_insensitive(true)
        .build();
    Ok(Patterns { set: set.map_err(|e| e.to_string())?, patterns })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_that_ship_can_be_read() {
        for file in FILES {
            Language::read(file).unwrap();
        }
    }
}
