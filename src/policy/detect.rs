//! Telling policies from other documents, and the dialects from each other.

mod agents;
mod broken;
mod signs;

use std::fmt;

use serde::Serialize;

use self::signs::{
    SAYINGS, has_tool_fields_only, is_about_tools, is_broken_rule, is_default, is_entry,
    is_lone_entry, is_program, is_tool, is_top_field, is_version_1, is_well_known_tool,
    may_be_tool,
};
use super::agent_file::AgentFile;
use super::dialect::{Agent, Dialect};
use crate::source::{Document, Format, Kind, Node, ProblemKind, slip};

/// The part of a policy that a document is, where it is no whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fragment {
    /// The inside of `tools`: tools by their names.
    Tools,
    /// The inside of one tool.
    Tool,
    /// One entry of a tool's rules.
    Entry,
}

impl Fragment {
    /// How it becomes a policy.
    pub fn help(self) -> &'static str {
        match self {
            Fragment::Tools => {
                "put it under `tools`, beside `\"version\": \"1\"` and `\"default\": \"deny\"`"
            }
            Fragment::Tool => {
                "put it under the tool's name in `tools`, beside `\"version\": \"1\"` and `\"default\": \"deny\"`"
            }
            Fragment::Entry => "put it into a list of rules of the tool that it is for",
        }
    }
}

impl fmt::Display for Fragment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Fragment::Tools => "it is a fragment of one, the inside of `tools`",
            Fragment::Tool => "it is a fragment of one, the inside of a tool",
            Fragment::Entry => "it is a fragment of one, an entry of a tool's rules",
        })
    }
}

/// What a document looks like when nobody said that it is a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appearance {
    /// A policy or a part of one, whole or broken: passing it over in silence would let it through
    /// a check.
    Policy,
    /// Something that has words of policies which other formats have as well.
    Alike(Likeness),
    /// Something else.
    Other,
}

/// What a document has of a policy though it may as well be something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It may be a part of one.
    Part(Fragment),
    /// It has fields that stand at the top of policies.
    TopFields,
    /// It has `tools` by their names, and says of them what policies do not say.
    OtherTools,
    /// A policy stands inside of it.
    Wrapped,
}

impl fmt::Display for Likeness {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Likeness::Part(Fragment::Tools) => "it may be the inside of a policy's `tools`",
            Likeness::Part(Fragment::Tool) => "it may be the rules of a tool",
            Likeness::Part(Fragment::Entry) => "it may be an entry of a tool's rules",
            Likeness::TopFields => "it has fields of a policy and no `tools`",
            Likeness::OtherTools => "it says of its `tools` what no policy says",
            Likeness::Wrapped => "a policy stands inside of it, where none is read",
        })
    }
}

/// What a document looks like, judged by what no other format has: words such as `action`,
/// `rate_limit`, `limits` and `default` are anybody's.
pub fn appearance(document: &Document) -> Appearance {
    if let Some(agent) = self::agent(document) {
        let says = agents::says_something(agent, document);
        return if says { Appearance::Policy } else { Appearance::Other };
    }
    // No gateway reads these.
    if matches!(document.format, Format::Toml | Format::Starlark) {
        return Appearance::Other;
    }
    let has_more = || {
        document.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::ExtraDocument))
    };
    let was_meant = || broken::was_meant(&document.text);
    let Some(root) = &document.root else {
        return if was_meant() { Appearance::Policy } else { Appearance::Other };
    };
    let is_one = is_surely_policy(root)
        || is_surely_fragment(root)
        || is_list_of_policies(root)
        || (root.scalar().is_some() || has_more()) && was_meant();
    match fragment(root) {
        _ if is_one => Appearance::Policy,
        _ if wraps_policy(root, DEPTH) => Appearance::Alike(Likeness::Wrapped),
        Some(fragment) => Appearance::Alike(Likeness::Part(fragment)),
        None if is_policy(root) => Appearance::Alike(Likeness::TopFields),
        None if has_other_tools(root) => Appearance::Alike(Likeness::OtherTools),
        None => Appearance::Other,
    }
}

/// The agent whose permission file a document is: by its place, or because it says so itself.
pub fn agent(document: &Document) -> Option<Agent> {
    let by_schema = || agents::by_schema(document.root.as_ref()?);
    agents::by_place(document).or_else(by_schema)
}

/// The dialect of a document that is not one of a gateway's policy: that of an agent, by what it says.
pub fn agent_dialect(document: &Document) -> Option<Dialect> {
    let is_policy = document.root.as_ref().is_some_and(is_policy);
    let by_signs = || agents::by_signs(document).filter(|_| !is_policy);
    agent(document).or_else(by_signs).map(Dialect::Agent)
}

