//! Two policies compared for all calls: the protections that one has and the other lacks.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::agents;
use super::change::{Certainty, ToolChange, ToolName};
use super::reach::{Reach, names, reaches};
use crate::policy::{Limit, Policy, Rules};
use crate::solver::{
    AgentPair, Budget, Lost, Shape, Shapes, Steps, Version, lost_both_ways, lost_overall,
    unused_name,
};

/// What two policies let pass, compared for all calls.
#[derive(Clone, Debug)]
pub struct AccessChanges<'p> {
    /// What changes, tool by tool, the most dangerous first; tools for which it is proved that
    /// nothing does are left out.
    pub tools: Vec<ToolChange<'p>>,
    /// Whether the category of one of them is guessed from its name.
    pub is_guessed: bool,
    /// The two policies.
    policies: [&'p Policy; 2],
    /// The rules of their tools.
    rules: [HashMap<&'p str, &'p Rules>; 2],
    /// How many tools were asked about by name.
    pub asked: usize,
    /// How many of them have an input schema that restricts the calls.
    pub restricted: usize,
    /// The server whose schemas they are.
    pub server: Option<String>,
    /// Whether just one of the policies forwards calls whose arguments are no object.
    pub forwards_unreadable: bool,
    /// What may become of the calls of every tool that was asked about, where that is wanted.
    pub reach: Vec<Reach>,
}

impl<'p> AccessChanges<'p> {
    /// Compares two policies.
    ///
    /// Where one of them asks, they are compared twice: with every question answered by no, which
    /// tells what passes unasked, and by yes, which tells what may pass at all.
    pub fn new(old: &'p Policy, new: &'p Policy, shapes: &Shapes, budget: &Budget) -> Self {
        if let Some(pair) = AgentPair::new(old, new, agents::tools(old, new, shapes)) {
            return AccessChanges::of_agents(&pair, [old, new], shapes, budget);
        }
        let mut unasked = AccessChanges::answered((old, new), false, shapes, budget);
        if !old.asks() && !new.asks() {
            return unasked;
        }
        let mut both = AccessChanges::answered((old, new), true, shapes, budget);
        let steps = Steps::new([old, new]);
        let changes = unasked.tools.iter_mut().chain(&mut both.tools);
        changes.for_each(|change| change.decide(&steps));
        for change in unasked.tools {
            match both.tools.iter_mut().find(|other| other.tool == change.tool) {
                Some(other) => other.add(change),
                None => both.tools.push(change),
            }
        }
        both
    }

