//! Values of options by a part of their names: `--dialect claude` for `--dialect claude-code`.

use std::ffi::OsString;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::source::having_part;

/// The command line with the value that an error is about written out, where one alone can be meant.
pub(super) fn written_out(error: &Error, arguments: &[OsString]) -> Option<Vec<OsString>> {
    let is_of_value = error.kind() == ErrorKind::InvalidValue;
    let text = |kind| match error.get(kind).filter(|_| is_of_value)? {
        ContextValue::String(text) => Some(text.as_str()),
        _ => None,
    };
    let ContextValue::Strings(known) = error.get(ContextKind::ValidValue)? else { return None };
    let part = text(ContextKind::InvalidValue)?;
    let whole = meant(part, known)?;
    let option = text(ContextKind::InvalidArg)?.split(' ').next()?;
    let mut written = arguments.to_vec();
    let place = (0..written.len()).find_map(|at| {
        let given = written[at].to_str()?;
        let (list, prefix) = match given.strip_prefix(option) {
            Some("") => return Some((at + 1, written.get(at + 1)?.to_str()?, String::new())),
            Some(value) => (value.strip_prefix('=')?, format!("{option}=")),
            None => return None,
        };
        Some((at, list, prefix))
    });
    let (at, list, prefix) = place?;
    let values = list.split(',').map(|value| if value == part { whole } else { value });
    let replaced = prefix + &values.collect::<Vec<_>>().join(",");
    // What stays as it was would be asked about for ever.
    (written[at] != *replaced).then(|| written[at] = replaced.into())?;
    Some(written)
}

/// The one value that a part is meant for: of a name and its versions the name.
fn meant<'k>(part: &str, known: &'k [String]) -> Option<&'k str> {
    let having = having_part(part, known.iter().map(String::as_str));
    let first = *having.first()?;
    let is_version =
        |other: &&str| other.strip_prefix(first).is_some_and(|rest| rest.starts_with('@'));
    having[1..].iter().all(is_version).then_some(first)
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::*;

    fn written(line: &str) -> Option<String> {
        let values = ["v1", "claude-code", "claude-code@2.1", "codex", "codex-cloud"];
        let option = |name: &'static str| {
            Arg::new(name).long(name).value_delimiter(',').value_parser(values)
        };
        let command = Command::new("x").arg(option("to")).arg(option("dialect"));
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = command.try_get_matches_from(&arguments).unwrap_err();
        let written = written_out(&error, &arguments)?;
        let words: Vec<_> = written.iter().map(|word| word.to_str().unwrap()).collect();
        Some(words.join(" "))
    }

    #[test]
    fn a_part_that_one_value_alone_has_stands_for_it() {
        assert_eq!(written("x --to claude").as_deref(), Some("x --to claude-code"));
        assert_eq!(written("x --to=v1,CLOUD").as_deref(), Some("x --to=v1,codex-cloud"));
        assert_eq!(
            written("x --to v1 --dialect laud").as_deref(),
            Some("x --to v1 --dialect claude-code")
        );
    }

    #[test]
    fn what_several_have_or_none_stands_for_nothing() {
        assert_eq!(written("x --to cod"), None);
        assert_eq!(written("x --to cloude"), None);
        assert_eq!(written("x --to cl"), None);
    }
}
