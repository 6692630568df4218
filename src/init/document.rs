//! A draft in the words of its dialect.

use super::condition::Condition;
use super::draft::{Choice, Draft, Drafted};
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
    let entry = |conditions, on_deny: Option<&str>| V1Entry {
        conditions,
        on_deny: on_deny.map(str::to_owned),
    };
    let entries = |optional: bool| {
        let asked = tool.conditions.iter().filter(move |one| one.is_optional == optional);
        asked.map(|one| entry(written(one), None))
    };
    let mut rules = V1Tool {
        require: entries(false).collect(),
        deny_if: entries(true).collect(),
        ..V1Tool::default()
    };
    let limit = |counter, window, max: u32| {
        let (max, scope) = (max.into(), "grant");
        V1Limit { counter, window, max, scope }
    };
    match tool.choice {
        Choice::Limit(max) => rules.limits.push(limit(rate(tool), Window::Minute, max)),
        Choice::DenyAll => rules.deny_if.push(entry(Vec::new(), Some(NEEDS_APPROVAL))),
        Choice::Allow | Choice::Hide | Choice::LeaveOut(_) => {}
    }
    rules.limits.extend(tool.daily.map(|max| limit(by_day(tool), Window::Day, max)));
    rules
}

fn intercept(tool: &Drafted) -> InterceptTool {
    let required = tool.conditions.iter().map(|condition| InterceptRule {
        name: format!("args.{} as recorded", condition.path.join(".")),
        conditions: written(condition),
        comment: condition.calls.map(|calls| match calls {
            1 => "as 1 recorded call had it".to_owned(),
            calls => format!("as {calls} recorded calls had it"),
        }),
        ..InterceptRule::default()
    });
    let limit = |name, max, window| InterceptRule {
        name,
        rate_limit: Some(format!("{max}/{window}")),
        ..InterceptRule::default()
    };
    let own = match tool.choice {
        Choice::Limit(max) => Some(limit(rate(tool), max, Window::Minute)),
        Choice::DenyAll => Some(InterceptRule {
            name: "requires approval".to_owned(),
            action: Some("deny"),
            on_deny: Some(NEEDS_APPROVAL.to_owned()),
            ..InterceptRule::default()
        }),
        Choice::Allow | Choice::Hide | Choice::LeaveOut(_) => None,
    };
    let daily = tool.daily.map(|max| limit(by_day(tool), max, Window::Day));
    InterceptTool { rules: required.chain(own).chain(daily).collect() }
}

fn rate(tool: &Drafted) -> String {
    format!("{}_rate", tool.name)
}

fn by_day(tool: &Drafted) -> String {
    format!("{}_day", tool.name)
}

/// What is required of an argument, or denied where it is given and may be left out.
fn written(condition: &Condition) -> Vec<WrittenCondition> {
    let path = format!("args.{}", condition.path.join("."));
    let one = |(op, value)| WrittenCondition { path: path.clone(), op, value };
    match condition.is_optional {
        false => condition.test.required().map(one).into_iter().collect(),
        true => {
            let denied = condition.test.denied().into_iter();
            denied.flat_map(|denied| [("exists", true.into()), denied]).map(one).collect()
        }
    }
}
