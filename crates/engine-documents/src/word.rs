//! Word's DOCX: a ZIP archive with the text in one XML file (ECMA-376, part 1, 17). Written out as Markdown, so that headings
//! are known as such.

use std::io::{BufReader, Cursor, Read};

use jarvis_engine::Fault;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::broken;
use crate::passages::Passages;

/// Bytes of the XML that are read: an archive of a few bytes can claim any number.
const XML: u64 = 128 << 20;

pub fn read(bytes: &[u8], passages: &mut Passages<'_>) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let body = archive.by_name("word/document.xml").map_err(broken)?;
    let text = markdown(BufReader::new(body.take(XML)))?;
    passages.markdown(None, None, &text)
}

/// Paragraphs and tables. What stands for something else (pictures, fields' codes, what was struck out) is left out.
fn markdown(xml: impl std::io::BufRead) -> Result<String, Fault> {
    let mut reader = Reader::from_reader(xml);
    let (mut text, mut paragraph, mut buffer) = (String::new(), Paragraph::default(), Vec::new());
    // Of each row that is open, one within another, the cells.
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut in_text = false;
    loop {
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Eof => return Ok(text),
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "pStyle" => {
                paragraph.level = level(&element);
            }
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => in_text = true,
                "tr" => rows.push(vec![String::new()]),
                _ => {}
            },
            Event::Empty(element) => match element.local_name().as_ref() {
                "tab" => paragraph.text.push('\t'),
                "br" | "cr" => paragraph.text.push('\n'),
                "numPr" => paragraph.listed = true,
                _ => {}
            },
            Event::Text(piece) if in_text => paragraph.text.push_str(&piece),
            Event::GeneralRef(entity) if in_text => {
                let character = match entity.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&entity).map(String::from),
                };
                paragraph.text.push_str(&character.unwrap_or_default());
            }
            Event::End(element) => match element.local_name().as_ref() {
                "t" => in_text = false,
                "numPr" => paragraph.listed = true,
                "p" => {
                    let paragraph = std::mem::take(&mut paragraph);
                    match cell(&mut rows) {
                        Some(cell) => append(cell, paragraph.text.trim()),
                        None => paragraph.write(&mut text),
                    }
                }
                "tc" => rows.last_mut().into_iter().for_each(|cells| cells.push(String::new())),
                "tr" => {
                    let cells = rows.pop().unwrap_or_default();
                    let filled: Vec<&str> =
                        cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
                    match cell(&mut rows) {
                        Some(outer) => append(outer, &filled.join(", ")),
                        None => {
                            text.push_str(&filled.join(" | "));
                            text.push('\n');
                        }
                    }
                }
                "tbl" => text.push('\n'),
                _ => {}
            },
            _ => {}
        }
        buffer.clear();
    }
}

/// The innermost cell that is open.
fn cell(rows: &mut [Vec<String>]) -> Option<&mut String> {
    rows.last_mut()?.last_mut()
}

fn append(cell: &mut String, words: &str) {
    cell.push_str(if cell.is_empty() { "" } else { " " });
    cell.push_str(words);
}

#[derive(Default)]
struct Paragraph {
    text: String,
    /// Of a heading.
    level: Option<usize>,
    listed: bool,
}

impl Paragraph {
    fn write(self, text: &mut String) {
        let words = self.text.trim();
        if words.is_empty() {
            return;
        }
        match (self.level, self.listed) {
            (Some(level), _) => text.push_str(&format!("{} {words}\n\n", "#".repeat(level))),
            (None, true) => text.push_str(&format!("- {words}\n")),
            (None, false) => text.push_str(&format!("{words}\n\n")),
        }
    }
}

/// "Heading2", "heading 2", "berschrift2" and "Title" are what styles of headings are called.
fn level(style: &BytesStart<'_>) -> Option<usize> {
    let name = style.attributes().flatten().find(|a| a.key.local_name().as_ref() == "val")?;
    let name = name.value.to_lowercase();
    if name == "title" || name == "titel" {
        return Some(1);
    }
    let number = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let is_heading = name.starts_with("heading") || name.contains("berschrift");
    number.parse().ok().filter(|level| is_heading && (1..=6).contains(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_headings_lists_and_tables_are_told_apart() {
        let xml = r#"<w:document xmlns:w="x"><w:body>
            <w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>Fees &amp; dates</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">Due </w:t></w:r><w:r><w:t>in May&#33;</w:t></w:r><w:del><w:r>
                <w:delText>struck out</w:delText></w:r></w:del></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t>one</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>
                <w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            </w:body></w:document>"#;
        let text = markdown(xml.as_bytes()).unwrap();
        assert_eq!(text, "## Fees & dates\n\nDue in May!\n\n- one\na | b c\n\n");
    }
}
