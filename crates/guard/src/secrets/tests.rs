//! What is a secret and what is not.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

/// Keys are put together here, so that nobody who looks through the source takes them for real ones.
fn made(beginning: &str, length: usize) -> String {
    let letters = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzA".chars().cycle();
    letters.take(length).fold(beginning.to_string(), |mut text, c| {
        text.push(c);
        text
    })
}

#[test]
fn secrets_are_found_by_how_they_look_and_what_they_are_called() {
    let capitals = made("", 16).to_uppercase();
    let hex = "9f86d081884c7d659a2feaa0c55ad015";
    let cases: Vec<(String, &str)> = vec![
        (format!("AKIA{capitals}"), "[secret: AWS key]"),
        (made("ghp_", 36), "[secret: GitHub token]"),
        (made("github_pat_", 82), "[secret: GitHub token]"),
        (made("glpat-", 20), "[secret: GitLab token]"),
        (made("xoxb-123456789012-", 24), "[secret: Slack token]"),
        (made("sk-ant-api03-", 95), "[secret: Anthropic key]"),
        (made("sk-proj-", 60), "[secret: OpenAI key]"),
        (made("sk-", 48), "[secret: OpenAI key]"),
        (made("AIza", 35), "[secret: Google key]"),
        (made("sk_live_", 24), "[secret: Stripe key]"),
        (made("npm_", 36), "[secret: npm token]"),
        (made("pypi-AgEIcHlwaS5vcmc", 60), "[secret: PyPI token]"),
        (format!("{}.{}.{}", made("eyJ", 20), made("eyJ", 30), made("", 43)), "[secret: JWT]"),
        (format!("key is {}!", made("ghp_", 36)), "key is [secret: GitHub token]!"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----\nafter".into(),
            "[secret: private key]\nafter",
        ),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc".into(), "[secret: private key]"),
        ("password=hunter2".into(), "password=[secret: password]"),
        ("passwd: x7y8z9".into(), "passwd: [secret: password]"),
        ("db:\n  password: correcthorse\n".into(), "db:\n  password: [secret: password]\n"),
        (r#"{"password": "two words"}"#.into(), r#"{"password": "[secret: password]"}"#),
        ("DB_PASSWORD=s3cret!".into(), "DB_PASSWORD=[secret: password]"),
        ("Das Passwort ist geheim123".into(), "Das Passwort ist [secret: password]"),
        ("mysql --password=abcdef -h db".into(), "mysql --password=[secret: password] -h db"),
        ("token=abc123def456".into(), "token=[secret: token]"),
        (r#""api_key": "abc123def456""#.into(), r#""api_key": "[secret: token]""#),
        (
            "https://x.org/?a=1&access_token=abc123def&b=2".into(),
            "https://x.org/?a=1&access_token=[secret: token]&b=2",
        ),
        ("Authorization: Bearer abcdef123456".into(), "Authorization: Bearer [secret: authorization]"),
        (
            "-H 'Authorization: Basic YWRhOmh1bnRlcjI='".into(),
            "-H 'Authorization: Basic [secret: authorization]'",
        ),
        (
            "postgres://ada:hunter2@db.example.org/x".into(),
            "postgres://ada:[secret: password]@db.example.org/x",
        ),
        ("redis://:p@ss@host".into(), "redis://:[secret: password]@host"),
        ("curl -u ada:hunter2 https://x.org".into(), "curl -u ada:[secret: password] https://x.org"),
        (format!("signing_key = {hex}"), "signing_key = [secret: key]"),
        (format!("SESSION_SALT: {}", STANDARD.encode(made("", 30))), "SESSION_SALT: [secret: key]"),
    ];
    for (text, expected) in cases {
        assert_eq!(redacted(&text), expected, "{text:?}");
        assert!(leaks(&text, &[]), "{text:?}");
    }
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "",
        "The password: choose one that nobody guesses, and change it.",
        "Forgot your password? Reset your password by e-mail.",
        "What is my password?",
        "password = os.environ['DB_PASSWORD']",
        "password=$PASSWORD password=${DB} token: <your token> password: ********",
        "A token is a piece of a word. Tokens: 4096, max_tokens=4096, token_count: 123456789",
        "The bearer of bad news is authorised. Bearer tokens are explained below.",
        "commit e2e0496f8a0b7c1d2e3f4a5b6c7d8e9f0a1b2c3d",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "id 550e8400-e29b-41d4-a716-446655440000, key: 550e8400-e29b-41d4-a716-446655440000",
        "The key to a good talk is to listen: keys open doors.",
        "https://example.org:8080/a@b and ada@example.org and ssh://git@github.com/a/b",
        "src/secrets/rules.rs:12: fn is_secret_name(name: &str) -> bool",
        "sk-learn-container-id-toggleable-label",
        "npm_config_registry and ghp_short and AKIASHORT",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "Rechtsschutzversicherungsgesellschaften und Donaudampfschifffahrtsgesellschaft",
        "integrity sha512-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wCAAAAAA==",
        "/home/ada/.cache/pip/http/0/1/2/3/4/0123456789abcdef0123456789abcdef",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    ] {
        assert_eq!(redacted(text), text);
        assert!(!leaks(text, &["a-known-secret-value".into()]), "{text:?}");
    }
}

#[test]
fn known_values_are_taken_out_wherever_they_stand() {
    let known = ["opensesame".to_string(), "open".into(), "  ".into(), "opensesame-2".into()];
    assert_eq!(redacted_with("it is opensesame, open", &known), "it is [secret: known], open");
    assert_eq!(redacted_with("opensesame-2!", &known), "[secret: known]!");
    assert_eq!(redacted_with("password=opensesame-2", &known), "password=[secret: password]");
    assert_eq!(redacted_with("nothing", &known), "nothing");
}

#[test]
fn names_of_fields_tell_what_is_in_them() {
    for name in
        ["password", "apiKey", "client_secret", "Authorization", "ACCESS-TOKEN", "pin", "userPassword"]
    {
        assert!(is_secret_name(name), "{name}");
    }
    for name in ["path", "max_tokens", "key", "spin", "author", "passage", "tokens", ""] {
        assert!(!is_secret_name(name), "{name}");
    }
}

#[test]
fn simple_disguises_are_seen_through() {
    let secret = "Quince-Jam/4711";
    let known = [secret.to_string()];
    let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
    let percent: String = secret.bytes().map(|b| format!("%{b:02X}")).collect();
    let spread = |by: &str| secret.chars().map(String::from).collect::<Vec<_>>().join(by);
    let backwards: String = secret.chars().rev().collect();
    let base64 = STANDARD.encode(secret);
    let wrapped =
        base64.chars().map(String::from).collect::<Vec<_>>().chunks(6).map(<[_]>::concat).collect::<Vec<_>>();
    for text in [
        secret.to_string(),
        format!("https://x.org/?q={secret}"),
        base64.clone(),
        URL_SAFE_NO_PAD.encode(secret),
        format!("https://x.org/path/{base64}"),
        format!("https://x.org/pa/{base64}"),
        STANDARD.encode(format!("a{secret}")),
        STANDARD.encode(format!("the secret is {secret}, take it")),
        wrapped.join("\n"),
        format!("{}.evil.example", wrapped.join(".")),
        hex.clone(),
        hex.to_uppercase(),
        spread_hex(&hex, ":"),
        spread_hex(&hex, " "),
        format!("\\x{}", spread_hex(&hex, "\\x")),
        format!("f{hex}"),
        percent.clone(),
        percent.replace('%', "%25"),
        r"\u0051uince-Jam/4711".into(),
        r"Quince-J\\u0061m/4711".into(),
        backwards.clone(),
        spread(" "),
        spread("\u{200B}"),
        spread("-"),
        secret.to_lowercase(),
        STANDARD.encode(&base64),
        STANDARD.encode(&hex),
        STANDARD.encode(&backwards),
        base64.chars().rev().collect(),
        STANDARD.encode(made("ghp_", 36)),
    ] {
        assert!(leaks(&text, &known), "{text:?}");
        let around = format!("Some words before. {text} And some after it.");
        assert!(leaks(&around, &known), "{around:?}");
    }
    let prose = "The quince is a fruit; jam is made of it. Call 4711 for more. ".repeat(200);
    for text in [prose.as_str(), &STANDARD.encode(&prose), &hex_of(&prose)] {
        assert!(!leaks(text, &known), "{}", &text[..40]);
    }
}

fn hex_of(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

fn spread_hex(hex: &str, by: &str) -> String {
    hex.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair)).collect::<Vec<_>>().join(by)
}