/// A document in the notation that its dialect is written in, where its name announces none.
pub fn in_notation(document: Document, dialect: Option<Dialect>) -> Document {
    let is_named =
        AgentFile::of_name(&document.name).is_some() || Format::is_announced(&document.name);
    let format = agents::notation(&document.text, dialect).filter(|_| !is_named);
    match format.filter(|format| *format != document.format && document.problems_are_of_notation())
    {
        Some(format) => Document::read_in(document.name, document.text.into_bytes(), Some(format)),
        None => document,
    }
}

/// Whether a document is worth reading as a policy of a gateway when nobody said that it is one.
pub fn looks_like_policy(document: &Document) -> bool {
    agent(document).is_none() && appearance(document) == Appearance::Policy
}

/// Whether a document is a policy and can hardly be anything else: it has `tools` as policies
/// have them, or says of all tools what only policies say.
fn is_surely_policy(root: &Node) -> bool {
    if root.get("tools").is_some() {
        return is_policy(root);
    }
    let has = |field: &str| {
        let is = SAYINGS.iter().find(|(name, _)| *name == field).map(|(_, is)| is);
        is.zip(root.get(field)).is_some_and(|(is, value)| is(value))
    };
    let is_tools = |name: &str| slip(name, ["tools"]).is_some();
    let has_tools = |is: fn(&Node) -> bool| {
        root.live_entries().any(|entry| is_tools(&entry.key.text) && is(&entry.value))
    };
    let holds_tools = |node: &Node| node.live_entries().any(|tool| may_be_tool(&tool.value));
    let says = SAYINGS.iter().filter(|(name, _)| has(name)).count();
    let has_rules = root.get("all_tools").is_some_and(may_be_tool);
    is_version_1(root)
        && (has("default") && !is_about_else(root)
            || has_tools(Node::is_map)
            || root.live_entries().any(|entry| is_well_known_tool(&entry.value)))
        || has_top_fields_only(root)
            && (says > 1
                || has_rules
                || has("default") && root.get("version").is_some()
                || has_tools(holds_tools))
}

/// Whether a document is a part of a policy and can hardly be anything else.
fn is_surely_fragment(root: &Node) -> bool {
    let tools = || root.entries().iter().map(|entry| &entry.value);
    tools().all(has_tool_fields_only) && tools().any(is_well_known_tool)
        || has_tool_fields_only(root) && is_well_known_tool(root)
        || is_lone_entry(root)
}

/// Whether lists and objects that no policy has stand at the top, and none of them is about tools.
fn is_about_else(root: &Node) -> bool {
    let others = || {
        let fields = root.live_entries().filter(|entry| !is_top_field(&entry.key.text));
        fields.filter(|entry| entry.value.scalar().is_none())
    };
    let is_ours = |key: &str, value: &Node| is_about_tools(value) || is_broken_rule(key, value);
    others().next().is_some() && !others().any(|entry| is_ours(&entry.key.text, &entry.value))
}

/// Whether `tools` are listed by their names in what says that its version is 1, or each with rules of
/// another kind.
fn has_other_tools(root: &Node) -> bool {
    let Some(tools) = root.get("tools").filter(|tools| tools.is_map()) else { return false };
    is_version_1(root)
        || tools.entries().iter().any(|tool| {
            let rules = tool.value.get("rules");
            has_tool_fields_only(&tool.value)
                && rules.is_some_and(|rules| matches!(rules.kind, Kind::Seq(_)))
        })
}

/// So deep inside of other documents policies are looked for.
const DEPTH: usize = 3;

/// Whether a whole policy stands inside of a document.
fn wraps_policy(root: &Node, depth: usize) -> bool {
    let inside = root.entries().iter().map(|entry| &entry.value).chain(root.elements());
    depth > 0
        && inside.into_iter().any(|node| is_whole_policy(node) || wraps_policy(node, depth - 1))
}

/// Whether an object is a policy of which nothing that tells one is left out.
fn is_whole_policy(node: &Node) -> bool {
    let is_default = node.get("default").is_some_and(is_default);
    let has_tools = ["tools", "all_tools", "hide"].iter().any(|field| node.get(field).is_some());
    let tools = node.get("tools").map(Node::entries).unwrap_or_default();
    let is_known = || tools.iter().any(|tool| is_well_known_tool(&tool.value));
    has_tools && (is_default || is_version_1(node) || is_known()) && is_surely_policy(node)
}

fn is_list_of_policies(root: &Node) -> bool {
    !root.elements().is_empty() && root.elements().iter().all(is_surely_policy)
}

