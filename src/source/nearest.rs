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

/// "`a`, `b` or `c`", for the end of a sentence.
pub fn one_of<'c>(words: impl IntoIterator<Item = &'c str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
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
    fn lists_read_as_english() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
