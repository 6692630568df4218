//! What each operator means, value by value.

use serde_json::json;

use crate::engine::Prepared;
use crate::policy::{self, Equality, Order, Pattern, Predicate};
use crate::solver::answer::Answer;
use crate::solver::equal::equals;
use crate::solver::literal::{Atom, Literal};
use crate::solver::query::Query;
use crate::solver::{Budget, Shape};

/// Values at the edges of what the dialects compare: zeros, numbers that are not exact or print with an
/// exponent, what prints like something else, lists and objects within each other.
fn edges() -> Vec<serde_json::Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-0.0),
        json!(5),
        json!(1.5),
        json!(9_007_199_254_740_993_u64),
        json!(9_007_199_254_740_992_u64),
        json!(1_000_000),
        json!(1e308),
        json!(1e-7),
        json!(""),
        json!("-0"),
        json!("0"),
        json!("5"),
        json!("1e+06"),
        json!("1000000"),
        json!("<nil>"),
        json!("true"),
        json!("[5]"),
        json!("map[a:5]"),
        json!("é"),
        json!([]),
        json!([5]),
        json!(["5"]),
        json!([-0.0]),
        json!([0]),
        json!([[5], null]),
        json!({}),
        json!({"a": 5}),
        json!({"a": {"b": [0]}}),
    ]
}

fn predicates() -> Vec<Predicate> {
    let mut found = Vec::new();
    for edge in edges() {
        let value = policy::Value::from(&edge);
        for negated in [false, true] {
            found.push(Predicate::Equal { value: value.clone(), negated });
            let values = vec![policy::Value::Int(5), value.clone()];
            found.push(Predicate::OneOf { values, negated });
        }
        if let Some(bound) = value.as_number() {
            let orders = [Order::Lt, Order::Lte, Order::Gt, Order::Gte];
            found.extend(orders.map(|order| Predicate::Compare { order, bound }));
        }
        found.push(Predicate::Contains(value));
    }
    found.extend([true, false].map(Predicate::Exists));
    let patterns = ["", "^-?0$", "^$", r"\B", r"^\[", "^(5|é)$"];
    found.extend(patterns.map(|pattern| Predicate::Matches(Pattern::compile(pattern).unwrap())));
    found
}

#[test]
fn every_operator_means_to_the_solver_what_it_means_to_the_engine() {
    let (path, shape, budget) = (["a".to_owned()], Shape::any(), Budget::new(None));
    for equality in [Equality::Strict, Equality::Printed] {
        for predicate in predicates() {
            let atom = Atom::new(&path, &predicate, equality);
            let test = Prepared::new(&predicate, equality);
            for edge in edges() {
                let value = policy::Value::from(&edge);
                let pinned = Predicate::Equal { value: value.clone(), negated: false };
                let pin = Atom::new(&path, &pinned, Equality::Strict);
                for holds in [true, false] {
                    let all =
                        vec![Literal { atom: &pin, holds: true }, Literal { atom: &atom, holds }];
                    let answer = Query { all, any: Vec::new() }.answer(&shape, &budget);
                    // The two zeros are one value to the pin.
                    let mut same = equals(&value, Equality::Strict).values.into_iter();
                    let expected = same.any(|value| test.holds(Some(&value.to_string())) == holds);
                    let shown = format!("{predicate:?} {equality:?} {edge} {holds}");
                    match answer {
                        Answer::Proved => assert!(!expected, "{shown}"),
                        Answer::Witness(arguments) => {
                            let text = arguments["a"].to_string();
                            assert!(
                                expected && test.holds(Some(&text)) == holds,
                                "{shown}: {text}"
                            );
                        }
                        Answer::Unknown(why) => panic!("{shown}: {why}"),
                    }
                }
            }
        }
    }
}

#[test]
fn two_operators_together_exclude_no_value_that_the_engine_lets_pass() {
    let (path, shape, budget) = (["a".to_owned()], Shape::any(), Budget::new(None));
    let edges: Vec<Option<String>> =
        edges().iter().map(|edge| Some(edge.to_string())).chain([None]).collect();
    let predicates = predicates();
    let atoms: Vec<Atom<'_>> = [Equality::Strict, Equality::Printed]
        .into_iter()
        .flat_map(|equality| predicates.iter().map(move |one| (one, equality)))
        .map(|(predicate, equality)| Atom::new(&path, predicate, equality))
        .collect();
    let (mut pairs, mut unknown) = (0, 0);
    for (first, one) in atoms.iter().enumerate() {
        for (second, other) in atoms.iter().enumerate().filter(|(at, _)| (at * 7 + first) % 23 == 0)
        {
            for (holds, both) in [(true, true), (true, false), (false, true), (false, false)] {
                let all = vec![Literal { atom: one, holds }, Literal { atom: other, holds: both }];
                let agree =
                    |edge: &&Option<String>| all.iter().all(|one| one.agrees(edge.as_deref()));
                let passing = edges.iter().find(agree);
                let query = Query { all: all.clone(), any: Vec::new() };
                pairs += 1;
                match query.answer(&shape, &budget) {
                    Answer::Proved => assert_eq!(passing, None, "{first} {second} {holds} {both}"),
                    Answer::Witness(arguments) => {
                        let text = arguments.to_string();
                        assert!(query.all.iter().all(|literal| literal.agrees_in(&text)), "{text}");
                    }
                    Answer::Unknown(_) => unknown += 1,
                }
            }
        }
    }
    assert!(pairs > 5_000 && unknown * 100 < pairs, "{unknown} of {pairs}");
}
