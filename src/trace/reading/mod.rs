//! Bytes to calls: files, streams, blocks, lines, scanning, sorting.

pub(in crate::trace) mod block;
pub(in crate::trace) mod input;
pub(in crate::trace) mod json_scan;
pub(in crate::trace) mod lines;
pub(in crate::trace) mod paths;
pub(in crate::trace) mod pipe;
pub(in crate::trace) mod progress;
pub(in crate::trace) mod repeated;
pub(in crate::trace) mod scan;
pub(in crate::trace) mod sort;
pub(in crate::trace) mod source;
pub(in crate::trace) mod units;
