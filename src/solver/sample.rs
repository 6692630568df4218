//! Calls that the conditions themselves suggest, for where no answer can be computed: the values that
//! they name, and those right beside them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::equal::equals;
use super::literal::Literal;
use super::number;
use super::shape::Shape;
use crate::policy::{self, Predicate};

/// How many texts one pattern suggests.
const SPELT: usize = 20_000;

/// How many of the suggested texts are altered.
const ALTERED: usize = 300;

/// How many values one argument is tried with.
const VALUES: usize = 4_000;

/// How many calls are put together, and how often each is mended.
const ATTEMPTS: usize = 16;
const MENDED: usize = 64;

/// What is tried whatever the conditions say.
const TEXTS: [&str; 10] = ["", "a", "0", "A", "_", " ", "a a", "\n", "a\n", "é"];

/// What is put before or behind a text to find out what is beside it.
const ENDS: [&str; 6] = ["a", "0", "_", " ", "\n", "é"];

/// Texts that some conditions on one argument suggest.
pub(super) fn texts(literals: &[Literal<'_>]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for literal in literals {
        match literal.atom.predicate {
            Predicate::Equal { .. } | Predicate::OneOf { .. } => {
                let operands = literal.operands().map_or(&[][..], |(operands, _)| operands);
                named.extend(operands.iter().map(policy::Value::printed));
            }
            Predicate::Contains(value) => named.push(value.printed()),
            _ => {
                let spelt = literal.atom.spelt().map_or(&[][..], |spelt| &spelt.texts);
                named.extend(spelt.iter().take(SPELT).cloned());
            }
        }
    }
    let few = &named[..named.len().min(ALTERED)];
    let beside = few.iter().flat_map(|text| {
        let mut characters = text.chars();
        characters.next();
        let without_first = characters.as_str().to_owned();
        let without_last: String =
            text.chars().take(text.chars().count().saturating_sub(1)).collect();
        let grown =
            ENDS.iter().flat_map(move |end| [format!("{text}{end}"), format!("{end}{text}")]);
        grown.chain([without_first, without_last])
    });
    // A condition on the start of a text and one on its end are met by both together.
    let pairs = few
        .iter()
        .take(24)
        .flat_map(|one| few.iter().take(24).map(move |other| format!("{one}{other}")));
    let more: Vec<String> = beside.chain(pairs).collect();
    TEXTS.iter().map(ToString::to_string).chain(named).chain(more).collect()
}

/// What a call must be like.
pub(super) struct Wanted<'q, 'a> {
    /// All of these literals must agree.
    pub(super) all: &'q [Literal<'a>],
    /// At least one of each must agree.
    pub(super) any: &'q [Vec<Literal<'a>>],
    /// What is known of the arguments.
    pub(super) shape: &'q Shape,
}

/// The arguments of such calls, as far as they are among the first that come to mind.
pub(super) fn calls<'q, 'a>(query: Wanted<'q, 'a>) -> impl Iterator<Item = Value> + use<'q, 'a> {
    let mut arguments: BTreeMap<&[String], Argument<'a>> = BTreeMap::new();
    let wanted = query.all.iter().map(|literal| (literal, true));
    let any = query.any.iter().flatten().map(|literal| (literal, false));
    for (literal, is_wanted) in wanted.chain(any) {
        let argument = arguments.entry(literal.atom.path).or_default();
        argument.literals.push(*literal);
        argument.wanted.extend(is_wanted.then_some(*literal));
    }
    arguments.values_mut().for_each(Argument::suggest);
    let is_open = arguments.values().all(|argument| !argument.values.is_empty());
    let attempts = if is_open { ATTEMPTS } else { 0 };
    (0..attempts).filter_map(move |attempt| attempt_at(attempt, &query, &arguments))
}

/// What is known of one argument: all literals on it, those that must agree, and what may stand there;
/// `None` where it is left out.
#[derive(Default)]
struct Argument<'a> {
    literals: Vec<Literal<'a>>,
    wanted: Vec<Literal<'a>>,
    values: Vec<Option<Value>>,
}

impl Argument<'_> {
    fn suggest(&mut self) {
        let mut values = vec![None];
        let named = self.literals.iter().flat_map(|literal| {
            let operands: &[policy::Value] = match (literal.operands(), literal.atom.predicate) {
                (Some((operands, _)), _) => operands,
                (None, Predicate::Contains(value)) => std::slice::from_ref(value),
                _ => &[],
            };
            operands.iter().flat_map(|operand| equals(operand, literal.atom.equality).values)
        });
        let named: Vec<Value> = named.take(VALUES).collect();
        let lists = named.iter().map(|value| Value::Array(vec![value.clone()])).collect::<Vec<_>>();
        let numbers = self.literals.iter().flat_map(number::named).filter(|n| n.is_finite());
        let numbers = numbers.flat_map(|n| [n, n - 1.0, n + 1.0, n.next_up(), n.next_down()]);
        values.extend(numbers.take(VALUES).map(|number| Some(number::json(number))));
        values.extend(named.into_iter().chain(lists).map(Some));
        values.extend(texts(&self.literals).into_iter().map(|text| Some(Value::from(text))));
        let plain = [json!(0), json!(true), json!(false), json!([]), json!({}), json!(null)];
        values.extend(plain.into_iter().map(Some));
        let wanted = &self.wanted;
        values.retain(|value| {
            let text = value.as_ref().map(Value::to_string);
            wanted.iter().all(|literal| literal.agrees(text.as_deref()))
        });
        values.truncate(VALUES);
        self.values = values;
    }
}

/// Puts a call together and mends it where it meets none of a clause.
fn attempt_at(
    attempt: usize,
    query: &Wanted<'_, '_>,
    arguments: &BTreeMap<&[String], Argument<'_>>,
) -> Option<Value> {
    let mut chosen: BTreeMap<&[String], &Option<Value>> = arguments
        .iter()
        .map(|(path, argument)| (*path, &argument.values[attempt % argument.values.len()]))
        .collect();
    for mended in 0..MENDED {
        let call = assembled(&chosen);
        let text = call.to_string();
        let agrees = |literal: &Literal<'_>| literal.agrees_in(&text);
        if query.all.iter().all(agrees)
            && query.any.iter().all(|clause| clause.iter().any(agrees))
            && query.shape.admits(&call)
        {
            return Some(call);
        }
        let missed = query.any.iter().find(|clause| !clause.iter().any(agrees))?;
        let literal = missed.get((attempt + mended) % missed.len().max(1))?;
        let values = &arguments[literal.atom.path].values;
        let fits = |value: &&Option<Value>| {
            literal.agrees(value.as_ref().map(Value::to_string).as_deref())
        };
        if let Some(value) = values.iter().cycle().skip(mended).take(values.len()).find(fits) {
            chosen.insert(literal.atom.path, value);
        }
    }
    None
}

/// The arguments with these values; what lies in others makes them objects.
fn assembled(chosen: &BTreeMap<&[String], &Option<Value>>) -> Value {
    let mut root = Value::Object(Map::new());
    // In the order of their paths, so that the outer ones come first.
    for (path, value) in chosen {
        let Some(value) = value else { continue };
        let Some((last, outer)) = path.split_last() else { continue };
        let mut at = &mut root;
        for key in outer {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            let Some(object) = at.as_object_mut() else { return root };
            at = object.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
        }
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        if let Some(object) = at.as_object_mut() {
            object.insert(last.clone(), value.clone());
        }
    }
    root
}
