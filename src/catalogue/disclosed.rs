//! Secrets that a text discloses beyond doubt: what [`super::looks_like_secret`] only suspects, and identifiers,
//! digests, addresses and words about secrets, are none.

mod prefixes;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use self::prefixes::by_prefix;
use self::words::{has_mixture, is_placeholder, is_variable};
use super::card::card_numbers;
use super::name::split;
use super::secret::{given, looks_like_secret, names_secret};

/// A secret within a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// The bytes of the secret alone.
    pub span: Range<usize>,
    /// What it is, such as "a password".
    pub what: &'static str,
}

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

/// The fewest bytes of a secret that a command gives: what is shorter is part of too many words.
const SHORTEST_GIVEN: usize = 3;

/// The secrets of a text, in its order.
pub fn disclosed(text: &str) -> Vec<Disclosed> {
    /// The fewest bytes of one without a digit or a sign.
    const LONG: usize = 20;
    let tells = |byte: u8| byte.is_ascii_digit() || b"-=:_.".contains(&byte);
    // Most texts are none of those in which there may be one, and are not looked into.
    if text.len() < SHORTEST || text.len() < LONG && !text.bytes().any(tells) {
        return Vec::new();
    }
    let chunks = chunks(text);
    let mut known = private_keys(text);
    known.extend(given_in_commands(text));
    known.sort_by_key(|one| one.span.start);
    let mut found = Vec::new();
    for (at, chunk) in chunks.iter().enumerate() {
        let one = &text[chunk.clone()];
        let has_digit = one.bytes().any(|byte| byte.is_ascii_digit());
        // What is shorter is none, and few are that have no digit in them, so that most are not looked into.
        if one.len() < SHORTEST {
            continue;
        }
        let of_chunk =
            by_prefix(one).map(|(span, what)| Disclosed { span, what }).or_else(|| in_address(one));
        let of_chunk = of_chunk.or_else(|| {
            let others = || of_telegram(one).or_else(|| assigned(text, &chunks, at));
            has_digit.then(|| others().or_else(|| random(one))).flatten()
        });
        let Some(Disclosed { span, what }) = of_chunk else { continue };
        let span = chunk.start + span.start..chunk.start + span.end;
        let before = known.partition_point(|one| one.span.start <= span.start).checked_sub(1);
        if before.is_none_or(|before| !known[before].span.contains(&span.start)) {
            found.push(Disclosed { span, what });
        }
    }
    found.append(&mut known);
    found.extend(card_numbers(text).map(|span| Disclosed { span, what: "a card number" }));
    found.sort_by_key(|one| one.span.start);
    found
}

/// A text with a mask in the place of every secret.
pub fn without_disclosed<'t>(text: &'t str, mask: &str) -> Cow<'t, str> {
    without(text, &disclosed(text), mask)
}

/// A text with a mask in the place of these secrets of it, of which one may reach into another.
pub fn without<'t>(text: &'t str, found: &[Disclosed], mask: &str) -> Cow<'t, str> {
    let (mut masked, mut at) = (String::new(), 0);
    for Disclosed { span, .. } in found {
        if span.start >= at {
            masked = masked + &text[at..span.start] + mask;
        }
        at = at.max(span.end);
    }
    if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(masked + &text[at..]) }
}

/// The secrets of the words of one command, or of whatever else is given as a list of texts, of each of them.
pub fn disclosed_of_words(words: &[&str]) -> Vec<Vec<Disclosed>> {
    let mut all: Vec<_> = words.iter().map(|word| disclosed(word)).collect();
    if words.len() < 2 || words.iter().any(|word| word.contains(char::is_whitespace)) {
        return all;
    }
    let (line, mut start) = (words.join(" "), 0);
    let given: Vec<_> = given_in_commands(&line).collect();
    for (word, found) in words.iter().zip(&mut all) {
        let is_within = |one: &&Disclosed| (start..start + word.len()).contains(&one.span.start);
        if found.is_empty() {
            found.extend(given.iter().filter(is_within).map(|one| {
                let end = (one.span.end - start).min(word.len());
                Disclosed { span: one.span.start - start..end, what: one.what }
            }));
        }
        start += word.len() + 1;
    }
    all
}

/// What commands within a text give to programs, variables and headers as secrets.
fn given_in_commands(text: &str) -> impl Iterator<Item = Disclosed> {
    given(text).into_iter().filter_map(|span| {
        // What stands for all that may follow is no part of it.
        let value = text[span.clone()].trim_end_matches(['*', '.', '!', '?', ':', ' ']);
        let span = span.start..span.start + value.len();
        is_given(value).then_some(Disclosed { span, what: "a secret that a command gives" })
    })
}

/// Whether a word that stands where a secret is given is one: no pattern, no place of one, no word of a sentence, and not
/// what only says that one belongs there.
fn is_given(value: &str) -> bool {
    const NONE: &str = "a account an and any api app apikey as at auth auto basic be bearer but by can check db \
        each empty env false file flag for foo from hidden if in instead is it its key let literal may masked must my \
        name no none not null of on only option or pass password passwd pat prompt pw pwd random redacted required \
        secret set should so stdin string text than that the then this to token true true undefined unset use used user \
        username value var variable was when which while will with without word yes your";
    let is_place =
        value.starts_with(['$', '%', '<', '{', '[', '^', '@', '~', '.', '/', '+', '?', '(']);
    let is_pattern = value.contains(['\\', '*', '^', '[']) && !has_mixture(value)
        || ["[^", ".*", ".+", "\\S", "\\w", "$(", "${", "..."]
            .iter()
            .any(|one| value.contains(one));
    let is_said = split(value).iter().all(|word| NONE.split_whitespace().any(|one| one == word));
    let is_one = |byte: u8| value.bytes().all(|other| other == byte);
    let is_short_number = value.len() < SHORTEST && value.bytes().all(|one| one.is_ascii_digit());
    value.len() >= SHORTEST_GIVEN
        && value.len() <= 4096
        && !is_place
        && !is_pattern
        && !is_said
        && !is_short_number
        && !is_variable(value)
        && !value.bytes().next().is_some_and(is_one)
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
            Some((_, password)) if is_given(password) => {
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

#[cfg(test)]
mod tests;
