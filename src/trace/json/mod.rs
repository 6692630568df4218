//! JSON read fast: what is asked for is taken, and all else is stepped over, byte by checked byte.

mod read;
pub(in crate::trace) mod scan;
pub(in crate::trace) mod walk;

pub(in crate::trace) use read::{Object, from_raw, from_str, pieces_of, read, read_raw};
