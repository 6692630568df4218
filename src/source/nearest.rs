//! "Did you mean …?"

/// The candidate that is most like a word, if one is like enough to be meant.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    /// Below this share of common characters two words are just different words.
    const ALIKE: f32 = 0.6;
    let lower = word.to_lowercase();
    let lowered: Vec<(String, &str)> =
        candidates.into_iter().map(|candidate| (candidate.to_lowercase(), candidate)).collect();
    let words: Vec<&str> = lowered.iter().map(|(lower, _)| lower.as_str()).collect();
    let best = similar::get_close_matches(lower.as_str(), &words, 1, ALIKE).first().copied()?;
    lowered.iter().find(|(lower, _)| lower == best).map(|(_, candidate)| *candidate)
}

/// The candidate that a word is a slip of the hand for: one letter is wrong, missing, too many or
/// swapped with the next one, in words of six letters and more two. What another word is made of is no slip: `allowed` is not `allow`,
/// `unhide` not `hide`, and `nin` the opposite of `in`.
pub fn slip<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let written = plain(word);
    let off = |candidate: &str| {
        let meant = plain(candidate);
        let most = if written.len().min(meant.len()) < LONG { 1 } else { 2 };
        let off = distance(&written, &meant);
        (off <= most && !is_made_of(&written, &meant, off)).then_some(off)
    };
    let mut near: Vec<(usize, &str)> =
        candidates.into_iter().filter_map(|candidate| Some((off(candidate)?, candidate))).collect();
    near.sort_by_key(|(off, _)| *off);
    match near.as_slice() {
        [] => None,
        // Of two that are as near neither is plainly meant.
        [(one, _), (other, _), ..] if one == other => None,
        [(_, nearest), ..] => Some(nearest),
    }
}

/// From so many letters on two may be wrong, or one that is far from the right one on the keyboard:
/// `mode` is no `hide`, and `giant` no `grant`.
const LONG: usize = 6;

/// A word without the marks that ways of writing differ in.
fn plain(word: &str) -> Vec<char> {
    word.chars()
        .filter(|letter| !matches!(letter, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a word is another one with something before it, or with more than a letter behind it; of
/// a short word any change but that of the order makes another one.
fn is_made_of(written: &[char], meant: &[char], off: usize) -> bool {
    let same_letters = || {
        let sorted = |word: &[char]| {
            let mut letters = word.to_vec();
            letters.sort_unstable();
            letters
        };
        sorted(written) == sorted(meant)
    };
    (written.ends_with(meant)
        || (written.starts_with(meant) || meant.starts_with(written)) && off > 1
        || written.len() == meant.len()
            && meant.len() < LONG
            && !same_letters()
            && is_far(written, meant)
        || meant.len() <= 3 && !same_letters())
        && off > 0
}

/// Whether two words of one length differ in keys that are not next to each other.
fn is_far(written: &[char], meant: &[char]) -> bool {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let place = |key: char| {
        let row = ROWS.iter().position(|row| row.contains(key))?;
        Some((row, ROWS[row].find(key)?))
    };
    let near = |(a, b): (&char, &char)| match (place(*a), place(*b)) {
        (Some((row, at)), Some((other_row, other_at))) => {
            row.abs_diff(other_row) <= 1 && at.abs_diff(other_at) <= 1
        }
        _ => false,
    };
    !written.iter().zip(meant).all(near)
}

/// How many letters are to be changed, put in, left out or swapped with the next one (optimal string
/// alignment).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut rows = vec![(0..=other.len()).collect::<Vec<usize>>()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let swapped = (i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b)
                .then(|| rows[i - 1][j - 1] + 1);
            let changed = rows[i][j] + usize::from(a != b);
            let least = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            row.push(swapped.map_or(least, |swapped| swapped.min(least)));
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

/// The candidates that a word is a part of, whatever the case of the letters: those of which it is a
/// whole word, else those that have it anywhere. What is shorter than three letters is no part.
pub fn having_part<'c>(part: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    const SHORTEST: usize = 3;
    let part = part.to_lowercase();
    if part.chars().count() < SHORTEST {
        return Vec::new();
    }
    let is_border = |letter: Option<char>| !letter.is_some_and(char::is_alphanumeric);
    let is_word = |lower: &str, at: usize| {
        is_border(lower[..at].chars().next_back())
            && is_border(lower[at + part.len()..].chars().next())
    };
    let (mut whole, mut within) = (Vec::new(), Vec::new());
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        if lower.match_indices(&*part).any(|(at, _)| is_word(&lower, at)) {
            whole.push(candidate);
        } else if lower.contains(&*part) {
            within.push(candidate);
        }
    }
    if whole.is_empty() { within } else { whole }
}

/// "`a`, `b` or `c`", for the end of a sentence.
pub fn one_of<'c>(words: impl IntoIterator<Item = &'c str>) -> String {
    quoted(words, "or")
}

/// Words in quotes, with "and" before the last.
pub fn all_of<'c>(words: impl IntoIterator<Item = &'c str>) -> String {
    quoted(words, "and")
}

fn quoted<'c>(words: impl IntoIterator<Item = &'c str>, joint: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {joint} {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_the_word_that_was_meant_and_nothing_far_off() {
        assert_eq!(nearest("defualt", ["version", "default", "tools"]), Some("default"));
        assert_eq!(nearest("MINUTE", ["minute", "hour"]), Some("minute"));
        assert_eq!(nearest("minutes", ["minute", "hour", "day"]), Some("minute"));
        assert_eq!(nearest("xyz", ["version", "default"]), None);
    }

    #[test]
    fn a_slip_is_one_or_two_letters_and_never_another_word() {
        let words = [
            "path", "require", "deny_if", "hide", "tools", "limits", "default", "allow", "deny",
            "in", "not_in", "eq", "gt", "gte", "contains", "grant", "evaluate",
        ];
        for (written, meant) in [
            ("requre", "require"),
            ("hidee", "hide"),
            ("denyIf", "deny_if"),
            ("deny-fi", "deny_if"),
            ("defualt", "default"),
            ("contians", "contains"),
            ("limts", "limits"),
            ("tols", "tools"),
            ("grnat", "grant"),
            ("alow", "allow"),
            ("hode", "hide"),
            ("NOT_IN", "not_in"),
            ("ni", "in"),
        ] {
            assert_eq!(slip(written, words), Some(meant), "{written}");
        }
        for written in [
            "!in",
            "nin",
            "unhide",
            "deny_if_not",
            "require_not",
            "require_approval",
            "allowed",
            "allowlist",
            "allow_all",
            "allow-none",
            "denylist",
            "ncontains",
            "!contains",
            "not_contains",
            "greater",
            "ge",
            "ne",
            "org",
            "rule",
            "mode",
            "time",
            "data",
            "any",
            "giant",
            "status",
            "list",
            "lists",
            "x",
            "",
        ] {
            assert_eq!(slip(written, words), None, "{written}");
        }
    }

    #[test]
    fn a_part_of_a_name_stands_for_all_that_have_it_as_a_word_before_others() {
        let names = ["evaded-deny", "dead-rule", "myrikld/komodo-mcp", "komodor/cli", "denying"];
        assert_eq!(having_part("Komodo", names), ["myrikld/komodo-mcp"]);
        assert_eq!(having_part("omodo", names), ["myrikld/komodo-mcp", "komodor/cli"]);
        assert_eq!(having_part("deny", names), ["evaded-deny"]);
        assert_eq!(having_part("li", names), [""; 0]);
        assert_eq!(having_part("absent", names), [""; 0]);
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
