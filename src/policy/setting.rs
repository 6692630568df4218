//! Where an agent is started and what of its surroundings its rules depend on.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::defect::Defect;
use super::model::Policy;
use super::permissions::Ruling;
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
}

/// The files of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

/// The folder that the files of this machine count below; without one all do.
static FENCE: OnceLock<PathBuf> = OnceLock::new();

impl Disk {
    /// From now on only those files count that lie below a folder, and nothing that a link leads to outside it. The
    /// first folder holds.
    pub fn confine(real_folder: PathBuf) {
        FENCE.get_or_init(|| real_folder);
    }

    fn holds(path: &Path) -> bool {
        let is_below =
            |fence: &PathBuf| path.canonicalize().is_ok_and(|real| real.starts_with(fence));
        FENCE.get().is_none_or(is_below)
    }
}

/// The largest file that is read: what people write is much smaller.
const MAX_FILE: u64 = 8 << 20;

impl Files for Disk {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let facts = std::fs::metadata(path).ok().filter(|_| Disk::holds(Path::new(path)))?;
        (facts.is_file() && facts.len() <= MAX_FILE).then(|| std::fs::read(path).ok())?
    }

    fn exists(&self, path: &str) -> bool {
        Path::new(path).exists() && Disk::holds(Path::new(path))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let is_below = Disk::holds(Path::new(folder));
        let entries = entries.filter(|_| is_below);
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn link(&self, path: &str) -> Option<String> {
        std::fs::read_link(path).ok()?.into_os_string().into_string().ok()
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
#[derive(Debug)]
pub struct AgentReading {
    /// The rules; none where the agent would refuse to work.
    pub policy: Option<Policy>,
    /// The files, in the order in which they are put together, with what is wrong in each.
    pub files: Vec<(Document, Vec<Defect>)>,
    /// How the agent fails, where it refuses to work.
    pub failure: Option<Failure>,
    /// What may have files that are not known, as words.
    pub unknown: Vec<&'static str>,
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
