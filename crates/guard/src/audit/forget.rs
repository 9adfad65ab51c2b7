//! Forgetting: what records say is removed for good, that they were there is not.

use serde_json::Value;

use super::chain::Sealed;
use super::error::AuditError;
use super::record::Kind;
use super::{AuditLog, no_details, now, read};

impl AuditLog {
    /// Removes words, arguments, sources and details of every record that holds `words`, in small or large letters and
    /// with any blanks between them. A record tells of which ones, not of the words; the chain holds. Returns how many
    /// records that were. Nothing of it stays in any file, unless another program is reading just then, which is an error.
    pub fn forget(&self, words: &str) -> Result<u64, AuditError> {
        let words = plain(words);
        if words.is_empty() {
            return Ok(0);
        }
        let gone = self.write(|chain| {
            let found: Vec<i64> = {
                let sql = "SELECT seq, words, arguments, tainted_by, detail FROM details ORDER BY seq";
                let mut statement = chain.transaction.prepare(sql)?;
                let mut rows = statement.query([])?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    let texts: [String; 4] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
                    if texts.iter().any(|text| holds(text, &words)) {
                        found.push(row.get(0)?);
                    }
                }
                found
            };
            for seq in &found {
                chain.transaction.prepare_cached("DELETE FROM details WHERE seq = ?1")?.execute([seq])?;
            }
            if !found.is_empty() {
                chain.add(Sealed { about: Some(ranges(&found)), ..now(Kind::Forgotten) }, no_details())?;
            }
            Ok(found.len() as u64)
        })?;
        // Also where nothing was found: the time before may have failed just here.
        self.empty_log()?;
        Ok(gone)
    }

    /// Takes what was removed out of SQLite's own log as well.
    fn empty_log(&self) -> Result<(), AuditError> {
        let busy: i64 = self.read(|connection| {
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?)
        })?;
        if busy == 0 { Ok(()) } else { Err(AuditError::Lingers) }
    }
}

/// JSON is read first: in it, some characters are written as others.
fn holds(text: &str, words: &str) -> bool {
    let is = |text: &str| plain(text).contains(words);
    is(text) || serde_json::from_str::<Value>(text).is_ok_and(|value| read::any(&value, &is))
}

/// Small letters, and one blank between words.
fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "3,7-9" for 3, 7, 8 and 9.
fn ranges(numbers: &[i64]) -> String {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == *number => *end = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let ranges = ranges.into_iter();
    let texts = ranges.map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") });
    texts.collect::<Vec<_>>().join(",")
}

/// The opposite of [`ranges`]. What cannot be read names nothing.
pub(super) fn numbers(ranges: &str) -> Vec<std::ops::RangeInclusive<i64>> {
    let ranges = ranges.split(',').map(|range| range.split_once('-').unwrap_or((range, range)));
    ranges.filter_map(|(from, to)| Some(from.parse().ok()?..=to.parse().ok()?)).collect()
}
