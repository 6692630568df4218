//! What must be true of any input at all. The fuzz targets look for input of which it is not; the
//! tests of the package try the same on damaged fixtures.
//!
//! Each property takes bytes and panics where it does not hold.

pub mod config;
pub mod fixes;
pub mod index;
pub mod lsp;
pub mod pattern;
pub mod policy;
pub mod trace;

/// Parts input at its first line break; all of it is the first part where there is none.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}
