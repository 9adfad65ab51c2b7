//! Where the grammar reads a line otherwise than bash does, the line is not understood.
//!
//! The grammar is made for editors: it skips escaped blanks, takes a `#` in a word for a comment, lets a line feed stand
//! where bash ends a command. Each leaf and each gap between two leaves is looked at here, before anything is judged by the tree.

use tree_sitter::{Node, Tree};

/// The tree is not followed deeper than this.
const DEEPEST: usize = 160;

/// Between the parts of these a line feed ends a command, or means nothing. Within a command it may do neither.
const LINES: &[&str] = &[
    "",
    "program",
    "compound_statement",
    "subshell",
    "do_group",
    "if_statement",
    "elif_clause",
    "else_clause",
    "while_statement",
    "for_statement",
    "case_statement",
    "case_item",
    "command_substitution",
    "process_substitution",
    "function_definition",
    "heredoc_redirect",
    "string",
    "array",
];

/// After these, bash goes on in the next line.
const OPEN: &[&str] = &["|", "|&", "&&", "||", "comment"];

/// Why bash may read this text otherwise than the tree does; none if both agree.
pub(super) fn differs(tree: &Tree, text: &str) -> Option<&'static str> {
    let root = tree.root_node();
    if root.has_error() {
        return Some("is not a command line that can be read");
    }
    let bytes = text.as_bytes();
    let mut cursor = tree.walk();
    // The tree would be searched from its root for each node's parent.
    let mut parents = Vec::new();
    let (mut end, mut before, mut shared, mut heredocs) = (0, "", "", 0);
    loop {
        let node = cursor.node();
        if parents.len() > DEEPEST {
            return Some("is nested too deeply to be judged");
        }
        if let Some(reason) = branch(&node, bytes) {
            return Some(reason);
        }
        if node.kind() == "heredoc_redirect" {
            heredocs += 1;
            if heredocs > 1 || !heredoc_agrees(&node, text) {
                return Some("has a here-document that is not understood");
            }
        }
        // Whether a here-document's body is known to be plain was seen above.
        if node.kind() == "heredoc_body" || node.child_count() == 0 {
            let kind = node.kind();
            let parent = parents.last().copied().unwrap_or("");
            let gap = bytes.get(end..node.start_byte())?;
            let touches = end > 0 && gap.is_empty() && one_word(bytes, end, (before, kind), shared, &parents);
            if touches || !gap_agrees(gap, before, shared) || !leaf_agrees(&node, parent, bytes) {
                return Some("is written in a way that is not understood");
            }
            (end, before) = (node.end_byte().max(end), kind);
        } else if cursor.goto_first_child() {
            parents.push(node.kind());
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                let rest = bytes.get(end..).unwrap_or_default();
                return (!gap_agrees(rest, "", "")).then_some("is written in a way that is not understood");
            }
            parents.pop();
        }
        shared = parents.last().copied().unwrap_or("");
    }
}

/// What may stand between two leaves: blanks, continued lines, and line feeds where they cannot part a command. `shared` is
/// the smallest node that both leaves are in.
fn gap_agrees(gap: &[u8], before: &str, shared: &str) -> bool {
    if gap.is_empty() {
        return true;
    }
    let mut rest = gap;
    let mut line_feeds = false;
    while let [first, others @ ..] = rest {
        rest = match (first, others) {
            (b' ' | b'\t', _) => others,
            (b'\n', _) => {
                line_feeds = true;
                others
            }
            // A line is continued only between words: `l\` and `s` on the next line are one word to bash.
            (b'\\', [b'\n', after @ ..]) if matches!(gap[0], b' ' | b'\t') => after,
            _ => return false,
        };
    }
    !line_feeds
        || LINES.contains(&shared)
        || (matches!(shared, "pipeline" | "list") && OPEN.contains(&before))
}

