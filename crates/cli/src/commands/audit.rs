//! `jarvis audit`: what was done, asked and refused.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

use jarvis_assistant::paths;
use jarvis_core::{Code, Failure};
use jarvis_guard::audit::{AuditLog, AuditQuery, ExportFormat, Record};
use jiff::tz::TimeZone;

use crate::args::{AuditCommand, AuditFormat};
use crate::output::{self, Output};

pub fn run(command: AuditCommand) -> anyhow::Result<ExitCode> {
    let log = AuditLog::open(&paths().audit_file()).map_err(|e| e.failure())?;
    match command {
        AuditCommand::Show { limit, tool, text, unfinished, json } => {
            let query = AuditQuery { limit, tool, text, unfinished, ..AuditQuery::default() };
            for record in log.show(&query).map_err(|e| e.failure())? {
                Output::new(json).record(&record, line);
            }
        }
        AuditCommand::Verify { json } => {
            let verified = log.verify().map_err(|e| e.failure())?;
            Output::new(json).record(&verified, |v| {
                let mut said = format!("{} records, {} calls never ended", v.records, v.unfinished);
                for broken in &v.broken {
                    said += &format!("\nrecord {}: {}", broken.seq, broken.why);
                }
                said + if v.broken.is_empty() { "\nNothing was changed." } else { "" }
            });
            return Ok(if verified.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        AuditCommand::Export { file, format } => {
            let format = match format {
                AuditFormat::Jsonl => ExportFormat::Jsonl,
                AuditFormat::Cef => ExportFormat::Cef,
            };
            let unwritable = |e: std::io::Error| {
                let message = format!("{} cannot be written ({e}).", file.display());
                Failure::new(Code::BadRequest, message, "Name a new file in a folder of yours.")
            };
            let mut out = BufWriter::new(File::create_new(&file).map_err(unwritable)?);
            let count = log.export(format, &mut out).map_err(|e| e.failure())?;
            out.flush().map_err(unwritable)?;
            output::note(format!("{}: {count} records", file.display()));
        }
        AuditCommand::Forget { words } => {
            let count = log.forget(&words).map_err(|e| e.failure())?;
            output::note(format!(
                "The words and arguments of {count} records are gone; that they were there stays."
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(record: &Record) -> String {
    let at = record.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let tool = record.tool.as_deref().unwrap_or("-");
    let kind = serde_json::to_value(record.kind).ok();
    let kind = kind.as_ref().and_then(|k| k.as_str()).unwrap_or_default();
    let about = if record.words.is_empty() { &record.detail } else { &record.words };
    format!("{:>6}  {at}  {kind:<10} {tool:<16} {about}", record.seq)
}
