//! The project that a permission file belongs to, read from the disk around it.

use std::path::{Path, absolute};

use super::permissions::Project;
use crate::policy::{
    Agent, AgentFile, AgentReading, Disk, FileOwner, Files, Setting, paths::below, read_agent,
};
use crate::source::Document;

/// A permission file with what was read around it.
#[derive(Debug)]
pub struct Surroundings {
    /// What the file is by its place.
    pub file: AgentFile,
    reading: AgentReading,
    /// The file's name there.
    name: String,
}

impl Surroundings {
    /// Reads what stands around a document, whose text counts for what is on the disk; none for what lies at no
    /// place of the agent's, or where no project is. The files of the user whose `home` is given count as well.
    pub fn of(document: &Document, agent: Agent, home: Option<&str>) -> Option<Surroundings> {
        let name = whole_path(&document.name);
        let own = own_home();
        let homes: Vec<&str> = home.into_iter().chain(own.as_deref()).collect();
        let file = AgentFile::at(&name, &homes).filter(|file| file.agent == agent)?;
        let setting = setting(&file, home)?;
        let text = document.problems_are_of_notation().then_some(&*document.text);
        let files = Edited { name: &name, text };
        let reading = read_agent(agent, &setting, &files);
        Some(Surroundings { file, reading, name })
    }

    /// The whole project, if the file is a part of it.
    pub fn project(&self) -> Option<Project<'_>> {
        let mut files = self.reading.files.iter();
        let (_, defects) = files.find(|(document, _)| document.name == self.name)?;
        let policy = self.reading.policy.as_ref();
        Some(Project { policy, file: &self.name, owner: self.file.owner, defects })
    }

    /// What may have permission files that bear on a file and are not known, as words.
    pub fn unknown(around: Option<&Surroundings>) -> Vec<&'static str> {
        around.map_or_else(|| vec!["the project"], |around| around.reading.unknown.clone())
    }
}

/// How the agent is started for a file to count.
fn setting(file: &AgentFile, home: Option<&str>) -> Option<Setting> {
    let (start, home) = match file.owner {
        FileOwner::Managed => return None,
        FileOwner::User => (AgentFile::nowhere(&file.folder), Some(file.folder.clone())),
        _ => (file.folder.clone(), home.map(str::to_owned)),
    };
    // What a project says is judged as it counts for those who trust it.
    let trusted = Some(true);
    let reads_workspace = matches!(file.owner, FileOwner::Nobody(_));
    Some(Setting { start, home, trusted, reads_workspace, ..Setting::default() })
}

/// The home of whoever runs the program: what lies at the places of a project there is the user's.
fn own_home() -> Option<String> {
    std::fs::canonicalize(std::env::var_os("HOME")?).ok().map(|home| with_slashes(&home))
}

/// The path of a file as agents name it, whatever the way to it.
fn whole_path(name: &str) -> String {
    let path = absolute(name).unwrap_or_else(|_| name.into());
    let folder = path.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
    let real = folder.and_then(|folder| Some(folder.join(path.file_name()?)));
    with_slashes(&real.unwrap_or(path))
}

fn with_slashes(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// The files of this machine, one of them with another text.
struct Edited<'d> {
    name: &'d str,
    text: Option<&'d str>,
}

impl Files for Edited<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let edited = self.text.filter(|_| path == self.name);
        edited.map_or_else(|| Disk.read(path), |text| Some(text.as_bytes().to_vec()))
    }

    fn exists(&self, path: &str) -> bool {
        path == self.name || Disk.exists(path)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let mut names = Disk.names(folder);
        let own = self.name.strip_prefix(&below(folder, "")).filter(|name| !name.contains('/'));
        names.extend(own.filter(|own| !names.iter().any(|name| name == own)).map(str::to_owned));
        names.sort();
        names
    }

    fn link(&self, path: &str) -> Option<String> {
        Disk.link(path)
    }
}
