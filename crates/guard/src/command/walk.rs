//! The walk over a command line's tree: every statement, redirection and substitution is come by.

use tree_sitter::Node;

use super::form;
use super::reading::Reading;
use super::words::Word;
use crate::act::Risk;

/// Words that bash reads as grammar where a command may begin.
const RESERVED: &[&str] = &[
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "in",
    "select", "function", "coproc", "{", "}", "!", "[[", "]]", "((", "))", "unsetenv", "]",
];

/// A text that is walked.
pub(super) struct Walk<'a> {
    pub text: &'a str,
    pub reading: &'a mut Reading,
}

impl Reading {
    /// Takes a whole text apart: the line itself, or what an inner shell is given.
    pub fn text(&mut self, text: &str) {
        let tree = match super::tree(text) {
            Ok(tree) => tree,
            Err(reason) => return self.lose(reason),
        };
        if let Some(reason) = form::differs(&tree, text) {
            return self.lose(reason);
        }
        if tree.root_node().named_child_count() == 0 {
            return self.lose("holds no command");
        }
        Walk { text, reading: self }.statements(tree.root_node(), false);
    }
}

impl<'a> Walk<'a> {
    /// The text of a node.
    pub fn source(&self, node: Node) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// All statements in a node. `fed`: something comes in on their standard input.
    fn statements(&mut self, node: Node, fed: bool) {
        let mut cursor = node.walk();
        for part in node.children(&mut cursor) {
            if part.is_named() {
                self.statement(part, fed);
            } else if part.kind() == "&" {
                self.reading.note(Risk::Medium, "goes on in the background");
            }
        }
    }

    fn statement(&mut self, node: Node, fed: bool) {
        match node.kind() {
            "comment" => {}
            "command" => self.command(node, fed),
            "list" | "subshell" | "if_statement" | "elif_clause" | "else_clause" | "do_group"
            | "while_statement" | "negated_command" => self.statements(node, fed),
            "pipeline" => self.pipeline(node, fed),
            "redirected_statement" => self.redirected(node, fed),
            "compound_statement" => {
                if node.child(0).is_some_and(|first| first.kind() == "((") {
                    self.arithmetic(node);
                } else {
                    self.statements(node, fed);
                }
            }
            "for_statement" | "case_statement" | "case_item" => {
                let mut cursor = node.walk();
                for part in node.named_children(&mut cursor) {
                    match part.kind() {
                        "do_group" | "case_item" => self.statement(part, fed),
                        "variable_name" => self.variable(self.source(part)),
                        "extglob_pattern" => {}
                        kind if is_word(kind) => {
                            let word = self.word(part);
                            self.reading.taken |= word.literal().is_none();
                        }
                        _ => self.statement(part, fed),
                    }
                }
            }
            "c_style_for_statement" => {
                self.reading.reckons = true;
                if let Some(body) = node.child_by_field_name("body") {
                    self.statement(body, fed);
                }
            }
            "function_definition" => self.function(node, fed),
            "variable_assignment" => self.assignment(node, false),
            "variable_assignments" => {
                let mut cursor = node.walk();
                for part in node.named_children(&mut cursor) {
                    self.assignment(part, false);
                }
            }
            "declaration_command" => self.declaration(node),
            "unset_command" => {
                let mut cursor = node.walk();
                for part in node.named_children(&mut cursor) {
                    let word = self.word(part);
                    if word.literal().is_none_or(|name| name.contains('[')) {
                        self.reading.lose("takes away a variable that is not known");
                    }
                }
            }
            "test_command" => {
                self.reading.reckons = true;
                self.test(node);
            }
            _ => self.reading.lose("has a form that is not understood"),
        }
    }

    fn pipeline(&mut self, node: Node, fed: bool) {
        let mut cursor = node.walk();
        let (mut fed, mut first) = (fed, true);
        for part in node.named_children(&mut cursor) {
            if part.kind() == "negated_command" && !first {
                self.reading.lose("has a form that is not understood");
            }
            first = false;
            if part.kind() != "comment" {
                self.statement(part, fed);
                fed = true;
            }
        }
    }

    /// `$(..)`, backquotes, `<(..)` and `>(..)`.
    pub fn substitution(&mut self, node: Node) {
        let fed = self.source(node).starts_with(">(");
        let text = self.text;
        self.reading.deeper(|reading| {
            let mut walk = Walk { text, reading };
            if let Some(redirect) = node.child_by_field_name("redirect") {
                walk.redirect(redirect);
            } else {
                walk.statements(node, fed);
            }
        });
    }

