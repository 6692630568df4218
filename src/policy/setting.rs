//! Where an agent is started and what of its surroundings its rules depend on.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::defect::Defect;
use super::model::Policy;
use super::permissions::Ruling;
use crate::disk;
use crate::source::Document;

/// Where an agent is started, and what is known around it. Paths are absolute, with `/`.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The folder that it is started in.
    pub start: String,
    /// The user's home; none where it is not known, so that the user's own files are not either.
    pub home: Option<String>,
    /// The variables of its environment, as far as they are known.
    pub environment: BTreeMap<String, String>,
    /// The folder with the administrator's files; none where that is not known.
    pub managed: Option<String>,
    /// Whether the user trusts the project; none where that is not known.
    pub trusted: Option<bool>,
    /// A file with settings that the session was given.
    pub settings: Option<String>,
    /// Rules that the session was given: a name, a pattern, what happens.
    pub session: Vec<(String, String, Ruling)>,
    /// The tools of servers, as far as what they say of themselves is known.
    pub tools: Vec<ServerTool>,
    /// Whether nobody is there to be asked.
    pub headless: bool,
    /// The folders of extensions that the agent has installed; what they bring is not known where there are none.
    pub extensions: Vec<String>,
    /// Whether rules of the project count where the agent, as it is shipped, does not read them.
    pub reads_workspace: bool,
}

/// How an agent was started, as far as that is assumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// Whether its user trusts the project.
    pub trusted: Option<bool>,
    /// Whether nobody is there to be asked.
    pub headless: bool,
}

impl Setting {
    /// An agent that was started in a folder of this machine; its user's home is known where it is given.
    ///
    /// # Errors
    /// One of the folders is not there, with its path.
    pub fn in_folder(
        folder: &Path,
        home: Option<&Path>,
        Start { trusted, headless }: Start,
    ) -> Result<Setting, (PathBuf, io::Error)> {
        let (start, home) = (real_folder(folder)?, home.map(real_folder).transpose()?);
        Ok(Setting { start, home, trusted, headless, ..Setting::default() })
    }
}

/// A folder as agents name it.
///
/// # Errors
/// It is not there, with its path.
pub fn real_folder(folder: &Path) -> Result<String, (PathBuf, io::Error)> {
    let whole = std::fs::canonicalize(folder).map_err(|cause| (folder.to_owned(), cause))?;
    Ok(whole.display().to_string().replace('\\', "/"))
}

/// What a server says of a tool (`annotations` of the Model Context Protocol).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerTool {
    /// The server, by the name that the agent's files have for it.
    pub server: String,
    /// The tool, by its own name.
    pub tool: String,
    /// `readOnlyHint`.
    pub read_only: Option<bool>,
    /// `destructiveHint`.
    pub destructive: Option<bool>,
    /// `openWorldHint`.
    pub open_world: Option<bool>,
}

/// The files that an agent may read.
pub trait Files {
    /// The bytes of a file; none if there is no such file, or it cannot be read.
    fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// Whether there is a file or a folder.
    fn exists(&self, path: &str) -> bool;

    /// The names of what lies in a folder, in their order; none where there is no such folder.
    fn names(&self, folder: &str) -> Vec<String>;

    /// What a symbolic link leads to, as it says itself; none where there is no link.
    fn link(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// Whether a path leads to where nothing is looked for, so that nobody knows what lies there.
    fn is_beyond(&self, path: &str) -> bool {
        let _ = path;
        false
    }

    /// What could not be read of all that was looked for until now.
    fn missed(&self) -> Missed {
        Missed::default()
    }
}

/// What could not be read of what was looked for.
#[derive(Debug, Default)]
pub struct Missed {
    /// What stands in its place and cannot be read.
    pub unread: Vec<(PathBuf, io::Error)>,
    /// Whether something was looked for outside of the folder that is served.
    pub is_beyond: bool,
}

/// The files of this machine.
#[derive(Debug, Default)]
pub struct Disk {
    unread: RefCell<Vec<(PathBuf, io::Error)>>,
    is_beyond: Cell<bool>,
}

/// The largest file that is read: what people write is much smaller.
const MAX_FILE: u64 = 8 << 20;

impl Disk {
    /// What was found at a path. What stands there and cannot be read is no less a part of the whole.
    fn found<T>(&self, path: &str, found: io::Result<T>) -> Option<T> {
        use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
        let is_nothing =
            |error: &io::Error| matches!(error.kind(), NotFound | NotADirectory | IsADirectory);
        match found {
            Ok(found) => return Some(found),
            Err(_) if !disk::holds(Path::new(path)) => self.is_beyond.set(true),
            Err(error) if is_nothing(&error) => {}
            Err(error) => self.unread.borrow_mut().push((path.into(), error)),
        }
        None
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.found(path, disk::read(Path::new(path), MAX_FILE))
    }

    fn exists(&self, path: &str) -> bool {
        self.is_beyond.set(self.is_beyond.get() || self.is_beyond(path));
        matches!(disk::look(Path::new(path)), Ok(Some(_)))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = disk::entries(Path::new(folder));
        let entries = entries.or_else(|error| match error.kind() {
            // Whoever needs what lies in it says so.
            io::ErrorKind::PermissionDenied => Ok(Vec::new()),
            _ => Err(error),
        });
        let names = self.found(folder, entries).unwrap_or_default().into_iter();
        names.filter_map(|entry| entry.name.into_string().ok()).collect()
    }

    fn link(&self, path: &str) -> Option<String> {
        let is_beyond = Path::new(path).parent().is_some_and(disk::leads_out);
        let link = (!is_beyond).then(|| std::fs::read_link(path).ok()).flatten()?;
        link.into_os_string().into_string().ok()
    }

    fn is_beyond(&self, path: &str) -> bool {
        disk::leads_out(Path::new(path))
    }

    fn missed(&self) -> Missed {
        Missed { unread: self.unread.take(), is_beyond: self.is_beyond.take() }
    }
}

/// Files that are held in memory, by their paths.
impl Files for BTreeMap<PathBuf, Vec<u8>> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.get(Path::new(path)).cloned()
    }

    fn exists(&self, path: &str) -> bool {
        self.keys().any(|file| file.starts_with(path))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let below = self.keys().filter_map(|file| file.strip_prefix(folder).ok());
        let first = below.filter_map(|rest| rest.iter().next()?.to_str().map(str::to_owned));
        let mut names: Vec<String> = first.collect();
        names.dedup();
        names
    }
}

/// What came of reading the files of an agent.
#[derive(Debug, Default)]
pub struct AgentReading {
    /// The rules; none where the agent would refuse to work.
    pub policy: Option<Policy>,
    /// The files, in the order in which they are put together, with what is wrong in each.
    pub files: Vec<(Document, Vec<Defect>)>,
    /// How the agent fails, where it refuses to work.
    pub failure: Option<Failure>,
    /// What may have files that are not known, as words.
    pub unknown: Vec<&'static str>,
    /// What would count and cannot be read, with the reason: nobody knows what the whole says.
    pub unread: Vec<(PathBuf, io::Error)>,
}

/// How an agent fails that refuses to work with its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It does not start.
    Start,
    /// A file is not of its notation.
    Text,
    /// A file says what it may not.
    Value,
}
