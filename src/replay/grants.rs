//! Grants by number, so that counters need not be kept by name.

use hashbrown::HashMap;

use crate::engine::GrantId;

/// The grants of a trace, in the order in which they first appear.
#[derive(Debug, Default)]
pub struct Grants {
    ids: HashMap<Box<str>, GrantId>,
    names: Vec<Box<str>>,
}

impl Grants {
    /// The number of a grant.
    pub fn id(&mut self, name: &str) -> GrantId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id =
            GrantId(u32::try_from(self.names.len()).expect("no trace has four billion grants"));
        self.ids.insert(name.into(), id);
        self.names.push(name.into());
        id
    }

    /// The name of a grant.
    pub fn name(&self, id: GrantId) -> &str {
        &self.names[id.0 as usize]
    }

    /// How many grants there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
