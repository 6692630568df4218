//! What one TOML file says, and what is wrong with it.

use std::sync::Arc;

use serde_json::Value;

use super::fields::wrong_type;
use super::rule_fields::{CHECKER_FIELDS, REQUIRED, RULE_FIELDS, is_rule_field, meant};
use super::rules::is_taken;
use super::written::{CheckerName, Patterns, SHELL, TomlPolicy, Written, line_of};
use crate::policy::defect::{Defect, DefectKind, Location};
use crate::policy::permissions::{Origin, Ruling};
use crate::source::{
    Document, Kind, Node, Place, Pointer, Problem, ProblemKind, ScalarKind, Span, ViolationKind,
    nearest, slip,
};

const MODES: [&str; 4] = ["default", "autoEdit", "yolo", "plan"];

const DECISIONS: [(&str, Ruling); 3] =
    [("allow", Ruling::Allow), ("deny", Ruling::Deny), ("ask_user", Ruling::Ask)];

/// The priorities that there are.
const MAX_PRIORITY: f64 = 999.0;

impl TomlPolicy {
    /// Reads a file. One that is wrong in any part says nothing.
    pub(super) fn read(document: &Document) -> (TomlPolicy, Vec<Defect>) {
        let text = |problem: &Problem| Defect {
            kind: DefectKind::Text(problem.kind.clone()),
            location: Location::Bytes(problem.span.range()),
            related: None,
            refused: true,
        };
        let fatal = document.problems.iter().filter(|problem| problem.kind.is_fatal());
        let mut defects: Vec<Defect> = fatal.map(text).collect();
        if document.text.starts_with('\u{feff}') {
            let message = "a byte order mark stands here, which the program's reader refuses";
            let kind = ProblemKind::Syntax { message: message.to_owned() };
            defects.push(text(&Problem::new(kind, Span::new(0, 3))));
        }
        let (Some(root), true) = (&document.root, defects.is_empty()) else {
            return (TomlPolicy::default(), defects);
        };
        TomlPolicy::of_tree(root, &document.name, &line_of(document))
    }

    /// Reads the tree of a file, given the lines of its bytes.
    pub(super) fn of_tree(
        root: &Node,
        name: &str,
        line_of: &dyn Fn(usize) -> usize,
    ) -> (TomlPolicy, Vec<Defect>) {
        let mut reader = Reader { name: name.into(), line_of, defects: Vec::new() };
        let mut policy = reader.policy(root);
        if reader.defects.iter().any(|defect| defect.refused) {
            policy = TomlPolicy::default();
        }
        // What the program checks once every file is read.
        let is_empty = |written: &Written| {
            [&written.server, &written.caller].into_iter().any(|name| name.as_deref() == Some(""))
                || written.tools.iter().any(String::is_empty)
        };
        policy.refuses_start = policy.rules.iter().any(is_empty);
        if policy.refuses_start {
            reader.refuse_empty_names(root);
        }
        (policy, reader.defects)
    }
}

struct Reader<'d> {
    name: Arc<str>,
    line_of: &'d dyn Fn(usize) -> usize,
    defects: Vec<Defect>,
}

