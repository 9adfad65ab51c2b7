//! Addresses that may be opened: http, https and mailto, and whether one carries more than the address. Pure.

/// An address that may be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// As it is handed to the browser.
    pub(super) text: String,
    /// The machine it leads to; of a mail, the one that takes it.
    pub(super) host: String,
    /// Whether it tells that machine more than which page is meant.
    pub(super) data: bool,
}

/// Longer paths, parts of paths and names of machines can hold a message.
const LONG_PATH: usize = 120;
const LONG_PART: usize = 60;
const LONG_LABEL: usize = 24;

impl Address {
    /// None when it is no address but perhaps a path.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, String> {
        let Some((scheme, rest)) = text.split_once(':') else { return Ok(None) };
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        {
            return Ok(None);
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || "\\\"<>`{}|^".contains(c)) {
            return Err("the address holds signs that no address has".into());
        }
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => web(text, rest).map(Some),
            "mailto" => mail(text, rest).map(Some),
            // "localhost:8080" and "example.org:443/x" are no schemes.
            name if (name == "localhost" || name.contains('.'))
                && rest.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                web_without_scheme(text).map(Some)
            }
            "file" => Err("name a file by its path alone".into()),
            other => Err(format!("only http, https and mailto are opened, not {other}")),
        }
    }

    /// "example.org/page", said without a scheme.
    pub(super) fn guess(text: &str) -> Option<Self> {
        let host = text.split(['/', '?', '#']).next()?;
        let (front, end) = host.rsplit_once('.')?;
        let is_domain = !front.is_empty() && end.chars().count() >= 2 && end.chars().all(char::is_alphabetic);
        if !is_domain || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        web_without_scheme(text).ok()
    }
}

fn web_without_scheme(text: &str) -> Result<Address, String> {
    let text = format!("https://{text}");
    let rest = text["https:".len()..].to_owned();
    web(&text, &rest)
}

fn web(text: &str, rest: &str) -> Result<Address, String> {
    let rest = rest.strip_prefix("//").ok_or("after the scheme stands //")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err("the address holds a name before an @, which hides where it leads".into());
    }
    let host = host(authority)?;
    let data = path.contains(['?', '#'])
        || path.len() > LONG_PATH
        || path.split('/').any(|part| part.len() > LONG_PART)
        || host.split('.').any(|label| label.len() > LONG_LABEL)
        || host.split('.').count() > 5 && host.parse::<std::net::Ipv6Addr>().is_err();
    Ok(Address { text: text.to_owned(), host, data })
}

/// The machine of "host:port", checked.
fn host(authority: &str) -> Result<String, String> {
    let wrong = || "the address names no machine".to_owned();
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => {
            host.parse::<std::net::Ipv6Addr>().map_err(|_| wrong())?;
            (host, port.strip_prefix(':'))
        }
        None => {
            let (host, port) =
                authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
            let is_name = |label: &str| {
                !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            };
            if !host.trim_end_matches('.').split('.').all(is_name) {
                return Err(wrong());
            }
            (host, port)
        }
    };
    if port.is_some_and(|port| !port.is_empty() && port.parse::<u16>().is_err()) {
        return Err(wrong());
    }
    Ok(host.trim_end_matches('.').to_lowercase())
}

fn mail(text: &str, rest: &str) -> Result<Address, String> {
    let (to, fields) = rest.split_once('?').map_or((rest, None), |(to, fields)| (to, Some(fields)));
    let addresses: Vec<&str> = to.split(',').collect();
    let host =
        addresses.first().and_then(|first| first.rsplit_once('@')).map(|(_, host)| host.to_lowercase());
    let host = host.filter(|host| !host.is_empty()).ok_or("mailto: is followed by an address")?;
    // Some mail programs take files to attach from an address.
    let known = |field: &str| {
        let name = field.split('=').next().unwrap_or_default().to_ascii_lowercase();
        ["subject", "body", "cc", "bcc", "to"].contains(&name.as_str())
    };
    if fields.is_some_and(|fields| !fields.split('&').all(known)) {
        return Err("a mail address may bring a subject, a body and more recipients, nothing else".into());
    }
    let data = fields.is_some() || addresses.len() > 1 || to.len() > LONG_PATH;
    Ok(Address { text: text.to_owned(), host, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let long = format!("https://example.org/{}", "a".repeat(61));
        let label = format!("https://{}.example.org/", "a".repeat(40));
        for (text, host, data) in [
            ("https://example.org", "example.org", false),
            ("http://Example.org:8080/page", "example.org", false),
            ("https://münchen.de/", "münchen.de", false),
            ("https://[::1]:80/", "::1", false),
            ("localhost:8080", "localhost", false),
            ("https://example.org/search?q=x", "example.org", true),
            ("https://example.org/#secret", "example.org", true),
            (&long, "example.org", true),
            ("mailto:ada@example.org", "example.org", false),
            ("mailto:ada@example.org?subject=x&body=y", "example.org", true),
            ("mailto:ada@example.org,bob@example.com", "example.org", true),
        ] {
            let address = Address::parse(text).unwrap().unwrap();
            assert_eq!((address.host.as_str(), address.data), (host, data), "{text}");
        }
        assert!(Address::parse(&label).unwrap().unwrap().data, "a message in the machine's name");
        for text in ["letter.txt", "/home/ada/x", "~/x", "Documents/a b.txt"] {
            assert_eq!(Address::parse(text), Ok(None), "{text}");
        }
        for text in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "https://user@example.org",
            "https://example.org\\@evil.org",
            "https://",
            "https:example.org",
            "https://a b",
            "https://example.org:99999/",
            "https://exa$(id)mple.org/",
            "mailto:",
            "mailto:ada@example.org?attach=/etc/passwd",
            "vscode://x",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_said_without_a_scheme() {
        for (text, host) in [
            ("example.org", Some("example.org")),
            ("www.example.org/page", Some("www.example.org")),
            ("letter", None),
            ("three words.org", None),
            ("v1.2", None),
            (".bashrc", None),
        ] {
            assert_eq!(Address::guess(text).map(|address| address.host).as_deref(), host, "{text}");
        }
    }
}
