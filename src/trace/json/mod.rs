//! JSON read fast: what is asked for is taken, and all else is stepped over, byte by checked byte.

mod block;
mod read;
pub(in crate::trace) mod scan;
pub(in crate::trace) mod walk;

pub(in crate::trace) use read::{Object, from_raw, from_str, glance, hash_text, read, read_raw};
