//! Cuts a text that is still being written into pieces to be said, the first as early as it can be.
//!
//! Works on Markdown as it streams in; [`crate::speakable`] makes each piece plain. Nothing that belongs together is
//! cut: numbers, abbreviations, addresses, inline code, tables; a code block stays whole until it is closed.

mod marks;

use marks::{FullStop, starts_block};

use crate::speakable::Language;

/// Words in a first clause before it may be cut at a comma.
const CLAUSE_WORDS: usize = 4;
/// Words after which a first piece is cut wherever a word begins that opens a phrase.
const PHRASE_WORDS: usize = 8;
/// Words after which it is cut in any case.
const FIRST_WORDS: usize = 14;
/// Characters after which any later piece is cut at a comma, and at twice of it at a space.
const LONG: usize = 200;

/// Takes text as it comes and gives pieces as they are complete.
#[derive(Debug, Default)]
pub struct SentenceSplitter {
    language: Language,
    waiting: String,
    begun: bool,
}

impl SentenceSplitter {
    /// Cuts what is to be read in `language`.
    pub fn new(language: Language) -> Self {
        Self { language, ..Self::default() }
    }

    /// Takes `delta` and returns the pieces it completed, in order.
    pub fn push(&mut self, delta: &str) -> Vec<String> {
        self.waiting.push_str(delta);
        self.cut(false)
    }

    /// The text is over: returns what is left and is ready for the next.
    pub fn finish(&mut self) -> Vec<String> {
        let pieces = self.cut(true);
        *self = Self::new(self.language);
        pieces
    }

    fn cut(&mut self, complete: bool) -> Vec<String> {
        let mut pieces = Vec::new();
        loop {
            // Nothing is lost: what is indented is cut off from what it was indented under.
            let start = self.waiting.len() - self.waiting.trim_start().len();
            self.waiting.drain(..start);
            let end = match next_cut(&self.waiting, !self.begun, complete, self.language) {
                Some(end) => end,
                None if complete && !self.waiting.is_empty() => self.waiting.len(),
                None => return pieces,
            };
            let rest = self.waiting.split_off(end);
            let mut piece = std::mem::replace(&mut self.waiting, rest);
            piece.truncate(piece.trim_end().len());
            let open = piece.ends_with(char::is_alphanumeric) && !self.waiting.trim_start().is_empty();
            if open && !self.waiting.starts_with('\n') && !piece.contains('\n') {
                // Cut within a sentence: a comma keeps the voice up.
                piece.push(',');
            }
            self.begun |= piece.contains(char::is_alphanumeric);
            pieces.push(piece);
        }
    }
}

/// Where the first piece of `text` ends; none when that cannot be told yet.
fn next_cut(text: &str, first: bool, complete: bool, language: Language) -> Option<usize> {
    if let Some(block) = whole_block(text, complete) {
        return block;
    }
    let mut scan = Scan::new(text, first, language);
    for (at, c) in text.char_indices() {
        if let Some(end) = scan.step(at, c, complete) {
            return Some(end);
        }
        if scan.must_wait {
            return None;
        }
    }
    None
}

/// For a text that begins with a code block or a table: its end, or none while that is open.
#[allow(clippy::option_option, reason = "no block, an open block, a block with an end")]
fn whole_block(text: &str, complete: bool) -> Option<Option<usize>> {
    let fence = ["```", "~~~"].into_iter().find(|f| text.starts_with(f));
    let table = text.starts_with('|');
    if fence.is_none() && !table {
        // Two of three backticks may become a fence.
        let may_become =
            !complete && !text.is_empty() && (text == "`" || text == "``" || "~~~".starts_with(text));
        return may_become.then_some(None);
    }
    let mut end = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let whole = line.ends_with('\n');
        if let Some(fence) = fence {
            end += line.len();
            if number > 0 && line.trim() == fence && (whole || complete) {
                return Some(Some(end));
            }
        } else {
            if !line.starts_with('|') {
                return Some(Some(end));
            }
            end += line.len();
        }
    }
    Some(complete.then_some(text.len()))
}

