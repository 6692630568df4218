//! What agents think of a command without rules: that it does no harm, or that it may do much. They cut the text
//! into words as the package shell-quote does, whatever the shell makes of it, and look at the first ones.

/// What is thought of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sense {
    /// Whether it is known to do harm.
    pub is_dangerous: bool,
    /// Whether it is known to do none.
    pub is_safe: bool,
    /// Whether it runs git, where hooks and settings of a repository come in.
    pub runs_git: bool,
}

/// What ends a word by itself, the longer first.
const OPERATORS: [&str; 16] =
    ["<<<", "||", "&&", ";;", "|&", "<(", ">>", ">&", "<&", "&", ";", "(", ")", "|", "<", ">"];

/// Those of them behind which the name of a program stands.
const SEPARATORS: [&str; 9] = ["||", "&&", ";;", "|&", "<(", "&", ";", "(", "|"];

/// The programs that do nothing but tell something, whatever they are given.
const TELLERS: [&str; 12] = [
    "echo", "expr", "false", "id", "numfmt", "pwd", "seq", "tr", "true", "uname", "which", "whoami",
];

/// The same, but that the files that they are given must lie in the project.
const READERS: [&str; 12] =
    ["cat", "cut", "head", "ls", "nl", "paste", "rev", "stat", "tac", "tail", "uniq", "wc"];

/// The options by which `grep` is given what it looks for.
const GREP_LOOKS: [&str; 4] = ["-e", "-f", "--regexp", "--file"];

/// The options of `find` that do more than find.
pub const FIND_DOES: [&str; 9] =
    ["-exec", "-execdir", "-ok", "-okdir", "-delete", "-fls", "-fprint", "-fprint0", "-fprintf"];

/// What of git only shows something.
const GIT_SHOWS: [&str; 5] = ["status", "log", "diff", "show", "branch"];

/// The options with which it does more.
const GIT_DOES: [&str; 5] = ["--output", "--ext-diff", "--textconv", "--exec", "--paginate"];

/// The options with which `git branch` lists.
const BRANCH_LISTS: [&str; 9] =
    ["--list", "-l", "--show-current", "-a", "--all", "-r", "--remotes", "-v", "-vv"];

/// The options of `rg` that run something.
const RG_RUNS: [&str; 4] = ["--pre", "--hostname-bin", "--search-zip", "-z"];

/// The shells that a script is given to.
const SHELLS: [&str; 3] = ["bash", "sh", "zsh"];

/// What stands before the name of a program.
const BEFORE: [&str; 2] = ["sudo", "env"];

/// Thinks of a command, given what says whether a path lies within the project.
pub fn sense(text: &str, is_within: &dyn Fn(&str) -> bool) -> Sense {
    let words = split(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Sense {
        is_dangerous: is_dangerous(&words),
        is_safe: is_safe(&words, is_within, 1),
        runs_git: runs_git(&words),
    }
}

/// The words of a text as the package shell-quote cuts it: operators are words as well, variables are empty.
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let operator = OPERATORS.into_iter().find(|operator| rest.starts_with(operator));
        match operator {
            Some(operator) => {
                words.push(operator.to_owned());
                rest = &rest[operator.len()..];
            }
            None if first == '#' => {
                // A comment is a word without letters.
                words.push(String::new());
                rest = "";
            }
            None => {
                let (word, length) = word(rest);
                words.push(word);
                rest = &rest[length..];
            }
        }
        rest = rest.trim_start();
    }
    words
}

/// The word that a text begins with, and the bytes that it takes.
fn word(text: &str) -> (String, usize) {
    let (mut word, mut quote) = (String::new(), None);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match (letter, quote) {
            (' ' | '\t' | '\n' | '\r' | '&' | ';' | '(' | ')' | '|' | '<' | '>', None) => {
                return (word, at);
            }
            ('\'' | '"', None) => quote = Some(letter),
            (closing, Some(open)) if closing == open => quote = None,
            (_, Some('\'')) => word.push(letter),
            ('\\', None) => word.extend(letters.next().map(|(_, next)| next)),
            ('\\', Some(_)) => match letters.next() {
                Some((_, next @ ('"' | '$' | '\\'))) => word.push(next),
                Some((_, next)) => word.extend(['\\', next]),
                None => {}
            },
            ('$', _) => {
                let is_open = letters.next_if(|(_, next)| *next == '{').is_some();
                let belongs = |next: char| match is_open {
                    true => next != '}',
                    false => next.is_ascii_alphanumeric() || next == '_',
                };
                while letters.next_if(|(_, next)| belongs(*next)).is_some() {}
                if is_open {
                    letters.next();
                }
            }
            _ => word.push(letter),
        }
    }
    (word, text.len())
}

