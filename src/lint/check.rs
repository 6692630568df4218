//! How rules are checked.

use super::context::Context;
use super::finding::Findings;
use super::permissions::PermissionContext;

/// How a rule is checked.
#[derive(Clone, Copy, Debug)]
pub enum RuleCheck {
    /// While the document is read; see [`crate::policy::DefectKind::rule`].
    Reading,
    /// When it is known which findings are ignored.
    Ignores,
    /// On the policy.
    Policy(fn(&Context<'_>, &mut Findings<'_>)),
    /// On the permission files of an agent.
    Permissions(fn(&PermissionContext<'_>, &mut Findings<'_>)),
    /// On the policy, and in another way on the permission files of an agent.
    Both(fn(&Context<'_>, &mut Findings<'_>), fn(&PermissionContext<'_>, &mut Findings<'_>)),
}

/// Declares a rule, with `off` before its check if it runs only when it is selected; its doc
/// comment becomes [`super::Rule::doc`], so that the words stand beside the
/// code that they describe.
macro_rules! rule {
    ($(#[doc = $doc:literal])* $name:literal, $severity:ident, off $check:expr) => {
        rule!(@rule [$($doc)*] $name, $severity, false, $check);
    };
    ($(#[doc = $doc:literal])* $name:literal, $severity:ident, $check:expr) => {
        rule!(@rule [$($doc)*] $name, $severity, true, $check);
    };
    (@rule [$($doc:literal)*] $name:literal, $severity:ident, $on:literal, $check:expr) => {
        $(#[doc = $doc])*
        pub static RULE: crate::lint::Rule = crate::lint::Rule {
            name: $name,
            severity: crate::lint::Severity::$severity,
            on: $on,
            doc: concat!($($doc, "\n"),*),
        };

        pub(super) const CHECK: crate::lint::RuleCheck = $check;
    };
}

pub(super) use rule;
