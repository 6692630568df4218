//! Bytes to calls: files, streams, blocks, lines, scanning, sorting.

mod alike;
pub(in crate::trace) mod block;
pub(in crate::trace) mod input;
mod later;
mod lines;
mod parts;
pub(in crate::trace) mod paths;
pub(in crate::trace) mod pipe;
pub(in crate::trace) mod progress;
pub(in crate::trace) mod repeated;
mod scan;
mod skeleton;
pub(in crate::trace) mod sort;
pub(in crate::trace) mod source;
mod start;
mod units;
