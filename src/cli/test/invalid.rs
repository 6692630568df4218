//! What is wrong in a test file, as an error.

use crate::assertion::Mistake;
use crate::cli::common::error::CliError;
use crate::lint::Severity;
use crate::report::Notice;
use crate::source::Document;

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
