//! What looks like a secret, and so has no place in a policy, which is made to be committed.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::catalogue::{takes_credential, words_of};

/// Texts that hold a secret by their form: headers, assignments and options that give one, keys,
/// addresses with a user's password, webhooks, and the prefixes by which services tell their tokens
/// (<https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>).
const FORMS: [&str; 9] = [
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1|PuTTY-User-Key-File",
    r"(?i:\bbearer)\s+[\w.~+/=-]{6,}|\b[Bb]asic\s+[A-Za-z0-9+/]*[a-z][A-Z0-9][A-Za-z0-9+/=]*",
    r"(?i)\b(?:proxy-)?authorization\s*[:=]|\b(?:set-)?cookie\s*:",
    r"(?i)(?:passw(?:or)?d|passwd|pwd|passphrase|secret|token|credentials?|(?:api|access|private|account|auth)[ _-]?key)\w*['\x22]?\s*[=:]\s*\S",
    r"(?i)(?:^|\s)--?(?:\w+-)*(?:pass(?:word|phrase|wd)?|pwd|secret|token|api-?key|auth)(?:\s+|=)\S",
    r"(?i)[a-z][a-z0-9+.-]*://[^/\s?#]*[^/\s?#:]*:[^/\s?#]*@",
    r"(?i)://(?:[^/\s?#]*\.)?(?:hooks?|webhooks?)\.[^/\s?#]+/\S|://\S*/(?:web)?hooks?/[^/\s]",
    r"\b(?:sk|pk|rk)[_-](?:live|test|proj|ant|or)[_-]?\w|\bsk-\w{16}|\bgh[opusr]_\w|\bgithub_pat_|\bglpat-|\bxox[a-z]-|\bxapp-|\b(?:AKIA|ASIA)[A-Z0-9]{12}|\bAIza[\w-]{20}|\bya29\.|\beyJ[\w-]{5,}\.",
    r"\b(?:npm|hf|gsk|r8|dop_v1|lin_api|shp(?:at|ca|pa|ss)|whsec|dckr_pat|figd|nvapi|pypi|ATATT\w|xkeysib|hvs|tvly|SG)[_.-][A-Za-z0-9_-]{10,}",
];

/// Names of arguments beside those of credentials whose values are secrets.
const NAMES: [&str; 14] = [
    "pwd",
    "pass",
    "pin",
    "otp",
    "totp",
    "jwt",
    "bearer",
    "secrets",
    "tokens",
    "passwords",
    "cookies",
    "signature",
    "dsn",
    "webhook",
];

/// The shortest text that may be a secret because it is random, in letters and digits.
const RANDOM: usize = 20;

/// Whether what an argument of that name takes is a secret.
pub(super) fn names_secret(name: &str) -> bool {
    takes_credential(name) || words_of(name).iter().any(|word| NAMES.contains(&&**word))
}

/// Whether a text holds what looks like a secret.
pub(super) fn looks_like_secret(text: &str) -> bool {
    static SET: LazyLock<RegexSet> =
        LazyLock::new(|| RegexSet::new(FORMS).expect("the patterns are ours"));
    SET.is_match(text) || has_telling_query(text) || text.split(is_break).any(is_random)
}

/// Whether a URL has a parameter whose value is more than a word or a small number.
fn has_telling_query(text: &str) -> bool {
    static PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[?&#;]([^=&#;\s]+)=([^&#;\s]*)").expect("the pattern is ours")
    });
    static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
        let plain = r"^(?:[a-z]{0,12}|[A-Z]{1,6}|\d{1,6}|\d{4}-\d\d-\d\d)$";
        Regex::new(plain).expect("the pattern is ours")
    });
    const NAMES: [&str; 6] = ["key", "sig", "code", "sas", "hash", "hmac"];
    let Some((_, url)) = text.split_once("://") else { return false };
    let Some(query) = url.find(['?', '#']) else { return false };
    PARAMETER.captures_iter(&url[query..]).any(|found| {
        let (name, value) = (&found[1], &found[2]);
        let tells =
            names_secret(name) || words_of(name).iter().any(|word| NAMES.contains(&&**word));
        (tells && !value.is_empty()) || !HARMLESS.is_match(value)
    })
}

