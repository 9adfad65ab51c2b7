//! A memory of a million messages, as years of talking every day would leave: how long it takes to find something in it, to open it,
//! to copy it, and whether who is answered meanwhile has to wait.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jarvis_assistant::backup;
use jarvis_core::paths::Paths;
use jarvis_core::{ConversationId, Role};
use jarvis_memory::{
    By, Entry, Kind, MessageStatus, MessageUpdate, NewMessage, Query, Recall, Store, backup as copies,
};
use jiff::{SignedDuration, Timestamp};

use super::Figure;
use super::memory::resident_mb;
use super::recall::{Random, percentile};

const MESSAGES: usize = 1_000_000;
/// Taken in at once.
const BATCH: usize = 50_000;
/// Different words.
const WORDS: usize = 60_000;
/// The words that half of what is said consists of.
const COMMON: &str = "the to and of a you it that what how can with for are on in be this have my your do not will about there which \
    would when from some make know find use just good";

pub fn run() -> anyhow::Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("home");
    let paths = Paths::from_env(|key| (key == "JARVIS_HOME").then(|| home.clone().into_os_string()));
    let mut talk = Talk::new();
    let began = Instant::now();
    let store = Store::open(&paths.database())?;
    let mut kept = 0;
    while kept < MESSAGES {
        let entries = talk.entries(BATCH.min(MESSAGES - kept));
        kept += entries.iter().filter(|entry| matches!(entry, Entry::Message { .. })).count();
        store.import(entries.into_iter().map(|entry| Ok((0, entry))), false)?;
    }
    drop(store);
    let filled = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let store = Arc::new(Store::open(&paths.database())?);
    let opened = milliseconds(began);
    let megabytes = |path: &Path| std::fs::metadata(path).map(|file| file.len() as f64 / 1e6);
    let mut figures = vec![
        Figure::new(format!("{MESSAGES} messages taken in"), filled, "s"),
        Figure::new("the database with them", megabytes(&paths.database())?, "MB"),
        Figure::new("opening it", opened, "ms"),
    ];
    figures.extend(found(&store, &mut talk)?);
    figures.push(Figure::new("resident memory after all of that", resident_mb(std::process::id())?, "MB"));
    figures.extend(copied(&store, &paths, folder.path())?);
    figures.extend(removed(&store)?);
    drop(store);
    let (saved, began) = (folder.path().join("saved.zip"), Instant::now());
    backup::restore(&paths, &saved, Timestamp::now())?;
    figures.push(Figure::new("that backup restored", began.elapsed().as_secs_f64(), "s"));
    Ok(figures)
}

/// What is typed into the search field, what is asked, and what is opened.
fn found(store: &Arc<Store>, talk: &mut Talk) -> anyhow::Result<Vec<Figure>> {
    let memory = Recall::new(Arc::clone(store), None);
    let (mut searched, mut recalled, mut opened) = (Vec::new(), Vec::new(), Vec::new());
    let (everywhere, often, seldom) = (0..30, 60..400, 5_000..WORDS);
    for _ in 0..40 {
        let [common, middling, other, rare] =
            [&everywhere, &often, &often, &seldom].map(|range| talk.word_of(range.clone()).to_string());
        let begun: String = middling.chars().take(4).collect();
        for typed in [
            common.clone(),
            common.chars().take(2).collect(),
            middling.clone(),
            begun.clone(),
            rare.clone(),
            format!("{common} {begun}"),
            format!("{middling} {other}"),
            format!("{rare} {common}"),
        ] {
            let began = Instant::now();
            let conversations = store.list(Some(&typed))?;
            searched.push(began.elapsed());
            if let Some(conversation) = conversations.last() {
                let began = Instant::now();
                store.page(conversation.id, None, 50)?;
                opened.push(began.elapsed());
            }
        }
        for asked in [
            rare.clone(),
            middling.clone(),
            format!("What did I say about the {middling} and the {rare}?"),
            format!("How do I make the {middling} {other}?"),
            format!("When was it that the {rare} came?"),
            format!("Which {middling} was it that I wanted to have for {other}, and where is my {begun}?"),
        ] {
            let began = Instant::now();
            memory.find(&Query {
                text: &asked,
                kinds: &Kind::ALL,
                by: By::Words,
                limit: 10,
                tokens: 1000,
                past: false,
                pinned: true,
                not_in: None,
                now: Timestamp::now(),
            })?;
            recalled.push(began.elapsed());
        }
    }
    let began = Instant::now();
    let all = store.list(None)?.len();
    let listed = milliseconds(began);
    let mut figures = Vec::new();
    for (what, times, goal) in [
        ("searching in it by what is typed", &mut searched, Some(20.0)),
        ("what comes to mind at a question, by its words", &mut recalled, Some(20.0)),
        ("a page of a conversation", &mut opened, None),
    ] {
        for percent in [50, 95, 100] {
            let figure = Figure::new(format!("{what}, p{percent}"), percentile(times, percent), "ms");
            figures.push(match goal.filter(|_| percent == 95) {
                Some(goal) => figure.goal(goal),
                None => figure,
            });
        }
    }
    figures.push(Figure::new(format!("all {all} conversations listed"), listed, "ms"));
    Ok(figures)
}

