//! How much findings weigh, and who minds them.

use serde::Serialize;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably a mistake, or a guarded risk.
    Warning,
    /// A mistake, or an open risk.
    Error,
}

impl Severity {
    /// Every severity, the least first.
    pub const ALL: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

    /// The severity of a name.
    pub fn of_name(name: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.name() == name)
    }

    /// The severity's name.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Who minds a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The gateway itself would refuse the policy.
    Invalid,
    /// The gateway takes the policy; its users may be sorry.
    Risk,
}

impl Class {
    /// The class's name.
    pub fn name(self) -> &'static str {
        match self {
            Class::Invalid => "invalid",
            Class::Risk => "risk",
        }
    }
}
