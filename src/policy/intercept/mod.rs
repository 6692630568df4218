//! The YAML document of PolicyLayer/Intercept (Apache-2.0), read as Intercept itself reads it.
//!
//! What Intercept accepts in silence is accepted here too; that it may be a mistake is for the
//! linter to say.

mod condition;
mod rate_limit;
mod rule;
mod rule_text;
mod scalar;
mod unread;

use std::collections::{HashMap, HashSet};

use self::rule_text::{RuleText, declared_counters, text_of};
use super::defect::value as at_value;
use super::foreign;
use super::legacy::{Holder, Legacy, bare_limit, choice_of_limit, instead_of_limit, is_bare_limit};
use super::model::*;
use super::pattern::Patterns;
use super::window::Window;
use super::{Defect, DefectKind, Location};
use crate::policy::dialect::{Dialect, InterceptVersion};
use crate::source::{Node, Place, Pointer, Schema, Violation, ViolationKind};

static SCHEMA: Schema = Schema::new(include_str!("../../../schemas/policy-intercept.schema.json"));

/// The tool name under which rules for all listed tools stand.
const ALL_TOOLS: &str = "*";

/// What counters of all listed tools are kept under.
const GLOBAL: &str = "_global";

/// Reads a policy. Rules that cannot be read are left out and marked by [`Rules::gaps`];
/// why stands in the defects.
pub(super) fn read(root: &Node, version: InterceptVersion) -> (Policy, Vec<Defect>) {
    let (defects, declared) = (shape_defects(root, version), declared_counters(root));
    let mut reader = Reader { defects, declared, version, patterns: Patterns::default() };
    let policy = reader.policy(root);
    (policy, reader.defects)
}

/// What the schema finds. Unknown fields are accepted by Intercept, everything else is refused.
fn shape_defects(root: &Node, version: InterceptVersion) -> Vec<Defect> {
    // With the types that Intercept's YAML library gives; NaN and infinities become null there.
    let found = SCHEMA.violations_as(root, |scalar| scalar::scalar_value(scalar).to_json());
    found
        .into_iter()
        .filter_map(|violation| refine(root, violation))
        .chain(newer_fields(root).filter(|_| version == InterceptVersion::V1_1))
        .collect()
}

/// The fields that newer versions read and 1.1 passes over.
fn newer_fields(root: &Node) -> impl Iterator<Item = Defect> {
    let unread = |pointer: Pointer, field: &'static str| {
        let kind = DefectKind::NewerField { field: field.to_owned(), newer: "intercept@latest" };
        Defect::accepted(kind, Place::key(pointer.key(field)))
    };
    let tools = root.get("tools").map(Node::entries).unwrap_or_default();
    let rules = tools.iter().flat_map(|tool| {
        let pointer = Pointer::root().key("tools").key(&tool.key.text).key("rules");
        let rules = tool.value.get("rules").map(Node::elements).unwrap_or_default();
        rules.iter().enumerate().map(move |(index, rule)| (pointer.index(index), rule))
    });
    let in_rules = rules.flat_map(move |(pointer, rule)| {
        let there = |field: &&str| rule.get(field).is_some();
        let found: Vec<_> = ["approval_timeout", "spend"].into_iter().filter(there).collect();
        found.into_iter().map(move |field| unread(pointer.clone(), field))
    });
    let top = root.get("approvals").map(|_| unread(Pointer::root(), "approvals"));
    top.into_iter().chain(in_rules)
}

fn refine(root: &Node, violation: Violation) -> Option<Defect> {
    let Violation { kind, place } = violation;
    let tokens: Vec<_> = place.pointer.tokens().collect();
    let up = |levels: usize| tokens.len().checked_sub(levels).map_or("", |at| &*tokens[at]);
    let text = || root.at(&place.pointer).and_then(scalar::text);
    let found = || text().map_or("nothing".into(), |text| format!("`{text}`"));
    let kind = match kind {
        unknown @ ViolationKind::UnknownField { .. } => {
            // The usual places for anchors, which Intercept ignores as it is meant to.
            if tokens.first().is_some_and(|token| &**token == "approvals") {
                return Some(Defect::accepted(
                    DefectKind::UnsureField { field: up(1).to_owned() },
                    place,
                ));
            }
            let is_anchor_holder =
                tokens.len() == 1 && (up(1).starts_with('.') || up(1).starts_with("x-"));
            // A condition without its wrapper is one fault, which the rule is refused for.
            let of_condition = matches!(up(1), "path" | "op" | "value") && up(3) == "rules";
            let rule = || root.at(&place.pointer.parent()).map(RuleText::of);
            if is_anchor_holder
                || of_condition && rule().is_some_and(|rule| rule.evaluates_nothing())
            {
                return None;
            }
            // The fields of a condition or a counter are others.
            let kind = (tokens.len() < 6).then(|| legacy(root, &place)).flatten();
            // A rule that has nothing but an unread limit evaluates nothing, which is refused.
            let is_all = kind.is_some() && matches!(up(1), "max" | "window");
            let unread = || unread::unread(root, &place.pointer);
            let found = kind.map(|kind| (kind, is_all)).or_else(unread);
            let (kind, is_all) = found.unwrap_or((DefectKind::Shape(unknown), false));
            let defect = if is_all { Defect::refused } else { Defect::accepted };
            return Some(defect(kind, place));
        }
        ViolationKind::WrongType { .. } if (up(3), up(1)) == ("rules", "rate_limit") => {
            legacy(root, &place)?
        }
        ViolationKind::NotAllowed { .. } if (up(2), up(1)) == ("state", "window") => {
            let meant = text().and_then(|text| Window::meant(&text));
            let nearest = meant.map(|window| window.name().to_owned());
            DefectKind::UnknownWindow { found: found(), nearest }
        }
        ViolationKind::NotAllowed { nearest, allowed, .. }
            if (up(3), up(1)) == ("conditions", "op") =>
        {
            let nearest = text().and_then(|text| foreign::meant(&text, nearest));
            DefectKind::UnknownOperator { found: found(), nearest, allowed }
        }
        kind => DefectKind::Shape(kind),
    };
    Some(Defect::refused(kind, place))
}

