//! Command lines, taken apart whole: every program that would run, what is read, written and reached.
//!
//! A line is never judged by its first word. All of it is walked, substitutions and the texts of inner shells too, and
//! whatever is not understood for certain is critical. Nothing is run, and no file is looked at. The tool for commands
//! calls this when it tells what a call would do; the policy judges the outcome.

mod files;
mod form;
mod judge;
mod kinds;
mod own;
mod programs;
mod reading;
mod walk;
mod words;

use std::cell::RefCell;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use tree_sitter::{ParseOptions, Parser, Tree};

use crate::act::Risk;
use reading::Reading;

/// Longer texts are not looked at.
const LONGEST: usize = 8 * 1024;
/// The parser gives up after so many of its own rounds. A line of [`LONGEST`] bytes takes a tenth of them; what takes more
/// was made to.
const ROUNDS: u32 = 2_000;

/// A command line, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandLine {
    /// As it was given.
    pub text: String,
    /// Every program that it would run, in order, those in substitutions and pipes too. Names, not paths.
    pub programs: Vec<String>,
    /// How much harm it can do, outside of any sandbox.
    pub risk: Risk,
    /// Why, one short phrase each: "removes files", "reaches the network".
    pub reasons: Vec<String>,
    /// Whether all of it was understood. What was not is critical.
    pub understood: bool,
    /// What it may read, as written there: paths, and now and then a word that is none. `*` stands for what is not known.
    #[serde(default)]
    pub reads: Vec<String>,
    /// What it writes, changes or removes, as written there. `*` stands for what is not known.
    #[serde(default)]
    pub writes: Vec<String>,
    /// The machines that it names.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Whether it reaches the network, as far as its programs are known.
    #[serde(default)]
    pub network: bool,
}

/// Takes a command line apart, as bash would read it.
pub fn read(text: &str) -> CommandLine {
    let mut reading = Reading::default();
    reading.text(text);
    reading.into_line(text)
}

/// The tree of a text; none when it is too long, holds characters that a person does not see, or takes too long to read.
fn tree(text: &str) -> Result<Tree, &'static str> {
    if text.len() > LONGEST {
        return Err("is too long to be judged");
    }
    if text.chars().any(hidden) {
        return Err("holds characters that are not seen");
    }
    thread_local! {
        // Making a parser costs more than most lines do.
        static PARSER: RefCell<Option<Parser>> = RefCell::new(parser());
    }
    PARSER.with_borrow_mut(|parser| {
        let parser = parser.as_mut().ok_or("cannot be read: the grammar does not load")?;
        let mut rounds = 0;
        let mut within = |_: &tree_sitter::ParseState| {
            rounds += 1;
            if rounds > ROUNDS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut within);
        let bytes = text.as_bytes();
        let tree =
            parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
        // What was cut short must not be taken up by the next text.
        parser.reset();
        tree.ok_or("takes too long to be judged")
    })
}

fn parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
    Some(parser)
}

/// Whether a person does not see this character, or sees another order because of it.
fn hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_control() || (c.is_whitespace() && c != ' '),
    }
}
