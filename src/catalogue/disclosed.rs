//! Secrets that a text discloses beyond doubt: what [`super::looks_like_secret`] only suspects, and identifiers,
//! digests, addresses and words about secrets, are none.

use std::ops::Range;

use super::card::card_numbers;
use super::name::split;
use super::secret::{looks_like_secret, names_secret};

/// A secret within a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// The bytes of the secret alone.
    pub span: Range<usize>,
    /// What it is, such as "a password".
    pub what: &'static str,
}

/// The beginnings by which services tell their tokens, and how many characters follow at least
/// (<https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>).
const PREFIXES: [(&str, usize, &str); 43] = [
    ("ghp_", 16, "a token of GitHub"),
    ("gho_", 16, "a token of GitHub"),
    ("ghu_", 16, "a token of GitHub"),
    ("ghs_", 16, "a token of GitHub"),
    ("ghr_", 16, "a token of GitHub"),
    ("github_pat_", 16, "a token of GitHub"),
    ("glpat-", 10, "a token of GitLab"),
    ("glrt-", 10, "a token of GitLab"),
    ("gldt-", 10, "a token of GitLab"),
    ("glcbt-", 10, "a token of GitLab"),
    ("glptt-", 10, "a token of GitLab"),
    ("glsoat-", 10, "a token of GitLab"),
    ("xoxb-", 10, "a token of Slack"),
    ("xoxp-", 10, "a token of Slack"),
    ("xoxa-", 10, "a token of Slack"),
    ("xoxr-", 10, "a token of Slack"),
    ("xoxs-", 10, "a token of Slack"),
    ("xoxe-", 10, "a token of Slack"),
    ("xapp-", 10, "a token of Slack"),
    ("AKIA", 16, "an access key of AWS"),
    ("ASIA", 16, "an access key of AWS"),
    ("AIza", 30, "a key of Google"),
    ("ya29.", 16, "a token of Google"),
    ("sk_live_", 10, "a key of Stripe"),
    ("sk_test_", 10, "a key of Stripe"),
    ("rk_live_", 10, "a key of Stripe"),
    ("rk_test_", 10, "a key of Stripe"),
    ("whsec_", 16, "a key of Stripe"),
    ("sk-ant-", 12, "a key of Anthropic"),
    ("sk-proj-", 12, "a key of OpenAI"),
    ("sk-", 20, "an API key"),
    ("npm_", 20, "a token of npm"),
    ("pypi-", 20, "a token of PyPI"),
    ("hf_", 20, "a token of Hugging Face"),
    ("dop_v1_", 20, "a token of DigitalOcean"),
    ("dckr_pat_", 16, "a token of Docker"),
    ("lin_api_", 16, "a key of Linear"),
    ("ntn_", 20, "a token of Notion"),
    ("secret_", 30, "a token of Notion"),
    ("shpat_", 16, "a token of Shopify"),
    ("hvs.", 20, "a token of Vault"),
    ("SG.", 30, "a key of SendGrid"),
    ("glsa_", 20, "a token of Grafana"),
];

/// Addresses that are secrets themselves, by a part of their host and what stands before the secret.
const WEBHOOKS: [(&str, &str); 6] = [
    ("hooks.slack.com", "/services/"),
    ("discord.com", "/api/webhooks/"),
    ("discordapp.com", "/api/webhooks/"),
    ("webhook.office.com", "/"),
    ("maker.ifttt.com", "/with/key/"),
    ("api.telegram.org", "/bot"),
];

/// Last words of names that tell of a secret where no `id` or the like stands behind them.
const SECRETS: [&str; 15] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "credential",
    "credentials",
    "kennwort",
    "passwort",
    "contraseña",
    "pat",
    "signature",
];

/// The fewest bytes that a secret has.
const SHORTEST: usize = 6;