/// Whether two leaves that touch each other, and are two to the tree, are one word to bash: `"r"\m`, `then"x"`, `{ls`.
fn one_word(bytes: &[u8], at: usize, (before, kind): (&str, &str), shared: &str, parents: &[&str]) -> bool {
    let parts = |b: &u8| b" \t\n;&|()<>".contains(b);
    let substitutes = matches!(kind, "<(" | ">(");
    if bytes.get(at - 1).is_none_or(parts) || (bytes.get(at).is_none_or(parts) && !substitutes) {
        return false;
    }
    let reckons = |kind: &&str| {
        matches!(*kind, "arithmetic_expansion" | "c_style_for_statement" | "compound_statement")
    };
    match shared {
        "concatenation"
        | "string"
        | "expansion"
        | "simple_expansion"
        | "variable_assignment"
        | "subscript"
        | "brace_expression"
        | "arithmetic_expansion" => false,
        "command_substitution" => before != "`" && kind != "`",
        "heredoc_redirect" => before != "<<-",
        // What arithmetic may hold is looked at elsewhere.
        "binary_expression"
        | "unary_expression"
        | "postfix_expression"
        | "ternary_expression"
        | "c_style_for_statement" => {
            !parents.iter().rev().take_while(|kind| **kind != "test_command").any(reckons)
        }
        _ => true,
    }
}

/// What must hold for a node that has parts.
fn branch(node: &Node, bytes: &[u8]) -> Option<&'static str> {
    let strange = Some("is written in a way that is not understood");
    match node.kind() {
        // The parts of one word touch each other.
        "concatenation" | "variable_assignment" | "brace_expression" | "simple_expansion" => {
            let mut end = None;
            let mut cursor = node.walk();
            for part in node.children(&mut cursor) {
                if end.is_some_and(|end| end != part.start_byte()) {
                    return strange;
                }
                end = Some(part.end_byte());
            }
            None
        }
        // Bash wants a command in each of these.
        "compound_statement" | "do_group" | "else_clause" | "subshell" if node.named_child_count() == 0 => {
            strange
        }
        "if_statement" | "elif_clause" | "case_item" => {
            let mut cursor = node.walk();
            let mut open = false;
            for part in node.children(&mut cursor) {
                if open && matches!(part.kind(), "fi" | "elif_clause" | "else_clause") {
                    return strange;
                }
                open = part.kind() == "then" || (open && part.kind() == "comment");
            }
            if open { strange } else { None }
        }
        // In backquotes a backslash quotes once more than elsewhere.
        "command_substitution" => {
            let text = bytes.get(node.byte_range())?;
            let backquoted = text.first() == Some(&b'`');
            ((backquoted && text.contains(&b'\\')) || text.starts_with(b"$`"))
                .then_some("quotes in a way that is not understood")
        }
        "expansion" => (!expansion_agrees(bytes.get(node.byte_range())?))
            .then_some("has an expansion that is not understood"),
        "arithmetic_expansion" => (!arithmetic_agrees(bytes.get(node.byte_range())?))
            .then_some("reckons in a way that is not understood"),
        // Its head is reckoned; its body is walked.
        "c_style_for_statement" => {
            let end = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
            let head = bytes.get(node.start_byte()..end)?;
            let plain = head.split(|b| *b == b';' || *b == b'\n').all(arithmetic_agrees);
            (!plain).then_some("reckons in a way that is not understood")
        }
        "translated_string" => strange,
        "string" if node.start_byte().checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'$') => strange,
        _ => None,
    }
}

/// `${name}` and the plain ones of its forms. What `@P` expands is run.
fn expansion_agrees(text: &[u8]) -> bool {
    let inner = text.strip_prefix(b"${").and_then(|t| t.strip_suffix(b"}")).unwrap_or_default();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_ .:-+=?#%/*@,^![]".contains(b) || *b >= 0x80;
    // A subscript is reckoned.
    let subscript = inner.iter().position(|b| *b == b'[').map(|at| &inner[at..]);
    let counted = subscript.is_none_or(|s| s.iter().all(|b| b.is_ascii_digit() || b"[]@*".contains(b)));
    !inner.is_empty() && inner.iter().all(plain) && counted && !inner.windows(2).any(|w| w == b"@P")
}

