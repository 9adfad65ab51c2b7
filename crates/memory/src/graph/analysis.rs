//! The graph as a whole: its picture, who is close to whom, and how two are connected.

use std::collections::HashMap;

use jarvis_core::EntityId;
use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::visit::EdgeRef;
use serde::Serialize;

use super::entities::EntityKind;
use super::network::{Network, Relation};
use crate::error::StoreError;
use crate::store::Store;

/// Rounds after which everybody has found their community, or never will.
const ROUNDS: usize = 20;

/// An entity in the picture of the graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Node {
    /// Its id.
    pub id: EntityId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// How many relations it has.
    pub degree: usize,
    /// The community that it belongs to, counting from 0, the largest first.
    pub community: usize,
}

/// A relation in the picture of the graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// Who or what.
    pub subject: EntityId,
    /// How.
    pub relation: String,
    /// To whom or what.
    pub object: EntityId,
    /// Whether it still does.
    pub holds: bool,
}

/// The graph, or its best connected part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Picture {
    /// The best connected first.
    pub entities: Vec<Node>,
    /// The relations between them.
    pub relations: Vec<Link>,
    /// How many entities there are.
    pub total: usize,
}

/// The graph in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GraphStats {
    /// Entities.
    pub entities: usize,
    /// Relations that hold.
    pub relations: usize,
    /// Relations that held.
    pub past_relations: usize,
    /// What follows from those that hold.
    pub inferred: usize,
    /// Parts that nothing connects with one another.
    pub parts: usize,
    /// Communities of more than two.
    pub communities: usize,
    /// The best connected, with how many relations they have.
    pub hubs: Vec<(String, usize)>,
}

/// So many of the best connected are named in the statistics.
const HUBS: usize = 5;

impl Store {
    /// The graph, or the best connected `limit` of it.
    pub fn picture(&self, limit: usize) -> Result<Picture, StoreError> {
        let network = self.with(|connection| Network::told(connection))?;
        let communities = communities(&network);
        let degree = |place: usize| network.around(place).count();
        let mut places: Vec<usize> = (0..network.entities.len()).collect();
        places.sort_by_key(|place| std::cmp::Reverse(degree(*place)));
        places.truncate(limit);
        let mut shown = vec![false; network.entities.len()];
        places.iter().for_each(|place| shown[*place] = true);
        let node = |place: usize| {
            let entity = network.entities[place].clone();
            let (degree, community) = (degree(place), communities[place]);
            Node { id: entity.id, name: entity.name, kind: entity.kind, degree, community }
        };
        let links = network.edges.iter().filter(|edge| shown[edge.subject] && shown[edge.object]);
        let link = |edge: &super::network::Edge| Link {
            subject: network.entities[edge.subject].id,
            relation: edge.relation.clone(),
            object: network.entities[edge.object].id,
            holds: edge.until.is_none(),
        };
        Ok(Picture {
            entities: places.into_iter().map(node).collect(),
            relations: links.map(link).collect(),
            total: network.entities.len(),
        })
    }

    /// The relations of an entity: what was told, and then what follows.
    pub fn relations_of(&self, id: EntityId) -> Result<Vec<Relation>, StoreError> {
        let network = self.with(|connection| Network::told(connection))?.whole();
        let place = network.place(id).ok_or(StoreError::NotFound { what: "entity" })?;
        Ok(network
            .around(place)
            .filter(|at| worth_saying(&network, *at, place))
            .map(|at| network.relation(at))
            .collect())
    }

    /// The shortest way from one to another by relations that hold; empty when there is none.
    pub fn path(&self, from: EntityId, to: EntityId) -> Result<Vec<Relation>, StoreError> {
        let network = self.with(|connection| Network::told(connection))?;
        let missing = StoreError::NotFound { what: "entity" };
        let (Some(from), Some(to)) = (network.place(from), network.place(to)) else { return Err(missing) };
        Ok(path(&network, from, to).into_iter().map(|at| network.relation(at)).collect())
    }

    /// Those who are closer to one another than to the rest, the largest community first; with the names of all, the best connected
    /// first.
    pub fn communities(&self) -> Result<Vec<Vec<String>>, StoreError> {
        let network = self.with(|connection| Network::told(connection))?;
        let mut members: Vec<Vec<usize>> = Vec::new();
        for (place, community) in communities(&network).into_iter().enumerate() {
            members.resize(members.len().max(community + 1), Vec::new());
            members[community].push(place);
        }
        let names = |mut places: Vec<usize>| {
            places.sort_by_key(|place| std::cmp::Reverse(network.around(*place).count()));
            places.into_iter().map(|place| network.entities[place].name.clone()).collect()
        };
        Ok(members.into_iter().filter(|places| places.len() > 2).map(names).collect())
    }

