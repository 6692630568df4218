//! What an agent does in some of its modes of its own accord.

use super::permissions::{PermissionRule, Ruling};

/// The modes of an agent in which it does something of its own accord, whatever its files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnModes {
    /// Those in which a classifier decides what would be asked about elsewhere.
    pub classified: Vec<Box<str>>,
    /// Those in which no tool is called at all.
    pub idle: &'static [&'static str],
}

impl OwnModes {
    /// Whether a question that a file asks stands in the place of a refusal for which the classifier answers, which
    /// counts as no milder: else every new question would be, in those modes.
    pub fn is_replaced(
        &self,
        refusal: Option<&PermissionRule>,
        question: Option<&PermissionRule>,
    ) -> bool {
        let is_question = |rule: &PermissionRule| rule.is_written() && rule.ruling == Ruling::Ask;
        refusal.is_some_and(|rule| self.refuses_for_classifier(rule))
            && question.is_some_and(is_question)
    }

    /// Whether a rule is the agent's own refusal in the place of a question that its classifier answers.
    pub fn refuses_for_classifier(&self, rule: &PermissionRule) -> bool {
        let is_classified = |mode: &Box<str>| self.classified.contains(mode);
        rule.ruling == Ruling::Deny
            && !rule.is_written()
            && rule.modes.as_ref().is_some_and(|modes| modes.iter().all(is_classified))
    }
}
