use super::*;
use crate::catalogue::ArgumentType;
use crate::catalogue::tests::fixture;
use proptest::prelude::*;

fn read(name: &str, text: &str) -> Result<Vec<Server>, Vec<LoadError>> {
    load(&Document::read(name, text.as_bytes().to_vec()))
}

/// The mistakes of a document as `text of the place: message; help`.
fn mistakes(document: &Document) -> Vec<String> {
    let errors = load(document).unwrap_err();
    let line = |error: &LoadError| {
        let place = &document.text[document.span_of(&error.place)];
        let help = error.help.as_deref().map_or(String::new(), |help| format!("; {help}"));
        format!("{place}: {error}{help}")
    };
    errors.iter().map(line).collect()
}

#[test]
fn one_record_a_list_and_an_object_of_servers_are_read() {
    for (name, servers) in [("override.yaml", 1), ("list.yaml", 2), ("servers.json", 2)] {
        assert_eq!(load(&fixture(name)).map(|found| found.len()), Ok(servers), "{name}");
    }
    assert_eq!(read("a.json", "[]"), Ok(Vec::new()));
}

#[test]
fn what_a_record_leaves_out_follows_from_the_category() {
    let servers = load(&fixture("servers.json")).unwrap();
    let read = servers[0].tool("read_file").unwrap();
    assert_eq!((read.severity, read.confidence), (Severity::Low, 1.0));
    assert!(read.arguments.is_none() && !read.is_guess());
    let refund = servers[1].tool("refund").unwrap();
    assert_eq!((refund.severity, refund.is_guess()), (Severity::Critical, true));
    assert_eq!(refund.signals, [Signal::FreeformCode, Signal::Url], "in one order");
}

#[test]
fn arguments_and_annotations_are_read() {
    let server = load(&fixture("override.yaml")).unwrap().remove(0);
    let tool = server.tool("our_own_tool").unwrap();
    let path = Argument { kind: Some(ArgumentType::String), required: true };
    assert_eq!(tool.argument("path"), Some(&path));
    assert_eq!(tool.argument("note"), Some(&Argument::default()));
    assert_eq!(tool.annotations.unwrap().read_only_hint, Some(false));
}

#[test]
fn an_answer_to_tools_list_is_classified_and_called_after_its_file() {
    let servers = load(&fixture("weather.json")).unwrap();
    let [server] = &servers[..] else { panic!("one server") };
    assert_eq!(server.name, "weather");
    let categories: Vec<Category> = server.tools.iter().map(|tool| tool.category).collect();
    assert_eq!(categories, [Category::Read, Category::Destructive, Category::Execute]);
    assert!(server.tools.iter().all(Tool::is_guess));
    let forecast = server.tool("get_forecast").unwrap();
    assert!(forecast.argument("place").unwrap().required);
    assert_eq!(forecast.argument("days").unwrap().kind, Some(ArgumentType::Integer));
    assert_eq!(forecast.argument("area").unwrap().kind, None);
    assert_eq!(server.tool("delete_station").unwrap().arguments, Some(Arguments::new()));
    assert!(server.tool("delete_station").unwrap().contradiction().is_some());
    assert!(server.tool("station_shell").unwrap().annotations.is_none());
    let bare = read("lists/weather.json", r#"{"tools": [{"name": "get_x"}], "ttlMs": 5}"#).unwrap();
    assert_eq!((&*bare[0].name, bare[0].tools.len()), ("weather", 1));
}

#[test]
fn every_mistake_is_reported_with_its_place() {
    assert_eq!(
        mistakes(&fixture("mistakes.yaml")),
        [
            "titel: a server has no field `titel`; did you mean `title`?",
            "read: `read` is no category; did you mean `Read`?",
            "2: expected a number from 0 to 1, found `2`",
            "c: a tool needs a field `name`",
            "Raed: `Raed` is no category; did you mean `Read`?",
            "hihg: `hihg` is no severity; did you mean `high`?",
            "requird: an argument has no field `requird`; did you mean `required`?",
            "text: `text` is no type; use `string`, `number`, `integer`, \
             `boolean`, `array` or `object`",
            "paths: `paths` is no signal; did you mean `path`?",
            "readonlyHint: `annotations` has no field `readonlyHint`; \
             did you mean `readOnlyHint`?",
            "7: expected a string, found `7`; put it in quotes",
            "delete_file: the tool `delete_file` stands twice; remove one of the two",
            "a tool: a tool is an object, not a string",
            "{}: expected a list, found an object",
            "ACME/Files: the server `ACME/Files` stands twice; put the tools of both into one",
            "t: a server needs a field `server`",
        ]
    );
}

#[test]
fn a_record_without_its_name_is_told_so() {
    let document =
        Document::read("a.json", br#"{"tools": [{"name": "x", "category": "Read"}]}"#.to_vec());
    assert_eq!(mistakes(&document), ["{: a server needs a field `server`"]);
}

#[test]
fn mistakes_in_an_answer_are_reported_too() {
    let text = r#"{"tools": [{"title": "x"}, {"name": "a"}, {"name": "a"}, 1,
        {"name": "b", "inputSchema": [], "annotations": {"readOnlyHint": "yes"}},
        {"name": "", "inputSchema": {"properties": 1}}]}"#;
    let document = Document::read("a.json", text.as_bytes().to_vec());
    assert_eq!(
        mistakes(&document),
        [
            "{: a tool needs a field `name`",
            "\"a\": the tool `a` stands twice; remove one of the two",
            "1: a tool is an object, not a number",
            "[]: an input schema is an object, not a list",
            "\"yes\": expected true or false, found a string",
            "\"\": a name cannot be empty",
            "1: `properties` is an object, not a number",
        ]
    );
}

