//! The vectors of what is kept, in LanceDB: a table for each kind of record, beside the database that they were made from.
//!
//! Nothing stands here that could not be made again from the records. No text does.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow_array::types::Float32Type;
use arrow_array::{Array, ArrayRef, FixedSizeListArray, Float32Array, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use futures::TryStreamExt;
use lancedb::database::CreateTableMode;
use lancedb::index::Index;
use lancedb::index::vector::IvfHnswSqIndexBuilder;
use lancedb::query::{ExecutableQuery, QueryBase, Select};
use lancedb::table::{CompactionOptions, OptimizeAction, OptimizeOptions};
use lancedb::{Connection, DistanceType, Table};

use crate::embed::DIMENSIONS;
use crate::index::IndexError;

/// Changes after which a table is put in order: each of them leaves a small file.
const UNTIDY: u64 = 64;

/// Fewer vectors than this are compared one by one: that takes some milliseconds and misses nothing.
const MANY: usize = 10_000;
/// Neighbours that are looked at for each vector while the index is built.
const EFFORT: u32 = 150;
/// Built anew when so much of the table came later: merging keeps the graph of what was there.
const LATER: f64 = 0.5;
/// So many times more are looked at as are asked for, by their whole vectors: an index knows them by a byte for each number.
const REFINED: usize = 2;
/// Of the nearest ten an index must find so many, or there is none.
const RECALL: f64 = 0.95;
/// Another program's changes are seen after so long. What it has removed is not found all the same: the records know.
const SEEN_AFTER: Duration = Duration::from_secs(1);
/// By so many vectors of the table that is measured.
const MEASURED: usize = 50;

/// A record's vector, or one of its vectors when it is long.
#[derive(Clone)]
pub struct Row {
    /// Which record.
    pub record: i64,
    /// Of length 1.
    pub vector: Vec<f32>,
}

/// See the module.
pub struct Vectors {
    table: Table,
    changes: u64,
}

impl Vectors {
    /// The table `name` in `folder`; both are made when they are not there. Whether it was there.
    pub async fn open(folder: &Path, name: &str) -> Result<(Self, bool), IndexError> {
        let database = connect(folder).await?;
        let (table, there) = match database.open_table(name).execute().await {
            // It was never there, or who made it was killed in the midst of that: then it is listed all the same.
            Err(lancedb::Error::TableNotFound { .. }) => {
                let made = database.create_empty_table(name, schema()).mode(CreateTableMode::Overwrite);
                (made.execute().await?, false)
            }
            opened => (opened?, true),
        };
        Ok((Self { table, changes: 0 }, there))
    }

    /// A new table that ends with this.
    pub async fn in_memory(name: &str) -> Result<Self, IndexError> {
        let database = lancedb::connect("memory://").execute().await?;
        Ok(Self { table: database.create_empty_table(name, schema()).execute().await?, changes: 0 })
    }

    /// Removes every table whose name does not end with `ending`.
    pub async fn keep_only(folder: &Path, ending: &str) -> Result<(), IndexError> {
        let database = connect(folder).await?;
        for name in database.table_names().execute().await? {
            if !name.ends_with(ending) {
                database.drop_table(name, &[]).await?;
            }
        }
        Ok(())
    }

    /// Puts `rows` in the place of every vector of the `records`.
    pub async fn replace(&mut self, records: &[i64], rows: &[Row]) -> Result<(), IndexError> {
        if !records.is_empty() {
            let records: Vec<String> = records.iter().map(i64::to_string).collect();
            self.table.delete(&format!("record IN ({})", records.join(", "))).await?;
        }
        if !rows.is_empty() {
            self.table.add(batch(rows)?).execute().await?;
        }
        self.changes += 1;
        if self.changes >= UNTIDY { self.tidy().await } else { Ok(()) }
    }

    /// The records whose vectors are nearest to `vector`, of length 1 too, with the cosine of the two, nearest first.
    pub async fn nearest(&self, vector: &[f32], limit: usize) -> Result<Vec<(i64, f32)>, IndexError> {
        self.search(vector, limit, false).await
    }

    async fn search(&self, vector: &[f32], limit: usize, exact: bool) -> Result<Vec<(i64, f32)>, IndexError> {
        let search =
            self.table.vector_search(vector)?.distance_type(DistanceType::Cosine).limit(REFINED * limit);
        let search = if exact { search.bypass_vector_index() } else { search };
        // The records and the vectors are read in one go: files are most of what a search waits for.
        let found = search.select(Select::columns(&["record", "vector", "_distance"])).execute().await?;
        let batches: Vec<RecordBatch> = found.try_collect().await?;
        let mut nearest: Vec<(i64, f32)> = Vec::new();
        for batch in &batches {
            let records = column::<Int64Array>(batch, "record")?;
            let vectors = column::<FixedSizeListArray>(batch, "vector")?;
            for (row, &record) in records.values().iter().enumerate() {
                let own = vectors.value(row);
                let own = own.as_any().downcast_ref::<Float32Array>().expect("the column's kind");
                nearest.push((record, own.values().iter().zip(vector).map(|(a, b)| a * b).sum()));
            }
        }
        nearest.sort_by(|a, b| b.1.total_cmp(&a.1));
        // Of a record with several vectors the nearest counts.
        let mut known = HashSet::new();
        nearest.retain(|(record, _)| known.insert(*record));
        nearest.truncate(limit);
        Ok(nearest)
    }

    /// Builds an index where there are many vectors, and keeps it where it finds nearly all of what there is to find.
    async fn index(&self) -> Result<(), IndexError> {
        let count = self.count().await?;
        if count < MANY {
            return Ok(());
        }
        for index in self.table.list_indices().await? {
            let stats = self.table.index_stats(&index.name).await?;
            let later = stats.map_or(count, |stats| stats.num_unindexed_rows);
            if (later as f64) < LATER * count as f64 {
                return Ok(());
            }
        }
        let hnsw = IvfHnswSqIndexBuilder::default().distance_type(DistanceType::Cosine);
        let hnsw = hnsw.num_partitions(1).ef_construction(EFFORT);
        self.table.create_index(&["vector"], Index::IvfHnswSq(hnsw)).replace(true).execute().await?;
        let recall = self.recall(count).await?;
        if recall < RECALL {
            tracing::warn!(recall, "the vectors' index finds too little: they are compared one by one");
            for index in self.table.list_indices().await? {
                self.table.drop_index(&index.name).await?;
            }
        }
        Ok(())
    }

    /// The share of the nearest ten that is found by the index, by vectors from all over the table.
    async fn recall(&self, count: usize) -> Result<f64, IndexError> {
        let offsets = (0..MEASURED).map(|i| (i * count / MEASURED) as u64).collect();
        let sample = self.table.take_offsets(offsets).execute().await?;
        let batches: Vec<RecordBatch> = sample.try_collect().await?;
        let (mut wanted, mut found) = (0, 0);
        for batch in &batches {
            let vectors = column::<FixedSizeListArray>(batch, "vector")?;
            for row in 0..vectors.len() {
                let vector = vectors.value(row);
                let vector = vector.as_any().downcast_ref::<Float32Array>().expect("the column's kind");
                let exact = self.search(vector.values(), 10, true).await?;
                let quick = self.search(vector.values(), 10, false).await?;
                wanted += exact.len();
                found += exact.iter().filter(|(record, _)| quick.iter().any(|(r, _)| r == record)).count();
            }
        }
        Ok(found as f64 / f64::from(wanted.max(1) as u32))
    }

    /// How many vectors there are.
    pub async fn count(&self) -> Result<usize, IndexError> {
        Ok(self.table.count_rows(None).await?)
    }

    /// Merges small files, and removes for good what no longer counts: nothing of a vector that was replaced is left.
    pub async fn tidy(&mut self) -> Result<(), IndexError> {
        let options =
            CompactionOptions { materialize_deletions_threshold: 0.0, ..CompactionOptions::default() };
        self.table.optimize(OptimizeAction::Compact { options, remap_options: None }).await?;
        self.table.optimize(OptimizeAction::Index(OptimizeOptions::default())).await?;
        self.index().await?;
        self.table
            .optimize(OptimizeAction::Prune {
                older_than: Some(lancedb::table::Duration::zero()),
                delete_unverified: Some(true),
                error_if_tagged_old_versions: None,
            })
            .await?;
        self.changes = 0;
        Ok(())
    }
}

async fn connect(folder: &Path) -> Result<Connection, IndexError> {
    let folder: PathBuf = folder.into();
    let connect = lancedb::connect(&folder.to_string_lossy()).read_consistency_interval(SEEN_AFTER);
    Ok(connect.execute().await?)
}

fn schema() -> SchemaRef {
    let numbers = Field::new("item", DataType::Float32, true);
    let vector = DataType::FixedSizeList(Arc::new(numbers), DIMENSIONS as i32);
    Arc::new(Schema::new(vec![
        Field::new("record", DataType::Int64, false),
        Field::new("vector", vector, false),
    ]))
}

fn batch(rows: &[Row]) -> Result<RecordBatch, IndexError> {
    let records = Int64Array::from_iter_values(rows.iter().map(|row| row.record));
    let vectors = rows.iter().map(|row| Some(row.vector.iter().copied().map(Some)));
    let vectors = FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(vectors, DIMENSIONS as i32);
    let columns: Vec<ArrayRef> = vec![Arc::new(records), Arc::new(vectors)];
    RecordBatch::try_new(schema(), columns).map_err(|e| IndexError::Vectors(e.to_string()))
}

fn column<'b, A: 'static>(batch: &'b RecordBatch, name: &str) -> Result<&'b A, IndexError> {
    let column = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref());
    column.ok_or_else(|| IndexError::Vectors(format!("the table has no column {name:?} of that kind")))
}
