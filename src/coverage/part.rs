//! A part of a policy, and what must be seen of it.

use super::share::Share;
use crate::policy::{
    Check, Condition, Hidden, Limit, Origin, PermissionRule, ToolPolicy, VoidRule,
};

/// A part of a policy with what was seen of it.
#[derive(Clone, Debug)]
pub struct Part<'p> {
    /// Which part.
    pub what: What<'p>,
    /// How many calls came to it, whatever came of that; of an agent's rule, on how many it ruled in part.
    pub reached: u64,
    /// What must be seen of it, and how often it was.
    pub items: Vec<(Item, u64)>,
}

/// Which part of a policy.
#[derive(Clone, Copy, Debug)]
pub enum What<'p> {
    /// The denial of tools that are not listed.
    Unlisted,
    /// An entry of `hide`.
    Hidden(&'p Hidden),
    /// An entry that denies calls or has a person asked.
    Check(&'p Check),
    /// A condition.
    Condition(&'p Condition),
    /// A limit.
    Limit(&'p Limit),
    /// A listed tool.
    Tool(&'p ToolPolicy),
    /// A rule of an agent's permission files; where one stands for several in the model, the first of them.
    Permission(&'p PermissionRule),
    /// What stands among an agent's rules and never holds.
    Void(&'p VoidRule),
}

/// The kinds of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What denies, asks or, in an agent's files, allows.
    Rule,
    /// A condition of such a rule.
    Condition,
    /// A limit.
    Limit,
    /// A listed tool.
    Tool,
}

impl Kind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Kind; 4] = [Kind::Rule, Kind::Condition, Kind::Limit, Kind::Tool];

    /// The kind's name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Rule => "rule",
            Kind::Condition => "condition",
            Kind::Limit => "limit",
            Kind::Tool => "tool",
        }
    }
}

/// Something that must be seen of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A rule decides a call.
    Decided,
    /// A condition holds.
    True,
    /// A condition does not hold.
    False,
    /// A limit has no room, so that a call is throttled.
    Hit,
    /// A limit has room.
    Room,
    /// A tool is called.
    Called,
}

impl Item {
    /// The item's name in machine-readable output.
    pub fn name(self) -> &'static str {
        match self {
            Item::Decided => "decided",
            Item::True => "true",
            Item::False => "false",
            Item::Hit => "hit",
            Item::Room => "room",
            Item::Called => "called",
        }
    }
}

impl<'p> What<'p> {
    /// Its kind.
    pub fn kind(self) -> Kind {
        match self {
            What::Condition(_) => Kind::Condition,
            What::Limit(_) => Kind::Limit,
            What::Tool(_) => Kind::Tool,
            _ => Kind::Rule,
        }
    }

    /// Where it stands in the tree of its file.
    pub fn pointer(self) -> &'p str {
        match self {
            What::Unlisted => "/default",
            What::Hidden(hidden) => hidden.pointer.as_str(),
            What::Check(check) => check.pointer.as_str(),
            What::Condition(condition) => condition.pointer.as_str(),
            What::Limit(limit) => limit.pointer.as_str(),
            What::Tool(tool) => tool.pointer.as_str(),
            What::Permission(PermissionRule { origin, .. })
            | What::Void(VoidRule { origin, .. }) => origin.pointer.as_str(),
        }
    }

    /// The file and line of what may stand in one of several files.
    pub fn origin(self) -> Option<&'p Origin> {
        match self {
            What::Permission(PermissionRule { origin, .. })
            | What::Void(VoidRule { origin, .. }) => Some(origin),
            _ => None,
        }
    }
}

impl Part<'_> {
    /// How much there is to be seen of it, and how much was.
    pub fn share(&self) -> Share {
        let covered = self.items.iter().filter(|(_, times)| *times > 0).count();
        Share { items: self.items.len(), covered }
    }

    /// What was never seen of it.
    pub fn never(&self) -> impl Iterator<Item = Item> {
        self.items.iter().filter(|(_, times)| *times == 0).map(|(item, _)| *item)
    }
}