fn is_dangerous(words: &[&str]) -> bool {
    let Some((program, given)) = words.split_first() else { return false };
    match *program {
        "sudo" => is_dangerous(given),
        "rm" => given.first().is_some_and(|option| ["-f", "-rf", "-fr"].contains(option)),
        "ln" => given.iter().any(|word| {
            word.strip_prefix('-')
                .is_some_and(|letters| !letters.starts_with('-') && letters.contains('s'))
                || *word == "--symbolic"
        }),
        "find" => given.iter().any(|word| FIND_DOES.contains(word)),
        "git" => git_does(given),
        "base64" => given.iter().any(|word| writes_base64(word)),
        "rg" => given.iter().any(|word| {
            RG_RUNS.iter().any(|option| word == option || word.starts_with(&format!("{option}=")))
        }),
        _ => false,
    }
}

fn writes_base64(word: &str) -> bool {
    word.starts_with("--output") || word.starts_with("-o")
}

fn git_does(given: &[&str]) -> bool {
    let is_setting = |word: &&str| {
        *word == "-c"
            || *word == "--config-env"
            || word.starts_with("--config-env=")
            || (word.starts_with("-c") && word.contains('='))
    };
    let verb = given.iter().position(|word| !word.starts_with('-'));
    if given[..verb.unwrap_or(given.len())].iter().any(is_setting) {
        return true;
    }
    let Some((verb, given)) = verb.and_then(|at| given[at..].split_first()) else { return false };
    let does = |word: &&str| {
        GIT_DOES.iter().any(|option| word == option || word.starts_with(&format!("{option}=")))
    };
    match *verb {
        "branch" => given.iter().any(|word| !is_branch_list(word)),
        verb if GIT_SHOWS.contains(&verb) => given.iter().any(does),
        _ => false,
    }
}

fn is_branch_list(word: &str) -> bool {
    BRANCH_LISTS.contains(&word) || word.starts_with("--format=")
}

