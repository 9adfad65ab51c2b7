//! What a text says of who is related to whom, by the patterns of its language.

use super::entities::EntityKind;
use super::language::{About, LANGUAGES, Language, Pattern};
use super::phrase::Mention;

/// A sentence with more letters says nothing so simple.
const LONGEST: usize = 300;

/// What a full stop may follow in the midst of a sentence.
const SHORTENED: [&str; 14] =
    ["mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "bzw", "ca", "approx", "jr", "fr"];

/// That two are related.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub subject: Mention,
    /// "works_at"
    pub relation: String,
    pub object: Mention,
    /// Of the subject and of the object.
    pub kinds: [EntityKind; 2],
}

/// Whose words they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// The person's: "I" is known.
    Person,
    /// Somebody's, in a document: only what is named counts.
    Document,
}

/// What `text` says, in its order.
pub(super) fn read(text: &str, voice: Voice) -> Vec<Statement> {
    sentences(text)
        .flat_map(|sentence| {
            LANGUAGES.iter().find_map(|language| read_sentence(sentence, language, voice)).unwrap_or_default()
        })
        .collect()
}

fn read_sentence(sentence: &str, language: &Language, voice: Voice) -> Option<Vec<Statement>> {
    language.said.fitting(sentence).find_map(|pattern| {
        let statements = said_by(sentence, pattern, language)?;
        let known = |s: &Statement| match voice {
            Voice::Person => true,
            Voice::Document => {
                s.subject.is_impersonal()
                    && s.object.is_impersonal()
                    && s.subject.is_capital()
                    && s.object.is_capital()
            }
        };
        statements.iter().all(known).then_some(statements)
    })
}

fn said_by(sentence: &str, pattern: &Pattern, language: &Language) -> Option<Vec<Statement>> {
    let found = pattern.regex.captures(sentence)?;
    let mentions = |name: &str, capital: bool| {
        let mentions = Mention::all(found.name(name)?.as_str(), language)?;
        mentions.iter().all(|mention| !capital || mention.is_capital()).then_some(mentions)
    };
    let owner = || Mention::owner(found.name("owner")?.as_str(), language);
    let role = || Some(found.name("role")?.as_str().to_lowercase());
    let (subjects, relation, objects, kinds) = match &pattern.about {
        About::Relation(relation, kinds) => {
            let subjects = match found.name("owner") {
                Some(_) => vec![owner()?],
                None => mentions("a", pattern.capital[0])?,
            };
            (subjects, relation.clone(), mentions("b", pattern.capital[1])?, *kinds)
        }
        About::Role => {
            let word = role()?;
            let known = language.roles.get(&word);
            // Any word may be a role, of somebody with a name: "Anna is my accountant".
            let subjects = mentions("a", pattern.capital[0] || known.is_none())?;
            (subjects, format!("{}_of", known.unwrap_or(&word)), vec![owner()?], [EntityKind::Person; 2])
        }
        About::Favourite => {
            let kinds = [EntityKind::Person, EntityKind::Thing];
            (vec![owner()?], format!("favourite_{}", role()?), mentions("b", false)?, kinds)
        }
        About::Path | About::Everything => return None,
    };
    let mut statements = Vec::new();
    for subject in &subjects {
        for object in &objects {
            statements.push(Statement {
                subject: subject.clone(),
                relation: relation.clone(),
                object: object.clone(),
                kinds,
            });
        }
    }
    Some(statements)
}

/// The sentences of a text, without the signs at their ends.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut pieces = Vec::new();
    while let Some(end) = end_of_sentence(rest) {
        pieces.push(&rest[..end]);
        rest = &rest[end + 1..];
    }
    pieces.push(rest);
    let bare = |c: char| c.is_whitespace() || ".!?;\"“”„«»-–•*".contains(c);
    pieces
        .into_iter()
        .map(move |piece| piece.trim_matches(bare))
        .filter(|piece| !piece.is_empty() && piece.len() <= LONGEST)
}

/// Where a sentence ends: at a sign that something new follows, or at an empty line.
fn end_of_sentence(text: &str) -> Option<usize> {
    let ends = text.char_indices().find(|(at, c)| {
        let next = text[at + c.len_utf8()..].chars().next();
        match c {
            '.' => next.is_none_or(char::is_whitespace) && !is_shortened(&text[..*at]),
            '!' | '?' | ';' => next.is_none_or(char::is_whitespace),
            '\n' => true,
            _ => false,
        }
    });
    ends.map(|(at, _)| at)
}

