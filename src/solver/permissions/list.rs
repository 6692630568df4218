//! The rules of an agent as a list of which the first that holds counts, and two of them held against each
//! other.
//!
//! Whatever the precedence, [`Permissions::order`] makes such a list of the rules. Of one subject (or, where
//! whole calls are ruled on, of one call) both lists take the first rule that holds, and at their end what
//! happens without one. The new list is milder only if it takes a rule `r` where the old one takes `q`, and
//! `r` does not do at least what `q` does. That cannot be
//! - where no subject meets both tests,
//! - where a rule before `r` in the new list holds wherever `q` does: then `r` is not the first of its list,
//! - where a rule before `q` in the old list holds wherever `r` does: then `q` is not the first of its list,
//! - where `r` or `q` is dead in its own list, in the same way.
//!
//! A pair for which none of this is known is a gap. Without gaps every subject is ruled on as strictly as
//! before, and so is every call: the strictest ruling on any of its subjects decides it, and which subjects
//! there are does not depend on rules. What a rule waits for (a fact that is not known) is in the world or is
//! not, for both lists alike; rules are taken for the same only where they wait for the same.
//!
//! Of whole calls a ruling is revised by what is thought of the command; that depends on the rule as well, so that a
//! pair is left out only where `r`, revised, does at least what `q`, revised, does ([`Clause::is_as_strict_as`]).
//!
//! One thing is no change by definition: a question that a file asks in the place of a refusal for which a classifier
//! of the agent's answers ([`Permissions::is_replaced`]).
//!
//! Insertions of stricter rules, removals of milder ones and other orders of rules that rule the same leave no
//! gap, nor does a rule in the place of one that it covers or that covers it, in the direction that is safe.

use super::cover::{are_apart, covers_names, covers_test, is_everything};
use crate::policy::{
    CallTest, PartsProfile, PermissionRule, Permissions, Ruling, SubjectTest, Subjects, ToolTest,
    Wildcard,
};
use crate::solver::{Budget, Why};

/// What a list of rules is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// The subjects of the matter of this name, whatever they are.
    Matter(String),
    /// The calls of a tool of this name, of which nothing else is looked at but where whole calls are. Tools of
    /// servers go by their whole names.
    Tool(String),
    /// The same of tools that no rule spells out.
    Other,
}

/// A rule of a list, or what happens without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clause<'p> {
    pub(super) ruling: Ruling,
    pub(super) rule: Option<&'p PermissionRule>,
}

/// The rules that are there in a mode for some names, in the order in which they are asked, and at the end what
/// happens without one.
pub(super) struct List<'p> {
    pub(super) clauses: Vec<Clause<'p>>,
    /// How what is thought of a command revises the ruling, where that may be.
    revised: Option<Revised>,
    permissions: &'p Permissions,
    /// What the agent knows of the parts of shell texts, if it looks at them.
    profile: Option<&'static PartsProfile>,
}

/// What is done in a mode with a command whatever the rule.
#[derive(Clone, Copy, Debug)]
struct Revised {
    /// What cannot be taken apart passes.
    passes: bool,
    /// Redirections are nothing to ask about.
    redirects: bool,
}

/// A rule of the new list, and one of the old list which it may stand in for.
pub(super) type Gap<'p> = (Clause<'p>, Clause<'p>);

/// More gaps say no more.
const MAX_GAPS: usize = 400;

impl<'p> List<'p> {
    /// `about` are the rules that may be about the names, as [`about`] has them.
    pub(super) fn new(
        permissions: &'p Permissions,
        mode: &str,
        names: &Names,
        about: &[&'p PermissionRule],
    ) -> List<'p> {
        let is_there = |rule: &&PermissionRule| {
            rule.modes.as_ref().is_none_or(|modes| modes.iter().any(|known| **known == *mode))
        };
        let rules = about.iter().copied().filter(is_there);
        let clause = |rule: &'p PermissionRule| Clause { ruling: rule.ruling, rule: Some(rule) };
        let passes = permissions.calls.as_ref().is_some_and(|c| c.profile.careless_mode == mode);
        let unmatched = if passes { Ruling::Allow } else { permissions.unmatched };
        let end = Clause { ruling: unmatched, rule: None };
        List {
            clauses: rules.map(clause).chain([end]).collect(),
            revised: permissions.calls.as_ref().filter(|_| may_be_shell(permissions, names)).map(
                |calls| Revised {
                    passes,
                    redirects: calls.profile.redirecting_modes.contains(&mode),
                },
            ),
            permissions,
            profile: parts_profile(permissions),
        }
    }

