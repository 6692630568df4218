//! A catalogue in one file that is looked things up in, not read: for tens of thousands of servers.
//!
//! The file, all numbers little-endian:
//!
//! | part | what it is |
//! |---|---|
//! | start | [`layout::MAGIC`], then the version as 4 bytes |
//! | blocks | servers by name in lower case, each a record as JSON, which may be compressed; then tools by name, and what servers are called, each with the numbers of the servers |
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

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

pub use build::{Build, Built, SourceError};
pub use error::{INDEX_VERSION, IndexError};
pub use sources::{Source, Stale, find_sources};

use super::record::Server;
use layout::{Directory, Fence};

/// An index that is open.
#[derive(Debug)]
pub struct Index {
    name: String,
    bytes: Bytes,
    directory: Directory,
    /// The servers that were looked up, by their numbers.
    loaded: Vec<OnceLock<Box<Server>>>,
    /// The block that was asked for last: names come in their order where there are many.
    latest: Mutex<Latest>,
    /// Another one, whose servers those of this one override tool by tool.
    beneath: Option<Arc<Index>>,
}

/// A block that was looked into.
#[derive(Debug, Default)]
struct Latest {
    /// Where it stands.
    offset: u64,
    block: Cow<'static, [u8]>,
    /// The entry at which the search ended.
    reached: Reached,
}

/// An entry of a block.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    /// Its number, counted from the first of the block.
    number: u32,
    /// Where it begins.
    at: usize,
}

