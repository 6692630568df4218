//! Permission files by their places: which agent reads one, and for whom it speaks there.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::dialect::Agent;
use super::folders::below;
use crate::disk::{self, Kind};

/// A permission file of an agent, known by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentFile {
    /// The agent.
    pub agent: Agent,
    /// Whose the file is there.
    pub owner: FileOwner,
    /// The folder that its place is in: the project's, or the home of a user; with `/`, empty for where its name
    /// begins.
    pub folder: String,
}

/// Whose a permission file is, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileOwner {
    /// The project's, shared by all who work on it.
    Project,
    /// The project's, and one person's alone.
    Local,
    /// A user's, for all projects.
    User,
    /// The administrator's.
    Managed,
    /// Nobody's: the agent does not read it there.
    Nobody(Unread),
}

/// Why an agent does not read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Codex reads files of rules in the folder `rules` alone.
    OutsideRules,
    /// Gemini CLI does not read the policies of a project, unless its folder is the user's home.
    Workspace,
}

impl std::fmt::Display for Unread {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Unread::OutsideRules => {
                "Codex does not read this file: it looks for `*.rules` in the folder `.codex/rules` alone"
            }
            Unread::Workspace => {
                "Gemini CLI as it is shipped does not read the policies of a project, but for those in the home folder of its user"
            }
        })
    }
}

use FileOwner::{Local, Managed, Nobody, Project, User};

/// The places, as the ends of paths; `*` stands for a part of one name.
const PLACES: [(Agent, FileOwner, &str); 30] = [
    (Agent::ClaudeCode, Project, ".claude/settings.json"),
    (Agent::ClaudeCode, Local, ".claude/settings.local.json"),
    (Agent::ClaudeCode, Managed, "managed-settings.json"),
    (Agent::ClaudeCode, Managed, "managed-settings.d/*.json"),
    (Agent::Codex, Project, ".codex/config.toml"),
    (Agent::Codex, Project, ".codex/rules/*.rules"),
    (Agent::Codex, Nobody(Unread::OutsideRules), ".codex/*.rules"),
    (Agent::Codex, Nobody(Unread::OutsideRules), ".codex/rules/*.RULES"),
    (Agent::Codex, Nobody(Unread::OutsideRules), ".codex/rules/*.Rules"),
    (Agent::Codex, Nobody(Unread::OutsideRules), ".codex/rules/*/*.rules"),
    (Agent::Codex, Nobody(Unread::OutsideRules), ".codex/*.codexpolicy"),
    (Agent::Codex, Nobody(Unread::OutsideRules), ".codex/*/*.codexpolicy"),
    (Agent::OpenCode, User, ".config/opencode/opencode.json"),
    (Agent::OpenCode, User, ".config/opencode/opencode.jsonc"),
    (Agent::OpenCode, User, ".config/opencode/config.json"),
    (Agent::OpenCode, Project, ".opencode/opencode.json"),
    (Agent::OpenCode, Project, ".opencode/opencode.jsonc"),
    (Agent::OpenCode, Project, ".opencode/agent/*.md"),
    (Agent::OpenCode, Project, ".opencode/agent/*/*.md"),
    (Agent::OpenCode, Project, ".opencode/agents/*.md"),
    (Agent::OpenCode, Project, ".opencode/agents/*/*.md"),
    (Agent::OpenCode, Project, ".opencode/mode/*.md"),
    (Agent::OpenCode, Project, ".opencode/modes/*.md"),
    (Agent::OpenCode, Project, "opencode.json"),
    (Agent::OpenCode, Project, "opencode.jsonc"),
    (Agent::Gemini, Project, ".gemini/settings.json"),
    (Agent::Gemini, Nobody(Unread::Workspace), ".gemini/policies/*.toml"),
    (Agent::Gemini, Managed, "gemini-cli/policies/*.toml"),
    (Agent::Codex, Managed, "etc/codex/config.toml"),
    (Agent::Codex, Managed, "etc/codex/rules/*.rules"),
];

/// The agents that read files of the user in the folders where projects have theirs.
fn has_home(owner: FileOwner) -> bool {
    matches!(owner, Project | Local | Nobody(Unread::Workspace))
}

impl AgentFile {
    /// What a path is by its end.
    pub fn of_path(path: &str) -> Option<AgentFile> {
        let path = path.replace('\\', "/");
        let parts: Vec<&str> = path.split('/').collect();
        let (agent, owner, place) = PLACES.into_iter().find(|(.., place)| ends(&parts, place))?;
        let before = &parts[..parts.len() - place.split('/').count()];
        let folder = match before {
            [""] => "/".to_owned(),
            before => before.join("/"),
        };
        Some(AgentFile { agent, owner, folder })
    }

    /// The same of a name as it was given, which may begin in the current folder.
    pub fn of_name(name: &str) -> Option<AgentFile> {
        let whole = || std::path::absolute(name).ok().filter(|_| !name.starts_with('<'));
        AgentFile::of_path(name).or_else(|| AgentFile::of_path(&whole()?.display().to_string()))
    }

    /// The same, where the homes of users are known, in which projects' places are theirs.
    pub fn at(path: &str, homes: &[&str]) -> Option<AgentFile> {
        let mut file = AgentFile::of_path(path)?;
        if has_home(file.owner) && homes.contains(&&*file.folder) {
            file.owner = User;
        }
        Some(file)
    }

