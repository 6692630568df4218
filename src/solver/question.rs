//! Questions about the calls of one tool under two policies.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::answer::{Answer, Found, Why};
use super::budget::Budget;
use super::evidence::{Evidence, MOMENT};
use super::literal::Literal;
use super::query::{Query, is_deep};
use super::shape::Shape;
use super::tree::Tree;
use super::version::{Access, CheckView, Version, View};
use crate::engine::{
    Arguments, Call, CallResult, Counters, Decision, Gate, GrantId, Member, Outcome, Surroundings,
};
use crate::policy::{Effect, Unreadable};

/// A question about one tool: what does `old` refuse that `new` lets pass, or what do both let pass?
pub(super) struct Question<'q, 'p> {
    pub(super) old: &'q Version<'p>,
    pub(super) new: &'q Version<'p>,
    pub(super) tool: &'q str,
    pub(super) before: &'q View<'p>,
    pub(super) after: &'q View<'p>,
    pub(super) shape: &'q Shape,
    pub(super) budget: &'q Budget,
    /// Whether `old` must let the call pass as well; it must refuse it otherwise.
    of_both: bool,
    /// What lets the call pass, made when it is first asked for.
    passed: OnceCell<Option<Passed<'q>>>,
}

/// What one policy lets pass, solved once for many questions that each add to it.
struct Passed<'q> {
    query: Query<'q>,
    /// The literals of the query by the outermost argument that they look at.
    by_argument: HashMap<&'q str, Vec<Literal<'q>>>,
    answer: Answer,
}

impl<'q, 'p> Question<'q, 'p> {
    /// What the first of two policies refuses of a tool and the second lets pass, given what each says
    /// of the tool.
    pub(super) fn new(
        (old, new): (&'q Version<'p>, &'q Version<'p>),
        (before, after): (&'q View<'p>, &'q View<'p>),
        tool: &'q str,
        shape: &'q Shape,
        budget: &'q Budget,
    ) -> Question<'q, 'p> {
        let passed = OnceCell::new();
        Question { old, new, tool, before, after, shape, budget, of_both: false, passed }
    }

    /// The same about what both let pass.
    pub(super) fn of_both(self) -> Question<'q, 'p> {
        Question { of_both: true, ..self }
    }

    /// The arguments of a call that agrees with some literals and that `new` lets pass.
    pub(super) fn passing(&self, more: &[Literal<'q>]) -> Answer {
        let Some(passed) = self.passed() else { return Answer::Proved };
        match &passed.answer {
            Answer::Proved => return Answer::Proved,
            Answer::Witness(arguments) => {
                let answer = self.altered(passed, arguments, more);
                if let Some(answer) = answer {
                    return answer;
                }
            }
            Answer::Unknown(_) => {}
        }
        let mut query = Query { all: more.to_vec(), any: passed.query.any.clone() };
        query.all.extend(&passed.query.all);
        query.answer(self.shape, self.budget)
    }

    /// The arguments of a call that agrees with some literals and that both policies let pass.
    pub(super) fn passing_both<'a>(&'a self, more: &[Literal<'a>]) -> Answer {
        let mut query = Query { all: more.to_vec(), any: Vec::new() };
        match [self.after, self.before].iter().all(|view| allow(view, &mut query)) {
            true => query.answer(self.shape, self.budget),
            false => Answer::Proved,
        }
    }

    fn passed(&self) -> Option<&Passed<'q>> {
        let new = || {
            let mut query = Query::default();
            let is_possible =
                allow(self.after, &mut query) && (!self.of_both || allow(self.before, &mut query));
            if !is_possible {
                return None;
            }
            let answer = query.answer(self.shape, self.budget);
            let mut by_argument: HashMap<&str, Vec<Literal<'q>>> = HashMap::new();
            for literal in &query.all {
                by_argument.entry(outermost(literal)).or_default().push(*literal);
            }
            Some(Passed { query, by_argument, answer })
        };
        self.passed.get_or_init(new).as_ref()
    }

