//! What an argument holds: a path, an address, a statement, a command.
//!
//! The name of an argument speaks first, then its schema, what its description says, and the company it
//! keeps: the words of its tool and of the arguments beside it. Everything that speaks for one thing is
//! added up; the thing that most speaks for wins. A person's word in a record is certain.

mod evidence;

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::argument::{ArgumentType, Holds};
use super::category::{Category, Vocabulary as _};
use super::name::split;
use super::signals::takes_credential;
use super::verbs::meaning;
use evidence::{
    ASPECTS, BY_COMPANY, BY_NAME, ELSEWHERE, FORMATS, HINT, LIKELY, OPENERS, PAIRS, PHRASES, PLAIN,
    UNITS, senses,
};

/// Names of one word that choose what is done.
const METHODS: &str = "action method operation";

/// Arguments beside a command that make it the name of one.
const PARAMETERS: [&str; 4] = ["arguments", "parameters", "params", "args"];

/// Why it is.
const BESIDE: &str = "beside: its parameters by name";

/// What an argument was taken to hold, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Said", into = "Said")]
pub struct Held {
    /// What it holds.
    pub what: Holds,
    /// How sure that is: 1 when a person said so.
    pub confidence: f64,
    /// What spoke for it.
    pub evidence: Vec<String>,
}

/// The arguments of a tool by name, objects within them by dots, with what they hold.
pub type HeldArguments = BTreeMap<String, Held>;

/// How a record says it: one word where a person decided.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    Word(Holds),
    Guess { what: Holds, confidence: f64, evidence: Vec<String> },
}

impl From<Said> for Held {
    fn from(said: Said) -> Held {
        match said {
            Said::Word(what) => Held::said(what),
            Said::Guess { what, confidence, evidence } => Held { what, confidence, evidence },
        }
    }
}

impl From<Held> for Said {
    fn from(held: Held) -> Said {
        match held {
            Held { what, confidence, evidence } if confidence < 1.0 => {
                Said::Guess { what, confidence, evidence }
            }
            Held { what, .. } => Said::Word(what),
        }
    }
}

impl Held {
    /// What a person says that an argument holds.
    pub fn said(what: Holds) -> Held {
        Held { what, confidence: 1.0, evidence: Vec::new() }
    }

    /// Whether it is more than a suspicion.
    pub fn is_fair(&self) -> bool {
        self.confidence >= 0.5
    }

    /// Whether it can hardly be anything else: a person or a format says so, or the name.
    pub fn is_sure(&self) -> bool {
        self.confidence >= PLAIN
    }
}

/// An argument as it is looked at.
pub(super) struct Argument<'a> {
    /// Its name; of one inside an object the innermost.
    pub name: &'a str,
    /// Its type, if that is known.
    pub kind: Option<ArgumentType>,
    /// Its schema, if that is known.
    pub schema: Option<&'a Value>,
}

/// What is around an argument adds to what it may hold: the words of its tool, of what that says of
/// itself, and of the arguments beside it.
#[derive(Debug, Default)]
pub(super) struct Company(BTreeMap<Holds, (f64, String)>);

impl Company {
    /// The company that names, and what a tool says of itself, are to an argument.
    pub fn new<'w>(said: impl Iterator<Item = &'w str>) -> Company {
        let mut company = Company::default();
        for word in said.flat_map(split) {
            for (what, weight) in senses(&BY_COMPANY, &word) {
                let known = company.0.get(what).map_or(0.0, |(known, _)| *known);
                if *weight > known {
                    company.0.insert(*what, (*weight, word.clone()));
                }
            }
        }
        company
    }
}

/// What speaks for each thing that an argument may hold.
#[derive(Default)]
struct Scale(BTreeMap<Holds, (f64, Vec<String>)>);

impl Scale {
    fn add(&mut self, what: Holds, weight: f64, evidence: String) {
        let entry = self.0.entry(what).or_default();
        entry.0 += weight;
        entry.1.push(evidence);
    }

    /// The greatest confidence of a guess; only a person's word is certain.
    fn heaviest(self) -> Option<Held> {
        const MOST: f64 = 0.95;
        let heaviest = self.0.into_iter().max_by(|one, other| one.1.0.total_cmp(&other.1.0))?;
        let (what, (weight, evidence)) = heaviest;
        Some(Held { what, confidence: weight.min(MOST), evidence })
    }
}