    /// The permission files that lie at their places in a folder, hidden or not, in the order of their names; of an
    /// agent alone where one is asked for. What stands at such a place and cannot be read has the reason.
    pub fn in_folder(folder: &Path, of: Option<Agent>) -> Vec<(PathBuf, io::Result<()>)> {
        let names = names(folder);
        let mut found: Vec<(PathBuf, io::Result<()>)> = Vec::new();
        let asked = PLACES.iter().filter(|(agent, ..)| of.is_none_or(|of| *agent == of));
        for place in asked.map(|(.., place)| *place) {
            if names.iter().any(|name| name == first(place)) {
                let parts: Vec<&str> = place.split('/').collect();
                at_place(folder, &parts, &mut found);
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found.dedup_by(|one, other| one.0 == other.0);
        found
    }

    /// The hidden folders within that of a project in which permission files may lie.
    pub fn hidden_folders(folder: &Path) -> Vec<PathBuf> {
        let of_project = PLACES.iter().filter(|(_, owner, _)| *owner != User);
        let names = of_project.map(|(.., place)| first(place));
        let hidden: BTreeSet<&str> = names.filter(|name| name.starts_with('.')).collect();
        let folders = hidden.into_iter().map(|name| folder.join(name));
        folders.filter(|folder| matches!(disk::look(folder), Ok(Some(Kind::Folder)))).collect()
    }

    /// The path of the file below a home that the agent reads where it is started nowhere in particular.
    pub(crate) fn nowhere(home: &str) -> String {
        below(home, ".gatelint-nowhere")
    }
}

/// Adds the files at a place below a folder, and what keeps them from being read.
fn at_place(folder: &Path, parts: &[&str], found: &mut Vec<(PathBuf, io::Result<()>)>) {
    let [part, rest @ ..] = parts else { return };
    for path in matching(folder, part) {
        match (stands_at(&path, rest.is_empty()), rest) {
            (Ok(false), _) => {}
            (Ok(true), []) => found.push((path, Ok(()))),
            (Ok(true), rest) => at_place(&path, rest, found),
            (Err(cause), _) => found.push((path, Err(cause))),
        }
    }
}

/// Whether a file, or a folder on the way to one, is at a path. What is none of both and what cannot be looked into
/// is an error, and so is a link that leads nowhere: somebody meant that something is there.
fn stands_at(path: &Path, is_file: bool) -> io::Result<bool> {
    let Some(kind) = disk::look(path)? else { return Ok(false) };
    match (is_file, kind == Kind::Folder) {
        (true, true) => Err(io::Error::other("it is a folder, where a file is looked for")),
        (true, false) => disk::open(path).map(|_| true),
        (false, true) => disk::entries(path).map(|_| true),
        (false, false) => Ok(false),
    }
}

fn first(place: &str) -> &str {
    place.split('/').next().unwrap_or(place)
}

/// Whether the parts of a path end as a place does.
fn ends(parts: &[&str], place: &str) -> bool {
    let place: Vec<&str> = place.split('/').collect();
    let Some(at) = parts.len().checked_sub(place.len()) else { return false };
    parts[at..].iter().zip(&place).all(|(part, pattern)| is_like(part, pattern))
}

fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((before, after)) => {
            name.len() >= before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        }
    }
}

fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    if !pattern.contains('*') {
        return vec![folder.join(pattern)];
    }
    let names = names(folder).into_iter().filter(|name| is_like(name, pattern));
    names.map(|name| folder.join(name)).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = disk::entries(folder).unwrap_or_default().into_iter();
    entries.filter_map(|entry| entry.name.into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_the_end_of_its_path() {
        let of =
            |path: &str| AgentFile::of_path(path).map(|file| (file.agent, file.owner, file.folder));
        for (path, agent, owner, folder) in [
            (".claude/settings.json", Agent::ClaudeCode, Project, ""),
            ("/p/.claude/settings.local.json", Agent::ClaudeCode, Local, "/p"),
            ("C:\\p\\.codex\\rules\\a.rules", Agent::Codex, Project, "C:/p"),
            ("/.codex/config.toml", Agent::Codex, Project, "/"),
            ("a/.codex/rules/sub/a.rules", Agent::Codex, Nobody(Unread::OutsideRules), "a"),
            (".codex/rules/default.RULES", Agent::Codex, Nobody(Unread::OutsideRules), ""),
            ("a/opencode.jsonc", Agent::OpenCode, Project, "a"),
            ("/h/.config/opencode/opencode.json", Agent::OpenCode, User, "/h"),
            (".gemini/policies/x.toml", Agent::Gemini, Nobody(Unread::Workspace), ""),
        ] {
            assert_eq!(of(path), Some((agent, owner, folder.to_owned())), "{path}");
        }
        for path in
            ["settings.json", ".claude/x.json", "a.toml", "xopencode.json", ".codex/rules/a"]
        {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn in_a_home_the_places_of_projects_are_the_users() {
        let owner = |path: &str| AgentFile::at(path, &["/h"]).unwrap().owner;
        assert_eq!(owner("/h/.claude/settings.json"), User);
        assert_eq!(owner("/h/.gemini/policies/a.toml"), User);
        assert_eq!(owner("/h/p/.claude/settings.json"), Project);
        assert_eq!(owner("/h/.codex/a.rules"), Nobody(Unread::OutsideRules));
    }
}
