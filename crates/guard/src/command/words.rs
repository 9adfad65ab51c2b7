//! Words as bash makes them: quotes and escapes are resolved, and what only turns out when it runs is known as unknown.

use tree_sitter::Node;

use super::walk::Walk;

/// One word of a command.
#[derive(Clone, Debug, Default)]
pub(super) struct Word {
    /// Its text, up to what is not known.
    pub text: String,
    /// Whether that is all of it.
    pub whole: bool,
    /// Whether it is a pattern for names of files.
    pub glob: bool,
    /// Whether it may become several words, or none.
    pub split: bool,
    /// Whether any of it is quoted: then it is no reserved word.
    pub quoted: bool,
    /// Whether it begins with a tilde that bash puts a home folder for.
    pub home: bool,
}

impl Word {
    /// A word of which nothing is known.
    pub fn unknown() -> Self {
        Self { split: true, ..Self::default() }
    }

    /// A word that is all text.
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned(), whole: true, ..Self::default() }
    }

    /// Its text, if that is what the program will be given.
    pub fn literal(&self) -> Option<&str> {
        (self.whole && !self.glob && !self.split && !self.home).then_some(self.text.as_str())
    }

    /// Whether the program may take it for an option: an unknown beginning may be one, and so may a file's name.
    pub fn may_be_option(&self) -> bool {
        self.text.starts_with('-') || self.unsure_option()
    }

    /// Whether it may be an option that nobody can see here.
    pub fn unsure_option(&self) -> bool {
        let starts_unknown = self.text.is_empty() && !self.whole;
        let unfinished = self.text.starts_with('-') && !(self.whole && !self.split && !self.glob);
        starts_unknown || unfinished || self.split || (self.glob && self.text.starts_with(['*', '?', '[']))
    }

    /// For people and policies: `*` stands for what is not known.
    pub fn shown(&self) -> String {
        if self.whole { self.text.clone() } else { format!("{}*", self.text) }
    }

    fn add(&mut self, text: &str) {
        if self.whole {
            self.text.push_str(text);
        }
    }
}

