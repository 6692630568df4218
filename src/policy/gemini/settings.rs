//! What the settings say of permissions.

use super::fields::{field_defects, text_defects};
use super::rules::{List, of_entry};
use super::tools::SERVER_TOOLS;
use super::written::{Patterns, SHELL, Written, line_of};
use crate::policy::defect::Defect;
use crate::policy::other_settings::{OtherSetting, other_settings, server_settings};
use crate::policy::permissions::{Origin, Ruling};
use crate::source::{Document, Node, Pointer, ScalarKind};

/// What the settings say, each entry with its place.
#[derive(Debug, Default)]
pub(super) struct Settings {
    core: Option<Vec<Entry>>,
    allowed: Vec<Entry>,
    excluded: Vec<Entry>,
    confirmed: Vec<Entry>,
    servers_allowed: Vec<Entry>,
    servers_excluded: Vec<Entry>,
    /// The servers that there are, and whether each is trusted.
    servers: Vec<(Entry, bool)>,
    allows_in_headless: bool,
    /// Whether what persons answered for good does not count.
    pub(super) disables_always_allow: bool,
    pub(super) others: Vec<OtherSetting>,
}

/// The settings that no rule stands for.
const OTHERS: [&str; 19] = [
    "admin",
    "adminPolicyPaths",
    "context.includeDirectories",
    "extensions",
    "general.defaultApprovalMode",
    "hooks",
    "hooksConfig",
    "mcpServers.*.excludeTools",
    "mcpServers.*.includeTools",
    "policyPaths",
    "security.allowedExtensions",
    "security.blockGitExtensions",
    "security.disableYoloMode",
    "security.enablePermanentToolApproval",
    "security.folderTrust",
    "security.toolSandboxing",
    "tools.callCommand",
    "tools.discoveryCommand",
    "tools.sandbox",
];

/// What of a server rules stand for, or a setting of its own, or nothing at all.
const OF_SERVER: [&str; 5] = ["description", "excludeTools", "includeTools", "timeout", "trust"];

/// A text and its place.
type Entry = (String, Origin);

/// The other name of the shell tool.
const SHELL_ALIASES: [&str; 1] = ["ShellTool"];

/// The ranks of what the settings say.
const SERVER_EXCLUDED: i32 = 4900;
const EXCLUDED: i32 = 4400;
const CONFIRMED: i32 = 4350;
const ALLOWED: i32 = 4300;
const OTHER_COMMANDS: i32 = 4290;
const CORE: i32 = 4250;
const NOT_CORE: i32 = 4240;
const SERVER_TRUSTED: i32 = 4200;
const SERVER_ALLOWED: i32 = 4100;

/// The modes in which what loosens is there.
const LOOSE: [&str; 3] = ["default", "autoEdit", "yolo"];

impl Settings {
    /// Puts a file on top.
    pub(super) fn add(&mut self, document: &Document) -> Vec<Defect> {
        let mut defects = text_defects(document);
        let is_readable = !defects.iter().any(|defect| defect.refused);
        let Some(root) = document.root.as_ref().filter(|_| is_readable) else {
            return defects;
        };
        defects.extend(field_defects(root));
        self.others.extend(other_settings(root, &OTHERS));
        let servers = ("mcpServers.*", "mcpServers");
        self.others.extend(server_settings(root, servers, &OF_SERVER));
        let line = line_of(document);
        let origin = |node: &Node, pointer: Pointer| Origin {
            file: Some(document.name.as_str().into()),
            line: u32::try_from(line(node.span.start())).unwrap_or(u32::MAX),
            pointer,
        };
        let list = |group: &str, key: &str| -> Option<Vec<Entry>> {
            let pointer = Pointer::root().key(group).key(key);
            let elements = root.get(group)?.get(key)?.elements().iter().enumerate();
            let entry = |(at, node): (usize, &Node)| {
                Some((node.as_str()?.to_owned(), origin(node, pointer.index(at))))
            };
            Some(elements.filter_map(entry).collect())
        };
        self.core = list("tools", "core").or(self.core.take());
        self.excluded.extend(list("tools", "exclude").unwrap_or_default());
        self.confirmed.extend(list("tools", "confirmationRequired").unwrap_or_default());
        self.servers_excluded.extend(list("mcp", "excluded").unwrap_or_default());
        let replace = |known: &mut Vec<Entry>, list: Option<Vec<Entry>>| {
            *known = list.unwrap_or_else(|| std::mem::take(known));
        };
        replace(&mut self.allowed, list("tools", "allowed"));
        replace(&mut self.servers_allowed, list("mcp", "allowed"));
        let servers = root.get("mcpServers").into_iter().flat_map(Node::live_entries);
        for entry in servers {
            let name = entry.key.text.to_string();
            let origin = origin(&entry.value, Pointer::root().key("mcpServers").key(&name));
            let trusted = is_true(entry.value.get("trust"));
            self.servers.retain(|((known, _), _)| *known != name);
            self.servers.push(((name, origin), trusted));
        }
        let switch =
            |group: &str, key: &str| is_true(root.get(group).and_then(|node| node.get(key)));
        self.allows_in_headless |= switch("mcp", "autoAllowInHeadless");
        self.disables_always_allow |= switch("security", "disableAlwaysAllow");
        defects
    }

