//! A text for which some conditions hold and others do not.

use super::Why;
use super::answer::Found;
use super::budget::Budget;
use super::literal::Literal;
use super::product::{Wanted, shortest_text};
use crate::policy::{Predicate, Value};

/// What is tried where a pattern cannot be followed.
const GUESSES: [&str; 4] = ["", "a", "0", "a a"];

/// A text with which every literal agrees.
pub(super) fn text(literals: &[Literal<'_>], budget: &Budget) -> Found<String> {
    let agrees = |text: &&str| literals.iter().all(|literal| literal.agrees(Some(&quoted(text))));
    let mut excluded: Vec<String> = Vec::new();
    let mut automata = Vec::new();
    for literal in literals {
        match (literal.operands(), literal.atom.predicate) {
            (Some((operands, true)), _) => {
                let texts = texts(operands, literal.is_printed());
                let found = texts.iter().map(String::as_str).find(agrees);
                return found.map_or(Found::None, |text| Found::One(text.to_owned()));
            }
            (Some((operands, false)), _) => excluded.extend(texts(operands, literal.is_printed())),
            (None, Predicate::Matches(_) | Predicate::Contains(Value::String(_))) => {
                automata.push(literal);
            }
            // What is left holds for every text or for none.
            _ if !literal.agrees(Some("\"\"")) => return Found::None,
            _ => {}
        }
    }
    let machines: Result<Vec<Wanted<'_>>, Why> =
        automata.iter().map(|literal| Ok((literal.atom.machine()?, literal.holds))).collect();
    let excluded: Vec<&str> = excluded.iter().map(String::as_str).collect();
    let found = match machines {
        Ok(machines) => shortest_text(&machines, &excluded, budget),
        Err(why) => match GUESSES.iter().find(|guess| agrees(guess)) {
            Some(guess) => Found::One((*guess).to_owned()),
            None => Found::Unknown(why),
        },
    };
    match found {
        Found::One(text) if !agrees(&text.as_str()) => Found::Unknown(Why::Unconfirmed),
        found => found,
    }
}

/// The texts that equal one of some operands.
fn texts(operands: &[Value], printed: bool) -> Vec<String> {
    let text = |value: &Value| match printed {
        true => Some(value.printed()),
        false => value.as_str().map(str::to_owned),
    };
    operands.iter().filter_map(text).collect()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
