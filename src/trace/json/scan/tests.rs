use super::*;
use proptest::prelude::*;

/// Whether a text is one value and nothing else.
fn is_value(text: &str) -> bool {
    let mut json = JsonScan::<true>::new(text, 0);
    json.space();
    json.value().is_some() && json.end_line().is_some() && json.at == text.len()
}

#[test]
fn what_is_taken_is_what_json_is() {
    for (text, valid) in [
        ("{}", true),
        (r#"{"a":[],"b":[{}],"c":{"d":[1,[2,{"e":null}]]}}"#, true),
        ("[ 1 , -0 , 0.5 , 1e5 , 1E-5 , true , false , null , \"\" ]", true),
        (r#""\"\\\/\b\f\n\r\t\u00Ff""#, true),
        (r#""\ud800""#, true),
        ("\"eight by\u{7f}te\u{e9} and more than eight\"", true),
        ("[1,]", false),
        ("[,1]", false),
        ("[1 2]", false),
        ("{\"a\"}", false),
        ("{\"a\":1,}", false),
        ("{1:2}", false),
        ("[}", false),
        ("{]", false),
        ("[{]}", false),
        ("01", false),
        ("-", false),
        ("1.", false),
        (".5", false),
        ("1e", false),
        ("+1", false),
        ("nul", false),
        ("truee", false),
        (r#""\x""#, false),
        (r#""\u00g0""#, false),
        ("\"\u{1f}\"", false),
        ("\"12345678\t\"", false),
        ("\"open", false),
        ("[", false),
        ("", false),
    ] {
        assert_eq!(is_value(text), valid, "{text}");
        let serde = serde_json::from_str::<&serde_json::value::RawValue>(text);
        assert_eq!(serde.is_ok(), valid, "serde_json: {text}");
    }
}

#[test]
fn numbers_and_literals_end_where_they_end_in_whichever_block() {
    let nested = |before: usize, scalar: &str| {
        format!(r#"{{"":{{"a":"{}","b":{scalar}}}}}"#, "p".repeat(before))
    };
    for before in 0..=2 * BLOCK {
        for scalar in ["0", "-0", "1", "12.5", "1e5", "true", "null", "12345678901234567890"] {
            let text = nested(before, scalar);
            assert!(is_value(&text) && is_value(&format!("[{text}]")), "{text}");
        }
        for scalar in [
            "01", "00", "-01", "1-", "0x", "1true", "true1", "null0", "1e5e5", "0.0.1", "1\0",
            "1\u{1f}1", "nul", "-",
        ] {
            let text = nested(before, scalar);
            assert!(!is_value(&text), "{text:?}");
        }
    }
}

#[test]
fn deep_nesting_is_left_to_others() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(is_value(&nested(64)));
    assert!(!is_value(&nested(65)));
}

#[test]
fn numbers_that_could_be_beyond_a_float_are_told() {
    for (text, wild) in [("[1, 2.5]", false), ("[1e5]", true), (&"1".repeat(301), true)] {
        let mut json = JsonScan::<true>::new(text, 0);
        json.value().unwrap();
        assert_eq!(json.is_wild(), wild, "{text}");
    }
}

/// Any JSON, as lines have it.
fn json() -> impl Strategy<Value = String> {
    let scalars =
        ["0", "-1.5", "1e5", "true", "false", "null", r#""""#, r#""\\""#, r#""\u00e9\"x""#];
    let scalar = prop_oneof![
        proptest::sample::select(scalars.to_vec()).prop_map(str::to_owned),
        "[0-9]{1,20}".prop_map(|digits| format!("1{digits}")),
        "[a-z{},: é]{0,90}".prop_map(|text| format!("{text:?}")),
    ];
    let blank = || proptest::sample::select(vec!["", "", "", " ", "\t \r"]);
    scalar.prop_recursive(6, 40, 6, move |inner| {
        let inner = (blank(), inner, blank()).prop_map(|(a, json, b)| format!("{a}{json}{b}"));
        let member = (blank(), "[a-z]{0,9}", blank(), inner.clone());
        let member = member.prop_map(|(a, key, b, json)| format!("{a}\"{key}\"{b}:{json}"));
        let (list, object) =
            (proptest::collection::vec(inner, 0..6), proptest::collection::vec(member, 0..6));
        let all =
            |items: Vec<String>, empty| if items.is_empty() { empty } else { items.join(",") };
        prop_oneof![
            (list, blank()).prop_map(move |(items, b)| format!("[{}]", all(items, b.to_owned()))),
            (object, blank())
                .prop_map(move |(items, b)| format!("{{{}}}", all(items, b.to_owned()))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_agree_with_serde_json(
        text in json(),
        at in any::<proptest::sample::Index>(),
        other in r#"[\[\]{}",:\\0-9.eE+\-atu \t\x0c\x00]"#,
        way in 0..4,
    ) {
        let serde = |text: &str| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
        prop_assert!(is_value(&text) && serde(&text), "{}", text);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[at.index(places.len())];
        let next = at + text[at..].chars().next().map_or(0, char::len_utf8);
        let changed = match way {
            0 => [&text[..at], &text[next..]].concat(),
            1 => [&text[..at], &other, &text[at..]].concat(),
            2 => text[..at].to_owned(),
            _ => [&text[..at], &other, &text[next..]].concat(),
        };
        prop_assert_eq!(is_value(&changed), serde(&changed), "{}", changed);
    }

    #[test]
    fn it_agrees_with_serde_json(text in r#"[\[\]{}",:\\0-9.eE+\-a-fntrul \t]{0,24}"#) {
        let serde = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
        prop_assert_eq!(is_value(&text), serde, "{}", text);
    }
}
