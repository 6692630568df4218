//! What is known of programs whose commands may become rules.

/// Subcommands of known programs that do the same whatever follows: only these become rules with a `*`.
const SUBCOMMANDS: [(&str, &[&str]); 9] = [
    (
        "git",
        &[
            "status",
            "log",
            "diff",
            "show",
            "blame",
            "add",
            "commit",
            "ls-files",
            "rev-parse",
            "describe",
            "shortlog",
        ],
    ),
    ("cargo", &["build", "check", "test", "clippy", "fmt", "doc", "tree", "metadata"]),
    ("npm", &["test", "ls", "list", "outdated", "view"]),
    ("pnpm", &["test", "ls", "list", "outdated", "view"]),
    ("go", &["build", "test", "fmt", "list", "doc"]),
    (
        "gh",
        &[
            "pr view",
            "pr list",
            "pr diff",
            "pr checks",
            "issue view",
            "issue list",
            "run view",
            "run list",
        ],
    ),
    ("dotnet", &["build", "test", "format"]),
    ("swift", &["build", "test"]),
    ("terraform", &["fmt", "validate"]),
];

/// The words of a command up to its subcommand, where it is one that may stand with anything behind it.
pub(super) fn subcommand(words: &[String]) -> Option<String> {
    let [program, rest @ ..] = words else { return None };
    let (_, known) = SUBCOMMANDS.iter().find(|(name, _)| name == program)?;
    let is_one = |known: &&&str| {
        let parts: Vec<&str> = known.split(' ').collect();
        rest.len() >= parts.len() && rest.iter().zip(&parts).all(|(word, part)| word == part)
    };
    known.iter().find(is_one).map(|known| format!("{program} {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn only_a_subcommand_of_a_known_program_stands_for_all_of_its_commands() {
        assert_eq!(subcommand(&words("git status -s")).as_deref(), Some("git status"));
        assert_eq!(subcommand(&words("gh pr view 7")).as_deref(), Some("gh pr view"));
        for other in ["git push", "git -C x status", "git", "ls -l", "gh pr"] {
            assert_eq!(subcommand(&words(other)), None, "{other}");
        }
    }
}
