//! Linter and simulator for the policies that decide which tools AI agents may call.
//!
//! Data flows one way, and a module imports only from those above it.

pub mod source;

pub mod policy;

pub mod catalogue;

pub mod engine;

pub mod trace;

pub mod lint;

pub mod config;

pub mod replay;

pub mod diff;

pub mod report;

pub mod lsp;

pub mod cli;
