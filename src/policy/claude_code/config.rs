//! What one settings file says of permissions, and what is wrong with it.

use std::sync::Arc;

use crate::policy::defect::{Defect, DefectKind, Location};
use crate::policy::other_settings::{OtherSetting, other_settings};
use crate::policy::permissions::{Origin, Ruling};
use crate::source::{
    Document, LineTable, Node, Place, Pointer, ProblemKind, ScalarKind, ViolationKind, nearest,
    slip,
};

/// The modes in which a session may start, and an old name for the first.
pub(super) const MODES: [&str; 7] =
    ["default", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions", "manual"];

/// The fields with a text, of those that everybody sets.
const TEXTS: [&str; 4] = ["model", "apiKeyHelper", "outputStyle", "language"];

/// The fields of `permissions`.
const FIELDS: [&str; 8] = [
    "allow",
    "ask",
    "deny",
    "additionalDirectories",
    "defaultMode",
    "disableBypassPermissionsMode",
    "disableAutoMode",
    "blockReadsOutsideWorkingDirectories",
];

/// Words that people write for fields of `permissions`.
const MEANT: [(&str, &str); 11] = [
    ("allowed", "allow"),
    ("allowlist", "allow"),
    ("allowedTools", "allow"),
    ("block", "deny"),
    ("blocked", "deny"),
    ("denied", "deny"),
    ("denylist", "deny"),
    ("disallow", "deny"),
    ("disallowedTools", "deny"),
    ("mode", "defaultMode"),
    ("permissionMode", "defaultMode"),
];

/// Fields that stand at the top by mistake, and where they belong.
const MISPLACED: [(&str, &str); 8] = [
    ("allow", "permissions.allow"),
    ("ask", "permissions.ask"),
    ("deny", "permissions.deny"),
    ("allowedTools", "permissions.allow"),
    ("disallowedTools", "permissions.deny"),
    ("defaultMode", "permissions.defaultMode"),
    ("additionalDirectories", "permissions.additionalDirectories"),
    ("disableBypassPermissionsMode", "permissions.disableBypassPermissionsMode"),
];

/// What one file says of permissions.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The rules in the file's order: what they do, as they are written, where.
    pub(super) rules: Vec<(Ruling, String, Origin)>,
    /// Further working folders as they are written.
    pub(super) folders: Vec<String>,
    /// The mode in which sessions start.
    pub(super) mode: Option<String>,
    /// Whether nobody may pass permissions by.
    pub(super) no_bypass: bool,
    /// Whether the administrator's rules alone count.
    pub(super) managed_only: bool,
    /// Whether a classifier decides in the mode `plan` what would be asked, where it is said.
    pub(super) auto_in_plan: Option<bool>,
    /// Whether what lies outside of the working folders may not be read.
    pub(super) no_reads_outside: bool,
    pub(super) others: Vec<OtherSetting>,
}

/// The settings that no rule stands for, with what of the environment tells which program a name is.
const OTHERS: [&str; 25] = [
    "agent",
    "allowManagedHooksOnly",
    "allowManagedMcpServersOnly",
    "allowedMcpServers",
    "autoMode",
    "deniedMcpServers",
    "disableAllHooks",
    "disableAutoMode",
    "disabledMcpjsonServers",
    "enableAllProjectMcpServers",
    "enabledMcpjsonServers",
    "enabledPlugins",
    "env.BASH_ENV",
    "env.CLAUDE_CONFIG_DIR",
    "env.HOME",
    "env.LD_LIBRARY_PATH",
    "env.LD_PRELOAD",
    "env.PATH",
    "env.SHELL",
    "hooks",
    "permissions.disableAutoMode",
    "permissions.disableBypassPermissionsMode",
    "sandbox",
    "skipAutoPermissionPrompt",
    "skipDangerousModePermissionPrompt",
];

