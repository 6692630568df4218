//! One way in which two policies of agents are compared: what one has and the other lacks.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::across;
use super::bench::{Case, Shown, file};
use super::list::{Clause, Gap, List, Names, about};
use super::lost_calls::{LostCalls, unknown};
use super::modes::Modes;
use super::pair::{AgentPair, Context};
use super::samples::{self, MAX_CALLS, Sampler};
use crate::policy::{PermissionRule, Permissions};
use crate::solver::{Budget, Why};
use crate::stop;

impl<'p> AgentPair<'p> {
    /// What the new policy lets pass that the old one did not; with `is_reversed` what the old one lets
    /// pass and the new one does not.
    pub fn lost(&self, is_reversed: bool, budget: &Budget) -> Vec<LostCalls<'p>> {
        let mut found = Vec::new();
        if self.agents[0] != self.agents[1] {
            return across::lost(self, is_reversed, budget);
        }
        let mut one = Direction {
            pair: self,
            is_reversed,
            budget,
            orders: [vec![], vec![]],
            all: OnceCell::new(),
        };
        one.orders = one.placed().map(Permissions::order);
        self.contexts().iter().for_each(|context| one.lost_of(context, &mut found));
        found
    }
}

/// Names, with the rules of both policies that may be about them.
type About<'n, 'c> = (&'n Names, Vec<&'c PermissionRule>, Vec<&'c PermissionRule>);

/// One way in which two policies are compared.
struct Direction<'c, 'p> {
    pair: &'c AgentPair<'p>,
    is_reversed: bool,
    budget: &'c Budget,
    /// The orders in which the rules of both are asked.
    orders: [Vec<u32>; 2],
    /// The rules that are tried where nothing is proved.
    all: OnceCell<Vec<&'c PermissionRule>>,
}

impl<'c, 'p> Direction<'c, 'p> {
    /// The rules of the policy that may be stricter, and of the one that may be milder.
    fn placed(&self) -> [&'c Permissions; 2] {
        let [old, new] = &self.pair.placed;
        if self.is_reversed { [new, old] } else { [old, new] }
    }

    /// Adds what is lost, or may be, for the calls of a tool.
    fn lost_of(&self, context: &Context, found: &mut Vec<LostCalls<'p>>) {
        let mut tried: Vec<Vec<Gap<'_>>> = Vec::new();
        let (mut calls, mut why) = (Vec::new(), None);
        let beyond = self.pair.is_beyond_proof();
        let [old, new] = self.placed();
        let [by_old, by_new] = &self.orders;
        let rules: Vec<_> = context
            .names
            .iter()
            .map(|names| (names, about(old, by_old, names), about(new, by_new, names)))
            .collect();
        for modes in self.pair.modes() {
            let gaps = match beyond {
                Some(why) => Err(why),
                None => self.gaps(context, &rules, &modes),
            };
            let sampler = match &gaps {
                Ok(gaps) if gaps.is_empty() => continue,
                Ok(gaps) if tried.iter().any(|known| is_same(known, gaps)) && !calls.is_empty() => {
                    continue;
                }
                Ok(gaps) => self.sampler(gaps),
                Err(_) => self.sampler_of_all(),
            };
            let reason = gaps.as_ref().err().copied().unwrap_or(Why::Permissions);
            let undecided = self.try_calls(context, &modes, &sampler, &mut calls);
            why = why.or(Some(if undecided && reason != Why::Timeout {
                Why::Undecided
            } else {
                reason
            }));
            tried.extend(gaps.ok());
        }
        match why.or(self.pair.differing_setting()) {
            Some(why) if calls.is_empty() => {
                let (tool, is_other) = (context.tool.clone(), context.is_other);
                found.push(LostCalls { tool, is_other, lost: vec![unknown(why)] });
            }
            _ => file(calls, context.is_other.then_some(&*context.tool), found),
        }
    }

    /// What the rules leave open for a tool in a mode.
    fn gaps(
        &self,
        context: &Context,
        rules: &[About<'_, 'c>],
        modes: &Modes,
    ) -> Result<Vec<Gap<'c>>, Why> {
        let [old, new] = self.placed();
        let [mut first, mut second] = [&modes.decided[0], &modes.decided[1]];
        if self.is_reversed {
            std::mem::swap(&mut first, &mut second);
        }
        // What a mode revises it may revise otherwise than another one.
        if old.calls.is_some() && first != second {
            return Err(Why::Permissions);
        }
        let mut gaps = Vec::new();
        for (names, of_old, of_new) in rules {
            let before = List::new(old, first, names, of_old);
            let after = List::new(new, second, names, of_new);
            gaps.extend(after.gaps_behind(&before, names, self.budget)?);
            if old.hides
                && context.raises
                && let (Some(hiding), None) = (before.hides(), after.hides())
            {
                gaps.extend(after.clauses.first().map(|first| (*first, hiding)));
            }
        }
        Ok(gaps)
    }

    fn sampler(&self, gaps: &[Gap<'c>]) -> Sampler<'c> {
        let mut rules: Vec<&PermissionRule> = Vec::new();
        let mut pairs = Vec::new();
        for (milder, stricter) in gaps {
            for rule in [stricter.rule, milder.rule].into_iter().flatten() {
                if !rules.iter().any(|known| std::ptr::eq(*known, rule)) {
                    rules.push(rule);
                }
            }
            pairs.extend(milder.rule.zip(stricter.rule).map(|(one, other)| [one, other]));
        }
        Sampler { permissions: self.placed()[1], rules, pairs }
    }

    /// Calls that any rule is about which only one of the policies has, or any rule at all where there is none.
    fn sampler_of_all(&self) -> Sampler<'c> {
        let [old, new] = self.placed();
        let rules = self.all.get_or_init(|| {
            let rules = [only(old, new), only(new, old)].concat();
            match rules.is_empty() {
                true => old.rules.iter().chain(&new.rules).collect(),
                false => rules,
            }
        });
        Sampler { permissions: new, rules: rules.clone(), pairs: Vec::new() }
    }

    /// Decides calls under both policies and keeps those that the milder one lets pass; whether some could
    /// not be decided.
    fn try_calls(
        &self,
        context: &Context,
        modes: &Modes,
        sampler: &Sampler<'_>,
        found: &mut Vec<Shown<'p>>,
    ) -> bool {
        let mut undecided = false;
        if self.budget.look().is_err() {
            return undecided;
        }
        let folder =
            [self.pair.old, self.pair.new].into_iter().find_map(|p| samples::folder(&p.ground));
        let tools = match context.is_other {
            true => [sampler.names(&self.pair.known), vec![context.tool.clone()]].concat(),
            false => vec![context.tool.clone()],
        };
        for tool in tools {
            // What has a name that a rule spells out is asked about by that name.
            let is_named = context.is_other && self.pair.is_spelt_out(&tool);
            if is_named {
                continue;
            }
            for arguments in sampler.of_tool(&tool).into_iter().take(MAX_CALLS) {
                if self.budget.look().is_err() {
                    return undecided;
                }
                let mode = modes.recorded.clone();
                let case = Case { tool: tool.clone(), arguments, mode, folder: None };
                let decide = |case: &Case| self.pair.bench.shown(case, self.is_reversed);
                let placed = || folder.map(|_| Case { folder, ..case.clone() });
                match decide(&case).or_else(|()| placed().map_or(Err(()), |case| decide(&case))) {
                    Ok(shown) => found.extend(shown),
                    Err(()) => undecided = true,
                }
            }
        }
        undecided
    }
}

/// The rules that one policy has and another has not.
fn only<'c>(own: &'c Permissions, other: &Permissions) -> Vec<&'c PermissionRule> {
    let mut by_text: HashMap<&str, Vec<&PermissionRule>> = HashMap::new();
    other.rules.iter().for_each(|rule| by_text.entry(&rule.text).or_default().push(rule));
    let is_own = |rule: &&PermissionRule| {
        stop::look();
        let is_same =
            |known: &&PermissionRule| (&known.test, &known.modes) == (&rule.test, &rule.modes);
        !by_text.get(&*rule.text).is_some_and(|known| known.iter().any(is_same))
    };
    own.rules.iter().filter(is_own).collect()
}

/// Whether two lists of gaps are between the same rules.
fn is_same(one: &[Gap<'_>], other: &[Gap<'_>]) -> bool {
    let rule = |clause: &Clause<'_>| clause.rule.map(std::ptr::from_ref::<PermissionRule>);
    let is_same = |((one, first), (other, second)): (&Gap<'_>, &Gap<'_>)| {
        (rule(one), rule(first)) == (rule(other), rule(second))
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}
