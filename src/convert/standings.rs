//! A gateway's policy as what agents enforce by themselves: tools that are allowed, asked for or denied by
//! name. What a policy says beyond that is lost, and listed.
//!
//! Nothing becomes looser: a tool whose rules cannot be said is asked for, so that a person decides
//! each call.

use std::collections::BTreeMap;

use crate::catalogue::Server;
use crate::policy::{Condition, Effect, Policy, Rules, Ruling, Subject};

/// Something that a policy says of tools and an agent's rules cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToolLoss {
    /// Conditions on arguments.
    Conditions,
    /// How often a tool may be called.
    Limits,
    /// What a denied caller is told.
    Messages,
    /// That tools which the policy does not list are denied, of a server nobody knows all of.
    DefaultDeny,
}

impl ToolLoss {
    /// Every loss.
    pub const ALL: [ToolLoss; 4] =
        [ToolLoss::Conditions, ToolLoss::Limits, ToolLoss::Messages, ToolLoss::DefaultDeny];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            ToolLoss::Conditions => "conditions",
            ToolLoss::Limits => "limits",
            ToolLoss::Messages => "messages",
            ToolLoss::DefaultDeny => "default-deny",
        }
    }
}

/// The tools of a server by name, and what becomes of their calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standings {
    /// What becomes of each tool, by name.
    pub tools: BTreeMap<String, Ruling>,
    /// What becomes of a tool that is not among them.
    pub others: Ruling,
    /// What is lost, with the tool that it is lost of; the policy as a whole where there is none.
    pub losses: Vec<(Option<String>, ToolLoss)>,
}

impl Standings {
    /// Reduces a gateway's policy to names. Tools of the server that the policy does not list are named too.
    pub fn of(policy: &Policy, server: Option<&Server>) -> Standings {
        let others = if policy.default.allows() { Ruling::Allow } else { Ruling::Deny };
        let mut standings = Standings { tools: BTreeMap::new(), others, losses: Vec::new() };
        let known = server.iter().flat_map(|server| &server.tools);
        for tool in known.filter(|tool| tool.name != "*") {
            standings.tools.insert(tool.name.clone(), others);
        }
        for tool in policy.tools.iter().filter(|tool| tool.name != "*") {
            let standing = standings.standing(&tool.name, &[&tool.rules, &policy.all_tools]);
            standings.tools.insert(tool.name.clone(), standing);
        }
        for hidden in &policy.hide {
            standings.tools.insert(hidden.name.clone(), Ruling::Deny);
        }
        if standings.tools.remove("*").is_some() {
            standings.tools.values_mut().for_each(|standing| *standing = Ruling::Deny);
            standings.others = Ruling::Deny;
        }
        // Limits of all tools hold for those that are not listed as well.
        if standings.others == Ruling::Allow {
            standings.others = standings.standing_of_others(&policy.all_tools);
            let listed = |name: &str| policy.tool(name).is_some();
            let others = standings.others;
            let unlisted = standings.tools.iter_mut().filter(|(name, _)| !listed(name));
            unlisted.for_each(|(_, standing)| *standing = others.max(*standing));
        }
        let said = |rules: &Rules| {
            rules.checks.iter().any(|check| check.has_message)
                || rules.limits.iter().any(|limit| limit.has_message)
        };
        if said(&policy.all_tools) || policy.tools.iter().any(|tool| said(&tool.rules)) {
            standings.losses.push((None, ToolLoss::Messages));
        }
        if standings.others == Ruling::Deny {
            standings.losses.push((None, ToolLoss::DefaultDeny));
        }
        standings
    }

    /// The tools of which this becomes.
    pub fn of_ruling(&self, wanted: Ruling) -> impl Iterator<Item = &str> {
        let tools = self.tools.iter().filter(move |(_, standing)| **standing == wanted);
        tools.map(|(name, _)| name.as_str())
    }

    /// Whether nothing passes and nobody is asked.
    pub fn denies_everything(&self) -> bool {
        self.tools.values().chain([&self.others]).all(|ruling| *ruling == Ruling::Deny)
    }

    fn standing(&mut self, name: &str, rules: &[&Rules]) -> Ruling {
        let (standing, losses) = judge(rules);
        self.losses.extend(losses.into_iter().map(|loss| (Some(name.to_owned()), loss)));
        standing
    }

    fn standing_of_others(&mut self, rules: &Rules) -> Ruling {
        let (standing, losses) = judge(&[rules]);
        self.losses.extend(losses.into_iter().map(|loss| (None, loss)));
        standing
    }
}