impl Config {
    /// Reads a file. One with a refused defect is dropped whole, but for the administrator's, of which
    /// only what is wrong is passed over.
    pub(super) fn read(document: &Document, is_managed: bool) -> (Config, Vec<Defect>) {
        let is_wrong = |kind: &ProblemKind| !matches!(kind, ProblemKind::DuplicateKey { .. });
        let defects = document.problems.iter().map(|problem| Defect {
            kind: DefectKind::Text(problem.kind.clone()),
            location: Location::Bytes(problem.span.range()),
            related: problem
                .related
                .map(|span| (Location::Bytes(span.range()), "it stands here first")),
            refused: is_wrong(&problem.kind),
        });
        let defects: Vec<Defect> = defects.collect();
        let broken = defects.iter().any(|defect| defect.refused);
        let (Some(root), false) = (&document.root, broken) else {
            return (Config::default(), defects);
        };
        let lines = LineTable::new(&document.text);
        let line = |at: usize| lines.line_of(at.min(document.text.len())) + 1;
        let (config, more) = Config::of_tree(root, &document.name, &line, is_managed);
        (config, defects.into_iter().chain(more).collect())
    }

    /// Reads the tree of a file, given the lines of its bytes.
    pub(super) fn of_tree(
        root: &Node,
        name: &str,
        line_of: &dyn Fn(usize) -> usize,
        is_managed: bool,
    ) -> (Config, Vec<Defect>) {
        let mut reader = Reader { name: name.into(), line_of, defects: Vec::new() };
        let mut config = Config { others: other_settings(root, &OTHERS), ..Config::default() };
        reader.config(root, &mut config);
        let Reader { mut defects, .. } = reader;
        if is_managed {
            defects.iter_mut().for_each(|defect| defect.refused &= !root.is_map());
        }
        if defects.iter().any(|defect| defect.refused) {
            config = Config::default();
        }
        (config, defects)
    }
}

struct Reader<'d> {
    name: Arc<str>,
    line_of: &'d dyn Fn(usize) -> usize,
    defects: Vec<Defect>,
}

