//! Conditions by the argument that they look at, and arguments that agree with all of them.
//!
//! Conditions on different arguments do not bear on each other, but for one thing: what lies
//! below an argument is there only if that is an object. So arguments are solved one by one,
//! from the outside to the inside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Why;
use super::answer::Found;
use super::budget::Budget;
use super::equal::equals;
use super::list::list;
use super::literal::Literal;
use super::number::number;
use super::shape::{Shape, Sort};
use super::text::text;
use crate::policy::{self, Equality, Predicate};

/// How many members of its own an object gets to be told from those it must not equal.
const VARIATIONS: usize = 24;

/// The conditions on one argument and on what lies below it.
#[derive(Default)]
pub(super) struct Tree<'a> {
    literals: Vec<Literal<'a>>,
    children: BTreeMap<&'a str, Tree<'a>>,
}

/// An argument that agrees: left out, or with a value.
enum Argument {
    Absent,
    Present(Value),
}

impl<'a> Tree<'a> {
    /// Sorts literals by what they look at.
    pub(super) fn new(literals: &[Literal<'a>]) -> Tree<'a> {
        let mut tree = Tree::default();
        // Those that look at one argument mostly stand together.
        for run in literals.chunk_by(|one, other| one.atom.path == other.atom.path) {
            let path = run[0].atom.path.iter();
            let at = path.fold(&mut tree, |at, key| at.children.entry(key.as_str()).or_default());
            at.literals.extend_from_slice(run);
        }
        tree
    }

    /// The arguments of a call with which every literal agrees.
    pub(super) fn arguments(&self, shape: &Shape, budget: &Budget) -> Found<Value> {
        self.object(shape, budget)
    }

    /// Whether a value, or its absence, agrees with everything here and below.
    pub(super) fn agrees(&self, value: Option<&Value>) -> bool {
        let text = value.map(Value::to_string);
        self.literals.iter().all(|literal| literal.agrees(text.as_deref()))
            && self.children.iter().all(|(key, child)| {
                child.agrees(value.and_then(Value::as_object).and_then(|object| object.get(*key)))
            })
    }

    fn argument(&self, shape: &Shape, required: bool, budget: &Budget) -> Found<Argument> {
        if !required && self.agrees(None) {
            return Found::One(Argument::Absent);
        }
        self.value(shape, budget).map(Argument::Present)
    }

    fn value(&self, shape: &Shape, budget: &Budget) -> Found<Value> {
        if self.is_contradictory(|predicate| matches!(predicate, Predicate::Matches(_))) {
            return Found::None;
        }
        let found = self.any_value(shape, budget);
        match found {
            Found::Unknown(_) if self.is_contradictory(|_| true) => Found::None,
            found => found,
        }
    }

    /// Whether one literal is the opposite of another one, of those with a predicate of a kind.
    fn is_contradictory(&self, kind: impl Fn(&Predicate) -> bool) -> bool {
        let of_kind = self.literals.iter().filter(|literal| kind(literal.atom.predicate));
        let (wanted, unwanted): (Vec<&Literal<'_>>, Vec<&Literal<'_>>) =
            of_kind.partition(|literal| literal.holds);
        wanted.iter().any(|one| unwanted.iter().any(|other| one.contradicts(other)))
    }

    fn any_value(&self, shape: &Shape, budget: &Budget) -> Found<Value> {
        let is_it = |value: &Value| shape.admits(value) && self.agrees(Some(value));
        if let Some(values) = shape.values() {
            let found = values.iter().find(|value| is_it(value));
            return found.map_or(Found::None, |value| Found::One(value.clone()));
        }
        if let Some((operands, equality)) = self.must_equal() {
            let mut all = true;
            for operand in operands {
                let equals = equals(operand, equality);
                all &= equals.all;
                if let Some(value) = equals.values.into_iter().find(is_it) {
                    return Found::One(value);
                }
            }
            return if all { Found::None } else { Found::Unknown(Why::PrintedText) };
        }
        let sorts = Sort::ALL.into_iter().filter(|sort| shape.allows(*sort));
        sorts.fold(Found::None, |found, sort| found.or_else(|| self.of_sort(sort, shape, budget)))
    }

    /// The fewest operands of which a value must equal one.
    fn must_equal(&self) -> Option<(&'a [policy::Value], Equality)> {
        let all = self
            .literals
            .iter()
            .filter_map(|literal| Some((literal.must_equal()?, literal.atom.equality)));
        all.min_by_key(|(operands, equality)| (operands.len(), *equality == Equality::Printed))
    }

    fn of_sort(&self, sort: Sort, shape: &Shape, budget: &Budget) -> Found<Value> {
        if sort == Sort::Object {
            return self.object(shape, budget);
        }
        if !self.children.values().all(|child| child.agrees(None)) {
            return Found::None;
        }
        let one_of = |values: &[Value]| {
            let found = values.iter().find(|value| self.agrees(Some(value)));
            found.map_or(Found::None, |value| Found::One(value.clone()))
        };
        match sort {
            Sort::Text => text(&self.literals, budget).map(Value::from),
            Sort::Number => number(&self.literals, shape.is_whole()),
            Sort::Bool => one_of(&[Value::Bool(true), Value::Bool(false)]),
            Sort::Null => one_of(&[Value::Null]),
            Sort::List => list(&self.literals, shape),
            Sort::Object => Found::None,
        }
    }

    fn object(&self, shape: &Shape, budget: &Budget) -> Found<Value> {
        // What does not compare with a value holds for every object or for none.
        let is_same_for_all = |literal: &&Literal<'_>| literal.operands().is_none();
        let mut constant = self.literals.iter().filter(is_same_for_all);
        if constant.any(|literal| !literal.agrees(Some("{}"))) {
            return Found::None;
        }
        let object = match self.members(shape, budget) {
            Found::One(object) => object,
            Found::None => return Found::None,
            Found::Unknown(why) => return Found::Unknown(why),
        };
        self.varied(object, shape)
    }

    /// The members that the conditions below ask for, and those that the schema does.
    fn members(&self, shape: &Shape, budget: &Budget) -> Found<Map<String, Value>> {
        let (any, nothing) = (Shape::any(), Tree::default());
        let names: BTreeSet<&str> = self.children.keys().copied().chain(shape.required()).collect();
        let mut object = Map::new();
        let mut unknown = None;
        for name in names {
            let child = self.children.get(name).unwrap_or(&nothing);
            let found = match shape.property(name) {
                Some(property) => {
                    let property = property.unwrap_or(&any);
                    child.argument(property, shape.requires(name), budget)
                }
                None if shape.requires(name) || !child.agrees(None) => Found::None,
                None => Found::One(Argument::Absent),
            };
            match found {
                Found::One(Argument::Present(value)) => _ = object.insert(name.to_owned(), value),
                Found::One(Argument::Absent) => {}
                Found::None => return Found::None,
                Found::Unknown(why) => unknown = Some(why),
            }
        }
        unknown.map_or(Found::One(object), Found::Unknown)
    }

    /// The object, with members of its own if need be, so that it equals none that it must not.
    fn varied(&self, mut object: Map<String, Value>, shape: &Shape) -> Found<Value> {
        for count in 0..=VARIATIONS {
            let value = Value::Object(object);
            let text = value.to_string();
            if self.literals.iter().all(|literal| literal.agrees(Some(&text))) {
                return Found::One(value);
            }
            if shape.is_closed() {
                return Found::Unknown(Why::Schema);
            }
            let Value::Object(inner) = value else { unreachable!("it was made an object above") };
            object = inner;
            let mut name = format!("x{count}");
            while self.children.contains_key(name.as_str()) || object.contains_key(&name) {
                name.push('x');
            }
            if shape.property(&name).is_some_and(|property| property.is_some()) {
                continue;
            }
            object.insert(name, Value::Bool(true));
        }
        Found::Unknown(Why::PrintedText)
    }
}
