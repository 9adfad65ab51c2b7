//! Records found by the words of a question, the best first (BM25), as quickly among a million as among a few.
//!
//! To weigh every record that has any of the words takes a second when there are very many: they are counted first, up to a
//! bound. The rarest words then say which records are looked at, and what is said everywhere only helps to put these in order.

use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::kind::{Kind, worth_finding};
use crate::search::{any_of, asked_words};

/// So many records are weighed at most: a hundred of them take about 0.2 ms.
const WEIGHED: i64 = 3000;
/// Records with the words that only help to put others in order, all together: how rare a word is, is found by going through them.
const HELPING: f64 = 60_000.0;

/// The records with words of the question and their distance from it, the nearest first; facts that no longer hold too when the
/// `past` is asked for.
pub(crate) fn by_words(
    connection: &Connection,
    kind: Kind,
    question: &str,
    past: bool,
    limit: usize,
) -> Result<Vec<(i64, f32)>, StoreError> {
    let sql = match kind {
        Kind::Fact => {
            "SELECT f.n, w.rank FROM fact_words w CROSS JOIN facts f ON f.n = w.rowid
             WHERE w.fact_words MATCH ?1 AND w.rowid >= ?4 AND (f.valid_to IS NULL OR ?3) ORDER BY w.rank LIMIT ?2"
        }
        Kind::Message => concat!(
            "SELECT m.n, w.rank FROM message_words w CROSS JOIN messages m ON m.n = w.rowid
             WHERE w.message_words MATCH ?1 AND w.rowid >= ?4 AND ?3 IS NOT NULL AND ",
            worth_finding!(),
            " ORDER BY w.rank LIMIT ?2"
        ),
        Kind::Document => {
            "SELECT w.rowid, w.rank FROM chunk_words w
             WHERE w.chunk_words MATCH ?1 AND w.rowid >= ?4 AND ?3 IS NOT NULL ORDER BY w.rank LIMIT ?2"
        }
    };
    let Asked { matched, since, counted } = asked(connection, kind, question)?;
    let mut statement = connection.prepare_cached(sql)?;
    let given = params![matched, limit as i64, past, since];
    let records =
        statement.query_map(given, |row| Ok((row.get(0)?, row.get::<_, f64>(1)? as f32 * counted)))?;
    records.map(|record| Ok(record?)).collect()
}

/// What the index is asked.
struct Asked {
    matched: String,
    /// Records before this one are not looked at.
    since: i64,
    /// What a distance is to be multiplied by: words that choose and help are weighed twice.
    counted: f32,
}

/// A word of the question.
struct Word {
    quoted: String,
    /// How many records have it; no more than [`WEIGHED`] are counted.
    count: i64,
    /// The first of those.
    since: i64,
    /// How many have it, by estimate where they were not all counted.
    frequency: f64,
}

fn asked(connection: &Connection, kind: Kind, question: &str) -> Result<Asked, StoreError> {
    let records = kind.last(connection)?;
    let all = Asked { matched: any_of(question), since: 0, counted: 1.0 };
    if records <= WEIGHED {
        return Ok(all);
    }
    let mut words = counted(connection, kind, question, records)?;
    words.retain(|word| word.count > 0);
    words.sort_by(|a, b| a.frequency.total_cmp(&b.frequency));
    // The rarest always counts; of what is everywhere, the latest.
    let mut weighed = 0;
    let rare = words.iter().take_while(|word| {
        weighed += word.count;
        weighed <= WEIGHED
    });
    let rare = rare.count().max(1).min(words.len());
    let (rare, helping) = words.split_at(rare);
    let Some(first) = rare.first() else { return Ok(all) };
    let since = if first.count == WEIGHED { first.since } else { 0 };
    let mut gone_through = 0.0;
    let helping = helping.iter().take_while(|word| {
        gone_through += word.frequency;
        gone_through <= HELPING
    });
    let helping: Vec<&Word> = helping.collect();
    let any = |words: &mut dyn Iterator<Item = &Word>| {
        words.map(|word| word.quoted.as_str()).collect::<Vec<_>>().join(" OR ")
    };
    if helping.is_empty() {
        return Ok(Asked { matched: any(&mut rare.iter()), since, counted: 1.0 });
    }
    let every = any(&mut rare.iter().chain(helping.iter().copied()));
    let matched = format!("({}) AND ({every})", any(&mut rare.iter()));
    let weight = |words: &mut dyn Iterator<Item = &Word>| words.map(|word| idf(word, records)).sum::<f64>();
    let (twice, once) = (weight(&mut rare.iter()), weight(&mut helping.iter().copied()));
    Ok(Asked { matched, since, counted: ((twice + once) / (2.0 * twice + once)) as f32 })
}