impl Reader<'_> {
    fn config(&mut self, root: &Node, config: &mut Config) {
        let top = Pointer::root();
        if !root.is_map() {
            return self.wrong_type(&top, "an object", root);
        }
        let is_true = |node: &Node| is(node, ScalarKind::True);
        for entry in root.live_entries() {
            let (key, value, pointer) = (&*entry.key.text, &entry.value, top.key(&entry.key.text));
            match key {
                "permissions" => self.permissions(value, &pointer, config),
                "allowManagedPermissionRulesOnly" => config.managed_only = is_true(value),
                "useAutoModeDuringPlan" => config.auto_in_plan = Some(is_true(value)),
                "disableAutoMode" if value.as_str() == Some("disable") => {
                    config.auto_in_plan = Some(false);
                }
                known if TEXTS.contains(&known) && value.as_str().is_none() => {
                    self.wrong_type(&pointer, "a string", value);
                }
                other => self.stray(other, pointer),
            }
        }
    }

    /// A field at the top that is meant to say something of permissions, and does not.
    fn stray(&mut self, field: &str, pointer: Pointer) {
        let place = Place::key(pointer);
        if let Some((_, belongs)) = MISPLACED.iter().find(|(known, _)| *known == field) {
            let kind = DefectKind::MisplacedField { field: field.to_owned(), belongs };
            self.defects.push(Defect::accepted(kind, place));
        } else if let Some(meant) = slip(field, ["permissions"]) {
            self.unknown(field, place, &["permissions"], meant);
        }
    }

    /// A field that is none, where it is plain which one is meant. The program passes over it.
    fn unknown(&mut self, field: &str, place: Place, known: &[&str], meant: &str) {
        let kind = ViolationKind::UnknownField {
            field: field.to_owned(),
            allowed: known.iter().map(|known| (*known).to_owned()).collect(),
            nearest: Some(meant.to_owned()),
        };
        self.defects.push(Defect::accepted(DefectKind::Shape(kind), place));
    }

    fn permissions(&mut self, permissions: &Node, pointer: &Pointer, config: &mut Config) {
        if !permissions.is_map() {
            return self.wrong_type(pointer, "an object", permissions);
        }
        for entry in permissions.live_entries() {
            let (key, value, pointer) =
                (&*entry.key.text, &entry.value, pointer.key(&entry.key.text));
            match key {
                "allow" | "ask" | "deny" => {
                    let ruling = Ruling::ALL.into_iter().find(|ruling| ruling.name() == key);
                    for (text, origin) in self.list(value, &pointer) {
                        config.rules.push((ruling.unwrap_or(Ruling::Deny), text, origin));
                    }
                }
                "additionalDirectories" => {
                    let before = self.defects.len();
                    let folders = self.list(value, &pointer);
                    if self.defects.len() == before {
                        config.folders = folders.into_iter().map(|(text, _)| text).collect();
                    }
                }
                "defaultMode" => config.mode = self.word(value, &pointer, &MODES),
                "disableBypassPermissionsMode" => {
                    config.no_bypass = self.word(value, &pointer, &["disable"]).is_some();
                }
                "disableAutoMode" if value.as_str() == Some("disable") => {
                    config.auto_in_plan = Some(false);
                }
                "blockReadsOutsideWorkingDirectories" => {
                    config.no_reads_outside = is(value, ScalarKind::True);
                }
                "disableAutoMode" => {}
                other => {
                    let written = || MEANT.iter().find(|(word, _)| *word == other);
                    let meant = slip(other, FIELDS).or_else(|| written().map(|found| found.1));
                    if let Some(meant) = meant {
                        self.unknown(other, Place::key(pointer), &FIELDS, meant);
                    }
                }
            }
        }
    }

    /// The texts of a list; what is no text in it is passed over.
    fn list(&mut self, list: &Node, pointer: &Pointer) -> Vec<(String, Origin)> {
        if list.type_name() != "a list" {
            self.wrong_type(pointer, "a list", list);
            return Vec::new();
        }
        let mut texts = Vec::new();
        for (at, element) in list.elements().iter().enumerate() {
            let pointer = pointer.index(at);
            match element.as_str() {
                Some(text) => texts.push((text.to_owned(), self.origin(element, pointer))),
                None => {
                    self.wrong_type(&pointer, "a string", element);
                    self.defects.iter_mut().next_back().into_iter().for_each(|d| d.refused = false);
                }
            }
        }
        texts
    }

    fn word(&mut self, value: &Node, pointer: &Pointer, allowed: &[&str]) -> Option<String> {
        match value.as_str() {
            Some(word) if allowed.contains(&word) => Some(word.to_owned()),
            Some(word) => {
                let kind = ViolationKind::NotAllowed {
                    found: format!("`{word}`"),
                    allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
                    nearest: nearest(word, allowed.iter().copied()).map(str::to_owned),
                };
                self.refuse(pointer, kind);
                None
            }
            None => {
                self.wrong_type(pointer, "a string", value);
                None
            }
        }
    }

    fn origin(&self, value: &Node, pointer: Pointer) -> Origin {
        let line = u32::try_from((self.line_of)(value.span.start())).unwrap_or(u32::MAX);
        Origin { file: Some(self.name.clone()), line, pointer }
    }

    fn wrong_type(&mut self, pointer: &Pointer, expected: &str, found: &Node) {
        let found = found.type_name().to_owned();
        self.refuse(pointer, ViolationKind::WrongType { expected: expected.to_owned(), found });
    }

    fn refuse(&mut self, pointer: &Pointer, kind: ViolationKind) {
        let place = Place::value(pointer.clone());
        self.defects.push(Defect::refused(DefectKind::Shape(kind), place));
    }
}

fn is(node: &Node, kind: ScalarKind) -> bool {
    node.scalar().is_some_and(|scalar| scalar.kind == kind)
}