/// Whether a document may be a policy: it has the fields of one, or nearly (`defualt`), and is not
/// something else that happens to have `tools`.
fn is_policy(root: &Node) -> bool {
    let says = root.entries().iter().any(|entry| {
        let field = slip(&entry.key.text, SAYINGS.iter().map(|(name, _)| *name));
        SAYINGS.iter().any(|(name, is)| Some(*name) == field && is(&entry.value))
    });
    let is_version_1 = is_version_1(root);
    match root.get("tools") {
        // A list is what servers answer and catalogues hold, unless the rest is a policy's.
        Some(tools) if matches!(tools.kind, Kind::Seq(_)) => {
            is_version_1 && root.get("default").is_some_and(is_default)
        }
        Some(tools) if tools.is_map() => {
            let any = |is: fn(&Node) -> bool| tools.entries().iter().any(|tool| is(&tool.value));
            says || is_version_1 && !any(is_program) || any(may_be_tool) || {
                has_top_fields_only(root) && are_bare_tools(tools)
            }
        }
        Some(_) => is_version_1,
        None if is_version_1 => {
            says || has_top_fields_only(root)
                || root.live_entries().any(|entry| is_tool(&entry.value))
        }
        None => {
            says && (root.get("version").is_some() || has_top_fields_only(root)) || {
                // Nothing else is a file with a bare `version: 1`, the way that YAML is written in.
                let plain = root.get("version").and_then(Node::scalar);
                plain.is_some_and(|scalar| scalar.plain && &*scalar.text == "1")
                    && has_top_fields_only(root)
            }
        }
    }
}

fn has_top_fields_only(root: &Node) -> bool {
    root.live_entries().all(|entry| is_top_field(&entry.key.text)) && !root.entries().is_empty()
}

/// Whether tools are listed and nothing is said of any of them.
fn are_bare_tools(tools: &Node) -> bool {
    let is_bare = |node: &Node| node.is_map() && node.entries().is_empty();
    !tools.entries().is_empty() && tools.entries().iter().all(|tool| is_bare(&tool.value))
}

/// The part of a policy that a document is instead of a whole one.
fn fragment(root: &Node) -> Option<Fragment> {
    let holds_nothing_else = || root.entries().iter().all(|entry| entry.value.is_map());
    if root.entries().iter().any(|entry| is_tool(&entry.value)) && holds_nothing_else() {
        return Some(Fragment::Tools);
    }
    if is_tool(root) {
        return Some(Fragment::Tool);
    }
    is_entry(root).then_some(Fragment::Entry)
}

/// The dialect of a document, from its fields; where they do not tell, JSON is version 1 and
/// YAML is Intercept, because that is how the two are kept.
///
/// # Errors
/// What the document is instead of a policy, in words, and which part of one if it is that.
pub(super) fn dialect(
    document: &Document,
    root: &Node,
) -> Result<Dialect, (String, Option<Fragment>)> {
    let other = |words: String| Err((words, None));
    if !root.is_map() {
        return other(format!("it holds {}", root.type_name()));
    }
    let says_version_1 = root
        .get("version")
        .and_then(Node::scalar)
        .is_some_and(|version| matches!(&*version.text, "1" | ""));
    if !is_policy(root) && !says_version_1 && root.get("tools").is_none() {
        return match fragment(root) {
            Some(fragment) => Err((fragment.to_string(), Some(fragment))),
            None => other("it has none of `default`, `hide`, `tools`".to_owned()),
        };
    }
    if root.get("tools").is_some_and(|tools| matches!(tools.kind, Kind::Seq(_))) {
        return other("its `tools` is a list, as a server's tool list has it".to_owned());
    }
    let tools = root.get("tools").map(Node::entries).unwrap_or_default();
    let count = |fields: &[&str]| {
        tools
            .iter()
            .filter(|entry| fields.iter().any(|field| entry.value.get(field).is_some()))
            .count()
    };
    let v1 =
        count(&["require", "deny_if", "limits"]) + usize::from(root.get("all_tools").is_some());
    let intercept = count(&["rules"]) + usize::from(root.get("description").is_some());
    Ok(match v1.cmp(&intercept) {
        std::cmp::Ordering::Greater => Dialect::V1,
        std::cmp::Ordering::Less => Dialect::INTERCEPT,
        std::cmp::Ordering::Equal => match document.format {
            Format::Json => Dialect::V1,
            Format::Yaml | Format::Toml | Format::Starlark => Dialect::INTERCEPT,
        },
    })
}

#[cfg(test)]
mod tests;
