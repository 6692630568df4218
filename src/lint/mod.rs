//! The linter: a policy judged against a catalogue.
//!
//! A rule is one file in `rules/`; what it finds is facts with places. Words and spans are made
//! where findings are shown.

mod alike;
mod amount;
mod anchoring;
mod baseline;
mod by_limit;
mod bypass;
mod check;
mod comment;
mod context;
mod contradiction;
mod defect_fix;
mod defects;
mod expiry;
mod finding;
mod fingerprint;
mod fix;
mod fixing;
mod gate;
mod house;
mod legacy_fix;
mod linter;
mod looks;
mod name;
mod patterns;
mod permissions;
mod reachable;
mod recorded;
mod repeated;
mod rule;
mod rules;
mod secrecy;
mod settings;
mod severity;
mod solving;
mod statements;
mod unbounded;
mod vetting;
mod walk;

pub use baseline::{Baseline, BaselineError};
pub use check::RuleCheck;
pub use comment::{NO_REASON, is_reason};
pub use context::{Context, Known, ServerChoice};
pub use defects::findings_of;
pub use expiry::{Expired, day};
pub use finding::{Facts, Finding, Findings, Related};
pub use fingerprint::{fingerprint, relative_path};
pub use fix::{Fix, Safety};
pub use fixing::{Fixed, fix};
pub use gate::{HiddenBy, HiddenFinding};
pub use house::HouseRule;
pub use linter::{Linter, Report, lint};
pub use patterns::Patterns;
pub use permissions::{PermissionContext, Project, WrittenRule};
pub use recorded::Recorded;
pub use rule::Rule;
pub use rules::{RULES, all_rules, checks, nearest_rule, rule_among, rule_named};
pub use secrecy::{secrets_of, without_secrets};
pub use settings::{Ignore, Settings};
pub use severity::{Class, Severity};
pub use walk::{Candidate, Found, Unfollowed, WalkError, Wanted, candidates, find};
