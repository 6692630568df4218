//! The files that make one configuration, in the order in which they are put together.

use super::way_down;
use crate::policy::folders::{below, resolved};
use crate::policy::permissions::FileScope;
use crate::policy::setting::{Files, Setting};
use crate::source::Document;

/// A file of the configuration.
pub(super) struct Layer {
    pub(super) document: Document,
    pub(super) scope: FileScope,
    pub(super) kind: Kind,
}

/// What a file holds.
pub(super) enum Kind {
    /// A configuration.
    Config,
    /// What stands under `permission` in one.
    Permission,
    /// An agent of this name.
    Agent(String),
}

/// The names of a configuration, in the order in which they are read.
const NAMES: [&str; 2] = ["opencode.json", "opencode.jsonc"];

/// The folders with an agent a file.
const AGENTS: [&str; 4] = ["agent", "agents", "mode", "modes"];

/// Finds the files; the later counts.
pub(super) fn find(setting: &Setting, root: Option<&str>, files: &dyn Files) -> Vec<Layer> {
    let mut found = Found { setting, files, layers: Vec::new() };
    let user = found.user_folder();
    if let Some(folder) = &user {
        found.file(&below(folder, "config.json"), FileScope::User);
        found.folder(folder, FileScope::User);
        found.agents(folder, FileScope::User);
    }
    if let Some(path) = found.variable("OPENCODE_CONFIG") {
        found.file(&resolved(&setting.start, &path), FileScope::Environment);
    }
    let way = if found.is_set("OPENCODE_DISABLE_PROJECT_CONFIG") {
        Vec::new()
    } else {
        way_down(setting, root)
    };
    way.iter().for_each(|folder| found.folder(folder, FileScope::Project));
    for folder in &way {
        found.dot_folder(&below(folder, ".opencode"), FileScope::Project);
    }
    // A project that lies in the home folder has been there already.
    if let Some(home) = setting.home.as_deref().filter(|home| !way.contains(home)) {
        found.dot_folder(&below(home, ".opencode"), FileScope::User);
    }
    if let Some(folder) = found.variable("OPENCODE_CONFIG_DIR") {
        found.dot_folder(&resolved(&setting.start, &folder), FileScope::Environment);
    }
    found.text("OPENCODE_CONFIG_CONTENT", Kind::Config);
    if let Some(folder) = &setting.managed {
        found.folder(folder, FileScope::Managed);
    }
    found.text("OPENCODE_PERMISSION", Kind::Permission);
    found.layers
}

struct Found<'s> {
    setting: &'s Setting,
    files: &'s dyn Files,
    layers: Vec<Layer>,
}

impl Found<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        self.setting.environment.get(name).filter(|value| !value.is_empty()).cloned()
    }

    fn is_set(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }

    /// The folder with the user's own configuration.
    fn user_folder(&self) -> Option<String> {
        let moved = self.variable("XDG_CONFIG_HOME");
        let folder = moved.or_else(|| Some(below(self.setting.home.as_deref()?, ".config")))?;
        Some(below(&folder, "opencode"))
    }

    fn file(&mut self, path: &str, scope: FileScope) {
        self.add(path, scope, Kind::Config);
    }

    fn add(&mut self, path: &str, scope: FileScope, kind: Kind) {
        let Some(bytes) = self.files.read(path) else { return };
        let bytes = match kind {
            Kind::Agent(_) => front_matter(bytes),
            Kind::Config | Kind::Permission => self.with_home(bytes),
        };
        let document = Document::read(path, bytes);
        self.layers.push(Layer { document, scope, kind });
    }

    fn folder(&mut self, folder: &str, scope: FileScope) {
        NAMES.iter().for_each(|name| self.file(&below(folder, name), scope));
    }

    fn dot_folder(&mut self, folder: &str, scope: FileScope) {
        self.folder(folder, scope);
        self.agents(folder, scope);
    }

    fn agents(&mut self, folder: &str, scope: FileScope) {
        for kind in AGENTS {
            let folder = below(folder, kind);
            for name in self.files.names(&folder) {
                if let Some(agent) = name.strip_suffix(".md") {
                    self.add(&below(&folder, &name), scope, Kind::Agent(agent.to_owned()));
                }
            }
        }
    }

    /// The one variable that is known puts itself into the text.
    fn with_home(&self, bytes: Vec<u8>) -> Vec<u8> {
        match (&self.setting.home, String::from_utf8(bytes)) {
            (Some(home), Ok(text)) => text.replace("{env:HOME}", home).into_bytes(),
            (None, Ok(text)) => text.into_bytes(),
            (_, Err(error)) => error.into_bytes(),
        }
    }

    /// What a variable holds, as a file.
    fn text(&mut self, name: &str, kind: Kind) {
        let Some(text) = self.variable(name) else { return };
        let document = Document::read(format!("${name}"), text.into_bytes());
        self.layers.push(Layer { document, scope: FileScope::Environment, kind });
    }
}

/// The YAML between the lines of dashes at the start of a text, where it stood: what is before it
/// becomes empty lines.
fn front_matter(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let inside = text.strip_prefix("---").and_then(|rest| rest.split_once("\n---"));
    let yaml = inside.map_or("", |(yaml, _)| yaml.trim_start_matches([' ', '\r', '\t']));
    yaml.as_bytes().to_vec()
}
