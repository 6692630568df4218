//! Linter and simulator for the policies that decide which tools AI agents may call.
pub mod source;