    /// The list that does one thing to everything.
    pub(super) fn of_ruling(&self, ruling: Ruling) -> List<'p> {
        List { clauses: vec![Clause { ruling, rule: None }], ..*self }
    }

    /// The list that does what one rule says where it holds, and lets pass all else.
    pub(super) fn of_rule<'r>(&self, rule: &'r PermissionRule) -> List<'r>
    where
        'p: 'r,
    {
        let own = Clause { ruling: rule.ruling, rule: Some(rule) };
        List { clauses: vec![own, Clause { ruling: Ruling::Allow, rule: None }], ..*self }
    }

    /// Whether what is thought of a command revises what the rules say.
    pub(super) fn is_revised(&self) -> bool {
        self.revised.is_some()
    }

    /// The rule that keeps a tool from being offered at all, where that is possible: the first one for its
    /// name, if it denies everything.
    pub(super) fn hides(&self) -> Option<Clause<'p>> {
        let first = self.clauses.first()?;
        let is_whole = first.rule.is_some_and(|rule| rule.test == SubjectTest::Anything);
        (is_whole && first.ruling == Ruling::Deny).then_some(*first)
    }

    /// Whether another list has the same rules in the same order.
    fn is_same(&self, other: &List<'_>) -> bool {
        let is_same = |(one, other): (&Clause<'_>, &Clause<'_>)| match (one.rule, other.rule) {
            (None, None) => one.ruling == other.ruling,
            (Some(one), Some(other)) => {
                (one.ruling, &one.name) == (other.ruling, &other.name)
                    && covers_test(one, other, None)
                    && covers_test(other, one, None)
            }
            _ => false,
        };
        let all = self.clauses.iter().zip(&other.clauses).all(is_same);
        all && self.clauses.len() == other.clauses.len() && self.revised.is_none()
    }

    /// The gaps that are left where this list takes the place of an old one.
    ///
    /// # Errors
    /// The time is over.
    pub(super) fn gaps_behind(
        &self,
        old: &List<'p>,
        names: &Names,
        budget: &Budget,
    ) -> Result<Vec<Gap<'p>>, Why> {
        if self.is_same(old) {
            return Ok(Vec::new());
        }
        let covers = |one: &Clause<'p>, other: &Clause<'p>| one.covers(other, names, self.profile);
        // The first of a list that holds wherever a clause does.
        let first = |list: &List<'p>, clause: &Clause<'p>| {
            budget.look()?;
            Ok(list.clauses.iter().position(|known| covers(known, clause)))
        };
        let each = |list: &List<'p>, clauses: &[Clause<'p>]| {
            clauses.iter().map(|clause| first(list, clause)).collect::<Result<Vec<_>, Why>>()
        };
        let (own_first, own_by_old) = (each(self, &self.clauses)?, each(old, &self.clauses)?);
        let (old_first, old_by_own) = (each(old, &old.clauses)?, each(self, &old.clauses)?);
        let is_before = |first: Option<usize>, at: usize| first.is_some_and(|first| first < at);
        let mut gaps = Vec::new();
        for (at, own) in self.clauses.iter().enumerate() {
            if own.ruling == Ruling::Deny || is_before(own_first[at], at) {
                continue;
            }
            for (by, theirs) in old.clauses.iter().enumerate() {
                let is_kept = own.is_as_strict_as(theirs, self.revised)
                    || old.permissions.is_replaced(theirs.rule, own.rule)
                    || is_before(old_first[by], by)
                    || is_before(old_by_own[by], at)
                    || is_before(own_by_old[at], by)
                    || own.is_apart_from(theirs);
                if !is_kept {
                    gaps.push((*own, *theirs));
                }
                if gaps.len() >= MAX_GAPS {
                    return Ok(gaps);
                }
            }
        }
        Ok(gaps)
    }
}