    /// Compares two policies of agents.
    fn of_agents(
        pair: &AgentPair<'p>,
        policies: [&'p Policy; 2],
        shapes: &Shapes,
        budget: &Budget,
    ) -> Self {
        let mut tools = agents::changes(pair, shapes, budget);
        tools.sort_by_key(|change| Reverse(change.danger()));
        AccessChanges {
            asked: pair.asked(),
            restricted: 0,
            server: shapes.server.clone(),
            forwards_unreadable: false,
            is_guessed: false,
            rules: policies.map(rules_of),
            policies,
            reach: Vec::new(),
            tools,
        }
    }

    /// Compares two policies where whoever is asked says always yes, or always no.
    fn answered(
        (old, new): (&'p Policy, &'p Policy),
        approved: bool,
        shapes: &Shapes,
        budget: &Budget,
    ) -> Self {
        let (old, new) = (Version::answered(old, approved), Version::answered(new, approved));
        let names = names(&old, &new, shapes);
        let other = unused_name(&names);
        let all: Vec<(&str, &Shape)> = names
            .iter()
            .map(|name| (*name, shapes.of(name)))
            .chain([(other.as_str(), shapes.of(&other))])
            .collect();
        let mut tools: Vec<ToolChange<'p>> = all
            .iter()
            .filter_map(|(name, shape)| {
                let [loosened, tightened] = lost_both_ways(&old, &new, name, shape, budget);
                if loosened.is_empty() && tightened.is_empty() {
                    return None;
                }
                let (tool, category) = match *name == other {
                    true => (ToolName::Other(other.clone()), None),
                    false => (ToolName::Named((*name).to_owned()), Some(shapes.category(name))),
                };
                Some(ToolChange { tool, category, loosened, tightened })
            })
            .collect();
        let [loosened, tightened] =
            [(&old, &new), (&new, &old)].map(|(old, new)| lost_overall(old, new, &all, budget));
        if !loosened.is_empty() || !tightened.is_empty() {
            tools.push(ToolChange { tool: ToolName::All, category: None, loosened, tightened });
        }
        tools.sort_by_key(|change| Reverse(change.danger()));
        AccessChanges {
            asked: names.len(),
            restricted: names.iter().filter(|name| shapes.restricts(name)).count(),
            server: shapes.server.clone(),
            forwards_unreadable: old.policy.semantics.unreadable != new.policy.semantics.unreadable,
            is_guessed: tools.iter().any(
                |change| matches!(&change.tool, ToolName::Named(name) if shapes.is_guess(name)),
            ),
            rules: [old.policy, new.policy].map(rules_of),
            policies: [old.policy, new.policy],
            reach: Vec::new(),
            tools,
        }
    }

    /// The same, with what may become of the calls of every tool.
    pub fn with_reach(self, shapes: &Shapes, budget: &Budget) -> Self {
        let [old, new] = self.policies;
        AccessChanges { reach: reaches(old, new, shapes, budget), ..self }
    }

    /// The old policy and the new one.
    pub fn policies(&self) -> [&'p Policy; 2] {
        self.policies
    }

    /// The limit on the same calls that the old policy has and that the new one has, of one that
    /// either has; none where the other policy has nothing like it.
    pub fn limits(&self, tool: &ToolName, limit: &Limit) -> Option<[&'p Limit; 2]> {
        let [mut old, mut new] = [0, 1].map(|side| self.limits_on(side, tool));
        // What stayed as it is became no other one.
        let is_in = |limits: &[&Limit], one: &Limit| {
            limits.iter().any(|limit| {
                (&limit.counter, limit.window, limit.max, &limit.amount, limit.scope)
                    == (&one.counter, one.window, one.max, &one.amount, one.scope)
            })
        };
        let stay: Vec<&Limit> = old.iter().copied().filter(|one| is_in(&new, one)).collect();
        old.retain(|one| !is_in(&stay, one));
        new.retain(|one| !is_in(&stay, one));
        let alike = |limits: &[&'p Limit]| like(limits, limit);
        Some([alike(&old)?, alike(&new)?])
    }

    /// The limits that a policy has on a tool, or on all together.
    fn limits_on(&self, side: usize, tool: &ToolName) -> Vec<&'p Limit> {
        let rules = match tool {
            ToolName::Named(name) => self.rules[side].get(name.as_str()).copied(),
            ToolName::Other(_) => None,
            ToolName::All => Some(&self.policies[side].all_tools),
        };
        let limits = rules.into_iter().flat_map(|rules| &rules.limits);
        limits.filter(|limit| limit.max.is_some()).collect()
    }

    /// The protections of the old policy that the new one lacks, each with the tool.
    pub fn lost(&self) -> impl Iterator<Item = (&ToolName, &Lost<'p>)> {
        self.tools.iter().flat_map(|change| change.loosened.iter().map(|lost| (&change.tool, lost)))
    }

    /// The protections of the new policy that the old one lacks, each with the tool.
    pub fn gained(&self) -> impl Iterator<Item = (&ToolName, &Lost<'p>)> {
        self.tools
            .iter()
            .flat_map(|change| change.tightened.iter().map(|lost| (&change.tool, lost)))
    }

    /// Whether access is loosened at all.
    pub fn loosens(&self) -> Certainty {
        self.tools.iter().map(ToolChange::loosens).max().unwrap_or(Certainty::No)
    }

    /// Whether access is tightened at all.
    pub fn tightens(&self) -> Certainty {
        self.tools.iter().map(ToolChange::tightens).max().unwrap_or(Certainty::No)
    }

    /// Whether something changes, and only for calls whose arguments are no object.
    pub fn is_unread_only(&self) -> bool {
        let mut lost = self.lost().chain(self.gained());
        !self.tools.is_empty() && lost.all(|(_, lost)| lost.evidence.is_unread())
    }

    /// How many tools are loosened with this certainty.
    pub fn loosened(&self, certainty: Certainty) -> usize {
        self.tools.iter().filter(|change| change.loosens() == certainty).count()
    }

    /// How many tools are tightened with this certainty.
    pub fn tightened(&self, certainty: Certainty) -> usize {
        self.tools.iter().filter(|change| change.tightens() == certainty).count()
    }
}

/// The rules of the tools that a policy lists.
fn rules_of(policy: &Policy) -> HashMap<&str, &Rules> {
    policy.tools.iter().map(|tool| (tool.name.as_str(), &tool.rules)).collect()
}

/// The one that is most like a limit: of the same counter, or else the only one in its window.
fn like<'p>(limits: &[&'p Limit], limit: &Limit) -> Option<&'p Limit> {
    let in_window = |other: &&'p Limit| other.window == limit.window;
    let namesakes = || limits.iter().copied().filter(|other| other.counter == limit.counter);
    let found = namesakes().find(in_window).or_else(|| only(namesakes()));
    found.or_else(|| only(limits.iter().copied().filter(in_window)))
}

