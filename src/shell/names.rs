//! Names of programs: those that run others, beside the ones with a witness, and those that begin as others do.

use super::runners::{BASH, CORE, DOCKER, LINUX, NIX, Purpose, RUNNERS, UV};

/// Where others are told of that run what they are given, or whatever stands in a file of the project, an image or
/// on another machine; and their names, some with a subcommand.
const MORE: [(&str, &[&str]); 40] = [
    (BASH, &["builtin", "coproc", "trap", "."]),
    ("https://zsh.sourceforge.io/Doc/", &["nocorrect", "noglob"]),
    (CORE, &["chroot", "stdbuf"]),
    (
        LINUX,
        &[
            "chrt", "flock", "ionice", "ltrace", "nsenter", "numactl", "perf", "runuser", "script",
            "setarch", "setpriv", "setsid", "sg", "strace", "taskset", "unshare",
        ],
    ),
    (
        "https://manpages.debian.org/",
        &[
            "ash", "bwrap", "busybox", "chpst", "csh", "cpulimit", "ed", "ex", "fakeroot",
            "faketime", "firejail", "ghc", "ghci", "guile", "iex", "kotlinc", "nvim", "ocaml",
            "octave", "proot", "racket", "runghc", "sbcl", "scala", "screen", "swipl", "tmux",
            "xvfb-run", "dash", "direnv", "entr", "expect", "fdfind", "gawk", "irb", "java",
            "jshell", "julia", "just", "ksh", "luajit", "mawk", "mksh", "nawk", "nodejs", "pkexec",
            "pypy", "pypy3", "python2", "rake", "tclsh", "tcsh", "tox", "unbuffer", "valgrind",
            "vi", "xonsh",
        ],
    ),
    ("https://learn.microsoft.com/windows/", &["cscript", "wsl"]),
    (DOCKER, &["docker", "docker-compose"]),
    ("https://docs.podman.io/en/latest/", &["podman"]),
    ("https://kubernetes.io/docs/reference/kubectl/", &["kubectl"]),
    ("https://docs.gradle.org/current/userguide/", &["gradle", "gradlew"]),
    ("https://maven.apache.org/run.html", &["mvn"]),
    (UV, &["uv"]),
    (NIX, &["nix"]),
    ("https://www.jetify.com/docs/devbox/", &["devbox"]),
    ("https://bundler.io/man/bundle-exec.1.html", &["bundle"]),
    ("https://mise.jdx.dev/cli/", &["mise"]),
    ("https://pipx.pypa.io/stable/", &["pipx"]),
    ("https://python-poetry.org/docs/cli/", &["poetry"]),
    ("https://taskfile.dev/", &["task"]),
    ("https://typestrong.org/ts-node/", &["ts-node"]),
    ("https://rust-script.org/", &["rust-script"]),
    ("https://yarnpkg.com/cli/", &["yarn"]),
    ("https://pnpm.io/cli/dlx", &["pnpx"]),
    ("https://docs.npmjs.com/cli/v11/commands/", &["npm x", "npm explore", "npm run-script"]),
    ("https://pkg.go.dev/cmd/go", &["go generate", "go tool"]),
    ("https://git-scm.com/docs/git-filter-branch", &["git filter-branch"]),
    ("https://doc.rust-lang.org/cargo/commands/", &["cargo run", "cargo install"]),
    ("https://hexdocs.pm/elixir/", &["elixir", "mix run", "mix eval", "mix cmd"]),
    ("https://kotlinlang.org/docs/command-line.html", &["kotlin"]),
    ("https://groovy-lang.org/groovy.html", &["groovy"]),
    (
        "https://docs.conda.io/projects/conda/en/stable/commands/run.html",
        &["conda run", "mamba run"],
    ),
    ("https://github.com/rbenv/rbenv#rbenv-exec", &["rbenv exec", "pyenv exec", "nodenv exec"]),
    ("https://asdf-vm.com/manage/commands.html", &["asdf exec"]),
    ("https://lerna.js.org/docs/api-reference/commands", &["lerna exec", "lerna run"]),
    (
        "https://guides.rubyonrails.org/command_line.html",
        &["rails runner", "rails r", "rails console", "rails c"],
    ),
    ("https://github.com/remy/nodemon", &["nodemon"]),
    ("https://github.com/open-cli-tools/concurrently", &["concurrently"]),
    ("https://www.flamingspork.com/projects/libeatmydata/", &["eatmydata"]),
    ("https://www.freedesktop.org/software/systemd/man/", &["systemd-run"]),
    ("https://github.com/kentcdodds/cross-env", &["cross-env"]),
];

/// What begins like one whatever follows, such as `python3.12`.
const BEGINNINGS: [&str; 5] = ["python", "pypy", "perl5", "ruby", "php"];

/// Whether a command may run whatever it is given, or whatever stands somewhere else: by its program, which a path may
/// lead to, or by its subcommand.
pub fn runs_others(command: &[String]) -> bool {
    let [program, rest @ ..] = command else { return false };
    let name = program.rsplit('/').next().unwrap_or(program);
    let is_it = |words: &str| {
        let mut words = words.split(' ');
        words.next() == Some(name) && words.all(|word| rest.iter().any(|other| other == word))
    };
    let always = RUNNERS.iter().filter(|runner| runner.purpose != Purpose::ElseWithoutOption);
    let mut known =
        always.map(|runner| runner.words).chain(MORE.iter().flat_map(|(_, names)| *names).copied());
    BEGINNINGS.iter().any(|start| name.starts_with(start)) || known.any(is_it)
}

/// Programs whose names begin as those of others do.
/// Source: the packages of Debian that have them, <https://packages.debian.org/>.
pub const LONGER: [(&str, &str); 19] = [
    ("bun", "bunx"),
    ("cp", "cpio"),
    ("docker", "docker-compose"),
    ("env", "envsubst"),
    ("find", "findmnt"),
    ("gh", "ghostscript"),
    ("git", "git-shell"),
    ("go", "gofmt"),
    ("ls", "lsof"),
    ("make", "makepkg"),
    ("mv", "mvn"),
    ("node", "nodemon"),
    ("npm", "npm-check"),
    ("pip", "pipx"),
    ("ps", "psql"),
    ("pwd", "pwdx"),
    ("rm", "rmdir"),
    ("sh", "shutdown"),
    ("uv", "uvx"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_source_and_longer_ones_are_longer() {
        assert!(MORE.iter().all(|(source, _)| source.starts_with("https://")));
        assert!(LONGER.iter().all(|(name, longer)| longer.starts_with(name) && longer != name));
    }

    #[test]
    fn what_runs_something_else_is_known_by_any_name() {
        let runs =
            |command: &str| runs_others(&command.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for command in [
            "python3 x",
            "python3.12",
            "/usr/bin/env x",
            "bash",
            "npx x",
            "find .",
            "xargs",
            "sudo x",
            "npm exec x",
            "git -C x rebase",
            "docker ps",
            "elixir x.exs",
            "ghci",
            "kotlin x",
            "fakeroot x",
            "faketime now x",
            "proot x",
            "conda run x",
            "conda -q run x",
            "rbenv exec x",
            "asdf exec x",
            "lerna exec x",
            "rails runner x",
            "mix run x",
            "concurrently x",
            "nodemon x",
            "emacs x",
            "ed x",
            "runuser x",
        ] {
            assert!(runs(command), "{command}");
        }
        for command in
            ["git status", "cargo test", "npm test", "sort x", "rg x", "conda list", "mix test"]
        {
            assert!(!runs(command), "{command}");
        }
    }
}
