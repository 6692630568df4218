//! From a transcript of Claude Code to the rules that would have spared a person the questions that were
//! always answered with yes.
//!
//! Only a call that ran in the mode `default` is taken for approved: in other modes nobody was asked. A call
//! that was refused is never allowed, nor is a command of it by itself, what runs whatever it is given, does harm
//! that stays, or may hold a secret.

mod credentials;
mod observed;
mod programs;
mod proposal;
mod refused;
mod sources;
mod wanted;

pub use observed::{Approvals, AskedCall};
pub use proposal::{Known, Left, Proposal, ProposedRule};
