//! What was refused: a call, and every command in it by itself.

use std::collections::BTreeSet;

use super::observed::AskedCall;
use crate::shell::{Parts, literal_commands, runs_others};

/// How deep commands within the texts of others are looked for.
const DEEPEST: usize = 4;

/// The call, and those with one of its commands alone: whoever refused the whole may have meant any of them.
pub(super) fn alone(call: &AskedCall) -> Vec<AskedCall> {
    let mut texts = BTreeSet::new();
    if let Some(text) = call.text("command").filter(|_| call.tool == "Bash") {
        add(&mut texts, &text, DEEPEST);
    }
    let commands = texts.iter().map(|text| call.with_command(text));
    std::iter::once(call.clone()).chain(commands).collect()
}

/// Adds the commands of a text, and what those run that run others.
fn add(texts: &mut BTreeSet<String>, text: &str, depth: usize) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    // As they are written, and where that can be told as what the shell makes of them.
    for part in Parts::read(text).unwrap_or_default().parts {
        let words: Vec<String> = part.pieces.iter().map(|piece| piece.text.to_owned()).collect();
        let begins = part.assignments.min(words.len());
        let ends = if runs_others(&words[begins..]) { words.len() } else { begins + 1 };
        texts.extend((begins..ends.min(words.len())).map(|first| part.text_from(first)));
    }
    for words in literal_commands(text).unwrap_or_default() {
        texts.insert(words.join(" "));
        if runs_others(&words) {
            texts.extend((1..words.len()).map(|first| words[first..].join(" ")));
            let inner = words.iter().filter(|word| word.contains(char::is_whitespace));
            inner.for_each(|word| add(texts, word, deeper));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_a_text_may_run_is_found_by_itself() {
        for (text, command) in [
            ("timeout 5 cargo build q", "cargo build q"),
            ("sudo -u me nice -n 5 cargo build q", "cargo build q"),
            ("cd x && git add .env; ls | wc", "git add .env"),
            ("CI=1 git commit -m zz > log", "git commit -m zz"),
            ("if true; then git commit -m \"a b\"; fi", "git commit -m \"a b\""),
            ("echo $(git add .env)", "git add .env"),
            ("bash -c 'ls; git add .env'", "git add .env"),
            ("\"git\" 'add' .env", "git add .env"),
        ] {
            let mut texts = BTreeSet::new();
            add(&mut texts, text, DEEPEST);
            assert!(texts.contains(command), "{text}: {texts:?}");
        }
        let mut texts = BTreeSet::new();
        add(&mut texts, "echo git push", DEEPEST);
        assert_eq!(texts.into_iter().collect::<Vec<_>>(), ["echo git push"]);
    }
}
