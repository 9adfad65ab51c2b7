//! Signs, units, amounts and times written out as the words that people say for them, in English.
//!
//! Only what espeak-ng reads wrongly is touched; it knows ordinals, large numbers, "e.g." and most signs itself.

use unicode_segmentation::UnicodeSegmentation;

/// Abbreviation, one, several. Only after a number.
const UNITS: &[(&str, &str, &str)] = &[
    ("°C", "degree Celsius", "degrees Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("m/s", "meter per second", "meters per second"),
    ("km²", "square kilometer", "square kilometers"),
    ("m²", "square meter", "square meters"),
    ("m³", "cubic meter", "cubic meters"),
    ("km", "kilometer", "kilometers"),
    ("m", "meter", "meters"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("mi", "mile", "miles"),
    ("ft", "foot", "feet"),
    ("kg", "kilogram", "kilograms"),
    ("g", "gram", "grams"),
    ("mg", "milligram", "milligrams"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("l", "liter", "liters"),
    ("L", "liter", "liters"),
    ("ml", "milliliter", "milliliters"),
    ("mL", "milliliter", "milliliters"),
    ("KB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("ms", "millisecond", "milliseconds"),
    ("s", "second", "seconds"),
    ("min", "minute", "minutes"),
    ("h", "hour", "hours"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("W", "watt", "watts"),
    ("kW", "kilowatt", "kilowatts"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
];

/// Sign, one, several, and the hundredths.
const MONEY: &[(char, &str, &str, &str)] = &[
    ('$', "dollar", "dollars", "cents"),
    ('€', "euro", "euros", "cents"),
    ('£', "pound", "pounds", "pence"),
    ('¥', "yen", "yen", ""),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Words that stand for a whole token.
const WHOLE: &[(&str, &str)] = &[
    ("->", "to"),
    ("→", "to"),
    ("⟶", "to"),
    ("=>", "gives"),
    ("⇒", "gives"),
    ("<", "is less than"),
    (">", "is greater than"),
    ("<=", "is at most"),
    ("≤", "is at most"),
    (">=", "is at least"),
    ("≥", "is at least"),
    ("==", "equals"),
    ("!=", "is not"),
    ("≠", "is not"),
    ("&", "and"),
    ("and/or", "and or"),
    ("w/", "with"),
    ("w/o", "without"),
    ("1/2", "½"),
    ("1/3", "⅓"),
    ("2/3", "⅔"),
    ("1/4", "¼"),
    ("3/4", "¾"),
    ("Dr.", "Doctor"),
    ("Mr.", "Mister"),
    ("Mrs.", "Missus"),
    ("Ms.", "Miz"),
    ("Prof.", "Professor"),
    ("vs.", "versus"),
    ("vs", "versus"),
    ("approx.", "approximately"),
];

/// Writes out `text`; also drops emoji and what Markdown left behind, and puts single spaces.
pub fn spell_out(text: &str) -> String {
    let plain: String = text.graphemes(true).map(plain_grapheme).collect();
    let tokens: Vec<&str> = plain.split_whitespace().collect();
    let mut said: Vec<String> = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        let (before, core, behind) = bare(token);
        let word = match (whole(&token[before.len()..]), rest.first()) {
            (Some(word), _) => format!("{before}{word}"),
            (None, Some(next)) => match pair(core, behind, next) {
                Some(word) => {
                    rest = &rest[1..];
                    let (_, _, behind) = bare(next);
                    format!("{before}{word}{behind}")
                }
                None => format!("{before}{}{behind}", single(core)),
            },
            (None, None) => format!("{before}{}{behind}", single(core)),
        };
        // A mark that lost its word, as after an emoji, belongs to the word before.
        match said.last_mut() {
            Some(last) if word.chars().all(|c| ".,;:!?".contains(c)) => {
                if !last.ends_with(['.', ',', ';', ':', '!', '?']) {
                    last.push_str(&word);
                }
            }
            _ if word.chars().all(|c| ".,;:!?".contains(c)) => {}
            _ => said.push(word),
        }
    }
    said.join(" ")
}

fn plain_grapheme(grapheme: &str) -> &str {
    let mut chars = grapheme.chars();
    match chars.next() {
        // Keycaps are a digit and two signs.
        Some(c @ '0'..='9') if chars.as_str().contains('\u{20e3}') => &grapheme[..c.len_utf8()],
        Some(c) if is_picture(c) || matches!(c, '*' | '_' | '`' | '\u{200b}' | '\u{feff}') => " ",
        Some('\u{2212}') => "-",
        Some('’') => "'",
        _ => grapheme,
    }
}

/// Emoji and dingbats; arrows, mathematical signs and letters are none.
fn is_picture(c: char) -> bool {
    matches!(u32::from(c),
        0x1f000..=0x1faff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0x231a..=0x23ff | 0x25a0..=0x25ff | 0xfe0f | 0xe0020..=0xe007f
            | 0x2022 | 0x203c | 0x2049)
}

/// A token without the punctuation around it: what stands before, the core, what stands behind.
fn bare(token: &str) -> (&str, &str, &str) {
    let start = token.len() - token.trim_start_matches(['(', '[', '"', '“', '‘', '\'']).len();
    let core = &token[start..];
    let end = core.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '”', '’', '\'', '…']).len();
    (&token[..start], &core[..end], &core[end..])
}

fn whole(token: &str) -> Option<&'static str> {
    WHOLE.iter().find(|(sign, _)| *sign == token).map(|(_, word)| *word)
}

/// Two tokens that are said as one: "5 km", "$3 million", "7:00 PM".
fn pair(core: &str, behind: &str, next: &str) -> Option<String> {
    if !behind.is_empty() {
        return None;
    }
    let (_, next, _) = bare(next);
    let last = core.rsplit(['-', '–']).next().unwrap_or(core);
    if is_number(core) || is_number(last) {
        return Some(format!("{} {}", single(core), unit(core, next)?));
    }
    if matches!(next, "million" | "billion" | "trillion" | "thousand") {
        let (sign, amount) = split_first(core)?;
        let (_, _, several, _) = MONEY.iter().find(|(s, ..)| *s == sign)?;
        return is_number(amount).then(|| format!("{amount} {next} {several}"));
    }
    let (hour, minutes) = clock(core)?;
    let half = next.replace('.', "").to_uppercase();
    matches!(half.as_str(), "AM" | "PM").then(|| match minutes {
        "00" => format!("{hour} {half}"),
        _ => format!("{} {half}", spoken_clock(hour, minutes)),
    })
}

fn single(core: &str) -> String {
    if let Some(word) = whole(core) {
        return word.into();
    }
    if let Some(host) = host(core) {
        return host.into();
    }
    if let Some((hour, minutes)) = clock(core) {
        return spoken_clock(hour, minutes);
    }
    if let Some(date) = date(core) {
        return date;
    }
    if let Some((sign, rest)) = split_first(core) {
        if let Some(amount) = money(sign, rest) {
            return amount;
        }
        match sign {
            '#' if is_number(rest) => return format!("number {rest}"),
            '~' if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                return format!("about {}", single(rest));
            }
            _ => {}
        }
    }
    // "20°C", "5km": the number ends where its digits do.
    if let Some(end) = core.find(|c: char| !(c.is_ascii_digit() || ".,-".contains(c))) {
        let (number, sign) = core.split_at(end);
        if let Some(spoken) = is_number(number).then(|| unit(number, sign)).flatten() {
            return format!("{number} {spoken}");
        }
    }
    if let Some((from, to)) = core.split_once(['-', '–']) {
        let end = to.trim_end_matches(|c: char| !c.is_ascii_digit());
        if is_range(from, end) {
            return format!("{from} to {}", single(to));
        }
    }
    core.replace('→', " to ")
        .replace("->", " to ")
        .replace('²', " squared")
        .replace('³', " cubed")
        .replace('^', " to the power of ")
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
}

/// Whether "from-to" is meant as a range: two small numbers or two years, rising. A telephone number is neither.
fn is_range(from: &str, to: &str) -> bool {
    let number = |n: &str| n.parse::<f32>().ok().filter(|_| is_number(n));
    let alike = (from.len() <= 3 && to.len() <= 3) || (from.len() == 4 && to.len() == 4);
    alike && number(from).zip(number(to)).is_some_and(|(from, to)| from < to)
}

fn split_first(text: &str) -> Option<(char, &str)> {
    let first = text.chars().next()?;
    Some((first, &text[first.len_utf8()..]))
}

fn unit(number: &str, sign: &str) -> Option<&'static str> {
    let (_, one, several) = UNITS.iter().find(|(short, ..)| *short == sign)?;
    Some(if number == "1" { one } else { several })
}

fn money(sign: char, amount: &str) -> Option<String> {
    let (_, one, several, hundredths) = MONEY.iter().find(|(s, ..)| *s == sign)?;
    if !is_number(amount) {
        return None;
    }
    let (whole, part) = amount.rsplit_once('.').filter(|(_, part)| part.len() == 2).unwrap_or((amount, "00"));
    let name = if whole == "1" { one } else { several };
    let part = part.trim_start_matches('0');
    Some(match (whole, part) {
        (_, "") => format!("{whole} {name}"),
        ("0", _) => format!("{part} {hundredths}"),
        _ => format!("{whole} {name} {part}"),
    })
}

/// Hour and minutes of "7:05".
fn clock(text: &str) -> Option<(&str, &str)> {
    let (hour, minutes) = text.split_once(':')?;
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let valid = digits(hour)
        && digits(minutes)
        && minutes.len() == 2
        && hour.parse::<u8>().is_ok_and(|h| h < 24)
        && minutes.parse::<u8>().is_ok_and(|m| m < 60);
    valid.then_some((hour, minutes))
}

fn spoken_clock(hour: &str, minutes: &str) -> String {
    let hour = match hour.trim_start_matches('0') {
        "" => "0",
        hour => hour,
    };
    match minutes.strip_prefix('0') {
        Some("0") => format!("{hour} o'clock"),
        Some(minute) => format!("{hour} oh {minute}"),
        None => format!("{hour} {minutes}"),
    }
}

/// "May 1, 2024" for "2024-05-01".
fn date(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 || year.parse::<u16>().is_err() {
        return None;
    }
    let name = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let day = day.parse::<u8>().ok().filter(|d| (1..=31).contains(d))?;
    Some(format!("{name} {day}, {year}"))
}

/// The name of the machine in a bare address.
fn host(text: &str) -> Option<&str> {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        &text[8..]
    } else if lower.starts_with("http://") {
        &text[7..]
    } else if lower.starts_with("www.") {
        text
    } else {
        return None;
    };
    let host = rest.split(['/', '?', '#', ':']).next()?;
    Some(host.strip_prefix("www.").unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_become_words() {
        for (written, said) in [
            ("It is 20 °C, or 68°F.", "It is 20 degrees Celsius, or 68 degrees Fahrenheit."),
            ("1 km is 1,000 m.", "1 kilometer is 1,000 meters."),
            ("-5 °C", "-5 degrees Celsius"),
            ("60 km/h", "60 kilometers per hour"),
            ("$5, €3.50, $0.99 and £1", "5 dollars, 3 euros 50, 99 cents and 1 pound"),
            ("$2 million.", "2 million dollars."),
            ("4:10 PM", "4 10 PM"),
            ("7:00 AM.", "7 AM."),
            ("At 16:05, or 9:00.", "At 16 oh 5, or 9 o'clock."),
            ("07:30", "7 30"),
            ("a ratio of 3:2", "a ratio of 3:2"),
            ("2024-05-01", "May 1, 2024"),
            ("10-15 people", "10 to 15 people"),
            ("555-1234", "555-1234"),
            ("15-20%, 1939–1945, 2-3 km", "15 to 20%, 1939 to 1945, 2 to 3 kilometers"),
            ("Tom & Jerry at AT&T", "Tom and Jerry at AT&T"),
            ("A -> B → C", "A to B to C"),
            ("3 < 5 >= 2", "3 is less than 5 is at least 2"),
            ("#1 of ~5", "number 1 of about 5"),
            ("1/2 cup", "½ cup"),
            ("x² and 5^2", "x squared and 5 to the power of 2"),
            ("Dr. Smith (Mr. Lee)", "Doctor Smith (Mister Lee)"),
            ("3.5 times, 50% more", "3.5 times, 50% more"),
            ("I have 5 in stock", "I have 5 in stock"),
        ] {
            assert_eq!(spell_out(written), said, "{written}");
        }
    }

    #[test]
    fn pictures_are_dropped() {
        for (written, said) in [
            ("Hello 👋🏽!", "Hello!"),
            ("👨‍👩‍👧 Family", "Family"),
            ("Done ✅.", "Done."),
            ("Flag 🇩🇪 here", "Flag here"),
            ("1️⃣ first", "1 first"),
            ("❤️", ""),
            ("🎉 🎉", ""),
            ("café naïve 你好", "café naïve 你好"),
        ] {
            assert_eq!(spell_out(written), said, "{written}");
        }
    }
}