    /// The graph in numbers.
    pub fn graph_stats(&self) -> Result<GraphStats, StoreError> {
        let network = self.with(|connection| Network::told(connection))?.whole();
        let told = || network.edges.iter().filter(|edge| !edge.inferred);
        let degree = |place: usize| network.around(place).filter(|at| !network.edges[*at].inferred).count();
        let mut hubs: Vec<(String, usize)> = network
            .entities
            .iter()
            .enumerate()
            .map(|(place, entity)| (entity.name.clone(), degree(place)))
            .collect();
        hubs.sort_by_key(|(_, degree)| std::cmp::Reverse(*degree));
        hubs.truncate(HUBS);
        Ok(GraphStats {
            entities: network.entities.len(),
            relations: told().filter(|edge| edge.until.is_none()).count(),
            past_relations: told().filter(|edge| edge.until.is_some()).count(),
            inferred: network.edges.iter().filter(|edge| edge.inferred).count(),
            parts: petgraph::algo::connected_components(&holding(&network)),
            communities: self.communities()?.len(),
            hubs,
        })
    }
}

/// Whether a relation is worth telling of an entity: what was told is; what follows is once, of the one who is asked about, and where
/// nothing was told of the same two.
fn worth_saying(network: &Network, at: usize, of: usize) -> bool {
    let edge = &network.edges[at];
    let told = |at: usize| {
        let other = &network.edges[at];
        !other.inferred && [other.subject, other.object].contains(&edge.object)
    };
    !edge.inferred || (edge.subject == of && !network.around(of).any(told))
}

/// What holds, without direction: who works at a place is as close to it as it is to them.
fn holding(network: &Network) -> UnGraph<(), usize> {
    let mut graph = UnGraph::with_capacity(network.entities.len(), network.edges.len());
    for _ in &network.entities {
        graph.add_node(());
    }
    for (at, edge) in network.edges.iter().enumerate().filter(|(_, e)| e.until.is_none() && !e.inferred) {
        graph.add_edge(NodeIndex::new(edge.subject), NodeIndex::new(edge.object), at);
    }
    graph
}

/// The places of the edges on the shortest way.
pub(super) fn path(network: &Network, from: usize, to: usize) -> Vec<usize> {
    let graph = holding(network);
    let (from, to) = (NodeIndex::new(from), NodeIndex::new(to));
    let found = petgraph::algo::astar(&graph, from, |node| node == to, |_| 1, |_| 0);
    let Some((_, nodes)) = found else { return Vec::new() };
    let edge = |pair: &[NodeIndex]| {
        graph.find_edge(pair[0], pair[1]).and_then(|edge| graph.edge_weight(edge).copied())
    };
    nodes.windows(2).filter_map(edge).collect()
}

/// The community of each, by label propagation (Raghavan, Albert and Kumara 2007): everybody joins where most of their neighbours
/// are, one after the other in a fixed order, until nobody moves. Of several that are equal they take the one with the smallest label.
fn communities(network: &Network) -> Vec<usize> {
    let graph = holding(network);
    let mut labels: Vec<usize> = (0..graph.node_count()).collect();
    for _ in 0..ROUNDS {
        let mut moved = false;
        for node in graph.node_indices() {
            let mut votes: HashMap<usize, usize> = HashMap::new();
            for edge in graph.edges(node) {
                let neighbour = if edge.source() == node { edge.target() } else { edge.source() };
                *votes.entry(labels[neighbour.index()]).or_default() += 1;
            }
            let most = votes.into_iter().max_by_key(|(label, votes)| (*votes, std::cmp::Reverse(*label)));
            if let Some((label, _)) = most.filter(|(label, _)| *label != labels[node.index()]) {
                labels[node.index()] = label;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    labels.iter().for_each(|label| *sizes.entry(*label).or_default() += 1);
    let mut by_size: Vec<(usize, usize)> = sizes.into_iter().collect();
    by_size.sort_by_key(|(label, size)| (std::cmp::Reverse(*size), *label));
    let rank: HashMap<usize, usize> =
        by_size.iter().enumerate().map(|(rank, (label, _))| (*label, rank)).collect();
    labels.into_iter().map(|label| rank[&label]).collect()
}