/// The one that there is, if there are no others.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    found.next().filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read;
    use crate::source::Document;

    fn policy(json: &str) -> Policy {
        let reading = read(&Document::read("p.json", json.as_bytes().to_vec()), None);
        assert!(!reading.is_refused(), "{:?}", reading.defects);
        reading.policy.unwrap()
    }

    fn changes(old: &str, new: &str) -> Vec<(String, Certainty, Certainty)> {
        let (old, new) = (policy(old), policy(new));
        let found = AccessChanges::new(&old, &new, &Shapes::default(), &Budget::new(None));
        let name = |tool: &ToolName| match tool {
            ToolName::Named(name) => name.clone(),
            ToolName::Other(_) => "(other)".to_owned(),
            ToolName::All => "(all)".to_owned(),
        };
        let tools = found.tools.iter();
        tools.map(|tool| (name(&tool.tool), tool.loosens(), tool.tightens())).collect()
    }

    #[test]
    fn a_question_ranks_above_a_limit_that_is_reached() {
        let read = |rules: &str| {
            let text = format!(
                "version: \"1\"\ndefault: deny\ntools:\n  get:\n    rules:\n{rules}  other:\n    rules: []\n"
            );
            let reading = read(&Document::read("p.yaml", text.into_bytes()), None);
            assert!(!reading.is_refused(), "{:?}", reading.defects);
            reading.policy.unwrap()
        };
        let shut = "      - {name: c, conditions: [{path: state.get.c, op: lte, value: 0}], state: {counter: c, window: hour}}\n";
        let some = "      - {name: p, action: require_approval, conditions: [{path: args.a, op: eq, value: 1}]}\n";
        let always = "      - {name: p, action: require_approval}\n";
        let rate = "      - {name: r, rate_limit: 2/minute}\n";
        let sum = "      - {name: s, conditions: [{path: state.get.n, op: lte, value: 5}], state: {counter: n, window: hour, increment_from: args.n}}\n";
        let [no, yes] = [Certainty::No, Certainty::Yes];
        for (old, new, loosens, tightens) in [
            (shut.to_owned(), format!("{some}{shut}"), yes, no),
            (rate.to_owned(), format!("{always}{rate}"), yes, yes),
            (
                rate.to_owned(),
                format!(
                    "{rate}      - {{name: q, conditions: [{{path: args.b, op: exists, value: true}}]}}\n"
                ),
                no,
                yes,
            ),
            (format!("{some}{rate}"), format!("{some}{rate}"), no, no),
            (format!("{sum}{always}"), always.to_owned(), no, no),
            (always.to_owned(), "      - {name: d, action: deny}\n".to_owned(), no, yes),
        ] {
            let (old_policy, new_policy) = (read(&old), read(&new));
            let found = AccessChanges::new(
                &old_policy,
                &new_policy,
                &Shapes::default(),
                &Budget::new(None),
            );
            assert_eq!((found.loosens(), found.tightens()), (loosens, tightens), "{old} -> {new}");
        }
    }

    #[test]
    fn default_and_hide_decide_for_named_and_other_tools() {
        let deny = r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#;
        let allow = r#"{"version": "1", "default": "allow", "hide": ["a"]}"#;
        assert_eq!(changes(deny, deny), []);
        assert_eq!(
            changes(deny, allow),
            [
                ("(other)".into(), Certainty::Yes, Certainty::No),
                ("a".into(), Certainty::No, Certainty::Yes)
            ]
        );
    }

    #[test]
    fn a_limit_on_all_tools_is_kept_by_limits_on_each_only_if_their_sum_is() {
        let limited = |tools: &str, all: &str| {
            format!(
                r#"{{"version": "1", "default": "deny", "all_tools": {{"limits": [{all}]}}, "tools": {{{tools}}}}}"#
            )
        };
        let limit = |name: &str, window: &str, max: i64| {
            format!(
                r#"{{"counter": "{name}", "window": "{window}", "max": {max}, "scope": "grant"}}"#
            )
        };
        let tool = |name: &str, max: i64| {
            format!(r#""{name}": {{"limits": [{}]}}"#, limit("own", "minute", max))
        };
        let old = limited(r#""a": {}, "b": {}"#, &limit("all", "minute", 10));
        let kept = limited(&[tool("a", 6), tool("b", 4)].join(","), "");
        let lost = limited(&[tool("a", 6), tool("b", 5)].join(","), "");
        let loosened = |found: Vec<(String, Certainty, Certainty)>| -> Vec<String> {
            found.into_iter().filter(|tool| tool.1 != Certainty::No).map(|tool| tool.0).collect()
        };
        assert_eq!(loosened(changes(&old, &kept)), [""; 0]);
        assert_eq!(loosened(changes(&old, &lost)), ["(all)"]);
    }

    #[test]
    fn what_is_most_dangerous_comes_first() {
        let deny = r#"{"version": "1", "default": "deny"}"#;
        let some = r#"{"version": "1", "default": "deny", "tools":
            {"list_a": {}, "create_b": {}, "delete_c": {}, "list_d": {}, "run_command": {}}}"#;
        let names = changes(deny, some).into_iter().map(|tool| tool.0);
        let names: Vec<String> = names.collect();
        assert_eq!(names, ["delete_c", "run_command", "create_b", "list_a", "list_d"]);
    }

    #[test]
    fn a_limit_is_held_against_its_namesake_or_the_only_one_in_its_window() {
        let limited = |limits: &str| {
            policy(&format!(
                r#"{{"version": "1", "default": "deny", "tools": {{"t": {{"limits": [{limits}]}}}}}}"#
            ))
        };
        let limit = |name: &str, window: &str, max: i64| {
            format!(
                r#"{{"counter": "{name}", "window": "{window}", "max": {max}, "scope": "grant"}}"#
            )
        };
        let old = limited(&[limit("a", "minute", 1), limit("b", "hour", 2)].join(","));
        let new = limited(&[limit("c", "minute", 3), limit("b", "day", 4)].join(","));
        let access = AccessChanges::new(&old, &new, &Shapes::default(), &Budget::new(None));
        let tool = ToolName::Named("t".to_owned());
        let pairs = old.tools[0].rules.limits.iter().map(|limit| {
            access.limits(&tool, limit).map(|pair| pair.map(|limit| limit.max.unwrap()))
        });
        assert_eq!(pairs.collect::<Vec<_>>(), [Some([1, 3]), Some([2, 4])]);
        let gone = limited(&limit("x", "day", 9));
        let access = AccessChanges::new(&old, &gone, &Shapes::default(), &Budget::new(None));
        assert!(access.limits(&tool, &old.tools[0].rules.limits[0]).is_none());
    }
}
