//! The built program as a user meets it: a folder or file a subcommand, and what it writes held
//! against the schemas and the README.

mod assert;
mod catalogue;
mod completions;
mod config;
mod convert;
mod coverage;
mod diff {
    mod access;
    mod agents;
    mod git;
    #[cfg(unix)]
    mod moves;
    mod questions;
    mod trace;
}
mod explain;
mod hostile;
mod html;
mod init;
mod learning;
mod lint;
mod lsp;
mod outputs;
mod places;
mod readme;
#[cfg(unix)]
mod record;
mod replay;
mod rule;
mod schemas;
mod support;
mod test;
mod trace;
mod transcript;
mod vocabulary;