/// Where an index is read from.
#[derive(Debug)]
enum Bytes {
    File(Mutex<File>),
    Memory(&'static [u8]),
}

/// The index of the servers that are built in: `builtin/` as `gatelint catalogue build --compress`
/// makes one of it.
static BUILTIN: LazyLock<Arc<Index>> = LazyLock::new(|| {
    let bytes = include_bytes!("../builtin.index");
    let directory = layout::read_directory(&mut Cursor::new(bytes));
    let directory = directory.ok().expect("a test opens the built-in index");
    Arc::new(Index::of("the built-in catalogue".to_owned(), Bytes::Memory(bytes), directory))
});

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
        Ok(Index::of(name, Bytes::File(Mutex::new(file)), directory))
    }

    /// The index that is built in.
    pub(super) fn builtin() -> Arc<Index> {
        BUILTIN.clone()
    }

    fn of(name: String, bytes: Bytes, directory: Directory) -> Index {
        let loaded = (0..directory.servers).map(|_| OnceLock::new()).collect();
        Index { name, bytes, directory, loaded, latest: Mutex::default(), beneath: None }
    }

    /// The same, where its servers override those of another one.
    pub(super) fn over(self, beneath: Option<Arc<Index>>) -> Index {
        Index { beneath, ..self }
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
        self.numbers(&self.directory.by_tool, tool)
    }

    /// The numbers of the servers that answer to a name, whatever the case of its letters.
    ///
    /// # Errors
    /// As for [`Index::server`].
    pub fn called(&self, name: &str) -> Result<Vec<u32>, IndexError> {
        self.numbers(&self.directory.by_name, &name.to_ascii_lowercase())
    }

    fn numbers(&self, fences: &[Fence], key: &str) -> Result<Vec<u32>, IndexError> {
        let found = self.find(fences, key.as_bytes())?;
        let numbers = found.map(|(_, bytes)| layout::numbers(&bytes)).unwrap_or_default();
        match numbers.iter().all(|number| (*number as usize) < self.servers()) {
            true => Ok(numbers),
            false => Err(self.damaged("it speaks of a server that is not there")),
        }
    }

    /// The names of the servers, in lower case and in order.
    ///
    /// # Errors
    /// As for [`Index::server`].
    pub fn names(&self) -> Result<Vec<String>, IndexError> {
        self.keys(&self.directory.by_server)
    }

    /// All that servers answer to, in lower case and in order: their names and what else they are called.
    ///
    /// # Errors
    /// As for [`Index::server`].
    pub fn answers(&self) -> Result<Vec<String>, IndexError> {
        self.keys(&self.directory.by_name)
    }

    fn keys(&self, fences: &[Fence]) -> Result<Vec<String>, IndexError> {
        let mut all = Vec::with_capacity(self.servers());
        for fence in fences {
            let block = self.block(fence)?;
            let keys = table::entries(&block).map(|(key, _)| String::from_utf8_lossy(key));
            all.extend(keys.map(Cow::into_owned));
        }
        Ok(all)
    }

    /// A server by its number, which [`Index::with_tool`] gave.
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
            for (_, record) in table::entries(&block) {
                let json = self.json(record)?;
                if wanted(&json) {
                    visit(self.parse(&json)?);
                }
            }
        }
        Ok(())
    }

    fn find(&self, fences: &[Fence], key: &[u8]) -> Result<Option<(u32, Vec<u8>)>, IndexError> {
        let block = fences.partition_point(|fence| &*fence.key <= key).checked_sub(1);
        let Some(fence) = block.map(|block| &fences[block]) else { return Ok(None) };
        let block = self.block(fence)?;
        let mut reached = self.reached(fence, key);
        for (found, value) in table::entries(&block[reached.at..]) {
            if found >= key {
                let mut latest = self.latest();
                if latest.offset == fence.offset {
                    latest.reached = reached;
                }
                let number = fence.first + reached.number;
                return Ok((found == key).then(|| (number, value.to_vec())));
            }
            reached.number += 1;
            reached.at += table::size(found, value);
        }
        Ok(None)
    }

    /// Where to begin to look for a key in the block that was asked for last: where the search before ended, if the
    /// key is not before that.
    fn reached(&self, fence: &Fence, key: &[u8]) -> Reached {
        let latest = self.latest();
        let next = || table::entries(latest.block.get(latest.reached.at..)?).next();
        match latest.offset == fence.offset && next().is_some_and(|(found, _)| found <= key) {
            true => latest.reached,
            false => Reached::default(),
        }
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, number: u32, record: &[u8]) -> Result<&Server, IndexError> {
        let slot = self.loaded.get(number as usize);
        let slot = slot.ok_or_else(|| self.damaged("there are more servers than it says"))?;
        if slot.get().is_none() {
            let server = self.parse(&self.json(record)?)?;
            _ = slot.set(Box::new(server));
        }
        Ok(slot.get().expect("it has just been set"))
    }

    /// A record as JSON.
    fn json<'r>(&self, record: &'r [u8]) -> Result<Cow<'r, [u8]>, IndexError> {
        match self.directory.packed {
            false => Ok(Cow::Borrowed(record)),
            true => match table::unpack(record) {
                Some(json) => Ok(Cow::Owned(json)),
                None => Err(self.damaged("a record cannot be unpacked")),
            },
        }
    }

    fn parse(&self, json: &[u8]) -> Result<Server, IndexError> {
        let server: Server =
            serde_json::from_slice(json).map_err(|_| self.damaged("a record cannot be read"))?;
        match self.beneath.as_ref().map(|beneath| beneath.server(&server.name)).transpose()? {
            Some(Some(older)) => {
                let mut older = older.clone();
                older.override_tools(server);
                Ok(older)
            }
            _ => Ok(server),
        }
    }

    fn block(&self, fence: &Fence) -> Result<Cow<'static, [u8]>, IndexError> {
        let (from, length) = (fence.offset, fence.length as usize);
        let latest = self.latest();
        if latest.offset == from {
            return Ok(latest.block.clone());
        }
        drop(latest);
        let block = match &self.bytes {
            Bytes::Memory(bytes) => {
                let rest = usize::try_from(from).ok().and_then(|from| bytes.get(from..));
                rest.and_then(|rest| rest.get(..length)).map(Cow::Borrowed)
            }
            Bytes::File(file) => self.read(file, from, length)?.map(Cow::Owned),
        };
        match block {
            None => Err(self.damaged("a part is missing")),
            Some(block) if crc32fast::hash(&block) != fence.checksum => {
                Err(self.damaged("a part is not as it was written"))
            }
            Some(block) => {
                let reached = Reached::default();
                *self.latest() = Latest { offset: from, block: block.clone(), reached };
                Ok(block)
            }
        }
    }

    /// Some bytes of a file; none where it ends before them.
    fn read(
        &self,
        file: &Mutex<File>,
        from: u64,
        length: usize,
    ) -> Result<Option<Vec<u8>>, IndexError> {
        let mut block = vec![0; length];
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        match file.seek(SeekFrom::Start(from)).and_then(|_| file.read_exact(&mut block)) {
            Ok(()) => Ok(Some(block)),
            Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(cause) => Err(IndexError::Unreadable { file: self.name.clone(), cause }),
        }
    }

    fn damaged(&self, what: &'static str) -> IndexError {
        IndexError::Damaged { file: self.name.clone(), what }
    }
}

#[cfg(test)]
mod tests;
