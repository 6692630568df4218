//! The `console` blocks of all pages, run: each line after `$` is a command, what follows is exactly
//! what it prints. They run in a copy of `docs/example`, those of a page one after the other.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{ROOT, hold, page, pages};

/// Copies a folder into another one.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, from) = entry.map(|entry| (entry.file_name(), entry.path())).unwrap();
        if from.is_dir() {
            copy(&from, &to.join(entry));
        } else {
            fs::copy(from, to.join(entry)).unwrap();
        }
    }
}

/// A copy of the folder in which the examples work.
pub(super) fn example() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(ROOT).join("docs/example"), folder.path());
    folder
}

/// What a shell shows of a command.
pub(super) fn shown(command: &str, folder: &Path, variables: &[(&str, &str)]) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_gatelint"));
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.parent().unwrap().display()))
        .env("HOME", folder)
        .env("COLUMNS", "80")
        .env("LC_ALL", "C")
        .env_remove("FORCE_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    // 2 is wrong usage, more is a program that is missing or one that broke.
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "`{command}`: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A page with what the commands in its `console` blocks print now.
fn renewed(text: &str, folder: &Path) -> String {
    let mut new = String::new();
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        match line {
            "```console\n" => inside = true,
            "```\n" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => {
                    let output = shown(command, folder, &[]);
                    new += line;
                    new += output.trim_end();
                    new += if output.trim().is_empty() { "" } else { "\n" };
                    continue;
                }
                None => continue,
            },
        }
        new += line;
    }
    new
}

#[test]
fn what_the_pages_show_is_what_the_program_prints() {
    // Other pages are renewed elsewhere, at the same time.
    for page in pages().into_iter().filter(|page| page.text.contains("```console\n")) {
        let folder = example();
        hold(&page.path, &renewed(&page.text, folder.path()));
    }
}

#[test]
fn old_output_is_replaced_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let page =
        "a\n$ b\n```console\n$ echo 1; false\nold\n\n$ echo 2\n```\nafter\n```sh\n$ c\n```\n";
    let new = "a\n$ b\n```console\n$ echo 1; false\n1\n$ echo 2\n2\n```\nafter\n```sh\n$ c\n```\n";
    assert_eq!(renewed(page, folder.path()), new);
}

#[test]
fn the_readme_shows_a_command_for_each_task() {
    let readme = page("README.md");
    for task in ["lint", "replay", "diff", "init", "explain", "assert", "test"] {
        assert!(readme.contains(&format!("\n$ gatelint {task} ")), "{task}");
    }
}
