//! Templates such as `set [a] timer for {duration} [please]` and how words are matched against them.
//!
//! `[x]` may be left out, `(a|b c)` is one of several, `{slot}` is filled by the language's reader. A template
//! matches all words or none. Where the words end too early, that is told too: the person may go on.

use std::collections::HashSet;

use super::slots::{Parsed, Slot, Value};
use super::words::{Word, words};

/// One template.
#[derive(Debug)]
pub(super) struct Template(Vec<Node>);

#[derive(Debug)]
enum Node {
    Word(String),
    /// One of these; an empty one makes it optional.
    Choice(Vec<Vec<Node>>),
    Slot(Slot),
}

/// How words fit a template.
#[derive(Debug)]
pub(super) enum Fit {
    /// All of them; the values of the slots in order.
    Whole(Found),
    /// They are its beginning.
    Beginning,
    /// Not at all.
    None,
}

/// A match.
#[derive(Debug)]
pub(super) struct Found {
    /// The slots' values in order.
    pub values: Vec<Value>,
    /// Whether the last words might still grow: "at seven" into "at seven thirty".
    pub open: bool,
}

/// Fills a slot from words.
pub(super) type Reader<'r> = dyn Fn(Slot, &[Word]) -> Parsed + 'r;

impl Template {
    /// Reads a template; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut chars = text.chars().peekable();
        let nodes = parse_until(&mut chars, None)?;
        Ok(Self(nodes.into_iter().next().unwrap_or_default()))
    }

    /// Whether it has any of `slots`.
    pub(super) fn takes(&self, slots: &[Slot]) -> bool {
        any_slot(&self.0, slots)
    }

    /// Adds the words that it is made of to `all`.
    pub(super) fn words(&self, all: &mut HashSet<String>) {
        add_words(&self.0, all);
    }

    /// Every sentence of it that needs no slot.
    #[cfg(test)]
    pub(super) fn sentences(&self) -> Vec<String> {
        sentences(&self.0)
    }

    /// Matches all of `words`.
    pub(super) fn fit(&self, words: &[Word], reader: &Reader) -> Fit {
        let mut walk = Walk { words, reader, values: Vec::new(), ran_out: false };
        let whole = walk.go(Some(&Rest { nodes: &self.0, next: None }), 0);
        if whole {
            let open = walk.values.last().is_some_and(|(value, end)| *end == words.len() && value.is_open());
            Fit::Whole(Found { values: walk.values.into_iter().map(|(value, _)| value).collect(), open })
        } else if walk.ran_out && !words.is_empty() {
            Fit::Beginning
        } else {
            Fit::None
        }
    }
}

/// What is still to be matched: a list of lists, kept on the stack.
struct Rest<'a> {
    nodes: &'a [Node],
    next: Option<&'a Rest<'a>>,
}

struct Walk<'a> {
    words: &'a [Word],
    reader: &'a Reader<'a>,
    values: Vec<(Value, usize)>,
    ran_out: bool,
}

impl Walk<'_> {
    fn go(&mut self, rest: Option<&Rest>, at: usize) -> bool {
        let Some(rest) = rest else { return at == self.words.len() };
        let Some((node, tail)) = rest.nodes.split_first() else { return self.go(rest.next, at) };
        let tail = Rest { nodes: tail, next: rest.next };
        match node {
            Node::Word(word) => match self.words.get(at) {
                Some(heard) => heard.key == *word && self.go(Some(&tail), at + 1),
                None => self.run_out(),
            },
            Node::Choice(choices) => {
                choices.iter().any(|nodes| self.go(Some(&Rest { nodes, next: Some(&tail) }), at))
            }
            Node::Slot(_) if at == self.words.len() => self.run_out(),
            Node::Slot(slot) => {
                let ends = at + 1..=self.words.len();
                // A free text takes as little as it can, so that a time after it is not swallowed.
                match slot {
                    Slot::Label | Slot::Text => ends.into_iter().any(|end| self.fill(*slot, at, end, &tail)),
                    _ => ends.rev().any(|end| self.fill(*slot, at, end, &tail)),
                }
            }
        }
    }

    fn fill(&mut self, slot: Slot, start: usize, end: usize, tail: &Rest) -> bool {
        match (self.reader)(slot, &self.words[start..end]) {
            Parsed::Value(value) => {
                self.values.push((value, end));
                let fits = self.go(Some(tail), end);
                if !fits {
                    self.values.pop();
                }
                fits
            }
            Parsed::Beginning => {
                self.ran_out |= end == self.words.len();
                false
            }
            Parsed::Nothing => false,
        }
    }

    /// Notes that the words end too early. After free text that means little: anything would have fitted so far.
    fn run_out(&mut self) -> bool {
        self.ran_out |= !self.values.last().is_some_and(|(value, _)| value.is_free());
        false
    }
}

