//! Deciding statements under a policy.

use serde_json::Value;

use super::claims::{about, limited, texts_of};
use super::decided::Decided;
use super::tools::{Known, is_guess};
use super::{Calls, Claim, Statement, Tools};
use crate::policy::{Policy, Ruling, Unreadable};
use crate::solver::{
    Budget, Evidence, Lost, Passing, Said, Shape, Shapes, Stated, Version, lost, lost_overall,
    passed_by_both, refused,
};

/// A statement that was decided under a policy.
#[derive(Clone, Debug)]
pub struct Checked<'s> {
    /// The statement.
    pub statement: &'s Statement,
    /// How many tools that the policy or the catalogue names it is about.
    pub tools: usize,
    /// Of a statement about categories: the tools whose category is guessed from names, whether it is about
    /// them or not.
    pub guessed: Vec<String>,
    /// What shows of which tools that it does not hold, or may not; what is certain first. None where it is
    /// proved for every call.
    pub violations: Vec<Violation>,
}

/// Calls that show that a statement does not hold, or why it may not.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The tool; of calls of several that are counted together the first.
    pub tool: String,
    /// The calls: never [`Evidence::Unknown`] where it is known of the tool.
    pub evidence: Evidence,
    /// What decides the call, of several the last one as if it were the first; none where it cannot be told.
    pub decided: Option<Decided>,
}

impl Violation {
    fn new(tool: String, evidence: Evidence, version: &Version<'_>) -> Violation {
        let decided = Decided::of(&evidence, &tool, version);
        Violation { tool, evidence, decided }
    }
}

impl Checked<'_> {
    /// Whether it is proved.
    pub fn holds(&self) -> bool {
        self.violations.is_empty()
    }

    /// Whether calls show that it does not hold.
    pub fn fails(&self) -> bool {
        self.violations.first().is_some_and(|first| first.evidence.is_certain())
    }
}

/// A policy as statements are decided under it.
#[derive(Debug)]
pub struct Answered<'p> {
    /// What a person may be asked about passes: what may happen.
    possible: Version<'p>,
    /// It does not: what happens without anybody's leave.
    unasked: Version<'p>,
    /// Whoever is asked has said yes, so that limits hold what was asked about too.
    approved: Version<'p>,
    /// What is known of the tools.
    shapes: &'p Shapes,
}

impl<'p> Answered<'p> {
    /// Compiles a policy, and the same where whoever is asked says yes ([`Policy::approved`]).
    pub fn new(policy: &'p Policy, approved: &'p Policy, shapes: &'p Shapes) -> Answered<'p> {
        let [possible, unasked] = [true, false].map(|yes| Version::answered(policy, yes));
        Answered { possible, unasked, approved: Version::new(approved), shapes }
    }

    /// Whether nobody says of which server the policy is; that may be guessed.
    pub(super) fn is_of_no_server(&self) -> bool {
        self.shapes.names().next().is_none()
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known::new(&self.possible, self.shapes)
    }

    /// Whether a statement is about a tool because of a category that is guessed from names.
    pub fn is_guess(&self, statement: &Statement, tool: &str) -> bool {
        is_guess(&statement.tools, tool, self.possible.policy, self.shapes)
    }

    fn of(&self, claim: &Claim) -> &Version<'p> {
        match claim {
            Claim::Asked(_) | Claim::Allowed(_) => &self.unasked,
            Claim::Denied(_) => &self.possible,
            Claim::Limited { .. } => &self.approved,
        }
    }
}

/// Decides a statement for every call under a policy.
pub fn check<'s>(statement: &'s Statement, policy: &Answered<'_>, budget: &Budget) -> Checked<'s> {
    let known = policy.known();
    let guessed = known.guessed(&statement.tools);
    let mut violations: Vec<Violation> = counterexamples(statement, policy, budget).collect();
    violations.sort_by_key(|violation| !violation.evidence.is_certain());
    Checked {
        statement,
        tools: known.meant(&statement.tools).len(),
        guessed: guessed.into_iter().map(str::to_owned).collect(),
        violations,
    }
}

/// What shows of which tools that a statement is not proved: of those that the policy or a server names, and of
/// one that nobody does. They are asked about one by one, or all at once where they are counted together.
pub fn counterexamples(
    statement: &Statement,
    policy: &Answered<'_>,
    budget: &Budget,
) -> impl Iterator<Item = Violation> {
    let tools = tools(statement, policy);
    let is_together = matches!(statement.claim, Claim::Limited { total: true, .. })
        && policy.approved.policy.permissions.is_none();
    let together = is_together.then(|| overrun(statement, &tools, policy, budget)).flatten();
    let single = tools.into_iter().filter(move |_| !is_together).filter_map(move |tool| {
        let evidence = counterexample(statement, &tool, policy, budget)?;
        Some(Violation::new(tool, evidence, policy.of(&statement.claim)))
    });
    together.into_iter().chain(single)
}

