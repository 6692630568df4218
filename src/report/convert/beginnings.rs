//! The beginnings of commands that an agent would run by itself, as few as they can be said with.

use std::collections::BTreeSet;

use crate::convert::{Area, Wording};
use crate::policy::Ruling;

/// Patterns of Claude Code's of the commands of an area that are to be met before any rule counts, and what
/// becomes of them. Where all that no rule names is met as strictly, letters stand for many programs that no rule
/// lets pass.
pub(super) fn beginnings(area: &Area) -> Vec<(String, Ruling)> {
    let mut all = BTreeSet::new();
    for (words, ruling) in &area.unasked {
        let milder = milder(area, *ruling);
        let letters = (area.floor >= *ruling).then(|| letters(words, &milder)).flatten();
        let pattern = letters.map_or_else(|| format!("{words} *"), |letters| format!("{letters}*"));
        all.insert((pattern, *ruling));
    }
    all.into_iter().collect()
}

/// The words of what is met more mildly.
fn milder(area: &Area, ruling: Ruling) -> Vec<&str> {
    let rules = area.rules.iter().filter(|rule| rule.ruling < ruling);
    let words = rules.filter_map(|rule| match &rule.wording {
        Wording::Words { text, .. } => Some(&**text),
        _ => None,
    });
    let unasked = area.unasked.iter().filter(|(_, known)| **known < ruling);
    words.chain(unasked.map(|(words, _)| &**words)).collect()
}

/// The first letters of a command with which nothing begins that is met more mildly; none where only the whole
/// command is another one.
fn letters<'w>(words: &'w str, milder: &[&str]) -> Option<&'w str> {
    let ends = words.char_indices().map(|(at, _)| at).skip(1);
    let mut beginnings = ends.map(|end| &words[..end]).filter(|text| !text.ends_with(' '));
    beginnings
        .find(|text| !milder.iter().any(|other| other.starts_with(text) || text.starts_with(other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::AreaRule;
    use std::collections::BTreeMap;

    fn area(allowed: &[&str], unasked: &[&str], floor: Ruling) -> Area {
        let rule = |text: &&str| AreaRule {
            ruling: Ruling::Allow,
            wording: Wording::Words { text: (*text).to_owned(), exact: false },
        };
        let unasked = unasked.iter().map(|words| ((*words).to_owned(), Ruling::Ask));
        Area {
            rules: allowed.iter().map(rule).collect(),
            unasked: unasked.collect::<BTreeMap<_, _>>(),
            inside: floor,
            floor,
        }
    }

    fn patterns(area: &Area) -> Vec<String> {
        beginnings(area).into_iter().map(|(pattern, _)| pattern).collect()
    }

    #[test]
    fn letters_stand_for_programs_that_no_rule_lets_pass() {
        let area = area(
            &["git status", "npm test"],
            &["cat", "cut", "git log", "git show", "nl", "nproc", "ls"],
            Ruling::Ask,
        );
        assert_eq!(patterns(&area), ["c*", "git l*", "git sh*", "l*", "nl *", "npr*"]);
    }

    #[test]
    fn where_what_no_rule_names_passes_programs_are_named_whole() {
        assert_eq!(patterns(&area(&[], &["cat", "cut"], Ruling::Allow)), ["cat *", "cut *"]);
        assert_eq!(patterns(&area(&["timeout 5 x"], &["time"], Ruling::Ask)), ["time *"]);
    }
}