    /// A call that agrees with some literals, altered from one that passes and confirmed by the engine,
    /// without a look at what else lets it pass: for policies with so many entries that a look at each
    /// takes longer than deciding a call.
    pub(super) fn guessed(&self, more: &[Literal<'q>]) -> Option<Evidence> {
        let passed = self.passed()?;
        let (Answer::Witness(arguments), true) = (&passed.answer, passed.is_large()) else {
            return None;
        };
        if is_deep(more) {
            return None;
        }
        let Found::One(altered) = Tree::new(more).arguments(self.shape, self.budget) else {
            return None;
        };
        let evidence = self.confirm(with_arguments(arguments, altered, more)?);
        matches!(evidence, Evidence::Call(_)).then_some(evidence)
    }

    /// Alters a call that passes in no other argument than those that more literals look at; none where
    /// that decides nothing.
    fn altered(
        &self,
        passed: &Passed<'q>,
        arguments: &Value,
        more: &[Literal<'q>],
    ) -> Option<Answer> {
        let names: BTreeSet<&str> = more.iter().map(outermost).collect();
        let beside = names.into_iter().filter_map(|name| passed.by_argument.get(name)).flatten();
        let literals: Vec<Literal<'q>> = more.iter().chain(beside).copied().collect();
        if is_deep(&literals) {
            return None;
        }
        self.budget.next_question();
        self.budget.branch().ok()?;
        let arguments = match Tree::new(&literals).arguments(self.shape, self.budget) {
            // What cannot be with fewer conditions cannot be with all of them.
            Found::None => return Some(Answer::Proved),
            Found::Unknown(_) => return None,
            Found::One(altered) => with_arguments(arguments, altered, more)?,
        };
        let is_met = passed.query.missed(&arguments.to_string()).is_none();
        is_met.then_some(Answer::Witness(arguments))
    }

    /// Decides a call under both policies.
    pub(super) fn confirm(&self, arguments: Value) -> Evidence {
        let text = arguments.to_string();
        let members = members_of(&arguments);
        // Taken apart once for all conditions, unless a name has escapes.
        let call = match &members {
            Some(members) => Arguments::Members { text: &text, members },
            None => Arguments::Json(&text),
        };
        let [old, new] = self.gates();
        let is_wanted = self.old.passes(decide(old, self.tool, call)) == Some(self.of_both);
        let counts = |view: &View<'_>| view.checks.iter().any(|check| check.counts);
        match decide(new, self.tool, call) {
            outcome if is_wanted && self.new.passes(outcome) == Some(true) => {
                Evidence::Call(arguments)
            }
            Outcome::Throttle if !self.after.amounts.is_empty() => Evidence::Unknown(Why::Amount),
            _ if counts(self.after) || counts(self.before) => Evidence::Unknown(Why::Counter),
            _ => Evidence::Unknown(Why::Unconfirmed),
        }
    }

    /// What `old` says of a call whose arguments are no object; none where it is not alone in deciding
    /// such calls: then they differ in nothing from a call without arguments, or pass both.
    pub(super) fn unread(&self) -> Option<Outcome> {
        let unreadable = |version: &Version<'_>| version.policy.semantics.unreadable;
        let alone = unreadable(self.old) == Unreadable::Decided
            && unreadable(self.new) == Unreadable::Forwarded;
        let decided = || {
            let gate = self.old.gate_of(self.tool, self.before);
            decide(gate, self.tool, Arguments::Json(&no_object().to_string()))
        };
        alone.then(decided)
    }

    /// What the two policies say of the tool, compiled.
    pub(super) fn gates(&self) -> [&Gate; 2] {
        [self.old.gate_of(self.tool, self.before), self.new.gate_of(self.tool, self.after)]
    }
}

/// Decides the first call of a tool.
pub(super) fn decide(gate: &Gate, tool: &str, arguments: Arguments<'_>) -> Outcome {
    decision(gate, tool, arguments, Surroundings::default()).outcome
}

/// The decision on the first call of a tool.
pub(super) fn decision<'g>(
    gate: &'g Gate,
    tool: &str,
    arguments: Arguments<'_>,
    around: Surroundings<'_>,
) -> Decision<'g> {
    let call = Call {
        tool,
        grant: GrantId(0),
        time: Some(MOMENT),
        in_order: true,
        after: None,
        arguments,
        result: CallResult::Ok,
        around,
    };
    gate.decide(&call, &mut Counters::default())
}

impl Passed<'_> {
    /// Whether there are so many conditions that looking at each takes longer than deciding a call.
    fn is_large(&self) -> bool {
        const MANY: usize = 64;
        self.query.all.len() + self.query.any.len() > MANY
    }
}

/// Arguments with those taken from others that literals look at.
fn with_arguments(arguments: &Value, altered: Value, literals: &[Literal<'_>]) -> Option<Value> {
    let (Value::Object(mut members), Value::Object(mut altered)) = (arguments.clone(), altered)
    else {
        return None;
    };
    let names: BTreeSet<&str> = literals.iter().map(outermost).collect();
    for name in names {
        members.remove(name);
        members.extend(altered.remove_entry(name));
    }
    Some(Value::Object(members))
}

/// Where the members of arguments stand in their text; none where they are no object, or a name is written
/// with escapes.
fn members_of(arguments: &Value) -> Option<Vec<Member>> {
    let mut at = "{".len();
    let places = arguments.as_object()?.iter().map(|(name, value)| {
        let is_plain = Value::from(name.as_str()).to_string().len() == name.len() + 2;
        let (start, end) = (at + 1, at + 1 + name.len());
        let length = value.to_string().len();
        let is_plain_text = value.as_str().is_some_and(|text| text.len() + 2 == length);
        at = end + 2 + length + ",".len();
        is_plain.then(|| Member::new([start, end, end + 2, end + 2 + length], is_plain_text))?
    });
    places.collect()
}

/// Arguments that are no object.
pub(super) fn no_object() -> Value {
    Value::Array(Vec::new())
}

fn outermost<'a>(literal: &Literal<'a>) -> &'a str {
    literal.atom.path.first().map_or("", String::as_str)
}

/// Adds to a query that a policy lets the call pass; false where it lets none pass at all. A
/// condition on a counter may hold and may not, so it is left out.
pub(super) fn allow<'a>(view: &'a View<'_>, query: &mut Query<'a>) -> bool {
    if !matches!(view.access, Access::Checked) || view.shut().is_some() {
        return false;
    }
    for check in &view.checks {
        match check.check.effect {
            Effect::Require => query.all.extend(literals(check, true)),
            Effect::DenyIf | Effect::AskIf if check.counts => {}
            Effect::DenyIf | Effect::AskIf => match literals(check, false).as_slice() {
                [only] => query.all.push(*only),
                several => query.any.push(several.to_vec()),
            },
        }
    }
    query.all.extend(view.amounts.iter().map(|(atom, _)| Literal { atom, holds: true }));
    true
}

/// What a check tests, as true or as false.
pub(super) fn literals<'a>(check: &'a CheckView<'_>, holds: bool) -> Vec<Literal<'a>> {
    check.atoms.iter().map(|atom| Literal { atom, holds }).collect()
}
