//! What follows from what is known: siblings have the same parents, who lives in a town lives in its country.

use std::collections::HashSet;

use super::network::{Edge, Network};

/// So much is concluded at most.
const CONCLUSIONS: usize = 20_000;
/// From what was concluded, more is concluded so often.
const ROUNDS: usize = 3;
/// Of a group with more members not every pair is worth naming.
const GROUP: usize = 30;

/// Who is the one is also the other. After `!` the other way round.
const ALSO: [(&str, &str); 12] = [
    ("sister_of", "sibling_of"),
    ("brother_of", "sibling_of"),
    ("mother_of", "parent_of"),
    ("father_of", "parent_of"),
    ("wife_of", "partner_of"),
    ("husband_of", "partner_of"),
    ("son_of", "child_of"),
    ("daughter_of", "child_of"),
    ("child_of", "!parent_of"),
    ("parent_of", "!child_of"),
    ("grandmother_of", "grandparent_of"),
    ("grandfather_of", "grandparent_of"),
];

/// What holds in both directions.
const MUTUAL: [&str; 7] =
    ["sibling_of", "partner_of", "friend_of", "colleague_of", "neighbour_of", "cousin_of", "connected_with"];

/// From the first to a second, from the second to a third: so the first is related to the third. After `!` the other way round.
const CHAINS: [(&str, &str, &str); 10] = [
    ("located_in", "located_in", "located_in"),
    ("part_of", "part_of", "part_of"),
    ("lives_in", "located_in", "lives_in"),
    ("comes_from", "located_in", "comes_from"),
    ("works_at", "part_of", "works_at"),
    ("parent_of", "parent_of", "grandparent_of"),
    ("parent_of", "sibling_of", "parent_of"),
    ("!parent_of", "parent_of", "sibling_of"),
    ("sibling_of", "parent_of", "aunt_or_uncle_of"),
    ("works_at", "!works_at", "colleague_of"),
];

/// A relation that somebody has to one only at a time.
pub(super) struct OneAtATime {
    /// Whether the subject has one object only; else the object has one subject.
    pub of_subject: bool,
}

/// Whether only one at a time can be so related.
pub(super) fn is_one_at_a_time(relation: &str) -> Option<OneAtATime> {
    match relation {
        "lives_in" | "works_at" | "born_on" | "comes_from" | "located_in" => {
            Some(OneAtATime { of_subject: true })
        }
        _ if relation.starts_with("favourite_") => Some(OneAtATime { of_subject: true }),
        "mother_of" | "father_of" | "wife_of" | "husband_of" | "partner_of" | "boss_of" | "doctor_of"
        | "dentist_of" => Some(OneAtATime { of_subject: false }),
        _ => None,
    }
}

/// Adds to the network what follows from what holds in it.
pub(super) fn conclude(network: &mut Network) {
    let holding = |edge: &Edge| edge.until.is_none();
    let mut known: HashSet<(usize, String, usize)> = network
        .edges
        .iter()
        .filter(|e| holding(e))
        .map(|e| (e.subject, e.relation.clone(), e.object))
        .collect();
    let mut from = 0;
    let stated = network.edges.len();
    for _ in 0..ROUNDS {
        let to = network.edges.len();
        for at in from..to {
            if network.edges.len() - stated > CONCLUSIONS {
                return;
            }
            if !holding(&network.edges[at]) {
                continue;
            }
            for (conclusion, because) in follows(network, at) {
                let triple = (conclusion.subject, conclusion.relation.clone(), conclusion.object);
                if conclusion.subject != conclusion.object && known.insert(triple) {
                    network.conclude(conclusion, because);
                }
            }
        }
        from = to;
    }
}

/// A relation that follows.
pub(super) struct Conclusion {
    pub subject: usize,
    pub relation: String,
    pub object: usize,
}

/// What follows from one relation, and one more.
fn follows(network: &Network, at: usize) -> Vec<(Conclusion, Vec<usize>)> {
    let edge = &network.edges[at];
    let mut found = Vec::new();
    let mut found_by = |subject: usize, relation: &str, object: usize, because: Vec<usize>| {
        found.push((Conclusion { subject, relation: relation.into(), object }, because));
    };
    for (_, also) in ALSO.iter().filter(|(relation, _)| *relation == edge.relation) {
        match also.strip_prefix('!') {
            Some(other) => found_by(edge.object, other, edge.subject, vec![at]),
            None => found_by(edge.subject, also, edge.object, vec![at]),
        }
    }
    if MUTUAL.contains(&edge.relation.as_str()) {
        found_by(edge.object, &edge.relation, edge.subject, vec![at]);
    }
    let holding =
        |at: usize, step| link(&network.edges[at], step).filter(|_| network.edges[at].until.is_none());
    for (first, second, whole) in CHAINS {
        // It may be the first link, or the second.
        if let Some((start, middle)) = link(edge, first) {
            for other in network.around(middle) {
                if let Some((_, end)) = holding(other, second).filter(|(from, _)| *from == middle) {
                    found_by(start, whole, end, vec![at, other]);
                }
            }
        }
        if let Some((middle, end)) = link(edge, second) {
            for other in network.around(middle) {
                if let Some((start, _)) = holding(other, first).filter(|(_, to)| *to == middle) {
                    found_by(start, whole, end, vec![other, at]);
                }
            }
        }
    }
    if found.len() > GROUP { Vec::new() } else { found }
}

/// Where a link of a chain begins and ends, when the relation is of its kind.
fn link(edge: &Edge, step: &str) -> Option<(usize, usize)> {
    match step.strip_prefix('!') {
        Some(back) => (edge.relation == back).then_some((edge.object, edge.subject)),
        None => (edge.relation == step).then_some((edge.subject, edge.object)),
    }
}