/// What the arguments of a schema, as a server announces it, seem to hold, those within objects by dots,
/// as far as it is more than a suspicion.
pub(super) fn of_schema(
    schema: Option<&Value>,
    company: &Company,
    category: Category,
) -> HeldArguments {
    /// How deep arguments are looked for in others.
    const DEPTH: usize = 3;
    let mut found = HeldArguments::new();
    let judge = |argument: &Argument<'_>| guess(argument, company, category).filter(Held::is_fair);
    if let Some(schema) = schema {
        add_properties(&mut found, schema, "", DEPTH, &judge);
        let named =
            PARAMETERS.iter().filter_map(|other| schema.get("properties")?.get(other)?.get("type"));
        if let Some(command) = found.get_mut("command")
            && named.into_iter().any(|kind| kind == "object")
        {
            *command =
                Held { what: Holds::Method, confidence: LIKELY, evidence: vec![BESIDE.to_owned()] };
        }
    }
    found
}

fn add_properties(
    found: &mut HeldArguments,
    schema: &Value,
    before: &str,
    depth: usize,
    judge: &impl Fn(&Argument<'_>) -> Option<Held>,
) {
    for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        let path = format!("{before}{name}");
        let kind = schema.get("type").and_then(Value::as_str).and_then(ArgumentType::of_word);
        if depth > 1 && schema.get("properties").is_some() {
            add_properties(found, schema, &format!("{path}."), depth - 1, judge);
        }
        if let Some(held) = judge(&Argument { name, kind, schema: Some(schema) }) {
            found.insert(path, held);
        }
    }
}

/// What an argument seems to hold; none where nothing speaks for anything.
pub(super) fn guess(
    argument: &Argument<'_>,
    company: &Company,
    category: Category,
) -> Option<Held> {
    let (kind, schema) = innermost(argument.kind, argument.schema);
    let mut scale = Scale::default();
    match kind {
        Some(ArgumentType::Boolean | ArgumentType::Object) => return None,
        Some(ArgumentType::Number | ArgumentType::Integer) => {
            weigh_name(&mut scale, argument.name);
            scale.0.retain(|what, _| *what == Holds::Amount);
        }
        None | Some(ArgumentType::String | ArgumentType::Array) => {
            weigh_name(&mut scale, argument.name);
            weigh_schema(&mut scale, argument.name, schema);
        }
    }
    for (what, (weight, evidence)) in &mut scale.0 {
        if let Some((more, word)) = company.0.get(what) {
            *weight += more;
            evidence.push(format!("beside: {word}"));
        }
        if *what == Holds::Code && category == Category::Execute {
            *weight += HINT;
        }
    }
    scale.heaviest()
}

/// The type and the schema of an argument, or of the elements of a list.
fn innermost(
    kind: Option<ArgumentType>,
    schema: Option<&Value>,
) -> (Option<ArgumentType>, Option<&Value>) {
    let items = schema.and_then(|schema| schema.get("items"));
    let of_items = || items?.get("type")?.as_str().and_then(ArgumentType::of_word);
    match kind {
        Some(ArgumentType::Array) if items.is_some() => (of_items(), items),
        kind => (kind, schema),
    }
}

fn weigh_name(scale: &mut Scale, name: &str) {
    let words = split(name);
    let Some(last) = words.last() else { return };
    let is_elsewhere = is_elsewhere(&words);
    if takes_credential(name) && !is_elsewhere && !lists(ASPECTS, last) {
        scale.add(Holds::Secret, PLAIN, format!("name: {name}"));
    }
    if let [only] = &words[..]
        && lists(METHODS, only)
    {
        scale.add(Holds::Method, LIKELY, format!("name: {only}"));
    }
    if let [.., before, last] = &words[..] {
        let pair = format!("{before} {last}");
        if let Some((what, weight, _)) = PAIRS.iter().find(|(.., names)| *names == pair) {
            scale.add(*what, *weight, format!("name: {pair}"));
        }
    }
    if !is_elsewhere && !is_other(&words) {
        for (what, weight) in senses(&BY_NAME, last) {
            scale.add(*what, *weight, format!("name: {last}"));
        }
    }
    // In front of a unit stands what is counted.
    let is_unit = |word: &&String| lists(UNITS, word) || **word == "in";
    let counted = words.iter().rev().find(|word| !is_unit(word)).filter(|_| lists(UNITS, last));
    for (what, weight) in counted.map_or(&[][..], |word| senses(&BY_NAME, word)) {
        if *what == Holds::Amount {
            scale.add(*what, *weight, format!("name: {}", counted.unwrap_or(last)));
        }
    }
    // `repo_path` is a path, and so is `path`; `database_url` an address. Only of what runs something
    // does the first word tell as much: `sql_text`, `command_line`; not what it is called.
    let first = words.first().filter(|_| words.len() > 1 && !is_elsewhere);
    for (what, weight) in first.map_or(&[][..], |first| senses(&BY_NAME, first)) {
        let is_run = what.is_run() && last != "name";
        let tells = *weight == PLAIN && (is_run || *what == Holds::Branch);
        if tells && !scale.0.contains_key(what) {
            scale.add(*what, *weight, format!("name: {}", words[0]));
        }
    }
}

