//! Units of measure, behind a number only.

use super::here::{Here, Said, listed};
use super::language::Language;
use super::money::one_of;
use super::numbers::is_number;
use super::ranges::{self, is_range};

/// Abbreviation; one and several in English; the same in German.
const UNITS: &[(&str, &str, &str, &str, &str)] = &[
    ("°C", "degree Celsius", "degrees Celsius", "Grad Celsius", "Grad Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit", "Grad Fahrenheit", "Grad Fahrenheit"),
    ("°", "degree", "degrees", "Grad", "Grad"),
    ("mph", "mile per hour", "miles per hour", "Meile pro Stunde", "Meilen pro Stunde"),
    ("km²", "square kilometer", "square kilometers", "Quadratkilometer", "Quadratkilometer"),
    ("m²", "square meter", "square meters", "Quadratmeter", "Quadratmeter"),
    ("m³", "cubic meter", "cubic meters", "Kubikmeter", "Kubikmeter"),
    ("km", "kilometer", "kilometers", "Kilometer", "Kilometer"),
    ("m", "meter", "meters", "Meter", "Meter"),
    ("cm", "centimeter", "centimeters", "Zentimeter", "Zentimeter"),
    ("mm", "millimeter", "millimeters", "Millimeter", "Millimeter"),
    ("mi", "mile", "miles", "Meile", "Meilen"),
    ("ft", "foot", "feet", "Fuß", "Fuß"),
    ("ha", "hectare", "hectares", "Hektar", "Hektar"),
    ("t", "tonne", "tonnes", "Tonne", "Tonnen"),
    ("kg", "kilogram", "kilograms", "Kilogramm", "Kilogramm"),
    ("g", "gram", "grams", "Gramm", "Gramm"),
    ("mg", "milligram", "milligrams", "Milligramm", "Milligramm"),
    ("lb", "pound", "pounds", "Pfund", "Pfund"),
    ("lbs", "pound", "pounds", "Pfund", "Pfund"),
    ("oz", "ounce", "ounces", "Unze", "Unzen"),
    ("l", "liter", "liters", "Liter", "Liter"),
    ("L", "liter", "liters", "Liter", "Liter"),
    ("ml", "milliliter", "milliliters", "Milliliter", "Milliliter"),
    ("mL", "milliliter", "milliliters", "Milliliter", "Milliliter"),
    ("KB", "kilobyte", "kilobytes", "Kilobyte", "Kilobyte"),
    ("MB", "megabyte", "megabytes", "Megabyte", "Megabyte"),
    ("GB", "gigabyte", "gigabytes", "Gigabyte", "Gigabyte"),
    ("TB", "terabyte", "terabytes", "Terabyte", "Terabyte"),
    ("Mbit", "megabit", "megabits", "Megabit", "Megabit"),
    ("ms", "millisecond", "milliseconds", "Millisekunde", "Millisekunden"),
    ("s", "second", "seconds", "Sekunde", "Sekunden"),
    ("sec", "second", "seconds", "Sekunde", "Sekunden"),
    ("min", "minute", "minutes", "Minute", "Minuten"),
    ("Min", "minute", "minutes", "Minute", "Minuten"),
    ("h", "hour", "hours", "Stunde", "Stunden"),
    ("hr", "hour", "hours", "Stunde", "Stunden"),
    ("hrs", "hour", "hours", "Stunde", "Stunden"),
    ("Std", "hour", "hours", "Stunde", "Stunden"),
    ("Hz", "hertz", "hertz", "Hertz", "Hertz"),
    ("kHz", "kilohertz", "kilohertz", "Kilohertz", "Kilohertz"),
    ("MHz", "megahertz", "megahertz", "Megahertz", "Megahertz"),
    ("GHz", "gigahertz", "gigahertz", "Gigahertz", "Gigahertz"),
    ("dB", "decibel", "decibels", "Dezibel", "Dezibel"),
    ("V", "volt", "volts", "Volt", "Volt"),
    ("W", "watt", "watts", "Watt", "Watt"),
    ("kW", "kilowatt", "kilowatts", "Kilowatt", "Kilowatt"),
    ("kWh", "kilowatt hour", "kilowatt hours", "Kilowattstunde", "Kilowattstunden"),
    ("hPa", "hectopascal", "hectopascals", "Hektopascal", "Hektopascal"),
];

/// "5 km", "20°C", "2-3 km".
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    let is_amount = |text: &str| {
        is_number(text) || text.split_once(['-', '–']).is_some_and(|(from, to)| is_range(from, to))
    };
    if let Some(next) = here.next_close()
        && is_amount(core)
        && let Some(unit) = unit(core, next.core, here.language)
    {
        // "5 min." has a full stop of its own; at the end it is the sentence's as well.
        let short =
            matches!(next.core, "min" | "Min" | "hr" | "hrs" | "Std" | "sec" | "lb" | "lbs" | "oz" | "ft");
        return Some(
            Said::several(format!("{} {unit}", number(core, unit, here)), 2).with_dot(short && next.dotted()),
        );
    }
    // "20°C", "5km": the number ends where its digits do.
    let end = core.find(|c: char| !(c.is_ascii_digit() || ".,-–".contains(c)))?;
    let (amount, sign) = core.split_at(end);
    if sign == "s" && is_many(amount, here) {
        return None;
    }
    let unit = is_amount(amount).then(|| unit(amount, sign, here.language)).flatten()?;
    Some(Said::one(format!("{} {unit}", number(amount, unit, here))))
}

/// "The 1980s", "the '80s", "in her 30s", "747s": many of them, not seconds. "5s" and "wait 30s" are seconds.
fn is_many(amount: &str, here: &Here) -> bool {
    const WHOSE: &str = "the his her their my your our its early mid late";
    amount.len() > 2
        || here.token().before.ends_with(['\'', '‘', '’'])
        || amount.ends_with('0') && listed(WHOSE, &here.word_before(1))
}

/// What `number` of a unit is called. "km/h" is none: [`super::rates`] takes it apart.
pub fn unit(number: &str, sign: &str, language: Language) -> Option<&'static str> {
    let (_, one, several, eins, mehrere) = UNITS.iter().find(|(short, ..)| *short == sign)?;
    let (one, several) = language.pick((one, several), (eins, mehrere));
    Some(if number == "1" { one } else { several })
}

/// In German one is "eine" before a unit that is feminine, which all that end with "e" are.
fn number(written: &str, unit: &str, here: &Here) -> String {
    if here.language == Language::German && written == "1" {
        let feminine = unit.split(' ').next().is_some_and(|word| word.ends_with('e'));
        return if feminine { "eine".into() } else { one_of(written, here.language).into() };
    }
    let alone = [super::here::Token { before: "", core: written, behind: "" }];
    let range = ranges::read(&Here { language: here.language, tokens: &alone, at: 0 });
    range.map_or_else(|| written.to_string(), |said| said.words)
}
