//! What is known of programs whose commands may become rules.

/// Subcommands of known programs that do the same whatever follows: only these become rules with a `*`. None has an
/// option that names what is to be run (as `cargo --config`, `go -toolexec` and `npm --script-shell` do), or a file
/// to be written (as `git log --output` does).
const SUBCOMMANDS: [(&str, &[&str]); 5] = [
    ("git", &["status", "add", "commit", "ls-files", "rev-parse", "describe"]),
    ("npm", &["ls", "list"]),
    ("go", &["fmt"]),
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
    ("terraform", &["fmt"]),
];

pub(super) const RUNS: &str = "it runs whatever it is given";
pub(super) const DESTROYS: &str = "what it removes or overwrites does not come back";
const RIGHTS: &str = "it changes who may do what, or the machine";
const STOPS: &str = "it stops what others run";
const SENDS: &str = "it sends and fetches whatever it is told to";
const LATER: &str = "it has something run later";
const PUBLISHES: &str = "what it publishes cannot be taken back";

/// Commands that never become rules, by why: a program, and words or options that are somewhere behind it. `*` stands
/// for anything.
const HARMFUL: [(&str, &[&str]); 7] = [
    (
        DESTROYS,
        &[
            "dd",
            "mkfs*",
            "mke2fs",
            "mkswap",
            "fdisk",
            "sfdisk",
            "cfdisk",
            "parted",
            "wipefs",
            "shred",
            "truncate",
            "rm",
            "rmdir",
            "unlink",
            "srm",
            "dropdb",
            "git reset --hard",
            "git reset --merge",
            "git reset --keep",
            "git clean",
            "git restore",
            "git checkout --",
            "git checkout .",
            "git checkout -f",
            "git checkout --force",
            "git switch -f",
            "git switch --force",
            "git switch --discard-changes",
            "git stash drop",
            "git stash clear",
            "git branch -D",
            "git branch -d",
            "git branch --delete",
            "git branch -f",
            "git branch --force",
            "git tag -d",
            "git tag --delete",
            "git rm",
            "git worktree remove",
            "git update-ref",
            "git reflog expire",
            "git reflog delete",
            "git gc",
            "git prune",
            "git push --force*",
            "git push -f",
            "git push -d",
            "git push --delete",
            "git push --mirror",
            "git push --prune",
            "git push +*",
            "git push :*",
            "gh repo delete",
            "terraform apply",
            "terraform destroy",
            "tofu apply",
            "tofu destroy",
            "pulumi up",
            "pulumi destroy",
            "cdk deploy",
            "cdk destroy",
            "aws terminate-*",
            "aws delete-*",
            "aws deregister-*",
            "aws rm",
            "aws rb",
            "az delete",
            "az purge",
            "gcloud delete",
            "gsutil rm",
            "gsutil rb",
            "doctl delete",
            "fly destroy",
            "flyctl destroy",
            "heroku apps:destroy",
            "heroku addons:destroy",
            "heroku pg:reset",
            "vercel rm",
            "vercel remove",
            "helm uninstall",
            "helm delete",
            "redis-cli flushall",
            "redis-cli flushdb",
            "redis-cli FLUSHALL",
            "redis-cli FLUSHDB",
            "docker rm",
            "docker rmi",
            "docker prune",
            "apt remove",
            "apt purge",
            "apt autoremove",
            "apt-get remove",
            "apt-get purge",
            "apt-get autoremove",
            "dnf remove",
            "yum remove",
            "brew uninstall",
            "git remote remove",
            "git remote rm",
        ],
    ),
    (
        RIGHTS,
        &[
            "chmod",
            "chown",
            "chgrp",
            "chattr",
            "setfacl",
            "setcap",
            "passwd",
            "chsh",
            "useradd",
            "userdel",
            "usermod",
            "groupadd",
            "groupmod",
            "visudo",
            "mount",
            "umount",
            "iptables",
            "ip6tables",
            "nft",
            "ufw",
            "sysctl",
            "modprobe",
            "insmod",
            "rmmod",
            "git config",
        ],
    ),
    (
        STOPS,
        &[
            "kill",
            "killall",
            "pkill",
            "xkill",
            "shutdown",
            "reboot",
            "halt",
            "poweroff",
            "init",
            "telinit",
            "systemctl",
            "service",
        ],
    ),
    (
        SENDS,
        &[
            "curl", "wget", "aria2c", "http", "https", "xh", "xhs", "ssh", "scp", "sftp", "ftp",
            "lftp", "rsync", "rclone", "nc", "ncat", "netcat", "socat", "telnet", "mail",
            "sendmail", "gh api",
        ],
    ),
    (LATER, &["crontab", "at", "batch", "anacron", "launchctl", "schtasks"]),
    (
        PUBLISHES,
        &[
            "npm publish",
            "npm unpublish",
            "pnpm publish",
            "cargo publish",
            "cargo yank",
            "gem push",
            "twine",
        ],
    ),
    (
        RUNS,
        &[
            "pip install",
            "pip3 install",
            "pipx install",
            "uv install",
            "gem install",
            "cargo install",
            "cargo --config*",
            "go -exec*",
            "go --exec*",
            "go -toolexec*",
            "go --toolexec*",
            "go -vettool*",
            "go --vettool*",
            "npm --script-shell*",
            "pnpm --script-shell*",
            "npm --git=*",
            "git --ext-diff",
            "git --upload-pack*",
            "git --receive-pack*",
            "git --exec*",
            "git --config*",
            "git ext::*",
            "tar --checkpoint-action*",
            "tar --to-command*",
            "tar --use-compress-program*",
            "tar --rsh-command*",
            "tar -I*",
            "tar -F*",
            "rg --pre*",
            "sort --compress-program*",
            "zip -T*",
            "zip --unzip-command*",
            "sqlite3 .shell*",
            "sqlite3 -cmd",
        ],
    ),
];