impl Reader<'_> {
    fn policy(&mut self, root: &Node) -> TomlPolicy {
        let top = Pointer::root();
        let mut policy = TomlPolicy::default();
        if !root.is_map() {
            self.refuse(&top, wrong_type("a table", root));
            return policy;
        }
        self.mixed(root, &top);
        for (entry, pointer) in entries(root, &top) {
            let list = &entry.value;
            match &*entry.key.text {
                "rule" => policy.rules = self.list(list, &pointer, Self::rule),
                "safety_checker" => policy.checkers = self.list(list, &pointer, Self::checker),
                unknown => self.unknown(unknown, pointer, &["rule", "safety_checker"]),
            }
        }
        policy
    }

    /// The program's reader takes no list whose values are of several types, wherever it stands.
    fn mixed(&mut self, node: &Node, pointer: &Pointer) {
        let mut types = node.elements().iter().map(type_of);
        let first = types.next();
        if types.any(|other| Some(other) != first) {
            self.refuse(pointer, wrong_type("a list of values of one type", node));
        }
        for (at, element) in node.elements().iter().enumerate() {
            self.mixed(element, &pointer.index(at));
        }
        for (entry, pointer) in entries(node, pointer) {
            self.mixed(&entry.value, &pointer);
        }
    }

    fn list<T>(
        &mut self,
        list: &Node,
        pointer: &Pointer,
        read: fn(&mut Self, &Node, &Pointer) -> Option<T>,
    ) -> Vec<T> {
        if !matches!(list.kind, Kind::Seq(_)) {
            self.refuse(pointer, wrong_type("a list of tables, each under `[[…]]`", list));
        }
        let mut found = Vec::new();
        for (at, element) in list.elements().iter().enumerate() {
            let pointer = pointer.index(at);
            match element.is_map() {
                true => found.extend(read(self, element, &pointer)),
                false => self.refuse(&pointer, wrong_type("a table", element)),
            }
        }
        found
    }

    fn rule(&mut self, node: &Node, pointer: &Pointer) -> Option<Written> {
        self.rule_fields(node, pointer);
        let mut written = self.common(node, pointer);
        written.ruling = self.decision(node, pointer);
        written.caller = self.text(node, pointer, "subagent");
        written.interactive = self.switch(node, pointer, "interactive");
        let redirects = ["allowRedirection", "allow_redirection"];
        written.redirects =
            redirects.map(|key| self.switch(node, pointer, key)).contains(&Some(true));
        for key in ["denyMessage", "deny_message"] {
            self.text(node, pointer, key);
        }
        Some(written)
    }

    fn checker(&mut self, node: &Node, pointer: &Pointer) -> Option<(Written, CheckerName)> {
        for (entry, pointer) in entries(node, pointer) {
            if !CHECKER_FIELDS.contains(&&*entry.key.text) {
                self.unknown(&entry.key.text, pointer, &CHECKER_FIELDS);
            }
        }
        let mut written = self.common(node, pointer);
        if node.get("toolName").is_none() {
            written.tools = vec!["*".to_owned()];
        }
        let pointer = pointer.key("checker");
        let text = |key: &str| node.get("checker")?.get(key)?.as_str();
        let name = match (text("type"), text("name")) {
            (Some("in-process"), Some("allowed-path")) => CheckerName::AllowedPath,
            (Some("in-process"), Some("conseca")) => CheckerName::Conseca,
            (Some("external"), Some(_)) => CheckerName::External,
            _ => {
                let expected = "a checker: `type` is `in-process` and `name` one of `allowed-path` and \
                                `conseca`, or `type` is `external`";
                let found = node.get("checker").map_or("none", Node::type_name).to_owned();
                self.refuse(
                    &pointer,
                    ViolationKind::WrongType { expected: expected.to_owned(), found },
                );
                return None;
            }
        };
        Some((written, name))
    }

    /// What rules and checkers have alike.
    fn common(&mut self, node: &Node, pointer: &Pointer) -> Written {
        let line = u32::try_from((self.line_of)(node.span.start())).unwrap_or(u32::MAX);
        let patterns = self.patterns(node, pointer);
        Written {
            tools: self.texts(node, pointer, "toolName").unwrap_or_default(),
            server: self.text(node, pointer, "mcpName"),
            priority: self.priority(node, pointer),
            patterns,
            modes: self.modes(node, pointer),
            annotations: self.annotations(node, pointer),
            origin: Some(Origin { file: Some(self.name.clone()), line, pointer: pointer.clone() }),
            ..Written::default()
        }
    }

    fn patterns(&mut self, node: &Node, pointer: &Pointer) -> Patterns {
        let prefixes = self.texts(node, pointer, "commandPrefix");
        let command = self.text(node, pointer, "commandRegex");
        let arguments = self.text(node, pointer, "argsPattern");
        let is_for_shell = node.get("toolName").and_then(Node::as_str) == Some(SHELL);
        let of_commands = prefixes.is_some() || command.is_some();
        if of_commands
            && node.get("toolName").is_some()
            && (!is_for_shell || arguments.is_some() || prefixes.is_some() && command.is_some())
        {
            let message = format!(
                "patterns of commands stand alone, with `toolName = \"{SHELL}\"`: the program reports this, and \
                 keeps the rule all the same"
            );
            let place = Place::start(pointer.clone());
            let kind = DefectKind::Shape(ViolationKind::Other { message });
            self.defects.push(Defect::accepted(kind, place));
        }
        // An empty text is as good as none, a list with one in it is not.
        let prefixes =
            prefixes.filter(|_| node.get("commandPrefix").and_then(Node::as_str) != Some(""));
        let is_some = |text: &String| !text.is_empty();
        let patterns = match (prefixes, command.filter(is_some), arguments.filter(is_some)) {
            (Some(prefixes), ..) => Patterns::Prefixes(prefixes),
            (_, Some(command), _) => Patterns::Command(command),
            (_, _, Some(arguments)) => Patterns::Arguments(arguments),
            _ => Patterns::None,
        };
        if !is_taken(&patterns) {
            let message = "the program drops this rule, as it does not take the pattern: a regular \
                           expression of JavaScript without flags, of at most 2048 characters, in which \
                           no group that repeats something is repeated itself";
            let kind = ViolationKind::Other { message: message.to_owned() };
            let place = Place::start(pointer.clone());
            self.defects.push(Defect::accepted(DefectKind::Shape(kind), place));
        }
        patterns
    }

    fn decision(&mut self, node: &Node, pointer: &Pointer) -> Option<Ruling> {
        let value = node.get("decision")?;
        let found = DECISIONS.into_iter().find(|(name, _)| value.as_str() == Some(name));
        if found.is_none() {
            self.not_allowed(
                value,
                pointer.key("decision"),
                DECISIONS.map(|(name, _)| name).as_slice(),
            );
        }
        found.map(|(_, ruling)| ruling)
    }

    fn priority(&mut self, node: &Node, pointer: &Pointer) -> i32 {
        let Some(value) = node.get("priority") else { return 0 };
        let number = value.scalar().filter(|scalar| scalar.kind == ScalarKind::Number);
        let number = number.and_then(|scalar| scalar.text.replace('_', "").parse::<f64>().ok());
        match number {
            Some(number) if number.fract() == 0.0 && (0.0..=MAX_PRIORITY).contains(&number) => {
                number as i32
            }
            _ => {
                let found =
                    value.scalar().map_or(value.describe(), |scalar| scalar.text.to_string());
                let expected = format!("a whole number from 0 to {MAX_PRIORITY}");
                self.refuse(&pointer.key("priority"), ViolationKind::WrongType { expected, found });
                0
            }
        }
    }

    fn modes(&mut self, node: &Node, pointer: &Pointer) -> Option<Vec<Box<str>>> {
        let value = node.get("modes")?;
        let pointer = pointer.key("modes");
        if !matches!(value.kind, Kind::Seq(_)) {
            self.refuse(&pointer, wrong_type("a list", value));
        }
        let mut modes = Vec::new();
        for (at, mode) in value.elements().iter().enumerate() {
            match mode.as_str().filter(|mode| MODES.contains(mode)) {
                Some(mode) => modes.push(mode.into()),
                None => self.not_allowed(mode, pointer.index(at), &MODES),
            }
        }
        (!modes.is_empty()).then_some(modes)
    }

    fn annotations(&mut self, node: &Node, pointer: &Pointer) -> Vec<(Box<str>, Value)> {
        let Some(value) = node.get("toolAnnotations") else { return Vec::new() };
        if !value.is_map() {
            self.refuse(&pointer.key("toolAnnotations"), wrong_type("a table", value));
        }
        let entries = value.entries().iter();
        entries.map(|entry| ((&*entry.key.text).into(), entry.value.to_json())).collect()
    }

    fn text(&mut self, node: &Node, pointer: &Pointer, key: &str) -> Option<String> {
        let value = node.get(key)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.refuse(&pointer.key(key), wrong_type("a string", value));
        }
        text
    }

    fn switch(&mut self, node: &Node, pointer: &Pointer, key: &str) -> Option<bool> {
        let value = node.get(key)?;
        match value.scalar().map(|scalar| scalar.kind) {
            Some(ScalarKind::True) => Some(true),
            Some(ScalarKind::False) => Some(false),
            _ => {
                self.refuse(&pointer.key(key), wrong_type("true or false", value));
                None
            }
        }
    }

    /// A string or a list of strings.
    fn texts(&mut self, node: &Node, pointer: &Pointer, key: &str) -> Option<Vec<String>> {
        let value = node.get(key)?;
        if let Some(text) = value.as_str() {
            return Some(vec![text.to_owned()]);
        }
        let texts = value.elements().iter().map(|text| text.as_str().map(str::to_owned));
        let texts: Option<Vec<String>> = texts.collect();
        if texts.is_none() || !matches!(value.kind, Kind::Seq(_)) {
            self.refuse(&pointer.key(key), wrong_type("a string or a list of strings", value));
        }
        texts
    }

    /// The fields of a rule that are none, and those that are missing. One that is written as another is told as
    /// that alone, and what else stands in a rule that has not what it needs, not at all.
    fn rule_fields(&mut self, node: &Node, pointer: &Pointer) {
        let unknown = entries(node, pointer).filter(|(entry, _)| !is_rule_field(&entry.key.text));
        let unknown: Vec<_> =
            unknown.map(|(entry, place)| (meant(node, &entry.key.text), entry, place)).collect();
        let stands_for = |field: &str| unknown.iter().any(|(meant, ..)| *meant == Some(field));
        let is_missing = |field: &&str| node.get(field).is_none() && !stands_for(field);
        let missing: Vec<&str> = REQUIRED.into_iter().filter(is_missing).collect();
        for field in &missing {
            let kind = ViolationKind::MissingField { field: (*field).to_owned() };
            self.refuse(pointer, kind);
        }
        for (nearest, entry, place) in unknown {
            if nearest.is_some() || missing.is_empty() {
                let refused = nearest.is_some_and(|nearest| REQUIRED.contains(&nearest));
                self.passed_over((&entry.key.text, place), &RULE_FIELDS, nearest, refused);
            }
        }
    }

    /// A field that the program does not look at.
    fn unknown(&mut self, field: &str, place: Pointer, fields: &[&'static str]) {
        let nearest = slip(field, fields.iter().copied());
        self.passed_over((field, place), fields, nearest, false);
    }

    fn passed_over(
        &mut self,
        (field, place): (&str, Pointer),
        allowed: &[&str],
        nearest: Option<&str>,
        refused: bool,
    ) {
        let kind = ViolationKind::UnknownField {
            field: field.to_owned(),
            allowed: allowed.iter().map(|field| (*field).to_owned()).collect(),
            nearest: nearest.map(str::to_owned),
        };
        let defect = Defect::accepted(DefectKind::Shape(kind), Place::key(place));
        self.defects.push(Defect { refused, ..defect });
    }

    fn not_allowed(&mut self, value: &Node, pointer: Pointer, allowed: &[&str]) {
        let word = value.as_str().unwrap_or_default();
        let kind = ViolationKind::NotAllowed {
            found: value.as_str().map_or_else(|| value.describe(), |word| format!("`{word}`")),
            allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
            nearest: nearest(word, allowed.iter().copied()).map(str::to_owned),
        };
        self.refuse(&pointer, kind);
    }

    /// Names that are empty, with which the program does not start.
    fn refuse_empty_names(&mut self, root: &Node) {
        let rules = root.get("rule").map_or(&[][..], Node::elements);
        for (at, rule) in rules.iter().enumerate() {
            for key in ["toolName", "mcpName", "subagent"] {
                let Some(value) = rule.get(key) else { continue };
                let is_empty = |node: &Node| node.as_str() == Some("");
                if is_empty(value) || value.elements().iter().any(is_empty) {
                    let pointer = Pointer::root().key("rule").index(at).key(key);
                    self.refuse(&pointer, ViolationKind::EmptyText);
                }
            }
        }
    }

    fn refuse(&mut self, pointer: &Pointer, kind: ViolationKind) {
        let place = Place::value(pointer.clone());
        self.defects.push(Defect::refused(DefectKind::Shape(kind), place));
    }
}

/// The entries of an object with their places.
fn entries<'n>(
    node: &'n Node,
    pointer: &Pointer,
) -> impl Iterator<Item = (&'n crate::source::Entry, Pointer)> + use<'n> {
    let pointer = pointer.clone();
    node.entries().iter().map(move |entry| (entry, pointer.key(&entry.key.text)))
}

/// The type of a value as the program's reader tells it.
fn type_of(node: &Node) -> &'static str {
    let is_float = |text: &str| text.contains(['.', 'e', 'E', 'n']);
    match node.scalar() {
        Some(scalar) if scalar.kind == ScalarKind::Number && is_float(&scalar.text) => "a float",
        _ => node.type_name(),
    }
}
