//! The files that make one configuration, in the order in which they are put together.

use crate::policy::folders::{below, is_within, parent, resolved};
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
    /// The same, under the old name for it; what is wrong there is passed over.
    Mode(String),
}

/// The names of a configuration, in the order in which they are read.
const NAMES: [&str; 2] = ["opencode.json", "opencode.jsonc"];

/// The folders with an agent a file, also in folders below.
const AGENTS: [&str; 2] = ["agent", "agents"];

/// The folders with an agent a file, under the old name for it.
const MODES: [&str; 2] = ["mode", "modes"];

/// What a file holds by its place, when it stands alone.
pub(super) fn kind_at(path: &str) -> Kind {
    let path = path.replace('\\', "/");
    let Some(whole) = path.strip_suffix(".md") else { return Kind::Config };
    let below = |folders: &[&str]| {
        let name = |folder| Some(whole.split_once(&format!(".opencode/{folder}/"))?.1.to_owned());
        folders.iter().find_map(name)
    };
    match below(&MODES) {
        Some(name) => Kind::Mode(name),
        None => Kind::Agent(below(&AGENTS).unwrap_or_else(|| whole.to_owned())),
    }
}

/// How deep folders of agents are looked into.
const DEPTH: usize = 8;

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
    // Of these folders the one that is farthest from where the program is started comes last.
    for folder in way.iter().rev() {
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

/// The folders from the root down to where the program is started.
fn way_down<'s>(setting: &'s Setting, root: Option<&str>) -> Vec<&'s str> {
    let root = root.unwrap_or("/");
    let mut folders = vec![setting.start.as_str()];
    while let Some(last) = folders.last()
        && *last != root
        && is_within(last, root)
    {
        folders.push(parent(last));
    }
    folders.reverse();
    folders
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
            Kind::Agent(_) | Kind::Mode(_) => lossy(&bytes),
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
        AGENTS.iter().for_each(|name| self.agents_in(&below(folder, name), "", scope, DEPTH));
        for folder in MODES.map(|name| below(folder, name)) {
            for name in self.files.names(&folder) {
                if let Some(mode) = name.strip_suffix(".md") {
                    self.add(&below(&folder, &name), scope, Kind::Mode(mode.to_owned()));
                }
            }
        }
    }

    /// The agents of a folder, whose names begin with the way to it.
    fn agents_in(&mut self, folder: &str, way: &str, scope: FileScope, depth: usize) {
        for name in self.files.names(folder) {
            let path = below(folder, &name);
            if let Some(agent) = name.strip_suffix(".md") {
                self.add(&path, scope, Kind::Agent(format!("{way}{agent}")));
            } else if depth > 0 {
                self.agents_in(&path, &format!("{way}{name}/"), scope, depth - 1);
            }
        }
    }

    /// The text as the program reads it, whatever its bytes; the one variable that is known is put in.
    fn with_home(&self, bytes: Vec<u8>) -> Vec<u8> {
        let text = String::from_utf8_lossy(&bytes);
        match &self.setting.home {
            Some(home) => text.replace("{env:HOME}", home).into_bytes(),
            None => text.into_owned().into_bytes(),
        }
    }

    /// What a variable holds, as a file.
    fn text(&mut self, name: &str, kind: Kind) {
        let Some(text) = self.variable(name) else { return };
        let document = Document::read(format!("${name}"), text.into_bytes());
        self.layers.push(Layer { document, scope: FileScope::Environment, kind });
    }
}

/// The text as the program reads it, whatever its bytes.
fn lossy(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).into_owned().into_bytes()
}
