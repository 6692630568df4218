//! A draft in the words of its dialect.

use serde_json::Value;

use super::draft::{Choice, Condition, Draft, Drafted};
use crate::policy::{
    Dialect, Intercept, InterceptRule, InterceptTool, Ordered, PolicyDocument, V1, V1Entry,
    V1Limit, V1Tool, Window, WrittenCondition,
};

/// What a denied call is told where a person may approve it; PolicyLayer's catalogue pages say so.
const NEEDS_APPROVAL: &str = "Requires human approval.";

impl Draft {
    /// The draft, to be written.
    pub fn document(&self) -> PolicyDocument {
        let (version, default) = ("1", "deny");
        let hidden = self.tools.iter().filter(|tool| tool.choice == Choice::Hide);
        let hide = hidden.map(|tool| tool.name.clone()).collect();
        match self.dialect {
            Dialect::V1 => {
                let (all_tools, tools) = (V1Tool::default(), self.listed(v1));
                PolicyDocument::V1(V1 { version, default, hide, all_tools, tools })
            }
            _ => {
                let tools = self.listed(intercept);
                PolicyDocument::Intercept(Intercept { version, default, hide, tools })
            }
        }
    }

    fn listed<T>(&self, rules: fn(&Drafted) -> T) -> Ordered<T> {
        let is_listed =
            |tool: &&Drafted| !matches!(tool.choice, Choice::Hide | Choice::LeaveOut(_));
        let listed = self.tools.iter().filter(is_listed);
        Ordered(listed.map(|tool| (tool.name.clone(), rules(tool))).collect())
    }
}

fn v1(tool: &Drafted) -> V1Tool {
    let required = tool
        .conditions
        .iter()
        .map(|condition| V1Entry { conditions: vec![written(condition)], on_deny: None });
    let mut rules = V1Tool { require: required.collect(), ..V1Tool::default() };
    match tool.choice {
        Choice::Limit(max) => rules.limits.push(V1Limit {
            counter: rate(tool),
            window: Window::Minute,
            max: max.into(),
            scope: "grant",
        }),
        Choice::DenyAll => rules
            .deny_if
            .push(V1Entry { conditions: Vec::new(), on_deny: Some(NEEDS_APPROVAL.to_owned()) }),
        Choice::Allow | Choice::Hide | Choice::LeaveOut(_) => {}
    }
    rules
}

fn intercept(tool: &Drafted) -> InterceptTool {
    let required = tool.conditions.iter().map(written).map(|condition| InterceptRule {
        name: format!("{} as recorded", condition.path),
        conditions: vec![condition],
        ..InterceptRule::default()
    });
    let own = match tool.choice {
        Choice::Limit(max) => Some(InterceptRule {
            name: rate(tool),
            rate_limit: Some(format!("{max}/minute")),
            ..InterceptRule::default()
        }),
        Choice::DenyAll => Some(InterceptRule {
            name: "requires approval".to_owned(),
            action: Some("deny"),
            on_deny: Some(NEEDS_APPROVAL.to_owned()),
            ..InterceptRule::default()
        }),
        Choice::Allow | Choice::Hide | Choice::LeaveOut(_) => None,
    };
    InterceptTool { rules: required.chain(own).collect() }
}

fn rate(tool: &Drafted) -> String {
    format!("{}_rate", tool.name)
}

fn written(condition: &Condition) -> WrittenCondition {
    let path = format!("args.{}", condition.path.join("."));
    match condition.values.as_slice() {
        [only] => WrittenCondition { path, op: "eq", value: only.clone() },
        several => WrittenCondition { path, op: "in", value: Value::Array(several.to_vec()) },
    }
}