    /// The servers, each with what the names of its tools begin with.
    pub(super) fn server_tools(&self) -> Vec<(String, String)> {
        let start = |server: &str| {
            let whole = SERVER_TOOLS.name(server, "");
            let twice = format!("{0}{0}", SERVER_TOOLS.before);
            // What begins so already is not begun so again.
            match whole.strip_prefix(&twice) {
                Some(rest) => format!("{}{rest}", SERVER_TOOLS.before),
                None => whole,
            }
        };
        self.servers.iter().map(|((server, _), _)| (server.clone(), start(server))).collect()
    }

    /// Adds the rules of the settings behind those of the files.
    pub(super) fn rules(&self, list: &mut List) {
        let loose = Some(LOOSE.map(Into::into).to_vec());
        let mut add = |written: Written, ruling, rank, origin: &Origin| {
            let (ruling, origin) = (Some(ruling), Some(origin.clone()));
            list.add(&Written { ruling, priority: rank, origin, ..written });
        };
        for (server, origin) in &self.servers_excluded {
            add(of_server(server), Ruling::Deny, SERVER_EXCLUDED, origin);
        }
        for (tool, origin) in &self.excluded {
            let written = Written { tools: vec![tool.clone()], ..Written::default() };
            add(written, Ruling::Deny, EXCLUDED, origin);
        }
        for (tool, origin) in &self.confirmed {
            add(of_entry(tool, &SHELL_ALIASES), Ruling::Ask, CONFIRMED, origin);
        }
        for (tool, origin) in &self.allowed {
            let written = of_entry(tool, &SHELL_ALIASES);
            if matches!(written.patterns, Patterns::Prefixes(_)) {
                add(of_entry(SHELL, &[]), Ruling::Deny, OTHER_COMMANDS, origin);
            }
            add(written, Ruling::Allow, ALLOWED, origin);
        }
        for (tool, origin) in self.core.iter().flatten() {
            let written = Written { modes: loose.clone(), ..of_entry(tool, &SHELL_ALIASES) };
            add(written, Ruling::Allow, CORE, origin);
        }
        if let Some((_, origin)) = self.core.iter().flatten().next() {
            let written = Written { modes: loose.clone(), ..of_entry("*", &[]) };
            add(written, Ruling::Deny, NOT_CORE, origin);
        }
        for ((server, origin), _) in self.servers.iter().filter(|(_, trusted)| *trusted) {
            let written = Written { modes: loose.clone(), ..of_server(server) };
            add(written, Ruling::Allow, SERVER_TRUSTED, origin);
        }
        for (server, origin) in &self.servers_allowed {
            let written = Written { modes: loose.clone(), ..of_server(server) };
            add(written, Ruling::Allow, SERVER_ALLOWED, origin);
        }
        for ((server, origin), _) in self.servers.iter().filter(|_| self.allows_in_headless) {
            let modes = loose.clone();
            let written = Written { modes, interactive: Some(false), ..of_server(server) };
            add(written, Ruling::Allow, SERVER_ALLOWED, origin);
        }
    }
}

/// A rule about the tools of a server.
fn of_server(server: &str) -> Written {
    Written { tools: vec!["*".to_owned()], server: Some(server.to_owned()), ..Written::default() }
}

fn is_true(node: Option<&Node>) -> bool {
    node.and_then(Node::scalar).is_some_and(|scalar| scalar.kind == ScalarKind::True)
}
