//! Fields that the maker's own pages show, and that no known version of Intercept reads.
//!
//! Sources: policies that PolicyLayer published in spring 2026 for supabase/mcp (pull request 249) and
//! github/github-mcp-server (2294), and <https://policylayer.com/glossary>.

use super::rule_text::{ASK, RuleText};
use crate::policy::DefectKind;
use crate::source::{Node, Pointer};

/// Where a field stands.
#[derive(Clone, Copy, PartialEq)]
enum Holder {
    Document,
    Tool,
    Rule,
}

use Holder::{Document, Rule, Tool};

/// Says what somebody meant by a field, who wrote it into this object with this value.
type Meant = fn(&Node, &Node) -> &'static str;

/// Under which names conditions are written.
const WHEN: &[&str] = &["when", "if"];

/// The fields by their names: where each is written, and what is meant by it.
const FIELDS: [(&[&str], &[Holder], Meant); 6] = [
    (WHEN, &[Rule], |rule, _| row(rule).when),
    (
        WHEN,
        &[Document, Tool],
        |_, _| "write it as `conditions` of a rule, which say what must hold for a call to pass",
    ),
    (&["hide", "hidden"], &[Tool, Rule], |_, value| match value.to_json() {
        serde_json::Value::Bool(false) => {
            "remove it: only what the list `hide` of the document names is hidden"
        }
        _ => "put the tool's name into the list `hide` of the document",
    }),
    (
        &["log", "audit"],
        &[Document, Tool, Rule],
        |_, _| "remove it: no policy switches logging; every call is in Intercept's event log",
    ),
    (
        &["priority"],
        &[Rule],
        |_, _| "remove it: rules are asked in the order in which they are written, and each of them can deny",
    ),
    (
        &["priority"],
        &[Document, Tool],
        |_, _| "remove it: a call meets the rules of its tool, then those of `\"*\"`, and each of them can deny",
    ),
];

/// What a rule does, whatever it says in fields that are not read.
struct Row {
    is_it: fn(&RuleText<'_>) -> bool,
    does: &'static str,
    /// What somebody meant who wrote `when` beside it.
    when: &'static str,
}

/// The first row that fits a rule is about it.
const RULES: [Row; 6] = [
    Row {
        is_it: |rule| !rule.rate_limit.is_empty() || rule.state.is_some(),
        does: "the rule counts every call of the tool",
        when: "remove it: no rule counts only some calls of a tool",
    },
    Row {
        is_it: |rule| rule.action == "deny",
        does: "the rule denies every call of the tool",
        when: "remove it if every call is to be denied; else write a rule without `action`, whose `conditions` say what must hold for a call to pass",
    },
    Row {
        is_it: |rule| rule.action == ASK && rule.conditions.is_empty(),
        does: "a person is asked about every call of the tool",
        when: "write it as `conditions`, which say about which calls a person is asked",
    },
    Row {
        is_it: |rule| rule.action == ASK,
        does: "a person is asked wherever the `conditions` hold",
        when: "write it among the `conditions`, which say about which calls a person is asked",
    },
    Row {
        is_it: |rule| !rule.conditions.is_empty(),
        does: "the rule denies every call for which its `conditions` do not hold",
        when: "write it among the `conditions`, which say what must hold for a call to pass",
    },
    Row {
        is_it: |_| true,
        does: "the rule evaluates nothing",
        when: "write it as `conditions`, which say what must hold for a call to pass",
    },
];

fn row(rule: &Node) -> &'static Row {
    let text = RuleText::of(rule);
    RULES.iter().find(|row| (row.is_it)(&text)).expect("the last row fits every rule")
}

fn holder(tokens: &[&str]) -> Option<Holder> {
    match tokens {
        [_] => Some(Document),
        ["tools", _, _] => Some(Tool),
        ["tools", _, "rules", _, _] => Some(Rule),
        _ => None,
    }
}

fn meant(field: &str, holder: Holder) -> Option<Meant> {
    let is_it = |(names, holders, _): &&(&[&str], &[Holder], Meant)| {
        holders.contains(&holder) && names.contains(&field)
    };
    FIELDS.iter().find(is_it).map(|(.., meant)| *meant)
}

/// What is wrong with a field, if it is one of these; and whether a rule is refused because it has
/// nothing else to evaluate.
pub(super) fn unread(root: &Node, pointer: &Pointer) -> Option<(DefectKind, bool)> {
    let tokens: Vec<_> = pointer.tokens().collect();
    let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
    let (holder, field) = (holder(&tokens)?, tokens.last()?);
    let meant = meant(field, holder)?;
    let (owner, value) = (root.at(&pointer.parent())?, root.at(pointer)?);
    let does = match holder {
        Rule => row(owner).does,
        Tool => "only its `rules` decide what becomes of the tool's calls",
        Document => "it decides nothing",
    };
    let refused = holder == Rule && WHEN.contains(field) && is_all(&RuleText::of(owner));
    let field = (*field).to_owned();
    Some((DefectKind::UnreadField { field, does, meant: meant(owner, value) }, refused))
}

/// Whether a rule has nothing to evaluate but conditions that are not read.
pub(super) fn is_all(rule: &RuleText<'_>) -> bool {
    rule.evaluates_nothing() && WHEN.iter().any(|field| rule.node.get(field).is_some())
}

/// Whether a tool has such a field, so that what was to become of its calls is not known.
pub(super) fn is_in_tool(tool: &Node) -> bool {
    tool.entries().iter().any(|entry| meant(&entry.key.text, Tool).is_some())
}
