//! Linter and simulator for the policies that decide which tools AI agents may call.
//!
//! Data flows one way, and a module imports only from those above it.
#![deny(unsafe_code)]

pub mod stop;

pub mod disk;

pub mod source;

pub mod shell;

pub mod policy;

pub mod catalogue;

#[cfg(feature = "live")]
pub mod live;

pub mod engine;

pub mod trace;

pub mod solver;

pub mod assertion;

pub mod lint;

pub mod config;

pub mod replay;

pub mod testing;

pub mod coverage;

pub mod diff;

pub mod mutation;

pub mod convert;

pub mod init;

pub mod report;

pub mod recorder;

pub mod lsp;

pub mod cli;
