//! The graph for other programs: GraphML (<http://graphml.graphdrawing.org>) and JSON.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::json;

use super::network::Network;
use crate::error::StoreError;
use crate::rows::word;
use crate::store::Store;

/// How the graph is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum GraphFormat {
    /// XML that Gephi, yEd, Cytoscape and NetworkX read.
    #[default]
    Graphml,
    /// Nodes and edges as objects.
    Json,
}

impl Store {
    /// All that was told of entities and their relations, as a file for other programs.
    pub fn export_graph(&self, format: GraphFormat) -> Result<String, StoreError> {
        let network = self.with(|connection| Network::told(connection))?;
        Ok(match format {
            GraphFormat::Graphml => graphml(&network).expect("text is written to memory"),
            GraphFormat::Json => in_json(&network),
        })
    }
}

/// The attributes: on what, by which id, and their name.
const KEYS: [(&str, &str); 5] =
    [("node", "name"), ("node", "kind"), ("edge", "relation"), ("edge", "since"), ("edge", "until")];

fn graphml(network: &Network) -> std::io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root =
        writer.create_element("graphml").with_attribute(("xmlns", "http://graphml.graphdrawing.org/xmlns"));
    root.write_inner_content(|writer| {
        for (on, name) in KEYS {
            let key = writer.create_element("key").with_attribute(("id", name)).with_attribute(("for", on));
            key.with_attribute(("attr.name", name)).with_attribute(("attr.type", "string")).write_empty()?;
        }
        let graph = writer.create_element("graph").with_attribute(("edgedefault", "directed"));
        graph.write_inner_content(|writer| content(writer, network))?;
        Ok(())
    })?;
    Ok(String::from_utf8(writer.into_inner()).expect("what is written is text"))
}

fn content(writer: &mut Writer<Vec<u8>>, network: &Network) -> std::io::Result<()> {
    for entity in &network.entities {
        let node = writer.create_element("node").with_attribute(("id", entity.id.to_string().as_str()));
        node.write_inner_content(|writer| {
            data(writer, "name", &entity.name)?;
            data(writer, "kind", &word(&entity.kind))
        })?;
    }
    for edge in &network.edges {
        let id = |place: usize| network.entities[place].id.to_string();
        let element = writer.create_element("edge").with_attribute(("source", id(edge.subject).as_str()));
        element.with_attribute(("target", id(edge.object).as_str())).write_inner_content(|writer| {
            data(writer, "relation", &edge.relation)?;
            data(writer, "since", &edge.since.to_string())?;
            edge.until.map_or(Ok(()), |until| data(writer, "until", &until.to_string()))
        })?;
    }
    Ok(())
}

fn data(writer: &mut Writer<Vec<u8>>, key: &str, value: &str) -> std::io::Result<()> {
    writer
        .create_element("data")
        .with_attribute(("key", key))
        .write_text_content(BytesText::new(value))
        .map(drop)
}

fn in_json(network: &Network) -> String {
    let nodes: Vec<_> = network.entities.iter().map(|entity| json!(entity)).collect();
    let edge = |edge: &super::network::Edge| {
        json!({
            "source": network.entities[edge.subject].id,
            "target": network.entities[edge.object].id,
            "relation": edge.relation,
            "since": edge.since,
            "until": edge.until,
        })
    };
    let edges: Vec<_> = network.edges.iter().map(edge).collect();
    format!("{:#}\n", json!({ "directed": true, "nodes": nodes, "edges": edges }))
}
