//! What comes of converting.

use crate::policy::PolicyDocument;
use crate::source::Pointer;

/// A policy written in the other dialect.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The policy, to be written.
    pub document: PolicyDocument,
    /// What could not be carried over.
    pub losses: Vec<Loss>,
}

/// A part of a policy that the other dialect cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Where it stands in the policy.
    pub pointer: Pointer,
    /// Why it cannot be said, and what was written instead.
    pub message: String,
}