/// Whether the last word of a name means something else behind the word before it: `in_reply_to`,
/// `account_code`, `project_ref`, `cron_expression`.
fn is_other(words: &[String]) -> bool {
    let [.., before, last] = words else { return false };
    match &**last {
        "to" => !matches!(&**before, "deliver" | "email" | "mail" | "send"),
        "ref" => matches!(&**before, "project" | "app" | "thread"),
        "code" => senses(&BY_NAME, before).is_empty(),
        "expression" => matches!(&**before, "cron" | "filter" | "schedule"),
        _ => false,
    }
}

/// Whether a name ends in what is only told of the thing in front of it.
fn is_elsewhere(words: &[String]) -> bool {
    words.len() > 1 && words.last().is_some_and(|last| lists(ELSEWHERE, last))
}

fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|listed| listed == word)
}

fn weigh_schema(scale: &mut Scale, name: &str, schema: Option<&Value>) {
    let Some(schema) = schema else { return };
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    if let Some(format) = text("format")
        && let Some((_, what)) = FORMATS.iter().find(|(known, _)| *known == format)
    {
        scale.add(*what, 0.9, format!("format: {format}"));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        weigh_values(scale, name, values);
    }
    let said = text("description").unwrap_or_default().to_lowercase();
    weigh_description(scale, name, &said);
}

/// What a description begins with is what the argument is, unless the name says otherwise; what it
/// mentions further on only bears the name out.
fn weigh_description(scale: &mut Scale, name: &str, said: &str) {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    let words: Vec<&str> =
        said.split(|letter| !is_part(letter)).filter(|word| !word.is_empty()).collect();
    let names = split(name);
    let is_open = scale.0.values().all(|(weight, _)| *weight <= HINT)
        && !is_elsewhere(&names)
        && !names.first().is_some_and(|only| names.len() == 1 && is_property(only));
    let opened = words.iter().take_while(|word| lists(OPENERS, word)).count();
    let mut spoken = HashSet::new();
    for (what, weight, phrase) in PHRASES {
        let phrase_words: Vec<&str> = phrase.split(' ').collect();
        let stands = |at: usize| words[at..].starts_with(&phrase_words);
        let begins = [0, opened].into_iter().any(|at| {
            let next = words.get(at + phrase_words.len());
            stands(at) && !next.is_some_and(|next| lists(ELSEWHERE, next))
        });
        let speaks = match scale.0.contains_key(&what) {
            true => (0..words.len()).any(stands),
            false => is_open && begins,
        };
        if speaks && spoken.insert(what) {
            scale.add(what, weight, format!("description: \"{phrase}\""));
        }
    }
    // A number that is printed on something, or that a country has.
    const THINGS: [&str; 11] = [
        "number",
        "printed",
        "country",
        "currency",
        "product",
        "postal",
        "characters",
        "iso",
        "account",
        "item",
        "sku",
    ];
    if let Some(code) = scale.0.get_mut(&Holds::Code)
        && THINGS.iter().any(|thing| said.contains(thing))
    {
        code.0 -= LIKELY;
    }
    scale.0.retain(|_, (weight, _)| *weight > 0.0);
}

/// Whether a name of one word tells of a property that holds nothing: a port, a format.
fn is_property(word: &str) -> bool {
    lists(ELSEWHERE, word) && senses(&BY_NAME, word).is_empty()
}

/// A list of actions to choose from: values of which at least half begin with a verb.
fn weigh_values(scale: &mut Scale, name: &str, values: &[Value]) {
    let verb = |value: &&Value| {
        let words = value.as_str().map(split).unwrap_or_default();
        words.first().is_some_and(|word| meaning(word).is_some())
    };
    let verbs = values.iter().filter(verb).count();
    if verbs * 2 >= values.len() && verbs > 0 {
        let named = scale.0.contains_key(&Holds::Method);
        // Sorted by a count or a view is no action.
        let weight = if named || verbs == values.len() && values.len() > 1 { LIKELY } else { HINT };
        scale.add(
            Holds::Method,
            weight,
            format!("values: {verbs} of {} of `{name}` are verbs", values.len()),
        );
    }
}

#[cfg(test)]
mod tests;
