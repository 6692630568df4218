use super::*;

fn find(json: &str, path: &str) -> String {
    let path: Vec<String> = path.split('.').map(str::to_owned).collect();
    format!("{:?}", Arguments::Json(json).find(&path))
}

#[test]
fn paths_walk_objects_only_and_the_last_duplicate_counts() {
    let json =
        r#"{"a": {"b": [1, {"c": 2}], "": true}, "x": 1, "x": "two", "l": [0], "\u0061b": null}"#;
    assert_eq!(find(json, "x"), r#"Value(String("two"))"#);
    assert_eq!(find(json, "a.b"), r#"Value(List("[1, {\"c\": 2}]"))"#);
    assert_eq!(find(json, "a."), "Value(Bool(true))");
    assert_eq!(find(json, "l.0"), "Nothing");
    assert_eq!(find(json, "x.y"), "Nothing");
    assert_eq!(find(json, "ab"), "Value(Null)");
    assert_eq!(find("null", "a"), "Nothing");
    assert_eq!(find("[]", "a"), "Unknown(UnreadableArguments)");
    assert_eq!(find(r#"{"a": 1e999}"#, "a"), "Unknown(HugeNumber)");
}

#[test]
fn strings_are_unescaped_as_in_go() {
    assert_eq!(unescape(r"a\n\u00e9\ud83d\ude00\/\\\u0000"), "a\né😀/\\\0");
    assert_eq!(unescape(r"\ud83dx\ude00"), "\u{fffd}x\u{fffd}");
}

#[test]
fn arguments_that_are_no_object_or_hold_huge_numbers_are_unreadable() {
    for (json, unreadable) in [
        ("{}", false),
        ("null", false),
        ("[]", true),
        ("\"x\"", true),
        (r#"{"a": [1e5, {"b": "1e400"}]}"#, false),
        (r#"{"a": [1e5, {"b": 1e400}]}"#, true),
    ] {
        assert_eq!(Arguments::Json(json).are_unreadable(), unreadable, "{json}");
    }
}

#[test]
fn hostile_nesting_costs_neither_stack_nor_time() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Arguments::Json(&deep).are_unreadable());
    let Found::Value(value) = Arguments::Json(&deep).find(&["a".into()]) else { panic!() };
    assert_ne!(value.to_policy(), value.to_policy(), "what is too deep equals nothing");
}

#[test]
fn names_tell_what_is_absent_and_nothing_more() {
    let names = [Cow::Borrowed("a")];
    let arguments = Arguments::Names(&names);
    assert!(matches!(arguments.find(&["a".into()]), Found::Unknown(Missing::ArgumentValues)));
    assert!(matches!(arguments.find(&["b".into()]), Found::Nothing));
}
