//! Grants by number, so that counters need not be kept by name.

use super::names::Names;
use crate::engine::GrantId;

/// The grants of a trace, in the order in which they first appear.
#[derive(Debug, Default)]
pub struct Grants(Names);

impl Grants {
    /// The number of a grant.
    pub fn id(&mut self, name: &str) -> GrantId {
        GrantId(self.0.number(name))
    }

    /// The name of a grant.
    pub fn name(&self, id: GrantId) -> &str {
        self.0.name(id.0)
    }

    /// How many grants there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
