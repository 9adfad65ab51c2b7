//! How alike two texts are.

/// Levenshtein distance: the fewest items to put in, take out or change to make one sequence of the other.
pub fn edit_distance<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// [`edit_distance`] in letters.
pub fn letters_apart(a: &str, b: &str) -> usize {
    edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
}

/// `text` with its first letter large.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Lower-case words without punctuation, as word-error rates compare them.
pub fn plain_words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (a, b, expected) in
            [("", "abc", 3), ("kitten", "sitting", 3), ("jarvis", "jervis", 1), ("ä", "a", 1)]
        {
            assert_eq!(letters_apart(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn words_are_compared_without_case_and_punctuation() {
        assert_eq!(
            plain_words("What time is it? It's 4:10."),
            ["what", "time", "is", "it", "it's", "4", "10"]
        );
    }
}