/// Numbers, names and operators, nothing else.
pub(super) fn arithmetic_agrees(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"$").unwrap_or(text);
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_ \t+-*/%<>=!&|^~?:,().$".contains(b);
    text.iter().all(plain)
        && !text.windows(2).any(|w| w[0] == b'$' && !(w[1].is_ascii_alphanumeric() || w[1] == b'_'))
}

/// Whether bash, too, takes this leaf for what it is.
fn leaf_agrees(node: &Node, parent: &str, bytes: &[u8]) -> bool {
    let Some(text) = bytes.get(node.byte_range()) else { return false };
    match node.kind() {
        "comment" => match node.start_byte().checked_sub(1).and_then(|at| bytes.get(at)) {
            // Escaped blanks are no gaps, so a blank here is one.
            None | Some(b' ' | b'\t' | b'\n') => true,
            Some(_) => false,
        },
        "raw_string" | "heredoc_body" | "heredoc_end" | "heredoc_start" => true,
        "ansi_c_string" => ends_once(text),
        "regex" | "extglob_pattern" => {
            !text.iter().any(|b| b";&`\n\\'\"<>{".contains(b))
                && !text.windows(2).any(|w| w == b"$(" || w == b"$[")
        }
        ";;" | ";&" | ";;&" => parent == "case_item",
        "string_content" => true,
        "number" => node.child_count() == 0,
        // An editor's grammar knows nothing of the csh.
        "unsetenv" => false,
        "``" => false,
        _ => !text.windows(2).any(|w| w == b"\\\n"),
    }
}

/// `$'..'` ends at its first quote that is not escaped.
fn ends_once(text: &[u8]) -> bool {
    let mut at = 2;
    while let Some(b) = text.get(at) {
        match b {
            b'\\' => at += 2,
            b'\'' => return at + 1 == text.len(),
            _ => at += 1,
        }
    }
    false
}

/// Whether bash ends the here-document where the tree does, and does nothing in it but put in variables.
fn heredoc_agrees(node: &Node, text: &str) -> bool {
    let mut cursor = node.walk();
    let (mut start, mut body, mut end, mut dashed) = (None, None, None, false);
    for part in node.children(&mut cursor) {
        match part.kind() {
            "heredoc_start" => start = Some(part.byte_range()),
            "heredoc_body" => body = Some(part.byte_range()),
            "heredoc_end" => end = Some(part.byte_range()),
            "<<-" => dashed = true,
            _ => {}
        }
    }
    let (Some(start), Some(body), Some(end)) = (start, body, end) else { return false };
    let word = &text[start.clone()];
    let bare = ['\'', '"'].iter().find_map(|q| word.strip_prefix(*q)?.strip_suffix(*q));
    let name = bare.unwrap_or(word);
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return false;
    }
    // From the line after the one that it is announced on.
    let Some(first) = text[start.end..].find('\n').map(|at| start.end + at + 1) else { return false };
    if text[start.end..first].contains(['\'', '"', '\\', '#', '(', '`']) {
        return false;
    }
    let mut at = first;
    for line in text[first..].split_inclusive('\n') {
        let plain = line.strip_suffix('\n').unwrap_or(line);
        let shown = if dashed { plain.trim_start_matches('\t') } else { plain };
        if shown == name {
            let here = at + plain.len() - shown.len();
            let agrees =
                end.start <= here && text[end.start..here].trim().is_empty() && end.end == at + plain.len();
            let inner = &text[first..at];
            let still = bare.is_some()
                || !(inner.contains(['`', '\\'])
                    || inner.contains("$(")
                    || inner.contains("${")
                    || inner.contains("$["));
            return agrees && body.start <= at && still;
        }
        at += line.len();
    }
    false
}
