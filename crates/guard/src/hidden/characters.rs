//! Characters that have no shape: removed, but where writing needs them.

/// The tags that spell the flags of England, Scotland and Wales after a black flag, and end.
const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
const BLACK_FLAG: char = '\u{1F3F4}';
const TAG_END: char = '\u{E007F}';

/// The `text` without characters that have no shape, without the terminal's commands and what they conceal, and how many
/// characters those were. What begins a new line or page is a line feed afterwards.
pub(crate) fn visible(text: &str) -> (String, u32) {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut kept, mut concealed) = (0, 0, false);
    while at < chars.len() {
        let length = match chars[at] {
            '\u{1B}' | '\u{90}' | '\u{98}' | '\u{9B}' | '\u{9D}'..='\u{9F}' => {
                let command = &chars[at..at + command(&chars[at..])];
                concealed = conceals(command).unwrap_or(concealed);
                at += command.len();
                continue;
            }
            '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                out.push('\n');
                kept += 1;
                at += 1;
                continue;
            }
            '\n' => 1,
            _ if concealed => 0,
            BLACK_FLAG => 1 + flag(&chars[at + 1..]),
            _ if stays(&chars, at) => 1,
            _ => 0,
        };
        out.extend(&chars[at..at + length]);
        kept += length;
        at += length.max(1);
    }
    (out, u32::try_from(chars.len() - kept).unwrap_or(u32::MAX))
}

/// Whether the terminal shows nothing of what follows, where the command says so (SGR 8), or shows it again (0 and 28).
fn conceals(command: &[char]) -> Option<bool> {
    let parameters: String = command.iter().skip_while(|c| matches!(c, '\u{1B}' | '\u{9B}' | '[')).collect();
    let codes = parameters.strip_suffix('m')?.split([';', ':']);
    codes
        .filter_map(|code| match code {
            "8" => Some(true),
            "" | "0" | "28" => Some(false),
            _ => None,
        })
        .next_back()
}

/// How many characters of tags follow a black flag, if they spell one of the flags that there are.
fn flag(rest: &[char]) -> usize {
    let spelt = |flag: &&&str| {
        let tags = flag.chars().filter_map(|c| char::from_u32(0xE0000 + u32::from(c)));
        rest.iter().copied().take(flag.len() + 1).eq(tags.chain([TAG_END]))
    };
    FLAGS.iter().find(spelt).map_or(0, |flag| flag.len() + 1)
}

/// How long a command for a terminal is, after ECMA-48: CSI with its parameters, a string with its end, or two characters.
fn command(chars: &[char]) -> usize {
    let (kind, begin) = match chars {
        ['\u{1B}', kind, ..] => (*kind, 2),
        ['\u{1B}'] => return 1,
        ['\u{9B}', ..] => ('[', 1),
        ['\u{9D}', ..] => (']', 1),
        _ => ('P', 1),
    };
    let rest = &chars[begin..];
    match kind {
        '[' => {
            let parameters = rest.iter().take_while(|c| (' '..='?').contains(*c)).count();
            let last = rest.get(parameters).is_some_and(|c| ('@'..='~').contains(c));
            begin + parameters + usize::from(last)
        }
        ']' | 'P' | 'X' | '^' | '_' => {
            // One without an end would swallow the rest: only its mark is removed then.
            for (index, c) in rest.iter().enumerate() {
                match c {
                    '\u{07}' | '\u{9C}' => return begin + index + 1,
                    '\u{1B}' if rest.get(index + 1) == Some(&'\\') => return begin + index + 2,
                    _ => {}
                }
            }
            begin
        }
        ' '..='/' => begin + usize::from(!rest.is_empty()),
        '0'..='~' => begin,
        _ => 1,
    }
}

fn stays(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| chars[at]);
    let after = chars.get(at + 1).copied();
    match chars[at] {
        '\n' | '\t' => true,
        // The end of a line in files of Windows, and nowhere else: a terminal goes back and writes over the line.
        '\r' => after == Some('\n'),
        '\u{200D}' => {
            joins(chars, at) || after.is_some_and(joined) && before.is_some_and(joined) || ends_indic(before)
        }
        '\u{200C}' => before.is_some_and(joined) && after.is_some_and(joined),
        // A shape for a picture or a keycap; for ideographs those of their own plane too.
        '\u{FE0E}' | '\u{FE0F}' => before.is_some_and(is_picture) || after == Some('\u{20E3}'),
        '\u{FE00}'..='\u{FE0D}' => {
            before.is_some_and(|c| is_ideograph(c) || matches!(c, '\u{2200}'..='\u{22FF}'))
        }
        '\u{E0100}'..='\u{E01EF}' => before.is_some_and(is_ideograph),
        '\u{180B}'..='\u{180F}' => before.is_some_and(|c| matches!(c, '\u{1800}'..='\u{18AF}')),
        c => !is_shapeless(c),
    }
}

/// Whether the joiner joins two pictures into one.
fn joins(chars: &[char], at: usize) -> bool {
    // A colour of skin or a variation selector may stand between a picture and the joiner.
    let before =
        chars[..at].iter().rev().take(3).find(|c| !matches!(c, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}'));
    let colour = at.checked_sub(1).is_some_and(|at| matches!(chars[at], '\u{1F3FB}'..='\u{1F3FF}'));
    let after = chars.get(at + 1).copied();
    (colour || before.copied().is_some_and(is_picture)) && after.is_some_and(is_picture)
}

fn is_picture(c: char) -> bool {
    matches!(c, '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21FF}'
        | '\u{2300}'..='\u{23FF}' | '\u{24C2}' | '\u{25A0}'..='\u{27BF}' | '\u{2934}' | '\u{2935}'
        | '\u{2B00}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFD}')
}

/// Letters and signs of scripts in which the joiner and the non-joiner change how a word is written.
fn joined(c: char) -> bool {
    // Arabic, Syriac, N'Ko and their extensions; Mongolian; the Indic scripts up to Sinhala; Tibetan, Myanmar, Khmer;
    // presentation forms.
    matches!(c, '\u{0620}'..='\u{08FF}' | '\u{0900}'..='\u{0DFF}' | '\u{0F00}'..='\u{109F}' | '\u{1780}'..='\u{18AF}'
        | '\u{1A20}'..='\u{1BFF}' | '\u{A8E0}'..='\u{A8FF}' | '\u{AA60}'..='\u{AA7F}' | '\u{11000}'..='\u{1145F}'
        | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
        && !is_shapeless(c)
}

/// The sign that takes an Indic letter's vowel: with a joiner after it, a word may end in half a letter.
fn ends_indic(before: Option<char>) -> bool {
    before.is_some_and(|c| {
        matches!(
            c,
            '\u{094D}'
                | '\u{09CD}'
                | '\u{0A4D}'
                | '\u{0ACD}'
                | '\u{0B4D}'
                | '\u{0BCD}'
                | '\u{0C4D}'
                | '\u{0CCD}'
                | '\u{0D4D}'
                | '\u{0DCA}'
        )
    })
}

/// Characters of control (Cc) and of format (Cf) that show nothing, letters that show nothing, and planes without letters.
/// Not the marks of Arabic and Syriac numbers, which are of the same class and are seen.
fn is_shapeless(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{10FFFF}')
}
