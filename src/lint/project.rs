//! The project that a permission file belongs to, read from the disk around it.

use std::path::Path;

use super::permissions::Project;
use crate::policy::{
    Agent, AgentFile, AgentReading, Edited, FileOwner, Setting, read_agent, real_folder, real_path,
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
        let name = real_path(&document.name);
        let own = own_home();
        let homes: Vec<&str> = home.into_iter().chain(own.as_deref()).collect();
        let file = AgentFile::at(&name, &homes).filter(|file| file.agent == agent)?;
        let setting = setting(&file, home)?;
        let text = document.problems_are_of_notation().then_some(&*document.text);
        let files = Edited::new(text.map(|text| (name.clone(), text)));
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
        let Some(around) = around else { return vec!["the project"] };
        let unread =
            (!around.reading.unread.is_empty()).then_some("the project (some cannot be read)");
        around.reading.unknown.iter().copied().chain(unread).collect()
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
    real_folder(Path::new(&std::env::var_os("HOME")?)).ok()
}