impl<'p> Clause<'p> {
    /// Whether it holds wherever another one does.
    fn covers(&self, other: &Clause<'p>, names: &Names, profile: Option<&PartsProfile>) -> bool {
        match (self.rule, other.rule) {
            (None, _) => true,
            (Some(rule), _) if holds_for_all(rule, names) => true,
            (Some(_), None) => false,
            (Some(rule), Some(other)) => {
                let is_of_call = matches!(rule.test, SubjectTest::Call(_));
                (is_of_call || *names != Names::Other || covers_names(rule, other))
                    && covers_test(rule, other, profile)
            }
        }
    }

    fn is_apart_from(&self, other: &Clause<'p>) -> bool {
        matches!((self.rule, other.rule), (Some(own), Some(other)) if are_apart(own, other))
    }

    /// Whether it does at least what another one does; `revised` where commands are thought about.
    fn is_as_strict_as(&self, other: &Clause<'p>, revised: Option<Revised>) -> bool {
        let Some(Revised { passes, redirects: redirects_pass }) = revised else {
            return self.ruling >= other.ruling;
        };
        let test = |clause: &Clause<'p>| match clause.rule.map(|rule| &rule.test) {
            Some(SubjectTest::Call(test)) => (test.arguments.is_none(), test.redirects),
            _ => (true, false),
        };
        let ((own_plain, own_redirects), (plain, redirects)) = (test(self), test(other));
        // What is thought of a command makes a question of what is allowed, or the reverse, but only where a rule
        // asks for no arguments; redirections pass where a rule says so.
        let is_alike =
            own_plain == plain || (own_plain && !passes && other.ruling == Ruling::Allow);
        let is_asked = self.ruling == Ruling::Ask && !own_plain;
        let is_revised_alike =
            is_asked || (is_alike && (redirects_pass || redirects || !own_redirects));
        self.ruling >= other.ruling && is_revised_alike
    }
}

/// Whether what is thought of a shell command may revise what rules say of calls that go by some names.
fn may_be_shell(permissions: &Permissions, names: &Names) -> bool {
    let Some(calls) = &permissions.calls else { return false };
    let (Names::Matter(name) | Names::Tool(name)) = names else { return true };
    let is_shell = |tool: &&str| is_of_one_call(name, tool, calls.profile.agent_tool.0);
    calls.profile.shell_tools.iter().any(is_shell)
}

/// Whether a rule holds for every call, or subject, that goes by some names.
fn holds_for_all(rule: &PermissionRule, names: &Names) -> bool {
    let is_named = *names != Names::Other || rule.name.is_all();
    match (&rule.test, names) {
        (SubjectTest::Anything, _) => is_named,
        (SubjectTest::Text(pattern), _) => is_named && is_everything(pattern),
        (SubjectTest::Call(test), _) if !asks_no_more(test) => false,
        (SubjectTest::Call(test), Names::Tool(name) | Names::Matter(name)) => {
            test.tool == ToolTest::Any || test.tool.named().iter().any(|known| **known == **name)
        }
        (SubjectTest::Call(test), Names::Other) => test.tool == ToolTest::Any,
        _ => false,
    }
}

/// Whether a test of whole calls asks for nothing but the tool.
fn asks_no_more(test: &CallTest) -> bool {
    test.server.is_none()
        && test.caller.is_none()
        && test.annotations.is_empty()
        && test.arguments.is_none()
        && test.interactive.is_none()
}

/// What an agent knows of the parts of shell texts, if it looks at them.
fn parts_profile(permissions: &Permissions) -> Option<&'static PartsProfile> {
    let mut matters = permissions.tools.iter().flat_map(|tool| tool.matters);
    matters.find_map(|matter| match matter.of {
        Subjects::Parts(_, profile) => Some(profile),
        _ => None,
    })
}

