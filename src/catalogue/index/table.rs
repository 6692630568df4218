//! Sorted entries in blocks.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::layout::{Fence, length};

/// How many bytes a block has before it is closed: large enough for a small directory, small
/// enough to be read for one entry.
const BLOCK: usize = 16 << 10;

/// Writes entries, which must come in the order of their keys, into blocks.
pub(super) struct TableWriter {
    block: Vec<u8>,
    key: Box<[u8]>,
    first: u32,
    count: u32,
    fences: Vec<Fence>,
}

impl TableWriter {
    pub(super) fn new() -> TableWriter {
        TableWriter {
            block: Vec::with_capacity(2 * BLOCK),
            key: Box::default(),
            first: 0,
            count: 0,
            fences: Vec::new(),
        }
    }

    /// Adds an entry; a full block goes to `out`, which is at `offset`.
    pub(super) fn add(
        &mut self,
        key: &[u8],
        value: &[u8],
        out: &mut dyn Write,
        offset: &mut u64,
    ) -> io::Result<()> {
        if self.block.len() >= BLOCK {
            self.close(out, offset)?;
        }
        if self.block.is_empty() {
            self.key = key.into();
            self.first = self.count;
        }
        self.block.extend(length(key.len())?);
        self.block.extend(length(value.len())?);
        self.block.extend(key);
        self.block.extend(value);
        self.count =
            self.count.checked_add(1).ok_or_else(|| io::Error::other("too many entries"))?;
        Ok(())
    }

    /// Writes the last block and gives what the directory says of all of them.
    pub(super) fn finish(
        mut self,
        out: &mut dyn Write,
        offset: &mut u64,
    ) -> io::Result<Vec<Fence>> {
        if !self.block.is_empty() {
            self.close(out, offset)?;
        }
        Ok(self.fences)
    }

    fn close(&mut self, out: &mut dyn Write, offset: &mut u64) -> io::Result<()> {
        out.write_all(&self.block)?;
        let length = u32::from_le_bytes(length(self.block.len())?);
        let checksum = crc32fast::hash(&self.block);
        let key = std::mem::take(&mut self.key);
        self.fences.push(Fence { key, offset: *offset, length, first: self.first, checksum });
        *offset += u64::from(length);
        self.block.clear();
        Ok(())
    }
}

/// Writes a whole table.
pub(super) fn write(
    entries: &BTreeMap<String, Vec<u8>>,
    out: &mut dyn Write,
    offset: &mut u64,
) -> io::Result<Vec<Fence>> {
    let mut table = TableWriter::new();
    for (key, value) in entries {
        table.add(key.as_bytes(), value, out, offset)?;
    }
    table.finish(out, offset)
}

/// A record that is compressed: its length as it was, then what zstd made of it.
pub(super) fn pack(json: &[u8]) -> io::Result<Vec<u8>> {
    /// What is packed once is read by everybody.
    const LEVEL: i32 = 19;
    Ok([&length(json.len())?[..], &zstd::bulk::compress(json, LEVEL)?].concat())
}

/// The record that was compressed; none where it was not.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (length, packed) = packed.split_first_chunk()?;
    zstd::bulk::decompress(packed, u32::from_le_bytes(*length) as usize).ok()
}

/// How many bytes an entry takes in its block.
pub(super) fn size(key: &[u8], value: &[u8]) -> usize {
    2 * size_of::<u32>() + key.len() + value.len()
}

/// The entries of a block: keys and values. What does not fit ends them.
pub(super) fn entries(block: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        let (key, after) = rest.split_first_chunk()?;
        let (value, after) = after.split_first_chunk()?;
        let (key, after) = after.split_at_checked(u32::from_le_bytes(*key) as usize)?;
        let (value, after) = after.split_at_checked(u32::from_le_bytes(*value) as usize)?;
        rest = after;
        Some((key, value))
    })
}
