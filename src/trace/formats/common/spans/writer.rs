//! Who writes spans of tools, how each of them says so, and where it writes the tool and its
//! arguments.
//!
//! Sources: the semantic conventions for generative AI and MCP,
//! <https://opentelemetry.io/docs/specs/semconv/gen-ai>; OpenInference,
//! <https://github.com/Arize-ai/openinference>; Vercel's AI SDK,
//! <https://ai-sdk.dev/docs/ai-sdk-core/telemetry>; OpenLLMetry, <https://github.com/traceloop/openllmetry>;
//! Logfire, <https://github.com/pydantic/logfire>; MLflow, <https://mlflow.org/docs/latest/genai/tracing>;
//! LangSmith, <https://docs.langchain.com/langsmith/trace-with-opentelemetry>; Langfuse, <https://langfuse.com/docs/observability/sdk>; Google ADK,
//! <https://github.com/google/adk-python>; Strands, <https://github.com/strands-agents/sdk-python>.

use serde_json::Value;

use super::view::SpanView;
use crate::engine::Missing;
use crate::trace::formats::common::argument_text;
use crate::trace::json;
use crate::trace::record::RecordArguments;

/// A writer.
struct Writer {
    /// Whether a span is one of a tool, by this writer.
    sign: fn(&SpanView<'_>) -> bool,
    /// The attribute that names the tool.
    name: &'static str,
    /// What names it otherwise.
    otherwise: Otherwise,
    /// The attributes that have the arguments.
    arguments: &'static [&'static str],
}

/// What names a tool that no attribute names.
#[derive(Clone, Copy)]
enum Otherwise {
    /// The last word of the span's name.
    LastWord,
    /// The span's name.
    Whole,
}

/// What a span says of its tool.
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) arguments: RecordArguments<'static>,
}

/// Words that say that a span is one of a tool, and never which.
const OPERATIONS: [&str; 6] =
    ["execute_tool", "tools/call", "tool", "tool_call", "toolcall", "ai.toolcall"];

/// Where frameworks of the semantic conventions write arguments; `input.value` where several
/// instrumentations write one span.
const SEMCONV: &[&str] =
    &["gen_ai.tool.call.arguments", "gcp.vertex.agent.tool_call_args", "input.value"];

/// What Google ADK writes in place of the id of a call that failed.
const NO_ID: &str = "<not specified>";

const TRACELOOP_INPUT: &str = "traceloop.entity.input";

const LANGFUSE_INPUT: &str = "langfuse.observation.input";

const WRITERS: [Writer; 9] = [
    Writer {
        sign: |span| span.attributes.says("gen_ai.operation.name", "execute_tool"),
        name: "gen_ai.tool.name",
        otherwise: Otherwise::LastWord,
        arguments: SEMCONV,
    },
    Writer {
        sign: |span| span.attributes.says("mcp.method.name", "tools/call") && !is_delegation(span),
        name: "gen_ai.tool.name",
        otherwise: Otherwise::LastWord,
        arguments: SEMCONV,
    },
    Writer {
        sign: |span| span.attributes.says("ai.operationId", "ai.toolCall"),
        name: "ai.toolCall.name",
        otherwise: Otherwise::LastWord,
        arguments: &["ai.toolCall.args"],
    },
    Writer {
        sign: |span| span.attributes.says("traceloop.span.kind", "tool"),
        name: "traceloop.entity.name",
        otherwise: Otherwise::Whole,
        arguments: &[TRACELOOP_INPUT],
    },
    Writer {
        sign: |span| {
            span.name == "running tool" && span.attributes.text("gen_ai.tool.name").is_some()
        },
        name: "gen_ai.tool.name",
        otherwise: Otherwise::LastWord,
        arguments: &["tool_arguments"],
    },
    Writer {
        sign: |span| span.attributes.says("mlflow.spanType", "tool"),
        name: "gen_ai.tool.name",
        otherwise: Otherwise::Whole,
        arguments: &["mlflow.spanInputs"],
    },
    Writer {
        sign: |span| span.attributes.says("langsmith.span.kind", "tool"),
        name: "gen_ai.tool.name",
        otherwise: Otherwise::Whole,
        arguments: &["gen_ai.prompt"],
    },
    Writer {
        sign: |span| span.attributes.says("langfuse.observation.type", "tool"),
        name: "gen_ai.tool.name",
        otherwise: Otherwise::Whole,
        arguments: &[LANGFUSE_INPUT],
    },
    Writer {
        sign: |span| span.attributes.says("openinference.span.kind", "tool"),
        name: "tool.name",
        otherwise: Otherwise::Whole,
        arguments: &["input.value", "tool.parameters"],
    },
];

