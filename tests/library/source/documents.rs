//! Reading documents, as properties: it never panics, every span lies in the text, and what other
//! readers take for JSON is the same here.

use gatelint::source::Document;
use proptest::prelude::*;

use crate::properties::policy::reads;

/// JSON text with a good share of what goes wrong in it.
fn json_text() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => prop::sample::select(vec!["{", "}", "[", "]", ",", ":"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "\"a\"", "\"\\u00e9\"", "\"\\ud83d\"", "null", "true", "1", "-0", "1e9", "1e999", "01", "é", "//x\n",
            "\"tools\"", "\"limits\"", "\"version\"", "\"1\"", "\"deny_if\"", "\"conditions\"",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
        1 => "[ \n\t]{1,2}",
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

fn json_value(text: &'static str) -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e9..1e9f64).prop_map(Into::into),
        text.prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(text, inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Text on which YAML 1.1, which the writer follows, and 1.2 agree: the line separators of Unicode
/// are line breaks in the one and ordinary characters in the other.
const YAML_TEXT: &str = "[ -~äé日😀\n\t]{0,8}";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        reads("any.json", &bytes);
        reads("any.yaml", &bytes);
    }

    #[test]
    fn broken_json_is_read_without_a_panic(text in json_text()) {
        reads("broken.json", text.as_bytes());
        reads("broken.yaml", text.as_bytes());
    }

    #[test]
    fn what_is_json_to_others_is_the_same_here(text in json_text()) {
        if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
            let document = Document::read("a.json", text.clone().into_bytes());
            let ours = document.root.map(|root| root.to_json());
            prop_assert_eq!(ours, Some(theirs), "{}", text);
        }
    }

    #[test]
    fn every_json_value_comes_back(value in json_value("\\PC{0,8}"), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let document = Document::read("a.json", text.unwrap().into_bytes());
        prop_assert_eq!(&document.problems, &[]);
        prop_assert_eq!(document.root.map(|root| root.to_json()), Some(value));
    }

    #[test]
    fn every_yaml_value_comes_back(value in json_value(YAML_TEXT)) {
        let text = serde_yaml::to_string(&value).unwrap();
        let theirs: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        let document = Document::read("a.yaml", text.clone().into_bytes());
        prop_assert_eq!(&document.problems, &[], "{}", &text);
        prop_assert_eq!(document.root.map(|root| root.to_json()), Some(theirs), "{}", text);
    }
}