/// Whether `text` ends in a word that has a full stop of its own: "Dr. Smith", "J. Smith", "3. Mai".
fn is_shortened(text: &str) -> bool {
    let word = text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    word.chars().count() < 2 || SHORTENED.contains(&word.as_str()) || word.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mention: &Mention) -> String {
        match mention {
            Mention::Me => "me".into(),
            Mention::Named(name) => name.clone(),
            Mention::Role { owner, role, name } => {
                format!(
                    "{}'s {role}{}",
                    shown(owner),
                    name.as_ref().map(|n| format!(" {n}")).unwrap_or_default()
                )
            }
        }
    }

    fn said(text: &str, voice: Voice) -> String {
        let statements = read(text, voice);
        let one = |s: &Statement| format!("{} {} {}", shown(&s.subject), s.relation, shown(&s.object));
        statements.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_is_told_says_who_is_related_to_whom() {
        for (text, expected) in [
            ("Anna works at Siemens", "Anna works_at Siemens"),
            ("anna works for the city council now.", "anna works_at city council"),
            ("I live in Potsdam", "me lives_in Potsdam"),
            ("Anna and Ben live in Berlin", "Anna lives_in Berlin; Ben lives_in Berlin"),
            ("my sister lives in Kiel", "me's sister lives_in Kiel"),
            ("my sister Anna lives in Kiel", "me's sister Anna lives_in Kiel"),
            ("Anna is my sister", "Anna sister_of me"),
            ("my sister is called Anna", "Anna sister_of me"),
            ("my sister's name is Anna", "Anna sister_of me"),
            ("my sister is Anna", "Anna sister_of me"),
            ("Ben is Anna's brother", "Ben brother_of Anna"),
            ("Anna's brother is Ben", "Ben brother_of Anna"),
            ("Anna's brother Ben plays the violin", "Anna's brother Ben plays violin"),
            ("Clara and Dora are my friends", "Clara friend_of me; Dora friend_of me"),
            ("Mrs. Weber is my accountant", "Mrs. Weber accountant_of me"),
            ("my favourite colour is green", "me favourite_colour green"),
            ("Anna's birthday is on 3 May", "Anna born_on 3 May"),
            ("Anna is allergic to nuts", "Anna allergic_to nuts"),
            ("I don't like coffee", "me dislikes coffee"),
            ("Anna is married to Carl. They have two children.", "Anna partner_of Carl"),
            ("Rex is a dog", "Rex is_a dog"),
            ("Potsdam is in Brandenburg", "Potsdam located_in Brandenburg"),
            ("Anna arbeitet bei Siemens", "Anna works_at Siemens"),
            ("Anna bei Siemens arbeitet", "Anna works_at Siemens"),
            ("ich wohne in Potsdam", "me lives_in Potsdam"),
            ("meine Schwester heißt Anna", "Anna sister_of me"),
            ("Ben ist Annas Bruder", "Ben brother_of Anna"),
            ("meine Lieblingsfarbe ist Grün", "me favourite_farbe Grün"),
        ] {
            assert_eq!(said(text, Voice::Person), expected, "{text}");
        }
    }

    #[test]
    fn what_says_nothing_of_the_kind_is_left_alone() {
        for text in [
            "my sister is ill",
            "Anna no longer works at Siemens",
            "Anna does not live in Berlin",
            "I used to live in Berlin",
            "the spare key hangs behind the water meter",
            "if Anna works at Siemens she is rich",
            "she works at Siemens",
            "it is in the kitchen",
            "Where does Anna live?",
            "I know that Anna lives in Berlin",
            "",
        ] {
            assert_eq!(said(text, Voice::Person), "", "{text}");
        }
    }

    #[test]
    fn a_document_speaks_of_whom_it_names() {
        let text = "I live in Rome. My sister lives in Kiel. Dr. Weber works at Siemens. It is in Bonn.\nAnna likes cake.";
        assert_eq!(said(text, Voice::Document), "Dr. Weber works_at Siemens");
    }
}
