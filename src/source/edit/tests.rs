use super::*;

fn edited(name: &str, text: &str, edit: impl Fn(&Editor<'_>) -> Option<Edit>) -> Option<String> {
    let document = Document::read(name, text.as_bytes().to_vec());
    assert!(document.is_readable(), "{text}");
    edit(&Editor::new(&document)).map(|edit| {
        let out = apply(text, &[edit]);
        assert!(Document::read(name, out.as_bytes().to_vec()).is_readable(), "{out}");
        out
    })
}

fn at(pointer: &str) -> Pointer {
    Pointer::parse(pointer)
}

fn limit() -> Draft {
    Draft::object([("name", "a rate".into()), ("rate_limit", "10/minute".into())])
}

#[test]
fn entries_are_added_where_the_others_stand() {
    let cases = [
        ("a.json", r#"{"a": {}}"#, "/a", r#"{"a": { "k": 1 }}"#),
        ("a.json", r#"{"a": {"b": 2}}"#, "/a", r#"{"a": {"b": 2, "k": 1}}"#),
        ("a.json", "{\n  \"b\": 2\n}\n", "", "{\n  \"b\": 2,\n  \"k\": 1\n}\n"),
        ("a.json", "{\r\n\t\"b\": 2\r\n}", "", "{\r\n\t\"b\": 2,\r\n\t\"k\": 1\r\n}"),
        ("a.yaml", "a:\n  b: 2  # why\n\nc: 3\n", "/a", "a:\n  b: 2  # why\n  k: 1\n\nc: 3\n"),
        ("a.yaml", "a: {b: 2}\n", "/a", "a: {b: 2, k: 1}\n"),
        ("a.yaml", "a:\nc: 3\n", "/a", "a: { k: 1 }\nc: 3\n"),
        ("a.yaml", "a: {}  # none\n", "/a", "a: { k: 1 }  # none\n"),
        ("a.yaml", "- b: 2\n", "/0", "- b: 2\n  k: 1\n"),
        ("a.yaml", "a:\n  b: |\n    x\nc: 3\n", "/a", "a:\n  b: |\n    x\n  k: 1\nc: 3\n"),
        ("a.yaml", "b: 2", "", "b: 2\nk: 1"),
    ];
    for (name, text, object, expected) in cases {
        let out = edited(name, text, |editor| editor.insert(&at(object), "k", &Draft::Number(1)));
        assert_eq!(out.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn elements_are_added_at_the_end() {
    let rule = "{ name: \"a rate\", rate_limit: 10/minute }";
    let cases = [
        ("l: []\n", format!("l: [{rule}]\n")),
        ("l:\n", format!("l: [{rule}]\n")),
        (
            "l:\n  - a: 1\n    b: 2 # x\nc: 1\n",
            format!("l:\n  - a: 1\n    b: 2 # x\n  - {rule}\nc: 1\n"),
        ),
        ("l:\n- a\n", format!("l:\n- a\n- {rule}\n")),
        ("l: [a]\n", format!("l: [a, {rule}]\n")),
        ("l:\n  - [a]\n", format!("l:\n  - [a]\n  - {rule}\n")),
        ("l:\n  - {a: 1}\n  - - b\n", format!("l:\n  - {{a: 1}}\n  - - b\n  - {rule}\n")),
    ];
    for (text, expected) in cases {
        let out = edited("a.yaml", text, |editor| editor.append(&at("/l"), &limit()));
        assert_eq!(out, Some(expected), "{text}");
    }
}

#[test]
fn what_is_removed_takes_its_comma_or_its_line_with_it() {
    let cases = [
        ("a.json", r#"["a", "b", "c"]"#, "/0", r#"["b", "c"]"#),
        ("a.json", r#"["a", "b", "c"]"#, "/2", r#"["a", "b"]"#),
        ("a.json", "{\n  \"a\": 1,\n  \"b\": 2\n}", "/b", "{\n  \"a\": 1\n}"),
        ("a.json", r#"{ "a": 1 }"#, "/a", "{  }"),
        ("a.yaml", "- a\n- b # two\n", "/0", "- b # two\n"),
        ("a.yaml", "- a # one\n- b # two\n", "/0", "# one\n- b # two\n"),
        ("a.yaml", "a: 1\nb:\n  c: 2\n", "/b", "a: 1\n"),
        ("a.yaml", "[a, b]\n", "/1", "[a]\n"),
    ];
    for (name, text, pointer, expected) in cases {
        let out = edited(name, text, |editor| editor.remove(&at(pointer)));
        assert_eq!(out.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn an_edit_that_would_lose_a_comment_is_not_made() {
    let text = "a:\n  # why\n  b: 1\nc: [\n  1, # one\n  2]\n";
    assert_eq!(edited("a.yaml", text, |editor| editor.remove(&at("/a"))), None);
    assert_eq!(edited("a.yaml", text, |editor| editor.remove(&at("/c/1"))), None);
    let renamed = |editor: &Editor<'_>| editor.replace_entry(&at("/c"), "d", &Draft::Number(1));
    assert_eq!(edited("a.yaml", text, renamed), None);
}

#[test]
fn quotes_stay_as_they_were() {
    for (text, expected) in
        [("a: 'x'\n", "a: 'it''s'\n"), ("a: \"x\"\n", "a: \"it's\"\n"), ("a: x\n", "a: \"it's\"\n")]
    {
        let out = edited("a.yaml", text, |editor| editor.replace(&at("/a"), &"it's".into()));
        assert_eq!(out.as_deref(), Some(expected));
    }
    let out = edited("a.yaml", "'a': 1\n", |editor| editor.rename(&at("/a"), "b"));
    assert_eq!(out.as_deref(), Some("'b': 1\n"));
    let out = edited("a.json", r#"{"a":1}"#, |editor| editor.rename(&at("/a"), "b"));
    assert_eq!(out.as_deref(), Some(r#"{"b":1}"#));
    let out = edited("a.json", r#"{"a":  1}"#, |editor| {
        editor.replace_entry(&at("/a"), "b", &Draft::List(vec![]))
    });
    assert_eq!(out.as_deref(), Some(r#"{"b": []}"#));
}

#[test]
fn what_is_written_elsewhere_is_not_edited() {
    let text = "base: &b {a: 1}\nuse: *b\nmerged:\n  <<: *b\n  c: 2\n";
    for pointer in ["/use/a", "/use", "/merged/a"] {
        let out = edited("a.yaml", text, |editor| editor.replace(&at(pointer), &Draft::Number(2)));
        assert_eq!(out, None, "{pointer}");
    }
    let out = edited("a.yaml", text, |editor| editor.replace(&at("/base/a"), &Draft::Number(2)));
    assert_eq!(out.as_deref(), Some("base: &b {a: 2}\nuse: *b\nmerged:\n  <<: *b\n  c: 2\n"));
}
