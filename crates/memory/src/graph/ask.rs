//! Questions in plain words: "who works at Siemens?", "what is my sister's name?", "how is Anna connected with Ben?"

use std::collections::HashMap;

use jarvis_core::EntityId;
use rusqlite::Connection;

use super::analysis::path;
use super::entities::find;
use super::language::{About, LANGUAGES, Language, Pattern};
use super::network::{Network, Relation};
use super::phrase::Mention;
use crate::cues::asks_for_past;
use crate::error::StoreError;
use crate::store::Store;

/// What the graph knows of a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The relations that answer it; of a way from one to another, in its order.
    pub relations: Vec<Relation>,
    /// Whether all was asked for that is known of somebody or something.
    pub everything: bool,
}

/// What is sought.
struct Sought {
    about: About,
    /// The entities that the question names.
    subject: Option<EntityId>,
    object: Option<EntityId>,
    relation: Option<String>,
}

impl Store {
    /// What the graph answers to a question; nothing when it is no question for it, or not known.
    pub fn ask_graph(&self, question: &str) -> Result<Asked, StoreError> {
        let sought = self.with(|connection| sought(connection, question))?;
        if sought.is_empty() {
            return Ok(Asked::default());
        }
        let network = self.with(|connection| Network::told(connection))?.whole();
        let places: HashMap<EntityId, usize> =
            network.entities.iter().enumerate().map(|(place, entity)| (entity.id, place)).collect();
        let past = asks_for_past(question) || question.to_lowercase().contains(" did ");
        for sought in &sought {
            let found = answers(&network, &places, sought, past);
            if !found.is_empty() {
                let relations = found.into_iter().map(|at| network.relation(at)).collect();
                return Ok(Asked { relations, everything: sought.about == About::Everything });
            }
        }
        Ok(Asked::default())
    }
}

/// The ways in which a question can be meant and in which all whom it names are known.
fn sought(connection: &Connection, question: &str) -> Result<Vec<Sought>, StoreError> {
    let question = question.trim().trim_end_matches(['?', '.', '!']).trim();
    let mut all = Vec::new();
    for language in LANGUAGES.iter() {
        for pattern in language.asked.fitting(question) {
            all.extend(meant(connection, question, pattern, language)?);
        }
    }
    Ok(all)
}

fn meant(
    connection: &Connection,
    question: &str,
    pattern: &Pattern,
    language: &Language,
) -> Result<Option<Sought>, StoreError> {
    let Some(found) = pattern.regex.captures(question) else { return Ok(None) };
    let mut named = HashMap::new();
    for name in ["a", "b", "b2", "owner"] {
        let Some(text) = found.name(name) else { continue };
        let mention = match name {
            "owner" => Mention::owner(text.as_str(), language),
            _ => Mention::one(text.as_str(), language),
        };
        let Some(mention) = mention else { return Ok(None) };
        let Some(n) = find(connection, &mention)? else { return Ok(None) };
        let id: String =
            connection.query_row("SELECT id FROM entities WHERE n = ?1", [n], |row| row.get(0))?;
        let id = id.parse().expect("it was an id when it was kept");
        named.insert(name, id);
    }
    let get = |name: &str| named.get(name).copied();
    let role = || found.name("role").map(|role| role.as_str().to_lowercase());
    let (subject, relation, object) = match &pattern.about {
        About::Relation(relation, _) => (get("a").or(get("owner")), Some(relation.clone()), get("b")),
        About::Role => {
            let role = role().map(|word| language.roles.get(&word).cloned().unwrap_or(word));
            (None, role.map(|role| format!("{role}_of")), get("owner"))
        }
        About::Favourite => (get("owner"), role().map(|role| format!("favourite_{role}")), None),
        About::Path => (get("a"), None, get("b").or(get("b2"))),
        About::Everything => (get("a"), None, None),
    };
    Ok(Some(Sought { about: pattern.about.clone(), subject, object, relation }))
}

fn answers(network: &Network, places: &HashMap<EntityId, usize>, sought: &Sought, past: bool) -> Vec<usize> {
    let place = |id: Option<EntityId>| id.and_then(|id| places.get(&id).copied());
    let (subject, object) = (place(sought.subject), place(sought.object));
    match (&sought.about, subject, object) {
        (About::Path, Some(from), Some(to)) => path(network, from, to),
        (About::Path, ..) | (_, None, None) => Vec::new(),
        (_, subject, object) => {
            let one = subject.or(object).expect("one of them is known");
            let fits = |at: &usize| {
                let edge = &network.edges[*at];
                (past || edge.until.is_none())
                    && sought.relation.as_ref().is_none_or(|relation| *relation == edge.relation)
                    && match (&sought.about, subject, object) {
                        (About::Everything, Some(_), _) => !edge.inferred,
                        (_, subject, object) => {
                            subject.is_none_or(|s| s == edge.subject)
                                && object.is_none_or(|o| o == edge.object)
                        }
                    }
            };
            let mut found: Vec<usize> = network.around(one).filter(fits).collect();
            found.sort_by_key(|at| network.edges[*at].inferred);
            found
        }
    }
}
