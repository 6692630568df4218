//! Statements about the calls of a tool under the permission files of an agent.

use serde_json::{Map, Value};

use super::bench::{Bench, Case};
use super::list::{List, Names, about};
use super::modes::modes;
use super::samples::{self, MAX_CALLS, Sampler};
use crate::engine::{Outcome, covers_command};
use crate::policy::{
    Agent, CommandPattern, CommandTest, Matter, PermissionRule, Permissions, Policy, Ruling,
    SubjectTest, Subjects,
};
use crate::solver::{Budget, Evidence, Recorded, Why};

/// A statement about how calls of a tool are ruled on.
pub struct Stated<'s> {
    /// The tool.
    pub tool: &'s str,
    /// What it says of them.
    pub said: Said,
    /// Whether it is about a call with these arguments.
    pub meets: &'s dyn Fn(&Value) -> bool,
    /// Arguments that it is about, as far as some are known.
    pub known: &'s [Value],
    /// The texts of which it leaves an argument just one; none where it leaves others.
    pub texts: &'s dyn Fn(&str) -> Option<Vec<String>>,
}

/// What calls are ruled on as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// No more mildly than this, in every mode.
    AtLeast(Ruling),
    /// They are allowed in the mode that the policy sets, or else in the agent's usual one.
    Allowed,
}

impl Said {
    /// Whether a call that comes to this shows otherwise.
    fn is_broken_by(self, outcome: Outcome) -> bool {
        match self {
            Said::AtLeast(least) => {
                outcome == Outcome::Allow || (outcome == Outcome::Ask && least == Ruling::Deny)
            }
            Said::Allowed => matches!(outcome, Outcome::Ask | Outcome::Deny),
        }
    }
}

impl Stated<'_> {
    /// A call that shows that the statement is wrong, or why that cannot be told; none where it is proved.
    /// None within where the policy is not that of an agent.
    pub fn broken(&self, policy: &Policy, budget: &Budget) -> Option<Option<Evidence>> {
        let permissions = policy.permissions.as_deref()?;
        let is_proved = match self.said {
            Said::AtLeast(least) => self.is_at_least(least, permissions, budget),
            Said::Allowed => self.is_allowed(policy, permissions, budget),
        };
        if is_proved {
            return Some(None);
        }
        let found = self.call(policy, permissions, budget);
        Some(Some(match found {
            Ok(call) => Evidence::Recorded(Box::new(call)),
            Err(why) => Evidence::Unknown(why),
        }))
    }

    /// Whether the rules alone allow the tool, whatever the arguments: only one of which nothing but the name is
    /// looked at. What becomes of a command or a path is more than rules say.
    fn is_allowed(&self, policy: &Policy, permissions: &Permissions, budget: &Budget) -> bool {
        if permissions.calls.is_some() || permissions.matters(self.tool).is_some() {
            return false;
        }
        let names = Names::Tool(self.tool.to_owned());
        let rules = about(permissions, &permissions.order(), &names);
        let usual = policy.dialect.agent().map(Agent::usual_mode);
        let Some(mode) = permissions.mode.as_deref().or(usual) else { return false };
        let list = List::new(permissions, mode, &names, &rules);
        let gaps = list.of_ruling(Ruling::Allow).gaps_behind(&list, &names, budget);
        gaps.is_ok_and(|gaps| gaps.is_empty())
    }

    /// Whether the rules alone say no less than this, whatever the arguments.
    fn is_at_least(&self, least: Ruling, permissions: &Permissions, budget: &Budget) -> bool {
        let own = permissions.matters(self.tool).and_then(<[_]>::last);
        let names = match own {
            Some(own) => Names::Matter(own.name.to_owned()),
            None => Names::Tool(self.tool.to_owned()),
        };
        let rules = about(permissions, &permissions.order(), &names);
        let is_raised = own.is_none_or(|own| always_raises(&own.of));
        let is_met = |floor: Option<&PermissionRule>| {
            modes(&[permissions], None).into_iter().all(|mode| {
                let list = List::new(permissions, mode, &names, &rules);
                let floor = match floor {
                    Some(rule) => list.of_rule(rule),
                    // What is asked about as a whole may pass by what is thought of the command.
                    None => list.of_ruling(if list.is_revised() { Ruling::Deny } else { least }),
                };
                let is_hidden = permissions.hides && list.hides().is_some();
                let gaps = list.gaps_behind(&floor, &names, budget);
                (is_hidden || is_raised) && gaps.is_ok_and(|gaps| gaps.is_empty())
            })
        };
        let are_each_met = |commands: Vec<String>| {
            let of_command = |command: &String| exact_rules(command, least, &rules, own);
            commands.iter().all(|command| of_command(command).iter().any(|rule| is_met(Some(rule))))
        };
        is_met(None) || own.and_then(|own| self.commands(own)).is_some_and(are_each_met)
    }

    /// The commands of which the statement leaves just one; none where it leaves others.
    fn commands(&self, own: &Matter) -> Option<Vec<String>> {
        match own.of {
            Subjects::Parts(argument, _) => (self.texts)(argument),
            _ => None,
        }
    }

    /// A call that is ruled on otherwise.
    ///
    /// # Errors
    /// None was found, for this reason.
    fn call(
        &self,
        policy: &Policy,
        permissions: &Permissions,
        budget: &Budget,
    ) -> Result<Recorded, Why> {
        let bench = Bench::new([policy, policy]);
        let arguments = self.arguments(permissions);
        let usual = policy.dialect.agent().map(Agent::usual_mode);
        let modes = modes(&[permissions], usual);
        let own = permissions.mode.as_ref().map(|_| None);
        let modes = own.into_iter().chain(modes.into_iter().map(Some));
        // What one mode asks about says nothing of the others.
        let most = if self.said == Said::Allowed { 1 } else { usize::MAX };
        let modes = modes.take(most);
        let folder = samples::folder(&permissions.ground);
        let mut undecided = false;
        for mode in modes {
            for arguments in &arguments {
                budget.look()?;
                let case = |folder| Case {
                    tool: self.tool.to_owned(),
                    arguments: arguments.clone(),
                    mode: mode.map(str::to_owned),
                    folder,
                };
                let decided = [None, folder].map(|folder| (folder, bench.said(0, &case(folder)).0));
                undecided |= decided.iter().all(|(_, outcome)| *outcome == Outcome::Indeterminate);
                let shown = decided.into_iter().find(|(_, one)| self.said.is_broken_by(*one));
                if let Some((folder, _)) = shown {
                    return Ok(Recorded {
                        tool: self.tool.to_owned(),
                        arguments: arguments.clone(),
                        mode: mode.map(str::to_owned),
                        folder: folder.map(str::to_owned),
                        elsewhere: None,
                    });
                }
            }
        }
        Err(if undecided { Why::Undecided } else { Why::Permissions })
    }

    /// Arguments that the statement is about, the shortest first.
    fn arguments(&self, permissions: &Permissions) -> Vec<Value> {
        let rules = permissions.rules.iter().collect();
        let sampler = Sampler { permissions, rules, pairs: Vec::new() };
        let mut found = self.known.to_vec();
        let known = self.known.first().and_then(Value::as_object);
        for arguments in sampler.of_tool(self.tool).into_iter().take(MAX_CALLS) {
            if let (Some(known), Some(own)) = (known, arguments.as_object()) {
                let joined = [joined(own, known), joined(known, own)];
                found.extend(joined.into_iter().flatten().map(Value::Object));
                let both =
                    own.iter().chain(known).map(|(name, value)| (name.clone(), value.clone()));
                found.push(Value::Object(both.collect()));
            }
            found.push(arguments);
        }
        found.retain(|arguments| (self.meets)(arguments));
        found.sort_by_cached_key(|arguments| {
            let text = arguments.to_string();
            (text.len(), text)
        });
        found
    }
}

