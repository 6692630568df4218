//! One edit of a policy.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::policy::{Default, Origin, Policy, Predicate, Rules, Ruling, Window};
use crate::source::Pointer;

/// A policy with one edit.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The rules that are edited.
    pub site: Site,
    /// The edit.
    pub edit: Edit,
    /// Where what is edited stands.
    pub pointer: Pointer,
    /// The rule of an agent that is edited, as it is written, with its place; none where it is none.
    pub rule: Option<(Box<str>, Origin)>,
}

/// Which rules of a policy are edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// Those of a tool.
    Tool(String),
    /// Those of all tools.
    AllTools,
    /// What stands beside the tools: the default, what is hidden, the rules of an agent.
    Policy,
}

/// What is edited. Numbers are places in the lists of the model.
#[derive(Clone, Debug)]
pub enum Edit {
    /// A check is dropped.
    DropCheck(usize),
    /// A condition of a check is dropped.
    DropCondition(usize, usize),
    /// A condition of a check tests in another way; how, before and after.
    Test(usize, usize, [Box<Predicate>; 2]),
    /// A limit is dropped.
    DropLimit(usize),
    /// A limit has another `max`, before and after.
    Max(usize, [i64; 2]),
    /// A limit counts in another window, before and after.
    Window(usize, [Window; 2]),
    /// A tool is no longer listed where those that are not are refused.
    Unlist,
    /// Tools that are not listed are allowed.
    DefaultAllows,
    /// A tool is no longer hidden.
    Unhide(usize),
    /// A rule of an agent is dropped.
    DropRule,
    /// A rule of an agent does something milder, before and after.
    Ruling([Ruling; 2]),
    /// A rule of an agent, which is as many of the model as stand in this range, stands behind the one that it
    /// stood before, which ends there.
    Swap(Range<usize>, usize),
}

impl Edit {
    /// The edit's name in machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            Edit::DropCheck(_) => "drop-check",
            Edit::DropCondition(..) => "drop-condition",
            Edit::Test(_, _, [before, _]) => match **before {
                Predicate::Matches(_) => "drop-anchor",
                _ => "change-operator",
            },
            Edit::DropLimit(_) => "drop-limit",
            Edit::Max(..) => "double-max",
            Edit::Window(..) => "lengthen-window",
            Edit::Unlist => "unlist",
            Edit::DefaultAllows => "default-allow",
            Edit::Unhide(_) => "unhide",
            Edit::DropRule => "drop-rule",
            Edit::Ruling(..) => "loosen-rule",
            Edit::Swap(..) => "swap-rules",
        }
    }
}

impl fmt::Display for Edit {
    /// What the edit does, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Edit::DropCheck(_) | Edit::DropLimit(_) | Edit::DropRule => f.write_str("dropped"),
            Edit::DropCondition(..) => f.write_str("condition dropped"),
            Edit::Test(_, _, [before, after]) => match (&**before, &**after) {
                (Predicate::Matches(before), Predicate::Matches(after)) => {
                    // The rest of the pattern stays, and may be a secret.
                    let (before, after) = (before.source(), after.source());
                    let anchor = before.strip_suffix(after).or_else(|| before.strip_prefix(after));
                    write!(f, "the anchor `{}` is dropped", anchor.unwrap_or(before))
                }
                (Predicate::Exists(before), _) => {
                    write!(f, "`exists` {before} becomes {}", !before)
                }
                (before, after) => {
                    write!(f, "`{}` becomes `{}`", before.operator(), after.operator())
                }
            },
            Edit::Max(_, [before, after]) => write!(f, "`max` {before} becomes {after}"),
            Edit::Window(_, [before, after]) => write!(f, "`{before}` becomes `{after}`"),
            Edit::Unlist => f.write_str("no longer listed"),
            Edit::DefaultAllows => f.write_str("unlisted tools are allowed"),
            Edit::Unhide(_) => f.write_str("no longer hidden"),
            Edit::Ruling([before, after]) => {
                write!(f, "`{}` becomes `{}`", before.name(), after.name())
            }
            Edit::Swap(..) => f.write_str("behind the rule that follows it"),
        }
    }
}

impl fmt::Display for Mutant {
    /// What is edited and how, in words as they are written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some((rule, _)) => write!(f, "{rule}: {}", self.edit),
            None => write!(f, "{}: {}", self.pointer, self.edit),
        }
    }
}

impl Mutant {
    /// The policy with the edit. Where it has no such rules it stays as it is.
    pub fn of(&self, policy: &Policy) -> Policy {
        let mut edited = policy.clone();
        match (&self.edit, &self.site) {
            (Edit::DefaultAllows, _) => edited.default = Default::Allow,
            (Edit::Unhide(at), _) => _ = edited.hide.remove(*at),
            (Edit::DropRule | Edit::Ruling(_) | Edit::Swap(..), _) => self.edit_agent(&mut edited),
            (Edit::Unlist, Site::Tool(name)) => edited.tools.retain(|tool| tool.name != *name),
            (_, Site::AllTools) => self.edit_rules(&mut edited.all_tools),
            (_, Site::Tool(name)) => {
                let named = edited.tools.iter_mut().filter(|tool| tool.name == *name);
                // Of a name that stands twice the last one counts.
                if let Some(tool) = named.last() {
                    self.edit_rules(&mut tool.rules);
                }
            }
            (_, Site::Policy) => {}
        }
        edited
    }

    fn edit_rules(&self, rules: &mut Rules) {
        match &self.edit {
            Edit::DropCheck(at) => _ = rules.checks.remove(*at),
            Edit::DropCondition(check, at) => _ = rules.checks[*check].conditions.remove(*at),
            Edit::Test(check, at, [_, after]) => {
                rules.checks[*check].conditions[*at].predicate = (**after).clone();
            }
            Edit::DropLimit(at) => _ = rules.limits.remove(*at),
            Edit::Max(at, [_, after]) => rules.limits[*at].max = Some(*after),
            Edit::Window(at, [_, after]) => rules.limits[*at].window = *after,
            _ => {}
        }
    }

    fn edit_agent(&self, policy: &mut Policy) {
        let Some(permissions) = policy.permissions.as_mut() else { return };
        let Some((_, origin)) = &self.rule else { return };
        // A rule that is written may be several of the model.
        let rules = &mut Arc::make_mut(permissions).rules;
        match &self.edit {
            Edit::DropRule => rules.retain(|rule| rule.origin != *origin),
            Edit::Ruling([_, after]) => {
                let own = rules.iter_mut().filter(|rule| rule.origin == *origin);
                own.for_each(|rule| rule.ruling = *after);
            }
            Edit::Swap(own, end) => rules[own.start..*end].rotate_left(own.len()),
            _ => {}
        }
    }
}