/// What parts the words of a text; within a token stand none but letters, digits, `-`, `_`, `+`.
fn is_break(character: char) -> bool {
    !(character.is_alphanumeric() || matches!(character, '-' | '_' | '+'))
}

/// Whether a word is as good as random: letters and digits mixed as nobody mixes them.
fn is_random(word: &str) -> bool {
    static UUID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
            .expect("the pattern is ours")
    });
    // Names of things are given like that everywhere, secrets seldom.
    if word.len() < RANDOM || !word.is_ascii() || UUID.is_match(word) {
        return false;
    }
    let parts = word.split(['-', '_', '+']);
    parts.clone().any(is_random_run) || changes(parts) * 5 >= 2 * word.len()
}

/// Whether letters and digits without a break are many, several of them digits, and few the same.
fn is_random_run(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    run.len() >= RANDOM && digits >= 3 && digits < run.len() && entropy(run) >= 3.0
}

/// How often a small letter, a capital and a digit follow one of another kind.
fn changes<'t>(parts: impl Iterator<Item = &'t str>) -> usize {
    let kind = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_digit());
    let of =
        |part: &str| part.as_bytes().windows(2).filter(|two| kind(two[0]) != kind(two[1])).count();
    parts.map(of).sum()
}

/// The information in a character of a text, in bits (Shannon).
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 128];
    text.bytes().filter(u8::is_ascii).for_each(|byte| counts[usize::from(byte)] += 1);
    let share = |count: &u32| f64::from(*count) / text.len() as f64;
    let present = counts.iter().filter(|count| **count > 0).map(share);
    -present.map(|share| share * share.log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_their_form() {
        for secret in [
            "-----BEGIN OPENSSH PRIVATE KEY-----\nabc",
            "curl -H 'Authorization: Bearer abcdef123' https://x.example.org",
            "Basic dXNlcjpwYXNz",
            "PGPASSWORD=hunter2 psql",
            "mysql --password hunter2 -u root",
            "login --api-key=abc",
            "{\"client_secret\": \"x\"}",
            "https://user:pw@example.org/a",
            "postgres://app:pw@db:5432/app",
            "https://hooks.slack.example/services/T0/B0/x",
            "https://chat.example.org/api/webhooks/1/abc",
            "https://example.org/x?token=a1",
            "https://example.org/x?a=b&sig=ab%2Fc",
            "https://example.org/cb#access_token=abc",
            "ghp_0123456789abcdefghij",
            "sk-ant-api03-abc",
            "xoxb-1-2-abc",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            "kX9vQ2mZ7pL4tR8wB3nJ",
            "aB3-x9Kq_Z7wP2m-R5tY8u",
        ] {
            assert!(looks_like_secret(secret), "{secret}");
        }
    }

    #[test]
    fn harmless_constants_are_not() {
        for harmless in [
            "",
            "#ops",
            "production",
            "main",
            "550e8400-e29b-41d4-a716-446655440000",
            "https://example.org/list?page=2&sort=asc&format=json",
            "https://example.org/docs/getting-started",
            "SELECT count(*) FROM orders WHERE day = '2026-03-01'",
            "/srv/data/reports/2026-03-01/summary-of-the-quarter.csv",
            "release-notes-for-version-2026",
            "eu-central-1",
            "2026-03-01T10:00:00Z",
            "kubernetes-production-cluster-europe-west-4",
            "application/json; charset=utf-8",
            "de.example.accounting.InvoiceServiceImplementation",
            "user@example.org",
            "git@github.com:owner/repository.git",
        ] {
            assert!(!looks_like_secret(harmless), "{harmless}");
        }
    }

    #[test]
    fn names_tell_too() {
        for name in ["api_key", "apiKey", "X-Api-Key", "pwd", "userPin", "session_token", "tokens"]
        {
            assert!(names_secret(name), "{name}");
        }
        for name in ["page_token", "channel", "key", "shipping", "passenger", "url"] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
