//! What of a trace was not read, counted and named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::Record;

/// How many names of fields are told apart; a hostile trace could have any number of them.
const MOST_NAMES: usize = 256;

/// Fields that our own notation does not know and in which the arguments of a call may stand, and how
/// many such lines have each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownFields(BTreeMap<String, u64>);

impl UnknownFields {
    /// Counts those of a call.
    #[inline]
    pub fn add(&mut self, record: &Record<'_>) {
        record.unknown_fields.iter().for_each(|name| self.count(name, 1));
    }

    /// Adds what was counted of other calls.
    pub fn merge(&mut self, other: UnknownFields) {
        other.0.iter().for_each(|(name, lines)| self.count(name, *lines));
    }

    /// The names in their order, with their numbers of lines.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, lines)| (name.as_str(), *lines))
    }

    fn count(&mut self, name: &str, lines: u64) {
        if let Some(counted) = self.0.get_mut(name) {
            *counted += lines;
        } else if self.0.len() < MOST_NAMES {
            self.0.insert(name.to_owned(), lines);
        }
    }
}
