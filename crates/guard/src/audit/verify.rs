//! Checking the whole log: every hash, every link, every digest, the order, the endings, the seals and the head.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::chain::{COLUMNS, Kept, NOTHING};
use super::error::AuditError;
use super::head::{self, Said};
use super::record::{Broken, Verified};
use super::{AuditLog, ONE_CRASH, database, forget, gap};

impl AuditLog {
    /// Reads the whole log and says what is not as it was written.
    pub fn verify(&self) -> Result<Verified, AuditError> {
        // Before the log is read: what is written meanwhile cannot make the head look ahead.
        let said = self.head.as_deref().map(head::read).transpose()?;
        let mut connection = self.connection();
        let checked = (|| {
            // One moment of the log, whoever writes.
            let moment = connection.transaction()?;
            let mut check = Check::default();
            check.file(&moment)?;
            check.records(&moment)?;
            check.details();
            check.orphans(&moment)?;
            if let Some(said) = said {
                check.head(&moment, said)?;
            }
            Ok(check)
        })();
        let mut check: Check = checked.map_err(|e: AuditError| e.of(&self.path))?;
        check.verified.unfinished = check.begun.len() as u64;
        check.verified.broken.sort_by_key(|broken| broken.seq);
        Ok(check.verified)
    }
}

#[derive(Default)]
struct Check {
    verified: Verified,
    /// Number of the last record.
    end: i64,
    /// Calls that have begun and not ended.
    begun: HashMap<i64, Option<String>>,
    /// Records without details.
    bare: Vec<i64>,
    /// By the first number of a range of forgotten records, its last.
    forgotten: BTreeMap<i64, i64>,
}

impl Check {
    fn broken(&mut self, seq: i64, why: impl Into<String>) {
        self.verified.broken.push(Broken { seq: seq.unsigned_abs(), why: why.into() });
    }

    fn file(&mut self, log: &Connection) -> Result<(), AuditError> {
        let whole: String = log.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if whole != "ok" {
            self.broken(0, format!("the file is damaged: {whole}"));
        }
        if database::seals(log)? != database::seals(&database::in_memory()?)? {
            self.broken(0, "what keeps records from being changed was itself removed or changed");
        }
        Ok(())
    }

    fn records(&mut self, log: &Connection) -> Result<(), AuditError> {
        let sql =
            format!("SELECT {COLUMNS} FROM records r LEFT JOIN details d ON d.seq = r.seq ORDER BY r.seq");
        let mut statement = log.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut before = Some(NOTHING.to_vec());
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            if seq != self.end + 1 {
                let missing = format!("records are missing: {} is followed by {seq}", self.end);
                self.broken(seq, missing);
            }
            self.end = seq;
            self.verified.records += 1;
            let Ok(kept) = Kept::read(row) else {
                self.broken(seq, "it cannot be read");
                before = None;
                continue;
            };
            self.record(&kept, before);
            before = Some(kept.hash);
        }
        Ok(())
    }

    fn record(&mut self, kept: &Kept, before: Option<Vec<u8>>) {
        let Kept { sealed, hash, details } = kept;
        let seq = sealed.seq;
        if before.is_some_and(|before| before != sealed.previous) {
            self.broken(seq, "it does not follow the record before it");
        }
        if *hash != sealed.hash() {
            self.broken(seq, "it was changed");
        }
        match details {
            Some(details) if sealed.digest != details.digest() => {
                self.broken(seq, "its words, arguments or sources were changed");
            }
            Some(_) => {}
            None => self.bare.push(seq),
        }
        match (sealed.kind.as_str(), sealed.began, &sealed.about) {
            ("begun", ..) => drop(self.begun.insert(seq, sealed.call.clone())),
            (_, Some(began), _) => {
                let call = self.begun.remove(&began);
                let why = format!("it ends a call that did not begin with record {began}");
                call.is_none_or(|call| call != sealed.call).then(|| self.broken(seq, why));
            }
            ("forgotten", _, Some(about)) => {
                let ranges = forget::numbers(about);
                self.forgotten.extend(ranges.into_iter().map(|range| range.into_inner()));
            }
            ("gap", _, about) => {
                let what = about.as_deref().unwrap_or("records are missing");
                self.broken(seq, format!("when it was written, {what}"));
            }
            _ => {}
        }
    }

    /// Words may be gone only where a record tells of their forgetting.
    fn details(&mut self) {
        for seq in std::mem::take(&mut self.bare) {
            let ranges = self.forgotten.range(..=seq);
            if !ranges.into_iter().any(|(_, last)| *last >= seq) {
                self.broken(seq, "its words are gone, and were not forgotten");
            }
        }
    }

    fn orphans(&mut self, log: &Connection) -> Result<(), AuditError> {
        let sql = "SELECT seq FROM details WHERE seq NOT IN (SELECT seq FROM records)";
        let mut statement = log.prepare(sql)?;
        for seq in statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()? {
            self.broken(seq, "there are words, and no record that they belong to");
        }
        Ok(())
    }

    fn head(&mut self, log: &Connection, said: Said) -> Result<(), AuditError> {
        let end = self.end;
        if let Some(gap) = gap(log, said, end)? {
            self.broken(end, gap);
        }
        if let Said::Last(head) = said {
            self.verified.head_behind = end.saturating_sub(head.seq).clamp(0, ONE_CRASH).unsigned_abs();
        }
        Ok(())
    }
}
