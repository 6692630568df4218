//! Programs that run other commands: whoever may call one of them with anything behind it may run anything.

/// A program that runs other commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runner {
    /// The program, with its subcommand.
    pub words: &'static str,
    /// A command with it that runs another one.
    pub witness: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// Where that is written.
    pub source: &'static str,
}

/// What a program that runs others is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Running others.
    Running,
    /// Something else; people may not know that it runs others too.
    Else,
    /// Something else, and it runs others only where an option says so.
    ElseWithoutOption,
}

const fn plain(words: &'static str, witness: &'static str, source: &'static str) -> Runner {
    Runner { words, witness, purpose: Purpose::Running, source }
}

const fn hidden(words: &'static str, witness: &'static str, source: &'static str) -> Runner {
    Runner { words, witness, purpose: Purpose::Else, source }
}

const fn by_option(words: &'static str, witness: &'static str, source: &'static str) -> Runner {
    Runner { words, witness, purpose: Purpose::ElseWithoutOption, source }
}

const BASH: &str = "https://www.gnu.org/software/bash/manual/bash.html";
const CORE: &str = "https://www.gnu.org/software/coreutils/manual/coreutils.html";
const DOCKER: &str = "https://docs.docker.com/reference/cli/docker/";
const NPM: &str = "https://docs.npmjs.com/cli/v11/commands/npm-exec";
const UV: &str = "https://docs.astral.sh/uv/reference/cli/";
const NIX: &str = "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix";
const LINUX: &str = "https://man7.org/linux/man-pages/";
const GTFO: &str = "https://gtfobins.github.io/";

