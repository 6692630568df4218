//! The commands that run without a question: what only reads, and what changes files where edits are
//! accepted.

use crate::policy::commands::PlainCommand;

/// What may be given anything but these options, with so many words beside them.
const fn but(words: &'static str, never: &'static [&'static str], operands: usize) -> PlainCommand {
    PlainCommand { words, never, flags: "", operands, first: "", only: None }
}

/// The same with flags that may stand in one word.
const fn with(
    words: &'static str,
    flags: &'static str,
    never: &'static [&'static str],
) -> PlainCommand {
    PlainCommand { words, never, flags, operands: usize::MAX, first: "", only: None }
}

/// What may be given these words alone.
const fn only(words: &'static str, only: &'static [&'static str]) -> PlainCommand {
    PlainCommand { words, never: &[], flags: "", operands: 0, first: "", only: Some(only) }
}

/// What may be given anything.
const fn any(words: &'static str) -> PlainCommand {
    but(words, &[], usize::MAX)
}

/// The flags of `fd` that take no value.
const FD: &str = "HIsgiaplLFuq01";

/// The commands that only read.
pub(super) static READ_ONLY: &[PlainCommand] = &[
    any("["),
    any("[["),
    any("arch"),
    any("base64"),
    any("basename"),
    any("cal"),
    any("cat"),
    any("cd"),
    any("cmp"),
    any("column"),
    any("comm"),
    any("command ls"),
    any("cut"),
    with("date", "uR", &["-s", "--set", "-f", "--file"]),
    any("df"),
    any("diff"),
    any("dirname"),
    any("docker images"),
    any("docker inspect"),
    any("docker logs"),
    any("docker ps"),
    any("du"),
    any("echo"),
    any("egrep"),
    any("expand"),
    any("expr"),
    any("false"),
    with("fd", FD, &["-x", "-X", "--exec"]),
    with("fdfind", FD, &["-x", "-X", "--exec"]),
    any("fgrep"),
    with("file", "bcdEhikLlnNprsv0", &["-C", "-m", "-f ", "-z", "--files-from", "-f"]),
    but("find", &["-exec", "-execdir", "-delete", "-fprint", "-ok", "-fls"], usize::MAX),
    any("fmt"),
    any("fold"),
    any("free"),
    any("git blame"),
    only("git branch", &["-a", "-r", "-v", "-vv", "--all", "--list", "--show-current", "-l"]),
    any("git cat-file"),
    any("git config --get"),
    any("git describe"),
    but("git diff", &["--output", "--ext-diff"], usize::MAX),
    any("git for-each-ref"),
    with("git grep", "vaiIwnlLzohHcpWqrEGPF", &["-O", "--open-files"]),
    but("git log", &["--output"], usize::MAX),
    any("git ls-files"),
    any("git ls-remote"),
    any("git merge-base"),
    only("git reflog", &["show"]),
    only("git remote", &["-v", "--verbose"]),
    any("git rev-list"),
    any("git rev-parse"),
    any("git shortlog"),
    but("git show", &["--output", "--ext-diff"], usize::MAX),
    any("git stash list"),
    any("git stash show"),
    any("git status"),
    only("git tag", &["-l", "--list", "-n"]),
    but("git worktree list", &[], 0),
    any("grep"),
    any("groups"),
    any("head"),
    but("help", &["-m"], usize::MAX),
    any("hexdump"),
    any("history"),
    but("hostname", &[], 0),
    any("id"),
    any("ifconfig"),
    any("ip addr"),
    with("jq", "nrjaseSCMchV", &["-f", "--from-file", "*env", "-L"]),
    any("locale"),
    any("ls"),
    any("lsof"),
    with("man", "adDfhkKlutwWcXZ", &["-P"]),
    any("md5sum"),
    any("netstat"),
    any("nl"),
    only("node --version", &[]),
    only("node -v", &[]),
    any("nproc"),
    any("od"),
    any("paste"),
    any("pgrep"),
    any("pr"),
    but("printf", &["-v"], usize::MAX),
    but("ps", &["e "], usize::MAX),
    only("pwd", &[]),
    only("python --version", &[]),
    only("python3 --version", &[]),
    any("readlink"),
    any("realpath"),
    any("rev"),
    but("rg", &["--pre"], usize::MAX),
    any("seq"),
    any("sha1sum"),
    any("sha256sum"),
    any("sleep"),
    with(
        "sort",
        "bcdfghimnrsuzCMRV",
        &["-o", "-T", "--output", "--temporary-directory", "--compress-program"],
    ),
    with("ss", "aeilmnoprstuwx460HObEZ", &["-K"]),
    any("stat"),
    any("strings"),
    any("tac"),
    any("tail"),
    any("test"),
    any("tput"),
    any("tr"),
    with("tree", "adflxpsughDFiqNQSACnJXrtcUv", &["-o", "-R"]),
    any("true"),
    any("type"),
    any("uname"),
    any("unexpand"),
    but("uniq", &[], 0),
    any("uptime"),
    any("wc"),
    any("which"),
    only("whoami", &[]),
    any("xargs echo"),
    any("xargs grep"),
    // Lines that are printed.
    PlainCommand {
        words: "sed -n",
        never: &["-"],
        flags: "",
        operands: usize::MAX,
        first: "0123456789,$p;",
        only: None,
    },
];

/// The commands that change files as an edit does.
pub(super) static EDITING: &[PlainCommand] = &[
    with("cp", "bdfiHlLnPpsuvxTZ", &["-r", "-R", "-a", "--"]),
    any("mkdir"),
    any("mv"),
    any("rm"),
    any("rmdir"),
    with("sed", "nrEsuz", &["-f", "--file"]),
    any("touch"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_writes_is_seen_behind_other_flags_and_cut_short() {
        let reads = |command: &str| {
            let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
            PlainCommand::is_one(READ_ONLY, &words)
        };
        for command in [
            "sort -uo f",
            "sort -no f g",
            "sort --out=f",
            "sort -nT /x",
            "fd -Hx rm",
            "tree -aR",
            "jq -nf x",
        ] {
            assert!(!reads(command), "{command}");
        }
        for command in [
            "sort -u f",
            "sort -to f",
            "sort -k1,1 f",
            "fd -tx a",
            "tree -a",
            "jq -n .a",
            "sort -- f",
        ] {
            assert!(reads(command), "{command}");
        }
    }
}
