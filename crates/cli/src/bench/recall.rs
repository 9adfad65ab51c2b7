//! Recall: the nearest of a hundred thousand vectors, beside an exact search by NumPy of the same; and a long document, from
//! the file to being found.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use jarvis_assistant::{Library, Setup, open_memory};
use jarvis_core::paths::Paths;
use jarvis_memory::{DIMENSIONS, Row, Vectors};

use super::{Figure, Rivals};

const VECTORS: usize = 100_000;
const QUERIES: usize = 200;
const NEAREST: usize = 10;
/// Topics that vectors gather about, as those of texts do.
const TOPICS: usize = 1000;
/// How far they scatter about them.
const SCATTER: f32 = 1.2;
const PAGES: usize = 300;
const LINES: usize = 45;

pub async fn run(setup: &Setup, rivals: &Rivals) -> anyhow::Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let mut figures = nearest(folder.path(), rivals).await?;
    figures.extend(document(setup, folder.path()).await?);
    Ok(figures)
}

async fn nearest(folder: &Path, rivals: &Rivals) -> anyhow::Result<Vec<Figure>> {
    let mut random = Random(1);
    let topics: Vec<Vec<f32>> = (0..TOPICS).map(|_| random.vector()).collect();
    let mut near = |topic: usize| {
        let scattered = topics[topic % TOPICS].iter().map(|x| x + SCATTER * random.number());
        unit(scattered.collect())
    };
    let vectors: Vec<Vec<f32>> = (0..VECTORS).map(&mut near).collect();
    let queries: Vec<Vec<f32>> = (0..QUERIES).map(|query| near(query * 7)).collect();

    let (mut table, _) = Vectors::open(&folder.join("vectors"), "bench").await?;
    for (part, some) in vectors.chunks(VECTORS / 10).enumerate() {
        let rows = some
            .iter()
            .enumerate()
            .map(|(i, vector)| Row { record: (part * VECTORS / 10 + i) as i64, vector: vector.clone() });
        table.replace(&[], &rows.collect::<Vec<_>>()).await?;
    }
    let began = Instant::now();
    table.tidy().await?;
    let built = began.elapsed();

    let (mut times, mut found) = (Vec::new(), Vec::new());
    for query in &queries {
        let began = Instant::now();
        let nearest = table.nearest(query, NEAREST).await?;
        times.push(began.elapsed());
        found.push(nearest.into_iter().map(|(record, _)| record).collect::<Vec<i64>>());
    }
    let [p50, p95] = [50, 95].map(|percent| percentile(&mut times, percent));

    let raw = |vectors: &[Vec<f32>], name: &str| {
        let path = folder.join(name);
        let bytes: Vec<u8> = vectors.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
        std::fs::write(&path, bytes).map(|()| path)
    };
    let exact =
        rivals.run("nearest.py", &[&raw(&vectors, "vectors.f32")?, &raw(&queries, "queries.f32")?])?;
    let mut figures = vec![
        Figure::new(format!("nearest {NEAREST} of {VECTORS} vectors, p50"), p50, "ms"),
        Figure::new(format!("nearest {NEAREST} of {VECTORS} vectors, p95"), p95, "ms").goal(5.0),
        Figure::new("building their index", built.as_secs_f64(), "s"),
    ];
    if let Some(exact) = exact {
        let wanted: Vec<Vec<i64>> = serde_json::from_value(exact["nearest"].clone())?;
        let hits = wanted.iter().zip(&found).flat_map(|(w, f)| w.iter().filter(|id| f.contains(id))).count();
        let missed = 100.0 * (1.0 - hits as f64 / (QUERIES * NEAREST) as f64);
        figures.push(Figure::new("of the nearest by NumPy not found (1 - recall@10)", missed, "%").goal(5.0));
        let p95 = exact["p95_ms"].as_f64().context("nearest.py tells no time")?;
        figures.push(Figure::new("the same by NumPy, exactly, p95", p95, "ms"));
    }
    Ok(figures)
}

async fn document(setup: &Setup, folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let home = folder.join("home");
    let paths = Paths::from_env(|key| (key == "JARVIS_HOME").then(|| home.clone().into_os_string()));
    let (memory, _) = open_memory(&paths, &setup.catalog)?;
    let memory = Arc::new(memory);
    let file = folder.join("long.pdf");
    std::fs::write(&file, pdf())?;
    let began = Instant::now();
    let library = Library::new(setup.document_engine());
    let kept = library.add(memory.store(), Library::open(&file).await?, |_, _| {}).await?;
    let read = began.elapsed();
    let settling = Arc::clone(&memory);
    tokio::task::spawn_blocking(move || {
        settling.index().map_or(Ok(()), |index| index.settle(Box::new(|_| {})))
    })
    .await??;
    let found = began.elapsed();
    let what = format!("a PDF of {PAGES} pages ({} passages)", kept.chunk_count);
    Ok(vec![
        Figure::new(format!("{what}, read and kept"), read.as_secs_f64(), "s"),
        Figure::new(format!("{what}, found by its meaning"), found.as_secs_f64(), "s"),
    ])
}

pub(super) fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort();
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0
}

fn unit(vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.into_iter().map(|x| x / length).collect()
}

/// The same numbers in every run (a linear congruential generator with Knuth's MMIX constants).
pub(super) struct Random(pub u64);

impl Random {
    /// From -0.5 to 0.5.
    pub fn number(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f32 / (1_u64 << 31) as f32 - 0.5
    }

    /// From 0 to `end`, which it does not reach.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.number() + 0.5) * end as f32) as usize % end.max(1)
    }

    fn vector(&mut self) -> Vec<f32> {
        (0..DIMENSIONS).map(|_| self.number()).collect()
    }
}

/// A PDF of many pages of words, as plain as can be.
fn pdf() -> Vec<u8> {
    let words = [
        "boiler", "valve", "pressure", "garden", "letter", "window", "engine", "river", "holiday", "invoice",
    ];
    let mut random = Random(2);
    let mut word = || words[((random.number() + 0.5) * words.len() as f32) as usize % words.len()];
    let kids: Vec<String> = (0..PAGES).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_string(),
        format!("<< /Type /Pages /Count {PAGES} /Kids [{}] >>", kids.join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_string(),
    ];
    for page in 0..PAGES {
        let mut text = String::from("BT /F1 10 Tf 14 TL 50 800 Td ");
        for line in 0..LINES {
            let line: Vec<&str> =
                std::iter::once(["The", "A", "Each"][line % 3]).chain((0..9).map(|_| word())).collect();
            // A string that is written to takes everything.
            let _ = write!(text, "({} {page}.) Tj T* ", line.join(" "));
        }
        text.push_str("ET");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * page
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()));
    }
    let (mut file, mut places) = (String::from("%PDF-1.4\n"), Vec::new());
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ =
        write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", places.len() + 1);
    file.into_bytes()
}