/// The secrets of a text, in its order.
pub fn disclosed(text: &str) -> Vec<Disclosed> {
    // What is shorter or has no digit in it is none, so that most texts are not looked into.
    let may_be =
        |text: &str| text.len() >= SHORTEST && text.bytes().any(|one| one.is_ascii_digit());
    if !may_be(text) {
        return Vec::new();
    }
    let chunks = chunks(text);
    let mut found = private_keys(text);
    for (at, chunk) in chunks.iter().enumerate() {
        if !may_be(&text[chunk.clone()]) {
            continue;
        }
        let of_chunk = by_prefix(&text[chunk.clone()])
            .or_else(|| in_address(&text[chunk.clone()]))
            .or_else(|| of_telegram(&text[chunk.clone()]))
            .or_else(|| assigned(text, &chunks, at))
            .or_else(|| random(&text[chunk.clone()]));
        let Some(Disclosed { span, what }) = of_chunk else { continue };
        let span = chunk.start + span.start..chunk.start + span.end;
        if !found.iter().any(|known| known.span.contains(&span.start)) {
            found.push(Disclosed { span, what });
        }
    }
    found.extend(card_numbers(text).map(|span| Disclosed { span, what: "a card number" }));
    found.sort_by_key(|one| one.span.start);
    found
}

/// Whether a text may hold a secret: it discloses one, or looks as if it did.
pub fn may_be_secret(text: &str) -> bool {
    looks_like_secret(text) || !disclosed(text).is_empty()
}

/// Whether a value is a secret because the argument that takes it is called like one.
pub fn is_secret_of(name: &str, value: &str) -> bool {
    if !is_like_password(value) || is_named(value) {
        return false;
    }
    let last = split(name).pop().unwrap_or_default();
    let describes =
        ["id", "ids", "name", "type", "ref", "arn", "path", "url", "kind", "count", "file"];
    !describes.contains(&&*last) && names_secret(name)
}

