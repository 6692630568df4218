//! The risk categories and severities, and the words that files use for them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A fixed set of words that a catalogue file may use, so that a misspelt one can be suggested.
pub trait Vocabulary: Copy + 'static {
    /// Every word of the set.
    const ALL: &'static [Self];

    /// The word as files spell it.
    fn word(self) -> &'static str;

    /// The value of a word; `None` for a word that is not of the set.
    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// What a tool does to the world: PolicyLayer's five risk categories.
///
/// The order is that of severity, and of several that apply the greatest wins. Execute stands
/// below Destructive because its harm depends on the arguments; Financial stands last because
/// deleted data may come back from a backup while paid money is in somebody else's hands, and
/// because PolicyLayer's default for it (deny) is the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Category {
    /// Retrieves without changing state.
    Read,
    /// Creates or changes data; can be undone.
    Write,
    /// Triggers actions or runs processes; the effect depends on the arguments.
    Execute,
    /// Deletes or overwrites; hard to undo.
    Destructive,
    /// Moves money.
    Financial,
}

impl Category {
    /// The severity that PolicyLayer's catalogue gives the category ("class" on its pages).
    pub fn class(self) -> Severity {
        match self {
            Category::Read => Severity::Low,
            Category::Write => Severity::Medium,
            Category::Execute => Severity::High,
            Category::Destructive | Category::Financial => Severity::Critical,
        }
    }

    /// The rule that PolicyLayer's catalogue pages recommend for the category.
    pub fn recommendation(self) -> Recommendation {
        match self {
            Category::Read => Recommendation::Allow,
            Category::Write => Recommendation::LimitPerMinute(30),
            Category::Execute => Recommendation::LimitPerMinute(10),
            Category::Destructive => Recommendation::Hide,
            Category::Financial => Recommendation::DenyAll,
        }
    }

    /// Whether a call can do harm that nobody can simply undo: Execute, Destructive, Financial.
    pub fn is_dangerous(self) -> bool {
        self >= Category::Execute
    }
}

impl Vocabulary for Category {
    const ALL: &'static [Category] = &[
        Category::Read,
        Category::Write,
        Category::Execute,
        Category::Destructive,
        Category::Financial,
    ];

    fn word(self) -> &'static str {
        match self {
            Category::Read => "Read",
            Category::Write => "Write",
            Category::Execute => "Execute",
            Category::Destructive => "Destructive",
            Category::Financial => "Financial",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The rule that a category calls for in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recommendation {
    /// List the tool without any rule.
    Allow,
    /// Allow so many calls a minute. For Execute the arguments should be validated as well.
    LimitPerMinute(u32),
    /// Take the tool out of `tools/list`.
    Hide,
    /// Deny every call with a message that a person must approve it.
    DenyAll,
}

/// How bad a careless call of a tool can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing changes.
    Low,
    /// Something changes that can be changed back.
    Medium,
    /// Something is set going.
    High,
    /// Something is lost, spent, or put into foreign hands.
    Critical,
}

impl Vocabulary for Severity {
    const ALL: &'static [Severity] =
        &[Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    fn word(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_category_is_never_of_a_lower_class() {
        assert!(Category::ALL.is_sorted());
        assert!(Category::ALL.is_sorted_by_key(|category| category.class()));
    }
}
