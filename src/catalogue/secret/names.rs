//! Names of arguments that take secrets.

use crate::catalogue::name::split as words_of;
use crate::catalogue::signals::takes_credential;

/// Words in names of arguments, beside those of credentials, whose values are secrets.
const NAMES: [&str; 24] = [
    "pwd",
    "pw",
    "pass",
    "creds",
    "pem",
    "pin",
    "otp",
    "totp",
    "jwt",
    "bearer",
    "sas",
    "session",
    "sessionid",
    "csrf",
    "xsrf",
    "secrets",
    "tokens",
    "passwords",
    "cookies",
    "signature",
    "dsn",
    "webhook",
    "cvv",
    "mnemonic",
];

/// The same in names whose words nobody parts, or which are several words, in some languages.
const PARTS: [&str; 47] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "passkey",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "encryptionkey",
    "signingkey",
    "masterkey",
    "accountkey",
    "licensekey",
    "licencekey",
    "clientsecret",
    "credential",
    "tokenvalue",
    "seedphrase",
    "recoveryphrase",
    "mfacode",
    "2facode",
    "otpcode",
    "verificationcode",
    "securitycode",
    "recoverycode",
    "backupcode",
    "kennwort",
    "passwort",
    "contraseña",
    "contrasena",
    "motdepasse",
    "wachtwoord",
    "пароль",
    "passord",
    "adgangskode",
    "lösenord",
    "senha",
    "heslo",
    "hasło",
    "şifre",
    "密码",
    "密碼",
    "パスワード",
    "privkey",
    "authkey",
    "sshkey",
];

/// Endings of words of which nobody parts what stands before them: `dbpass`, `rootpw`.
const ENDINGS: [&str; 4] = ["pass", "pw", "pwd", "psw"];

/// Words that end like that and take no secret.
const HARMLESS_ENDINGS: [&str; 7] =
    ["bypass", "compass", "encompass", "overpass", "surpass", "trespass", "underpass"];

/// What the last word of a name says of a thing that is itself a secret: not the secret.
const HARMLESS_ASPECTS: [&str; 12] = [
    "name", "names", "title", "label", "type", "kind", "status", "count", "rate", "length",
    "timeout", "ttl",
];

/// What stands before `token` where it is a place in a list, and beside `tokens` where they are counted.
const HARMLESS_TOKENS: [&str; 14] = [
    "page",
    "next",
    "continu",
    "pagination",
    "sync",
    "start",
    "max",
    "min",
    "limit",
    "count",
    "budget",
    "total",
    "num",
    "used",
];

/// More such words, which stand for other things as well: what is called so may be a secret.
const POSSIBLE: [&str; 15] = [
    "ssn", "login", "logon", "sig", "hmac", "priv", "private", "cred", "key", "keys", "cvc",
    "cvv2", "salt", "mfa", "passport",
];

/// The same in names whose words nobody parts.
const POSSIBLE_PARTS: [&str; 4] = ["cardnumber", "creditcard", "socialsecurity", "taxid"];

/// What stands before `key` where it is the name of a record or of a place in a table.
const HARMLESS_KEYS: [&str; 40] = [
    "board",
    "bucket",
    "cache",
    "column",
    "config",
    "dedupe",
    "deduplication",
    "entity",
    "event",
    "field",
    "flag",
    "feature",
    "file",
    "foreign",
    "group",
    "hash",
    "idempotency",
    "index",
    "issue",
    "lookup",
    "map",
    "message",
    "object",
    "order",
    "parent",
    "partition",
    "primary",
    "project",
    "property",
    "public",
    "record",
    "row",
    "search",
    "setting",
    "sort",
    "space",
    "storage",
    "tag",
    "translation",
    "unique",
];

/// What the last word of a name says of a thing that may be a secret: not the thing.
const POSSIBLE_ASPECTS: [&str; 17] = [
    "id",
    "ids",
    "url",
    "uri",
    "path",
    "file",
    "folder",
    "at",
    "date",
    "method",
    "page",
    "mode",
    "repo",
    "repository",
    "channel",
    "prefix",
    "size",
];