/// A copy, while turns are recorded; and a backup.
fn copied(store: &Arc<Store>, paths: &Paths, folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let (database, now) = (paths.database(), Timestamp::now());
    let began = Instant::now();
    let copying = std::thread::spawn(move || copies::keep_copy(&(&database).into(), now));
    let id = store.create(None, now)?.id;
    let mut waited = Vec::new();
    while !copying.is_finished() {
        let began = Instant::now();
        let request = NewMessage::new(Role::User, "What is the weather like in the mountains?", None);
        let answer =
            NewMessage { status: MessageStatus::Streaming, ..NewMessage::new(Role::Assistant, "", None) };
        let [_, answer] = store.begin(id, None, [request, answer], Timestamp::now())?;
        store.update(answer.id, &MessageUpdate::new("It is snowing.", MessageStatus::Complete))?;
        waited.push(began.elapsed());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    copying.join().expect("copying does not panic")?;
    let copy = began.elapsed().as_secs_f64();
    let (saved, began) = (folder.join("saved.zip"), Instant::now());
    backup::back_up(paths, &saved, now)?;
    let backup = began.elapsed().as_secs_f64();
    Ok(vec![
        Figure::new("the daily copy of it, made and checked", copy, "s"),
        Figure::new("a turn recorded meanwhile, p95", percentile(&mut waited, 95), "ms"),
        Figure::new("the same, the slowest", percentile(&mut waited, 100), "ms"),
        Figure::new("a backup of it", backup, "s"),
        Figure::new("its size", std::fs::metadata(&saved)?.len() as f64 / 1e6, "MB"),
    ])
}

/// Conversations removed for good.
fn removed(store: &Store) -> anyhow::Result<Vec<Figure>> {
    let now = Timestamp::now();
    let conversations = store.list(None)?;
    let some: Vec<_> = conversations.iter().rev().take(20).collect();
    let messages: u64 = some.iter().map(|conversation| conversation.message_count).sum();
    for conversation in &some {
        store.delete(conversation.id, now)?;
    }
    let began = Instant::now();
    store.purge(now + SignedDuration::from_secs(1))?;
    let what = format!("{} conversations ({messages} messages) removed for good", some.len());
    Ok(vec![Figure::new(what, began.elapsed().as_secs_f64(), "s")])
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// What is said: words as often as in any language (Zipf), the same in every run.
struct Talk {
    random: Random,
    words: Vec<String>,
    /// The share of all that is said that consists of the words up to each.
    share: Vec<f32>,
    at: Timestamp,
}

impl Talk {
    fn new() -> Self {
        let mut random = Random(3);
        let mut words: Vec<String> = COMMON.split_whitespace().map(String::from).collect();
        let mut known: std::collections::HashSet<String> = words.iter().cloned().collect();
        let (beginnings, ends) =
            ("b c d f g h l m n p r s t v w th st tr pl gr sh", "a e i o u ea or an en il er");
        let [beginnings, ends] = [beginnings, ends].map(|s| s.split(' ').collect::<Vec<_>>());
        while words.len() < WORDS {
            let syllables = 2 + below(&mut random, 3);
            let syllable = |r: &mut Random| {
                [beginnings[below(r, beginnings.len())], ends[below(r, ends.len())]].concat()
            };
            let word: String = (0..syllables).map(|_| syllable(&mut random)).collect();
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let share: Vec<f32> = (0..WORDS)
            .map(|rank| {
                sum += 1.0 / (rank as f32 + 2.0);
                sum
            })
            .collect();
        let share = share.into_iter().map(|up_to| up_to / sum).collect();
        let at = Timestamp::from_second(1_500_000_000).expect("it is a moment");
        Self { random, words, share, at }
    }

    fn word_of(&mut self, ranks: std::ops::Range<usize>) -> &str {
        &self.words[ranks.start + below(&mut self.random, ranks.len())]
    }

    fn sentence(&mut self, question: bool) -> String {
        let mut text = String::new();
        for word in 0..10 + below(&mut self.random, 31) {
            let chosen = self.random.number() + 0.5;
            let rank = self.share.partition_point(|up_to| *up_to < chosen).min(WORDS - 1);
            if word > 0 {
                text.push(' ');
            }
            text.push_str(&self.words[rank]);
        }
        text.push(if question { '?' } else { '.' });
        text
    }

    /// Conversations of tens of messages, so many messages in all or a few more.
    fn entries(&mut self, messages: usize) -> Vec<Entry> {
        let (mut entries, mut made) = (Vec::new(), 0);
        while made < messages {
            let (id, begun) = (ConversationId::new(), self.at);
            let place = entries.len();
            let many = 2 * (5 + below(&mut self.random, 36));
            for seq in 1..=many.min(messages - made) {
                self.at += SignedDuration::from_secs(20);
                let user = seq % 2 == 1;
                let question = user && self.random.number() > 0.0;
                let role = if user { Role::User } else { Role::Assistant };
                let message = NewMessage::new(role, self.sentence(question), None).kept(seq as u64, self.at);
                entries.push(Entry::Message { conversation: id, message: Box::new(message) });
            }
            made += many.min(messages - made);
            let title = self.sentence(true).chars().take(60).collect();
            let conversation = Entry::Conversation {
                id,
                title,
                titled: false,
                pinned: false,
                created_at: begun,
                updated_at: self.at,
            };
            entries.insert(place, conversation);
            self.at += SignedDuration::from_hours(3);
        }
        entries
    }
}

/// A number from 0 to below `bound`.
fn below(random: &mut Random, bound: usize) -> usize {
    ((random.number() + 0.5) * bound as f32) as usize % bound
}
