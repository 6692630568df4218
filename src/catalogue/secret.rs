//! What looks like a secret, and so has no place in a policy, which is made to be committed.

mod names;

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::name::split;

pub use names::{may_name_secret, names_secret};

/// Texts that hold a secret by their form: headers, assignments and options that give one, command lines
/// of programs that take one, keys, webhooks, numbers of social security, and the prefixes by which services tell their tokens
/// (<https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>).
const FORMS: [&str; 18] = [
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1|PuTTY-User-Key-File|\bMII[A-Z][A-Za-z0-9+/]{8}",
    r"(?i:\bbearer)\s+[\w.~+/=-]{6,}|\b[Bb]asic\s+[A-Za-z0-9+/]*[a-z][A-Z0-9][A-Za-z0-9+/=]*",
    r"(?i)\bapi-?key\s+[\w.~+/=-]{6,}|\btoken\s+(?:[\w.~+/=-]{16,}|[\w.~+/=-]{3,}\d|[\w.~+/=-]*\d[\w.~+/=-]{5,})",
    r"(?i)\b(?:proxy-)?authorization\s*[:=]|\b(?:set-)?cookie\s*:|sharedaccesssignature",
    r"(?i)(?:passw(?:or)?[dt]|passwd|pwd|passphrase|passcode|kennwort|secret|token|credentials?|(?:api|access|private|account|auth|encryption|licen[cs]e|signing)[ _-]?key)\w*['\x22]?\s*[=:]\s*\S",
    r"(?i)(?:^|[\s'\x22(,=])--?(?:\w+-)*(?:pass(?:word|phrase|code|wd)?|pwd|secret|token|api-?key|auth)(?:\s+|=)\S",
    r"(?is)\x22(?:name|key|header)\x22\s*:\s*\x22[^\x22]*(?:token|secret|passw|key|auth|cookie)[^\x22]*\x22\s*,\s*\x22value\x22",
    r"(?s)\bcurl\s(?:.*\s)?(?:-[a-zA-Z]*[uU]|--(?:proxy-)?user)[\s=]*\S+:\S|\b(?:mysql|mariadb)\S*\s(?:.*\s)?-p\S|\bsshpass\s(?:.*\s)?-p\s*\S|\bredis-cli\s(?:.*\s)?-a\s*\S|\blogin\s(?:.*\s)?-p\s*\S|\bhttps?\s(?:.*\s)?-a\s*\S+:\S",
    r"(?s)\bldap\w+\s(?:.*\s)?-w\s*\S|\bmongo\w*\s(?:.*\s)?-p\s*\S|\b(?:sqlcmd|bcp|zip|unzip)\s(?:.*\s)?-P\s*\S|\b7z\w*\s(?:.*\s)?-p\S|\bhtpasswd\s+-\w*b|\bsqlplus\s+\S+/\S|\bsmbclient\s.*%\S|\bpass:\S|\|\s*sudo\s+-S",
    r"(?i)\b(?:\w+_)?(?:pass|pw|psw|creds?)=\S|\b(?-i:[A-Z0-9_]+_KEY)=\S",
    r"(?i)(?:^|\s)--?(?:(?:src|dest)?(?:store|key)|user|db|root|admin|proxy|http|ftp)-?pass(?:word|wd)?(?:\s+|=)\S|(?:^|\s)-pw\s+\S|\bchpasswd\b|\bconfigure\s+set\s+\S*(?:secret|token|key)\S*\s+\S",
    r"(?s)\bcurl\s(?:.*\s)?(?:-b|--cookie)[\s=]*\S+=\S",
    r"(?i)\bpassword\s+['\x22]\S|\bset\s+password\b.*=",
    r"(?i)\blogin\s+\S+\s+(?:account\s+\S+\s+)?password\s+\S|\bidentified\s+by\s+\S",
    r"(?i)://(?:[^/\s?#]*\.)?(?:hooks?|webhooks?)\.[^/\s?#]+/\S|://\S*/(?:web)?hooks?/(?:\S*(?-i:[0-9A-Z])|(?:[^/\s]+/)*[^/\s]{16})|/with/key/\w|/bot\d{6,}:",
    r"\b(?:sk|pk|rk)[_-](?:live|test|proj|ant|or)[_-]?\w|\bsk-\w{16}|\bgh[opusr]_\w|\bgithub_pat_|\bgl[a-z]{2,6}-[\w-]{8}|\bxox[a-z]-|\bxapp-|\b(?:AKIA|ASIA)[A-Z0-9]{12}|\bAIza[\w-]{20}|\bya29\.|\beyJ[\w-]{5,}\.|\bsq0[a-z]{3}-|\bAT(?:ATT|CTT)\d\w{3}|\bATBB\w{16}|\bGOCSPX-\w|\bsecret_[A-Za-z0-9]{10,}",
    r"\b(?:00[1-9]|0[1-9]\d|[1-8]\d\d)-(?:0[1-9]|[1-9]\d)-\d{4}\b",
    r"\b(?:npm|hf|gsk|r8|dop_v1|lin_api|shp(?:at|ca|pa|ss)|whsec|dckr_pat|figd|nvapi|pypi|xkeysib|hvs|tvly|SG|ntn|sntry[su]|glsa|PMAK|pplx|xai|tskey)[_.-][A-Za-z0-9_-]{10,}",
];

