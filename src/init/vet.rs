//! A draft without the conditions that the linter finds at fault.

use super::condition::Condition;
use super::draft::{Draft, Drafted};
use super::open::{Open, WhyOpen};
use crate::lint::{Finding, Severity};
use crate::policy::Dialect;
use crate::source::Pointer;

/// Rules whose findings say that a condition can be got around, also where what the argument holds is a guess.
const HOLES: [&str; 2] = ["bypassable-allow-list", "bypassable-deny-list"];

impl Draft {
    /// Takes out the conditions that findings are about, if there are any.
    pub fn without_faulty(&self, findings: &[Finding]) -> Option<Draft> {
        let is_grave = |found: &&Finding| {
            found.severity >= Severity::Warning || HOLES.contains(&found.rule.name)
        };
        let places = findings.iter().filter(is_grave).filter_map(|found| found.pointer.as_deref());
        let mut faulty: Vec<(usize, usize)> = places.filter_map(|place| self.at(place)).collect();
        faulty.sort_unstable();
        faulty.dedup();
        let mut draft = self.clone();
        for (tool, condition) in faulty.iter().rev() {
            let tool = &mut draft.tools[*tool];
            let Condition { path, .. } = tool.conditions.remove(*condition);
            tool.open.push(Open { path, why: WhyOpen::Faulty });
        }
        (!faulty.is_empty()).then_some(draft)
    }

    /// The numbers of the tool and of the condition that a pointer leads into.
    fn at(&self, pointer: &str) -> Option<(usize, usize)> {
        let pointer = Pointer::parse(pointer);
        let mut tokens = pointer.tokens().skip(1);
        let (name, list) = (tokens.next()?, tokens.next()?);
        let number: usize = tokens.next()?.parse().ok()?;
        let tool = self.tools.iter().position(|tool| *tool.name == *name)?;
        let condition = listed_in(&self.tools[tool], self.dialect, &list).nth(number)?;
        Some((tool, condition))
    }
}

/// The numbers of a tool's conditions that are written into a list, in their order there.
fn listed_in<'a>(
    tool: &'a Drafted,
    dialect: Dialect,
    list: &'a str,
) -> impl Iterator<Item = usize> + 'a {
    let is_there = move |optional: bool| match (dialect, list) {
        (Dialect::Intercept(_), "rules") => true,
        (Dialect::V1, "require") => !optional,
        (Dialect::V1, "deny_if") => optional,
        _ => false,
    };
    let numbered = tool.conditions.iter().enumerate();
    numbered.filter(move |(_, one)| is_there(one.is_optional)).map(|(number, _)| number)
}