/// One look through the text for an end.
struct Scan<'a> {
    text: &'a str,
    first: bool,
    language: Language,
    /// Where the line began.
    line: usize,
    words: usize,
    in_word: bool,
    in_code: bool,
    /// Depth of `[`, and of the `(` of a link.
    brackets: usize,
    /// The last place after a comma or the like.
    clause: Option<usize>,
    must_wait: bool,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, first: bool, language: Language) -> Self {
        Self {
            text,
            first,
            language,
            line: 0,
            words: 0,
            in_word: false,
            in_code: false,
            brackets: 0,
            clause: None,
            must_wait: false,
        }
    }

    fn step(&mut self, at: usize, c: char, complete: bool) -> Option<usize> {
        let after = at + c.len_utf8();
        if c == '\n' {
            return self.line_end(at, complete);
        }
        self.nesting(at, c);
        if self.in_code || self.brackets > 0 {
            return None;
        }
        if !c.is_whitespace() {
            self.words += usize::from(!self.in_word);
            self.in_word = true;
            // Full-width marks end a sentence by themselves.
            return matches!(c, '。' | '！' | '？').then_some(after);
        }
        let (word_ended, before) = (self.in_word, &self.text[..at]);
        self.in_word = false;
        if !word_ended {
            return None;
        }
        if let Some((mark, stop)) = self.sentence_mark(before) {
            // "approx. five" goes on; whether this does is seen by the next letter, or the next word.
            let next = self.text[after..].trim_start();
            match next.chars().next() {
                None if mark == '.' && !complete => self.must_wait = true,
                Some(next) if mark == '.' && next.is_lowercase() => {}
                Some(_) if stop == FullStop::Either => {
                    return self.either(before, next, complete).then_some(at);
                }
                _ => return Some(at),
            }
            return None;
        }
        self.clause_end(before, at, complete)
    }

    /// Whether `before` ends a sentence or may end one, and with what.
    fn sentence_mark(&self, before: &str) -> Option<(char, FullStop)> {
        let bare = bare(before);
        let mark = bare.chars().next_back().filter(|c| matches!(c, '.' | '!' | '?' | '…'))?;
        let line = &before[self.line..];
        let stop = if mark == '.' { marks::full_stop(bare, line, self.language) } else { FullStop::End };
        (stop != FullStop::Inner).then_some((mark, stop))
    }

    /// Whether `before`, which may end a sentence, does so with `next` behind it; not while that cannot be told.
    fn either(&mut self, before: &str, next: &str, complete: bool) -> bool {
        let goes_on = marks::goes_on(bare(before), next, complete, self.language);
        self.must_wait |= goes_on.is_none();
        goes_on == Some(false)
    }

    /// Within a sentence: the first piece is cut early, any piece when it grows long.
    fn clause_end(&mut self, before: &str, at: usize, complete: bool) -> Option<usize> {
        let mut comma =
            before.ends_with([',', ';', ':', '–', '—']) || before.ends_with(" -") && self.words > 1;
        if before.ends_with(',') {
            let Some(inner) = marks::within_date(before, self.text[at..].trim_start(), complete) else {
                self.must_wait = true;
                return None;
            };
            comma = !inner;
        }
        if comma {
            self.clause = Some(at);
        }
        let next = self.text[at..].trim_start();
        if self.first {
            let enough = self.words >= CLAUSE_WORDS && comma;
            let phrase = self.words >= PHRASE_WORDS && marks::opens_phrase(next);
            let too_many = self.words >= FIRST_WORDS && !next.is_empty();
            return (enough || phrase || too_many).then_some(at);
        }
        match self.clause {
            Some(clause) if at > LONG => Some(clause),
            _ => (at > 2 * LONG).then_some(at),
        }
    }

    fn line_end(&mut self, at: usize, complete: bool) -> Option<usize> {
        let rest = &self.text[at + 1..];
        let line = self.text[self.line..at].trim_end();
        let ends = starts_block(line) == Some(true)
            || rest.starts_with('\n')
            || match self.sentence_mark(&self.text[..at]) {
                Some((_, FullStop::Either)) => self.either(&self.text[..at], rest.trim_start(), complete),
                mark => mark.is_some(),
            };
        if ends {
            return Some(at);
        }
        if self.must_wait {
            return None;
        }
        match starts_block(rest.trim_start_matches(' ')) {
            Some(true) => Some(at),
            None if !complete => {
                self.must_wait = true;
                None
            }
            _ => {
                self.line = at + 1;
                self.in_word = false;
                // Code and links do not go across lines that matter here.
                (self.in_code, self.brackets) = (false, 0);
                None
            }
        }
    }

    fn nesting(&mut self, at: usize, c: char) {
        match c {
            '`' => self.in_code = !self.in_code,
            _ if self.in_code => {}
            '[' => self.brackets += 1,
            '(' if self.text[..at].ends_with(']') => self.brackets += 1,
            ']' | ')' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
    }
}

/// Without the quotes and brackets behind it.
fn bare(text: &str) -> &str {
    text.trim_end_matches(['"', '\'', ')', ']', '”', '’', '*', '_', '»'])
}

#[cfg(test)]
mod tests;
