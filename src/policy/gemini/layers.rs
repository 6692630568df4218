//! The files in their tiers.

use crate::policy::folders::{below, resolved};
use crate::policy::permissions::FileScope;
use crate::policy::setting::{Files, Setting};
use crate::source::Document;

/// A file.
pub(super) struct Layer {
    pub(super) document: Document,
    /// Its tier; none for settings.
    pub(super) tier: Option<Tier>,
    pub(super) scope: FileScope,
}

/// Whose rules they are: the priorities of a higher tier are all above those of a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    BuiltIn = 1,
    Extension,
    Workspace,
    User,
    Admin,
}

/// Finds the files: of the tiers, and then the settings, of which the later counts.
pub(super) fn find(setting: &Setting, files: &dyn Files) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut tier = |folder: &str, tier, scope| {
        for name in files.names(folder) {
            let path = below(folder, &name);
            if name.ends_with(".toml")
                && let Some(bytes) = files.read(&path)
            {
                let document = Document::read(path, bytes);
                layers.push(Layer { document, tier: Some(tier), scope });
            }
        }
    };
    if let Some(folder) = &setting.managed {
        tier(folder, Tier::Admin, FileScope::Managed);
    }
    let home = home(setting);
    if let Some(home) = &home {
        tier(&below(home, ".gemini/policies"), Tier::User, FileScope::User);
    }
    // The program as it is shipped does not read these.
    if setting.reads_workspace {
        let folder = below(&setting.start, ".gemini/policies");
        tier(&folder, Tier::Workspace, FileScope::Project);
    }
    for extension in &setting.extensions {
        tier(&below(extension, "policies"), Tier::Extension, FileScope::Session);
    }
    let mut settings = |folder: &str, scope| {
        let path = below(folder, ".gemini/settings.json");
        if let Some(bytes) = files.read(&path) {
            layers.push(Layer { document: Document::read(path, bytes), tier: None, scope });
        }
    };
    if let Some(home) = &home {
        settings(home, FileScope::User);
    }
    // Those of a folder that is not trusted are not heard.
    if setting.trusted != Some(false) && home.as_deref() != Some(&setting.start) {
        settings(&setting.start, FileScope::Project);
    }
    layers
}

/// The folder that `.gemini` lies in for the user.
fn home(setting: &Setting) -> Option<String> {
    let moved = setting.environment.get("GEMINI_CLI_HOME").filter(|folder| !folder.is_empty());
    moved.map(|folder| resolved(&setting.start, folder)).or_else(|| setting.home.clone())
}
