//! A permission file of which the surroundings are not known, as the only one of a project that is made up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::policy::{
    Agent, AgentFile, FileOwner, Permissions, Policy, Setting, read_agent, referenced_files,
};
use crate::source::{Document, Format};

/// The made-up project and the home beside it.
const PROJECT: &str = "/home/user/project";
const HOME: &str = "/home/user";
const MANAGED: &str = "/etc/managed";

/// The policy that a document alone makes in a project; none where the agent refuses it.
pub(super) fn alone(agent: Agent, document: &Document) -> Option<Policy> {
    let path = place(agent, document);
    // What the file puts in is not known, and taken to be there.
    let there = referenced_files(agent, &path, &document.text, Some(HOME));
    let there = there.into_iter().map(|path| (path.into(), Vec::new()));
    let mut files: BTreeMap<PathBuf, Vec<u8>> = there.collect();
    files.insert(PathBuf::from(&path), document.text.clone().into_bytes());
    files.insert(format!("{PROJECT}/.git/HEAD").into(), Vec::new());
    let reading = read_agent(agent, &setting(), &files);
    let mut policy = reading.policy?;
    let mut permissions = Permissions::clone(policy.permissions.as_ref()?);
    let name: Arc<str> = document.name.as_str().into();
    let rules = permissions.rules.iter_mut().map(|rule| &mut rule.origin);
    for origin in rules.chain(permissions.void.iter_mut().map(|rule| &mut rule.origin)) {
        origin.file = origin.file.as_ref().map(|_| name.clone());
    }
    policy.permissions = Some(permissions.into());
    Some(policy)
}

fn setting() -> Setting {
    Setting {
        start: PROJECT.to_owned(),
        home: Some(HOME.to_owned()),
        managed: Some(MANAGED.to_owned()),
        environment: [("SHELL".to_owned(), "/bin/bash".to_owned())].into(),
        trusted: Some(true),
        reads_workspace: true,
        ..Setting::default()
    }
}

/// Where the agent looks for such a file.
fn place(agent: Agent, document: &Document) -> String {
    let file = AgentFile::of_name(&document.name).filter(|file| file.agent == agent);
    let is_managed = file.is_some_and(|file| file.owner == FileOwner::Managed);
    let name = document.name.rsplit(['/', '\\']).next().unwrap_or_default();
    if is_managed && agent == Agent::ClaudeCode {
        return format!("{MANAGED}/managed-settings.json");
    }
    let place = match agent {
        Agent::ClaudeCode => ".claude/settings.json",
        Agent::OpenCode if name.ends_with(".md") => {
            return format!("{PROJECT}/.opencode/agent/{name}");
        }
        Agent::OpenCode => "opencode.json",
        Agent::Codex if document.format == Format::Toml => ".codex/config.toml",
        Agent::Codex => ".codex/rules/default.rules",
        Agent::Gemini if document.format == Format::Json => ".gemini/settings.json",
        Agent::Gemini => ".gemini/policies/policy.toml",
    };
    format!("{PROJECT}/{place}")
}
