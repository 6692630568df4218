//! What one file says of permissions, and what is wrong with it.

use std::sync::Arc;

use super::block::{Block, Value};
use super::fields::TOP;
use super::layers::Kind;
use crate::policy::defect::{Defect, DefectKind, Location};
use crate::policy::other_settings::{OtherSetting, other_settings};
use crate::policy::permissions::{Origin, Ruling};
use crate::source::{
    Document, LineTable, Node, Place, Pointer, Problem, ProblemKind, ScalarKind, ViolationKind,
    nearest,
};

/// What one file says of permissions.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) default_agent: Option<Box<str>>,
    pub(super) tools: Block,
    pub(super) permission: Block,
    pub(super) agents: Vec<(String, Block)>,
    /// Agents under the old name for them.
    pub(super) modes: Vec<(String, Block)>,
    pub(super) others: Vec<OtherSetting>,
}

/// The settings that no rule stands for.
const OTHERS: [&str; 6] = ["agent.*.disable", "experimental", "mcp", "plugin", "plugins", "shell"];

/// The permissions of the next version, which this one refuses at the top and in agents. Measured with
/// opencode-ai 1.18.33.
const FOREIGN: &str = "permissions";

/// The permissions that take a word alone.
const WORD_ONLY: [&str; 5] = ["todowrite", "question", "webfetch", "websearch", "doom_loop"];

/// The tools that change files, which all go by one permission; the last one not where it is switched for
/// one agent.
const EDITORS: [&str; 4] = ["write", "edit", "patch", "multiedit"];

impl Config {
    /// Reads a file.
    pub(super) fn read(document: &Document, kind: &Kind) -> (Config, Vec<Defect>) {
        // A file without a byte is passed over, one without a value is not.
        let is_nothing = match kind {
            Kind::Config | Kind::Permission => document.text.is_empty(),
            Kind::Agent(_) | Kind::Mode(_) => true,
        };
        let counts = |problem: &&Problem| {
            let is_double = matches!(problem.kind, ProblemKind::DuplicateKey { .. });
            is_double
                || problem.kind.is_fatal() && !(is_nothing && problem.kind == ProblemKind::Empty)
        };
        let defects: Vec<Defect> =
            document.problems.iter().filter(counts).map(text_defect).collect();
        let is_readable = !defects.iter().any(|defect| defect.refused);
        let (Some(root), true) = (&document.root, is_readable) else {
            return (Config::default(), defects);
        };
        let lines = LineTable::new(&document.text);
        let line = |at: usize| lines.line_of(at.min(document.text.len())) + 1;
        let (config, more) = Config::of_tree(root, kind, &document.name, &line);
        (config, defects.into_iter().chain(more).collect())
    }

    /// Reads the tree of a file, given the lines of its bytes.
    pub(super) fn of_tree(
        root: &Node,
        kind: &Kind,
        name: &str,
        line_of: &dyn Fn(usize) -> usize,
    ) -> (Config, Vec<Defect>) {
        let mut reader = Reader { name: name.into(), line_of, defects: Vec::new() };
        let mut config = Config::default();
        match kind {
            Kind::Config => {
                config.others = other_settings(root, &OTHERS);
                reader.config(root, &mut config);
            }
            Kind::Permission => config.permission = reader.permission(root, &Pointer::root()),
            Kind::Agent(name) | Kind::Mode(name) => {
                let named = root.get("name").and_then(Node::as_str).unwrap_or(name).to_owned();
                config.agents.push((named, reader.agent(root, &Pointer::root())));
            }
        }
        (config, reader.defects)
    }
}

