//! All entities and relations at once, to walk about in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jarvis_core::{EntityId, Source};
use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;

use super::entities::{Named, named};
use super::inference::{Conclusion, conclude};
use crate::error::StoreError;
use crate::rows;

/// That two are related.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Relation {
    /// Who or what.
    pub subject: Named,
    /// How: `works_at`, `sister_of`.
    pub relation: String,
    /// To whom or what.
    pub object: Named,
    /// Since when that is known.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub since: Timestamp,
    /// Until when it held; none while it does.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub until: Option<Timestamp>,
    /// Whether it was not told, but follows from what was.
    pub inferred: bool,
    /// What it is known from.
    pub sources: Vec<Source>,
}

/// A relation in a [`Network`].
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub subject: usize,
    pub relation: String,
    pub object: usize,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    pub inferred: bool,
    pub sources: Vec<Source>,
}

/// Entities, and the relations between them, by their places.
#[derive(Debug, Default)]
pub(super) struct Network {
    pub entities: Vec<Named>,
    pub edges: Vec<Edge>,
    /// Of each entity, its edges.
    around: Vec<Vec<usize>>,
}

/// In the order of the columns below.
const RELATIONS: &str = "SELECT s.n, r.relation, o.n, coalesce(f.valid_from, d.added_at), f.valid_to, f.id, d.id, c.place
    FROM relations r JOIN entities s ON s.n = r.subject JOIN entities o ON o.n = r.object
    LEFT JOIN facts f ON f.n = r.fact LEFT JOIN chunks c ON c.n = r.chunk LEFT JOIN documents d ON d.id = c.document
    ORDER BY r.n";

impl Network {
    /// All that was told. What was told twice stands here once, with both its sources.
    pub fn told(connection: &Connection) -> Result<Self, StoreError> {
        let mut network = Self::default();
        let mut numbers = HashMap::new();
        let mut statement = connection.prepare_cached("SELECT n, id, name, kind FROM entities ORDER BY n")?;
        for row in statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, named(row, 1)?)))? {
            let (n, entity) = row?;
            numbers.insert(n, network.entities.len());
            network.entities.push(entity);
        }
        network.around = vec![Vec::new(); network.entities.len()];
        let mut statement = connection.prepare_cached(RELATIONS)?;
        let edges = statement.query_map([], |row| {
            let until = row.get::<_, Option<i64>>(4)?.map(|_| rows::time(row, 4)).transpose()?;
            let source = if row.get::<_, Option<String>>(5)?.is_some() {
                Source::Fact { id: rows::text(row, 5)? }
            } else {
                Source::Document { id: rows::text(row, 6)?, place: row.get(7)? }
            };
            Ok(Edge {
                subject: numbers[&row.get::<_, i64>(0)?],
                relation: row.get(1)?,
                object: numbers[&row.get::<_, i64>(2)?],
                since: rows::time(row, 3)?,
                until,
                inferred: false,
                sources: vec![source],
            })
        })?;
        let mut known: HashMap<(usize, String, usize, bool), usize> = HashMap::new();
        for edge in edges {
            let edge = edge?;
            let triple = (edge.subject, edge.relation.clone(), edge.object, edge.until.is_none());
            match known.entry(triple) {
                Entry::Occupied(twin) => network.edges[*twin.get()].sources.extend(edge.sources),
                Entry::Vacant(new) => {
                    new.insert(network.edges.len());
                    network.push(edge);
                }
            }
        }
        Ok(network)
    }

    /// With what follows from what was told. To conclude it takes its time, and no connection.
    pub fn whole(mut self) -> Self {
        conclude(&mut self);
        self
    }

    fn push(&mut self, edge: Edge) {
        self.around[edge.subject].push(self.edges.len());
        self.around[edge.object].push(self.edges.len());
        self.edges.push(edge);
    }

    /// Adds what follows from the edges at `because`.
    pub fn conclude(&mut self, conclusion: Conclusion, because: Vec<usize>) {
        let Conclusion { subject, relation, object } = conclusion;
        let since = because.iter().map(|at| self.edges[*at].since).max().unwrap_or_default();
        let mut sources = Vec::new();
        for source in because.iter().flat_map(|at| &self.edges[*at].sources) {
            if !sources.contains(source) {
                sources.push(*source);
            }
        }
        self.push(Edge { subject, relation, object, since, until: None, inferred: true, sources });
    }

    /// The places of the edges of an entity.
    pub fn around(&self, entity: usize) -> impl Iterator<Item = usize> + '_ {
        self.around[entity].iter().copied()
    }

    /// The place of an entity.
    pub fn place(&self, id: EntityId) -> Option<usize> {
        self.entities.iter().position(|entity| entity.id == id)
    }

    /// A relation as it is told.
    pub fn relation(&self, at: usize) -> Relation {
        let Edge { subject, relation, object, since, until, inferred, sources } = self.edges[at].clone();
        let entity = |place: usize| self.entities[place].clone();
        Relation {
            subject: entity(subject),
            relation,
            object: entity(object),
            since,
            until,
            inferred,
            sources,
        }
    }
}
