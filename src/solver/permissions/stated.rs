//! Statements about the calls of a tool under the permission files of an agent.

use serde_json::{Map, Value};

use super::bench::{Bench, Case};
use super::list::{List, Names, about};
use super::modes::modes;
use super::samples::{self, MAX_CALLS, Sampler};
use crate::engine::Outcome;
use crate::policy::{Agent, Permissions, Policy, Ruling, Subjects};
use crate::solver::{Budget, Evidence, Recorded, Why};

/// A statement that calls of a tool are ruled on no more mildly than it says.
pub struct Stated<'s> {
    /// The tool.
    pub tool: &'s str,
    /// What they are at least.
    pub least: Ruling,
    /// Whether it is about a call with these arguments.
    pub meets: &'s dyn Fn(&Value) -> bool,
    /// Arguments that it is about, if some are known.
    pub known: Option<&'s Value>,
}

impl Stated<'_> {
    /// A call that shows that the statement is wrong, or why that cannot be told; none where it is proved.
    /// None within where the policy is not that of an agent.
    pub fn broken(&self, policy: &Policy, budget: &Budget) -> Option<Option<Evidence>> {
        let permissions = policy.permissions.as_deref()?;
        if self.is_proved(permissions, budget) {
            return Some(None);
        }
        let found = self.call(policy, permissions, budget);
        Some(Some(match found {
            Ok(call) => Evidence::Recorded(Box::new(call)),
            Err(why) => Evidence::Unknown(why),
        }))
    }

    /// Whether the rules alone say so, whatever the arguments.
    fn is_proved(&self, permissions: &Permissions, budget: &Budget) -> bool {
        let own = permissions.matters(self.tool).and_then(<[_]>::last);
        let names = match own {
            Some(own) => Names::Matter(own.name.to_owned()),
            None => Names::Tool(self.tool.to_owned()),
        };
        let rules = about(permissions, &names);
        modes(&[permissions], None).into_iter().all(|mode| {
            let list = List::new(permissions, mode, &names, &rules);
            // What is asked about as a whole may pass by what is thought of the command.
            let floor = list.of_ruling(if list.is_revised() { Ruling::Deny } else { self.least });
            let is_hidden = permissions.hides && list.hides().is_some();
            let is_raised = own.is_none_or(|own| always_raises(&own.of));
            let gaps = list.gaps_behind(&floor, &names, budget);
            (is_hidden || is_raised) && gaps.is_ok_and(|gaps| gaps.is_empty())
        })
    }

    /// A call that is ruled on more mildly.
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
                let passes = |outcome: Outcome| {
                    outcome == Outcome::Allow
                        || (outcome == Outcome::Ask && self.least == Ruling::Deny)
                };
                undecided |= decided.iter().all(|(_, outcome)| *outcome == Outcome::Indeterminate);
                if let Some((folder, _)) = decided.into_iter().find(|(_, one)| passes(*one)) {
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
        let mut found: Vec<Value> = self.known.into_iter().cloned().collect();
        for arguments in sampler.of_tool(self.tool).into_iter().take(MAX_CALLS) {
            let known = self.known.and_then(Value::as_object);
            if let (Some(known), Some(own)) = (known, arguments.as_object()) {
                found.extend(joined(own, known).map(Value::Object));
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
