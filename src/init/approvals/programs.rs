//! What is known of programs whose commands may become rules.

/// Programs that run what they are given, or whatever stands in a file of the project: no rule allows them.
const RUNNERS: [&str; 103] = [
    "ash",
    "awk",
    "bash",
    "bun",
    "bunx",
    "bundle",
    "busybox",
    "builtin",
    "chroot",
    "chrt",
    "command",
    "coproc",
    "cscript",
    "csh",
    "dash",
    "deno",
    "devbox",
    "direnv",
    "doas",
    "docker",
    "docker-compose",
    "entr",
    "env",
    "eval",
    "exec",
    "expect",
    "fd",
    "fdfind",
    "find",
    "fish",
    "flock",
    "gawk",
    "gdb",
    "gradle",
    "gradlew",
    "ionice",
    "irb",
    "java",
    "jshell",
    "julia",
    "just",
    "ksh",
    "kubectl",
    "ltrace",
    "lua",
    "luajit",
    "make",
    "mawk",
    "mise",
    "mksh",
    "mvn",
    "nawk",
    "nice",
    "nix",
    "nix-shell",
    "nocorrect",
    "node",
    "noglob",
    "nohup",
    "nodejs",
    "npx",
    "nsenter",
    "numactl",
    "osascript",
    "parallel",
    "perf",
    "perl",
    "php",
    "pkexec",
    "pipx",
    "pnpx",
    "podman",
    "poetry",
    "powershell",
    "psql",
    "pwsh",
    "pypy",
    "pypy3",
    "python",
    "python2",
    "python3",
    "rake",
    "Rscript",
    "ruby",
    "rust-script",
    "script",
    "sed",
    "setsid",
    "sh",
    "source",
    "ssh",
    "stdbuf",
    "strace",
    "su",
    "sudo",
    "systemd-run",
    "task",
    "tclsh",
    "tcsh",
    "time",
    "timeout",
    "ts-node",
    "tsx",
];

/// More of them, and what begins like one whatever follows, such as `python3.12`.
const MORE_RUNNERS: [&str; 17] = [
    "taskset", "tox", "trap", "unbuffer", "unshare", "uv", "uvx", "valgrind", "vi", "vim", "watch",
    "wsl", "xargs", "xonsh", "yarn", "zsh", ".",
];

const RUNNER_BEGINNINGS: [&str; 5] = ["python", "pypy", "perl5", "ruby", "php"];

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

/// Whether a program runs what it is given, by its name or a path to it.
pub(super) fn is_runner(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    RUNNERS.contains(&name)
        || MORE_RUNNERS.contains(&name)
        || RUNNER_BEGINNINGS.iter().any(|start| name.starts_with(start))
}

/// Programs whose subcommands run something else.
const RUNNING: [(&str, &[&str]); 5] = [
    ("npm", &["exec", "x", "explore", "run-script"]),
    ("pnpm", &["exec", "dlx"]),
    ("cargo", &["run", "install"]),
    ("go", &["run", "generate", "tool"]),
    ("git", &["-c", "bisect", "rebase", "submodule", "filter-branch"]),
];

/// Whether a command runs something else by its subcommand.
pub(super) fn runs_another(words: &[String]) -> bool {
    let [program, rest @ ..] = words else { return false };
    let running = RUNNING.iter().find(|(name, _)| name == program);
    running.is_some_and(|(_, subcommands)| rest.iter().any(|word| subcommands.contains(&&**word)))
}

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
    fn what_runs_something_else_is_known_by_any_name() {
        for runner in
            ["python3", "python3.12", "/usr/bin/env", "bash", "npx", "find", "xargs", "sudo"]
        {
            assert!(is_runner(runner), "{runner}");
        }
        assert!(!is_runner("git") && !is_runner("cargo"));
        assert!(runs_another(&words("npm exec x")) && !runs_another(&words("npm test")));
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
