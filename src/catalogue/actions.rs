//! The actions among which an argument lets choose what a tool does: as the schema lists them, else as its
//! description or that of the tool does.

use serde_json::Value;

use super::argument::Arguments;
use super::category::Category;
use super::evidence::{Evidence, Kind, weigh};
use super::name::{self, split};
use super::schema::choices;
use super::verbs::meaning;
use super::words::money;

/// Arguments whose values select what is done…
const SELECTORS: &str = "action actions command cmd method mode op operation verb";

/// …and the last words of others.
const LAST: &str = "action operation";

/// Methods of HTTP, which say how a request is sent and not what is done.
const HTTP: &str = "connect delete get head options patch post put trace";

/// Words before a list that goes on: "e.g. 'list'".
const OPEN: [&str; 4] = ["e.g", "for example", "such as", "etc"];

/// What is taken away beside an action that puts it there, and none that makes it or gets rid of it, can be
/// put there again.
const TAKEN: &str = "clear detach disconnect remove unassign unlink unset";
const PUT: &str = "add assign attach connect grant link set";
const MADE: &str = "create delete destroy insert purge";

/// So many words at most are the name of an action.
const LONGEST: usize = 3;

/// What an argument lets choose among.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    /// The argument.
    pub argument: &'a str,
    /// The actions of which it is known what they do.
    known: Vec<(Category, String)>,
    /// Whether they are all there is.
    pub is_closed: bool,
}

impl Choice<'_> {
    /// The most severe of the actions, with the argument that selects it.
    pub fn evidence(&self) -> Option<Evidence> {
        let worst = self.known.iter().max_by_key(|(category, _)| *category);
        let (category, action) =
            worst.filter(|(category, _)| self.is_closed || *category > Category::Read)?;
        let text = format!("argument: {} may be {action}", self.argument);
        Some(Evidence::new(*category, Kind::Selectable, text))
    }
}

/// The choices that arguments give; `said` is the description of the tool.
pub(super) fn choices_of<'a>(
    arguments: &'a Arguments,
    schema: Option<&Value>,
    said: Option<&str>,
) -> Vec<Choice<'a>> {
    let selectors = arguments.keys().filter(|name| is_selector(name));
    selectors.filter_map(|name| choice(name, schema?.get("properties")?.get(name)?, said)).collect()
}

/// Whether an action has a verb that can be nothing else.
fn is_plain(action: &str) -> bool {
    split(action).iter().any(|word| meaning(word).is_some_and(|meaning| !meaning.ambiguous))
}

fn is_selector(name: &str) -> bool {
    let last = || split(name).pop().is_some_and(|last| is_in(&last, LAST));
    is_in(&name.to_lowercase(), SELECTORS) || last()
}

fn choice<'a>(argument: &'a str, property: &Value, said: Option<&str>) -> Option<Choice<'a>> {
    let values = choices(property).or_else(|| choices(property.get("items")?));
    let is_text = |value: &&Value| value.as_str().is_some_and(|text| !text.is_empty());
    let listed: Option<Vec<&str>> =
        values.map(|values| values.into_iter().filter(is_text).filter_map(Value::as_str).collect());
    let described = property.get("description").and_then(Value::as_str);
    let of_text = |text| Some(of_text(text)).filter(|found| found.len() > 1);
    let of_tool = || of_text(named_in(said?, argument)?);
    let is_open = |text: &str| OPEN.iter().any(|open| text.contains(open));
    let (actions, is_open) = match (listed, described.and_then(of_text)) {
        (Some(listed), _) => (listed, false),
        (None, Some(found)) => (found, described.is_some_and(is_open)),
        (None, None) => match of_tool() {
            Some(found) => (found, false),
            // Lists that are under no heading may be of something else.
            None => (of_items(said?).into_iter().filter(|action| is_plain(action)).collect(), true),
        },
    };
    if actions.iter().all(|action| is_in(&action.to_lowercase(), HTTP)) {
        return None;
    }
    let mut known: Vec<(Category, String)> =
        actions.iter().filter_map(|action| done(action)).collect();
    let has = |list| known.iter().any(|(_, action)| is_in(action, list));
    if has(PUT) && !has(MADE) {
        known
            .iter_mut()
            .filter(|(_, action)| is_in(action, TAKEN))
            .for_each(|one| one.0 = Category::Write);
    }
    // Of what is not known one may change something.
    let changes = known.iter().any(|(category, _)| *category > Category::Read);
    let is_known =
        known.len() == actions.len() || (changes && known.len() * 3 >= actions.len() * 2);
    let is_closed = !is_open && is_known && !known.is_empty();
    Some(Choice { argument, known, is_closed })
}

/// What a selected action does, and its words; none where nothing in it is known.
fn done(action: &str) -> Option<(Category, String)> {
    let words = split(action);
    let mut evidence = name::read(&words, false);
    // "Start a purchase analysis" is about money and moves none.
    let pays = money(words.get(words.len().saturating_sub(1)..)?).is_some();
    evidence.retain(|one| match one.kind {
        Kind::ReadsMoney | Kind::NothingKnown => false,
        Kind::Money | Kind::PossibleMoney => pays,
        _ => true,
    });
    (!evidence.is_empty()).then(|| (weigh(&evidence).category, words.join(" ")))
}