/// A field as older pages describe it.
fn legacy(root: &Node, place: &Place) -> Option<DefectKind> {
    let field = place.pointer.last()?.into_owned();
    let (dialect, value) = (Dialect::INTERCEPT, root.at(&place.pointer)?);
    let rule = root.at(&place.pointer.parent()).filter(|rule| is_bare_limit(rule));
    let instead = match (&*field, rule) {
        ("max" | "window", Some(rule)) => match bare_limit(rule) {
            Some(limit) => instead_of_limit(dialect, Holder::Entry, limit),
            None => choice_of_limit(dialect, rule),
        },
        _ => Legacy::of(&field)?.instead(dialect, &place.pointer, value),
    };
    Some(DefectKind::LegacyField { field, dialect, instead })
}

struct Reader {
    defects: Vec<Defect>,
    declared: HashMap<String, HashSet<String>>,
    version: InterceptVersion,
    patterns: Patterns,
}

impl Reader {
    /// Whether the document is read as a version after 1.1 reads it.
    fn is_newer(&self) -> bool {
        self.version != InterceptVersion::V1_1
    }

    fn policy(&mut self, root: &Node) -> Policy {
        self.version(root);
        let tools = root.get("tools").into_iter().flat_map(Node::live_entries);
        let pointer = Pointer::root().key("tools");
        let mut policy = Policy {
            dialect: Dialect::Intercept(self.version),
            default: match text_of(root, "default").as_str() {
                "" => Default::AllowUnwritten,
                "allow" => Default::Allow,
                // What is none of these is refused; nothing else is to rest on it.
                _ => Default::Deny,
            },
            hide: self.hidden(root),
            tools: Vec::new(),
            all_tools: Rules::default(),
            semantics: Semantics {
                equality: Equality::Printed,
                unreadable: Unreadable::Forwarded,
                charging: Charging::OneByOne,
                refunds_tool_errors: self.is_newer(),
            },
            permissions: None,
        };
        for entry in tools {
            let name = entry.key.text.to_string();
            let pointer = pointer.key(&name);
            self.duplicate_counters(&name, &entry.value, &pointer);
            let mut rules = self.rules(&name, &entry.value, &pointer);
            if name == ALL_TOOLS {
                policy.all_tools = rules.clone();
                // A call of a tool that is itself called "*" is asked these rules once; its
                // reservations are collected a second time under the name "*", where limits on
                // `state._global` are not found.
                rules.checks.clear();
                for limit in &mut rules.limits {
                    self.rename_scope(limit, &entry.value);
                }
            }
            policy.tools.push(ToolPolicy { name, pointer, rules });
        }
        if Legacy::is_in(root) {
            policy.all_tools.gaps = Gaps::ALL;
        }
        policy
    }

    fn version(&mut self, root: &Node) {
        let version = text_of(root, "version");
        if version == "1" {
            return;
        }
        let defect = match root.get("version") {
            None => {
                let kind = ViolationKind::MissingField { field: "version".to_owned() };
                Defect::refused(DefectKind::Shape(kind), Place::start(Pointer::root()))
            }
            Some(_) => Defect::refused(
                DefectKind::UnsupportedVersion { found: format!("`{version}`") },
                Place::value(Pointer::root().key("version")),
            ),
        };
        self.defects.push(defect);
    }

    fn hidden(&mut self, root: &Node) -> Vec<Hidden> {
        let pointer = Pointer::root().key("hide");
        let mut seen: HashMap<String, Pointer> = HashMap::new();
        let mut hidden = Vec::new();
        let entries = root.get("hide").map(Node::elements).unwrap_or_default();
        for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.is_null()) {
            let Some(name) = scalar::text(entry) else { continue };
            let pointer = pointer.index(index);
            if name.trim().is_empty() {
                let kind = DefectKind::InvalidHide { duplicate: None };
                self.defects.push(Defect::refused(kind, at_value(&pointer)));
            } else if let Some(first) = seen.get(&name) {
                let kind = DefectKind::InvalidHide { duplicate: Some(name) };
                let related = Some((Location::Place(at_value(first)), "it stands here first"));
                self.defects.push(Defect { related, ..Defect::refused(kind, at_value(&pointer)) });
            } else {
                seen.insert(name.clone(), pointer.clone());
                hidden.push(Hidden { name, pointer });
            }
        }
        hidden
    }

    fn duplicate_counters(&mut self, tool: &str, node: &Node, pointer: &Pointer) {
        let pointer = pointer.key("rules");
        let mut first: HashMap<String, Pointer> = HashMap::new();
        let rules = node.get("rules").map(Node::elements).unwrap_or_default();
        for (index, rule) in rules.iter().enumerate() {
            let Some((counter, field)) = RuleText::of(rule).counter() else { continue };
            let mut at = pointer.index(index).key(field);
            if field == "state"
                && rule.get("state").is_some_and(|state| state.get("counter").is_some())
            {
                at = at.key("counter");
            }
            if let Some(earlier) = first.get(&counter) {
                let kind = DefectKind::DuplicateCounter { counter, owner: format!("`{tool}`") };
                let related = Some((Location::Place(at_value(earlier)), "it stands here first"));
                self.defects.push(Defect { related, ..Defect::refused(kind, at_value(&at)) });
            } else {
                first.insert(counter, at);
            }
        }
    }
}