fn any_slot(nodes: &[Node], slots: &[Slot]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Word(_) => false,
        Node::Choice(choices) => choices.iter().any(|nodes| any_slot(nodes, slots)),
        Node::Slot(slot) => slots.contains(slot),
    })
}

fn add_words(nodes: &[Node], all: &mut HashSet<String>) {
    for node in nodes {
        match node {
            Node::Word(word) => {
                all.insert(word.clone());
            }
            Node::Choice(choices) => choices.iter().for_each(|nodes| add_words(nodes, all)),
            Node::Slot(_) => {}
        }
    }
}

#[cfg(test)]
fn sentences(nodes: &[Node]) -> Vec<String> {
    let mut all = vec![String::new()];
    for node in nodes {
        let next: Vec<String> = match node {
            Node::Word(word) => vec![word.clone()],
            Node::Choice(choices) => choices.iter().flat_map(|nodes| sentences(nodes)).collect(),
            Node::Slot(_) => return Vec::new(),
        };
        let grown = all.iter().flat_map(|before| next.iter().map(move |word| format!("{before} {word}")));
        all = grown.map(|sentence| sentence.trim().to_owned()).collect();
    }
    all
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Reads alternatives until `close`, or to the end.
fn parse_until(chars: &mut Chars, close: Option<char>) -> Result<Vec<Vec<Node>>, String> {
    let mut choices = vec![Vec::new()];
    loop {
        let c = chars.next();
        let nodes = choices.last_mut().expect("there is always one");
        match c {
            c if c == close => return Ok(choices),
            None => return Err(format!("{:?} is missing", close.unwrap_or_default())),
            Some('[') => {
                let mut inner = parse_until(chars, Some(']'))?;
                inner.push(Vec::new());
                nodes.push(Node::Choice(inner));
            }
            Some('(') => nodes.push(Node::Choice(parse_until(chars, Some(')'))?)),
            Some('{') => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                nodes.push(Node::Slot(Slot::named(&name).ok_or(format!("there is no slot {name:?}"))?));
            }
            Some('|') if close.is_some() => choices.push(Vec::new()),
            Some(c @ (']' | ')' | '}' | '|')) => return Err(format!("{c:?} has nothing to close")),
            Some(c) => {
                let mut text = c.to_string();
                while let Some(c) = chars.next_if(|c| !"[](){}|".contains(*c)) {
                    text.push(c);
                }
                nodes.extend(words(&text).into_iter().map(|w| Node::Word(w.key)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(template: &str, text: &str) -> String {
        let reader = |_: Slot, words: &[Word]| match words {
            [word] if word.key == "ten" => Parsed::Value(Value::Percent(10)),
            _ => Parsed::Nothing,
        };
        match Template::parse(template).unwrap().fit(&words(text), &reader) {
            Fit::Whole(found) => format!("{:?}", found.values),
            Fit::Beginning => "beginning".to_owned(),
            Fit::None => "none".to_owned(),
        }
    }

    #[test]
    fn templates_match_whole_sentences_or_their_beginning() {
        let template = "[please] (set|turn) [the] volume [up] to {percent} [percent|per cent]";
        let check = |text: &str, expected: &str| assert_eq!(fit(template, text), expected, "{text}");
        check("Please set the volume to ten percent.", "[Percent(10)]");
        check("turn volume to ten", "[Percent(10)]");
        check("turn volume up to ten per cent", "[Percent(10)]");
        check("set the volume to", "beginning");
        check("set", "beginning");
        check("", "none");
        check("set the volume to ten percent more", "none");
        check("reset the volume", "none");
    }

    #[test]
    fn what_is_wrong_with_a_template_is_told() {
        for bad in ["(a|b", "[a", "a)", "a|b", "{nothing}", "{", "a]"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
