//! That `serde_json` reads the same.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
struct Facts<'a> {
    #[serde(borrow)]
    a: Option<Cow<'a, str>>,
    #[serde(default)]
    b: Vec<Value>,
    c: Option<f64>,
    #[serde(borrow, default)]
    d: HashMap<Cow<'a, str>, Option<bool>>,
}

/// Whether a text gives the same, read in either way.
fn agrees<'a, T: Deserialize<'a> + PartialEq>(text: &'a str) -> bool {
    read::<T>(text) == serde_json::from_str::<T>(text).ok()
}

fn all_agree(text: &str) -> bool {
    let raw = |text: &RawValue| text.get().to_owned();
    agrees::<Value>(text)
        && agrees::<Facts<'_>>(text)
        && agrees::<HashMap<String, Value>>(text)
        && agrees::<Vec<Option<i64>>>(text)
        && agrees::<Cow<'_, str>>(text)
        && read::<de::IgnoredAny>(text).is_some()
            == serde_json::from_str::<de::IgnoredAny>(text).is_ok()
        && read::<&RawValue>(text).map(raw) == serde_json::from_str::<&RawValue>(text).ok().map(raw)
        && read::<Vec<&RawValue>>(text).map(texts)
            == serde_json::from_str::<Vec<&RawValue>>(text).ok().map(texts)
        && read::<&RawValue>(text).is_none_or(known_agrees)
}

/// Whether a text gives the same where it is known to be JSON.
fn known_agrees(raw: &RawValue) -> bool {
    let text = raw.get();
    read_raw::<Value>(raw) == read(text)
        && read_raw::<Facts<'_>>(raw) == read(text)
        && read_raw::<HashMap<String, Value>>(raw) == read(text)
        && read_raw::<Vec<Option<i64>>>(raw) == read(text)
        && read_raw::<Vec<&RawValue>>(raw).map(texts) == read::<Vec<&RawValue>>(text).map(texts)
}

fn texts(values: Vec<&RawValue>) -> Vec<String> {
    values.into_iter().map(|value| value.get().to_owned()).collect()
}

#[test]
fn what_serde_json_reads_is_read_and_nothing_else() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let deep: Vec<String> = [126, 127, 128, 129, 1_000].map(deep).into();
    let texts = [
        r#"{"a":"x","b":[1,-2,3.5,1e400],"c":1,"d":{}}"#,
        r#" {"a" : "x\n\"y\\\u00e9\ud83d\ude00" , "c":-0 }
        "#,
        r#"{"a":"\ud800"}"#,
        r#""\udc00\ud800""#,
        r#""\ud800\u0041""#,
        r#""\ud800x""#,
        r#""\uD83d\uDE00\u000a\/\"\b\f\t\r""#,
        r#"{"a":null,"a":null}"#,
        r#"{"\u0061":"escaped","x":{"y":[[]]}}"#,
        r#"["positional",[],1]"#,
        r#"{"d":{"k":true,"l":null,"m":1}}"#,
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "[1,2,null]",
        "[1 2]",
        "{\"a\":\"tab\there\"}",
        "{\"a\":1}}",
        "nul",
        "",
    ];
    for text in texts.into_iter().chain(deep.iter().map(String::as_str)) {
        assert!(all_agree(text), "{text}");
    }
    // Nobody reads a value that is so deep, but it may be stepped over.
    let text = format!("{{\"x\":{},\"a\":\"y\"}}", &deep[4]);
    assert_eq!(read::<Facts<'_>>(&text).unwrap().a.unwrap(), "y");
}

#[test]
fn texts_without_escapes_are_not_copied() {
    let text = format!("[\"{}\"]", "long text ".repeat(10));
    assert_eq!(read::<Vec<&str>>(&text).unwrap()[0].as_ptr(), text[2..].as_ptr());
    assert_eq!(read::<Vec<&str>>(r#"["\n"]"#), None);
}

#[test]
fn the_members_of_an_object_keep_their_order_and_their_texts() {
    let members = |text| {
        read::<Object<'_>>(text).map(|Object(members)| {
            let texts = members.iter().map(|(name, value)| format!("{name}={value}"));
            texts.collect::<Vec<_>>()
        })
    };
    let text = r#"{"b":[1, 2],"a":null,"\u0062":"x"}"#;
    assert_eq!(members(text).unwrap(), ["b=[1, 2]", "a=null", "b=\"x\""]);
    assert_eq!((members("{}").unwrap().len(), members("[]"), members("7")), (0, None, None));
}

const DOCUMENT: &str = r#"{"a":"a long text with \"quotes\" and\nmore than a block of it","b":[{"c":[1,2.5e3,-7]},"x",true,null],"c":0.25,"d":{"k":false,"\u00e9":null},"e":{"f":[[],{}]}}"#;

proptest! {
    #[test]
    fn any_text_is_read_as_serde_json_does(text in r#"[\[\]{}",:\\0-9.eE+\-a-dfntrul \t\n]{0,24}"#) {
        prop_assert!(all_agree(&text), "{}", text);
    }

    #[test]
    fn a_changed_document_is_read_as_serde_json_does(
        at in 0..DOCUMENT.len(),
        byte in prop_oneof![Just(b'"'), Just(b'\\'), Just(b','), Just(b'{'), Just(b'}'),
            Just(b'['), Just(b']'), Just(b'0'), Just(b'.'), Just(b'\n'), 0u8..128],
        keep in any::<bool>(),
    ) {
        let mut bytes = DOCUMENT.as_bytes().to_vec();
        if keep { bytes[at] = byte } else { bytes.insert(at, byte) }
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(all_agree(&text), "{}", text);
        }
    }
    #[test]
    fn long_texts_are_read_as_serde_json_does_wherever_escapes_stand(
        pieces in proptest::collection::vec(
            prop_oneof![
                8 => prop_oneof![Just("plain text "), Just("{["), Just("]},:"), Just("é")],
                8 => prop_oneof![Just("\\n"), Just("\\\""), Just("\\\\"), Just("\\/"),
                    Just("\\u00e9"), Just("\\ud83d\\ude00")],
                1 => prop_oneof![Just("\\x"), Just("\\u12"), Just("\\ud83d"), Just("\u{1}"), Just("\"")],
            ],
            0..80,
        ),
    ) {
        let text = format!("[\"{}\",{{\"a\":[]}}]", pieces.concat());
        prop_assert!(all_agree(&text), "{}", text);
    }
}
