//! From an agent's rules to the policy of a gateway in front of one server.

use super::standings::Standings;
use crate::policy::{
    Dialect, Intercept, InterceptRule, InterceptTool, Ordered, PolicyDocument, Ruling, V1, V1Entry,
    V1Tool,
};

/// The policy of a gateway that lets a server's tools be called as an agent's rules do. Version "1" asks
/// nobody, so that what is asked about is denied there; so is, in either dialect, what nobody names unless
/// it passes.
pub fn of_standings(standings: &Standings, to: Dialect) -> PolicyDocument {
    let default = if standings.others == Ruling::Allow { "allow" } else { "deny" };
    let tools = standings.tools.iter();
    match to {
        Dialect::V1 => PolicyDocument::V1(V1 {
            version: "1",
            default,
            hide: Vec::new(),
            all_tools: V1Tool::default(),
            tools: Ordered(tools.map(|(name, ruling)| (name.clone(), v1(*ruling))).collect()),
        }),
        _ => PolicyDocument::Intercept(Intercept {
            version: "1",
            default,
            hide: Vec::new(),
            tools: Ordered(
                tools.map(|(name, ruling)| (name.clone(), intercept(*ruling))).collect(),
            ),
        }),
    }
}

fn v1(ruling: Ruling) -> V1Tool {
    let shut = V1Entry { conditions: Vec::new(), on_deny: None };
    let deny_if = if ruling == Ruling::Allow { Vec::new() } else { vec![shut] };
    V1Tool { deny_if, ..V1Tool::default() }
}

fn intercept(ruling: Ruling) -> InterceptTool {
    let action = match ruling {
        Ruling::Allow => return InterceptTool::default(),
        Ruling::Ask => "require_approval",
        Ruling::Deny => "deny",
    };
    let rule = InterceptRule {
        name: action.replace('_', " "),
        action: Some(action),
        ..InterceptRule::default()
    };
    InterceptTool { rules: vec![rule] }
}
