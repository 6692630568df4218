//! Which rules hold for a call, whether they count or not.

use crate::engine::decision::Missing;

/// The rules of an agent that hold for a call, by their numbers, whether they count or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Those that hold for sure.
    pub sure: Vec<u32>,
    /// Those of which it is not known.
    pub unsure: Vec<u32>,
}

impl Holding {
    pub(super) fn add(&mut self, number: u32, holds: Result<bool, Missing>) {
        match holds {
            Ok(true) => self.sure.push(number),
            Ok(false) => {}
            Err(_) => self.unsure.push(number),
        }
    }
}
