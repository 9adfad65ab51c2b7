//! Secrets (its place is kept until it is there).

/// Whether something secret stands in `text`.
pub fn leaks(text: &str, known: &[String]) -> bool {
    known.iter().any(|secret| text.contains(secret))
}
