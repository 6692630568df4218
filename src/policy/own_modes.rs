//! The modes of an agent, and what it does in some of them of its own accord.

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
