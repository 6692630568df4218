//! A catalogue in one file that is looked things up in, not read: for tens of thousands of servers.
//!
//! The file, all numbers little-endian:
//!
//! | part | what it is |
//! |---|---|
//! | start | [`layout::MAGIC`], then the version as 4 bytes |
//! | blocks | servers by name in lower case, each a record as JSON; then tools by name, each the numbers of the servers that have it |
//! | directory | the sources, and for each block its first key, place, length, first entry and checksum |
//! | end | place, length and checksum of the directory, checksum of these, [`layout::END`] |
//!
//! Opening reads the directory, a look-up one block. Whatever is read is checked first, so that
//! nothing of a damaged file is believed.

mod build;
mod error;
mod layout;
mod sources;
mod table;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

pub use build::{Build, Built, SourceError};
pub use error::{INDEX_VERSION, IndexError};
pub use sources::{Source, Stale, find_sources};

use super::record::Server;
use layout::{Directory, Fence};

/// An index that is open.
#[derive(Debug)]
pub struct Index {
    name: String,
    file: Mutex<File>,
    directory: Directory,
    /// The servers that were looked up, by their numbers.
    loaded: Vec<OnceLock<Box<Server>>>,
}

impl Index {
    /// Whether a file is an index, of whatever version and in whatever state.
    pub fn is_index(path: &Path) -> bool {
        let mut start = [0; layout::MAGIC.len()];
        // A pipe would lose what is read from it.
        path.is_file()
            && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
            && start == *layout::MAGIC
    }

    /// Opens an index.
    ///
    /// # Errors
    /// Why it cannot be used; what is damaged beyond its directory is found when it is looked up.
    pub fn open(path: &Path) -> Result<Index, IndexError> {
        let name = path.display().to_string();
        let unreadable = |cause| IndexError::Unreadable { file: name.clone(), cause };
        let mut file = File::open(path).map_err(unreadable)?;
        let directory = layout::read_directory(&mut file).map_err(|fault| fault.of(&name))?;
        let loaded = (0..directory.servers).map(|_| OnceLock::new()).collect();
        Ok(Index { name, file: Mutex::new(file), directory, loaded })
    }

    /// How many servers it holds.
    pub fn servers(&self) -> usize {
        self.loaded.len()
    }

    /// The sources that are no longer as they were when it was built.
    pub fn stale(&self) -> Vec<Stale> {
        sources::stale(&self.directory.sources, Path::new(&self.name))
    }

    /// A server by its name, whatever the case of its letters.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged where the server stands.
    pub fn server(&self, name: &str) -> Result<Option<&Server>, IndexError> {
        let key = name.to_ascii_lowercase();
        match self.find(&self.directory.by_server, key.as_bytes())? {
            Some((number, json)) => self.keep(number, &json).map(Some),
            None => Ok(None),
        }
    }

    /// The numbers of the servers that have a tool, in growing order.
    ///
    /// # Errors
    /// As for [`Index::server`].
    pub fn with_tool(&self, tool: &str) -> Result<Vec<u32>, IndexError> {
        let found = self.find(&self.directory.by_tool, tool.as_bytes())?;
        let numbers = found.map(|(_, bytes)| table::numbers(&bytes)).unwrap_or_default();
        match numbers.iter().all(|number| (*number as usize) < self.servers()) {
            true => Ok(numbers),
            false => Err(self.damaged("a tool belongs to a server that is not there")),
        }
    }

    /// How many of some tools each server has, the most first, by the servers' numbers.
    ///
    /// # Errors
    /// As for [`Index::server`].
    pub fn knowing<'n>(
        &self,
        tools: impl IntoIterator<Item = &'n str>,
    ) -> Result<Vec<(u32, usize)>, IndexError> {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for tool in tools {
            for number in self.with_tool(tool)? {
                *counts.entry(number).or_default() += 1;
            }
        }
        let mut counts: Vec<(u32, usize)> = counts.into_iter().collect();
        counts.sort_unstable_by_key(|(number, count)| (std::cmp::Reverse(*count), *number));
        Ok(counts)
    }

    /// A server by its number, which [`Index::knowing`] gave.
    ///
    /// # Errors
    /// As for [`Index::server`].
    pub fn at(&self, number: u32) -> Result<&Server, IndexError> {
        if let Some(server) = self.loaded.get(number as usize).and_then(OnceLock::get) {
            return Ok(server);
        }
        let fences = &self.directory.by_server;
        let block = fences.partition_point(|fence| fence.first <= number).checked_sub(1);
        let fence = block.and_then(|block| fences.get(block));
        let fence = fence.ok_or_else(|| self.damaged("a server is not there"))?;
        let block = self.block(fence)?;
        let entry = table::entries(&block).nth((number - fence.first) as usize);
        let (_, json) = entry.ok_or_else(|| self.damaged("a server is not there"))?;
        self.keep(number, json)
    }

    /// Visits the servers, by name, whose record is wanted; it is shown as JSON before it is read.
    /// Nothing is kept.
    ///
    /// # Errors
    /// As for [`Index::server`].
    pub fn each(
        &self,
        wanted: impl Fn(&[u8]) -> bool,
        mut visit: impl FnMut(Server),
    ) -> Result<(), IndexError> {
        for fence in &self.directory.by_server {
            let block = self.block(fence)?;
            for (_, json) in table::entries(&block).filter(|(_, json)| wanted(json)) {
                visit(self.parse(json)?);
            }
        }
        Ok(())
    }

    fn find(&self, fences: &[Fence], key: &[u8]) -> Result<Option<(u32, Vec<u8>)>, IndexError> {
        let block = fences.partition_point(|fence| &*fence.key <= key).checked_sub(1);
        let Some(fence) = block.map(|block| &fences[block]) else { return Ok(None) };
        let block = self.block(fence)?;
        let found =
            (fence.first..).zip(table::entries(&block)).find(|(_, (found, _))| *found == key);
        Ok(found.map(|(number, (_, value))| (number, value.to_vec())))
    }

    fn keep(&self, number: u32, json: &[u8]) -> Result<&Server, IndexError> {
        let slot = self.loaded.get(number as usize);
        let slot = slot.ok_or_else(|| self.damaged("there are more servers than it says"))?;
        if slot.get().is_none() {
            let server = self.parse(json)?;
            _ = slot.set(Box::new(server));
        }
        Ok(slot.get().expect("it has just been set"))
    }

    fn parse(&self, json: &[u8]) -> Result<Server, IndexError> {
        serde_json::from_slice(json).map_err(|_| self.damaged("a record cannot be read"))
    }

    fn block(&self, fence: &Fence) -> Result<Vec<u8>, IndexError> {
        let mut block = vec![0; fence.length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read =
            file.seek(SeekFrom::Start(fence.offset)).and_then(|_| file.read_exact(&mut block));
        drop(file);
        match read {
            Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                Err(self.damaged("a part is missing"))
            }
            Err(cause) => Err(IndexError::Unreadable { file: self.name.clone(), cause }),
            Ok(()) if crc32fast::hash(&block) != fence.checksum => {
                Err(self.damaged("a part is not as it was written"))
            }
            Ok(()) => Ok(block),
        }
    }

    fn damaged(&self, what: &'static str) -> IndexError {
        IndexError::Damaged { file: self.name.clone(), what }
    }
}

#[cfg(test)]
mod tests;
