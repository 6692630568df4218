//! The text of a drafted policy, in its dialect.

use super::{policy_intercept, policy_v1};
use crate::init::Draft;
use crate::policy::Dialect;

/// The text of a drafted policy.
pub fn policy_text(draft: &Draft) -> String {
    match draft.dialect {
        Dialect::V1 => policy_v1::policy_text(draft),
        Dialect::Intercept => policy_intercept::policy_text(draft),
    }
}
