//! What may become of the calls of each tool, under an old policy and under a new one.

use std::collections::HashSet;

use super::change::{Certainty, ToolName, certainty};
use crate::catalogue::Category;
use crate::policy::{Default as Unlisted, Effect, Policy, Rules};
use crate::solver::{Budget, Protection, Shape, Shapes, Version, lost, unused_name};

/// What may become of the calls of one tool.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Which tool.
    pub tool: ToolName,
    /// What the tool does to the world; none where it is not one tool alone.
    pub category: Option<Category>,
    /// Under the old policy.
    pub old: Prospects,
    /// Under the new policy.
    pub new: Prospects,
}

/// What may become of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prospects {
    /// Whether some call is allowed.
    pub allow: Certainty,
    /// Whether a person is asked about some call.
    pub ask: Certainty,
    /// Whether some call is refused, also where only so many are let pass.
    pub deny: Certainty,
}

/// Asks two policies of gateways about every tool that one of them or the catalogue names, and about any other.
/// Nothing is told of the policies of agents.
pub(super) fn reaches(old: &Policy, new: &Policy, shapes: &Shapes, budget: &Budget) -> Vec<Reach> {
    if old.permissions.is_some() || new.permissions.is_some() {
        return Vec::new();
    }
    let bounds = [old, new].map(Bounds::new);
    let sides =
        [(old, &bounds[0]), (new, &bounds[1])].map(|(policy, bounds)| Side::new(policy, bounds));
    let names = names(&sides[0].unasked, &sides[1].unasked, shapes);
    let other = unused_name(&names);
    let of = |name: &str| {
        let shape = shapes.of(name);
        let [old, new] = [&sides[0], &sides[1]].map(|side| side.prospects(name, shape, budget));
        (old, new)
    };
    let named = names.iter().map(|name| {
        let (old, new) = of(name);
        let category = Some(shapes.category(name));
        Reach { tool: ToolName::Named((*name).to_owned()), category, old, new }
    });
    let (old, new) = of(&other);
    let other = Reach { tool: ToolName::Other(other), category: None, old, new };
    named.chain([other]).collect()
}

/// A policy that refuses every call, one that allows every call, and one that refuses where another asks; all
/// read calls as that other does.
struct Bounds {
    closed: Policy,
    open: Policy,
    strict: Policy,
}

impl Bounds {
    fn new(policy: &Policy) -> Bounds {
        let bare = |default| Policy {
            default,
            hide: Vec::new(),
            tools: Vec::new(),
            all_tools: Rules::default(),
            ..policy.clone()
        };
        let mut strict = policy.clone();
        let of_tools = strict.tools.iter_mut().map(|tool| &mut tool.rules);
        for check in of_tools.chain([&mut strict.all_tools]).flat_map(|rules| &mut rules.checks) {
            if check.effect == Effect::AskIf {
                check.effect = Effect::DenyIf;
            }
        }
        Bounds { closed: bare(Unlisted::Deny), open: bare(Unlisted::Allow), strict }
    }
}

/// A policy as it is asked.
struct Side<'p> {
    policy: &'p Policy,
    closed: Version<'p>,
    open: Version<'p>,
    strict: Version<'p>,
    /// Every question answered by no.
    unasked: Version<'p>,
    /// Every question answered by yes.
    asked: Version<'p>,
}

impl<'p> Side<'p> {
    fn new(policy: &'p Policy, bounds: &'p Bounds) -> Side<'p> {
        Side {
            policy,
            closed: Version::new(&bounds.closed),
            open: Version::new(&bounds.open),
            strict: Version::new(&bounds.strict),
            unasked: Version::answered(policy, false),
            asked: Version::answered(policy, true),
        }
    }

    fn prospects(&self, tool: &str, shape: &Shape, budget: &Budget) -> Prospects {
        let between = |one, other| certainty(&lost(one, other, tool, shape, budget));
        let ask = match self.policy.asks() {
            true => {
                let mut lost = lost(&self.strict, &self.asked, tool, shape, budget);
                lost.retain(|lost| matches!(lost.protection, Protection::Check(_)));
                certainty(&lost)
            }
            false => Certainty::No,
        };
        let allow = between(&self.closed, &self.unasked);
        let passes = allow.max(ask);
        let deny = match self.is_limited(tool) && passes > Certainty::No {
            true => Certainty::Yes,
            false => between(&self.asked, &self.open),
        };
        Prospects { allow, ask, deny }
    }

    /// Whether only so many calls of a tool pass, or so many of all tools.
    fn is_limited(&self, tool: &str) -> bool {
        let own = self.policy.tool(tool).map(|tool| &tool.rules);
        let mut rules = own.into_iter().chain([&self.policy.all_tools]);
        rules.any(|rules| rules.limits.iter().any(|limit| limit.max.is_some()))
    }
}

/// The names to ask about: those of the new policy in their order, then those that only the old
/// one has, then those that only the catalogue has.
pub(super) fn names<'a>(old: &Version<'a>, new: &Version<'a>, shapes: &'a Shapes) -> Vec<&'a str> {
    let mut catalogued: Vec<&str> = shapes.names().collect();
    catalogued.sort_unstable();
    let mut seen = HashSet::new();
    let all = new.names().chain(old.names()).chain(catalogued);
    all.filter(|name| seen.insert(*name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read;
    use crate::source::Document;

    fn policy(text: &str) -> Policy {
        let reading = read(&Document::read("p.yaml", text.as_bytes().to_vec()), None);
        assert!(!reading.is_refused(), "{:?}", reading.defects);
        reading.policy.unwrap()
    }

    #[test]
    fn it_is_told_what_may_become_of_calls_before_and_after() {
        let old = policy("version: \"1\"\ndefault: deny\ntools:\n  get: {rules: []}\n");
        let new = policy(
            "version: \"1\"\ndefault: deny\nhide: [get]\ntools:
  some:
    rules:
      - {name: p, action: require_approval, conditions: [{path: args.a, op: eq, value: 1}]}
      - {name: r, rate_limit: 2/minute}
  often:
    rules: [{name: r, rate_limit: 2/minute}]
",
        );
        let found = reaches(&old, &new, &Shapes::default(), &Budget::new(None));
        let letters = |prospects: Prospects| {
            let Prospects { allow, ask, deny } = prospects;
            let all = [(allow, 'a'), (ask, 'q'), (deny, 'd')].into_iter();
            all.filter(|(is, _)| *is == Certainty::Yes)
                .map(|(_, letter)| letter)
                .collect::<String>()
        };
        let shown = found.iter().map(|reach| {
            let name = match &reach.tool {
                ToolName::Named(name) => name.as_str(),
                _ => "(other)",
            };
            format!("{name} {} {}", letters(reach.old), letters(reach.new))
        });
        let shown: Vec<String> = shown.collect();
        assert_eq!(shown, ["get a d", "some d aqd", "often d ad", "(other) d d"]);
    }
}
