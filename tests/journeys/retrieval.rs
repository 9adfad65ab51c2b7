//! How well things are found again: questions over memories and documents, by words and meaning together, by each alone, and
//! by what a person would do with a folder of files and `grep`. `tests/retrieval` has the questions.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use jarvis_journeys::{Home, memory};
use jarvis_memory::{By, Kind, Provenance, Query};
use jiff::Timestamp;
use serde::Deserialize;

/// So many results are looked at.
const DEPTH: usize = 10;

#[derive(Deserialize)]
struct Memory {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Question {
    question: String,
    kind: String,
    /// Of a question on memories: their ids.
    #[serde(default)]
    answers: Vec<String>,
    /// Of a question on a document: its file, and words of the passage.
    #[serde(default)]
    document: String,
    #[serde(default)]
    contains: String,
}

/// A result: a memory's text, or a document and a passage of it.
struct Found {
    document: Option<String>,
    text: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("retrieval")
}

fn lines<T: for<'d> Deserialize<'d>>(file: &str) -> Vec<T> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    // Words that were divided at the end of a line, and bars between cells, are the format's.
    words.join(" ").replace(" | ", " ")
}

impl Question {
    fn is_answered_by(&self, found: &Found, memories: &HashMap<String, String>) -> bool {
        match &found.document {
            Some(document) => {
                *document == self.document && plain(&found.text).contains(&plain(&self.contains))
            }
            None => self.answers.iter().any(|id| memories[id] == found.text),
        }
    }
}

/// Share of questions with an answer among the first five, and the mean reciprocal rank.
#[derive(Default, Clone, Copy)]
struct Score {
    questions: f64,
    hits: f64,
    reciprocal: f64,
}

impl Score {
    fn add(&mut self, rank: Option<usize>) {
        self.questions += 1.0;
        self.hits += f64::from(u8::from(rank.is_some_and(|rank| rank < 5)));
        self.reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0));
    }

    fn hit_at_5(self) -> f64 {
        self.hits / self.questions
    }

    fn mrr(self) -> f64 {
        self.reciprocal / self.questions
    }
}

/// Lines of a file by how many of the question's words `grep` finds in them.
fn grep(file: &Path, question: &str) -> Vec<usize> {
    let words: Vec<String> = jarvis_memory::content_words(question).collect();
    let mut found: BTreeMap<usize, HashSet<String>> = BTreeMap::new();
    if !words.is_empty() {
        let mut command = Command::new("grep");
        command.args(["-n", "-o", "-i", "-F", "-w"]);
        for word in &words {
            command.args(["-e", word]);
        }
        let output = command.arg(file).output().unwrap().stdout;
        for line in String::from_utf8_lossy(&output).lines() {
            let (number, word) = line.split_once(':').unwrap();
            found.entry(number.parse().unwrap()).or_default().insert(word.to_lowercase());
        }
    }
    let mut lines: Vec<(usize, usize)> =
        found.into_iter().map(|(line, words)| (line - 1, words.len())).collect();
    lines.sort_by_key(|(_, words)| std::cmp::Reverse(*words));
    lines.into_iter().map(|(line, _)| line).take(DEPTH).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is for people to read")]
fn words_and_meaning_together_find_more_than_either_alone() {
    let memories: Vec<Memory> = lines("memories.jsonl");
    let documents = lines::<Question>("document-questions.jsonl");
    let questions: Vec<Question> =
        lines::<Question>("questions.jsonl").into_iter().chain(documents).collect();
    assert!(memories.len() >= 1000 && questions.len() >= 200, "{} {}", memories.len(), questions.len());

    // The documents are read by the program that reads them; the memories are told.
    let home = Home::new();
    home.run([Path::new("docs"), Path::new("add"), &folder().join("documents")]).ok();
    let data = home.path().join("data");
    let memory = memory(&data);
    let store = memory.store();
    assert!(store.documents().unwrap().len() >= 20);
    for told in &memories {
        store.remember(&told.text, None, Timestamp::now()).unwrap();
    }
    memory.index().unwrap().settle(Box::new(|_| {})).unwrap();

    // The same for grep: a line for each memory and each passage.
    let mut corpus: Vec<Found> =
        memories.iter().map(|memory| Found { document: None, text: memory.text.clone() }).collect();
    for document in store.documents().unwrap() {
        let passages = store.passages(document.id).unwrap().into_iter();
        corpus.extend(passages.map(|passage| Found { document: Some(passage.name), text: passage.text }));
    }
    let all: Vec<String> = corpus.iter().map(|found| found.text.replace('\n', " ")).collect();
    let lines = home.path().join("corpus.txt");
    std::fs::write(&lines, all.join("\n")).unwrap();

    let by_id: HashMap<String, String> =
        memories.into_iter().map(|memory| (memory.id, memory.text)).collect();
    let ways = [
        ("words and meaning", Some(By::Both)),
        ("meaning", Some(By::Meaning)),
        ("words", Some(By::Words)),
        ("grep", None),
    ];
    let mut scores: BTreeMap<(usize, String), Score> = BTreeMap::new();
    for (place, question) in questions.iter().enumerate() {
        let of = if question.document.is_empty() { "memories" } else { "documents" };
        for (way, (_, by)) in ways.into_iter().enumerate() {
            let rank = match by {
                Some(by) => {
                    let query = Query {
                        text: &question.question,
                        kinds: &[Kind::Fact, Kind::Document],
                        by,
                        limit: DEPTH,
                        tokens: usize::MAX,
                        past: false,
                        pinned: false,
                        not_in: None,
                        now: Timestamp::now(),
                    };
                    let found = memory.find(&query).unwrap().into_iter().map(|one| match one.from {
                        Provenance::Document { name, .. } => Found { document: Some(name), text: one.text },
                        _ => Found { document: None, text: one.text },
                    });
                    found.into_iter().position(|one| question.is_answered_by(&one, &by_id))
                }
                None => {
                    let found = grep(&lines, &question.question);
                    found.into_iter().position(|line| question.is_answered_by(&corpus[line], &by_id))
                }
            };
            // What was chosen by measuring was chosen by every second question.
            let half = if place % 2 == 0 { "half chosen by" } else { "half held out" };
            for row in ["all".to_string(), half.to_string(), format!("{of}: {}", question.kind)] {
                scores.entry((way, row)).or_default().add(rank);
            }
        }
    }
    println!("{} questions over {} memories and passages; hit@5, MRR@10", questions.len(), corpus.len());
    let rows: Vec<String> = scores.keys().filter(|(way, _)| *way == 0).map(|(_, row)| row.clone()).collect();
    for row in &rows {
        let count = scores[&(0, row.clone())].questions;
        print!("{row:<24} {count:>4}");
        for (way, (name, _)) in ways.into_iter().enumerate() {
            let score = scores[&(way, row.clone())];
            print!("  {name} {:.2} {:.2}", score.hit_at_5(), score.mrr());
        }
        println!();
    }
    let all = |way: usize| scores[&(way, "all".to_string())];
    for (way, (name, _)) in ways.into_iter().enumerate().skip(1) {
        assert!(
            all(0).mrr() > all(way).mrr() && all(0).hit_at_5() >= all(way).hit_at_5(),
            "{name} finds more"
        );
    }
}