/// Rules that do just this to a command, whatever else is known of its call: each reaches as far as one of some that
/// do as much or more.
fn exact_rules(
    command: &str,
    least: Ruling,
    rules: &[&PermissionRule],
    own: Option<&Matter>,
) -> Vec<PermissionRule> {
    let Some(Subjects::Parts(_, profile)) = own.map(|own| &own.of) else { return Vec::new() };
    let exact = |rule: &&PermissionRule| {
        let SubjectTest::Command(CommandTest::Matches(_, reach)) = rule.test else { return None };
        let pattern = CommandPattern::Exact(command.into());
        let holds = rule.ruling >= least && covers_command(command, &pattern, reach, profile);
        let test = SubjectTest::Command(CommandTest::Matches(pattern, reach));
        holds.then(|| PermissionRule { ruling: least, test, modes: None, ..(**rule).clone() })
    };
    rules.iter().filter_map(exact).collect()
}

/// Arguments whose texts stand behind those of other ones.
fn joined(own: &Map<String, Value>, known: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut both = own.clone();
    for (name, value) in known {
        let text = both.get(name).and_then(Value::as_str).zip(value.as_str());
        let text = text.map(|(own, known)| Value::String(format!("{own} {known}")));
        both.insert(name.clone(), text.unwrap_or_else(|| value.clone()));
    }
    (both != *known).then_some(both)
}

/// Whether there is always something to ask rules about.
fn always_raises(of: &Subjects) -> bool {
    matches!(
        of,
        Subjects::Whole
            | Subjects::Text(_)
            | Subjects::Name(_)
            | Subjects::TextOr(..)
            | Subjects::Path(_)
            | Subjects::LinkedPath(_)
            | Subjects::Parts(..)
            | Subjects::Search { .. }
    )
}