impl Walk<'_> {
    /// Makes the word of a node; what it substitutes is walked.
    pub fn word(&mut self, node: Node) -> Word {
        let mut word = Word { whole: true, ..Word::default() };
        self.part(node, &mut word, true);
        word
    }

    fn part(&mut self, node: Node, word: &mut Word, first: bool) {
        let text = self.source(node);
        match node.kind() {
            "word" | "number" | "$" | "==" | "=~" | "variable_name" | "test_operator" => {
                self.plain(text, word, first)
            }
            "string" => {
                word.quoted = true;
                self.string(node, word);
            }
            "raw_string" => {
                word.quoted = true;
                word.add(text.get(1..text.len().saturating_sub(1)).unwrap_or_default());
            }
            "ansi_c_string" => {
                word.quoted = true;
                match decoded(text.get(2..text.len().saturating_sub(1)).unwrap_or_default()) {
                    Some(text) => word.add(&text),
                    None => word.whole = false,
                }
            }
            "concatenation" => {
                let mut cursor = node.walk();
                for (i, part) in node.children(&mut cursor).enumerate() {
                    self.part(part, word, first && i == 0);
                }
                braces(text, word);
            }
            "simple_expansion" | "expansion" => {
                self.expansion(node);
                (word.whole, word.split) = (false, true);
            }
            "command_substitution" => {
                self.substitution(node);
                (word.whole, word.split) = (false, true);
            }
            "arithmetic_expansion" => {
                self.arithmetic(node);
                (word.whole, word.split) = (false, true);
            }
            "process_substitution" => {
                self.substitution(node);
                word.add("/dev/fd/");
                word.whole = false;
            }
            "brace_expression" => (word.whole, word.split) = (false, true),
            _ => {
                self.reading.lose("has a word that is not understood");
                word.whole = false;
            }
        }
    }

    /// Text without quotes, but with escapes.
    fn plain(&mut self, text: &str, word: &mut Word, first: bool) {
        if first && text.starts_with('~') {
            word.home = true;
        }
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    word.quoted = true;
                    if let Some(next) = chars.next() {
                        word.add(next.encode_utf8(&mut [0; 4]));
                    }
                }
                '*' | '?' | '[' => {
                    word.glob = true;
                    word.add(c.encode_utf8(&mut [0; 4]));
                }
                // What the grammar takes for a part of a word and bash does not.
                '`' | '(' | ')' | '<' | '>' | ';' | '&' | '|' => {
                    self.reading.lose("has a word that is not understood")
                }
                '$' if text.len() > 1 => self.reading.lose("has a word that is not understood"),
                _ => word.add(c.encode_utf8(&mut [0; 4])),
            }
        }
        if text.len() > 2 {
            braces(text, word);
        }
    }

    fn string(&mut self, node: Node, word: &mut Word) {
        let mut end = None;
        let mut cursor = node.walk();
        for part in node.children(&mut cursor) {
            // Blanks at the edge of a part are a gap to the grammar.
            if let Some(end) = end {
                word.add(self.text.get(end..part.start_byte()).unwrap_or_default());
            }
            end = Some(part.end_byte());
            match part.kind() {
                "\"" => {}
                "$" => word.add("$"),
                "string_content" => word.add(&unescaped(self.source(part))),
                "simple_expansion" | "expansion" => {
                    self.expansion(part);
                    word.whole = false;
                    // "$@" is as many words as there are arguments.
                    word.split |= self.source(part).contains('@');
                }
                "command_substitution" => {
                    self.substitution(part);
                    word.whole = false;
                }
                "arithmetic_expansion" => {
                    self.arithmetic(part);
                    word.whole = false;
                }
                _ => self.reading.lose("has a text that is not understood"),
            }
        }
    }
}

/// In double quotes a backslash escapes little.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('$' | '`' | '"' | '\\')) => out.extend(chars.next()),
            ('\\', Some('\n')) => {
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// `{a,b}` and `{1..3}` become several words.
fn braces(source: &str, word: &mut Word) {
    let Some(open) = source.find('{') else { return };
    if source[open..].contains(',') || source[open..].contains("..") {
        let known = word.text.find('{').unwrap_or(0);
        // Quoted braces are taken for these too; then the word is only known less well.
        word.text.truncate(known);
        (word.whole, word.split) = (false, true);
    }
}

/// What `$'..'` stands for; none if it is not text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (kind, after) = rest.split_first()?;
        rest = after;
        match kind {
            b'a' => bytes.push(7),
            b'b' => bytes.push(8),
            b'e' | b'E' => bytes.push(27),
            b'f' => bytes.push(12),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(11),
            b'\\' | b'\'' | b'"' | b'?' => bytes.push(*kind),
            b'x' => bytes.push(u8::try_from(digits(&mut rest, 2, 16)?).ok()?),
            b'u' | b'U' => {
                let c = char::from_u32(digits(&mut rest, if *kind == b'u' { 4 } else { 8 }, 16)?)?;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            b'0'..=b'7' => {
                rest = &text.as_bytes()[text.len() - rest.len() - 1..];
                bytes.push(u8::try_from(digits(&mut rest, 3, 8)?).ok()?);
            }
            _ => return None,
        }
    }
    // What bash does with a zero is its own affair.
    if bytes.contains(&0) { None } else { String::from_utf8(bytes).ok() }
}

fn digits(rest: &mut &[u8], most: usize, base: u32) -> Option<u32> {
    let count = rest.iter().take(most).take_while(|b| (**b as char).is_digit(base)).count();
    let (number, after) = rest.split_at(count);
    *rest = after;
    u32::from_str_radix(std::str::from_utf8(number).ok()?, base).ok()
}
