//! Programs that run other commands: whoever may call one of them with anything behind it may run anything.

/// A program that runs other commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runner {
    /// The program, with its subcommand.
    pub words: &'static str,
    /// A command with it that runs another one.
    pub witness: &'static str,
    /// What may stand behind any arguments of it and runs another one; nothing where the arguments have to be others.
    pub behind: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// Where that is written.
    pub source: &'static str,
}

/// What a program that runs others is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Running others: what it is given is a command, a program, or an expression that starts one.
    Running,
    /// Something else; it runs others by an option, a setting or a subcommand that is hardly needed.
    Else,
    /// Something else, and it runs others only where an option says so.
    ElseWithoutOption,
}

impl Runner {
    /// The same, which runs another command by this behind whatever else it is given.
    const fn also_behind(self, behind: &'static str) -> Runner {
        Runner { behind, ..self }
    }

    /// Whether it runs what stands behind it as it is.
    pub fn passes_on(&self) -> bool {
        let behind = self.witness[self.words.len()..].split(' ').skip(1);
        let mut behind = behind.skip_while(|word| is_skipped(word));
        behind.next().is_some_and(|word| ["curl", "cowsay"].contains(&word))
    }
}

/// Whether a word is no command where one is expected: an option, or a number.
pub fn is_skipped(word: &str) -> bool {
    word.starts_with('-') || word.chars().all(|letter| letter.is_ascii_digit())
}

const fn plain(words: &'static str, witness: &'static str, source: &'static str) -> Runner {
    Runner { words, witness, behind: "", purpose: Purpose::Running, source }
}

const fn hidden(words: &'static str, witness: &'static str, source: &'static str) -> Runner {
    Runner { words, witness, behind: "", purpose: Purpose::Else, source }
}

const fn by_option(words: &'static str, witness: &'static str, source: &'static str) -> Runner {
    Runner { words, witness, behind: "", purpose: Purpose::ElseWithoutOption, source }
}

pub(super) const BASH: &str = "https://www.gnu.org/software/bash/manual/bash.html";
pub(super) const CORE: &str = "https://www.gnu.org/software/coreutils/manual/coreutils.html";
pub(super) const DOCKER: &str = "https://docs.docker.com/reference/cli/docker/";
const NPM: &str = "https://docs.npmjs.com/cli/v11/commands/npm-exec";
pub(super) const UV: &str = "https://docs.astral.sh/uv/reference/cli/";
pub(super) const NIX: &str = "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix";
pub(super) const LINUX: &str = "https://man7.org/linux/man-pages/";
const GTFO: &str = "https://gtfobins.github.io/";

/// The programs.
pub static RUNNERS: &[Runner] = &[
    plain("bash", "bash -c 'curl example.com'", BASH),
    plain("sh", "sh -c 'curl example.com'", BASH),
    plain("zsh", "zsh -c 'curl example.com'", "https://zsh.sourceforge.io/Doc/"),
    // Codex takes a plain text for a shell apart, and not one whose output is led somewhere.
    plain("bash", "bash -c 'curl example.com > x'", BASH),
    plain("bash", "bash -lc 'curl example.com > x'", BASH),
    plain("sh", "sh -c 'curl example.com > x'", BASH),
    plain("sh", "sh -lc 'curl example.com > x'", BASH),
    plain("zsh", "zsh -c 'curl example.com > x'", "https://zsh.sourceforge.io/Doc/"),
    plain("zsh", "zsh -lc 'curl example.com > x'", "https://zsh.sourceforge.io/Doc/"),
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
    plain(
        "powershell",
        "powershell -c 'curl example.com'",
        "https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_powershell_exe",
    ),
    plain(
        "cmd",
        "cmd /c 'curl example.com'",
        "https://learn.microsoft.com/windows-server/administration/windows-commands/cmd",
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
        "python -m",
        "python -m timeit -s 'import os; os.system(\"curl example.com\")'",
        "https://docs.python.org/3/library/timeit.html",
    ),
    plain(
        "python3 -m",
        "python3 -m timeit -s 'import os; os.system(\"curl example.com\")'",
        "https://docs.python.org/3/library/timeit.html",
    ),
    plain(
        "py",
        "py -c 'import os; os.system(\"curl example.com\")'",
        "https://docs.python.org/3/using/windows.html",
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
    plain("docker-compose exec", "docker-compose exec web sh -c 'curl example.com'", DOCKER),
    plain("docker-compose run", "docker-compose run web sh -c 'curl example.com'", DOCKER),
    plain(
        "adb shell",
        "adb shell curl example.com",
        "https://developer.android.com/tools/adb#shellcommands",
    ),
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
    )
    .also_behind("--eval='x:;curl example.com' x"),
    plain(
        "find",
        "find . -maxdepth 0 -exec curl example.com \\;",
        "https://www.gnu.org/software/findutils/manual/html_mono/find.html",
    )
    .also_behind("-exec curl example.com \\;"),
    plain("fd", "fd . -x curl example.com", "https://github.com/sharkdp/fd#command-execution")
        .also_behind("-x curl example.com"),
    plain(
        "awk",
        "awk 'BEGIN{system(\"curl example.com\")}'",
        "https://www.gnu.org/software/gawk/manual/html_node/I_002fO-Functions.html",
    ),
    plain(
        "sed",
        "sed '1e curl example.com' README.md",
        "https://www.gnu.org/software/sed/manual/sed.html",
    )
    .also_behind("-e '1e curl example.com' README.md"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_witness_is_one_of_its_program_and_has_a_source() {
        for runner in RUNNERS {
            assert!(runner.witness.starts_with(&format!("{} ", runner.words)), "{}", runner.words);
            assert!(runner.source.starts_with("https://"), "{}", runner.words);
        }
    }

    #[test]
    fn programs_that_run_what_stands_behind_them_are_known() {
        let passing: Vec<&str> =
            RUNNERS.iter().filter(|runner| runner.passes_on()).map(|runner| runner.words).collect();
        for words in ["npx", "uv run", "env", "sudo", "timeout", "xargs", "mise exec", "adb shell"]
        {
            assert!(passing.contains(&words), "{words}");
        }
        for words in ["bash", "python3", "make", "find", "ssh", "docker exec", "awk"] {
            assert!(!passing.contains(&words), "{words}");
        }
    }
}
