//! Errors that end a command.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::output::{OutputOptions, print_error};
use crate::lint::{BaselineError, WalkError};
use crate::lsp::LspError;
use crate::report::{Notice, Style, escape, without_credentials, write_notices};
use crate::source::Document;
use crate::trace::TraceError;

/// Why a command could not do its work.
#[derive(Debug, Error)]
pub(in crate::cli) enum CliError {
    /// A file cannot be read.
    #[error("{0}")]
    Unreadable(#[from] WalkError),
    /// A policy or catalogue is wrong; the notices say where.
    #[error("{} is not a valid {what}", document.name)]
    Invalid {
        /// What it should have been.
        what: &'static str,
        /// The document.
        document: Box<Document>,
        /// What is wrong with it.
        notices: Vec<Notice>,
    },
    /// A trace cannot be read.
    #[error("{0}")]
    Trace(#[from] TraceError),
    /// A name that is not known.
    #[error("there is no {what} `{name}`")]
    UnknownName {
        /// What the name is of.
        what: &'static str,
        /// The name.
        name: String,
        /// What to do about it.
        help: String,
    },
    /// A call on the command line that is none.
    #[error("the call cannot be read: {0}")]
    Call(String),
    /// The call that was asked for is not there, or is not the only one.
    #[error("{what}")]
    NoCall {
        /// What is there instead.
        what: String,
        /// What to do about it.
        help: &'static str,
    },
    /// A server cannot be started.
    #[error("cannot start {command}: {cause}")]
    Unstartable {
        /// Its program.
        command: String,
        /// What the system says.
        cause: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {cause}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Calls without a time stand among those of several files, so that one file of all would give
    /// them a place that nobody knows.
    #[error("call {number} has no time, so its place among the calls of other files is not known")]
    NoOrder {
        /// The number of the first such call.
        number: u64,
    },
    /// The arguments do not fit together, or something that they need is missing.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: String,
    },
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// Something cannot be done as it was asked for.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: String,
    },
    /// A baseline cannot be used.
    #[error("cannot use the baseline {}: {cause}", path.display())]
    Baseline {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: BaselineError,
    },
    /// A baseline is not written, because some of the files could not be judged.
    #[error("the baseline is not written: not every file could be read")]
    Incomplete,
    /// The language server ended before it was asked to.
    #[error("{0}")]
    Lsp(LspError),
    /// One file was asked for and a folder was given.
    #[error("{} is a folder, a file is needed", .0.display())]
    Folder(PathBuf),
}

impl CliError {
    /// Wrong usage, and what to write instead.
    pub(in crate::cli) fn usage(message: &str, help: &str) -> CliError {
        CliError::Usage { message: message.to_owned(), help: help.to_owned() }
    }

    /// Shows the error on standard error.
    pub(in crate::cli) fn show(&self, output: &OutputOptions) {
        print_error(&self.in_full(&output.style_of_stderr()));
    }

    /// The error with excerpts of what is wrong, and what to do about it.
    pub(in crate::cli) fn in_full(&self, style: &Style) -> String {
        let mut text = String::new();
        if let CliError::Invalid { document, notices, .. } = self {
            write_notices(&mut text, document, notices, style);
        }
        if let CliError::Trace(TraceError::Several(errors)) = self {
            for error in errors {
                text += &format!("error: {}\n", shown(&error.to_string()));
            }
        }
        text += &format!("error: {}\n", shown(&self.to_string()));
        if let Some(help) = self.help() {
            text += &format!("  help: {}\n", shown(&help));
        }
        text
    }

    /// The error in a few sentences, for whoever shows no excerpts.
    pub(in crate::cli) fn in_words(&self) -> String {
        let mut text = self.to_string();
        if let CliError::Invalid { notices, .. } = self {
            for notice in notices {
                text += &format!("; {}", notice.message);
            }
        }
        shown(&text)
    }

    /// What to do about it.
    pub(in crate::cli) fn help(&self) -> Option<String> {
        match self {
            CliError::Unreadable(error) => Some(WalkError::help(&error.cause).to_owned()),
            CliError::Invalid { .. } => Some("mend what is listed above".to_owned()),
            CliError::Trace(error) => Some(error.help().to_owned()),
            CliError::Call(_) => {
                Some(r#"write it as a record: {"tool":"run_job","args":{}}"#.to_owned())
            }
            CliError::NoCall { help, .. } => Some((*help).to_owned()),
            CliError::Unstartable { .. } => {
                Some("check that the program is there and may be run".to_owned())
            }
            CliError::Unwritable { .. } => Some("check the folder and its permissions".to_owned()),
            CliError::NoOrder { .. } => Some(
                "convert each file by itself, or give its calls times with `--pace`".to_owned(),
            ),
            CliError::UnknownName { help, .. } | CliError::Usage { help, .. } => Some(help.clone()),
            CliError::Refused { help, .. } => Some(help.clone()),
            CliError::Output(_) | CliError::Lsp(_) => None,
            CliError::Baseline { cause: BaselineError::Version { .. }, .. } => Some(
                "write it again with `gatelint lint --write-baseline`, or use the gatelint that wrote it"
                    .to_owned(),
            ),
            CliError::Baseline { .. } => {
                Some("write it again with `gatelint lint --write-baseline`".to_owned())
            }
            CliError::Incomplete => Some("mend what is named above".to_owned()),
            CliError::Folder(_) => Some("name the file".to_owned()),
        }
    }
}

/// What an error says, harmless to show: what it names was given by whoever runs the program, and may
/// be an address with a password.
pub(in crate::cli) fn shown(text: &str) -> String {
    escape(&without_credentials(text)).into_owned()
}
