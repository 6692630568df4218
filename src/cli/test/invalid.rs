//! What is wrong in a test file, as an error and in a report.

use std::path::Path;

use crate::assertion::Mistake;
use crate::cli::common::error::CliError;
use crate::lint::Severity;
use crate::report::{BrokenTest, Notice, TestMistake, without_credentials};
use crate::source::{Document, LineTable};

/// A file that is none of what it should be, with everything that is wrong in it.
pub(super) fn invalid(document: Document, mistakes: Vec<Mistake>, what: &'static str) -> CliError {
    let notices = mistakes.into_iter().map(|mistake| Notice {
        code: "error[test]".to_owned(),
        severity: Severity::Error,
        span: mistake.span,
        message: mistake.message,
        help: mistake.help.into_iter().collect(),
        related: Vec::new(),
    });
    let notices = notices.collect();
    CliError::Invalid { what, document: Box::new(document), notices }
}

/// A test file that says nothing.
pub(super) fn empty(path: &Path) -> CliError {
    CliError::Refused {
        message: format!("{} has neither cases nor statements", path.display()),
        help: "write some into it, or remove it".to_owned(),
    }
}

/// Why a test file could not be run.
pub(super) fn not_run(path: &Path, error: &CliError, is_empty: bool) -> BrokenTest {
    let said = error.to_string();
    let said = without_credentials(&said);
    let mistakes = match error {
        CliError::Invalid { document, notices, .. } if !notices.is_empty() => {
            let lines = LineTable::new(&document.text);
            let mistake = |notice: &Notice| TestMistake {
                file: document.name.clone(),
                line: Some(lines.position(&document.text, notice.span.start).line),
                message: notice.message.clone(),
                help: (!notice.help.is_empty()).then(|| notice.help.join("; ")),
            };
            notices.iter().map(mistake).collect()
        }
        _ => vec![TestMistake {
            file: path.display().to_string(),
            line: None,
            message: said.to_string(),
            help: error.help(),
        }],
    };
    let name = path.display().to_string();
    let is_named = said.contains(&name);
    let title = if is_named { said.to_string() } else { format!("{name}: {said}") };
    BrokenTest { title, mistakes, is_empty }
}
