//! Lost protections as workflow commands of GitHub.

use std::fmt::Write;

use super::Comparison;
use super::annotations::{RULES, annotations};
use crate::report::common::escape::escape;

/// Writes comparisons as GitHub's workflow commands
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
pub fn write_access_github(out: &mut String, comparisons: &[Comparison<'_>]) {
    for annotation in annotations(comparisons) {
        let (title, level, _) = RULES[annotation.rule];
        let command = if level == "note" { "notice" } else { level };
        _ = writeln!(
            out,
            "::{command} file={},line={},title={title}::{}",
            property(&annotation.file),
            annotation.line,
            data(&annotation.message)
        );
    }
}

/// Text behind the `::` of a command.
pub(in crate::report) fn data(text: &str) -> String {
    escape(text).replace('%', "%25")
}

/// The value of a property.
pub(in crate::report) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_file_name_ends_a_command() {
        assert_eq!(property("a:b,c%\n.json"), r"a%3Ab%2Cc%25\u{a}.json");
    }
}
