//! Bytes to calls: files, streams, blocks, lines, scanning, sorting.

pub(in crate::trace) mod block;
pub(in crate::trace) mod input;
mod json_scan;
mod lines;
pub(in crate::trace) mod paths;
pub(in crate::trace) mod pipe;
pub(in crate::trace) mod progress;
pub(in crate::trace) mod repeated;
mod scan;
pub(in crate::trace) mod sort;
pub(in crate::trace) mod source;
mod units;
