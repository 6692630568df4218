//! Flips over a trace, each given to the edit that caused it.
//!
//! An edit caused a flip when undoing it alone gives the old decision back. So beside the two
//! policies every version with one edit undone is replayed as well, all in one pass.

use std::collections::BTreeSet;
use std::rc::Rc;

use hashbrown::HashMap;

use super::edits::{Edit, edits, undo};
use super::flip::{Change, Flip, Side};
use crate::engine::{Cause, Gate, GrantId, Outcome, Timestamp};
use crate::policy::{self, Dialect, Policy};
use crate::replay::Replay;
use crate::source::Node;
use crate::trace::Record;

/// How many edits are tried one by one. Beyond this a flip is given to the edit that touches the
/// rule which decided it.
const MAX_TRIED: usize = 64;

/// The place of the decision on a tool that is not listed.
const UNLISTED: &str = "/default";

/// Two policies compared over a trace.
pub struct Comparison<'g> {
    old: Replay<'g>,
    new: Replay<'g>,
    undone: Vec<Option<Replay<'g>>>,
    edits: &'g [Edit],
    /// Whether the calls of a tool meet no counter that those of others do.
    apart: bool,
    /// The tools that were called, and the edits that concern them, by their indexes.
    concerned: HashMap<String, Rc<[usize]>>,
    shown: usize,
    groups: Vec<FlipGroup>,
    matrix: Matrix,
    calls: u64,
}

/// What comes of a call under a version with one edit undone.
enum Undone {
    /// It was not asked.
    Untried,
    /// What the new version says, for the edit does not concern the tool.
    AsNew,
    /// This.
    Said(Side),
}

/// The gates that a comparison needs.
pub struct Gates {
    old: Gate,
    new: Gate,
    undone: Vec<Option<Gate>>,
    edits: Vec<Edit>,
    apart: bool,
}

/// The flips of one kind that one edit caused.
#[derive(Clone, Debug)]
pub struct FlipGroup {
    /// How the decisions change.
    pub change: Change,
    /// The index of the edit; none where no single edit explains it.
    pub edit: Option<usize>,
    /// How many calls.
    pub calls: u64,
    /// How many of them are only a consequence: calls before them were decided differently, and left
    /// more or less room in a limit.
    pub consequences: u64,
    /// How many calls had which outcomes.
    pub matrix: Matrix,
    /// Who called.
    pub grants: BTreeSet<String>,
    /// The tools that were called.
    pub tools: BTreeSet<String>,
    /// The first time.
    pub first: Option<Timestamp>,
    /// The last time.
    pub last: Option<Timestamp>,
    /// The first of the flips.
    pub flips: Vec<Flip>,
}

/// Whether no counter is met by the calls of several tools. Rules of Intercept may read the counters
/// of any tool.
fn is_apart(policy: &Policy) -> bool {
    policy.dialect == Dialect::V1 && policy.all_tools.limits.is_empty()
}

impl Gates {
    /// Compiles two policies and every version between them.
    pub fn new(old: (&Policy, &Node), new: (&Policy, &Node)) -> Gates {
        let edits = edits(old.1, new.1);
        let variant = |edit: &Edit| {
            let tree = undo(old.1, new.1, edit)?;
            let (policy, defects) = policy::read_tree(&tree, new.0.dialect);
            (!defects.iter().any(|defect| defect.refused)).then(|| Gate::new(&policy))
        };
        let undone = if edits.len() > MAX_TRIED || old.0.dialect != new.0.dialect {
            edits.iter().map(|_| None).collect()
        } else {
            edits.iter().map(variant).collect()
        };
        let apart = is_apart(old.0) && is_apart(new.0);
        Gates { old: Gate::new(old.0), new: Gate::new(new.0), undone, edits, apart }
    }

    /// Whether one of the two policies decides the calls of an agent's own tools.
    pub fn are_of_agents(&self) -> bool {
        self.old.is_of_agent() || self.new.is_of_agent()
    }

    /// Whether one of the two policies counts the calls of each grant apart.
    pub fn count_by_grant(&self) -> bool {
        self.old.counts_by_grant() || self.new.counts_by_grant()
    }

    /// The edits between the two documents.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }
}