/// Whether what an argument of that name takes is a secret, or may be one: not to be written down unasked.
pub fn may_name_secret(name: &str) -> bool {
    let words = words_of(name);
    let last = words.last().map_or("", String::as_str);
    let is_aspect = HARMLESS_ASPECTS.contains(&last) || POSSIBLE_ASPECTS.contains(&last);
    let is_possible = |(at, word): (usize, &String)| match &**word {
        // In other places it says what kind of thing something is.
        "key" | "keys" => {
            let before = at.checked_sub(1).map_or("", |before| &*words[before]);
            at + 1 == words.len() && !HARMLESS_KEYS.contains(&before)
        }
        word => POSSIBLE.contains(&word),
    };
    let is_possible = !is_aspect && words.iter().enumerate().any(is_possible);
    is_possible || names_secret(name) || has_part(name, &POSSIBLE_PARTS)
}

/// Whether one of the parts stands in a name, however its words are parted.
fn has_part(name: &str, parts: &[&str]) -> bool {
    let joined: String = name.to_lowercase().chars().filter(|one| one.is_alphanumeric()).collect();
    parts.iter().any(|part| joined.contains(part))
}

/// Whether what an argument of that name takes is a secret.
pub fn names_secret(name: &str) -> bool {
    let words = words_of(name);
    let is_aspect =
        words.len() > 1 && words.last().is_some_and(|last| HARMLESS_ASPECTS.contains(&&**last));
    let is_counted = words.iter().any(|word| HARMLESS_TOKENS.contains(&&**word));
    let is_secret = |word: &String| match &**word {
        "tokens" => !is_counted,
        word => {
            !is_aspect && NAMES.contains(&word) || is_joined_token(word) || is_joined_pass(word)
        }
    };
    takes_credential(name) || words.iter().any(is_secret) || has_part(name, &PARTS)
}

/// Whether a word is `token` with what it is a token of, in one.
fn is_joined_token(word: &str) -> bool {
    let before = word.strip_suffix("token").filter(|before| !before.is_empty());
    before.is_some_and(|before| !HARMLESS_TOKENS.iter().any(|known| before.starts_with(known)))
}

/// Whether a word is a password with what it is of, in one.
fn is_joined_pass(word: &str) -> bool {
    let ends = |ending: &&str| word.strip_suffix(ending).is_some_and(|before| !before.is_empty());
    ENDINGS.iter().any(ends) && !HARMLESS_ENDINGS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_what_may_be_a_secret_are_held_for_it_where_they_say_no_more() {
        for name in [
            "ssn",
            "employeeSSN",
            "login",
            "userLogin",
            "sig",
            "private",
            "cred",
            "key",
            "sshKey",
            "X-Sig",
            "card_number",
            "cardNumber",
            "hmac",
            "password",
        ] {
            assert!(may_name_secret(name), "{name}");
        }
        for name in [
            "keyword",
            "key_id",
            "keyName",
            "sort_key",
            "issueKey",
            "monkey",
            "signal",
            "login_url",
            "private_channel",
            "design",
            "credit",
            "env",
            "keyboard",
            "key_word_count",
        ] {
            assert!(!may_name_secret(name), "{name}");
        }
    }

    #[test]
    fn names_tell_too() {
        for name in [
            "api_key",
            "apiKey",
            "X-Api-Key",
            "pwd",
            "userPin",
            "session_token",
            "tokens",
            "accesstoken",
            "ACCESSTOKEN",
            "encryption_key",
            "licenseKey",
            "passcode",
            "pw",
            "mfa_code",
            "csrf",
            "tokenvalue",
            "seed_phrase",
            "sas",
            "sessionid",
            "Kennwort",
            "db_passwort",
            "contraseña",
            "mot_de_passe",
            "dbpass",
            "userpass",
            "rootpw",
            "db_pw",
            "privKey",
            "creds",
            "pem",
            "authkey",
            "senha",
            "session_id",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in [
            "page_token",
            "channel",
            "key",
            "shipping",
            "passenger",
            "url",
            "max_tokens",
            "nextPageToken",
            "pagetoken",
            "token_count",
            "compass",
            "country_code",
            "session_name",
            "pin_count",
            "bypass",
            "pass_rate",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