/// The shortest text that may be a secret because it is random, in letters and digits.
const RANDOM: usize = 20;

/// The fewest hexadecimal digits that may be one.
const RANDOM_HEX: usize = 16;

/// Whether a text holds what looks like a secret.
pub fn looks_like_secret(text: &str) -> bool {
    // How some programs write an address in JSON.
    let text = &*text.replace("\\/", "/");
    static SET: LazyLock<RegexSet> =
        LazyLock::new(|| RegexSet::new(FORMS).expect("the patterns are ours"));
    static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b\w*tokens\w*['\x22]?\s*[=:]\s*\d{1,7}\b").expect("the pattern is ours")
    });
    SET.is_match(&COUNTED.replace_all(text, ""))
        || has_user(text)
        || has_telling_query(text)
        || is_padded(text)
        || text.split(is_break).any(is_random)
}

/// Whether an address has a password, or is one of a service that takes a token for the user. Who logs in
/// by `ssh` has a key.
fn has_user(text: &str) -> bool {
    static USER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?//([^/\s?#@\x22]+)@")
            .expect("the pattern is ours")
    });
    USER.captures_iter(text).any(|found| {
        let scheme = found.get(1).map(|scheme| scheme.as_str().to_ascii_lowercase());
        let is_token = scheme.is_some_and(|scheme| !scheme.contains("ssh") && scheme != "sftp");
        let is_word = |byte: u8| !b"()[]{}<>'\"`".contains(&byte);
        is_token && found[2].bytes().all(is_word) || found[2].contains(':')
    }) || has_odd_password(text)
}

/// Whether an address has a password in which stands what should be written otherwise there: `/`, `?`
/// or `#`. A port with a path that has an `@` is none.
fn has_odd_password(text: &str) -> bool {
    static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
        let text = r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s?#@:()\[\]<>'\x22`]*:([^\s@\x22]+)@";
        Regex::new(text).expect("the pattern is ours")
    });
    PASSWORD.captures_iter(text).any(|found| {
        let behind = found[1].trim_start_matches(|one: char| one.is_ascii_digit());
        behind.len() == found[1].len() || !behind.starts_with(['/', '?', '#'])
    })
}

/// Whether a word is as long as base64 and ends like it.
fn is_padded(text: &str) -> bool {
    static PADDED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_-]{18,}={1,2}").expect("the pattern is ours"));
    PADDED.find_iter(text).any(|found| {
        let word = found.as_str();
        let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
        word.len() % 4 == 0 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
    })
}