impl<'g> Comparison<'g> {
    /// Starts a comparison that keeps the first `shown` flips of each group, with a new replay for
    /// each version.
    pub fn new(
        gates: &'g Gates,
        shown: usize,
        new_replay: impl Fn(&'g Gate) -> Replay<'g>,
    ) -> Comparison<'g> {
        Comparison {
            old: new_replay(&gates.old),
            new: new_replay(&gates.new),
            undone: gates.undone.iter().map(|gate| gate.as_ref().map(&new_replay)).collect(),
            edits: &gates.edits,
            apart: gates.apart,
            concerned: HashMap::new(),
            shown,
            groups: Vec::new(),
            matrix: Matrix::default(),
            calls: 0,
        }
    }

    /// Decides the next call under every version.
    pub fn add(&mut self, record: &Record<'_>, grant: GrantId, time: Option<Timestamp>) {
        self.calls += 1;
        // Any other edit undone leaves the tool its rules and its counters, and so its decisions.
        let concerning = self.apart.then(|| self.concerning(&record.tool));
        if concerning.as_ref().is_some_and(|edits| edits.is_empty()) {
            // Every version has the same rules for the tool and so the same decision.
            let outcome = self.new.decide(record, grant, time).outcome as usize;
            self.matrix[outcome][outcome] += 1;
            return;
        }
        let old = self.old.decide(record, grant, time);
        let new = self.new.decide(record, grant, time);
        // Compared only where it matters: most calls are allowed by every version.
        let differs = (old.outcome, new.outcome) != (Outcome::Allow, Outcome::Allow);
        let undone = self.undone.iter_mut().enumerate().map(|(edit, replay)| match replay {
            None => Undone::Untried,
            _ if concerning.as_ref().is_some_and(|edits| !edits.contains(&edit)) => Undone::AsNew,
            Some(replay) => {
                let decision = replay.decide(record, grant, time);
                differs
                    .then(|| Side::new(&decision, &record.tool))
                    .map_or(Undone::Untried, Undone::Said)
            }
        });
        let undone: Vec<Undone> = undone.collect();
        self.matrix[old.outcome as usize][new.outcome as usize] += 1;
        if !differs {
            return;
        }
        // What is forwarded without a look depends on no call before it.
        let is_unread = [&old, &new].iter().any(|side| side.cause == Cause::Uninspected);
        let (old, new) = (Side::new(&old, &record.tool), Side::new(&new, &record.tool));
        let untold = || self.edits.iter().any(|edit| edit.concerns(&record.tool));
        let change = match Change::between(&old, &new) {
            Some(change) => change,
            // Neither side can be told: whether they differ, neither, where the rules do.
            None if old.outcome == Outcome::Indeterminate && untold() => Change::MaybeLoosened,
            None => return,
        };
        let edit = self.cause(&record.tool, change, (&old, &new), &undone);
        let is_consequence =
            !is_unread && self.is_consequence(record, grant, time, change, (&old, &new));
        let flip = Flip {
            number: self.calls,
            time,
            grant: record.grant.to_string(),
            tool: record.tool.to_string(),
            change,
            old,
            new,
        };
        self.file(flip, edit, is_consequence);
    }

    /// Whether a call changes only because calls before it were decided differently: the side that
    /// lets more pass decides as the other does, once the counters stand as the other has them. A
    /// refusal charges nothing, so that they still do. Of a call that cannot be told the edits say
    /// more than its counters.
    fn is_consequence(
        &self,
        record: &Record<'_>,
        grant: GrantId,
        time: Option<Timestamp>,
        change: Change,
        (old, new): (&Side, &Side),
    ) -> bool {
        let untold = [old, new].iter().any(|side| side.outcome == Outcome::Indeterminate);
        let touched = || self.edits.iter().any(|edit| touches(edit, &record.tool, old, new));
        if untold && touched() {
            return false;
        }
        let (looser, stricter, decided) = match change {
            Change::Loosened | Change::MaybeLoosened => (&self.new, &self.old, old),
            _ => (&self.old, &self.new, new),
        };
        let decision = looser.decide_after(stricter, record, grant, time);
        let side = Side::new(&decision, &record.tool);
        match change {
            Change::Reworded => side.says_the_same(decided),
            _ => side.outcome == decided.outcome,
        }
    }

