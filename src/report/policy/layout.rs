//! How policies are laid out.

/// How a policy is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Every value on a line of its own.
    Lines,
    /// Every condition and every limit on one line, with hostile characters as escapes: for people
    /// who go on writing.
    Rows,
}