/// Whether a URL has a parameter whose value is more than a word or a small number.
fn has_telling_query(text: &str) -> bool {
    static PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[?&#;]([^=&#;\s]+)=([^&#;\s]*)").expect("the pattern is ours")
    });
    static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
        let words = r"[A-Z]?[a-z]{1,12}(?:(?:[+_.,-]|%20)[A-Z]?[a-z]{1,12}){0,5}";
        let plain =
            format!(r"^(?:[a-z]{{0,12}}|{words}|[A-Z]{{1,6}}|\d{{1,6}}|\d{{4}}-\d\d-\d\d)$");
        Regex::new(&plain).expect("the pattern is ours")
    });
    const NAMES: [&str; 6] = ["key", "sig", "code", "sas", "hash", "hmac"];
    let Some((_, url)) = text.split_once("://") else { return false };
    let Some(query) = url.find(['?', '#']) else { return false };
    PARAMETER.captures_iter(&url[query..]).any(|found| {
        let (name, value) = (&found[1], &found[2]);
        let tells = names_secret(name) || split(name).iter().any(|word| NAMES.contains(&&**word));
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
    // <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>
    static RESOURCE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("^[a-z]{1,10}-[0-9a-f]{17}$").expect("the pattern is ours"));
    // A country, two check digits, the bank, the account (ISO 13616).
    static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^[A-Z]{2}[0-9]{2}[A-Z]{0,4}[0-9]{10,28}$").expect("the pattern is ours")
    });
    // Names of things are given like that everywhere, secrets seldom.
    let names = [&UUID, &RESOURCE, &ACCOUNT];
    if !word.is_ascii() || names.iter().any(|form| form.is_match(word)) {
        return false;
    }
    let parts = word.split(['-', '_', '+']);
    if parts.clone().any(is_random_hex) {
        return true;
    }
    if word.len() < RANDOM {
        return false;
    }
    parts.clone().any(is_random_run) || changes(parts) * 5 >= 2 * word.len()
}

/// Whether a run is of hexadecimal digits, of both kinds. The hash of a commit is not told from a key.
fn is_random_hex(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = run.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex
        && run.len() >= RANDOM_HEX
        && digits >= 3
        && run.len() - digits >= 3
        && entropy(run) >= 2.5
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
            "https://abcdef@git.example.org/a",
            "amqp://pass@h/",
            "//user:pass@host/share",
            "curl -u a:b https://example.org",
            "curl -sSu a:b https://example.org",
            "mysql -u root -pSECRET shop",
            "sshpass -p X ssh host",
            "redis-cli -h cache -a X ping",
            "docker login -u a -p X registry.example.org",
            "sh -c '--password=X'",
            "machine h login bob password x",
            "Token abc123def456",
            "ApiKey abcdefgh",
            "SharedAccessSignature sr=x",
            "https://maker.example.org/trigger/e/with/key/abc",
            "c2VjcmV0IHNlY3JldCBzZWNyZXQ=",
            "MIIEvQIBADANBgkqhkiG9w0B",
            "9f86d081884c7d65",
            "sq0csp-abc",
            "secret_abcdefghijkl",
            "ntn_abcdefghijkl",
            r#"[{"name":"X-Api-Key","value":"abc"}]"#,
            "Kennwort: abc",
            "https://tok!en@host/",
            "https://abc$def@host/",
            "postgres://app:p/w@db/app",
            "https://u:pw#1@h/",
            "https://u:p'(w@h/",
            "https://u:p'/(w@h/",
            r"https:\/\/ghptok@h\/x",
            "DB_PASS=hunter2 ./run",
            "docker run -e DB_PASS=hunter2 image",
            "env SIGNING_KEY=abc ./run",
            "ALTER ROLE app WITH PASSWORD 'hunter2'",
            "SET PASSWORD FOR app = 'hunter2'",
            "curl -b 'session=abc' https://example.org",
            "curl https://example.org --cookie a=b",
            "plink -pw hunter2 host",
            "keytool -list -storepass hunter2",
            "keytool -importkeystore -srcstorepass hunter2",
            "aws configure set aws_secret_access_key hunter2",
            "ATATT3xFfGF0abcdef",
            "GOCSPX-abcdefghijkl",
            "https://example.org/hooks/catch/123/abc",
            "https://example.org/hooks/abcdefghijklmnopq",
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
            "ssh://git@example.org/owner/repository.git",
            "[ask](https://example.org)@everyone",
            "max_tokens: 1000",
            r#"{"max_tokens": 1000}"#,
            "i-0123456789abcdef0",
            "20260301120000000",
            "https://example.org/@scope/package",
            "curl -s https://example.org/health",
            "mysql -p",
            "token budget of the month",
            "mkdir -p /srv/data",
            "https://react.dev/reference/react/hooks/rules",
            "https://docs.stripe.com/webhooks/signature",
            "https://example.org/search?q=hello+world",
            "https://example.org/search?q=Hello%20World&lang=en",
            "https://example.org:8080/users/@me",
            r#"{"url":"https://example.org","to":"a:b@c"}"#,
            "ALTER TABLE users ADD COLUMN password text",
            "the password policy",
            "bypass=1",
        ] {
            assert!(!looks_like_secret(harmless), "{harmless}");
        }
    }
}
