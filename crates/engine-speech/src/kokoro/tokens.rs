//! The network's alphabet, and how a long text is cut for it.

/// Tokens and the signs that they stand for: the first of each run, as in the `vocab` of the model's `config.json`. 0 stands at
/// both ends of a text.
const TOKENS: &[(i64, &str)] = &[
    (1, ";:,.!?"),
    (9, "—…\"()“” "),
    (18, "ʣʥʦʨ"),
    (24, "AI"),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (177, "ᵻ"),
];

/// The token of a sign, if the network knows it.
pub fn token(sign: char) -> Option<i64> {
    TOKENS.iter().find_map(|(first, run)| Some(first + run.chars().position(|known| known == sign)? as i64))
}

/// Cuts what has more than `most` signs: behind a sentence where one ends, else behind a clause, else between two words.
pub fn split(phonemes: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = phonemes.trim();
    while let Some((end, _)) = rest.char_indices().nth(most) {
        let room = &rest[..end];
        let behind = |marks: &[char]| {
            let mut spaces = room.match_indices(' ').map(|(at, _)| at).collect::<Vec<_>>();
            spaces.reverse();
            spaces.into_iter().find(|at| room[..*at].trim_end_matches(['”', '"', ')']).ends_with(marks))
        };
        let cut = behind(&['.', '!', '?', '…'])
            .or_else(|| behind(&[',', ';', ':', '—']))
            .or_else(|| room.rfind(' '))
            .unwrap_or(end);
        pieces.push(rest[..cut].trim());
        rest = rest[cut..].trim_start();
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_have_their_tokens() {
        // As the model's configuration lists them.
        for (sign, expected) in
            [(';', 1), ('?', 6), ('—', 9), (' ', 16), ('A', 24), ('Y', 41), ('ᵊ', 42), ('a', 43), ('f', 48)]
        {
            assert_eq!(token(sign), Some(expected), "{sign}");
        }
        for (sign, expected) in [
            ('h', 50),
            ('z', 68),
            ('æ', 72),
            ('ɡ', 92),
            ('ɹ', 123),
            ('ʧ', 133),
            ('ˈ', 156),
            ('ː', 158),
            ('ᵻ', 177),
        ] {
            assert_eq!(token(sign), Some(expected), "{sign}");
        }
        assert_eq!(token('g'), None);
        let mut last = 0;
        for (first, run) in TOKENS {
            assert!(*first > last, "{run}");
            last = first + run.chars().count() as i64 - 1;
        }
    }

    #[test]
    fn a_long_text_is_cut_where_a_speaker_would() {
        let check = |text: &str, most: usize, expected: &[&str]| {
            assert_eq!(split(text, most), expected, "{text}");
        };
        check("abc", 10, &["abc"]);
        check("", 10, &[]);
        check("ab cd. ef, gh ij", 12, &["ab cd.", "ef, gh ij"]);
        check("ab cd “ef.” gh ij", 13, &["ab cd “ef.”", "gh ij"]);
        check("ab cd, ef gh ij", 12, &["ab cd,", "ef gh ij"]);
        check("ab cd ef gh", 7, &["ab cd", "ef gh"]);
        check("abcdefghijkl", 5, &["abcde", "fghij", "kl"]);
        let long = "ðˈə wˈɜːd. ".repeat(200);
        assert!(split(&long, 510).iter().all(|piece| piece.chars().count() <= 510 && piece.ends_with('.')));
    }
}
