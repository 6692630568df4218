//! The mode that a call is decided in, and which refusals are an agent's own in it.

use super::permissions::{PermissionRule, Permissions, Ruling};

impl Permissions {
    /// The mode that a call is decided in, by what its record tells (empty where it tells none) and what is assumed.
    /// What is assumed, not what sessions begin in, takes the place of a mode that there is not.
    pub fn mode_of<'m>(&'m self, recorded: &'m str, assumed: Option<&'m str>) -> Option<&'m str> {
        let known = self.own_modes.known;
        match recorded {
            "" => assumed.or(self.mode.as_deref()),
            recorded if known.is_empty() || known.contains(&recorded) => Some(recorded),
            _ => assumed,
        }
    }

    /// Whether a rule is the agent's own refusal in the place of a question that its classifier answers.
    pub fn refuses_for_classifier(&self, rule: &PermissionRule) -> bool {
        let classified = &self.own_modes.classified;
        rule.ruling == Ruling::Deny
            && !rule.is_written()
            && rule
                .modes
                .as_ref()
                .is_some_and(|own| own.iter().all(|mode| classified.contains(mode)))
    }

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
}
