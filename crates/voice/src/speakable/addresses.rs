//! Addresses of pages and of people, and names of files.

use super::here::{Here, Said};
use super::language::Language;

/// "https://docs.rs/tokio" is "docs dot R S", "ada@example.com" is "ada at example dot com", "main.rs" is "main dot R S".
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    if let Some(host) = host(core) {
        return Some(Said::one(dotted(host, here.language)));
    }
    if let Some((name, domain)) =
        core.split_once('@').filter(|(name, domain)| !name.is_empty() && is_name(domain))
    {
        let at = format!("{} at {}", signs(name, here.language), dotted(domain, here.language));
        return Some(Said::one(at));
    }
    is_name(core).then(|| Said::one(dotted(core, here.language)))
}

/// The name of the machine in the address of a page.
fn host(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let scheme = ["https://", "http://"].iter().find(|scheme| lower.starts_with(*scheme));
    if scheme.is_none() && !lower.starts_with("www.") {
        return None;
    }
    let rest = &text[scheme.map_or(0, |scheme| scheme.len())..];
    let host = rest.split(['/', '?', '#', ':']).next()?;
    Some(host.strip_prefix("www.").unwrap_or(host))
}

/// Names between dots, the last of two letters or more: a domain or a file. A number or an abbreviation is neither.
fn is_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let named = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    let [first, .., last] = parts[..] else { return false };
    parts.iter().all(named)
        && first.chars().count() >= 2
        && last.chars().count() >= 2
        && last.starts_with(|c: char| c.is_ascii_lowercase())
        && last.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn dotted(name: &str, language: Language) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let count = parts.len();
    let spoken = parts.iter().enumerate().map(|(at, part)| match part {
        // A country or a short ending is spelled: "U K".
        _ if at > 0 && at + 1 == count && part.len() == 2 => {
            part.to_uppercase().chars().map(String::from).collect::<Vec<_>>().join(" ")
        }
        _ => signs(part, language),
    });
    spoken.collect::<Vec<_>>().join(language.pick(" dot ", " Punkt "))
}

fn signs(name: &str, language: Language) -> String {
    let mut said = String::new();
    for c in name.chars() {
        match c {
            '.' => said.push_str(language.pick(" dot ", " Punkt ")),
            '-' => said.push_str(language.pick(" dash ", " minus ")),
            '+' => said.push_str(" plus "),
            c => said.push(c),
        }
    }
    said.trim().to_string()
}
