//! Commands that may hold a secret, by what their programs take.

use super::programs::fits;
use crate::catalogue::{may_be_secret, may_name_secret, names_secret};

/// Programs with the words behind which, or in which, they take a credential. `*` stands for anything.
/// Source: the manuals of the programs, <https://manpages.debian.org/>.
const TAKERS: [(&[&str], &[&str]); 14] = [
    (
        &["mysql*", "mariadb*", "mongo*", "sqlcmd", "bcp", "tsql", "isql", "vsql", "cqlsh"],
        &["-p*", "-P*"],
    ),
    (&["az", "oc", "helm", "twine", "skopeo", "buildah", "crane", "oras"], &["-p*"]),
    (&["redis-cli", "valkey-cli", "keydb-cli", "http", "https", "xh", "xhs"], &["-a*"]),
    (&["ldap*"], &["-w*", "-y*"]),
    (&["zip", "unzip", "zipinfo"], &["-P*"]),
    (&["7z*", "rar", "unrar"], &["-p*"]),
    (&["lftp", "ncftp*"], &["-u*", "-p*"]),
    (&["smbclient", "rpcclient"], &["-U*"]),
    (&["snmp*"], &["-c*", "-A*", "-X*"]),
    (&["openssl"], &["-k", "-K", "-pass*"]),
    (&["npm", "pnpm", "git"], &["config"]),
    (&["security"], &["find-*", "dump-*", "export"]),
    (&["aws"], &["sts", "get-session-token", "get-login-password", "get-secret-value"]),
    (&["printenv", "sshpass", "htpasswd", "chpasswd", "sqlplus", "vault"], &["*"]),
];

/// What the names of options begin with that take a credential, whatever the program.
const BEGINNINGS: [&str; 15] = [
    "access-key",
    "api-key",
    "apikey",
    "auth",
    "bearer",
    "cred",
    "keypass",
    "oauth",
    "pass",
    "private-key",
    "proxy-pass",
    "pwd",
    "secret",
    "storepass",
    "token",
];

/// The same of options that take none.
const HARMLESS: [&str; 6] =
    ["author", "author-date", "authors", "passwithnotests", "pass-with-no-tests", "passthrough"];

/// Whether a command may hold a secret.
pub(super) fn has_secret(words: &[String]) -> bool {
    let [program, rest @ ..] = words else { return false };
    let name = program.rsplit('/').next().unwrap_or(program);
    let takes = |(programs, taken): &(&[&str], &[&str])| {
        let is_there = |pattern: &&str| *pattern == "*" || rest.iter().any(|w| fits(pattern, w));
        programs.iter().any(|pattern| fits(pattern, name)) && taken.iter().any(is_there)
    };
    let followed = |at: usize| rest.get(at + 1).map(String::as_str);
    TAKERS.iter().any(takes)
        || words.iter().any(|word| is_suspect(word))
        || rest.iter().any(|word| is_secret_file(word))
        || rest.iter().enumerate().any(|(at, word)| is_user(word, followed(at)))
        || rest.iter().enumerate().any(|(at, word)| {
            followed(at).is_some() && !word.contains(['/', '.']) && names_secret(word)
        })
}

/// Files that hold secrets, by the last part of their paths; a `*` in front or at the end stands for anything.
const FILES: [&str; 9] =
    [".env*", "*.pem", "*.key", "*.p12", "id_rsa*", "id_ed25519*", ".netrc", ".npmrc", ".pgpass"];

/// Whether a path is that of a file that holds secrets.
pub(super) fn is_secret_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_it = |pattern: &&str| match pattern.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => fits(pattern, name),
    };
    FILES.iter().any(is_it)
}

/// Whether a word is a secret, holds one, or is an option that takes one.
fn is_suspect(word: &str) -> bool {
    let (name, value) = word.split_once(['=', ':']).unwrap_or(("", word));
    let name = name.trim_start_matches('-');
    let option = word.strip_prefix('-').filter(|option| !is_harmless(option));
    may_be_secret(word)
        || may_be_secret(value)
        || (!name.is_empty() && !is_harmless(name) && may_name_secret(name))
        || option.is_some_and(|option| {
            takes_credential(option) || option.strip_prefix('-').is_some_and(may_name_secret)
        })
        || word.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// Whether an option takes a credential, by its name.
fn takes_credential(option: &str) -> bool {
    let option = plain(option);
    BEGINNINGS.iter().any(|start| option.starts_with(start))
}

/// Whether an option is none of those, though its name is like theirs.
fn is_harmless(option: &str) -> bool {
    HARMLESS.contains(&plain(option).split('=').next().unwrap_or_default())
}

/// The name of an option, however it is spelled.
fn plain(option: &str) -> String {
    option.trim_start_matches('-').to_ascii_lowercase().replace('_', "-")
}

/// Whether an option names a user together with a password, in the same word or the next one.
fn is_user(option: &str, next: Option<&str>) -> bool {
    let is_long = ["--user", "--proxy-user", "--login"].iter().any(|name| option.starts_with(name));
    let is_attached = option.starts_with("-u") || option.starts_with("-U");
    let is_short =
        option.starts_with('-') && !option.starts_with("--") && option.ends_with(['u', 'U']);
    let has_both = |text: &str| text.contains([':', '%']);
    ((is_long || is_attached) && has_both(option))
        || ((is_long || is_short) && next.is_some_and(has_both))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(command: &str) -> bool {
        has_secret(&command.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn an_option_that_takes_a_credential_makes_a_command_hold_a_secret() {
        for command in [
            "less .env",
            "less config/tls.pem",
            "printenv",
            "security find-generic-password -s x",
            "aws sts get-session-token",
            "fetch -u bob:hunter2 x.example",
            "fetch -su bob:hunter2 x.example",
            "fetch -ubob:hunter2",
            "fetch --user=bob:hunter2",
            "fetch --proxy-user bob:hunter2",
            "/usr/bin/mysql -u root -pS3cret db",
            "mysqldump -phunter2 db",
            "redis-cli -a hunter2 ping",
            "sshpass -p hunter2 x",
            "tool --password hunter2",
            "tool --passwd=hunter2",
            "tool -password hunter2",
            "tool --token abc",
            "tool --auth-token=abc",
            "tool --authorization abc",
            "tool --api_key abc",
            "git clone https://bob:hunter2@x.example/a",
            "sync bob:hunter2@x.example",
            "aws configure set aws_secret_access_key hunter2",
            "npm config set _authToken hunter2",
        ] {
            assert!(holds(command), "{command}");
        }
    }

    #[test]
    fn other_options_do_not() {
        for command in [
            "git push -u origin main",
            "git log --author bob",
            "git log --author=bob",
            "npm test --passWithNoTests",
            "mkdir -p a/b",
            "git add -p src",
            "git clone git@x.example:a/b",
            "npm view react@18",
            "cargo test parse_token",
            "docker ps -a",
        ] {
            assert!(!holds(command), "{command}");
        }
    }
}
