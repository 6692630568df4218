//! What may come of something of which not every fact is known.

use crate::engine::decision::Missing;
use crate::policy::{PermissionRule, Ruling};

/// How much it tells of a ruling to name what makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Telling {
    /// There is no rule.
    Nothing,
    /// The agent brings the rule along.
    BuiltIn,
    /// Somebody wrote the rule.
    Written,
}

impl Telling {
    /// How much a rule tells, by its number.
    fn of(rules: &[PermissionRule], number: Option<u32>) -> Telling {
        match number.map(|number| &rules[number as usize].origin.file) {
            None => Telling::Nothing,
            Some(None) => Telling::BuiltIn,
            Some(Some(_)) => Telling::Written,
        }
    }
}

/// The rulings that are possible, each with the rule that makes it, and the first fact that is missing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// By the rulings from the mildest: the number of the rule; none within for no rule at all.
    rules: [Option<Option<u32>>; Ruling::ALL.len()],
    missing: Option<Missing>,
}

impl Reach {
    /// What comes of nothing: it passes.
    pub(super) fn nothing() -> Reach {
        let mut reach = Reach::default();
        reach.add(Ruling::Allow, None);
        reach
    }

    /// What comes of something of which a fact is missing: nothing yet.
    pub(super) fn without(fact: Missing) -> Reach {
        Reach { missing: Some(fact), ..Reach::default() }
    }

    /// What comes of something of which nothing is known for want of a fact.
    pub(super) fn anything(fact: Missing) -> Reach {
        let mut reach = Reach::without(fact);
        Ruling::ALL.into_iter().for_each(|ruling| reach.add(ruling, None));
        reach
    }

    /// Whether nothing is possible yet.
    pub(super) fn is_empty(self) -> bool {
        self.missing.is_none() && self.rules.iter().all(Option::is_none)
    }

    /// Notes a fact that decides between what is possible.
    pub(super) fn depend_on(&mut self, fact: Missing) {
        self.missing.get_or_insert(fact);
    }

    /// Adds what a rule does, or what happens without one.
    pub(super) fn add(&mut self, ruling: Ruling, rule: Option<u32>) {
        self.rules[ruling as usize].get_or_insert(rule);
    }

    /// Adds what a rule does that surely holds, which tells more than one that may hold.
    pub(super) fn settle(&mut self, ruling: Ruling, rule: u32) {
        self.rules[ruling as usize] = Some(Some(rule));
    }

    /// Adds what a rule does if a fact is so.
    pub(super) fn add_unsure(&mut self, ruling: Ruling, rule: u32, fact: Missing) {
        self.add(ruling, Some(rule));
        self.missing.get_or_insert(fact);
    }

    /// Either of two things.
    pub(super) fn either(self, other: Reach) -> Reach {
        let mut both = Reach { missing: self.missing.or(other.missing), ..self };
        for ruling in Ruling::ALL {
            if let Some(rule) = other.rules[ruling as usize] {
                both.add(ruling, rule);
            }
        }
        // Which of the two it is, is a fact as well.
        if both.certain().is_none() {
            both.missing.get_or_insert(Missing::Files);
        }
        both
    }

    /// The strictest of two things that both happen; of rules that do the same the one that tells more.
    pub(super) fn strictest(self, other: Reach, rules: &[PermissionRule]) -> Reach {
        let tells = |number| Telling::of(rules, number);
        let mut both = Reach { missing: self.missing.or(other.missing), ..Reach::default() };
        let possible = |reach: Reach| {
            Ruling::ALL.into_iter().filter_map(move |ruling| Some((ruling, reach.rule(ruling)?)))
        };
        for (one, rule) in possible(self) {
            for (two, second) in possible(other) {
                let is_second = two > one || (two == one && tells(second) > tells(rule));
                both.add(one.max(two), if is_second { second } else { rule });
            }
        }
        both
    }

    /// The rule that makes a ruling; none where it is not possible.
    pub(super) fn rule(self, ruling: Ruling) -> Option<Option<u32>> {
        self.rules[ruling as usize]
    }

    /// The only ruling that is possible, if just one is.
    pub(super) fn certain(self) -> Option<Ruling> {
        let (mildest, strictest) = (self.mildest(), self.strictest_ruling());
        (mildest == strictest).then_some(mildest)
    }

    /// The mildest ruling that is possible.
    pub(super) fn mildest(self) -> Ruling {
        let mut possible = Ruling::ALL.into_iter().filter(|ruling| self.rule(*ruling).is_some());
        possible.next().unwrap_or(Ruling::Deny)
    }

    /// The strictest ruling that is possible.
    pub(super) fn strictest_ruling(self) -> Ruling {
        let possible = Ruling::ALL.into_iter().rev();
        possible.into_iter().find(|ruling| self.rule(*ruling).is_some()).unwrap_or(Ruling::Deny)
    }

    /// The first fact that is missing, where more than one ruling is possible.
    pub(super) fn missing(self) -> Option<Missing> {
        self.missing.filter(|_| self.certain().is_none())
    }
}
