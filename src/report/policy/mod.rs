//! The text of a policy, in its dialect.

mod intercept;
mod v1;

use crate::policy::PolicyDocument;

/// The text of a policy: every condition and every limit on one line, for people who go on writing,
/// with hostile characters as escapes.
pub fn policy_text(policy: &PolicyDocument) -> String {
    match policy {
        PolicyDocument::V1(policy) => v1::text(policy),
        PolicyDocument::Intercept(policy) => intercept::text(policy),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::{Category, Vocabulary};
    use crate::init::{Choice, Condition, Draft, Drafted, Test};
    use crate::policy::{self, Dialect, Policy};
    use crate::source::Document;

    fn read_back(draft: &Draft) -> Policy {
        let text = policy_text(&draft.document());
        let name = if draft.dialect == Dialect::V1 { "p.json" } else { "p.yaml" };
        let document = Document::read(name, text.clone().into_bytes());
        let reading = policy::read(&document, Some(draft.dialect));
        assert_eq!(reading.defects.len(), 0, "{text}\n{:?}", reading.defects);
        reading.policy.unwrap()
    }

    fn choices() -> impl Strategy<Value = Choice> {
        let limit = (1..1_000_000u32).prop_map(Choice::Limit);
        prop_oneof![Just(Choice::Allow), limit, Just(Choice::Hide), Just(Choice::DenyAll)]
    }

    fn values() -> impl Strategy<Value = serde_json::Value> {
        let number = (-1_000_000..1_000_000i64).prop_map(serde_json::Value::from);
        let text = "\\PC{0,6}|[\u{0}-\u{1f}\u{202e}]{1,2}".prop_map(serde_json::Value::from);
        prop_oneof![any::<bool>().prop_map(serde_json::Value::from), number, text]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_tools_are_called_the_policy_says_what_was_decided(
            tools in prop::collection::btree_map(
                "[^.*]{1,6}|[a-z_]{1,8}".prop_filter("a name", |name| !name.trim().is_empty()),
                (choices(), prop::collection::vec(values(), 1..3)),
                0..5,
            ),
            v1 in any::<bool>(),
        ) {
            let drafted = |(name, (choice, values)): (&String, &(Choice, Vec<serde_json::Value>))| {
                let limited = matches!(choice, Choice::Limit(_));
                let condition = Condition {
                    path: vec!["a".to_owned()],
                    test: Test::OneOf(values.clone()),
                    is_optional: false,
                    calls: None,
                };
                Drafted {
                    name: name.clone(),
                    category: Category::ALL[0],
                    confidence: 1.0,
                    choice: *choice,
                    daily: None,
                    conditions: if limited { vec![condition] } else { Vec::new() },
                    open: Vec::new(),
                }
            };
            let dialect = if v1 { Dialect::V1 } else { Dialect::INTERCEPT };
            let draft = Draft { dialect, tools: tools.iter().map(drafted).collect() };
            let policy = read_back(&draft);
            for tool in &draft.tools {
                let listed = policy.tool(&tool.name);
                let hidden = policy.hide.iter().any(|hidden| hidden.name == tool.name);
                let limit = listed.and_then(|listed| listed.rules.limits.first()?.max);
                let checks = listed.map_or(0, |listed| listed.rules.checks.len());
                let found = (listed.is_some(), hidden, limit, checks);
                let expected = match tool.choice {
                    Choice::Allow => (true, false, None, 0),
                    // To Intercept a limit is also a condition on its counter.
                    Choice::Limit(max) => (true, false, Some(i64::from(max)), if v1 { 1 } else { 2 }),
                    Choice::DenyAll => (true, false, None, 1),
                    Choice::Hide | Choice::LeaveOut(_) => (false, true, None, 0),
                };
                prop_assert_eq!(found, expected, "{}\n{}", &tool.name, policy_text(&draft.document()));
            }
        }
    }
}
