//! Handing out the log: as lines of JSON, or in ArcSight's Common Event Format (version 0 of its published description:
//! `CEF:0|vendor|product|version|event class|name|severity|extension`, the extension being `key=value` with blanks between).

use std::io::Write;

use super::AuditLog;
use super::error::AuditError;
use super::name;
use super::record::{ExportFormat, Kind, Record};
use crate::act::Risk;

/// Others may write in between.
const PAGE: usize = 500;
/// The format's own bounds, in characters: of `msg`, and of the custom strings.
const MESSAGE: usize = 1023;
const CUSTOM: usize = 4000;

impl AuditLog {
    /// Writes every record, the oldest first, one a line. Returns how many.
    pub fn export(&self, format: ExportFormat, out: &mut dyn Write) -> Result<u64, AuditError> {
        let (mut after, mut count) = (0, 0);
        loop {
            let page = self.following(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for record in &page {
                let line = match format {
                    ExportFormat::Jsonl => {
                        serde_json::to_string(record).map_err(|e| AuditError::Export(e.into()))?
                    }
                    ExportFormat::Cef => cef(record),
                };
                writeln!(out, "{line}").map_err(AuditError::Export)?;
                count += 1;
            }
        }
        out.flush().map_err(AuditError::Export)?;
        Ok(count)
    }
}

fn cef(record: &Record) -> String {
    let class = name(&record.kind).unwrap_or_default();
    let title = match &record.tool {
        Some(tool) => format!("{}: {tool}", class.replace('_', " ")),
        None => class.replace('_', " "),
    };
    let header = ["Jarvis", "Jarvis", env!("CARGO_PKG_VERSION"), &class, &title].map(in_header).join("|");
    let message = if record.words.is_empty() { &record.detail } else { &record.words };
    let json = |value: serde_json::Value| if value.is_null() { String::new() } else { value.to_string() };
    let arguments = json(record.arguments.clone().unwrap_or_default());
    let sources: Vec<&str> = record.tainted_by.iter().map(|taint| taint.source.as_str()).collect();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let optional = |value: Option<u64>| value.map(|n| n.to_string()).unwrap_or_default();
    let mut pairs = vec![
        ("rt", record.at.as_millisecond().to_string()),
        ("externalId", record.seq.to_string()),
        ("act", text(&record.decision)),
        ("outcome", record.ok.map_or("", |ok| if ok { "success" } else { "failure" }).into()),
        ("reason", if record.words.is_empty() { String::new() } else { record.detail.clone() }),
        ("msg", first(message, MESSAGE)),
    ];
    let custom = [
        ("cs1Label", "tool", "cs1", text(&record.tool)),
        ("cs2Label", "rule", "cs2", text(&record.rule)),
        ("cs3Label", "arguments", "cs3", arguments),
        ("cs4Label", "hash", "cs4", record.hash.clone()),
        ("cs5Label", "taintedBy", "cs5", sources.join(", ")),
        ("cs6Label", "call", "cs6", record.call.map(|call| call.to_string()).unwrap_or_default()),
        ("cn1Label", "tookMs", "cn1", optional(record.took_ms)),
        ("cn2Label", "began", "cn2", optional(record.began)),
    ];
    for (label, what, key, value) in custom {
        if !value.is_empty() {
            pairs.extend([(label, what.to_string()), (key, first(&value, CUSTOM))]);
        }
    }
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", in_extension(&value))).collect();
    format!("CEF:0|{header}|{}|{}", severity(record), pairs.join(" "))
}

/// From 0 to 10.
fn severity(record: &Record) -> u8 {
    match (record.kind, record.risk) {
        (Kind::Gap | Kind::Unreadable, _) => 10,
        (Kind::EmergencyStop, _) => 8,
        (Kind::RulesChanged | Kind::ToolSwitched | Kind::Granted | Kind::Revoked | Kind::Forgotten, _) => 5,
        (_, Some(Risk::Critical)) => 9,
        (_, Some(Risk::High)) => 7,
        (_, Some(Risk::Medium)) => 4,
        (_, Some(Risk::Low) | None) => 2,
    }
}

fn first(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A bar ends a field of the header, and no line may end in it.
fn in_header(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('|', "\\|");
    text.chars().map(|c| if ends_a_line(c) { ' ' } else { c }).collect()
}

/// An equals sign would begin a value. Line feeds are written as such; other characters of control are left out.
fn in_extension(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('=', "\\=").replace('\n', "\\n").replace('\r', "\\r");
    text.chars().map(|c| if ends_a_line(c) { ' ' } else { c }).collect()
}

fn ends_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}
