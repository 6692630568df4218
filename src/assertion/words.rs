//! Statements in words.

use std::fmt;

use super::{Calls, Claim, Reason, Statement, Tools};
use crate::catalogue::disclosed;
use crate::source::Node;

impl fmt::Display for Statement {
    /// Its name, or what it says; the names in it are as they were written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(name),
            None => self.says().fmt(f),
        }
    }
}

impl Statement {
    /// What it says, whatever its name is; the names in it are as they were written.
    pub fn says(&self) -> impl fmt::Display {
        Says(self)
    }
}

struct Says<'s>(&'s Statement);

impl fmt::Display for Says<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statement { tools, .. } = self.0;
        let met = |calls: &Calls| self.conditions(" with", &calls.when);
        let spared = |calls: &Calls| self.conditions(" unless it has", &calls.unless);
        match &self.0.claim {
            Claim::Denied(calls) => {
                write!(f, "no call of {tools}{} passes{}", met(calls), spared(calls))
            }
            Claim::Asked(calls) => {
                write!(f, "no call of {tools}{} passes unasked{}", met(calls), spared(calls))
            }
            Claim::Allowed(calls) => {
                write!(f, "every call of {tools}{} is allowed{}", met(calls), spared(calls))
            }
            Claim::Limited { max, window, total } => {
                let s = if *max == 1 { "" } else { "s" };
                let counted = match (total, tools.is_one()) {
                    (true, _) => ", all together",
                    (false, true) => "",
                    (false, false) => ", each by itself",
                };
                write!(f, "at most {max} call{s} of {tools} per {window}{counted}")
            }
        }
    }
}

/// How many characters of a value are said.
const LONG: usize = 60;

impl Says<'_> {
    /// Conditions behind a word; nothing where there are none.
    fn conditions(&self, word: &str, conditions: &Option<Node>) -> String {
        let said = conditions.iter().flat_map(Node::elements).map(|one| self.condition(one));
        let said: Vec<String> = said.collect();
        if said.is_empty() { String::new() } else { format!("{word} {}", said.join(" and ")) }
    }

    /// A condition as it is written, without a value that is a secret.
    fn condition(&self, condition: &Node) -> String {
        let text = |field: &str| condition.get(field).and_then(Node::as_str).unwrap_or_default();
        let (path, op) = (text("path"), text("op"));
        let value = condition.get("value").map(|value| value.to_json().to_string());
        let value = value.unwrap_or_default();
        let is_hidden =
            op != "exists" && (self.0.hidden.contains(path) || !disclosed(&value).is_empty());
        let value = match value.char_indices().nth(LONG) {
            _ if is_hidden => "***".to_owned(),
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value,
        };
        format!("{path} {op} {value}")
    }
}

impl fmt::Display for Tools {
    /// As they were written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tools::Named(names) => f.write_str(&either(names)),
            Tools::Of(categories) => {
                let categories: Vec<String> =
                    categories.iter().map(|category| category.to_string()).collect();
                write!(f, "a tool of category {}", either(&categories))
            }
            Tools::Unnamed => f.write_str("a tool that the policy does not name"),
        }
    }
}

impl Tools {
    /// Whether it is one name or pattern.
    fn is_one(&self) -> bool {
        matches!(self, Tools::Named(names) if names.len() == 1)
    }
}

/// "a, b or c".
fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

impl fmt::Display for Reason {
    /// The end of a sentence about the statement; the names in it are as they were written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::UnknownTool { tool, nearest } => {
                write!(f, "neither a policy nor its server in the catalogue names `{tool}`")?;
                nearest.as_ref().map_or(Ok(()), |near| write!(f, ", did you mean `{near}`?"))
            }
            Reason::EmptyCategory => {
                f.write_str("no tool that a policy or the catalogue names is of that category")
            }
            Reason::Contradiction => {
                f.write_str("no call meets all of its conditions, so it says nothing")
            }
            Reason::IdleUnless => {
                f.write_str("no such call meets all conditions of `unless`, so it spares none")
            }
            Reason::NothingLeft => {
                f.write_str("every such call meets all conditions of `unless`, so it says nothing")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::read_list;
    use crate::source::{Document, Pointer};

    #[test]
    fn a_statement_without_a_name_says_what_it_says() {
        let of = |statement: &str| {
            let condition = "[{path: args.a, op: eq, value: 1}]";
            let text = format!("[{{{}}}]", statement.replace('C', condition));
            let document = Document::read("s.yaml", text.into_bytes());
            let list = document.root.as_ref().expect("it is a list").elements();
            read_list(&document, list, &Pointer::root()).expect("it is one")[0].to_string()
        };
        for (statement, words) in [
            ("deny: [a, b*]", "no call of a or b* passes"),
            ("ask: a, when: C", "no call of a with args.a eq 1 passes unasked"),
            ("deny: a, unless: C", "no call of a passes unless it has args.a eq 1"),
            (
                "allow: {category: Read}, when: C, unless: C",
                "every call of a tool of category Read with args.a eq 1 is allowed unless it has args.a eq 1",
            ),
            ("default: ask", "no call of a tool that the policy does not name passes unasked"),
            ("limit: a, max: 1, window: day", "at most 1 call of a per day"),
            (
                "limit: [a, b], max: 2, window: day",
                "at most 2 calls of a or b per day, each by itself",
            ),
            (
                "limit: a*, max: 2, window: day, total: true",
                "at most 2 calls of a* per day, all together",
            ),
        ] {
            assert_eq!(of(statement), words);
        }
    }
}