    /// Variables that an expansion names. Their values are not known here.
    pub fn expansion(&mut self, node: Node) {
        let text = self.source(node);
        // `${x:y}` reckons y, `${x:-y}` does not.
        if text.split_once(':').is_some_and(|(_, after)| !after.starts_with(['-', '=', '?', '+'])) {
            self.reading.reckons = true;
        }
        if let Some((name, _)) =
            text.trim_start_matches("${").split_once(['=', ':']).filter(|_| text.contains('='))
        {
            self.variable(name);
        }
    }

    /// Arithmetic, which the form has allowed.
    pub fn arithmetic(&mut self, node: Node) {
        self.reading.reckons = true;
        if !form::arithmetic_agrees(self.source(node).as_bytes()) {
            self.reading.lose("reckons in a way that is not understood");
        }
    }

    /// `[ .. ]` and `[[ .. ]]`: its words are walked.
    fn test(&mut self, node: Node) {
        let mut cursor = node.walk();
        for part in node.named_children(&mut cursor) {
            match part.kind() {
                "regex" | "extglob_pattern" | "test_operator" => {}
                "unary_expression" | "binary_expression" | "parenthesized_expression" => self.test(part),
                kind if is_word(kind) => {
                    let word = self.word(part);
                    if word.text.contains(['$', '`']) || (word.text.contains('[') && !word.glob) {
                        self.reading.lose("tests something that is not understood");
                    }
                }
                _ => self.reading.lose("tests something that is not understood"),
            }
        }
    }

    fn function(&mut self, node: Node, fed: bool) {
        let name = node.child_by_field_name("name").map(|name| self.source(name)).unwrap_or_default();
        if name.is_empty() || name.contains(['\\', '*', '?', '[', '~', '$']) || RESERVED.contains(&name) {
            return self.reading.lose("defines a function with a name that is not understood");
        }
        self.reading.functions.insert(name.to_owned());
        self.reading.defining.push(name.to_owned());
        let mut cursor = node.walk();
        for part in node.named_children(&mut cursor) {
            match part.kind() {
                "word" => {}
                "file_redirect" | "herestring_redirect" => {
                    self.redirect(part);
                }
                _ => self.statement(part, fed),
            }
        }
        self.reading.defining.pop();
    }

    fn redirected(&mut self, node: Node, fed: bool) {
        let mut cursor = node.walk();
        let mut fed = fed;
        // What the redirections feed is known before the command is judged.
        for part in node.named_children(&mut cursor) {
            if is_redirect(part.kind()) {
                fed |= self.redirect(part);
            }
        }
        for part in node.named_children(&mut cursor) {
            if !is_redirect(part.kind()) {
                self.statement(part, fed);
            }
        }
    }

    /// Returns whether it feeds the standard input.
    fn redirect(&mut self, node: Node) -> bool {
        let mut cursor = node.walk();
        match node.kind() {
            "herestring_redirect" => {
                for part in node.named_children(&mut cursor).filter(|part| part.kind() != "file_descriptor") {
                    self.word(part);
                }
                true
            }
            "heredoc_redirect" => {
                for part in node.named_children(&mut cursor) {
                    match part.kind() {
                        "heredoc_start" | "heredoc_end" | "file_descriptor" => {}
                        // That nothing runs in it, the form has seen.
                        "heredoc_body" => {}
                        "file_redirect" | "herestring_redirect" => {
                            self.redirect(part);
                        }
                        // A pipe after it has its first part before it.
                        "pipeline" => self.statements(part, true),
                        kind if is_word(kind) => self.reading.lose("has words after a here-document"),
                        _ => self.statement(part, false),
                    }
                }
                true
            }
            _ => self.file_redirect(node),
        }
    }

