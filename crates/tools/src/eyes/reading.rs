//! What was read in a picture, and where in it something stands that a person names.

use jarvis_engine::eyes::{Area, Line, Word};
use unicode_normalization::UnicodeNormalization;

/// What stands in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// In reading order.
    pub lines: Vec<Line>,
}

impl Reading {
    /// All of it, a line a line.
    pub fn text(&self) -> String {
        let line =
            |line: &Line| line.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A place where something stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// As it was read there.
    pub text: String,
    /// Where, in pixels of the picture. [`Area::middle`] is where to click.
    pub place: Area,
    /// How like it is to what was looked for, 0..=1.
    pub likeness: f32,
}

/// What is less alike is something else.
const ALIKE: f32 = 0.78;
/// In so few letters one that differs makes another word.
const SHORT: usize = 3;
/// A part of a longer word counts, but less.
const PART: f32 = 0.85;

/// Where `wanted` stands, the best first and then in reading order. Case does not matter, nor spaces, nor letters that
/// look alike.
pub fn find_text(reading: &Reading, wanted: &str) -> Vec<Found> {
    let wanted_words = wanted.split_whitespace().count();
    let wanted = folded(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(Found, (usize, usize, usize))> = Vec::new();
    for (row, line) in reading.lines.iter().enumerate() {
        // The recogniser joins words now and then, and takes them apart.
        for count in wanted_words.saturating_sub(1).max(1)..=wanted_words + 1 {
            for (first, words) in line.words.windows(count).enumerate() {
                if !side_by_side(words) {
                    continue;
                }
                let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
                let likeness = likeness(&folded(&text), &wanted);
                if likeness >= ALIKE {
                    let place = words.iter().skip(1).fold(words[0].place, |all, word| all.with(&word.place));
                    found.push((Found { text, place, likeness }, (row, first, first + count)));
                }
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| b.likeness.total_cmp(&a.likeness));
    let mut kept: Vec<(Found, (usize, usize, usize))> = Vec::new();
    for (place, span) in found {
        let overlaps = |(_, other): &(Found, (usize, usize, usize))| {
            other.0 == span.0 && other.1 < span.2 && span.1 < other.2
        };
        if !kept.iter().any(overlaps) {
            kept.push((place, span));
        }
    }
    kept.sort_by(|(a, at), (b, bt)| b.likeness.total_cmp(&a.likeness).then(at.cmp(bt)));
    kept.into_iter().map(|(found, _)| found).collect()
}

/// Words of one row may be far apart, in columns: then they are not one expression.
fn side_by_side(words: &[Word]) -> bool {
    words.windows(2).all(|pair| {
        let (left, right) = (pair[0].place, pair[1].place);
        let gap = i64::from(right.x) - i64::from(left.x) - i64::from(left.width);
        gap <= 3 * i64::from(left.height.max(right.height)).max(8)
    })
}

fn likeness(read: &str, wanted: &str) -> f32 {
    if read == wanted {
        return 1.0;
    }
    let (length, lookalike) = (wanted.chars().count(), (skeleton(read), skeleton(wanted)));
    if lookalike.0 == lookalike.1 {
        return 0.98;
    }
    if length <= SHORT {
        return 0.0;
    }
    let whole = strsim::normalized_damerau_levenshtein(&lookalike.0, &lookalike.1) as f32;
    let part = if lookalike.0.contains(&lookalike.1) { PART } else { 0.0 };
    whole.max(part)
}

/// Without case, spaces and accents, and without punctuation round it ("[Cancel]").
fn folded(text: &str) -> String {
    let letters: String = text
        .nfkd()
        .filter(|c| !c.is_whitespace() && !unicode_normalization::char::is_combining_mark(*c))
        .collect();
    let bare = letters.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    // What is nothing but punctuation is looked for as it is.
    if bare.is_empty() { letters } else { bare }
}

/// Letters that recognisers confuse are made one.
fn skeleton(text: &str) -> String {
    let one = |c| match c {
        '0' | 'ø' | 'q' => 'o',
        '1' | 'l' | '|' | '!' | 'j' => 'i',
        '5' => 's',
        '8' => 'b',
        '2' => 'z',
        ',' | ';' | ':' => '.',
        '_' | '–' | '—' => '-',
        other => other,
    };
    text.chars().map(one).collect::<String>().replace("rn", "m").replace("vv", "w").replace("ci", "d")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(lines: &[&str]) -> Reading {
        let line = |(row, line): (usize, &&str)| Line {
            words: line
                .split_whitespace()
                .scan(0, |x, text| {
                    let width = text.len() as u32 * 8;
                    let place = Area { x: *x, y: row as i32 * 20, width, height: 12 };
                    *x += width as i32 + 8;
                    Some(Word { text: text.into(), place, confidence: 0.9 })
                })
                .collect(),
        };
        Reading { lines: lines.iter().enumerate().map(line).collect() }
    }

    #[test]
    fn what_is_named_is_found_in_spite_of_slips() {
        let screen = reading(&[
            "File Edit View",
            "[Cance1] Save as... OK",
            "Sa ve changes to rep0rt.txt?",
            "Öffnen Cancel",
        ]);
        let table: &[(&str, &[&str])] = &[
            ("cancel", &["Cancel", "[Cance1]"]),
            ("Save As", &["Save as..."]),
            ("save changes", &["Sa ve changes"]),
            ("report.txt", &["rep0rt.txt?"]),
            ("report", &["rep0rt.txt?"]),
            ("offnen", &["Öffnen"]),
            ("ok", &["OK"]),
            ("no", &[]),
            ("Delete", &[]),
            ("", &[]),
        ];
        for (wanted, expected) in table {
            let found = find_text(&screen, wanted);
            assert_eq!(found.iter().map(|f| f.text.as_str()).collect::<Vec<_>>(), *expected, "{wanted:?}");
        }
        let save = &find_text(&screen, "save as")[0];
        assert_eq!(save.place, Area { x: 72, y: 20, width: 32 + 8 + 40, height: 12 });
        assert_eq!(save.place.middle(), (112, 26));
    }

    #[test]
    fn words_of_different_columns_are_no_expression() {
        let mut screen = reading(&["Open File"]);
        screen.lines[0].words[1].place.x = 400;
        assert_eq!(find_text(&screen, "open file"), []);
    }

    #[test]
    fn text_is_line_by_line() {
        assert_eq!(reading(&["one two", "three"]).text(), "one two\nthree");
    }
}