/// Why a command never becomes a rule; none where it may.
pub(super) fn harm(words: &[String]) -> Option<&'static str> {
    let [program, rest @ ..] = words else { return None };
    let name = program.rsplit('/').next().unwrap_or(program);
    let is_it = |command: &&str| {
        let mut patterns = command.split(' ');
        patterns.next().is_some_and(|pattern| fits(pattern, name))
            && patterns.all(|pattern| rest.iter().any(|word| is_given(pattern, word)))
    };
    let (why, _) = HARMFUL.iter().find(|(_, commands)| commands.iter().any(is_it))?;
    Some(why)
}

/// Whether a word fits a pattern, in which a `*` at the end stands for anything.
pub(super) fn fits(pattern: &str, word: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == word, |start| word.starts_with(start))
}

/// Whether a word is one that is meant: the same, one of several letters behind one dash, or the beginning of an option.
fn is_given(pattern: &str, word: &str) -> bool {
    let letter = pattern.strip_prefix('-').filter(|letter| letter.len() == 1 && *letter != "-");
    let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
    let is_among = letter.zip(letters).is_some_and(|(one, several)| several.contains(one));
    let option = word.split('=').next().unwrap_or(word);
    let is_shortened = pattern.starts_with("--") && option.len() > 3 && pattern.starts_with(option);
    fits(pattern, word) || is_among || is_shortened
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
    fn only_a_subcommand_of_a_known_program_stands_for_all_of_its_commands() {
        assert_eq!(subcommand(&words("git status -s")).as_deref(), Some("git status"));
        assert_eq!(subcommand(&words("gh pr view 7")).as_deref(), Some("gh pr view"));
        for other in ["git push", "git -C x status", "git", "ls -l", "gh pr"] {
            assert_eq!(subcommand(&words(other)), None, "{other}");
        }
    }

    #[test]
    fn no_subcommand_with_an_option_that_runs_or_writes_something_stands_for_all() {
        for other in [
            "cargo test a",
            "go test a",
            "npm test",
            "git log -1",
            "git diff",
            "dotnet build",
            "swift test",
        ] {
            assert_eq!(subcommand(&words(other)), None, "{other}");
        }
    }

    #[test]
    fn what_does_harm_is_known_however_it_is_spelled() {
        for (command, why) in [
            ("aws ec2 terminate-instances --instance-ids i", DESTROYS),
            ("aws s3 rm s3://x --recursive", DESTROYS),
            ("az group delete -n x", DESTROYS),
            ("helm uninstall web", DESTROYS),
            ("gh api -X DELETE repos/a/b", SENDS),
            ("pip install x", RUNS),
            ("dd if=a of=b", DESTROYS),
            ("mkfs.ext4 x", DESTROYS),
            ("/bin/rm x", DESTROYS),
            ("git reset --hard", DESTROYS),
            ("git -C x reset --har HEAD", DESTROYS),
            ("git clean -fd", DESTROYS),
            ("git push --force-with-lease", DESTROYS),
            ("git push -uf origin x", DESTROYS),
            ("git push origin +x", DESTROYS),
            ("chmod 777 x", RIGHTS),
            ("chown me x", RIGHTS),
            ("kill 7", STOPS),
            ("shutdown now", STOPS),
            ("curl x.example", SENDS),
            ("scp a b", SENDS),
            ("crontab x", LATER),
            ("at now", LATER),
            ("cargo publish", PUBLISHES),
            ("cargo test --config=build.rustc-wrapper=x", RUNS),
            ("go test -exec ./x", RUNS),
        ] {
            assert_eq!(harm(&words(command)), Some(why), "{command}");
        }
        for command in [
            "git push origin main",
            "git push -u origin main",
            "git reset HEAD x",
            "git checkout main",
            "git branch feature",
            "git commit -m x",
            "cargo test a",
            "npm run build",
            "ls -l",
            "cat at",
        ] {
            assert_eq!(harm(&words(command)), None, "{command}");
        }
    }
}
