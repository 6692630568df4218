//! What a span says of a call, by the semantic conventions of OpenTelemetry for generative AI and
//! MCP, and by those of OpenInference.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::value::Attributes;
use crate::engine::Missing;
use crate::trace::formats::common::{argument_text, mcp_name};
use crate::trace::record::{CallResult, Record, RecordArguments, parse_nanoseconds};

/// A span as OTLP/JSON has it; some writers spell its fields as protobuf does.
#[derive(Deserialize)]
pub(super) struct SpanJson<'a> {
    #[serde(borrow, default, rename = "traceId", alias = "trace_id")]
    pub(super) trace: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "spanId", alias = "span_id")]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "parentSpanId", alias = "parent_span_id")]
    pub(super) parent: Option<&'a RawValue>,
    #[serde(default)]
    name: String,
    kind: Option<Value>,
    #[serde(borrow, default, rename = "startTimeUnixNano", alias = "start_time_unix_nano")]
    start: Option<&'a RawValue>,
    #[serde(borrow)]
    attributes: Option<&'a RawValue>,
    status: Option<Value>,
}

/// What a span is in the history of a call.
#[derive(Debug)]
pub(super) enum Role {
    /// A call of a tool, or one side of it.
    Call(Box<Record<'static>>),
    /// An agent or a model at work: what happens within is not the call outside of it.
    Agent,
    /// Anything else, which may stand between two sides of one call.
    Other,
}

/// What a span says of who called; it holds for the spans within as well.
#[derive(Debug, Default)]
pub(super) struct Caller {
    pub(super) grant: String,
    pub(super) session: String,
    /// How much `session` says: a conversation more than a session, and that more than a connection.
    pub(super) session_rank: u8,
    /// The field of the span that the user asks for, and that of its resource.
    pub(super) field: String,
    pub(super) resource_field: String,
}

/// A span that was read.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) role: Role,
    pub(super) caller: Caller,
    /// Whether it is the side of the server.
    pub(super) is_server: bool,
}

/// Operations of `gen_ai.operation.name` that call no tool.
const AGENT_OPERATIONS: [&str; 7] = [
    "chat",
    "text_completion",
    "generate_content",
    "embeddings",
    "create_agent",
    "invoke_agent",
    "invoke_workflow",
];

impl Span {
    /// Reads a span of a resource.
    ///
    /// # Errors
    /// It is a call without a readable time, or one that names no tool.
    pub(super) fn read(
        json: &SpanJson<'_>,
        resource: &Attributes<'_>,
        field: Option<&str>,
    ) -> Result<Span, String> {
        let attributes = Attributes::read(json.attributes);
        let is_server =
            matches!(&json.kind, Some(kind) if *kind == 2 || kind == "SPAN_KIND_SERVER");
        let operation = attributes.text("gen_ai.operation.name").unwrap_or_default();
        let open_inference = attributes.text("openinference.span.kind").unwrap_or_default();
        let method = attributes.text("mcp.method.name").unwrap_or_default();
        // Within one server, FastMCP hands a call on to the provider of the tool.
        let is_delegation = json.name.starts_with("delegate ");
        let is_call = operation == "execute_tool"
            || (method == "tools/call" && !is_delegation)
            || open_inference == "TOOL";
        let role = if is_call {
            Role::Call(Box::new(call(json, &attributes, resource, is_server)?))
        } else if AGENT_OPERATIONS.contains(&operation.as_str())
            || ["LLM", "AGENT"].contains(&open_inference.as_str())
        {
            Role::Agent
        } else {
            Role::Other
        };
        let caller = caller(&attributes, resource, field);
        Ok(Span { role, caller, is_server })
    }
}

fn caller(attributes: &Attributes<'_>, resource: &Attributes<'_>, field: Option<&str>) -> Caller {
    // The session of MCP is a connection, and since protocol 2026-07-28 often a single call.
    let sessions = [(3, "gen_ai.conversation.id"), (2, "session.id"), (1, "mcp.session.id")];
    let session = sessions
        .into_iter()
        .find_map(|(rank, name)| attributes.text(name).map(|session| (session, rank)));
    let (session, session_rank) = session.unwrap_or_default();
    let field_of = |of: &Attributes<'_>| field.and_then(|name| of.text(name)).unwrap_or_default();
    Caller {
        grant: attributes.first(["enduser.id", "user.id"]).unwrap_or_default(),
        session,
        session_rank,
        field: field_of(attributes),
        resource_field: field_of(resource),
    }
}

fn call(
    json: &SpanJson<'_>,
    attributes: &Attributes<'_>,
    resource: &Attributes<'_>,
    is_server: bool,
) -> Result<Record<'static>, String> {
    let named = attributes.first(["gen_ai.tool.name", "tool.name"]);
    let name = named.or_else(|| json.name.split_whitespace().last().map(str::to_owned));
    let name = name.ok_or("a span of a call that names no tool")?;
    let mut record = mcp_name::call(None, &name);
    if let Some(start) = json.start {
        record.time = parse_nanoseconds(start.get())?;
    }
    // The name that the convention prescribes where a program has none says nothing.
    let service = resource
        .text("service.name")
        .filter(|name| !name.starts_with("unknown_service"))
        .unwrap_or_default();
    if record.server.is_empty() {
        let server = attributes.first(["mcp.server.name", "fastmcp.server.name"]);
        let own = || if is_server { service.clone() } else { String::new() };
        record.server = server.unwrap_or_else(own).into();
    }
    if !is_server {
        record.client = service.into();
    }
    record.id =
        attributes.first(["gen_ai.tool.call.id", "tool_call.id"]).unwrap_or_default().into();
    record.arguments = arguments(attributes);
    record.result = result(json, attributes);
    Ok(record)
}

/// Arguments are recorded only where the user chose so.
fn arguments(attributes: &Attributes<'_>) -> RecordArguments<'static> {
    let value = ["gen_ai.tool.call.arguments", "input.value"]
        .into_iter()
        .find_map(|name| attributes.json(name));
    match value {
        None => RecordArguments::Unknown(Missing::UnrecordedArguments),
        Some(Ok(Value::String(text))) => argument_text::of_text(&text),
        Some(Ok(value)) => RecordArguments::Json(value.to_string().into()),
        Some(Err(())) => RecordArguments::Unknown(Missing::UnreadableArguments),
    }
}

/// A JSON-RPC error has a code; whatever else went wrong is the tool's.
fn result(json: &SpanJson<'_>, attributes: &Attributes<'_>) -> CallResult {
    let error = attributes.text("error.type");
    let status = json.status.as_ref().and_then(|status| status.get("code"));
    let failed = status.is_some_and(|code| *code == 2 || code == "STATUS_CODE_ERROR");
    let code = attributes.first(["rpc.response.status_code", "rpc.jsonrpc.error_code"]);
    let is_code = |text: &String| text.parse::<i64>().is_ok_and(|code| code < 0);
    if code.as_ref().or(error.as_ref()).is_some_and(is_code) {
        CallResult::UpstreamError
    } else if error.is_some() || failed {
        CallResult::ToolError
    } else {
        CallResult::Ok
    }
}