/// How much a word tells, as BM25 has it.
fn idf(word: &Word, records: i64) -> f64 {
    ((records as f64 - word.frequency + 0.5) / (word.frequency + 0.5)).ln().max(1e-6)
}

/// The words of the question, and how many of the `records` have each.
fn counted(
    connection: &Connection,
    kind: Kind,
    question: &str,
    records: i64,
) -> Result<Vec<Word>, StoreError> {
    let index = kind.words();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT count(*), coalesce(min(n), 0) FROM
         (SELECT rowid AS n FROM {index} WHERE {index} MATCH ?1 ORDER BY rowid DESC LIMIT ?2)"
    ))?;
    let mut words: Vec<Word> = Vec::new();
    for quoted in asked_words(question) {
        if words.iter().any(|word| word.quoted == quoted) {
            continue;
        }
        let (count, since): (i64, i64) =
            statement.query_row(params![quoted, WEIGHED], |row| Ok((row.get(0)?, row.get(1)?)))?;
        // As thick before as among the latest.
        let thick = count as f64 / (records - since + 1) as f64;
        let frequency = if count == WEIGHED { thick * records as f64 } else { count as f64 };
        words.push(Word { quoted, count, since, frequency });
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use jarvis_core::Role;
    use jiff::Timestamp;

    use super::*;
    use crate::records::NewMessage;
    use crate::store::Store;

    /// Of 9,000 messages every one has "common", every second one "middling", one in 900 "rare", and the last but one "unique".
    fn many() -> Store {
        let store = Store::in_memory().unwrap();
        let id = store.create(None, Timestamp::UNIX_EPOCH).unwrap().id;
        store
            .write(|transaction| {
                for n in 1..=9000 {
                    let middling = if n % 2 == 0 { "middling" } else { "other" };
                    let rare = if n % 900 == 0 { "rare" } else { "plain" };
                    let unique = if n == 8999 { "unique" } else { "usual" };
                    let content = format!("common {middling} {rare} {unique} {n}");
                    let sql = "INSERT INTO messages (id, conversation, seq, role, content, status, spoken, created_at)
                               VALUES (?1, ?2, ?3, 'assistant', ?4, 'complete', 0, 0)";
                    transaction.execute(sql, params![format!("m{n}"), id.to_string(), n, content])?;
                }
                Ok(())
            })
            .unwrap();
        store.append(id, NewMessage::new(Role::Assistant, "the last", None), Timestamp::UNIX_EPOCH).unwrap();
        store
    }

    fn found(store: &Store, question: &str) -> Vec<i64> {
        let found = store.with(|c| by_words(c, Kind::Message, question, false, 50)).unwrap();
        assert!(found.is_sorted_by(|a, b| a.1 <= b.1), "{question}: the nearest comes first");
        found.into_iter().map(|(record, _)| record).collect()
    }

    #[test]
    fn rare_words_choose_and_common_ones_put_in_order() {
        let store = many();
        assert_eq!(found(&store, "unique"), [8999]);
        // Each alone would be found; the common one chooses nothing where there is a rare one.
        assert_eq!(found(&store, "common unique"), [8999]);
        let rare: Vec<i64> = (1..=10).map(|n| n * 900).collect();
        let mut of_rare = found(&store, "rare common");
        of_rare.sort_unstable();
        assert_eq!(of_rare, rare);
        assert_eq!(found(&store, "unique rare middling")[0], 8999);
        assert_eq!(found(&store, "unique rare middling").len(), 11);
        assert_eq!(found(&store, "nowhere"), Vec::<i64>::new());
        assert_eq!(found(&store, "nowhere unique"), [8999]);
        assert_eq!(found(&store, "?"), Vec::<i64>::new());
    }

    #[test]
    fn of_what_is_said_everywhere_the_latest_is_found() {
        let store = many();
        let everywhere = found(&store, "common");
        assert_eq!(everywhere.len(), 50);
        assert!(everywhere.iter().all(|n| *n > 9000 - WEIGHED), "{everywhere:?}");
        let both = found(&store, "common middling");
        assert!(both.iter().all(|n| n % 2 == 0), "{both:?}");
    }
}
