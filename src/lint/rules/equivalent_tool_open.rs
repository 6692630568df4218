use std::collections::BTreeSet;

use serde::Serialize;

use crate::catalogue::{Category, Holds, Property, Tool, words_of};
use crate::lint::alike::{Alike, common_words, singular};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Condition, Predicate, Subject, ToolPolicy};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools that are open although another tool of the server, which does the same to the same things, is checked in an argument that they have too, or is hidden or denied by name.
    /// It needs to know the server.
    ///
    /// ## Why is this bad?
    /// What the check of one tool refuses, the other one does: `push_files` beside `create_or_update_file`, `browser_tabs` with its `url` beside `browser_navigate`.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {
    ///   "push_file": {"require": [{"conditions": [{"path": "args.branch", "op": "regex", "value": "^feat/[a-z0-9-]+$"}]}]},
    ///   "put_file": {}}}
    /// ```
    ///
    /// ## Use instead
    /// The same condition on both, or no second way:
    ///
    /// ```json
    /// {"hide": ["put_file"], "tools": {
    ///   "push_file": {"require": [{"conditions": [{"path": "args.branch", "op": "regex", "value": "^feat/[a-z0-9-]+$"}]}]}}}
    /// ```
    "equivalent-tool-open", Warning, RuleCheck::Policy(check)
}

/// How the other tool is held.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum How {
    Constrained,
    Hidden,
    Denied,
}

#[derive(Serialize)]
struct EquivalentOpen {
    tool: String,
    other: String,
    how: How,
    argument: Option<String>,
}

impl Facts for EquivalentOpen {
    fn message(&self) -> String {
        let EquivalentOpen { tool, other, how, argument } = self;
        match (how, argument) {
            (How::Constrained, Some(argument)) => format!(
                "`{tool}` does as `{other}` does, whose `{argument}` is checked, and no condition looks at it here"
            ),
            (How::Denied, _) => {
                format!("`{tool}` is open and does as `{other}` does, which is denied")
            }
            _ => format!("`{tool}` is open and does as `{other}` does, which is hidden"),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self.how {
            How::Constrained => {
                format!("put the condition on `{}` here too, or hide the tool", self.other)
            }
            _ => "hide it as well, or allow only chosen arguments".to_owned(),
        })
    }
}

/// A tool that may be called, read.
struct Open<'c> {
    listed: &'c ToolPolicy,
    tool: &'c Tool,
    alike: Alike,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(known) = context.server() else { return };
    let common = common_words(known.server);
    let reachable = context.reachable().filter(|(listed, _)| context.is_known(listed));
    let tools: Vec<Open<'_>> = reachable
        .map(|(listed, tool)| Open { listed, tool, alike: Alike::of(tool, &common) })
        .collect();
    for open in tools.iter().filter(|open| !context.is_incomplete(open.listed)) {
        let twin = constrained(context, &tools, open);
        let Some((facts, at)) = twin.or_else(|| shut(context, &common, open)) else { continue };
        let severity = context.weigh_announced(open.tool, RULE.severity);
        let place = Place::key(open.listed.pointer.clone());
        let related = at.map(|at| (at, "it is held here".to_owned()));
        findings.add_related(&RULE, severity, place, facts, related.into_iter().collect());
    }
}

