//! The start, the directory and the end of an index.

use std::io::{self, Read, Seek, SeekFrom};

use super::error::{INDEX_VERSION, IndexError};
use super::sources::Source;

/// What every index begins with. The line breaks show a file that was taken for text on its way.
pub(super) const MAGIC: &[u8; 16] = b"GATELINT-INDEX\r\n";
/// What every whole index ends with.
pub(super) const END: &[u8; 8] = b"INDEXEND";
/// The bytes of the end: place, length, two checksums, [`END`].
const END_LENGTH: usize = 8 + 8 + 4 + 4 + END.len();
/// A directory is some megabytes; a larger one is not worth an attempt to hold it.
const LARGEST_DIRECTORY: u64 = 1 << 30;

/// What opening an index reads.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// How many servers there are.
    pub(super) servers: u32,
    /// Whether the records are compressed; never before version 3.
    pub(super) packed: bool,
    /// What the index was built from.
    pub(super) sources: Vec<Source>,
    /// The blocks of the servers.
    pub(super) by_server: Vec<Fence>,
    /// The blocks of the tools.
    pub(super) by_tool: Vec<Fence>,
    /// The blocks of the names that servers answer to; none before version 3.
    pub(super) by_name: Vec<Fence>,
}

/// A block, as the directory knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    /// The key of its first entry.
    pub(super) key: Box<[u8]>,
    /// Where it stands.
    pub(super) offset: u64,
    /// How many bytes it has.
    pub(super) length: u32,
    /// The number of its first entry.
    pub(super) first: u32,
    /// The CRC-32 of its bytes.
    pub(super) checksum: u32,
}

/// What is wrong with a file, without its name.
pub(super) enum Fault {
    Io(io::Error),
    Newer(u32),
    Damaged(&'static str),
}

impl Fault {
    pub(super) fn of(self, file: &str) -> IndexError {
        let file = file.to_owned();
        match self {
            Fault::Io(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                IndexError::Damaged { file, what: "its end is missing" }
            }
            Fault::Io(cause) => IndexError::Unreadable { file, cause },
            Fault::Newer(found) => IndexError::Newer { file, found },
            Fault::Damaged(what) => IndexError::Damaged { file, what },
        }
    }
}

impl From<io::Error> for Fault {
    fn from(cause: io::Error) -> Fault {
        Fault::Io(cause)
    }
}

/// What an index begins with.
pub(super) fn start() -> Vec<u8> {
    [&MAGIC[..], &INDEX_VERSION.to_le_bytes()].concat()
}

/// The directory, and what follows it to the end.
pub(super) fn end(directory: &Directory, offset: u64) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let sources = serde_json::to_vec(&directory.sources)?;
    out.extend(directory.servers.to_le_bytes());
    out.extend(u32::from(directory.packed).to_le_bytes());
    put_bytes(&mut out, &sources)?;
    for fences in [&directory.by_server, &directory.by_tool, &directory.by_name] {
        out.extend(length(fences.len())?);
        for fence in fences {
            put_bytes(&mut out, &fence.key)?;
            out.extend(fence.offset.to_le_bytes());
            out.extend(fence.length.to_le_bytes());
            out.extend(fence.first.to_le_bytes());
            out.extend(fence.checksum.to_le_bytes());
        }
    }
    let checksum = crc32fast::hash(&out);
    let mut end = Vec::with_capacity(END_LENGTH);
    end.extend(offset.to_le_bytes());
    end.extend((out.len() as u64).to_le_bytes());
    end.extend(checksum.to_le_bytes());
    end.extend(crc32fast::hash(&end).to_le_bytes());
    end.extend(END);
    out.extend(end);
    Ok(out)
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    out.extend(length(bytes.len())?);
    out.extend(bytes);
    Ok(())
}

/// A length as the file has it.
pub(super) fn length(length: usize) -> io::Result<[u8; 4]> {
    let length = u32::try_from(length).map_err(|_| io::Error::other("an entry is too long"))?;
    Ok(length.to_le_bytes())
}

/// Reads the directory of a file and checks it.
pub(super) fn read_directory(file: &mut (impl Read + Seek)) -> Result<Directory, Fault> {
    let mut start = [0; MAGIC.len() + 4];
    file.read_exact(&mut start)?;
    if start[..MAGIC.len()] != *MAGIC {
        return Err(Fault::Damaged("it does not begin as an index does"));
    }
    let mut parts = Parts(&start[MAGIC.len()..]);
    let version = match parts.number()? {
        0 => return Err(Fault::Damaged("its version is 0")),
        known @ 1..=INDEX_VERSION => known,
        found => return Err(Fault::Newer(found)),
    };
    if file.seek(SeekFrom::End(0))? < (start.len() + END_LENGTH) as u64 {
        return Err(Fault::Damaged("its end is missing"));
    }
    let mut end = [0; END_LENGTH];
    file.seek(SeekFrom::End(-(END_LENGTH as i64)))?;
    file.read_exact(&mut end)?;
    let (place, check) = end.split_at(20);
    let mut check = Parts(check);
    if crc32fast::hash(place) != check.number()? || check.0 != END {
        return Err(Fault::Damaged("its end is missing or not as it was written"));
    }
    let mut place = Parts(place);
    let (offset, length, checksum) = (place.large()?, place.large()?, place.number()?);
    if length > LARGEST_DIRECTORY {
        return Err(Fault::Damaged("its directory is too large"));
    }
    let mut bytes = vec![0; length as usize];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    if crc32fast::hash(&bytes) != checksum {
        return Err(Fault::Damaged("its directory is not as it was written"));
    }
    Parts(&bytes).directory(version)
}

/// Numbers of servers, as they stand in a table and in the directory.
pub(super) fn numbers(bytes: &[u8]) -> Vec<u32> {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect()
}

/// Bytes that are read from the front.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn directory(&mut self, version: u32) -> Result<Directory, Fault> {
        /// The first version with names, and with records that may be compressed.
        const NAMES: u32 = 3;
        let servers = self.number()?;
        let packed = version >= NAMES && self.number()? == 1;
        let sources = serde_json::from_slice(self.bytes()?);
        let sources = sources.map_err(|_| Fault::Damaged("its sources cannot be read"))?;
        let (by_server, by_tool) = (self.fences()?, self.fences()?);
        let by_name = if version >= NAMES { self.fences()? } else { Vec::new() };
        Ok(Directory { servers, packed, sources, by_server, by_tool, by_name })
    }

    fn fences(&mut self) -> Result<Vec<Fence>, Fault> {
        let count = self.number()?;
        (0..count).map(|_| self.fence()).collect()
    }

    fn fence(&mut self) -> Result<Fence, Fault> {
        Ok(Fence {
            key: self.bytes()?.into(),
            offset: self.large()?,
            length: self.number()?,
            first: self.number()?,
            checksum: self.number()?,
        })
    }

    fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.number()? as usize;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u32, Fault> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn large(&mut self) -> Result<u64, Fault> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*bytes))
    }
}

const SHORT: Fault = Fault::Damaged("its directory is too short");