    /// The edits that concern a tool.
    fn concerning(&mut self, tool: &str) -> Rc<[usize]> {
        let edits = self.edits.iter().enumerate();
        let concerning =
            || edits.filter(|(_, edit)| edit.concerns(tool)).map(|(index, _)| index).collect();
        Rc::clone(self.concerned.entry_ref(tool).or_insert_with(concerning))
    }

    /// The edit that caused a flip: of those that give the old decision back when undone, one
    /// that touches the deciding rule before others; else, where no single one does, the one
    /// that touches it.
    fn cause(
        &self,
        tool: &str,
        change: Change,
        (old, new): (&Side, &Side),
        undone: &[Undone],
    ) -> Option<usize> {
        let gives_back = |index: &usize| {
            let side = match &undone[*index] {
                Undone::Untried => return false,
                Undone::AsNew => new,
                Undone::Said(side) => side,
            };
            match change {
                // Which rule refuses is what matters only where nothing else changes.
                Change::Reworded => side.says_the_same(old),
                _ => side.outcome == old.outcome,
            }
        };
        let touches = |index: &usize| touches(&self.edits[*index], tool, old, new);
        let all = || 0..self.edits.len();
        all()
            .find(|index| gives_back(index) && touches(index))
            .or_else(|| all().find(gives_back))
            .or_else(|| all().find(touches))
    }

    fn file(&mut self, flip: Flip, edit: Option<usize>, is_consequence: bool) {
        let found = self
            .groups
            .iter_mut()
            .position(|group| group.change == flip.change && group.edit == edit);
        let index = found.unwrap_or_else(|| {
            self.groups.push(FlipGroup {
                change: flip.change,
                edit,
                calls: 0,
                consequences: 0,
                matrix: Matrix::default(),
                grants: BTreeSet::new(),
                tools: BTreeSet::new(),
                first: flip.time,
                last: None,
                flips: Vec::new(),
            });
            self.groups.len() - 1
        });
        let group = &mut self.groups[index];
        group.calls += 1;
        group.consequences += u64::from(is_consequence);
        group.matrix[flip.old.outcome as usize][flip.new.outcome as usize] += 1;
        group.first = group.first.or(flip.time);
        group.last = flip.time.or(group.last);
        if !group.grants.contains(&flip.grant) {
            group.grants.insert(flip.grant.clone());
        }
        if !group.tools.contains(&flip.tool) {
            group.tools.insert(flip.tool.clone());
        }
        if group.flips.len() < self.shown {
            group.flips.push(flip);
        }
    }

    /// What came of it.
    pub fn finish(mut self) -> Flips {
        self.groups.sort_by_key(|group| (group.change, group.edit.unwrap_or(usize::MAX)));
        Flips { calls: self.calls, matrix: self.matrix, groups: self.groups }
    }
}

/// Whether an edit bears on a flip directly: it is in what decided on either side, it lists the
/// tool or no longer does where that decided, or it is in the rules of a call that cannot be told.
fn touches(edit: &Edit, tool: &str, old: &Side, new: &Side) -> bool {
    let unlisted = [old, new].iter().any(|side| side.pointer == UNLISTED);
    let untold = [old, new].iter().any(|side| side.outcome == Outcome::Indeterminate);
    edit.touches(&old.pointer, &new.pointer)
        || (unlisted && edit.lists(tool))
        || (untold && edit.concerns(tool))
}

/// How many calls had which outcome under the old policy (first index) and under the new one, in
/// the order of [`Outcome::ALL`].
pub type Matrix = [[u64; Outcome::ALL.len()]; Outcome::ALL.len()];

/// What came of a comparison over a trace.
#[derive(Clone, Debug)]
pub struct Flips {
    /// How many calls were compared.
    pub calls: u64,
    /// How many calls had which outcomes.
    pub matrix: Matrix,
    /// The flips, the gravest first.
    pub groups: Vec<FlipGroup>,
}

impl Flips {
    /// How many calls change in a way.
    pub fn count(&self, change: Change) -> u64 {
        self.of(change).map(|group| group.calls).sum()
    }

    /// How many calls change in a way by themselves, and not as a consequence of others.
    pub fn direct(&self, change: Change) -> u64 {
        self.of(change).map(|group| group.calls - group.consequences).sum()
    }

    fn of(&self, change: Change) -> impl Iterator<Item = &FlipGroup> {
        self.groups.iter().filter(move |group| group.change == change)
    }
}