/// What a span says of its tool; none if it is not one of a tool, as far as can be told.
///
/// # Errors
/// It names no tool.
pub(super) fn tool(span: &SpanView<'_>) -> Result<Option<Tool>, String> {
    let writers: Vec<_> = WRITERS.iter().filter(|writer| (writer.sign)(span)).collect();
    let Some(first) = writers.first() else { return Ok(None) };
    let named = writers.iter().find_map(|writer| span.attributes.text(writer.name));
    let name = named.or_else(|| span.attributes.first(["gen_ai.tool.name", "tool.name"]));
    let otherwise = || match first.otherwise {
        Otherwise::LastWord => span.name.split_whitespace().last().map(str::to_owned),
        Otherwise::Whole => Some(span.name.trim().to_owned()),
    };
    let is_name = |name: &String| {
        !name.is_empty() && !OPERATIONS.iter().any(|word| name.eq_ignore_ascii_case(word))
    };
    let name = name.or_else(|| otherwise().filter(is_name));
    let name = name.ok_or("a span of a call that names no tool")?;
    let ids = ["gen_ai.tool.call.id", "tool_call.id", "ai.toolCall.id"];
    let id = span.attributes.first(ids).filter(|id| id != NO_ID).unwrap_or_default();
    let attributes = writers.iter().flat_map(|writer| writer.arguments);
    let arguments = attributes.copied().find_map(|name| in_attribute(span, name));
    let arguments = arguments.or_else(|| in_event(span));
    let unrecorded = RecordArguments::Unknown(Missing::UnrecordedArguments);
    Ok(Some(Tool { name, id, arguments: arguments.unwrap_or(unrecorded) }))
}

/// Whether a span may be one of a tool, by a writer that is not known.
pub(super) fn may_be_tool(span: &SpanView<'_>) -> bool {
    let attributes = &span.attributes;
    // These say themselves that they are something else.
    if is_delegation(span)
        || attributes.text("mcp.method.name").is_some_and(|method| method != "tools/call")
    {
        return false;
    }
    let says_so = |name: &str| {
        let is_kind = ["kind", "type", "operation", "operation.name"];
        is_kind.iter().any(|end| name.ends_with(end))
            && ["tool", "tool_call", "toolcall", "execute_tool"]
                .iter()
                .any(|value| attributes.says(name, value))
    };
    let names_one =
        |name: &str| ["tool.name", "tool_name", "toolName"].iter().any(|end| name.ends_with(end));
    attributes.names().any(|name| names_one(name) || says_so(name))
}

/// Whether FastMCP only hands a call on to the provider of its tool, within one server.
fn is_delegation(span: &SpanView<'_>) -> bool {
    span.name.starts_with("delegate ")
}

/// Arguments are recorded only where the user chose so.
fn in_attribute(span: &SpanView<'_>, name: &str) -> Option<RecordArguments<'static>> {
    let arguments = match span.attributes.json(name)? {
        Ok(Value::String(text)) => argument_text::of_text(&text),
        Ok(value) => RecordArguments::Json(value.to_string().into()),
        Err(()) => RecordArguments::Unknown(Missing::UnreadableArguments),
    };
    Some(match name {
        TRACELOOP_INPUT => within_call(&arguments),
        LANGFUSE_INPUT if is_call_of_python(&arguments) => within_call(&arguments),
        "gcp.vertex.agent.tool_call_args" if is_hidden_by_adk(span, &arguments) => return None,
        _ => arguments,
    })
}

/// Where its user does not want contents to be recorded, Google ADK writes `{}` for both arguments
/// and response.
fn is_hidden_by_adk(span: &SpanView<'_>, arguments: &RecordArguments<'_>) -> bool {
    arguments.json() == Some("{}") && span.attributes.says("gcp.vertex.agent.tool_response", "{}")
}

/// Whether they are those of a function of Python, as Langfuse writes them where nobody says what the input is.
fn is_call_of_python(input: &RecordArguments<'_>) -> bool {
    let fields: Option<Value> = input.json().and_then(json::read);
    let fields = fields.as_ref().and_then(Value::as_object);
    fields.is_some_and(|fields| fields.keys().eq(["args", "kwargs"]))
}

/// What OpenLLMetry writes around arguments: `inputs`, or, as Langfuse does, how a function of Python was called, whose
/// positional arguments have no names.
fn within_call(input: &RecordArguments<'_>) -> RecordArguments<'static> {
    let Some(json) = input.json() else {
        return RecordArguments::Unknown(Missing::UnreadableArguments);
    };
    let fields: Value = json::from_str(json).unwrap_or_default();
    let known = |value: &Value| RecordArguments::Json(value.to_string().into());
    let has_positional = fields["args"].as_array().is_some_and(|args| !args.is_empty());
    let has_text = fields.get("input_str").is_some_and(|text| text != "");
    match (&fields["inputs"], &fields["kwargs"]) {
        (Value::String(text), _) => argument_text::of_text(text),
        (inputs, _) if !inputs.is_null() => known(inputs),
        (_, kwargs) if kwargs.is_object() && !has_positional && !has_text => known(kwargs),
        _ => RecordArguments::Unknown(Missing::UnreadableArguments),
    }
}

/// Strands writes arguments as what the model said to the tool.
fn in_event(span: &SpanView<'_>) -> Option<RecordArguments<'static>> {
    let event = span.events.iter().find(|event| event.name == "gen_ai.tool.message")?;
    match event.attributes.json("content")? {
        Ok(Value::String(text)) => Some(argument_text::of_text(&text)),
        Ok(value) => Some(RecordArguments::Json(value.to_string().into())),
        Err(()) => Some(RecordArguments::Unknown(Missing::UnreadableArguments)),
    }
}
