//! Statements in words.

use std::fmt;

use super::{Calls, Claim, Reason, Statement, Tools};
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
        match &self.0.claim {
            Claim::Denied(Calls { when, unless }) => {
                write!(f, "no call of {tools} passes{}{}", met(when), spared(when, unless))
            }
            Claim::Asked(Calls { when, unless }) => {
                write!(f, "no call of {tools} passes unasked{}{}", met(when), spared(when, unless))
            }
            Claim::Allowed(Calls { when, unless }) => {
                write!(f, "every call of {tools}{} is allowed{}", met(when), spared(when, unless))
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

/// Which calls are meant.
fn met(when: &Option<Node>) -> &'static str {
    if when.is_some() { " that meets the conditions" } else { "" }
}

/// Which of them are not.
fn spared(when: &Option<Node>, unless: &Option<Node>) -> &'static str {
    match (unless, when) {
        (None, _) => "",
        (Some(_), None) => " unless it meets the conditions",
        (Some(_), Some(_)) => " unless it meets those of `unless`",
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
                write!(f, "neither a policy nor the catalogue names `{tool}`")?;
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
            ("ask: a, when: C", "no call of a passes unasked that meets the conditions"),
            ("deny: a, unless: C", "no call of a passes unless it meets the conditions"),
            (
                "allow: {category: Read}, when: C, unless: C",
                "every call of a tool of category Read that meets the conditions is allowed unless it meets those of `unless`",
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
