//! Writing a policy in the other dialect.
//!
//! What the other dialect cannot say is written stricter where there is a choice, and named. That
//! the result lets the same calls pass is for the solver to prove, not for this module to promise.

mod converted;
mod parts;
mod to_intercept;
mod to_v1;
mod value;

pub use converted::{Converted, Loss};

use crate::policy::{Dialect, Policy};

/// Writes a policy in a gateway's dialect.
pub fn convert(policy: &Policy, to: Dialect) -> Converted {
    match to {
        Dialect::V1 => to_v1::convert(policy),
        _ => to_intercept::convert(policy),
    }
}

/// The name of a file in a dialect, for telling the format of a text that has no file.
pub fn file_name(to: Dialect) -> &'static str {
    match to {
        Dialect::V1 => "converted.json",
        _ => "converted.yaml",
    }
}