/// The part of a tool's description that speaks of an argument: its line there, or what follows "Actions:".
fn named_in<'t>(said: &'t str, argument: &str) -> Option<&'t str> {
    let is_start = |line: &str| {
        let start = line.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let rest = start.strip_prefix(&argument.to_lowercase());
        rest.is_some_and(|rest| rest.trim_start_matches('s').trim_start().starts_with([':', '(']))
    };
    let line =
        said.lines().find(|line| is_start(line) && line.contains(['"', '\'', '`', ',', '|']));
    let headed = || {
        let heads = ["actions:", "operations:", "operations\n", "supports:"];
        // Letters of other languages may be longer in lower case.
        let lower = said.to_ascii_lowercase();
        let at = heads.iter().find_map(|head| Some(lower.find(head)? + head.len()))?;
        let text = &said[at..];
        let end = text.trim_start().split("\n\n").next().map_or(0, str::len);
        let is_block =
            end > 0 && !text.trim_start()[..end].starts_with(|c: char| c.is_ascii_digit());
        Some(if is_block { &text.trim_start()[..end] } else { text })
    };
    line.or_else(headed)
}

/// The actions that a text lists: in quotes, as items, or between commas and strokes behind a colon.
fn of_text(text: &str) -> Vec<&str> {
    let quoted: Vec<&str> = {
        let parts = text.split(['"', '\'', '`']).enumerate();
        let within = parts.filter(|(at, _)| at % 2 == 1).map(|(_, part)| part);
        within.filter(|part| is_word(part)).collect()
    };
    if quoted.len() > 1 {
        return quoted;
    }
    let items = of_items(text);
    if items.len() > 1 {
        return items;
    }
    // "What to do: list, add".
    let list = text.split_once(':').map_or(text, |(_, list)| list);
    let list = list.split(". ").next().unwrap_or(list);
    let parts: Vec<&str> = list.split([',', '|']).map(str::trim).collect();
    let bare = |part: &'_ str| part.trim_start_matches("or ").trim_start_matches("and ").len();
    let words = parts.iter().map(|part| first_word(&part[part.len() - bare(part)..]));
    let is_list = parts.len() > 1 && parts.iter().all(|part| part.split(' ').count() <= LONGEST);
    words.filter(|word| is_list && is_word(word)).collect()
}

/// The words that the items of a text begin with: `- list, add: …`.
fn of_items(text: &str) -> Vec<&str> {
    let item = |line| -> Option<&str> {
        let line = str::trim_start(line);
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = match number.len() < line.len() {
            true => number.strip_prefix(['.', ')'])?,
            false => line.strip_prefix(['-', '*', '•'])?,
        };
        Some(item.trim_start_matches(['*', '`', ' ']))
    };
    let mut words = Vec::new();
    for item in text.lines().filter_map(item) {
        let first = item.split([':', '(']).next().unwrap_or(item);
        let is_list = first.split(',').all(|part| is_word(part.trim()));
        let parts = first.split(',').map(str::trim).filter(|_| is_list);
        words
            .extend(parts.chain((!is_list).then(|| first_word(item))).filter(|word| is_word(word)));
    }
    words
}

fn first_word(text: &str) -> &str {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let end = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && first_word(text) == text && text.starts_with(char::is_alphabetic)
}

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::Argument;

    fn worst(property: Value, said: &str) -> Option<Category> {
        let schema = json!({"properties": {"action": property}});
        let arguments = Arguments::from([("action".to_owned(), Argument::default())]);
        let choices = choices_of(&arguments, Some(&schema), Some(said));
        choices.iter().find_map(Choice::evidence).map(|one| one.category)
    }

    #[test]
    fn actions_are_listed_by_schemas_and_descriptions() {
        use Category::{Destructive, Read, Write};
        let described = |text: &str| json!({"type": "string", "description": text});
        for (property, said, expected) in [
            (json!({"enum": ["list", "get_all"]}), "", Some(Read)),
            (json!({"anyOf": [{"const": "get"}, {"const": "purge"}]}), "", Some(Destructive)),
            (described("One of 'create' or 'update'"), "", Some(Write)),
            (described("list | get | remove"), "", Some(Destructive)),
            (described("What to do: list, add, or delete"), "", Some(Destructive)),
            (described("- list: all\n- rename: one\n"), "", Some(Write)),
            (described("e.g. 'list', 'get'"), "", None),
            (described("The action to perform"), "", None),
            (json!({}), "Notes.\n\nActions: list, create, delete.", Some(Destructive)),
            (json!({}), "Args:\n  action: What (\"list\", \"get_info\")\n", Some(Read)),
            (json!({"enum": ["GET", "DELETE"]}), "", None),
            (json!({"enum": ["frob"]}), "", None),
            (json!({"enum": ["list", "get", "frob"]}), "", None),
            (json!({"enum": ["list", "add", "remove"]}), "", Some(Write)),
            (json!({"enum": ["create", "add", "remove"]}), "", Some(Destructive)),
        ] {
            assert_eq!(worst(property.clone(), said), expected, "{property} {said}");
        }
    }
}
