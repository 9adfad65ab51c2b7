//! Written text made speakable: Markdown in, plain words out.
//!
//! Takes a piece as [`crate::sentences`] cuts it, so emphasis or a quotation may begin in one and end in the next.
//! What the eye takes in at a glance and the ear cannot (code, addresses, pictures of faces) is named or left out.

mod abbreviations;
mod addresses;
mod clean;
mod dates;
mod here;
mod language;
mod money;
mod numbers;
mod phones;
mod ranges;
mod rates;
mod roman;
mod spell;
mod times;
mod units;
mod versions;
mod years;

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

pub(crate) use dates::is_month;
pub(crate) use here::listed;
pub use language::Language;
pub(crate) use numbers::{asks_for_ordinal, is_digits};

/// Said in place of a code block, in English and in German.
const CODE_BLOCK: (&str, &str) = ("There is a code block in the window.", "Im Fenster steht Programmcode.");
/// Said in place of inline code that nobody would read aloud.
const INLINE_CODE: (&str, &str) = ("some code", "etwas Programmcode");
/// Longest inline code that is read aloud, in characters.
const SPOKEN_CODE: usize = 40;

/// What a voice that speaks `language` is given to say for `markdown`. Empty when there is nothing to say.
pub fn speakable(markdown: &str, language: Language) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut flat = Flat { language, ..Flat::default() };
    let markdown = with_times_signs(&without_false_list(markdown));
    for event in Parser::new_ext(&markdown, options) {
        flat.take(event);
    }
    spell::spell_out(&flat.text, language)
}

/// "25. Dezember", with which a piece of a sentence may begin, is a date; for Markdown it would be the 25th entry of a list.
fn without_false_list(markdown: &str) -> Cow<'_, str> {
    let is_date = markdown.split_once(". ").is_some_and(|(number, rest)| {
        is_digits(number) && rest.split(|c: char| !c.is_alphabetic()).next().is_some_and(is_month)
    });
    if is_date { markdown.replacen('.', "\\.", 1).into() } else { markdown.into() }
}

/// "5 * 3" and "2*3*4" multiply; for Markdown they would begin and end emphasis.
fn with_times_signs(markdown: &str) -> String {
    let chars: Vec<char> = markdown.chars().collect();
    let at = |i: Option<usize>| i.and_then(|i| chars.get(i)).copied().unwrap_or(' ');
    let multiplies = |i: usize| {
        let spaced = at(i.checked_sub(1)) == ' ' && at(Some(i + 1)) == ' ';
        let away = if spaced { 2 } else { 1 };
        let (before, behind) = (at(i.checked_sub(away)), at(Some(i + away)));
        (before.is_ascii_digit() || before == ')') && (behind.is_ascii_digit() || behind == '(')
    };
    chars.iter().enumerate().map(|(i, c)| if *c == '*' && multiplies(i) { '×' } else { *c }).collect()
}

/// The document as one line.
#[derive(Default)]
struct Flat {
    language: Language,
    text: String,
    /// Within a code block, whose text is not said.
    in_code: bool,
    /// The next numbers of the lists around; none for a list of bullets.
    lists: Vec<Option<u64>>,
}

impl Flat {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_sentence();
                self.text.push_str(self.language.pick(CODE_BLOCK.0, CODE_BLOCK.1));
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                self.text.push(' ');
            }
            Event::Start(Tag::List(first)) => {
                self.end_sentence();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => {
                if let Some(Some(number)) = self.lists.last_mut() {
                    self.text.push_str(&format!("{number}, "));
                    *number += 1;
                }
            }
            Event::End(TagEnd::TableCell) => self.end_with(','),
            Event::End(TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => {
                self.end_sentence();
            }
            Event::End(TagEnd::Paragraph) | Event::SoftBreak | Event::HardBreak | Event::Rule => {
                self.text.push(' ');
            }
            Event::Text(text) if !self.in_code => self.text.push_str(&text),
            Event::Code(code) => self.code(&code),
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.text.push(' '),
            _ => {}
        }
    }

    fn code(&mut self, code: &str) {
        let words = code.trim_end_matches("()").replace(['_', '`'], " ");
        let readable = words.chars().all(|c| c.is_alphanumeric() || " .-/:,+'~".contains(c));
        let short = words.chars().count() <= SPOKEN_CODE;
        let instead = self.language.pick(INLINE_CODE.0, INLINE_CODE.1);
        self.text.push_str(if readable && short { &words } else { instead });
    }

    fn end_sentence(&mut self) {
        // A row's last cell ended with a comma.
        if self.text.ends_with(", ") {
            self.text.truncate(self.text.len() - 2);
        }
        self.end_with('.');
    }

    /// Ends what was said so far with `mark`, unless it has an end already.
    fn end_with(&mut self, mark: char) {
        self.text.truncate(self.text.trim_end().len());
        if self.text.ends_with(|c: char| c.is_alphanumeric() || "\"'”’)%°*_`".contains(c)) {
            self.text.push(mark);
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        assert_eq!(speakable(markdown, Language::British), expected, "{markdown}");
    }

    #[test]
    fn markdown_becomes_sentences() {
        check("It is **very** *blue*.", "It is very blue.");
        check("## The sky\n\nIt is blue.", "The sky. It is blue.");
        check("- milk\n- bread!\n- two eggs", "milk. bread! two eggs.");
        check("Buy:\n\n1. milk\n2. bread", "Buy: 1, milk. 2, bread.");
        check("- [x] done", "done.");
        check("5 * 3 = 15, and **5** or *5* 3", "5 times 3 = 15, and 5 or 5 3");
        assert_eq!(speakable("25. Dezember.", Language::German), "fünfundzwanzigster Dezember.");
        check("> Quoted\n> text.", "Quoted text.");
        check("one  \ntwo\nthree", "one two three");
        check("~~old~~ new", "old new");
        check("a<br>b <b>bold</b>", "a b bold");
        check("**Cut in the middle", "Cut in the middle");
        check("middle of** the rest", "middle of the rest");
        check("", "");
        check("---", "");
    }

    #[test]
    fn tables_are_read_by_rows() {
        check(
            "| City | High |\n|---|---|\n| Oslo | 12 °C |\n| Rome | 1 °C |",
            "City, High. Oslo, 12 degrees Celsius. Rome, 1 degree Celsius.",
        );
    }

    #[test]
    fn code_is_named_or_read() {
        check("Run:\n```sh\nrm -rf x\n```\nDone.", "Run: There is a code block in the window. Done.");
        check("```py\nprint(1)", "There is a code block in the window.");
        check("Call `read_file()` now.", "Call read file now.");
        check("Use `x => {y[0] && z}`.", "Use some code.");
    }

    #[test]
    fn addresses_become_names() {
        check("See [the manual](https://a.example/x?y=1).", "See the manual.");
        check("See <https://www.example.com/a/b>.", "See example dot com.");
        check("Go to https://docs.rs/tokio/latest, then stop.", "Go to docs dot R S, then stop.");
        check("![A cat](cat.png) sleeps.", "A cat sleeps.");
        check("[https://x.org/1](https://x.org/1)", "x dot org");
    }
}
