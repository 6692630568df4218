//! Calls decided under two policies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::lost_calls::LostCalls;
use crate::engine::{
    Arguments, Call, CallResult, Cause, Counters, Gate, GrantId, Outcome, Surroundings,
};
use crate::policy::{PermissionRule, Permissions, Policy};
use crate::solver::lost::{Lost, Protection};
use crate::solver::{Evidence, Recorded};

/// A call to be decided.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) tool: String,
    pub(super) arguments: Value,
    pub(super) mode: Option<String>,
    pub(super) folder: Option<&'static str>,
}

/// Two policies, compiled.
pub(super) struct Bench<'p> {
    policies: [&'p Policy; 2],
    gates: [Gate; 2],
}

/// What a policy says of a call, and the rule that says so.
pub(super) type Said<'p> = (Outcome, Option<&'p PermissionRule>);

/// A call that one policy lets pass, or asks about, and the other one does not.
pub(super) struct Shown<'p> {
    pub(super) call: Recorded,
    /// The rule of the stricter policy, and that of the milder one.
    pub(super) rules: [Option<&'p PermissionRule>; 2],
    /// What the old policy says, and the new one.
    pub(super) step: [Outcome; 2],
}

impl<'p> Shown<'p> {
    /// The rule that the call tells of: the one of the stricter policy, or where no file has that, the one of
    /// the milder policy.
    fn told(&self) -> Option<&'p PermissionRule> {
        let [stricter, milder] = self.rules;
        stricter.filter(|rule| rule.is_written()).or(milder.filter(|rule| rule.is_written()))
    }
}

impl<'p> Bench<'p> {
    pub(super) fn new(policies: [&'p Policy; 2]) -> Bench<'p> {
        Bench { policies, gates: policies.map(Gate::new) }
    }

    fn permissions(&self, number: usize) -> &'p Permissions {
        self.policies[number].permissions.as_deref().expect("policies of agents alone are compared")
    }

    /// What the policy with this number says of a call.
    pub(super) fn said(&self, number: usize, case: &Case) -> Said<'p> {
        let text = case.arguments.to_string();
        let call = Call {
            tool: &case.tool,
            grant: GrantId(0),
            time: None,
            in_order: true,
            after: None,
            arguments: Arguments::Json(&text),
            result: CallResult::Ok,
            around: Surroundings {
                folder: case.folder.unwrap_or_default(),
                mode: case.mode.as_deref().unwrap_or_default(),
                ..Surroundings::default()
            },
        };
        let decision = self.gates[number].decide(&call, &mut Counters::default());
        let rules = self.permissions(number).rules.iter();
        let rule = match decision.cause {
            Cause::Check(reason) => rules.clone().find(|rule| {
                let place = reason.place.as_deref().unwrap_or_default();
                let file = rule.origin.file.as_deref().unwrap_or_default();
                let line = rule.origin.line;
                let is_line = || line == 0 || place.ends_with(&format!(":{line}"));
                (&*rule.text, rule.origin.pointer.as_str()) == (&*reason.rule, &*reason.pointer)
                    && (place.starts_with(file) && is_line())
            }),
            _ => None,
        };
        (decision.outcome, rule)
    }

    /// A call as something that is shown, if the new policy gives it more access than the old one; with
    /// `is_reversed` if it gives less.
    ///
    /// # Errors
    /// A policy does not decide it.
    pub(super) fn shown(&self, case: &Case, is_reversed: bool) -> Result<Option<Shown<'p>>, ()> {
        self.shown_of([case, case], is_reversed)
    }

    /// The same of a call that the two agents have other words for.
    pub(super) fn shown_of(
        &self,
        cases: [&Case; 2],
        is_reversed: bool,
    ) -> Result<Option<Shown<'p>>, ()> {
        let [old, new] = [self.said(0, cases[0]), self.said(1, cases[1])];
        let (stricter, milder) = if is_reversed { (new, old) } else { (old, new) };
        let (Some(less), Some(more)) = (stricter.0.access(), milder.0.access()) else {
            return Err(());
        };
        let is_same =
            (&cases[0].tool, &cases[0].arguments) == (&cases[1].tool, &cases[1].arguments);
        let [before, after] = cases;
        let elsewhere = || (before.tool.clone(), before.arguments.clone());
        let call = Recorded {
            tool: after.tool.clone(),
            arguments: after.arguments.clone(),
            mode: after.mode.clone(),
            folder: after.folder.map(str::to_owned),
            elsewhere: (!is_same).then(elsewhere),
        };
        let (rules, step) = ([stricter.1, milder.1], [old.0, new.0]);
        let refusing = self.permissions(usize::from(is_reversed));
        let is_only_asked = milder.0 == Outcome::Ask && refusing.is_replaced(stricter.1, milder.1);
        let is_milder = less < more && !is_only_asked;
        Ok(is_milder.then_some(Shown { call, rules, step }))
    }
}

/// Files calls by their tools and by what they show: of several that show the same the shortest in the mode
/// that was tried first. `other` is the name that stands for tools that nobody names.
pub(super) fn file<'p>(
    mut calls: Vec<Shown<'p>>,
    other: Option<&str>,
    found: &mut Vec<LostCalls<'p>>,
) {
    let mut modes: Vec<Option<String>> = Vec::new();
    for shown in &calls {
        if !modes.contains(&shown.call.mode) {
            modes.push(shown.call.mode.clone());
        }
    }
    calls.sort_by_cached_key(|shown| {
        let Recorded { arguments, mode, .. } = &shown.call;
        let text = arguments.to_string();
        (modes.iter().position(|known| known == mode), text.len(), text)
    });
    let mut by_tool: BTreeMap<String, Vec<Shown<'p>>> = BTreeMap::new();
    for shown in calls {
        let own = by_tool.entry(shown.call.tool.clone()).or_default();
        let is_told = |known: &Shown<'p>| {
            known.step == shown.step && place(known.told()) == place(shown.told())
        };
        if !own.iter().any(is_told) {
            own.push(shown);
        }
    }
    for (tool, mut shown) in by_tool {
        let is_other = other == Some(&*tool);
        shown.sort_by_key(|shown| {
            let [old, new] = shown.step.map(Outcome::access);
            let mode = modes.iter().position(|known| *known == shown.call.mode);
            (mode, old.min(new), std::cmp::Reverse(old.max(new)))
        });
        let lost = shown.into_iter().map(|shown| Lost {
            protection: Protection::Permission(shown.rules),
            evidence: Evidence::Recorded(Box::new(shown.call)),
            step: Some(shown.step),
        });
        found.push(LostCalls { tool, is_other, lost: lost.collect() });
    }
}

/// Where a rule stands and what it says.
fn place(rule: Option<&PermissionRule>) -> Option<(Option<&str>, u32, &str, &str)> {
    let rule = rule?;
    let origin = &rule.origin;
    Some((origin.file.as_deref(), origin.line, origin.pointer.as_str(), &rule.text))
}