/// The tools that a statement is asked of. A pattern of what is allowed stands for the tools that there are.
fn tools(statement: &Statement, policy: &Answered<'_>) -> Vec<String> {
    let known = policy.known();
    let meant = known.meant(&statement.tools).into_iter().map(str::to_owned);
    let is_asked = |name: &String| match (&statement.claim, &statement.tools) {
        (Claim::Allowed(_), Tools::Named(names)) => names.contains(name),
        (Claim::Allowed(_), _) => false,
        _ => true,
    };
    meant.chain(known.others(&statement.tools).into_iter().filter(is_asked)).collect()
}

/// More calls of some tools together than a statement says.
fn overrun(
    statement: &Statement,
    tools: &[String],
    policy: &Answered<'_>,
    budget: &Budget,
) -> Option<Violation> {
    let version = policy.of(&statement.claim);
    let limited = limited(statement, "tool", version.policy.semantics.unreadable);
    let limited = Version::new(&limited);
    let shapes = tools.iter().map(|tool| (tool.as_str(), policy.shapes.of(tool)));
    let found = lost_overall(&limited, version, &shapes.collect::<Vec<_>>(), budget);
    let evidence = most_certain(found.into_iter().map(|lost| lost.evidence))?;
    let first = match &evidence {
        Evidence::Burst(burst) => burst.batches.first().map(|batch| batch.tool.clone()),
        _ => tools.first().cloned(),
    };
    Some(Violation::new(first.unwrap_or_default(), evidence, version))
}

/// Calls of a tool under a policy that a statement says there are not.
fn counterexample(
    statement: &Statement,
    tool: &str,
    policy: &Answered<'_>,
    budget: &Budget,
) -> Option<Evidence> {
    let version = policy.of(&statement.claim);
    if version.policy.permissions.is_some() {
        return of_agent(statement, tool, version, budget);
    }
    let shape = policy.shapes.of(tool);
    // A gateway that forwards arguments that are no object without a look would let no `deny` be
    // proved: the statement is about those that are one.
    let unreadable = version.policy.semantics.unreadable;
    let evidence = |lost: Vec<Lost<'_>>| most_certain(lost.into_iter().map(|lost| lost.evidence));
    match &statement.claim {
        Claim::Denied(calls) | Claim::Asked(calls) => {
            let about = about(calls, tool, unreadable);
            passed_by_both(&Version::new(&about), version, tool, shape, budget)
        }
        Claim::Allowed(calls) => {
            let about = about(calls, tool, unreadable);
            evidence(refused(version, &Version::new(&about), tool, shape, budget))
        }
        Claim::Limited { .. } => {
            let limited = limited(statement, tool, unreadable);
            evidence(lost(&Version::new(&limited), version, tool, shape, budget))
        }
    }
}

/// The first that is certain, or else the first.
fn most_certain(mut found: impl Iterator<Item = Evidence>) -> Option<Evidence> {
    let first = found.next()?;
    if first.is_certain() {
        return Some(first);
    }
    found.find(Evidence::is_certain).or(Some(first))
}

/// Calls of a tool under the permission files of an agent that a statement says there are not. Nothing limits
/// how many there are, so that of a limit only a denial of all is a proof, and a call that passes once shows more.
fn of_agent(
    statement: &Statement,
    tool: &str,
    version: &Version<'_>,
    budget: &Budget,
) -> Option<Evidence> {
    let every = Calls::default();
    let calls = statement.claim.calls();
    let about = about(calls.unwrap_or(&every), tool, Unreadable::Decided);
    let about = Version::new(&about);
    let about = Passing::new(&about, tool, Shape::any());
    let meets = |arguments: &Value| calls.is_none() || about.passes(arguments);
    let known = calls.map_or_else(Vec::new, |_| about.samples(budget));
    let said = match statement.claim {
        Claim::Asked(_) => Said::AtLeast(Ruling::Ask),
        Claim::Denied(_) | Claim::Limited { .. } => Said::AtLeast(Ruling::Deny),
        Claim::Allowed(_) => Said::Allowed,
    };
    let texts = |argument: &str| calls.and_then(|calls| texts_of(calls, argument));
    let stated = Stated { tool, said, meets: &meets, known: &known, texts: &texts };
    stated.broken(version.policy, budget)?
}
