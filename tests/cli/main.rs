//! The built program as a user meets it: a folder or file a subcommand, and what it writes held
//! against the schemas and the pages.

mod assert;
mod catalogue;
mod commands;
mod comments;
mod completions;
mod config;
mod convert;
mod coverage;
mod diff {
    mod access;
    mod agents;
    pub mod git;
    #[cfg(unix)]
    mod moves;
    mod questions;
    mod trace;
}
#[cfg(unix)]
mod docs;
mod explain;
mod hostile;
mod html;
mod init;
#[cfg(unix)]
mod installing;
mod learning;
mod lint;
mod lsp;
#[cfg(feature = "mcp")]
mod mcp;
mod names;
mod outputs;
mod places;
#[cfg(unix)]
mod record;
mod replay;
mod rule;
mod schemas;
mod support;
mod test;
mod test_calls;
mod test_files;
mod test_gates;
mod test_projects;
mod trace;
mod transcript;
mod vocabulary;
#[cfg(unix)]
mod workflows;
