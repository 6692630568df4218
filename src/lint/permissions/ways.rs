//! Other ways to write a command that run the same.

use serde::Serialize;

use Kind::{
    Argument, Background, Blank, Flag, Group, Interpreter, Option, Path, Quote, Redirection,
};
use Kind::{Variable, Wrapper};
use Write::{Bare, Before, Behind, Inserted, Instead, Program, Second, Set, Wrapped};

/// What is done to a command to write it in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An option of the program before its subcommand.
    Option,
    /// Flags in another order or spelling.
    Flag,
    /// An argument more than the rule names.
    Argument,
    /// A program that runs what stands behind it.
    Wrapper,
    /// A program that runs a text.
    Interpreter,
    /// Another blank.
    Blank,
    /// The path of the program.
    Path,
    /// Signs of quoting, which the shell takes away.
    Quote,
    /// Output that is led somewhere.
    Redirection,
    /// In the background.
    Background,
    /// In brackets.
    Group,
    /// A variable.
    Variable,
}

/// How a command is written anew.
#[derive(Clone, Copy, Debug)]
enum Write {
    /// With words behind the program.
    Inserted(&'static str),
    /// With words in place of others.
    Instead(&'static str, &'static str),
    /// With words in front.
    Before(&'static str),
    /// With a text behind it.
    Behind(&'static str),
    /// Between two texts.
    Wrapped(&'static str, &'static str),
    /// With the program between two texts.
    Program(&'static str, &'static str),
    /// With the second word between two texts.
    Second(&'static str, &'static str),
    /// With the program in a variable.
    Set,
    /// With the name of a program in place of its path.
    Bare,
}

/// A way to write a command: what is done, of which program (any where it is empty), how, and where it is written
/// that the same runs.
type Row = (Kind, &'static str, Write, &'static str);

const POSIX: &str = "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html";
const GIT: &str = "https://git-scm.com/docs/git#_options";
const GIT_PUSH: &str = "https://git-scm.com/docs/git-push#_options";
const DOCKER: &str = "https://docs.docker.com/reference/cli/docker/#options";
const KUBECTL: &str = "https://kubernetes.io/docs/reference/kubectl/generated/kubectl/";
const NPM: &str = "https://docs.npmjs.com/cli/v11/using-npm/config";
const YARN: &str = "https://classic.yarnpkg.com/en/docs/cli/";
const PNPM: &str = "https://pnpm.io/pnpm-cli";
const TERRAFORM: &str = "https://developer.hashicorp.com/terraform/cli/commands";
const CARGO: &str = "https://doc.rust-lang.org/cargo/commands/cargo.html";
const HELM: &str = "https://helm.sh/docs/helm/helm/";
const AWS: &str = "https://docs.aws.amazon.com/cli/latest/reference/";
const GCLOUD: &str = "https://cloud.google.com/sdk/gcloud/reference";
const PIP: &str = "https://pip.pypa.io/en/stable/cli/pip/";
const MAKE: &str = "https://www.gnu.org/software/make/manual/html_node/Options-Summary.html";
const GO: &str = "https://pkg.go.dev/cmd/go";
const SYSTEMCTL: &str = "https://www.freedesktop.org/software/systemd/man/latest/systemctl.html";
const CORE: &str = "https://www.gnu.org/software/coreutils/manual/coreutils.html";
const FIND: &str = "https://www.gnu.org/software/findutils/manual/html_mono/find.html";
const BASH: &str = "https://www.gnu.org/software/bash/manual/bash.html";
const SUDO: &str = "https://www.sudo.ws/docs/man/sudo.man/";
const PYTHON: &str = "https://docs.python.org/3/using/cmdline.html";
const NODE: &str = "https://nodejs.org/api/cli.html";
const PERL: &str = "https://perldoc.perl.org/perlrun";

/// The ways, of each kind the plainest first.
static WAYS: &[Row] = &[
    (Option, "git", Inserted("-C ."), GIT),
    (Option, "git", Inserted("-c core.pager=cat"), GIT),
    (Option, "git", Inserted("--no-pager"), GIT),
    (Option, "docker", Inserted("--log-level info"), DOCKER),
    (Option, "docker", Inserted("--context default"), DOCKER),
    (Option, "kubectl", Inserted("-v 0"), KUBECTL),
    (Option, "kubectl", Inserted("-n default"), KUBECTL),
    (Option, "npm", Inserted("--prefix ."), NPM),
    (Option, "npm", Inserted("--silent"), NPM),
    (Option, "yarn", Inserted("--cwd ."), YARN),
    (Option, "pnpm", Inserted("--dir ."), PNPM),
    (Option, "pnpm", Inserted("-C ."), PNPM),
    (Option, "terraform", Inserted("-chdir=."), TERRAFORM),
    (Option, "cargo", Inserted("-q"), CARGO),
    (Option, "helm", Inserted("--debug"), HELM),
    (Option, "aws", Inserted("--output json"), AWS),
    (Option, "gcloud", Inserted("--quiet"), GCLOUD),
    (Option, "pip", Inserted("--quiet"), PIP),
    (Option, "pip3", Inserted("--quiet"), PIP),
    (Option, "make", Inserted("-C ."), MAKE),
    (Option, "go", Inserted("-C ."), GO),
    (Option, "systemctl", Inserted("--no-pager"), SYSTEMCTL),
    (Flag, "rm", Instead("-rf", "-fr"), CORE),
    (Flag, "rm", Instead("-rf", "-r -f"), CORE),
    (Flag, "rm", Instead("-rf", "--recursive --force"), CORE),
    (Flag, "rm", Instead("-rf", "-Rf"), CORE),
    (Flag, "rm", Instead("-fr", "-rf"), CORE),
    (Flag, "rm", Instead("-fr", "-f -r"), CORE),
    (Flag, "rm", Instead("-r", "--recursive"), CORE),
    (Flag, "rm", Instead("-r", "-R"), CORE),
    (Flag, "rm", Instead("-f", "--force"), CORE),
    (Flag, "git", Instead("--force", "-f"), GIT_PUSH),
    (Flag, "git", Instead("push --force", "push origin --force"), GIT_PUSH),
    (Flag, "git", Instead("push -f", "push origin -f"), GIT_PUSH),
    (Flag, "git", Instead("push -f", "push --force"), GIT_PUSH),
    (
        Flag,
        "git",
        Instead("reset --hard", "reset HEAD --hard"),
        "https://git-scm.com/docs/git-reset",
    ),
    (Flag, "git", Instead("clean -fd", "clean -d -f"), "https://git-scm.com/docs/git-clean"),
    (Flag, "git", Instead("clean -f", "clean --force"), "https://git-scm.com/docs/git-clean"),
    (Flag, "git", Instead("branch -D", "branch -d -f"), "https://git-scm.com/docs/git-branch"),
    (
        Flag,
        "git",
        Instead("commit --no-verify", "commit -n"),
        "https://git-scm.com/docs/git-commit",
    ),
    (Flag, "chmod", Instead("-R 777", "--recursive 777"), CORE),
    (Flag, "chmod", Instead("777", "0777"), CORE),
    (Argument, "", Behind(" main"), POSIX),
    (Interpreter, "", Wrapped("bash -c '", "'"), BASH),
    (Interpreter, "", Wrapped("sh -c '", "'"), BASH),
    (Interpreter, "", Wrapped("bash -lc '", "'"), BASH),
    (Interpreter, "", Wrapped("eval '", "'"), BASH),
    (Interpreter, "", Wrapped("python3 -c 'import os; os.system(\"", "\")'"), PYTHON),
    (Interpreter, "", Wrapped("node -e 'require(\"child_process\").execSync(\"", "\")'"), NODE),
    (Interpreter, "", Wrapped("perl -e 'system(\"", "\")'"), PERL),
    (Wrapper, "", Before("env"), CORE),
    (Wrapper, "", Before("command"), BASH),
    (Wrapper, "", Before("timeout 5"), CORE),
    (Wrapper, "", Before("nohup"), CORE),
    (Wrapper, "", Before("nice"), CORE),
    (Wrapper, "", Before("time"), BASH),
    (Wrapper, "", Before("sudo"), SUDO),
    (Wrapper, "", Before("xargs -n1"), FIND),
    (Wrapper, "", Wrapped("find . -maxdepth 0 -exec ", " \\;"), FIND),
    (Redirection, "", Behind(" > log"), POSIX),
    (Redirection, "", Behind(" 2>&1"), POSIX),
    (Background, "", Behind(" &"), POSIX),
    (Group, "", Wrapped("(", ")"), POSIX),
    (Variable, "", Before("X=1"), POSIX),
    (Variable, "", Behind(" $X"), POSIX),
    (Variable, "", Set, POSIX),
    (Blank, "", Program("", " "), POSIX),
    (Path, "", Program("/usr/bin/", ""), POSIX),
    (Path, "", Bare, POSIX),
    (Quote, "", Second("'", "'"), POSIX),
    (Quote, "", Program("\\", ""), POSIX),
];

/// The folders in which programs are looked for by their names.
const FOLDERS: [&str; 5] = ["/bin", "/sbin", "/usr/bin", "/usr/local/bin", "/usr/sbin"];

/// Another way to write a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What is done.
    pub kind: Kind,
    /// The command as it is written so.
    pub command: String,
    /// Where it is written that it runs the same.
    pub source: &'static str,
}

/// The other ways to write a plain command, the plainest first; none for what is more than one command.
pub fn variants(command: &str) -> Vec<Variant> {
    if command.contains(['\'', '"', '\\', '$', '`', ';', '&', '|', '(', '<', '>', '\n', '*']) {
        return Vec::new();
    }
    let (program, rest) = command.split_once(' ').unwrap_or((command, ""));
    if program.is_empty() || program.contains(['=', '{']) || rest.starts_with(' ') {
        return Vec::new();
    }
    let is_path = program.contains('/');
    let rows = WAYS.iter().filter(|row| row.1.is_empty() || row.1 == program);
    let rows = rows.filter(|row| matches!(row.2, Bare) == is_path);
    rows.filter_map(|(kind, _, write, source)| {
        let command = written(*write, command, program, rest)?;
        Some(Variant { kind: *kind, command, source })
    })
    .collect()
}

fn written(write: Write, command: &str, program: &str, rest: &str) -> std::option::Option<String> {
    Some(match write {
        // Where no subcommand follows, an option is one like others.
        Inserted(_) if rest.is_empty() || rest.starts_with('-') => return None,
        Inserted(words) => format!("{program} {words} {rest}"),
        Instead(from, to) => {
            let padded = format!("{rest} ");
            let at = padded.find(&format!("{from} "))?;
            let is_word = at == 0 || padded[..at].ends_with(' ');
            let changed = format!("{}{to}{}", &padded[..at], &padded[at + from.len()..]);
            return is_word.then(|| format!("{program} {}", changed.trim_end()));
        }
        Before(words) => format!("{words} {command}"),
        Behind(text) => format!("{command}{text}"),
        Wrapped(before, after) => format!("{before}{command}{after}"),
        Program("", _) if rest.is_empty() => return None,
        Program(before, after) => format!("{before}{program}{after} {rest}").trim_end().to_owned(),
        Second(before, after) => {
            let (second, others) = rest.split_once(' ').unwrap_or((rest, ""));
            if second.is_empty() {
                return None;
            }
            format!("{program} {before}{second}{after} {others}").trim_end().to_owned()
        }
        Set => format!("X={program}; $X {rest}").trim_end().to_owned(),
        Bare => {
            let (folder, name) = program.rsplit_once('/')?;
            let is_found = FOLDERS.contains(&folder) && !name.is_empty();
            return is_found.then(|| format!("{name} {rest}").trim_end().to_owned());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_as(command: &str, kind: Kind) -> Vec<String> {
        let all = variants(command).into_iter().filter(|variant| variant.kind == kind);
        all.map(|variant| variant.command).collect()
    }

    #[test]
    fn options_stand_before_the_subcommand() {
        let found = written_as("git push origin", Kind::Option);
        assert_eq!(found[0], "git -C . push origin");
        assert!(written_as("git --version", Kind::Option).is_empty());
        assert!(written_as("deploy now", Kind::Option).is_empty());
    }

    #[test]
    fn flags_are_spelt_in_other_ways_where_they_are_words() {
        let found = written_as("rm -rf build", Kind::Flag);
        assert!(found.contains(&"rm -r -f build".to_owned()), "{found:?}");
        assert!(written_as("rm x-rf build", Kind::Flag).is_empty());
        let found = written_as("git push --force", Kind::Flag);
        assert!(found.contains(&"git push origin --force".to_owned()), "{found:?}");
    }

    #[test]
    fn a_program_in_a_folder_of_programs_is_called_by_its_name() {
        assert_eq!(written_as("/usr/bin/rm -r x", Kind::Path), ["rm -r x"]);
        assert!(variants("./rm x").is_empty() && variants("/srv/app/rm x").is_empty());
        assert_eq!(written_as("rm -r x", Kind::Path), ["/usr/bin/rm -r x"]);
    }

    #[test]
    fn every_way_has_a_source_and_what_is_not_one_command_has_no_other_way() {
        assert!(WAYS.iter().all(|(.., source)| source.starts_with("https://")));
        for command in ["a && b", "a 'b'", "X=1 a", "echo $X", ""] {
            assert!(variants(command).is_empty(), "{command}");
        }
        assert!(variants("ls").iter().all(|variant| variant.command != "ls"));
    }
}
