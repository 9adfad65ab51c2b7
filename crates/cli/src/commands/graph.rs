//! `jarvis graph`.

use std::path::Path;
use std::process::ExitCode;

use jarvis_core::{Code, Failure, Source};
use jarvis_memory::{Entity, GraphFormat, GraphStats, Provenance, Relation, Store};
use jiff::tz::TimeZone;

use super::memory::{open, told};
use crate::args::GraphCommand;
use crate::output::{self, Output};

pub fn run(command: GraphCommand) -> anyhow::Result<ExitCode> {
    let memory = open()?;
    let store = memory.store();
    match command {
        GraphCommand::Show { name, json } => {
            let entity = named(store, &name)?;
            let relations = store.relations_of(entity.id).map_err(told)?;
            if !json {
                output::note(titled(&entity));
            }
            return tell(store, &relations, json);
        }
        GraphCommand::Ask { question, json } => {
            let asked = store.ask_graph(&question.join(" ")).map_err(told)?;
            return tell(store, &asked.relations, json);
        }
        GraphCommand::Path { from, to, json } => {
            let (from, to) = (named(store, &from)?, named(store, &to)?);
            return tell(store, &store.path(from.id, to.id).map_err(told)?, json);
        }
        GraphCommand::Communities { json } => {
            for names in store.communities().map_err(told)? {
                Output::new(json).record(&names, |names| names.join(", "));
            }
        }
        GraphCommand::Merge { keep, merge } => {
            let (keep, merge) = (named(store, &keep)?, named(store, &merge)?);
            let one = store.merge_entities(keep.id, merge.id).map_err(told)?;
            Output::new(false).record(&one, titled);
        }
        GraphCommand::Edit { name, rename, kind } => {
            let id = named(store, &name)?.id;
            let changed = store.change_entity(id, rename.as_deref(), kind.map(Into::into)).map_err(told)?;
            Output::new(false).record(&changed, titled);
        }
        GraphCommand::Export { file, format } => {
            let format = format.map_or_else(|| by_ending(&file), GraphFormat::from);
            std::fs::write(&file, store.export_graph(format).map_err(told)?).map_err(|error| {
                let message = format!("{} cannot be written ({error}).", file.display());
                Failure::new(Code::BadRequest, message, "Name a file in a folder where you may write.")
            })?;
        }
        GraphCommand::Stats { json } => {
            let stats = store.graph_stats().map_err(told)?;
            Output::new(json).record(&stats, in_numbers);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn named(store: &Store, name: &str) -> anyhow::Result<Entity> {
    let found = store.entity_named(name).map_err(told)?;
    Ok(found.ok_or_else(|| {
        let remedy =
            "See `jarvis graph stats` for who is known best; names are told by `jarvis memory show`.";
        Failure::new(Code::NotFound, format!("Nothing is known of {name:?}."), remedy)
    })?)
}

fn titled(entity: &Entity) -> String {
    let kind = serde_json::to_value(entity.kind).expect("it is a word");
    let also = if entity.aliases.is_empty() {
        String::new()
    } else {
        format!(", also called {}", entity.aliases.join(", "))
    };
    format!("{} ({}){also}", entity.name, kind.as_str().unwrap_or_default())
}

fn tell(store: &Store, relations: &[Relation], json: bool) -> anyhow::Result<ExitCode> {
    for relation in relations {
        let sources = if json { Vec::new() } else { store.sources(&relation.sources).map_err(told)? };
        Output::new(json).record(relation, |relation| {
            let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string();
            let until = relation.until.map(|at| format!(", until {}", day(at))).unwrap_or_default();
            let from: Vec<String> = sources
                .iter()
                .map(|source| match (&source.from, source.source()) {
                    (Provenance::Document { name, .. }, _) => name.clone(),
                    (_, Source::Fact { .. }) => format!("told on {}", day(source.at)),
                    _ => String::new(),
                })
                .collect();
            let how = if relation.inferred { "it follows from what was " } else { "" };
            format!(
                "{} {} {}  ({how}{}{until})",
                relation.subject.name,
                relation.relation.replace('_', " "),
                relation.object.name,
                from.join(", ")
            )
        });
    }
    if relations.is_empty() {
        output::note("Nothing of the kind is known.");
    }
    Ok(if relations.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn by_ending(file: &Path) -> GraphFormat {
    if file.extension().is_some_and(|ending| ending == "json") {
        GraphFormat::Json
    } else {
        GraphFormat::Graphml
    }
}

fn in_numbers(stats: &GraphStats) -> String {
    let hubs: Vec<String> = stats.hubs.iter().map(|(name, degree)| format!("{name} ({degree})")).collect();
    format!(
        "{} entities in {} parts and {} communities\n{} relations, {} that no longer hold, {} that follow\n{}",
        stats.entities,
        stats.parts,
        stats.communities,
        stats.relations,
        stats.past_relations,
        stats.inferred,
        if hubs.is_empty() { String::new() } else { format!("best connected: {}", hubs.join(", ")) },
    )
}