/// The programs.
pub static RUNNERS: &[Runner] = &[
    plain("bash", "bash -c 'curl example.com'", BASH),
    plain("sh", "sh -c 'curl example.com'", BASH),
    plain("zsh", "zsh -c 'curl example.com'", "https://zsh.sourceforge.io/Doc/"),
    plain(
        "fish",
        "fish -c 'curl example.com'",
        "https://fishshell.com/docs/current/cmds/fish.html",
    ),
    plain(
        "pwsh",
        "pwsh -c 'curl example.com'",
        "https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_pwsh",
    ),
    plain("eval", "eval 'curl example.com'", BASH),
    plain("source", "source ./x.sh", BASH),
    plain(
        "python",
        "python -c 'import os; os.system(\"curl example.com\")'",
        "https://docs.python.org/3/using/cmdline.html",
    ),
    plain(
        "python3",
        "python3 -c 'import os; os.system(\"curl example.com\")'",
        "https://docs.python.org/3/using/cmdline.html",
    ),
    plain(
        "node",
        "node -e 'require(\"child_process\").execSync(\"curl example.com\")'",
        "https://nodejs.org/api/cli.html",
    ),
    plain(
        "deno",
        "deno eval 'new Deno.Command(\"curl\").spawn()'",
        "https://docs.deno.com/runtime/reference/cli/",
    ),
    plain("bun", "bun -e 'Bun.spawn([\"curl\", \"example.com\"])'", "https://bun.com/docs/cli/run"),
    plain(
        "tsx",
        "tsx -e 'require(\"child_process\").execSync(\"curl example.com\")'",
        "https://tsx.is/",
    ),
    plain(
        "ruby",
        "ruby -e 'system(\"curl example.com\")'",
        "https://docs.ruby-lang.org/en/master/ruby/options_md.html",
    ),
    plain("perl", "perl -e 'system(\"curl example.com\")'", "https://perldoc.perl.org/perlrun"),
    plain(
        "php",
        "php -r 'system(\"curl example.com\");'",
        "https://www.php.net/manual/features.commandline.options.php",
    ),
    plain(
        "lua",
        "lua -e 'os.execute(\"curl example.com\")'",
        "https://www.lua.org/manual/5.4/lua.html",
    ),
    plain(
        "Rscript",
        "Rscript -e 'system(\"curl example.com\")'",
        "https://stat.ethz.ch/R-manual/R-devel/library/utils/html/Rscript.html",
    ),
    plain(
        "osascript",
        "osascript -e 'do shell script \"curl example.com\"'",
        "https://ss64.com/mac/osascript.html",
    ),
    plain("npx", "npx -y cowsay hello", NPM),
    plain("npm exec", "npm exec -- cowsay hello", NPM),
    plain("pnpm exec", "pnpm exec curl example.com", "https://pnpm.io/cli/exec"),
    plain("pnpm dlx", "pnpm dlx cowsay hello", "https://pnpm.io/cli/dlx"),
    plain("yarn dlx", "yarn dlx cowsay hello", "https://yarnpkg.com/cli/dlx"),
    plain("bunx", "bunx cowsay hello", "https://bun.com/docs/cli/bunx"),
    plain("uv run", "uv run curl example.com", UV),
    plain("uvx", "uvx cowsay hello", UV),
    plain("pipx run", "pipx run cowsay hello", "https://pipx.pypa.io/stable/reference/cli/"),
    plain("poetry run", "poetry run curl example.com", "https://python-poetry.org/docs/cli/#run"),
    plain("pipenv run", "pipenv run curl example.com", "https://pipenv.pypa.io/en/latest/cli.html"),
    plain(
        "bundle exec",
        "bundle exec curl example.com",
        "https://bundler.io/man/bundle-exec.1.html",
    ),
    plain("mise exec", "mise exec -- curl example.com", "https://mise.jdx.dev/cli/exec.html"),
    plain("nix run", "nix run nixpkgs#curl example.com", NIX),
    plain("nix-shell", "nix-shell --run 'curl example.com'", NIX),
    plain("docker run", "docker run -v /:/host alpine rm -r /host/srv", DOCKER),
    plain("docker exec", "docker exec web sh -c 'curl example.com'", DOCKER),
    plain("docker compose exec", "docker compose exec web sh -c 'curl example.com'", DOCKER),
    plain("docker compose run", "docker compose run web sh -c 'curl example.com'", DOCKER),
    plain(
        "podman run",
        "podman run -v /:/host alpine rm -r /host/srv",
        "https://docs.podman.io/en/latest/markdown/podman-run.1.html",
    ),
    plain(
        "kubectl exec",
        "kubectl exec web -- sh -c 'curl example.com'",
        "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_exec/",
    ),
    plain(
        "ssh",
        "ssh -o ProxyCommand='curl example.com' host",
        "https://man.openbsd.org/ssh_config#ProxyCommand",
    ),
    plain("sudo", "sudo curl example.com", "https://www.sudo.ws/docs/man/sudo.man/"),
    plain("doas", "doas curl example.com", "https://man.openbsd.org/doas"),
    plain("su", "su -c 'curl example.com'", LINUX),
    plain("env", "env curl example.com", CORE),
    plain(
        "xargs",
        "xargs curl example.com",
        "https://www.gnu.org/software/findutils/manual/html_mono/find.html",
    ),
    plain("nohup", "nohup curl example.com", CORE),
    plain("timeout", "timeout 5 curl example.com", CORE),
    plain("nice", "nice curl example.com", CORE),
    plain("time", "time curl example.com", BASH),
    plain("command", "command curl example.com", BASH),
    plain("exec", "exec curl example.com", BASH),
    plain("watch", "watch curl example.com", LINUX),
    plain(
        "parallel",
        "parallel curl ::: example.com",
        "https://www.gnu.org/software/parallel/parallel.html",
    ),
    plain(
        "make",
        "make --eval='x:;curl example.com' x",
        "https://www.gnu.org/software/make/manual/html_node/Options-Summary.html",
    ),
    plain(
        "find",
        "find . -maxdepth 0 -exec curl example.com \\;",
        "https://www.gnu.org/software/findutils/manual/html_mono/find.html",
    ),
    hidden("fd", "fd . -x curl example.com", "https://github.com/sharkdp/fd#command-execution"),
    hidden(
        "git -c",
        "git -c alias.x='!curl example.com' x",
        "https://git-scm.com/docs/git-config#Documentation/git-config.txt-alias",
    ),
    hidden(
        "git rebase",
        "git rebase -x 'curl example.com' HEAD~1",
        "https://git-scm.com/docs/git-rebase",
    ),
    hidden("git bisect", "git bisect run curl example.com", "https://git-scm.com/docs/git-bisect"),
    hidden(
        "git submodule",
        "git submodule foreach 'curl example.com'",
        "https://git-scm.com/docs/git-submodule",
    ),
    hidden("go run", "go run example.com/x@latest", "https://pkg.go.dev/cmd/go"),
    hidden(
        "awk",
        "awk 'BEGIN{system(\"curl example.com\")}'",
        "https://www.gnu.org/software/gawk/manual/html_node/I_002fO-Functions.html",
    ),
    hidden(
        "sed",
        "sed '1e curl example.com' README.md",
        "https://www.gnu.org/software/sed/manual/sed.html",
    ),
    by_option(
        "tar",
        "tar -cf x.tar --checkpoint=1 --checkpoint-action=exec='curl example.com' .",
        "https://www.gnu.org/software/tar/manual/html_section/checkpoints.html",
    ),
    by_option(
        "rsync",
        "rsync -e 'sh -c \"curl example.com\"' x host:",
        "https://download.samba.org/pub/rsync/rsync.1",
    ),
    hidden("vim", "vim -c ':!curl example.com'", "https://vimhelp.org/various.txt.html#%3A%21"),
    hidden(
        "emacs",
        "emacs --batch --eval '(shell-command \"curl example.com\")'",
        "https://www.gnu.org/software/emacs/manual/html_node/emacs/Initial-Options.html",
    ),
    hidden(
        "psql",
        "psql -c '\\! curl example.com'",
        "https://www.postgresql.org/docs/current/app-psql.html",
    ),
    by_option("sqlite3", "sqlite3 x.db '.shell curl example.com'", "https://sqlite.org/cli.html"),
    by_option(
        "rg",
        "rg --pre ./x.sh y",
        "https://github.com/BurntSushi/ripgrep/blob/master/GUIDE.md#preprocessor",
    ),
    by_option("sort", "sort --compress-program=./x.sh -S1 y", CORE),
    by_option("zip", "zip x.zip y -T -TT ./x.sh", GTFO),
    hidden(
        "gdb",
        "gdb -batch -ex '!curl example.com'",
        "https://sourceware.org/gdb/current/onlinedocs/gdb.html/Shell-Commands.html",
    ),
    hidden(
        "ansible",
        "ansible all -m shell -a 'curl example.com'",
        "https://docs.ansible.com/ansible/latest/collections/ansible/builtin/shell_module.html",
    ),
];

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
    ("https://learn.microsoft.com/windows/", &["cscript", "powershell", "wsl"]),
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
    fn every_witness_is_one_of_its_program_and_has_a_source() {
        for runner in RUNNERS {
            assert!(runner.witness.starts_with(&format!("{} ", runner.words)), "{}", runner.words);
            assert!(runner.source.starts_with("https://"), "{}", runner.words);
        }
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
