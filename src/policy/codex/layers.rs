//! The folders that Codex takes files from, and their files.

use crate::policy::folders::{below, is_within, parent};
use crate::policy::permissions::FileScope;
use crate::policy::setting::{Files, Setting};
use crate::source::Document;

/// The files of one folder.
pub(super) struct Layer {
    pub(super) scope: FileScope,
    /// `config.toml`.
    pub(super) config: Option<Document>,
    /// `rules/*.rules`.
    pub(super) rules: Vec<Document>,
}

/// The administrator's folder and the user's, of which the later counts for more.
pub(super) fn of_user(setting: &Setting, files: &dyn Files) -> Vec<Layer> {
    let managed = setting.managed.as_deref();
    let managed = managed.map(|folder| layer(files, folder, FileScope::Managed));
    let user = user_folder(setting).map(|folder| layer(files, &folder, FileScope::User));
    managed.into_iter().chain(user).collect()
}

/// The folders of the project, from its root down to where Codex is started.
pub(super) fn of_project(setting: &Setting, root: Option<&str>, files: &dyn Files) -> Vec<Layer> {
    let user = user_folder(setting);
    let root = root.unwrap_or(&setting.start);
    let mut way = vec![setting.start.as_str()];
    while let Some(last) = way.last()
        && *last != root
        && is_within(last, root)
    {
        way.push(parent(last));
    }
    let folders = way.iter().rev().map(|folder| below(folder, ".codex"));
    let folders = folders.filter(|folder| user.as_ref() != Some(folder));
    folders.map(|folder| layer(files, &folder, FileScope::Project)).collect()
}

fn user_folder(setting: &Setting) -> Option<String> {
    let moved = setting.environment.get("CODEX_HOME").filter(|folder| !folder.is_empty());
    moved.cloned().or_else(|| Some(below(setting.home.as_deref()?, ".codex")))
}

fn layer(files: &dyn Files, folder: &str, scope: FileScope) -> Layer {
    let rules = below(folder, "rules");
    let names = files.names(&rules).into_iter().filter(|name| name.ends_with(".rules"));
    Layer {
        scope,
        config: document(files, below(folder, "config.toml")),
        rules: names.filter_map(|name| document(files, below(&rules, &name))).collect(),
    }
}

fn document(files: &dyn Files, path: String) -> Option<Document> {
    files.read(&path).map(|bytes| Document::read(path, bytes))
}
