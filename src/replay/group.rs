//! Calls that have something in common, summed up.

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::share::Share;

/// Calls that have something in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What they have in common; none where they lack it: no rule, or no time.
    pub name: Option<String>,
    /// The calls by outcome.
    pub counts: Counts,
    /// Of a grant: the limit that it came closest to.
    pub closest: Option<Share>,
}

/// The largest groups, and the others summed up.
#[derive(Clone, Debug, PartialEq)]
pub struct Top<'a> {
    /// The largest groups, in the order of all.
    pub groups: Vec<&'a Group>,
    /// How many others there are.
    pub others: usize,
    /// The calls of the others.
    pub rest: Counts,
}

impl<'a> Top<'a> {
    /// So many of the groups; none means all.
    pub fn of(groups: &'a [Group], top: Option<usize>) -> Top<'a> {
        let top = top.unwrap_or(groups.len());
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(groups[*index].counts.calls()));
        let others = order.split_off(top.min(groups.len()));
        order.sort_unstable();
        let mut rest = Counts::default();
        others.iter().for_each(|index| rest.merge(&groups[*index].counts));
        let groups = order.into_iter().map(|index| &groups[index]).collect();
        Top { groups, others: others.len(), rest }
    }
}

impl Group {
    /// The group of a name.
    pub(super) fn new(name: &str, counts: &Counts) -> Group {
        Group { name: Some(name.to_owned()), counts: *counts, closest: None }
    }
}
