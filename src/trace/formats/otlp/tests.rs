use super::*;
use crate::engine::Missing;
use crate::trace::formats::common::reader::calls_in;
use crate::trace::record::{CallResult, Record, RecordArguments};

/// A span of a trace: its id and that of its parent, its name, its attributes in pairs.
fn span(id: &str, parent: &str, name: &str, attributes: &[(&str, &str)]) -> String {
    let attributes: Vec<String> = attributes
        .iter()
        .map(|(key, value)| {
            let value = serde_json::Value::from(*value);
            format!(r#"{{"key":"{key}","value":{{"stringValue":{value}}}}}"#)
        })
        .collect();
    let kind = if name.starts_with("server ") { 2 } else { 3 };
    format!(
        r#"{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","kind":{kind},"startTimeUnixNano":"1772359200000000000","attributes":[{}]}}"#,
        attributes.join(",")
    )
}

const CALL: (&str, &str) = ("mcp.method.name", "tools/call");
const TOOL: (&str, &str) = ("gen_ai.operation.name", "execute_tool");

/// An export by a service.
fn export(service: &str, spans: &[String]) -> String {
    format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{service}"}}}}]}},"scopeSpans":[{{"spans":[{}]}}]}}]}}"#,
        spans.join(",")
    )
}

fn read_by(field: Option<&str>, exports: &[String]) -> Vec<Record<'static>> {
    calls_in(Exports::default(), field, exports)
}

fn read(exports: &[String]) -> Vec<Record<'static>> {
    read_by(None, exports)
}

fn tools(exports: &[String]) -> Vec<String> {
    read(exports).into_iter().map(|call| call.tool.to_string()).collect()
}

