//! What the arguments of a tool make possible, judged by their names and types.

use std::collections::BTreeSet;

use super::argument::{Argument, ArgumentType, Arguments, Signal};
use super::category::Category;
use super::name::split;

use super::words;

/// A signal with the argument that gave it.
pub(super) type Found<'a> = (Signal, &'a str);

/// Every signal that the arguments give, with the argument.
pub(super) fn of_arguments(arguments: &Arguments) -> Vec<Found<'_>> {
    arguments.iter().flat_map(|(name, argument)| of_argument(name, argument)).collect()
}

fn of_argument<'a>(name: &'a str, argument: &Argument) -> Vec<Found<'a>> {
    let words = split(name);
    let words: Vec<&str> = words.iter().map(|word| &**word).collect();
    let tests: [(Signal, bool); 5] = [
        (Signal::FreeformCode, argument.may_be_text() && is_code(&words)),
        (Signal::Url, argument.may_be_text() && words.iter().any(|word| is_url(word))),
        (Signal::Path, argument.may_be_text() && words.last().is_some_and(|word| is_path(word))),
        (Signal::Bulk, is_bulk(&words, argument)),
        (Signal::Credential, is_credential(&words)),
    ];
    tests.into_iter().filter(|(_, holds)| *holds).map(|(signal, _)| (signal, name)).collect()
}

/// The signals in a tool's name.
pub(super) fn of_name(words: &[String], category: Category) -> BTreeSet<Signal> {
    let mut signals = BTreeSet::new();
    if category >= Category::Write && words.iter().any(|word| words::is_bulk(word)) {
        signals.insert(Signal::Bulk);
    }
    // `run_script` takes a script whatever its argument is called; `create_script` stores one.
    if category == Category::Execute && words.iter().any(|word| words::is_code(word)) {
        signals.insert(Signal::FreeformCode);
    }
    signals
}

/// Whether an argument of that name takes or selects a credential.
pub(super) fn takes_credential(name: &str) -> bool {
    let words = split(name);
    is_credential(&words.iter().map(|word| &**word).collect::<Vec<_>>())
}

/// Whether the arguments are those of any HTTP request: a method and where to send it.
pub(super) fn is_http_request(arguments: &Arguments) -> bool {
    let has = |name: &str| arguments.keys().any(|key| key.eq_ignore_ascii_case(name));
    has("method") && ["url", "uri", "path", "endpoint"].into_iter().any(has)
}

impl Argument {
    /// Whether its value may be a string or a list of strings.
    fn may_be_text(&self) -> bool {
        matches!(self.kind, None | Some(ArgumentType::String | ArgumentType::Array))
    }
}

/// `code` alone is code, but `country_code` is not; a `command` is one wherever it stands last.
fn is_code(words: &[&str]) -> bool {
    match words {
        ["code"] => true,
        [.., before, "code"] => {
            matches!(*before, "source" | "python" | "javascript" | "js" | "shell" | "custom")
        }
        [.., "command" | "commands" | "script" | "cmd" | "eval"] => true,
        _ => words.iter().any(|word| matches!(*word, "sql" | "cypher" | "javascript" | "bash")),
    }
}

fn is_url(word: &str) -> bool {
    matches!(word, "url" | "urls" | "uri" | "uris" | "href" | "endpoint" | "webhook")
}

fn is_path(word: &str) -> bool {
    matches!(
        word,
        "path"
            | "paths"
            | "file"
            | "files"
            | "filename"
            | "filenames"
            | "filepath"
            | "dir"
            | "directory"
            | "directories"
            | "folder"
            | "folders"
            | "cwd"
    )
}

/// A list of the things to act on, or a switch that means all of them.
fn is_bulk(words: &[&str], argument: &Argument) -> bool {
    let list = argument.kind == Some(ArgumentType::Array);
    let many = matches!(words, [.., "ids" | "names" | "uuids"]);
    let switch = matches!(words, ["all", ..] | [.., "all"] | [.., "recursive" | "bulk" | "batch"]);
    (list && many) || (switch && !list)
}

/// A secret or the choice of one. Page tokens and counts of tokens are neither.
fn is_credential(words: &[&str]) -> bool {
    let secret = |word: &&str| {
        matches!(
            *word,
            "password"
                | "passwd"
                | "passphrase"
                | "secret"
                | "credential"
                | "credentials"
                | "auth"
                | "authorization"
                | "cookie"
                | "apikey"
        )
    };
    let key = |pair: &[&str]| matches!(pair, ["api" | "private" | "access" | "ssh", "key"]);
    let token = match words {
        [.., before, "token"] => !matches!(
            *before,
            "page" | "next" | "continuation" | "continue" | "pagination" | "sync" | "start"
        ),
        _ => words == ["token"],
    };
    token || words.iter().any(secret) || words.windows(2).any(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(name: &str, kind: Option<ArgumentType>) -> Vec<Signal> {
        let found = of_argument(name, &Argument { kind, required: false });
        found.into_iter().map(|(signal, _)| signal).collect()
    }

    #[test]
    fn names_tell_what_an_argument_takes() {
        for (name, signal) in [
            ("code", Signal::FreeformCode),
            ("shellCommand", Signal::FreeformCode),
            ("sql_query", Signal::FreeformCode),
            ("webhookUrl", Signal::Url),
            ("file_path", Signal::Path),
            ("cwd", Signal::Path),
            ("all_namespaces", Signal::Bulk),
            ("credential_id", Signal::Credential),
            ("apiKey", Signal::Credential),
            ("access_token", Signal::Credential),
        ] {
            assert_eq!(signals(name, None), [signal], "{name}");
        }
        assert_eq!(signals("tenantIds", Some(ArgumentType::Array)), [Signal::Bulk]);
    }

    #[test]
    fn alike_names_that_mean_something_else_give_none() {
        for name in ["country_code", "page_token", "max_tokens", "query", "curl", "pathology"] {
            assert_eq!(signals(name, None), [], "{name}");
        }
        assert_eq!(signals("file", Some(ArgumentType::Boolean)), []);
    }

    #[test]
    fn a_method_and_a_target_are_any_request() {
        let arguments = |names: &[&str]| {
            names.iter().map(|name| (name.to_string(), Argument::default())).collect::<Arguments>()
        };
        assert!(is_http_request(&arguments(&["method", "path", "body"])));
        assert!(!is_http_request(&arguments(&["method", "owner", "repo"])));
    }
}
