//! The commands that the pages name without their output, held against the command line.

use std::process::Command;

use clap::Parser;
use clap::error::ErrorKind;
use gatelint::cli::Cli;

use super::pages;

/// The arguments that a shell would give the program on this line.
fn arguments(line: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("gatelint() {{ printf '%s\\0' gatelint \"$@\" >&2; exit; }}\n{line}");
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env("GITHUB_STEP_SUMMARY", "summary.md")
        .output()
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    words.split_terminator('\0').map(str::to_owned).collect()
}

/// The command on a line of a block, if it is one of this program.
fn command(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("- run: ").or_else(|| line.strip_prefix("- ")).unwrap_or(line);
    let line = line.strip_prefix("exec ").unwrap_or(line);
    line.starts_with("gatelint ").then_some(line)
}

#[test]
fn every_command_of_the_pages_is_one_that_the_program_takes() {
    let mut seen = 0;
    for page in pages() {
        // Every other part is a block, and begins with the language.
        for block in page.text.split("```").skip(1).step_by(2) {
            let (language, block) = block.split_once('\n').unwrap_or_default();
            if !matches!(language, "sh" | "yaml") {
                continue;
            }
            for line in block.lines().filter_map(command) {
                let read = Cli::try_parse_from(arguments(line));
                let wrong = read.err().filter(|error| error.kind() != ErrorKind::DisplayHelp);
                assert!(wrong.is_none(), "{}: {line}: {wrong:?}", page.path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen} commands");
}