/// What is wrong with the text. Comments and commas too many are not, and of two equal keys the later
/// counts.
fn text_defect(problem: &Problem) -> Defect {
    Defect {
        kind: DefectKind::Text(problem.kind.clone()),
        location: Location::Bytes(problem.span.range()),
        related: problem
            .related
            .map(|span| (Location::Bytes(span.range()), "it stands here first")),
        refused: problem.kind.is_fatal(),
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
            return self.refuse(&top, wrong_type("an object", root));
        }
        for entry in root.live_entries() {
            let (key, value, pointer) = (&*entry.key.text, &entry.value, top.key(&entry.key.text));
            match key {
                "permission" => config.permission = self.permission(value, &pointer),
                "tools" => config.tools = self.tools(value, &pointer, &EDITORS),
                "agent" => config.agents = self.agents(value, &pointer),
                "mode" => config.modes = self.agents(value, &pointer),
                "agents" => self.no_foreign(value, &pointer),
                FOREIGN => self.foreign(pointer),
                "default_agent" => config.default_agent = value.as_str().map(Into::into),
                known if TOP.contains(&known) => {}
                unknown => self.unknown(unknown, pointer),
            }
        }
    }

    fn agents(&mut self, agents: &Node, pointer: &Pointer) -> Vec<(String, Block)> {
        if !agents.is_map() {
            self.refuse(pointer, wrong_type("an object", agents));
        }
        self.no_foreign(agents, pointer);
        let mut agent = |name: &str, agent: &Node| {
            let pointer = pointer.key(name);
            if !agent.is_map() {
                self.refuse(&pointer, wrong_type("an object", agent));
            }
            (name.to_owned(), self.agent(agent, &pointer))
        };
        agents.live_entries().map(|entry| agent(&entry.key.text, &entry.value)).collect()
    }

    /// What an agent is given: switches of tools stand before permissions.
    fn agent(&mut self, agent: &Node, pointer: &Pointer) -> Block {
        let mut block = match agent.get("tools") {
            Some(tools) => self.tools(tools, &pointer.key("tools"), &EDITORS[..3]),
            None => Block::default(),
        };
        if let Some(permission) = agent.get("permission") {
            block.merge(self.permission(permission, &pointer.key("permission")));
        }
        block
    }

    fn tools(&mut self, tools: &Node, pointer: &Pointer, editors: &[&str]) -> Block {
        let mut block = Block::default();
        if !tools.is_map() {
            self.refuse(pointer, wrong_type("an object", tools));
        }
        for entry in tools.entries() {
            let (tool, pointer) = (&*entry.key.text, pointer.key(&entry.key.text));
            let ruling = match entry.value.scalar().map(|scalar| scalar.kind) {
                Some(ScalarKind::True) => Ruling::Allow,
                Some(ScalarKind::False) => Ruling::Deny,
                _ => {
                    self.refuse(&pointer, wrong_type("true or false", &entry.value));
                    continue;
                }
            };
            let name = if editors.contains(&tool) { "edit" } else { tool };
            block.set(name, Value::Word(ruling, self.origin(&entry.value, pointer)));
        }
        block
    }

    /// What stands under `permission`: a word alone is that of all names.
    fn permission(&mut self, permission: &Node, pointer: &Pointer) -> Block {
        let mut block = Block::default();
        if !permission.is_map() {
            if let Some(word) = self.word(permission, pointer) {
                block.set("*", word);
            }
            return block;
        }
        for entry in permission.entries() {
            let (name, pointer) = (&*entry.key.text, pointer.key(&entry.key.text));
            let value = match entry.value.is_map() && !WORD_ONLY.contains(&name) {
                true => Some(Value::Object(self.patterns(&entry.value, &pointer))),
                false => self.word(&entry.value, &pointer),
            };
            if let Some(value) = value {
                block.set(name, value);
            }
        }
        block
    }

    fn patterns(&mut self, object: &Node, pointer: &Pointer) -> Block {
        let mut block = Block::default();
        for entry in object.entries() {
            let pattern = &*entry.key.text;
            if let Some(word) = self.word(&entry.value, &pointer.key(pattern)) {
                block.set(pattern, word);
            }
        }
        block
    }

    fn word(&mut self, value: &Node, pointer: &Pointer) -> Option<Value> {
        let found = value.as_str();
        let ruling = Ruling::ALL.into_iter().find(|ruling| Some(ruling.name()) == found);
        match (ruling, found) {
            (Some(ruling), _) => Some(Value::Word(ruling, self.origin(value, pointer.clone()))),
            (None, found) => {
                let allowed = Ruling::ALL.map(Ruling::name);
                let kind = match found {
                    Some(word) => ViolationKind::NotAllowed {
                        found: format!("`{word}`"),
                        allowed: allowed.map(str::to_owned).to_vec(),
                        nearest: nearest(word, allowed).map(str::to_owned),
                    },
                    None => wrong_type("`allow`, `ask` or `deny`", value),
                };
                self.refuse(pointer, kind);
                None
            }
        }
    }

    fn origin(&self, value: &Node, pointer: Pointer) -> Origin {
        let line = u32::try_from((self.line_of)(value.span.start())).unwrap_or(u32::MAX);
        Origin { file: Some(self.name.clone()), line, pointer }
    }

    /// Agents may not have permissions of the next version.
    fn no_foreign(&mut self, agents: &Node, pointer: &Pointer) {
        for agent in agents.live_entries().filter(|agent| agent.value.get(FOREIGN).is_some()) {
            self.foreign(pointer.key(&agent.key.text).key(FOREIGN));
        }
    }

    fn foreign(&mut self, pointer: Pointer) {
        let kind = DefectKind::Shape(unknown(FOREIGN));
        self.defects.push(Defect::refused(kind, Place::key(pointer)));
    }

    fn unknown(&mut self, field: &str, pointer: Pointer) {
        let kind = DefectKind::Shape(unknown(field));
        self.defects.push(Defect::accepted(kind, Place::key(pointer)));
    }

    fn refuse(&mut self, pointer: &Pointer, kind: ViolationKind) {
        let place = Place::value(pointer.clone());
        self.defects.push(Defect::refused(DefectKind::Shape(kind), place));
    }
}

fn unknown(field: &str) -> ViolationKind {
    ViolationKind::UnknownField {
        field: field.to_owned(),
        allowed: TOP.map(str::to_owned).to_vec(),
        nearest: nearest(field, TOP).map(str::to_owned),
    }
}

fn wrong_type(expected: &str, found: &Node) -> ViolationKind {
    let found = found.type_name().to_owned();
    ViolationKind::WrongType { expected: expected.to_owned(), found }
}
