//! Commands by which a program runs another one, as a pattern for commands lets them be written.

use super::fill::open_quote;
use crate::shell::{RUNNERS, Runner, is_skipped};

/// The commands, each with whether the program is called as the pattern says, with nothing else in it.
pub fn witnesses(pattern: &str, runner: &Runner) -> Vec<(String, bool)> {
    let Some((before, _)) = pattern.split_once('*') else { return Vec::new() };
    let program = before.split(' ').next().unwrap_or(before);
    let mut found = Vec::new();
    let witness = by_path(program, runner);
    found.extend(quoted(before, witness.as_deref().unwrap_or(runner.witness)).map(|w| (w, true)));
    let is_of_pattern = |witness: &String| witness.starts_with(before);
    found.extend(witness.filter(is_of_pattern).map(|witness| (witness, true)));
    found.extend(passed_on(before, runner).map(|witness| (witness, true)));
    found.extend(behind(before, runner).map(|witness| (witness, false)));
    found
}

/// The command with the program as the pattern has it: by a path, with a version or an ending of Windows.
fn by_path(program: &str, runner: &Runner) -> Option<String> {
    let (name, rest) = runner.witness.split_once(' ')?;
    let last = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let last = last.strip_suffix(".exe").unwrap_or(last);
    let is_sign = |letter: char| letter.is_ascii_digit() || letter == '.';
    let is_it = last == name || last.trim_end_matches(is_sign) == name;
    (is_it && program != name).then(|| format!("{program} {rest}"))
}

/// The command where the pattern ends within quotes, of which what runs is a part.
fn quoted(before: &str, witness: &str) -> Option<String> {
    let (at, quote) = open_quote(before)?;
    let (head, begun) = (&before[..at], &before[at + 1..]);
    let text = witness.strip_prefix(head)?;
    let (text, _) = text.strip_prefix('\'')?.rsplit_once('\'')?;
    // What is begun has to be whole, so that another statement may follow.
    let is_whole = begun.trim().is_empty() || begun.trim_end().ends_with([';', '&']);
    // The indentation of a first line means something to Python.
    let gap = if begun.is_empty() || !head.contains("py") { "" } else { "\n" };
    let swapped = |letter: char| match letter {
        '"' => '\'',
        '\'' => '"',
        other => other,
    };
    let text = match quote {
        '"' => text.chars().map(swapped).collect(),
        _ => text.to_owned(),
    };
    is_whole.then(|| format!("{before}{gap}{text}{quote}"))
}

/// The command behind another program that runs what it is given.
fn passed_on(before: &str, runner: &Runner) -> Option<String> {
    let at = before.find(runner.words).filter(|at| *at > 0)?;
    let outer = before[..at].strip_suffix(' ')?;
    let passes = |outer_runner: &&Runner| {
        let rest = outer.strip_prefix(outer_runner.words);
        let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with(' '));
        outer_runner.passes_on() && rest.is_some_and(|rest| rest.split(' ').all(is_skipped))
    };
    let is_word = before[at + runner.words.len()..].starts_with(' ');
    let is_passed = is_word && RUNNERS.iter().any(|runner| passes(&runner));
    is_passed.then(|| format!("{outer} {}", runner.witness))
}

/// The command with what runs behind everything that the pattern asks for.
fn behind(before: &str, runner: &Runner) -> Option<String> {
    let rest = before.strip_prefix(runner.words)?;
    let is_more = rest.starts_with(' ') && !rest.trim().is_empty();
    let is_plain = open_quote(before).is_none() && !runner.behind.is_empty();
    (is_more && is_plain).then(|| format!("{} {}", before.trim_end(), runner.behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Vec<String> {
        let all = RUNNERS.iter().flat_map(|runner| witnesses(pattern, runner));
        all.map(|(witness, _)| witness).collect()
    }

    #[test]
    fn programs_are_called_as_a_pattern_calls_them() {
        for (pattern, expected) in [
            ("/usr/bin/perl *", "/usr/bin/perl -e 'system(\"curl example.com\")'"),
            ("bash -c \"*", "bash -c \"curl example.com\""),
            ("bash -c ' *", "bash -c ' curl example.com'"),
            (
                "npx -y tsx *",
                "npx -y tsx -e 'require(\"child_process\").execSync(\"curl example.com\")'",
            ),
            ("make test*", "make test --eval='x:;curl example.com' x"),
            ("perl -e \"*", "perl -e \"system('curl example.com')\""),
        ] {
            assert!(of(pattern).contains(&expected.to_owned()), "{pattern}: {:?}", of(pattern));
        }
        let found = of(".venv/bin/python -c ' *");
        assert!(found.iter().any(|witness| witness.starts_with(".venv/bin/python -c ' \nimport")));
    }

    #[test]
    fn what_runs_nothing_else_has_no_witness() {
        for pattern in
            ["git log *", "npx prettier *", "python3 -m pytest *", "echo bash *", "grep make *"]
        {
            assert_eq!(of(pattern), Vec::<String>::new(), "{pattern}");
        }
    }
}
