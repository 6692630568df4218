//! What one `config.toml` says of permissions, and what Codex refuses in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::policy::defect::{Defect, DefectKind, Location};
use crate::policy::other_settings::{OtherSetting, other_settings, server_settings};
use crate::policy::permissions::Origin;
use crate::source::{
    Document, LineTable, Node, Place, Pointer, ProblemKind, ScalarKind, ViolationKind, slip,
};

/// What a file says, or several together.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) approval: Option<Approval>,
    pub(super) sandbox: Option<Sandbox>,
    pub(super) writable_roots: Option<Vec<Box<str>>>,
    pub(super) without_tmp: Option<bool>,
    pub(super) servers: BTreeMap<String, Server>,
    /// The projects that the user trusts, or does not.
    pub(super) trusted: BTreeMap<String, bool>,
    pub(super) others: Vec<OtherSetting>,
}

/// The settings that no rule stands for.
const OTHERS: [&str; 14] = [
    "apps",
    "approvals_reviewer",
    "default_permissions",
    "features",
    "hooks",
    "network",
    "permissions",
    "plugins",
    "profiles",
    "sandbox_workspace_write.exclude_tmpdir_env_var",
    "sandbox_workspace_write.network_access",
    "shell_environment_policy",
    "tools",
    "web_search",
];

/// What is said of a server beside what rules stand for.
const SERVERS: &str = "mcp_servers.*";

/// When a person is asked (`approval_policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approval {
    /// By these names; what cannot be asked is refused in the last.
    OnRequest,
    OnFailure,
    Never,
    /// For each kind of question, whether it is asked.
    Granular {
        rules: bool,
        sandbox: bool,
    },
}

impl Approval {
    const NAMES: [&str; 3] = ["on-request", "on-failure", "never"];

    /// Its name, which is the mode.
    pub(super) fn name(self) -> &'static str {
        match self {
            Approval::OnRequest => "on-request",
            Approval::OnFailure => "on-failure",
            Approval::Never => "never",
            Approval::Granular { .. } => "granular",
        }
    }
}

/// What a command may do that was not let out (`sandbox_mode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sandbox {
    ReadOnly,
    WorkspaceWrite,
    FullAccess,
}

const SANDBOXES: [&str; 3] = ["read-only", "workspace-write", "danger-full-access"];

/// What is said of a server (`mcp_servers.NAME`).
#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) enabled: Option<(bool, Origin)>,
    pub(super) enabled_tools: Option<(Vec<Box<str>>, Origin)>,
    pub(super) disabled_tools: Option<Vec<(Box<str>, Origin)>>,
    pub(super) approval: Option<(ToolApproval, Origin)>,
    pub(super) tools: BTreeMap<String, (ToolApproval, Origin)>,
}

/// When the tools of a server are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ToolApproval {
    Auto,
    Prompt,
    Writes,
    Approve,
}

const TOOL_APPROVALS: [&str; 4] = ["auto", "prompt", "writes", "approve"];

/// The fields that decide something here; what looks like one of them is a slip.
const TOP: [&str; 6] = [
    "approval_policy",
    "sandbox_mode",
    "sandbox_workspace_write",
    "mcp_servers",
    "projects",
    "approvals_reviewer",
];

const OF_SERVER: [&str; 5] =
    ["enabled", "enabled_tools", "disabled_tools", "default_tools_approval_mode", "tools"];

impl Config {
    /// Reads a file.
    pub(super) fn read(document: &Document) -> (Config, Vec<Defect>) {
        let fatal = document.problems.iter().filter(|problem| problem.kind.is_fatal());
        let text =
            fatal.filter(|problem| problem.kind != ProblemKind::Empty).map(|problem| Defect {
                kind: DefectKind::Text(problem.kind.clone()),
                location: Location::Bytes(problem.span.range()),
                related: None,
                refused: true,
            });
        let defects: Vec<Defect> = text.collect();
        let (Some(root), true) = (&document.root, defects.is_empty()) else {
            return (Config::default(), defects);
        };
        let lines = LineTable::new(&document.text);
        let line = |at: usize| lines.line_of(at.min(document.text.len())) + 1;
        Config::of_tree(root, &document.name, &line)
    }

    /// Reads the tree of a file, given the lines of its bytes.
    pub(super) fn of_tree(
        root: &Node,
        name: &str,
        line_of: &dyn Fn(usize) -> usize,
    ) -> (Config, Vec<Defect>) {
        let mut reader = Reader { name: name.into(), line_of, defects: Vec::new() };
        let servers = server_settings(root, (SERVERS, "mcp_servers"), &OF_SERVER);
        let others = [other_settings(root, &OTHERS), servers].concat();
        let config = Config { others, ..reader.config(root) };
        (config, reader.defects)
    }