/// The pieces of a text that a secret cannot go beyond.
fn chunks(text: &str) -> Vec<Range<usize>> {
    let parts = |letter: char| {
        letter.is_whitespace() || letter.is_control() || "\"'`<>(){}[],;|".contains(letter)
    };
    let mut chunks = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices() {
        match (parts(letter), start) {
            (true, Some(from)) => {
                chunks.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    chunks.extend(start.map(|from| from..text.len()));
    chunks
}

/// The bodies of private keys; the frame alone may well be what a condition looks for.
fn private_keys(text: &str) -> Vec<Disclosed> {
    const FRAME: &str = "PRIVATE KEY-----";
    const BODY: usize = 24;
    let frames = text.match_indices(FRAME).map(|(at, _)| at + FRAME.len());
    let of_body = |start: usize| {
        let rest = &text[start..];
        let body = &rest[..rest.find("-----").unwrap_or(rest.len())];
        let is_body = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\n\r \t".contains(&byte);
        let letters = body.bytes().filter(u8::is_ascii_alphanumeric).count();
        (letters >= BODY && body.bytes().all(is_body) && has_mixture(body)).then(|| Disclosed {
            span: start + (body.len() - body.trim_start().len())..start + body.trim_end().len(),
            what: "a private key",
        })
    };
    frames.filter_map(of_body).collect()
}

/// A token that begins as a service's do, and the tokens of which a JSON web token is made.
fn by_prefix(chunk: &str) -> Option<Disclosed> {
    let run = |from: usize| {
        let rest = &chunk.as_bytes()[from..];
        let is_inside = |at: usize| match rest[at] {
            // As a pattern writes a full stop.
            b'\\' => rest.get(at + 1).is_some_and(|next| b"_-.".contains(next)),
            byte => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
        };
        (0..rest.len()).take_while(|at| is_inside(*at)).count()
    };
    let begins = |at: usize| at == 0 || !chunk.as_bytes()[at - 1].is_ascii_alphanumeric();
    let starts: Vec<usize> = (0..chunk.len()).filter(|at| begins(*at)).collect();
    let found = PREFIXES.iter().flat_map(|one| {
        let of =
            move |at: &usize| Some((*at, at + length_of(&chunk.as_bytes()[*at..], one.0)?, one));
        starts.iter().filter_map(of)
    });
    for (start, end, (_, least, what)) in found {
        let rest = chunk[end..end + run(end)].trim_end_matches(['.', '-', '\\']);
        if rest.len() >= *least
            && (*least < 20 || has_mixture(rest) || !rest.contains('-'))
            && !is_placeholder(rest)
            && rest.bytes().any(|byte| byte.is_ascii_digit())
        {
            return Some(Disclosed { span: start..end + rest.len(), what });
        }
    }
    let (at, _) = chunk.match_indices("eyJ").find(|(at, _)| begins(*at))?;
    let token = &chunk[at..at + run(at)];
    let is_token = token.len() >= 40 && token.split('.').count() == 3 && has_mixture(token);
    is_token.then(|| Disclosed { span: at..at + token.len(), what: "a JSON web token" })
}

/// How long a beginning is where a text begins with it, as it is or as a pattern writes its full stops.
fn length_of(text: &[u8], prefix: &str) -> Option<usize> {
    prefix.bytes().try_fold(0, |at, byte| match text.get(at..)? {
        [b'\\', b'.', ..] if byte == b'.' => Some(at + 2),
        [found, ..] if *found == byte => Some(at + 1),
        _ => None,
    })
}

/// The token of a bot of Telegram: its number, and what is known to its owner
/// (<https://core.telegram.org/bots/api#authorizing-your-bot>).
fn of_telegram(chunk: &str) -> Option<Disclosed> {
    const LENGTH: usize = 35;
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    chunk.match_indices(":AA").find_map(|(at, _)| {
        let number = chunk[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
        let length = chunk[at + 1..].bytes().take_while(is_inside).count();
        let token = &chunk[at + 1..at + 1 + length];
        let is_token = (6..=12).contains(&number) && length >= LENGTH - 5 && has_mixture(token);
        is_token
            .then(|| Disclosed { span: at - number..at + 1 + length, what: "a token of Telegram" })
    })
}

/// A secret in an address: a password before the host, a webhook, a telling parameter.
fn in_address(chunk: &str) -> Option<Disclosed> {
    let start = chunk.find("://")? + 3;
    let rest = &chunk[start..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let within = |part: &str, what| {
        let from = part.as_ptr() as usize - chunk.as_ptr() as usize;
        Some(Disclosed { span: from..from + part.len(), what })
    };
    if let Some((user, _)) = authority.rsplit_once('@') {
        match user.split_once(':') {
            Some((_, password)) if is_given_password(password) => {
                return within(password, "a password in an address");
            }
            None if is_like_password(user) && user.len() >= 16 && has_mixture(user) => {
                return within(user, "a token in an address");
            }
            _ => {}
        }
    }
    let path = rest[authority.len()..].trim_end_matches('$');
    // A pattern escapes the full stops.
    let plain = authority.replace('\\', "");
    for (host, before) in WEBHOOKS {
        let is_host = plain.ends_with(host);
        if let Some((_, secret)) = path.split_once(before).filter(|_| is_host)
            && secret.rsplit('/').next().is_some_and(|last| last.len() >= 16 && has_mixture(last))
            && !is_placeholder(secret)
        {
            return within(secret, "an address that anybody may post to");
        }
    }
    path.split(['?', '&', '#']).skip(1).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let tells = names_secret(name) || matches!(&*name.to_ascii_lowercase(), "key" | "sig");
        let is_secret = tells && value.len() >= 8 && is_like_password(value) && !is_named(value);
        is_secret.then(|| within(value, "a secret in an address")).flatten()
    })
}

/// A value behind the name of a secret: `password=…`, `token: …`, `--api-key …`, `Bearer …`.
fn assigned(text: &str, chunks: &[Range<usize>], at: usize) -> Option<Disclosed> {
    let piece = |back: usize| at.checked_sub(back).map(|place| &text[chunks[place].clone()]);
    let chunk = piece(0)?;
    if chunk.starts_with("arn:") || chunk.contains("://") {
        return None;
    }
    let found = |value: &str, what| {
        let value = value.trim_end_matches(['.', '!', '?', ':']);
        let from = value.as_ptr() as usize - chunk.as_ptr() as usize;
        Some(Disclosed { span: from..from + value.len(), what })
    };
    if let Some((name, value)) = chunk.split_once(['=', ':']).filter(|(name, _)| !name.is_empty())
        && tells_of_secret(name, piece(1))
        && is_given_password(value)
    {
        return found(value, "the value of a secret");
    }
    let before = piece(1)?;
    let named = match before.strip_suffix([':', '=']) {
        Some("") => piece(2).is_some_and(|name| tells_of_secret(name, piece(3))),
        Some(name) => tells_of_secret(name, piece(2)),
        None if matches!(before, "is" | ":=" | "=>") => {
            piece(2).is_some_and(|name| tells_of_secret(name, piece(3)))
        }
        None => before.starts_with("--") && tells_of_secret(before, None),
    };
    if named && is_given_password(chunk) {
        return found(chunk, "the value of a secret");
    }
    // As in a pattern of the whole header.
    let (before, chunk) = (before.trim_start_matches('^'), chunk.trim_end_matches('$'));
    let is_bearer = before.eq_ignore_ascii_case("bearer") || tells_of_secret(before, piece(2));
    if is_bearer && is_like_password(chunk) && !is_named(chunk) && has_mixture(chunk) {
        let is_long = chunk.len() >= 16 || (chunk.len() >= 10 && !chunk.contains('-'));
        return is_long.then(|| found(chunk, "a token")).flatten();
    }
    let is_basic = before == "Basic" && chunk.len() >= 12 && chunk.len() % 4 == 0;
    (is_basic && has_mixture(chunk) && !chunk.contains(['-', '_']))
        .then(|| found(chunk, "a password in base64"))
        .flatten()
}

/// Capitals, small letters and digits mixed so long as no identifier of a service has them in prose.
fn random(chunk: &str) -> Option<Disclosed> {
    const LONG: usize = 32;
    let chunk = chunk.trim_end_matches(['.', '!', '?', ':', '=']);
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    let kinds = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_digit());
    let changes = chunk.as_bytes().windows(2).filter(|two| kinds(two[0]) != kinds(two[1])).count();
    let is_random =
        chunk.len() >= LONG && chunk.bytes().all(is_inside) && changes * 2 >= chunk.len();
    // <https://developers.google.com/workspace/drive/api/guides/about-files>: documents are called so.
    let is_document = chunk.starts_with('1') && matches!(chunk.len(), 33 | 44);
    (is_random && !is_document && has_mixture(chunk) && !is_placeholder(chunk))
        .then_some(Disclosed { span: 0..chunk.len(), what: "what looks like a key" })
}

/// Whether words name a secret: `password`, `--api-key`, `API` and `key`.
fn tells_of_secret(name: &str, before: Option<&str>) -> bool {
    let words = split(name);
    let last = words.last().map_or("", String::as_str);
    let earlier = words.len().checked_sub(2).map(|at| words[at].to_lowercase());
    let earlier = earlier.or_else(|| before.map(str::to_lowercase)).unwrap_or_default();
    let counts = ["page", "next", "continuation", "max", "min", "pagination", "sync", "of"];
    match last {
        "key" => matches!(
            &*earlier,
            "api"
                | "access"
                | "private"
                | "secret"
                | "signing"
                | "encryption"
                | "account"
                | "auth"
                | "license"
        ),
        last => SECRETS.contains(&last) && !counts.contains(&&*earlier),
    }
}

/// What is as plain as a password that somebody gave: short ones count where their name stands before them.
fn is_given_password(value: &str) -> bool {
    let value = value.trim_end_matches(['.', '!', '?', ':']);
    is_like_password(value) && !is_named(value)
}

/// Whether a word mixes letters with digits, is no placeholder, and may be typed.
fn is_like_password(value: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| value.as_bytes().iter().any(kind);
    let is_typed = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\*^".contains(&byte));
    let is_path = value.contains('/') && !has_mixture(value);
    (SHORTEST..=4096).contains(&value.len())
        && is_typed
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && !is_path
        && !is_placeholder(value)
}

/// Whether a word is the name of something by its form: a UUID, a digest, a ticket, an address of mail.
fn is_named(value: &str) -> bool {
    let is_uuid = value.len() == 36 && value.bytes().filter(|byte| *byte == b'-').count() == 4;
    let is_digest = ["sha256", "sha1", "sha512", "md5"].iter().any(|kind| value.starts_with(kind));
    let is_ticket = value.split_once('-').is_some_and(|(project, number)| {
        project.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_mail = value.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    is_uuid || is_digest || is_ticket || is_mail
}

/// Whether what stands there only says that a secret belongs there.
fn is_placeholder(value: &str) -> bool {
    const SAID: [&str; 10] = [
        "example",
        "placeholder",
        "your",
        "redacted",
        "changeme",
        "dummy",
        "sample",
        "xxxx",
        "....",
        "0123456789",
    ];
    let lower = value.to_ascii_lowercase();
    let mut letters: Vec<u8> = lower.bytes().collect();
    letters.sort_unstable();
    letters.dedup();
    let is_variable = value.contains('_')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    value.starts_with(['$', '%'])
        || is_variable
        || letters.len() < 5
        || SAID.iter().any(|word| lower.contains(word))
}

/// Whether small letters, capitals and digits are there.
fn has_mixture(value: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| value.as_bytes().iter().any(kind);
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests;
