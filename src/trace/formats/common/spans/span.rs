//! What a span says of a call, by the semantic conventions of OpenTelemetry for generative AI and
//! MCP, and by those of other writers.

use super::attributes::Attributes;
use super::output_messages;
use super::view::SpanView;
use super::writer::{self, Tool};
use crate::trace::formats::common::mcp_name;
use crate::trace::record::{CallResult, Record};

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
    /// The calls for which a model asked in it, each of which may have a span of its own.
    pub(super) wishes: Vec<Record<'static>>,
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

/// Those of them in which a model answers.
const MODEL_OPERATIONS: &[&str] = AGENT_OPERATIONS.split_at(3).0;

/// What other writers call an agent or a model at work.
const AGENT_KINDS: [(&str, &str); 6] = [
    ("openinference.span.kind", "LLM"),
    ("openinference.span.kind", "AGENT"),
    ("mlflow.spanType", "AGENT"),
    ("mlflow.spanType", "CHAT_MODEL"),
    ("mlflow.spanType", "LLM"),
    ("langsmith.span.kind", "llm"),
];

impl Span {
    /// Reads a span of a resource.
    ///
    /// # Errors
    /// It is a call without a readable time, one that names no tool, or one of a writer that is not
    /// known.
    pub(super) fn read(
        view: &SpanView<'_>,
        resource: &Attributes<'_>,
        field: Option<&str>,
    ) -> Result<Span, String> {
        let attributes = &view.attributes;
        let operation = attributes.text("gen_ai.operation.name").unwrap_or_default();
        let mut wishes = Vec::new();
        let role = if let Some(tool) = writer::tool(view)? {
            Role::Call(Box::new(call(view, tool, resource)?))
        } else if is_of_agent(attributes, &operation) {
            if MODEL_OPERATIONS.contains(&&*operation) {
                wishes = output_messages::wishes(view, &service(resource))?;
            }
            Role::Agent
        } else {
            Role::Other
        };
        let caller = caller(attributes, resource, field);
        if matches!(role, Role::Other) && writer::may_be_tool(view) {
            return Err(format!(
                "a span of a tool (`{}`) by a writer that is not known: its call cannot be read",
                view.name
            ));
        }
        Ok(Span { role, caller, is_server: view.is_server, wishes })
    }
}

fn is_of_agent(attributes: &Attributes<'_>, operation: &str) -> bool {
    AGENT_OPERATIONS.contains(&operation)
        || AGENT_KINDS.iter().any(|(name, value)| attributes.says(name, value))
        // All others of the AI SDK are of models.
        || attributes.text("ai.operationId").is_some()
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

/// The name of the program. The one that the convention prescribes where a program has none says
/// nothing.
fn service(resource: &Attributes<'_>) -> String {
    let service = resource.text("service.name");
    service.filter(|name| !name.starts_with("unknown_service")).unwrap_or_default()
}

fn call(
    view: &SpanView<'_>,
    tool: Tool,
    resource: &Attributes<'_>,
) -> Result<Record<'static>, String> {
    let mut record = mcp_name::call(None, &tool.name);
    record.time = view.start.clone()?;
    let service = service(resource);
    if record.server.is_empty() {
        let server = view.attributes.first(["mcp.server.name", "fastmcp.server.name"]);
        let own = || if view.is_server { service.clone() } else { String::new() };
        record.server = server.unwrap_or_else(own).into();
    }
    if !view.is_server {
        record.client = service.into();
    }
    record.id = tool.id.into();
    record.arguments = tool.arguments;
    record.result = result(view);
    Ok(record)
}

/// A JSON-RPC error has a code; whatever else went wrong is the tool's.
fn result(view: &SpanView<'_>) -> CallResult {
    let error = view.attributes.text("error.type");
    let code = view.attributes.first(["rpc.response.status_code", "rpc.jsonrpc.error_code"]);
    let is_code = |text: &String| text.parse::<i64>().is_ok_and(|code| code < 0);
    if code.as_ref().or(error.as_ref()).is_some_and(is_code) {
        CallResult::UpstreamError
    } else if error.is_some() || view.failed {
        CallResult::ToolError
    } else {
        CallResult::Ok
    }
}