/// The spans of one call: of the agent, of the client, of a request, and of the server.
fn nested() -> [String; 2] {
    let arguments = ("gen_ai.tool.call.arguments", r#"{"a":1}"#);
    let agent = [TOOL, arguments, ("gen_ai.conversation.id", "c-1"), ("user.id", "ana")];
    let client = [
        span("3", "2", "POST", &[]),
        span("2", "1", "tools/call add", &[CALL]),
        span("1", "0", "execute_tool mcp__notes__add", &agent),
        span(
            "0",
            "",
            "invoke_agent",
            &[("gen_ai.operation.name", "invoke_agent"), ("team", "red")],
        ),
    ];
    let server =
        span("4", "3", "server add", &[CALL, ("mcp.session.id", "m-1"), ("error.type", "-32602")]);
    [export("agent", &client), export("store", &[server])]
}

#[test]
fn the_nested_spans_of_a_call_are_one_call_that_knows_what_each_of_them_knows() {
    let [client, server] = nested();
    for exports in [[client.clone(), server.clone()], [server, client]] {
        let calls = read(&exports);
        assert_eq!(calls.len(), 1, "{calls:?}");
        let call = &calls[0];
        assert_eq!((&*call.tool, &*call.server, &*call.client), ("add", "store", "agent"));
        assert_eq!((&*call.session, &*call.grant), ("c-1", "ana"));
        assert_eq!(call.arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
        assert_eq!(call.result, CallResult::UpstreamError);
        for (field, value) in
            [("service.name", "agent"), ("mcp.session.id", "m-1"), ("team", "red"), ("x", "")]
        {
            assert_eq!(read_by(Some(field), &exports)[0].field, value, "{field}");
        }
    }
}

#[test]
fn a_second_try_and_a_tool_that_calls_another_are_calls_of_their_own() {
    let tries = [
        span("2", "1", "tools/call add", &[CALL]),
        span("3", "1", "tools/call add", &[CALL]),
        span("1", "", "execute_tool add", &[TOOL]),
    ];
    assert_eq!(tools(&[export("s", &tries)]), ["add", "add"]);
    let other = [
        span("2", "1", "tools/call fetch", &[CALL]),
        span("1", "", "execute_tool research", &[TOOL]),
    ];
    assert_eq!(tools(&[export("s", &other)]), ["fetch", "research"]);
    // An agent that is a tool may call the tool by which it was called.
    let agent = [
        span("3", "2", "execute_tool ask", &[TOOL]),
        span("2", "1", "invoke_agent", &[("gen_ai.operation.name", "invoke_agent")]),
        span("1", "", "execute_tool ask", &[TOOL]),
    ];
    assert_eq!(tools(&[export("s", &agent)]), ["ask", "ask"]);
}

#[test]
fn a_call_that_a_server_hands_on_to_one_it_mounts_keeps_its_name() {
    let of = |server| [CALL, ("fastmcp.server.name", server)];
    let spans = [
        span("3", "2", "server get", &of("child")),
        span("2", "1", "delegate get", &[CALL]),
        span("1", "0", "server weather_get", &of("main")),
        span("0", "", "tools/call weather_get", &[CALL]),
    ];
    let calls = read(&[export("s", &spans)]);
    assert_eq!(calls.len(), 1);
    assert_eq!((&*calls[0].tool, &*calls[0].server), ("weather_get", "main"));
}

#[test]
fn spans_of_open_inference_are_read_by_its_own_names() {
    let attributes = [
        ("openinference.span.kind", "TOOL"),
        ("tool.name", "add"),
        ("input.value", "__REDACTED__"),
        ("session.id", "s-1"),
    ];
    let calls = read(&[export("agent", &[span("1", "", "run", &attributes)])]);
    assert_eq!((&*calls[0].tool, &*calls[0].session), ("add", "s-1"));
    assert_eq!(calls[0].arguments, RecordArguments::Unknown(Missing::RedactedArguments));
}

#[test]
fn arguments_that_were_not_recorded_are_not_known() {
    let calls = read(&[export("s", &[span("1", "", "tools/call add", &[CALL])])]);
    assert_eq!(calls[0].arguments, RecordArguments::Unknown(Missing::UnrecordedArguments));
    assert_eq!(calls[0].time.unwrap().seconds, 1_772_359_200);
}

#[test]
fn a_bad_span_costs_no_other_and_a_span_that_comes_twice_counts_once() {
    let good = span("1", "", "tools/call add", &[CALL]);
    let bad =
        good.replace("1772359200000000000", "noon").replace(r#""spanId":"1""#, r#""spanId":"2""#);
    let mut reader = Exports::default();
    let mut calls = Calls::default();
    reader.take(&export("s", &[bad, "7".to_owned(), good.clone(), good]), &mut calls).unwrap();
    let bad = calls.take_bad();
    assert_eq!(bad.len(), 2);
    assert!(bad[0].1.contains("not in Unix nanoseconds"));
    reader.finish(&mut calls);
    assert_eq!(std::iter::from_fn(|| calls.pop()).count(), 1);
    assert!(reader.take("[]", &mut calls).is_err());
    assert_eq!(reader.take(r#"{"resourceMetrics":[]}"#, &mut calls), Ok(()));
}

#[test]
fn a_circle_of_parents_ends_and_a_long_trace_does_not_wait_for_its_end() {
    let circle = [
        span("1", "2", "tools/call add", &[CALL]),
        span("2", "1", "POST", &[]),
        span("3", "3", "tools/call get", &[CALL]),
    ];
    let mut reader = Exports::default();
    let mut calls = Calls::default();
    reader.take(&export("s", &circle), &mut calls).unwrap();
    for number in 4..10_000 {
        let spans = [
            span(&format!("i{number}"), &number.to_string(), "tools/call add", &[CALL]),
            span(&number.to_string(), "", "execute_tool add", &[TOOL]),
        ];
        reader.take(&export("s", &spans), &mut calls).unwrap();
    }
    let early = std::iter::from_fn(|| calls.pop()).count();
    assert!(early > 4_000, "{early}");
    reader.finish(&mut calls);
    let late = std::iter::from_fn(|| calls.pop()).count();
    // The calls in circles are there as well, and none of the others twice.
    assert_eq!(early + late, 9_998);
}

/// Each writer's span of a tool: its name and its attributes, beside arguments.
const WRITTEN: [(&str, &[(&str, &str)]); 8] = [
    ("execute_tool pay", &[TOOL, ("gcp.vertex.agent.tool_call_args", ARGUMENTS)]),
    (
        "ai.toolCall",
        &[
            ("ai.operationId", "ai.toolCall"),
            ("ai.toolCall.name", "pay"),
            ("ai.toolCall.args", ARGUMENTS),
        ],
    ),
    (
        "pay.tool",
        &[
            ("traceloop.span.kind", "tool"),
            ("traceloop.entity.name", "pay"),
            ("traceloop.entity.input", r#"{"args":[],"kwargs":{"a":1}}"#),
        ],
    ),
    ("running tool", &[("gen_ai.tool.name", "pay"), ("tool_arguments", ARGUMENTS)]),
    ("pay", &[("mlflow.spanType", "\"TOOL\""), ("mlflow.spanInputs", ARGUMENTS)]),
    ("pay", &[("langsmith.span.kind", "tool"), ("gen_ai.prompt", ARGUMENTS)]),
    ("pay", &[("openinference.span.kind", "TOOL"), ("tool.parameters", ARGUMENTS)]),
    ("tools/call pay", &[CALL, ("gen_ai.tool.call.arguments", ARGUMENTS)]),
];

const ARGUMENTS: &str = r#"{"a":1}"#;

#[test]
fn every_writer_of_spans_names_the_tool_and_its_arguments_in_its_own_way() {
    for (name, attributes) in WRITTEN {
        let calls = read(&[export("s", &[span("1", "", name, attributes)])]);
        let call = &calls[0];
        assert_eq!(
            (&*call.tool, call.arguments.json()),
            ("pay", Some(ARGUMENTS)),
            "{attributes:?}"
        );
    }
}

#[test]
fn arguments_without_names_and_those_that_are_hidden_are_not_known() {
    let positional = r#"{"args":[1],"kwargs":{}}"#;
    let traceloop = [("traceloop.span.kind", "tool"), ("traceloop.entity.input", positional)];
    let adk =
        [TOOL, ("gcp.vertex.agent.tool_call_args", "{}"), ("gcp.vertex.agent.tool_response", "{}")];
    for attributes in [traceloop.as_slice(), &adk] {
        let calls = read(&[export("s", &[span("1", "", "pay", attributes)])]);
        assert!(matches!(calls[0].arguments, RecordArguments::Unknown(_)), "{attributes:?}");
    }
}

#[test]
fn strands_writes_arguments_as_an_event() {
    let event = r#"{"name":"gen_ai.tool.message","attributes":[{"key":"content","value":{"stringValue":"{\"a\":1}"}}]}"#;
    let span = span("1", "", "execute_tool pay", &[TOOL]);
    let span = span.replacen('{', &format!(r#"{{"events":[{event}],"#), 1);
    assert_eq!(read(&[export("s", &[span])])[0].arguments.json(), Some(ARGUMENTS));
}

#[test]
fn a_span_of_a_tool_by_an_unknown_writer_or_without_a_name_is_told_of() {
    let bad = |name: &str, attributes: &[(&str, &str)]| {
        let (mut reader, mut calls) = (Exports::default(), Calls::default());
        reader.take(&export("s", &[span("1", "", name, attributes)]), &mut calls).unwrap();
        reader.finish(&mut calls);
        assert_eq!(calls.pop(), None);
        calls.take_bad().pop().map(|(_, why)| why)
    };
    for (name, attributes) in [
        ("pay", [("acme.span.kind", "Tool")]),
        ("pay", [("acme.type", r#""tool_call""#)]),
        ("pay", [("acme.tool_name", "pay")]),
        ("pay", [("gen_ai.operation.name", "tool_call")]),
    ] {
        assert!(bad(name, &attributes).unwrap().contains("not known"), "{attributes:?}");
    }
    assert!(bad("execute_tool", &[TOOL]).unwrap().contains("names no tool"));
    for (name, attributes) in [
        (
            "chat m",
            [("gen_ai.operation.name", "chat"), ("gen_ai.tool.definitions", "[]")].as_slice(),
        ),
        ("chat m", &[("gen_ai.operation.name", "chat"), ("acme.tool.name", "x")]),
        ("ai.generateText", &[("ai.operationId", "ai.generateText"), ("x.kind", "tool")]),
        ("tools/list", &[("mcp.method.name", "tools/list"), ("x.type", "tool")]),
        ("delegate pay", &[CALL, ("x.tool.name", "pay")]),
        ("GET", &[("rpc.kind", "client")]),
    ] {
        assert_eq!(bad(name, attributes), None, "{attributes:?}");
    }
}

#[test]
fn what_a_model_asks_for_is_a_call_where_no_span_of_its_own_is() {
    let chat = |id: &str, wishes: &[(&str, u32)]| {
        let parts: Vec<_> = wishes
            .iter()
            .map(|(id, a)| {
                format!(
                    r#"{{"type":"tool_call","id":"{id}","name":"pay","arguments":{{"a":{a}}}}}"#
                )
            })
            .collect();
        let messages =
            format!(r#"[{{"role":"assistant","parts":[{{"type":"text"}},{}]}}]"#, parts.join(","));
        let attributes = [
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.output.messages", &messages),
            ("gen_ai.input.messages", &messages),
            ("gen_ai.conversation.id", "c-1"),
        ];
        span(id, "", "chat m", &attributes)
    };
    let tool = |id: &str, call: &str| {
        let attributes =
            [TOOL, ("gen_ai.tool.call.arguments", ARGUMENTS), ("gen_ai.tool.call.id", call)];
        let count = if call.is_empty() { 2 } else { 3 };
        span(id, "", "execute_tool pay", &attributes[..count])
    };
    let arguments = |spans: &[String]| {
        let calls = read(&[export("s", spans)]);
        assert!(calls.iter().all(|call| call.result == CallResult::Ok || call.session == "c-1"));
        calls.iter().map(|call| call.arguments.json().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let [one, two, three] = [r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#];
    assert_eq!(arguments(&[chat("1", &[("c", 2), ("d", 3)])]), [two, three]);
    assert_eq!(arguments(&[chat("1", &[("c", 2), ("d", 3)]), tool("2", "c")]), [three, one]);
    assert_eq!(arguments(&[tool("2", ""), chat("1", &[("c", 2)])]), [one]);
    assert_eq!(arguments(&[chat("1", &[("c", 2)]), chat("2", &[("c", 2)])]), [two]);
    // Without ids each is a call of its own.
    assert_eq!(arguments(&[chat("1", &[("", 2)]), chat("2", &[("", 2)])]), [two, two]);
    let cut = chat("1", &[("c", 2)]).replace("}}]}]", "");
    let (mut reader, mut calls) = (Exports::default(), Calls::default());
    reader.take(&export("s", &[cut]), &mut calls).unwrap();
    assert!(calls.take_bad()[0].1.contains("cut off"));
}
