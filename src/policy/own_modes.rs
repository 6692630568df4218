//! The modes of an agent, and what it does in some of them of its own accord.

use super::permissions::Permissions;

/// The modes of an agent, and those in which it does something of its own accord, whatever its files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnModes {
    /// Those in which a classifier decides what would be asked about elsewhere.
    pub classified: Vec<Box<str>>,
    /// Those in which no tool is called at all.
    pub idle: &'static [&'static str],
    /// All that there are; none where they are the names of whatever agents somebody has.
    pub known: &'static [&'static str],
}

impl Permissions {
    /// The mode that a call is decided in, by what its record tells (empty where it tells none) and what is assumed.
    /// What is assumed, not what sessions begin in, takes the place of a mode that there is not.
    pub fn mode_of<'m>(&'m self, recorded: &'m str, assumed: Option<&'m str>) -> Option<&'m str> {
        let known = self.own_modes.known;
        match recorded {
            "" => assumed.or(self.mode.as_deref()),
            recorded if known.is_empty() || known.contains(&recorded) => Some(recorded),
            _ => assumed,
        }
    }
}
