//! Parts of a policy in words, and what was never seen of them.

use super::report::CoveredPolicy;
use crate::coverage::{Item, Part, What};
use crate::report::access::limits::limit;
use crate::report::access::words::condition;
use crate::report::common::escape::escape;
use crate::report::common::secrets::Secrets;
use crate::report::common::words::{count, cut, list};

/// How long a name may be before it is cut.
const LONG: usize = 120;

/// How many tools are named whose calls no rule looked at.
const NAMED: usize = 5;

/// A part with its kind, fit to be shown.
pub(super) fn named(what: What<'_>, secrets: &Secrets) -> String {
    let name = |text: &str| escape(&cut(text, LONG)).into_owned();
    match what {
        What::Unlisted => "rule default deny".to_owned(),
        What::Hidden(hidden) => format!("rule hide {}", name(&hidden.name)),
        What::Check(check) => format!("rule {}", name(&check.rule)),
        What::Condition(one) => format!("condition {}", condition(one, secrets)),
        What::Limit(one) => limit(one),
        What::Tool(tool) => format!("tool {}", name(&tool.name)),
        What::Permission(rule) => format!("rule {}", name(&rule.text)),
        What::Void(rule) => format!("rule {} {}", rule.ruling.name(), name(&rule.text)),
    }
}

/// What was never seen of a part, behind its name; nothing where all was.
pub(super) fn never(part: &Part<'_>) -> Option<String> {
    let never: Vec<Item> = part.never().collect();
    let of_rule = || match (part.what, part.reached) {
        (What::Void(_), _) => "never holds: the agent does not take it for a rule".to_owned(),
        (What::Check(_), 0) => "was never reached".to_owned(),
        (What::Check(_), calls) => {
            format!("never decided a call; it was asked about {}", count(calls, "call"))
        }
        (What::Permission(_), calls @ 1..) => {
            format!("never decided a call; it ruled on a part of {}", count(calls, "call"))
        }
        _ => "never decided a call".to_owned(),
    };
    Some(match never.as_slice() {
        [] => return None,
        [Item::Decided] => of_rule(),
        [Item::True] => "was never true".to_owned(),
        [Item::False] => "was never false".to_owned(),
        [Item::Hit] => "was never hit".to_owned(),
        [Item::Room] => "never had room".to_owned(),
        [Item::Called] => "was never called".to_owned(),
        [Item::True, ..] => "was never true and never false".to_owned(),
        _ => "was never hit and never had room".to_owned(),
    })
}

/// The calls that passed and that no rule of a policy looked at; none where there are none. Not escaped.
pub(super) fn unchecked(policy: &CoveredPolicy<'_>) -> Option<String> {
    let unchecked = &policy.coverage.unchecked;
    let calls: u64 = unchecked.iter().map(|(_, calls)| calls).sum();
    let (name, tools) = (&policy.document.name, list(unchecked, NAMED));
    let told = format!("No rule of {name} looked at {} that passed: {tools}", count(calls, "call"));
    (calls > 0).then_some(told)
}

/// A share in per cent, to the tenth that it was cut to.
pub fn percent(percent: f64) -> String {
    match percent.fract() == 0.0 {
        true => format!("{percent:.0} %"),
        false => format!("{percent:.1} %"),
    }
}