fn is_safe(words: &[&str], is_within: &dyn Fn(&str) -> bool, depth: u8) -> bool {
    let Some((program, given)) = words.split_first() else { return false };
    let all_within = |given: &[&str]| given.iter().all(|word| stays(word, is_within));
    match *program {
        teller if TELLERS.contains(&teller) => true,
        reader if READERS.contains(&reader) => all_within(given),
        "grep" => all_within(&without_pattern(given)),
        "cd" => !given.is_empty() && all_within(given),
        "base64" => !given.iter().any(|word| writes_base64(word)) && all_within(given),
        "find" => !is_dangerous(words) && all_within(given),
        "sed" => matches!(given, ["-n", lines, file @ ..]
            if is_line_range(lines) && file.len() <= 1 && all_within(file)),
        "git" => {
            given.first().is_some_and(|verb| GIT_SHOWS.contains(verb))
                && !git_does(given)
                && all_within(given)
        }
        shell if SHELLS.contains(&shell) && depth > 0 => match given {
            ["-c" | "-lc", script] if !script.contains(['(', ')', '<', '>']) => {
                all_safe(script, is_within, depth - 1)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether every command of a script is safe.
fn all_safe(script: &str, is_within: &dyn Fn(&str) -> bool, depth: u8) -> bool {
    let words = split(script);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut commands = words.split(|word| ["&&", "||", ";", "|"].contains(word));
    commands.all(|command| is_safe(command, is_within, depth))
}

/// Whether a word, taken for a path, leads to nothing outside of the project.
fn stays(word: &str, is_within: &dyn Fn(&str) -> bool) -> bool {
    let path = match word.strip_prefix('-') {
        Some(option) => option.split_once('=').map_or("", |(_, path)| path),
        None => word,
    };
    !path.contains(['$', '`']) && !path.starts_with('~') && is_within(path)
}

/// What `grep` is given but for what it looks for, which is no file.
fn without_pattern<'w>(given: &[&'w str]) -> Vec<&'w str> {
    let gives =
        |word: &&str| GREP_LOOKS.contains(&word.split_once('=').map_or(*word, |(name, _)| name));
    let pattern = match given.iter().any(gives) {
        true => None,
        false => given.iter().position(|word| !word.starts_with('-')),
    };
    let files = given.iter().enumerate().filter(|(at, _)| Some(*at) != pattern);
    files.map(|(_, word)| *word).collect()
}

/// Whether a word is `N` or `N,M` with `p` behind it.
fn is_line_range(word: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(lines) = word.strip_suffix('p') else { return false };
    match lines.split_once(',') {
        Some((from, to)) => is_number(from) && is_number(to),
        None => is_number(lines),
    }
}

/// Whether git stands where the name of a program does.
fn runs_git(words: &[&str]) -> bool {
    let mut is_name = true;
    for word in words {
        if SEPARATORS.contains(word) {
            is_name = true;
            continue;
        }
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        if !is_name || is_assignment || BEFORE.contains(word) {
            continue;
        }
        let name =
            word.rsplit_once(['/', '\\']).map_or(*word, |(_, name)| name).to_ascii_lowercase();
        if name.trim_end_matches(".exe") == "git" {
            return true;
        }
        is_name = false;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(path: &str) -> bool {
        !path.starts_with('/') && !path.split('/').any(|part| part == "..")
    }

    #[test]
    fn words_are_cut_as_the_package_does() {
        for (text, words) in [
            ("a 'b c' \"d\\\"e\" f\\ g", &["a", "b c", "d\"e", "f g"][..]),
            ("cat <(x $y) 2>&1", &["cat", "<(", "x", "", ")", "2", ">&", "1"]),
            ("a;b&&c|d # e", &["a", ";", "b", "&&", "c", "|", "d", ""]),
            ("echo ${x}y \"$z\"", &["echo", "y", ""]),
            ("  ", &[]),
        ] {
            assert_eq!(split(text), words, "{text}");
        }
    }

    #[test]
    fn harm_is_told_by_the_first_words() {
        let is_dangerous = |text| sense(text, &within).is_dangerous;
        for text in [
            "rm -rf x",
            "sudo rm -f x",
            "ln -sf a b",
            "find . -delete",
            "git -c a=b log",
            "git branch x",
        ] {
            assert!(is_dangerous(text), "{text}");
        }
        for text in
            ["rm -r -f x", "rm x", "ln a b", "git push --force", "git branch -a", "ls; rm -rf x"]
        {
            assert!(!is_dangerous(text), "{text}");
        }
    }

    #[test]
    fn what_does_no_harm_stays_in_the_project() {
        let is_safe = |text| sense(text, &within).is_safe;
        for text in [
            "ls -la src",
            "cat $F",
            "echo `ls`",
            "grep -r '^/foo$' .",
            "sed -n 1,5p a",
            "git log --oneline",
            "cd src",
            "bash -lc \"ls | wc -l\"",
            "cat <(git push)",
        ] {
            assert!(is_safe(text), "{text}");
        }
        for text in [
            "ls /etc",
            "cat ~/x",
            "cat `x`",
            "grep -f /etc/a x",
            "sed -i s/a/b/ a",
            "git fetch",
            "cd",
            "cd ..",
            "bash -c \"ls > x\"",
            "bash -c \"rm x\"",
            "npm test",
            "",
        ] {
            assert!(!is_safe(text), "{text}");
        }
    }

    #[test]
    fn git_is_found_where_a_program_is_named() {
        let runs_git = |text| sense(text, &within).runs_git;
        for text in [
            "git x",
            "sudo git x",
            "env git x",
            "A=1 git x",
            "/usr/bin/git x",
            "ls; git x",
            "GIT x",
        ] {
            assert!(runs_git(text), "{text}");
        }
        for text in ["echo git", "xargs git x", "bash -c \"git x\"", "ls"] {
            assert!(!runs_git(text), "{text}");
        }
    }
}
