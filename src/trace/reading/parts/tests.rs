//! That a document in parts says what it says as a whole.

use std::io::Write;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const LISTS: Lists =
    Lists { fields: &["list", "inner"], within: Some(&INNER), of_elements: Some(&INNER) };
const INNER: Lists = Lists { fields: &["inner"], within: None, of_elements: None };

/// The parts of a text, and what is wrong with it.
fn parts(text: &str, part: usize) -> (Vec<Value>, Vec<String>) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let mut parts = Parts::new(file, (0, text.len() as u64), Some(&LISTS), part);
    let (mut read, mut wrong, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        match parts.next(&mut buffer).unwrap() {
            Ok(false) => return (read, wrong),
            Ok(true) => match serde_json::from_slice(&buffer) {
                Ok(part) => read.push(part),
                Err(error) => wrong.push(error.to_string()),
            },
            Err(why) => wrong.push(why),
        }
    }
}

#[test]
fn every_element_comes_once_with_all_that_stands_around_its_list() {
    let text = r#"{"a":"x","list":[{"n":1,"inner":["p","q"],"m":2},[3],{"n":4}],"b":[5]}"#;
    let part = |list: Value| json!({"a": "x", "b": [5], "list": list});
    let (read, wrong) = parts(text, 1);
    assert_eq!(wrong, [""; 0]);
    let expected = [
        part(json!([{"n": 1, "m": 2, "inner": ["p"]}])),
        part(json!([{"n": 1, "m": 2, "inner": ["q"]}])),
        part(json!([[3]])),
        part(json!([{"n": 4}])),
    ];
    assert_eq!(read, expected);
    assert_eq!(parts(text, 1_000).0, [serde_json::from_str::<Value>(text).unwrap()]);
}

#[test]
fn lists_come_in_the_order_of_their_reader_and_objects_may_hold_them() {
    let text = r#"{"inner":{"inner":[1,2],"c":3},"list":[]}"#;
    let (read, wrong) = parts(text, 1);
    assert_eq!(wrong, [""; 0]);
    let within = |element: u8| json!({"inner": {"c": 3, "inner": [element]}});
    assert_eq!(read, [json!({"list": []}), within(1), within(2)]);
    assert_eq!(parts("[[1],{\"inner\":[2,3]}]", 1).0.len(), 3);
}

#[test]
fn what_is_not_json_is_told_of() {
    for text in [
        "{\"list\":[1 2]}",
        "{\"list\":[1,]}",
        "{\"list\":[1,2]",
        "{\"list\":[1],\"list\":[2]}",
        "{\"list\":[1],}",
        "{\"list\" [1]}",
        "{\"list\":[1]} x",
        "{\"a\":tru,\"list\":[1]}",
        "{\"a\":1,\"list\":}",
        "[1,2",
        "[1,2]]",
        "[,1]",
        "[1}",
    ] {
        assert!(!parts(text, 1).1.is_empty(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_json_in_parts_is_json(
        text in r#"(\{"list":\[|\[|\{"inner":)[\[\]{}",:0-9a n]{0,16}(\]\}|\]|\})"#,
    ) {
        let is_json = serde_json::from_str::<Value>(&text).is_ok();
        let (read, wrong) = parts(&text, 1);
        prop_assert_eq!(is_json && has_no_name_twice(&text), wrong.is_empty(), "{} {:?} {:?}", text, read, wrong);
    }
}

fn has_no_name_twice(text: &str) -> bool {
    text.matches("\"list\"").count() < 2 && text.matches("\"inner\"").count() < 2
}
