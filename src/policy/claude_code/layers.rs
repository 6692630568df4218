//! The settings files of a session, those that count for more first.

use crate::policy::folders::{below, parent, resolved};
use crate::policy::permissions::FileScope;
use crate::policy::setting::{Files, Setting};
use crate::source::Document;

/// A settings file.
pub(super) struct Layer {
    pub(super) document: Document,
    pub(super) source: Source,
}

/// Where rules stand.
pub(super) struct Source {
    pub(super) scope: FileScope,
    /// The folder that patterns with one slash in front begin at; none for where the session starts.
    pub(super) anchor: Option<String>,
    /// Whether it is the project's own, so that it may only forbid where nobody trusts the project.
    pub(super) is_shared: bool,
}

/// Finds the files, those that count for more first.
pub(super) fn find(setting: &Setting, files: &dyn Files) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut add = |path: String, scope, anchor: Option<String>, is_shared| {
        if let Some(bytes) = files.read(&path) {
            let document = Document::read(path, utf8(bytes));
            layers.push(Layer { document, source: Source { scope, anchor, is_shared } });
        }
    };
    if let Some(folder) = &setting.managed {
        add(below(folder, "managed-settings.json"), FileScope::Managed, None, false);
        let folder = below(folder, "managed-settings.d");
        for name in files.names(&folder).into_iter().filter(|name| name.ends_with(".json")) {
            add(below(&folder, &name), FileScope::Managed, None, false);
        }
    }
    if let Some(path) = &setting.settings {
        let path = resolved(&setting.start, path);
        let anchor = parent(&path).to_owned();
        add(path, FileScope::Session, Some(anchor), false);
    }
    for folder in local_folders(setting, files) {
        add(below(&folder, ".claude/settings.local.json"), FileScope::Project, None, false);
    }
    add(below(&setting.start, ".claude/settings.json"), FileScope::Project, None, true);
    if let Some(folder) = user_folder(setting) {
        add(below(&folder, "settings.json"), FileScope::User, Some(folder), false);
    }
    layers
}

/// The folder of the user's own settings.
pub(super) fn user_folder(setting: &Setting) -> Option<String> {
    let moved = setting.environment.get("CLAUDE_CONFIG_DIR").filter(|folder| !folder.is_empty());
    let home = || Some(below(setting.home.as_deref()?, ".claude"));
    moved.map(|folder| resolved(&setting.start, folder)).or_else(home)
}

/// Where local settings lie: where the session starts, and at the root of its repository.
fn local_folders(setting: &Setting, files: &dyn Files) -> Vec<String> {
    let mut folders = vec![setting.start.clone()];
    let mut folder = setting.start.as_str();
    while folder != "/" && !folder.is_empty() {
        if files.exists(&below(folder, ".git")) {
            folders.extend((folder != setting.start).then(|| folder.to_owned()));
            break;
        }
        folder = parent(folder);
    }
    folders
}

/// How many names are looked at for links, and how deep.
const MAX_NAMES: usize = 4096;
const MAX_DEPTH: usize = 3;

/// The folders that are not looked into for links.
const UNSEARCHED: [&str; 3] = [".git", "node_modules", "target"];

/// The symbolic links below where the session starts, as far as they are looked for.
pub(super) fn links(setting: &Setting, files: &dyn Files) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let (mut open, mut seen) = (vec![(setting.start.clone(), 0)], 0);
    while let Some((folder, depth)) = open.pop() {
        for name in files.names(&folder) {
            seen += 1;
            let path = below(&folder, &name);
            if let Some(target) = files.link(&path) {
                links.push((path, resolved(&folder, &target)));
            } else if depth < MAX_DEPTH && !UNSEARCHED.contains(&&*name) {
                open.push((path, depth + 1));
            }
            if seen > MAX_NAMES {
                return links;
            }
        }
    }
    links
}

/// The text as the program decodes it: UTF-16 by its mark, and what is no UTF-8 replaced.
pub(in crate::policy) fn utf8(bytes: Vec<u8>) -> Vec<u8> {
    let units = |read: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes[2..].as_chunks().0.iter().map(|pair| read(*pair)).collect()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => String::from_utf16_lossy(&units(u16::from_le_bytes)).into_bytes(),
        [0xfe, 0xff, ..] => String::from_utf16_lossy(&units(u16::from_be_bytes)).into_bytes(),
        _ => String::from_utf8_lossy(&bytes).into_owned().into_bytes(),
    }
}
