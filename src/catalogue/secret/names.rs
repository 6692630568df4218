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
    let joined: String = name.to_lowercase().chars().filter(|one| one.is_alphanumeric()).collect();
    takes_credential(name)
        || words.iter().any(is_secret)
        || PARTS.iter().any(|part| joined.contains(part))
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
