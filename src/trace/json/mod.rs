//! JSON read fast: what is asked for is taken, and all else is stepped over, byte by checked byte.

mod block;
mod container;
pub(in crate::trace) mod gap;
mod hash;
mod read;
pub(in crate::trace) mod scan;
pub(in crate::trace) mod walk;

pub(in crate::trace) use hash::{hash_text, hash_value};
pub(in crate::trace) use read::{Object, from_raw, from_str, glance, read, read_raw};