    /// Puts on top what another file says, which counts for more, field by field.
    pub(super) fn add(&mut self, other: Config) {
        self.approval = other.approval.or(self.approval);
        self.sandbox = other.sandbox.or(self.sandbox);
        self.writable_roots = other.writable_roots.or(self.writable_roots.take());
        self.without_tmp = other.without_tmp.or(self.without_tmp);
        self.trusted.extend(other.trusted);
        self.others.extend(other.others);
        for (name, server) in other.servers {
            let own = self.servers.entry(name).or_default();
            own.enabled = server.enabled.or(own.enabled.take());
            own.enabled_tools = server.enabled_tools.or(own.enabled_tools.take());
            own.disabled_tools = server.disabled_tools.or(own.disabled_tools.take());
            own.approval = server.approval.or(own.approval.take());
            own.tools.extend(server.tools);
        }
    }
}

struct Reader<'d> {
    name: Arc<str>,
    line_of: &'d dyn Fn(usize) -> usize,
    defects: Vec<Defect>,
}

impl Reader<'_> {
    fn config(&mut self, root: &Node) -> Config {
        let (mut config, top) = (Config::default(), Pointer::root());
        if !root.is_map() {
            self.refuse(&top, wrong_type("a table", root));
        }
        for entry in root.live_entries() {
            let (key, value, pointer) = (&*entry.key.text, &entry.value, top.key(&entry.key.text));
            match key {
                "approval_policy" => config.approval = self.approval(value, &pointer),
                "sandbox_mode" => {
                    use Sandbox::{FullAccess, ReadOnly, WorkspaceWrite};
                    let found = self.word(value, &pointer, &SANDBOXES);
                    config.sandbox = found.map(|at| [ReadOnly, WorkspaceWrite, FullAccess][at]);
                }
                "sandbox_workspace_write" => self.workspace(value, &pointer, &mut config),
                "mcp_servers" if !value.is_map() => {
                    self.refuse(&pointer, wrong_type("a table", value))
                }
                "mcp_servers" => {
                    let mut server = |name: &str, server: &Node| {
                        (name.to_owned(), self.server(server, &pointer.key(name)))
                    };
                    config.servers = value
                        .live_entries()
                        .map(|entry| server(&entry.key.text, &entry.value))
                        .collect();
                }
                "projects" => config.trusted = trusted(value),
                "profile" => {
                    let message = "Codex refuses `profile`; choose one with `--profile`".to_owned();
                    self.refuse(&pointer, ViolationKind::Other { message });
                }
                "profiles" => self.profiles(value, &pointer),
                other => self.slip(other, &pointer, &TOP),
            }
        }
        config
    }

    /// What is kept of older versions: Codex refuses words there that it does not know, and heeds nothing.
    fn profiles(&mut self, profiles: &Node, pointer: &Pointer) {
        const APPROVALS: [&str; 4] = ["untrusted", "on-failure", "on-request", "never"];
        let known = self.defects.len();
        for entry in profiles.live_entries() {
            for (field, words) in
                [("approval_policy", &APPROVALS[..]), ("sandbox_mode", &SANDBOXES)]
            {
                let value = entry.value.get(field).filter(|value| !value.is_map());
                let pointer = pointer.key(&entry.key.text).key(field);
                value.map(|value| self.word(value, &pointer, words));
            }
        }
        if self.defects.len() == known {
            let field = "profiles".to_owned();
            let kind =
                DefectKind::MisplacedField { field, belongs: "$CODEX_HOME/NAME.config.toml" };
            self.defects.push(Defect::accepted(kind, Place::key(pointer.clone())));
        }
    }

    fn approval(&mut self, value: &Node, pointer: &Pointer) -> Option<Approval> {
        use Approval::{Granular, Never, OnFailure, OnRequest};
        let Some(granular) = value.get("granular") else {
            let at = self.word(value, pointer, &Approval::NAMES)?;
            return Some([OnRequest, OnFailure, Never][at]);
        };
        let pointer = pointer.key("granular");
        let mut asks = |name: &str| match granular.get(name) {
            Some(value) => self.flag(value, &pointer.key(name)).unwrap_or(true),
            None => true,
        };
        Some(Granular { rules: asks("rules"), sandbox: asks("sandbox_approval") })
    }

    fn workspace(&mut self, value: &Node, pointer: &Pointer, config: &mut Config) {
        if let Some(roots) = value.get("writable_roots") {
            let roots = self.texts(roots, &pointer.key("writable_roots"));
            config.writable_roots =
                roots.map(|roots| roots.into_iter().map(|(root, _)| root).collect());
        }
        if let Some(value) = value.get("exclude_slash_tmp") {
            config.without_tmp = self.flag(value, &pointer.key("exclude_slash_tmp"));
        }
    }

    fn server(&mut self, value: &Node, pointer: &Pointer) -> Server {
        let mut server = Server::default();
        if !value.is_map() {
            self.refuse(pointer, wrong_type("a table", value));
        }
        for entry in value.live_entries() {
            let (value, pointer) = (&entry.value, pointer.key(&entry.key.text));
            let origin = self.origin(value, pointer.clone());
            match &*entry.key.text {
                "enabled" => {
                    server.enabled = self.flag(value, &pointer).map(|enabled| (enabled, origin));
                }
                "enabled_tools" => {
                    let tools = self.texts(value, &pointer);
                    let names =
                        |tools: Vec<(Box<str>, Origin)>| tools.into_iter().map(|tool| tool.0);
                    server.enabled_tools = tools.map(|tools| (names(tools).collect(), origin));
                }
                "disabled_tools" => server.disabled_tools = self.texts(value, &pointer),
                "default_tools_approval_mode" => {
                    server.approval =
                        self.tool_approval(value, &pointer).map(|mode| (mode, origin));
                }
                "tools" => {
                    for entry in value.live_entries() {
                        let (name, pointer) = (&*entry.key.text, pointer.key(&entry.key.text));
                        let pointer = pointer.key("approval_mode");
                        let Some(value) = entry.value.get("approval_mode") else { continue };
                        if let Some(mode) = self.tool_approval(value, &pointer) {
                            let origin = self.origin(value, pointer);
                            server.tools.insert(name.to_owned(), (mode, origin));
                        }
                    }
                }
                other => self.slip(other, &pointer, &OF_SERVER),
            }
        }
        server
    }

    fn tool_approval(&mut self, value: &Node, pointer: &Pointer) -> Option<ToolApproval> {
        use ToolApproval::{Approve, Auto, Prompt, Writes};
        let at = self.word(value, pointer, &TOOL_APPROVALS)?;
        Some([Auto, Prompt, Writes, Approve][at])
    }

    fn flag(&mut self, value: &Node, pointer: &Pointer) -> Option<bool> {
        match value.scalar().map(|scalar| scalar.kind) {
            Some(ScalarKind::True) => Some(true),
            Some(ScalarKind::False) => Some(false),
            _ => {
                self.refuse(pointer, wrong_type("true or false", value));
                None
            }
        }
    }

    fn texts(&mut self, value: &Node, pointer: &Pointer) -> Option<Vec<(Box<str>, Origin)>> {
        let is_list = matches!(value.kind, crate::source::Kind::Seq(_));
        let texts = value.elements().iter().enumerate().map(|(at, element)| {
            let origin = self.origin(element, pointer.index(at));
            element.as_str().map(|text| (text.into(), origin))
        });
        let texts: Option<Vec<_>> = texts.collect();
        if texts.is_none() || !is_list {
            self.refuse(pointer, wrong_type("a list of texts", value));
            return None;
        }
        texts
    }

    fn word(&mut self, value: &Node, pointer: &Pointer, allowed: &[&str]) -> Option<usize> {
        let Some(word) = value.as_str() else {
            self.refuse(pointer, wrong_type("a text", value));
            return None;
        };
        let found = allowed.iter().position(|known| *known == word);
        if found.is_none() {
            let kind = ViolationKind::NotAllowed {
                found: format!("`{word}`"),
                allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
                nearest: slip(word, allowed.iter().copied()).map(str::to_owned),
            };
            self.refuse(pointer, kind);
        }
        found
    }

    /// A field that is none, and looks like one that decides something. Codex passes over it.
    fn slip(&mut self, field: &str, pointer: &Pointer, known: &[&str]) {
        let Some(meant) = slip(field, known.iter().copied()).filter(|meant| *meant != field) else {
            return;
        };
        let kind = ViolationKind::UnknownField {
            field: field.to_owned(),
            allowed: known.iter().map(|known| (*known).to_owned()).collect(),
            nearest: Some(meant.to_owned()),
        };
        self.defects.push(Defect::accepted(DefectKind::Shape(kind), Place::key(pointer.clone())));
    }

    fn origin(&self, value: &Node, pointer: Pointer) -> Origin {
        let line = u32::try_from((self.line_of)(value.span.start())).unwrap_or(u32::MAX);
        Origin { file: Some(self.name.clone()), line, pointer }
    }

    fn refuse(&mut self, pointer: &Pointer, kind: ViolationKind) {
        let place = Place::value(pointer.clone());
        self.defects.push(Defect::refused(DefectKind::Shape(kind), place));
    }
}

fn trusted(projects: &Node) -> BTreeMap<String, bool> {
    let level =
        |project: &Node| project.get("trust_level")?.as_str().map(|level| level == "trusted");
    let entries = projects.live_entries();
    entries.filter_map(|entry| Some((entry.key.text.to_string(), level(&entry.value)?))).collect()
}

fn wrong_type(expected: &str, found: &Node) -> ViolationKind {
    let found = found.type_name().to_owned();
    ViolationKind::WrongType { expected: expected.to_owned(), found }
}
