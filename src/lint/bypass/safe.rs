//! Patterns to offer in place of a list of allowed values that has a hole: they let nothing through that
//! the list does not, and none of the dangerous values.

use regex_syntax::escape;
use serde::Serialize;
use serde_json::Value;

use super::asked::Asked;
use super::judge::Host;
use super::list::List;
use super::names::{hosts, roots};
use crate::catalogue::Holds;
use crate::policy::{Condition, Pattern, Predicate};
use crate::solver::{Conditions, Shape};

/// A part of a path that leads neither up nor to a hidden file.
const NAME: &str = "[A-Za-z0-9_-][A-Za-z0-9._-]*";

/// A word that no shell takes for more than a word.
const WORD: &str = "[A-Za-z0-9][A-Za-z0-9._/=-]*";

/// A pattern to write.
#[derive(Clone, Debug)]
pub(in crate::lint) struct SafePattern {
    /// The pattern.
    pub text: String,
    /// How many of the recorded calls it keeps; none where none is recorded.
    pub kept: Option<Kept>,
}

/// How many of the recorded calls that pass do so still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(in crate::lint) struct Kept {
    /// Those that still pass.
    pub calls: usize,
    /// Those that pass now.
    pub of: usize,
}

/// A pattern that keeps to what a condition names, and has no hole that is known. The solver has proved
/// that it lets nothing more through.
pub(super) fn safe_pattern(
    asked: &Asked<'_>,
    tool: &str,
    condition: &Condition,
) -> Option<SafePattern> {
    let text = pattern_without_hole(asked, condition)?;
    let pattern = Pattern::compile(&text).ok()?;
    let value = |arguments: &Value| {
        let value = asked.value_of(arguments)?.as_str()?;
        Some(pattern.is_match(value))
    };
    let passing = asked.settings.recorded.of(tool).filter(|call| asked.passing.passes(call));
    let (mut kept, mut of) = (0, 0);
    for call in passing {
        of += 1;
        kept += usize::from(value(&call) == Some(true));
    }
    let kept = (of > 0).then_some(Kept { calls: kept, of });
    Some(SafePattern { text, kept })
}

fn pattern_without_hole(asked: &Asked<'_>, condition: &Condition) -> Option<String> {
    let predicate = &condition.predicate;
    let list = List::new(asked.what, predicate);
    candidates(asked.what, predicate).into_iter().find(|text| {
        let Ok(pattern) = Pattern::compile(text) else { return false };
        let narrower = Condition { predicate: Predicate::Matches(pattern), ..condition.clone() };
        let conditions =
            Conditions { equality: asked.equality, shape: &Shape::any(), budget: asked.budget };
        let test = [(asked.path, &narrower.predicate)];
        conditions.implies(&[&narrower], &[condition]) == Some(true)
            && asked.passes_some(&test)
            && asked.around_allowed(&list, &test).is_empty()
    })
}

/// Patterns that may do, the widest first.
fn candidates(what: Holds, predicate: &Predicate) -> Vec<String> {
    let (end, beginnings) = match predicate {
        Predicate::Matches(pattern) => (escape(&pattern.ending()), pattern.beginnings()),
        _ => (String::new(), Vec::new()),
    };
    let one_of = |texts: Vec<String>| match &texts[..] {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(format!("(?:{})", several.join("|"))),
    };
    let plain = |texts: Vec<String>| one_of(texts.iter().map(|text| escape(text)).collect());
    let named = one_of(hosts(predicate).iter().map(host).collect());
    let forms: &[&str] = match what {
        Holds::Path => &["^{}(?:/NAME)*$", "^{}(?:/NAME)+$", "^{}(?:/NAME)*/[A-Za-z0-9_-]+END$"],
        Holds::Url => &[
            "^https?://{}(?::[0-9]{1,5})?(?:[/?#]|$)",
            "^https://{}(?::[0-9]{1,5})?(?:[/?#]|$)",
            "^https://{}/",
        ],
        Holds::Host => &["^{}$"],
        Holds::Sql => &[
            r"^\s*(?i:select)\s[^;]*$",
            r"^(?i:select)\s[^;]*$",
            r"^SELECT\s[^;]*$",
            r"^select\s[^;]*$",
        ],
        Holds::Command => &["^{}(?: WORD)*$", "^{} WORD(?: WORD)*$"],
        Holds::Email => &["^[A-Za-z0-9._+-]+@{}$"],
        _ => &[],
    };
    let names = match what {
        Holds::Path => plain(roots(predicate)),
        Holds::Command => plain(beginnings.iter().map(|text| text.trim_end().to_owned()).collect()),
        Holds::Sql => Some(String::new()),
        _ => named,
    };
    let Some(names) = names else { return Vec::new() };
    let fill = |form: &&str| {
        let form = form.replace("NAME", NAME).replace("WORD", WORD).replace("END", &end);
        form.replace("{}", &names)
    };
    forms.iter().map(fill).collect()
}

fn host(host: &Host) -> String {
    let below = if host.with_subdomains { r"(?:[a-z0-9-]+\.)*" } else { "" };
    format!("{below}{}", escape(&host.name))
}
