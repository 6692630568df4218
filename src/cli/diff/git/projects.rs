//! The permission files of agents on both sides, a project and an agent at a time.

use std::path::{Component, Path, PathBuf};

use super::candidate::{Sides, seen_from, short};
use super::changes::{Changed, Kind};
use super::selection::Selection;
use super::snapshot::{Snapshot, Target};
use crate::cli::common::agents;
use crate::cli::common::error::CliError;
use crate::cli::common::input::Loaded;
use crate::cli::diff::pair::Pair;
use crate::diff::{Fate, History, Origin};
use crate::policy::{Agent, AgentFile, Dialect, Disk, FileOwner, Files, Missed, Setting};

/// What changed of an agent's permission files in one project.
#[derive(Debug)]
pub(super) struct Project {
    agent: Agent,
    /// The project's folder, from the root.
    folder: PathBuf,
    /// The first of its files that changed.
    file: PathBuf,
    /// Whether one of them counts only where the agent reads what it does not read as it is shipped.
    reads_workspace: bool,
}

/// The projects of which permission files changed that are looked at.
pub(super) fn projects(changes: &[Changed], selection: &Selection) -> Vec<Project> {
    let mut found: Vec<Project> = Vec::new();
    let entries = changes.iter().flat_map(|change| [&change.new, &change.old]).flatten();
    for entry in entries.filter(|entry| entry.kind != Kind::Submodule) {
        let known =
            AgentFile::of_path(&slashes(&entry.path)).filter(|_| selection.holds(&entry.path));
        let Some(AgentFile { agent, owner, folder }) = known else { continue };
        if matches!(owner, FileOwner::User | FileOwner::Managed) {
            continue;
        }
        let folder = PathBuf::from(folder);
        let is_unread = matches!(owner, FileOwner::Nobody(_));
        match found.iter_mut().find(|known| known.agent == agent && known.folder == folder) {
            Some(known) => known.reads_workspace |= is_unread,
            None => found.push(Project {
                agent,
                folder,
                file: entry.path.clone(),
                reads_workspace: is_unread,
            }),
        }
    }
    found
}

impl Sides<'_, '_> {
    /// What an agent makes of a project on both sides. Without files it works by rules of its own, so that
    /// a project is never new or gone.
    pub(super) fn project(&self, project: &Project) -> Result<Pair, CliError> {
        let old = self.loaded(self.old, project, " (old)")?;
        let new = self.loaded(self.new, project, "")?;
        let repository = self.new.repository;
        // What the agent does not read as it is shipped is explained as a file of its own.
        let whole = if project.reads_workspace { &project.file } else { &project.folder };
        let place = repository.place.join(whole);
        let of_revision = |revision: &str| Origin::Revision {
            repository: self.repository(),
            object: format!("{}:{}", short(revision), slashes(&project.file)),
        };
        let here = || {
            let way = seen_from(self.folder, &place);
            let way = if way.as_os_str().is_empty() { PathBuf::from(".") } else { way };
            Origin::File(way.display().to_string())
        };
        let history = History {
            name: repository.shown(&project.file),
            fate: Fate::Stayed,
            old: Some(of_revision(&self.range.old)),
            new: Some(self.range.new.as_deref().map_or_else(here, of_revision)),
        };
        let dialect = Dialect::Agent(project.agent).code().to_owned();
        let options = vec!["--dialect".to_owned(), dialect];
        Ok(Pair { old, new, history: Some(history), options })
    }

    fn loaded(
        &self,
        side: &Snapshot<'_>,
        project: &Project,
        what: &str,
    ) -> Result<Loaded, CliError> {
        let root = slashes(&side.repository.root);
        let start = slashes(&side.repository.root.join(&project.folder));
        let start = start.trim_end_matches('/').to_owned();
        let reads_workspace = project.reads_workspace;
        let setting = Setting { start, reads_workspace, ..Setting::default() };
        let files = SideFiles { side, disk: Disk::default() };
        // As the repository has it, so that an annotation finds it.
        let shown = |file: &str| {
            let within = file.strip_prefix(&root)?.strip_prefix('/')?;
            Some(format!("{}{what}", side.repository.shown(Path::new(within))))
        };
        agents::load_from(project.agent, &setting, &files, &shown)
    }
}

/// The files of one side, and around the repository those of this machine.
struct SideFiles<'s, 'r> {
    side: &'s Snapshot<'r>,
    disk: Disk,
}

impl SideFiles<'_, '_> {
    /// The path from the root of the repository; none of what lies outside, or is git's own.
    fn within(&self, path: &str) -> Option<PathBuf> {
        let within = Path::new(path).strip_prefix(&self.side.repository.root).ok()?;
        let is_own = within.components().any(|part| part == Component::Normal(".git".as_ref()));
        (!is_own).then(|| within.to_owned())
    }

    fn target(&self, within: &Path) -> Option<Target> {
        self.side.resolve(within).ok()
    }
}

impl Files for SideFiles<'_, '_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let Some(within) = self.within(path) else { return self.disk.read(path) };
        match self.target(&within)? {
            Target::File(text) => self.side.read(&text).ok(),
            _ => None,
        }
    }

    fn exists(&self, path: &str) -> bool {
        let Some(within) = self.within(path) else { return self.disk.exists(path) };
        matches!(self.target(&within), Some(Target::File(_) | Target::Folder(_)))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let Some(within) = self.within(folder) else { return self.disk.names(folder) };
        let Some(Target::Folder(real)) = self.target(&within) else { return Vec::new() };
        let below = self.side.below(&real).filter_map(|(path, _)| path.strip_prefix(&real).ok());
        let first = below.filter_map(|rest| rest.iter().next()?.to_str().map(str::to_owned));
        let mut names: Vec<String> = first.collect();
        names.sort();
        names.dedup();
        names
    }

    fn link(&self, path: &str) -> Option<String> {
        let Some(within) = self.within(path) else { return self.disk.link(path) };
        self.side.link_at(&within).map(|to| slashes(&to))
    }

    fn missed(&self) -> Missed {
        self.disk.missed()
    }
}

fn slashes(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}