/// The rules that may be about calls that go by some names, in the order in which they are asked.
pub(super) fn about<'p>(
    permissions: &'p Permissions,
    order: &[u32],
    names: &Names,
) -> Vec<&'p PermissionRule> {
    let rules = order.iter().map(|number| &permissions.rules[*number as usize]);
    rules.filter(|rule| may_be_about(rule, permissions, names)).collect()
}

/// Whether a rule may be about calls that go by some names.
fn may_be_about(rule: &PermissionRule, permissions: &Permissions, names: &Names) -> bool {
    let SubjectTest::Call(test) = &rule.test else {
        return match names {
            Names::Matter(name) => rule.name.matches(name),
            Names::Tool(name) => rule.name.matches(name) && may_hold_for_nothing(&rule.test),
            Names::Other => !is_spelt_out(&rule.name) && may_hold_for_nothing(&rule.test),
        };
    };
    let Some(calls) = &permissions.calls else { return true };
    let is_named = matches!(test.tool, ToolTest::Named(_));
    let (Names::Matter(name) | Names::Tool(name)) = names else { return !is_named };
    let starts = calls.servers.iter().map(|(_, start)| start.as_str());
    let is_of_server = starts.chain([calls.profile.server_tools.0]).any(|s| name.starts_with(s));
    match &test.tool {
        _ if test.server.is_some() && !is_of_server => false,
        ToolTest::Any => true,
        ToolTest::OfServers | ToolTest::OfServer(_) => is_of_server,
        ToolTest::Named(known) => {
            let agent_tool = calls.profile.agent_tool.0;
            // An agent within the agent is taken not to be called as a tool that is built in.
            let may_be_agent = |name: &str| !is_built_in(name, permissions);
            known.iter().any(|known| match is_of_server {
                true => is_of_one_call(known, name, agent_tool),
                false if name == agent_tool => **known == *agent_tool || may_be_agent(known),
                false => **known == **name || (**known == *agent_tool && may_be_agent(name)),
            })
        }
    }
}

/// Whether a name is that of a tool, and not of an agent, that an agent of whole calls brings along.
fn is_built_in(name: &str, permissions: &Permissions) -> bool {
    let calls = permissions.calls.as_ref();
    let is_shell = calls.is_some_and(|calls| calls.profile.shell_tools.contains(&name));
    let is_agent = calls.is_some_and(|calls| calls.profile.agents.contains(&name));
    let names = |rule: &PermissionRule| match &rule.test {
        SubjectTest::Call(test) => test.tool.named().iter().any(|known| **known == *name),
        _ => false,
    };
    !is_agent
        && (is_shell || permissions.rules.iter().any(|rule| !rule.is_written() && names(rule)))
}

/// Whether a test may hold for a call of which only the name is looked at: its subject is the text `*`.
fn may_hold_for_nothing(test: &SubjectTest) -> bool {
    match test {
        SubjectTest::Text(pattern) | SubjectTest::Unsure(pattern, _) => pattern.matches("*"),
        SubjectTest::Anything
        | SubjectTest::AnythingUnsure(_)
        | SubjectTest::Argument(..)
        | SubjectTest::Server(_)
        | SubjectTest::Classified(None) => true,
        SubjectTest::Named(name) => &**name == "*",
        _ => false,
    }
}

/// Whether a pattern of names is one name.
pub(super) fn is_spelt_out(name: &Wildcard) -> bool {
    name.only().is_some()
}

/// Whether a call may go by both names. It goes by that of its tool, by the same with its server before it, and
/// where it calls another agent by the agent's name.
fn is_of_one_call(one: &str, other: &str, agent_tool: &str) -> bool {
    let ends =
        |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with('_'));
    let is_agents = |name: &str| name == agent_tool || ends(name, agent_tool);
    one == other || ends(one, other) || ends(other, one) || is_agents(one) || is_agents(other)
}