#[test]
fn a_file_that_is_something_else_gives_one_error() {
    for text in [
        r#"{"version": "1", "tools": {"a": {}}}"#,
        r#"{"error": {"code": -32601}}"#,
        r#"{"result": {}}"#,
        r#"["a", "b"]"#,
        "{}",
        "7",
    ] {
        let errors = read("a.yaml", text).unwrap_err();
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert!(errors[0].message.contains("neither a catalogue nor"), "{text}");
        assert!(errors[0].help.is_some(), "{text}");
    }
    for text in ["", "{", "\u{0}"] {
        let errors = read("a.json", text).unwrap_err();
        assert_eq!(errors.len(), 1, "{text}");
        assert!(errors[0].message.starts_with("this catalogue cannot be read"), "{text}");
    }
}

#[test]
fn control_characters_and_long_names_are_not_repeated_in_messages() {
    let name = "\\u0007\\u202e".to_owned() + &"x".repeat(10_000);
    let text = format!(r#"{{"server": "a", "tools": [], "{name}": 1}}"#);
    let errors = read("a.json", &text).unwrap_err();
    let message = &errors[0].message;
    assert!(message.contains("\\u{7}\\u{202e}xxx") && message.contains('…'), "{message}");
    assert!(message.len() < 200 && !message.chars().any(char::is_control));
}

#[test]
fn nesting_as_deep_as_a_document_may_be_does_no_harm() {
    for key in ["tools", "servers", "result", "inputSchema"] {
        let depth = crate::source::MAX_DEPTH;
        let text = format!("{{\"{key}\":").repeat(depth) + "1" + &"}".repeat(depth);
        assert!(read("a.json", &text).is_err(), "{key}");
        let list = format!("{{\"{key}\": {}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(read("a.json", &list).is_err(), "{key}");
    }
}

/// Values made of the words that catalogue files are made of, so that the walk goes deep.
fn values() -> impl Strategy<Value = serde_json::Value> {
    let words = prop::sample::select(vec![
        "server",
        "servers",
        "tools",
        "name",
        "category",
        "Read",
        "arguments",
        "type",
        "string",
        "signals",
        "annotations",
        "readOnlyHint",
        "result",
        "inputSchema",
        "properties",
        "required",
        "anyOf",
        "evidence",
        "confidence",
        "\u{7}",
        "",
    ]);
    let leaf = prop_oneof![
        words.clone().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<Option<bool>>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let object = prop::collection::vec((words.clone(), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(serde_json::Value::from),
            object.prop_map(|entries| {
                entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_makes_loading_panic(value in values(), text in ".*") {
        let json = serde_json::to_vec(&value).unwrap();
        let document = Document::read("a.json", json);
        if let Err(errors) = load(&document) {
            for error in errors {
                document.span_of(&error.place);
            }
        }
        let _ = read("a.yaml", &text);
    }
}
