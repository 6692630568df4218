//! Which rules rule on the parts of a call.

use super::reach::Reach;
use crate::policy::{Permissions, Ruling};

/// Where the written rules are noted that rule on a part of a call for sure, if anybody wants to know.
pub(super) struct Notes<'n>(Option<(&'n Permissions, &'n mut Vec<(u32, Ruling)>)>);

impl<'n> Notes<'n> {
    /// Notes that are kept in a list, if there is one.
    pub(super) fn new(
        permissions: &'n Permissions,
        list: Option<&'n mut Vec<(u32, Ruling)>>,
    ) -> Notes<'n> {
        Notes(list.map(|list| (permissions, list)))
    }

    /// No notes.
    pub(super) fn none() -> Notes<'static> {
        Notes(None)
    }

    /// Notes the rule that holds for a part and what may come of it; `is_sure` says that no other rule can hold
    /// before it.
    pub(super) fn add(&mut self, number: u32, reach: Reach, is_sure: bool) {
        if let Some((permissions, list)) = &mut self.0
            && is_sure
            && let Some(ruling) = reach.certain()
            && permissions.rules[number as usize].is_written()
        {
            list.push((number, ruling));
        }
    }
}
