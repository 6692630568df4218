//! Commands that remove files and ask nobody.

use super::script::TooLong;
use super::sequence::{literal_commands, shell_text};

/// How deep programs that run others are looked through; what nests deeper counts as removing.
/// Source: Codex, `is_dangerous_command.rs`.
const DEPTH: usize = 8;

/// Whether a command is `rm` with force, or has `sudo`, `env`, `trap` or a shell run one.
///
/// # Errors
/// A text that it gives to a shell is too long.
pub fn forces_removal(words: &[String]) -> Result<bool, TooLong> {
    removes(words, 0)
}

fn removes(words: &[String], depth: usize) -> Result<bool, TooLong> {
    let Some((program, arguments)) = words.split_first() else { return Ok(false) };
    if depth > DEPTH {
        return Ok(true);
    }
    match program.rsplit('/').next().unwrap_or_default() {
        "rm" => Ok(arguments.iter().take_while(|word| *word != "--").any(|word| is_force(word))),
        "sudo" => removes(arguments, depth + 1),
        "env" => removes(behind_variables(arguments), depth + 1),
        "trap" => match arguments.iter().find(|word| *word != "--") {
            Some(action) if !action.starts_with('-') => text_removes(action, depth + 1),
            _ => Ok(false),
        },
        _ => shell_text(words).map_or(Ok(false), |text| text_removes(text, depth + 1)),
    }
}

fn text_removes(text: &str, depth: usize) -> Result<bool, TooLong> {
    for words in literal_commands(text)? {
        if removes(&words, depth)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a word is `--force`, or short options with `f` among them.
fn is_force(word: &str) -> bool {
    let short = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
    word == "--force" || short.is_some_and(|letters| letters.contains('f'))
}

/// What is left of the words of `env` behind the variables that it sets.
fn behind_variables(words: &[String]) -> &[String] {
    let is_variable = |word: &str| {
        let name = word.split_once('=').map(|(name, _)| name);
        matches!(word, "-i" | "--ignore-environment")
            || name.is_some_and(|name| !name.is_empty() && !name.starts_with('-'))
    };
    let first = words.iter().position(|word| !is_variable(word)).unwrap_or(words.len());
    match words.get(first) {
        Some(word) if word == "--" => &words[first + 1..],
        _ => &words[first..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forces(words: &[&str]) -> bool {
        forces_removal(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn removal_by_force_is_seen_through_programs_that_run_others() {
        for words in [
            &["rm", "-rf", "x"][..],
            &["/bin/rm", "x", "--force"],
            &["sudo", "rm", "-r", "-f", "x"],
            &["env", "A=1", "-i", "--", "rm", "-f", "x"],
            &["trap", "rm -f x", "EXIT"],
            &["bash", "-lc", "for i in a; do rm -rf \"$i\" > /dev/null; done"],
            &["sh", "-c", "echo \"$(rm -f x)\""],
        ] {
            assert!(forces(words), "{words:?}");
        }
        for words in [
            &["rm", "-r", "x"][..],
            &["rm", "--", "-f"],
            &["git", "rm", "-f", "x"],
            &["bash", "-lc", "echo 'rm -rf x'"],
            &["bash", "-c", "$x -rf y"],
            &["xargs", "rm", "-f"],
            &["sudo"],
            &[],
        ] {
            assert!(!forces(words), "{words:?}");
        }
    }

    #[test]
    fn hostile_nesting_ends() {
        assert!(forces(&["sudo"; 100]));
        let deep = (0..12).fold("a".to_owned(), |text, _| format!("sudo {text}"));
        assert!(forces(&["bash", "-c", &deep]));
    }
}
