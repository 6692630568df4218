//! A converted policy held against the one that it is made from, deed by deed: it is tightened until it
//! is nowhere milder, and what it is stricter in is told.

use std::collections::BTreeMap;

use super::deed::Deed;
use super::oracle::{Oracle, Verdict};
use super::spelling::is_spelling;
use crate::policy::Ruling;

/// A deed of which the two policies make something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The deed.
    pub deed: Deed,
    /// What becomes of it in the policy that was converted.
    pub from: Verdict,
    /// What becomes of it in the result.
    pub to: Ruling,
}

/// How two policies compare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many deeds were decided under both.
    pub deeds: usize,
    /// Those of which the result may let more pass.
    pub milder: Vec<Difference>,
    /// Of these, those that only write in another way what passes as easily as it is, which no rule tells apart.
    pub spelled: Vec<Difference>,
    /// Those of which it lets less pass, one for each rule that decided them: the first.
    pub stricter: Vec<Difference>,
}

/// Decides deeds, of which it is known what becomes of them in the policy that is converted, under the result;
/// `None` where the time is over before.
pub fn compare(
    deeds: &[(Deed, Verdict)],
    [from, to]: [&Oracle; 2],
    is_over: &dyn Fn() -> bool,
) -> Option<Comparison> {
    let mut comparison = Comparison::default();
    let mut by_rule: BTreeMap<(Option<String>, String), Difference> = BTreeMap::new();
    for (deed, old) in deeds {
        if is_over() {
            return None;
        }
        let Some(new) = to.verdict(deed) else { continue };
        comparison.deeds += 1;
        let difference = |to| Difference { deed: deed.clone(), from: old.clone(), to };
        if new.mildest < old.strictest {
            let is_spelling = is_spelling(deed, new.mildest, from);
            let milder = if is_spelling { &mut comparison.spelled } else { &mut comparison.milder };
            milder.push(difference(new.mildest));
        } else if new.strictest > old.mildest {
            let rule = if old.place.as_deref().is_some_and(is_of_file) {
                &*old.rule
            } else {
                deed.kind.words()
            };
            let key = (old.place.clone(), rule.to_owned());
            by_rule.entry(key).or_insert_with(|| difference(new.strictest));
        }
    }
    comparison.stricter = by_rule.into_values().collect();
    // Rules of files come first, in their order.
    let is_other =
        |difference: &Difference| !difference.from.place.as_deref().is_some_and(is_of_file);
    comparison.stricter.sort_by_key(is_other);
    Some(comparison)
}

/// Whether the place of a rule is in a file, and the rule not one that the agent brings along.
pub fn is_of_file(place: &str) -> bool {
    place != "(built in)"
}