/// What rules come to, and what of them is lost.
fn judge(rules: &[&Rules]) -> (Ruling, Vec<ToolLoss>) {
    let checks = || rules.iter().flat_map(|rules| &rules.checks);
    let always =
        |effect| checks().any(|check| check.effect == effect && check.conditions.is_empty());
    let mut limits = rules.iter().flat_map(|rules| &rules.limits);
    let shut = limits.clone().any(|limit| limit.calls().is_some_and(|calls| calls <= 0));
    if always(Effect::DenyIf) || shut {
        return (Ruling::Deny, Vec::new());
    }
    let mut conditions = checks().flat_map(|check| &check.conditions);
    // How a limit is written that is a rule of its own: on its counter.
    let is_of_limit = |condition: &Condition| matches!(condition.subject, Subject::Counter(_));
    let conditional = conditions.clone().any(|condition| !is_of_limit(condition));
    let limited = limits.next().is_some() || conditions.any(is_of_limit);
    let lost = [(conditional, ToolLoss::Conditions), (limited, ToolLoss::Limits)];
    let losses: Vec<ToolLoss> =
        lost.into_iter().filter(|(is, _)| *is).map(|(_, loss)| loss).collect();
    let passes = losses.is_empty() && !always(Effect::AskIf);
    (if passes { Ruling::Allow } else { Ruling::Ask }, losses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;
    use crate::source::Document;

    fn standings_in(text: &str, server: Option<&[&str]>) -> Standings {
        let name = if text.starts_with('{') { "p.json" } else { "p.yaml" };
        let document = Document::read(name, text.as_bytes().to_vec());
        let policy = policy::read(&document, None).policy.unwrap();
        let server = server.map(|tools| {
            let tools = tools.iter().map(|name| {
                crate::catalogue::classify(&crate::catalogue::Subject::named(name)).into_tool(*name)
            });
            Server { name: "s".to_owned(), tools: tools.collect(), ..Server::default() }
        });
        Standings::of(&policy, server.as_ref())
    }

    const POLICY: &str = r#"{"version": "1", "default": "deny", "hide": ["wipe"], "tools": {
        "free": {},
        "slow": {"limits": [{"counter": "c", "window": "minute", "max": 5, "scope": "grant"}]},
        "picky": {"require": [{"conditions": [{"path": "args.a", "op": "eq", "value": 1}]}]},
        "pay": {"deny_if": [{"conditions": [], "on_deny": "Requires human approval."}]},
        "wipe": {}}}"#;

    #[test]
    fn what_cannot_be_said_is_asked_for_and_listed_as_lost() {
        let standings = standings_in(POLICY, Some(&["free", "unlisted"]));
        let names = |standing| standings.of_ruling(standing).collect::<Vec<_>>();
        assert_eq!(names(Ruling::Allow), ["free"]);
        assert_eq!(names(Ruling::Ask), ["picky", "slow"]);
        assert_eq!(names(Ruling::Deny), ["pay", "unlisted", "wipe"]);
        let losses: Vec<(Option<&str>, ToolLoss)> =
            standings.losses.iter().map(|(tool, loss)| (tool.as_deref(), *loss)).collect();
        let expected = [
            (Some("slow"), ToolLoss::Limits),
            (Some("picky"), ToolLoss::Conditions),
            (None, ToolLoss::Messages),
            (None, ToolLoss::DefaultDeny),
        ];
        assert_eq!(losses, expected);
    }

    #[test]
    fn limits_of_all_tools_hold_for_every_tool_also_those_not_listed() {
        let limit =
            r#""limits": [{"counter": "c", "window": "minute", "max": 5, "scope": "grant"}]"#;
        let text = format!(
            r#"{{"version": "1", "default": "allow", "all_tools": {{{limit}}}, "tools": {{"a": {{}}}}}}"#
        );
        let standings = standings_in(&text, Some(&["b"]));
        assert_eq!(standings.of_ruling(Ruling::Ask).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(standings.others, Ruling::Ask);
    }

    #[test]
    fn hiding_everything_denies_everything_in_either_dialect() {
        for text in [
            r#"{"version": "1", "default": "allow", "hide": ["*"], "tools": {"a": {}}}"#,
            "version: \"1\"\ndefault: allow\nhide: [\"*\"]\ntools:\n  a:\n    rules: []\n",
        ] {
            let standings = standings_in(text, Some(&["b"]));
            assert_eq!(standings.of_ruling(Ruling::Deny).count(), 2, "{text}");
            assert_eq!(standings.others, Ruling::Deny);
        }
    }

    #[test]
    fn what_is_asked_for_stays_asked_for_also_of_tools_that_are_not_listed() {
        let ask = "rules: [{name: x, action: require_approval}]";
        let listed =
            format!("version: \"1\"\ndefault: deny\ntools:\n  a: {{{ask}}}\n  b: {{rules: []}}\n");
        let some = standings_in(&listed, None);
        assert_eq!((some.tools["a"], some.tools["b"]), (Ruling::Ask, Ruling::Allow));
        let all = format!(
            "version: \"1\"\ndefault: allow\ntools:\n  a: {{rules: []}}\n  \"*\": {{{ask}}}\n"
        );
        let all = standings_in(&all, Some(&["c"]));
        assert_eq!(
            (all.tools["a"], all.tools["c"], all.others),
            (Ruling::Ask, Ruling::Ask, Ruling::Ask)
        );
    }

    #[test]
    fn a_limit_of_no_calls_is_a_denial() {
        let text = "version: \"1\"\ndefault: deny\ntools:\n  a:\n    rules:\n      - name: none\n        conditions: [{path: state.a.c, op: lte, value: 0}]\n        state: {counter: c, window: day}\n";
        assert_eq!(standings_in(text, None).tools["a"], Ruling::Deny);
    }

    #[test]
    fn a_limit_that_is_a_rule_is_lost_as_a_limit() {
        let losses = |rule: &str| {
            let text =
                format!("version: \"1\"\ndefault: deny\ntools:\n  a:\n    rules: [{rule}]\n");
            let standings = standings_in(&text, None);
            assert_eq!(standings.tools["a"], Ruling::Ask, "{rule}");
            let losses = standings.losses.into_iter().filter(|(tool, _)| tool.is_some());
            losses.map(|(_, loss)| loss).collect::<Vec<_>>()
        };
        let counted = "path: state.a.c, op: lte, value: 5";
        assert_eq!(losses("{name: x, rate_limit: 5/hour}"), [ToolLoss::Limits]);
        assert_eq!(
            losses(&format!(
                "{{name: x, conditions: [{{{counted}}}], state: {{counter: c, window: day}}}}"
            )),
            [ToolLoss::Limits]
        );
        let both = format!(
            "{{name: x, conditions: [{{path: args.a, op: eq, value: 1}}, {{{counted}}}], state: {{counter: c, window: day}}}}"
        );
        assert_eq!(losses(&both), [ToolLoss::Conditions, ToolLoss::Limits]);
    }
}