/// A tool that does the same, and is checked in an argument that is free here.
fn constrained(
    context: &Context<'_>,
    tools: &[Open<'_>],
    open: &Open<'_>,
) -> Option<(EquivalentOpen, Option<Place>)> {
    tools.iter().filter(|other| other.tool.name != open.tool.name).find_map(|other| {
        let condition = context.required(other.listed).into_iter().find(|condition| {
            chosen(condition).is_some_and(|path| is_free(context, open, other, path))
        })?;
        let facts = EquivalentOpen {
            tool: open.tool.name.clone(),
            other: other.tool.name.clone(),
            how: How::Constrained,
            argument: chosen(condition).map(|path| path.join(".")),
        };
        Some((facts, Some(Place::value(condition.pointer.clone()))))
    })
}

/// The argument of which a condition picks values.
fn chosen(condition: &Condition) -> Option<&[String]> {
    let picks = match &condition.predicate {
        Predicate::Equal { negated, .. } | Predicate::OneOf { negated, .. } => !negated,
        Predicate::Matches(_) | Predicate::Contains(_) => true,
        Predicate::Compare { .. } | Predicate::Exists(_) => false,
    };
    match &condition.subject {
        Subject::Argument(path) if picks => Some(path),
        _ => None,
    }
}

/// Whether an argument that is checked in another tool is free in an open one that does the same.
fn is_free(context: &Context<'_>, open: &Open<'_>, other: &Open<'_>, path: &[String]) -> bool {
    let Some(held) = other.tool.held(path).filter(|held| held.is_fair()) else {
        let is_alike = open.alike.does_as(&other.alike) || open.alike.sends_as(&other.alike);
        return is_alike
            && path.len() == 1
            && open.tool.argument(&path[0]).is_some()
            && !context.looks_at(open.listed, path);
    };
    let theirs = open
        .tool
        .holding(|own| own.what == held.what && (held.what != Holds::Url || own.is_sure()));
    let theirs = theirs.into_iter().map(|(path, _)| path).chain(listing(open.tool, path));
    let theirs: Vec<Vec<String>> = theirs.collect();
    let is_alike = match held.what {
        // What one tool may choose to do says nothing of another one.
        Holds::Method => false,
        // Wherever a tool goes, it goes there.
        Holds::Url if held.is_sure() && open.alike.goes() && other.alike.goes() => {
            may_open(context, open)
        }
        // Whatever runs a statement, runs it.
        Holds::Sql if open.alike.runs() && other.alike.runs() => true,
        _ => open.alike.does_as(&other.alike),
    };
    let looks_at = |own: &Vec<String>| context.looks_at(open.listed, own);
    is_alike && !theirs.is_empty() && !theirs.iter().any(looks_at)
}

/// The argument that lists objects which have an argument of that name: the `files` of `push_files`.
fn listing(tool: &Tool, path: &[String]) -> Option<Vec<String>> {
    let own = path.last()?;
    let lists = |name: &String| match tool.property(std::slice::from_ref(name)) {
        Property::Known(schema) => {
            schema.pointer("/items/properties").is_some_and(|named| named.get(own).is_some())
        }
        _ => false,
    };
    let mut names = tool.arguments.iter().flatten().map(|(name, _)| name);
    names.find(|name| lists(name)).map(|name| vec![name.clone()])
}

/// Whether a tool with a choice of actions may go somewhere: those that are left may open something.
fn may_open(context: &Context<'_>, open: &Open<'_>) -> bool {
    const OPENING: [&str; 7] = ["new", "open", "create", "navigate", "goto", "visit", "fetch"];
    let lets = |path: &[String], value: &str| context.lets(open.listed, path, &value.into());
    let methods = open.tool.holding(|held| held.what == Holds::Method);
    methods.iter().all(|(path, _)| {
        !context.looks_at(open.listed, path) || OPENING.iter().any(|value| lets(path, value))
    })
}

/// Whether a tool takes all that another one must be given, so that it can do as much.
fn takes_as_much(tool: &Tool, other: &Tool) -> bool {
    let words = |name: &str| -> BTreeSet<String> {
        words_of(name).iter().map(|word| singular(word)).collect()
    };
    let taken: Vec<_> = tool.arguments.iter().flatten().map(|(name, _)| words(name)).collect();
    let mut needed = other.arguments.iter().flatten().filter(|(_, argument)| argument.required);
    tool.arguments.is_none() || needed.all(|(name, _)| taken.contains(&words(name)))
}

/// A tool that does the same and that nobody may call.
fn shut(
    context: &Context<'_>,
    common: &BTreeSet<String>,
    open: &Open<'_>,
) -> Option<(EquivalentOpen, Option<Place>)> {
    if context.is_looked_at(open.listed) || open.tool.category == Category::Read {
        return None;
    }
    let mut shut = context.shut_by_name();
    let (other, hidden) = shut.find(|(other, _)| {
        other.category > Category::Read
            && other.name != open.tool.name
            && open.alike.replaces(&Alike::of(other, common))
            && takes_as_much(open.tool, other)
    })?;
    let facts = EquivalentOpen {
        tool: open.tool.name.clone(),
        other: other.name.clone(),
        how: if hidden { How::Hidden } else { How::Denied },
        argument: None,
    };
    let place = context.hidden(&other.name).map(|hidden| Place::value(hidden.pointer.clone()));
    Some((facts, place))
}
