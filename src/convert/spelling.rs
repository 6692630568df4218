//! Whether a shell text only writes in another way, or together, commands that pass as easily as they are:
//! with other blanks, in quotes, behind `if`. Agents differ in what they see through, and no rule of one tells
//! it to do less.

use super::deed::{Deed, Kind};
use super::oracle::Oracle;
use super::wording::is_plain;
use crate::policy::Ruling;
use crate::shell::{Feature, Part, Parts, split};

/// Whether each command of a deed by itself passes at least as easily under a policy, and each change of a file that
/// its output is led to.
pub(super) fn is_spelling(deed: &Deed, ruling: Ruling, under: &Oracle) -> bool {
    let passes =
        |deed: Deed| under.verdict(&deed).is_some_and(|verdict| verdict.strictest <= ruling);
    deed.kind == Kind::Command
        && deeds(&deed.object).is_some_and(|deeds| deeds.into_iter().all(passes))
}

/// What is not told by the commands of a text alone.
const MORE: [Feature; 4] =
    [Feature::Substitution, Feature::Assigned, Feature::Heredoc, Feature::Calculated];

/// The commands of a text as they are usually written, and the files that it changes; none where it does more.
fn deeds(text: &str) -> Option<Vec<Deed>> {
    let parts = Parts::read(text).ok()?;
    let does_more =
        MORE.into_iter().any(|feature| parts.has(feature)) || !parts.variables.is_empty();
    // A test is no command in a text, but a program that rules may name where it stands alone.
    let is_test = parts.parts.is_empty() && text.trim_start().starts_with('[');
    if does_more || is_test {
        return None;
    }
    let written = parts.redirects.iter().filter(|redirect| redirect.writes);
    let targets = written.map(|redirect| redirect.target).filter(|target| !is_nowhere(target));
    let changes = targets.map(|target| is_plain(target).then(|| Deed::own(Kind::Change, target)));
    let commands = parts.parts.iter().map(|part| Some(Deed::own(Kind::Command, usual(part))));
    commands.chain(changes).collect()
}

/// Whether output that is led there changes nothing.
fn is_nowhere(target: &str) -> bool {
    target == "/dev/null" || target.bytes().all(|byte| byte.is_ascii_digit())
}

/// A command with single blanks, and without the quotes that it does not need.
fn usual(part: &Part<'_>) -> String {
    let word = |text: &str| match &*split(text) {
        [word] if is_plain(word) => word.clone(),
        _ => text.to_owned(),
    };
    part.pieces.iter().map(|piece| word(piece.text)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_as_the_commands_that_it_runs() {
        for (text, expected) in [
            (" git  'push'", &["git push"][..]),
            ("if true; then git push; fi", &["true", "git push"]),
            ("# git push", &[]),
            ("git push 2>&1", &["git push"]),
            ("ls && git x", &["ls", "git x"]),
            ("git commit -m 'a; b'", &["git commit -m 'a; b'"]),
            ("A=1 git push", &["A=1 git push"]),
            ("git push > out.txt", &["git push", "out.txt"]),
        ] {
            let told = deeds(text).unwrap().into_iter().map(|deed| deed.object);
            assert_eq!(told.collect::<Vec<_>>(), expected, "{text}");
        }
        for text in ["git push > $X", "git $(id)", "git $X", "[ -f x ]"] {
            assert_eq!(deeds(text), None, "{text}");
        }
    }
}
