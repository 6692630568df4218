//! What an agent does in some of its modes of its own accord.

/// The modes of an agent in which it does something of its own accord, whatever its files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnModes {
    /// Those in which a classifier decides what would be asked about elsewhere.
    pub classified: Vec<Box<str>>,
    /// Those in which no tool is called at all.
    pub idle: &'static [&'static str],
}
