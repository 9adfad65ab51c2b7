//! Spreadsheets and comma-separated values: each row as one line that says what stands under which heading.

use std::io::Cursor;

use calamine::{Data, Reader as _, open_workbook_auto_from_rs};
use jarvis_engine::Fault;

use crate::broken;
use crate::passages::Passages;
use crate::text::decoded;

/// Cells of one sheet that are read: a file of a few bytes can claim billions.
const CELLS: usize = 2_000_000;

pub fn spreadsheet(bytes: Vec<u8>, passages: &mut Passages<'_>) -> Result<(), Fault> {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let sheets = book.sheet_names();
    for (done, name) in sheets.iter().enumerate() {
        let range = book.worksheet_range(name).map_err(broken)?;
        let (height, width) = range.get_size();
        let height = height.min(CELLS / width.max(1));
        let cells = |row: &[Data]| row.iter().map(ToString::to_string).collect::<Vec<String>>();
        rows(range.rows().take(height).map(cells), name, passages)?;
        passages.progress(done + 1, sheets.len())?;
    }
    Ok(())
}

pub fn csv(bytes: &[u8], passages: &mut Passages<'_>) -> Result<(), Fault> {
    let text = decoded(bytes);
    let first = text.lines().next().unwrap_or_default();
    // Of the signs that part columns, the one that the first line has most of.
    let parts = [b',', b';', b'\t', b'|'].into_iter();
    let sign = parts.max_by_key(|&sign| first.bytes().filter(|&b| b == sign).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sign)
        .from_reader(text.as_bytes());
    let records = reader.records().map_while(Result::ok);
    rows(records.map(|record| record.iter().map(String::from).collect()), "", passages)
}

/// The first row that has words in more than one column names them.
fn rows(
    rows: impl Iterator<Item = Vec<String>>,
    sheet: &str,
    passages: &mut Passages<'_>,
) -> Result<(), Fault> {
    let mut names: Option<Vec<String>> = None;
    let mut lines = String::new();
    for row in rows {
        let filled: Vec<(usize, &str)> =
            row.iter().map(|cell| cell.trim()).enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
        if filled.is_empty() {
            continue;
        }
        if names.is_none() && filled.len() > 1 {
            names = Some(row.iter().map(|cell| cell.trim().to_string()).collect());
            continue;
        }
        let named = |(column, cell): &(usize, &str)| match names
            .as_ref()
            .and_then(|names| names.get(*column))
            .filter(|name| !name.is_empty())
        {
            Some(name) => format!("{name}: {cell}"),
            None => (*cell).to_string(),
        };
        let line: Vec<String> = filled.iter().map(named).collect();
        lines.push_str(&line.join("; "));
        lines.push('\n');
    }
    if let (Some(names), true) = (&names, lines.is_empty()) {
        lines = names.join("; ");
    }
    passages.plain(None, Some(sheet).filter(|sheet| !sheet.is_empty()), &lines)
}
