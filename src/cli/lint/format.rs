//! The formats of findings, and where each is written to.

use std::io::Write;

use clap::ValueEnum;

use crate::cli::common::error::CliError;
use crate::cli::common::output::{OutputOptions, print, print_as_is, print_error, stdout};
use crate::report::{
    Comment, Detail, Linted, escape, write_code_quality, write_concise, write_files, write_github,
    write_junit, write_lint, write_lint_html, write_lint_json, write_lint_jsonl, write_markdown,
    write_sarif, write_statistics, write_statistics_json,
};

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LintFormat {
    /// For people, with the lines that are meant.
    Human,
    /// One line a finding.
    Concise,
    /// For machines: one value with a `schema_version`.
    Json,
    /// For machines: one finding a line.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// A JUnit report.
    Junit,
    /// A table in Markdown.
    Markdown,
    /// A page with the findings beside the policies' text, whole in one file.
    Html,
}

impl LintFormat {
    /// Writes what was found to standard output. Where a format has no place for it, the summary, what was
    /// looked at and the paths that cannot be read go to standard error.
    pub(super) fn write(
        self,
        linted: &Linted<'_>,
        output: &OutputOptions,
        detail: Detail,
    ) -> Result<(), CliError> {
        if detail == Detail::Files && self != LintFormat::Human {
            let mut text = String::new();
            write_files(&mut text, linted, &output.style_of_stderr());
            print_error(&text);
        }
        let style = output.style();
        let mut out = stdout();
        let mut text = String::new();
        match self {
            LintFormat::Human => {
                name_unreadable(linted);
                write_lint(&mut text, linted, &style, detail);
                print(&text)?;
            }
            LintFormat::Concise => {
                if detail > Detail::Summary {
                    write_concise(&mut text, linted, &style);
                }
                print(&text)?;
                name_unreadable(linted);
                summarise(linted);
            }
            LintFormat::Github => {
                write_github(&mut text, linted);
                print_as_is(&text)?;
                name_unreadable(linted);
                summarise(linted);
            }
            LintFormat::Jsonl => {
                write_lint_jsonl(&mut out, linted)?;
                name_unreadable(linted);
                summarise(linted);
            }
            LintFormat::Json => write_lint_json(&mut out, linted)?,
            LintFormat::Sarif => write_sarif(&mut out, linted)?,
            LintFormat::Gitlab => {
                write_code_quality(&mut out, linted)?;
                summarise(linted);
            }
            LintFormat::Junit => {
                write_junit(&mut out, linted)?;
                summarise(linted);
            }
            LintFormat::Markdown => {
                let mut comment = Comment::new("lint", linted.asked);
                write_markdown(&mut comment, linted);
                print(&comment.finish())?;
            }
            LintFormat::Html => print(&write_lint_html(linted))?,
        }
        Ok(out.flush()?)
    }
}

impl LintFormat {
    /// Writes how often each rule found something, for people unless it is to be JSON.
    pub(super) fn write_statistics(
        self,
        linted: &Linted<'_>,
        output: &OutputOptions,
    ) -> Result<(), CliError> {
        name_unreadable(linted);
        if self == LintFormat::Json {
            let mut out = stdout();
            write_statistics_json(&mut out, linted)?;
            return Ok(out.flush()?);
        }
        let mut text = String::new();
        write_statistics(&mut text, linted, &output.style());
        Ok(print(&text)?)
    }
}

/// Writes what was found to standard error, where standard output has the mended text.
pub(super) fn write_beside(linted: &Linted<'_>, output: &OutputOptions) {
    let mut text = String::new();
    write_concise(&mut text, linted, &output.style_of_stderr());
    print_error(&text);
    name_unreadable(linted);
    summarise(linted);
}

fn summarise(linted: &Linted<'_>) {
    print_error(&format!("{}\n", linted.summary()));
}

pub(super) fn name_unreadable(linted: &Linted<'_>) {
    for unreadable in linted.unreadable {
        print_error(&format!(
            "error: cannot read {}: {}\n  help: {}\n",
            escape(&unreadable.file),
            escape(&unreadable.message),
            unreadable.help
        ));
    }
}