    fn file_redirect(&mut self, node: Node) -> bool {
        let mut cursor = node.walk();
        let mut kind = "";
        let mut targets = Vec::new();
        for part in node.children(&mut cursor) {
            if !part.is_named() {
                kind = part.kind();
            } else if part.kind() != "file_descriptor" {
                targets.push(part);
            }
        }
        // To bash only the first of these is the target, and the others are words of the command.
        let target = match (targets.as_slice(), kind) {
            ([], "<&-" | ">&-") => return false,
            ([target], _) if !matches!(kind, "<&-" | ">&-") => self.word(*target),
            _ => {
                self.reading.lose("has words after a redirection");
                return false;
            }
        };
        match kind {
            "<" => self.reading.read_file(&target),
            ">" | ">|" | "&>" => self.reading.write_file(&target, Risk::High, "writes over a file"),
            ">>" | "&>>" => self.reading.write_file(&target, Risk::Medium, "adds to a file"),
            "<&" | ">&" => {
                let number = target
                    .literal()
                    .is_some_and(|t| t.trim_end_matches('-').bytes().all(|b| b.is_ascii_digit()));
                if !number {
                    self.reading.write_file(&target, Risk::High, "writes over a file");
                }
            }
            _ => self.reading.lose("redirects in a way that is not understood"),
        }
        matches!(kind, "<" | "<&")
    }

    fn command(&mut self, node: Node, fed: bool) {
        let mut words = Vec::new();
        let mut fed = fed;
        let mut cursor = node.walk();
        for part in node.children(&mut cursor) {
            match part.kind() {
                "variable_assignment" => self.assignment(part, true),
                "command_name" => {
                    let Some(name) = part.child(0) else { continue };
                    words.push(self.word(name));
                }
                "file_redirect" | "herestring_redirect" => fed |= self.redirect(part),
                "comment" => {}
                kind if is_word(kind) || matches!(kind, "$" | "==" | "=~") => words.push(self.word(part)),
                _ => self.reading.lose("has a form that is not understood"),
            }
        }
        self.reading.program(&words, fed);
    }

    /// A value for a variable. `given`: a program is given it.
    fn assignment(&mut self, node: Node, given: bool) {
        let Some(name) = node.child_by_field_name("name") else {
            return self.reading.lose("sets a variable that is not known");
        };
        if name.kind() == "subscript" {
            // It is reckoned, and may run something.
            self.reading.reckons = true;
            let index = name.child_by_field_name("index");
            if !index.is_some_and(|index| form::arithmetic_agrees(self.source(index).as_bytes())) {
                return self.reading.lose("sets a variable that is not known");
            }
        }
        let name = self.source(name).split('[').next().unwrap_or_default();
        self.variable(name);
        if given {
            self.reading.environment(name);
        }
        let mut cursor = node.walk();
        for value in node.children_by_field_name("value", &mut cursor) {
            if value.kind() == "array" {
                let mut cursor = value.walk();
                for item in value.named_children(&mut cursor).filter(|item| item.kind() != "comment") {
                    self.value(item);
                }
            } else {
                self.value(value);
            }
        }
    }

    fn value(&mut self, node: Node) {
        if !is_word(node.kind()) {
            return self.reading.lose("sets a variable in a way that is not understood");
        }
        let word = self.word(node);
        // Arithmetic would run what stands in there.
        if word.text.contains("$(") || word.text.contains('`') || word.text.contains("${") {
            self.reading.lose("hides a command in a variable");
        }
        self.reading.taken |= !word.whole;
    }

    fn variable(&mut self, name: &str) {
        self.reading.variable(name);
    }

    fn declaration(&mut self, node: Node) {
        let mut cursor = node.walk();
        for part in node.named_children(&mut cursor) {
            match part.kind() {
                "variable_assignment" => self.assignment(part, true),
                "variable_name" => self.variable(self.source(part)),
                "comment" => {}
                _ => {
                    let word = self.word(part);
                    match word.literal() {
                        // Integers are reckoned, and a reference leads to a variable with another name.
                        Some(text) if text.starts_with('-') && !text.contains(['i', 'n', 'f', 'F']) => {}
                        _ => self.reading.lose("declares a variable that is not known"),
                    }
                }
            }
        }
    }
}

/// Whether a name is one of the grammar's.
pub(super) fn is_reserved(word: &Word) -> bool {
    !word.quoted && RESERVED.contains(&word.text.as_str())
}

fn is_redirect(kind: &str) -> bool {
    matches!(kind, "file_redirect" | "heredoc_redirect" | "herestring_redirect")
}

fn is_word(kind: &str) -> bool {
    matches!(
        kind,
        "word"
            | "number"
            | "string"
            | "raw_string"
            | "ansi_c_string"
            | "concatenation"
            | "simple_expansion"
            | "expansion"
            | "command_substitution"
            | "process_substitution"
            | "arithmetic_expansion"
            | "brace_expression"
    )
}
