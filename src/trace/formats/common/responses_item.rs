//! Items of OpenAI's Responses API, which Codex rollouts hold as well.
//!
//! Source: <https://platform.openai.com/docs/api-reference/responses>. Tools that the provider runs
//! itself (web search, code interpreter and the like) are not among the calls: no gateway sees them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{argument_text, mcp_name};
use crate::trace::json;
use crate::trace::record::{CallResult, Record, RecordArguments, parse_raw, text_of};

/// The kinds of items by which a reader knows them.
pub(in crate::trace) const KINDS: [&str; 15] = [
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "local_shell_call",
    "local_shell_call_output",
    "mcp_call",
    "shell_call",
    "shell_call_output",
    "apply_patch_call",
    "apply_patch_call_output",
    "computer_call",
    "computer_call_output",
    "tool_search_call",
    "tool_search_output",
];

/// The tools that the API itself knows and the client runs: the kind of their items, and their name.
const OF_CLIENT: [(&str, &str); 5] = [
    ("local_shell_call", "local_shell"),
    ("shell_call", "shell"),
    ("apply_patch_call", "apply_patch"),
    ("computer_call", "computer"),
    ("tool_search_call", "tool_search"),
];

/// Whether an object is such an item.
pub(in crate::trace) fn is_one(json: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(borrow, rename = "type")]
        kind: &'a RawValue,
    }
    json::read_raw::<Kind<'_>>(json).is_some_and(|item| is_kind(item.kind))
}

/// Whether this is the kind of such an item.
pub(in crate::trace) fn is_kind(json: &RawValue) -> bool {
    KINDS.contains(&&*text_of(json.get()))
}

/// What an item says of calls.
#[derive(Debug, Default)]
pub(in crate::trace) struct Said {
    /// A call.
    pub(in crate::trace) call: Option<Record<'static>>,
    /// The id of the call whose answer it has, be that this one or one before.
    pub(in crate::trace) answered: Option<String>,
    /// That answer, where it is an item of its own.
    pub(in crate::trace) output: Option<Box<RawValue>>,
}

/// An item.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    call_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    namespace: Option<Cow<'a, str>>,
    #[serde(borrow)]
    server_label: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    action: Option<&'a RawValue>,
    #[serde(borrow)]
    actions: Option<&'a RawValue>,
    #[serde(borrow)]
    operation: Option<&'a RawValue>,
    /// Who runs a search for tools.
    #[serde(borrow)]
    execution: Option<Cow<'a, str>>,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
    error: Option<Value>,
}

/// What an object says of calls, if it is an item.
///
/// # Errors
/// A call that names no tool, or an item that is none.
pub(in crate::trace) fn said(json: &RawValue) -> Result<Said, String> {
    if !is_one(json) {
        return Ok(Said::default());
    }
    parse_raw::<Item<'_>>(json)?.said()
}

impl Item<'_> {
    fn said(&self) -> Result<Said, String> {
        let mut answered = None;
        let call = match self.kind.as_deref().unwrap_or_default() {
            "function_call" => Some(self.call(argument_text::of_json(self.arguments))?),
            "custom_tool_call" => {
                let text = self.input.and_then(json::read_raw::<String>);
                let text = text.ok_or("a `custom_tool_call` without text as its `input`")?;
                Some(self.call(argument_text::of_free_text(&text))?)
            }
            "mcp_call" => {
                let mut call = self.call(argument_text::of_json(self.arguments))?;
                call.server = self.server_label.as_deref().unwrap_or_default().to_owned().into();
                call.result = self.mcp_result();
                answered = Some(self.id().to_owned());
                Some(call)
            }
            kind if kind.ends_with("_output") => {
                answered = Some(self.call_id.as_deref().unwrap_or_default().to_owned());
                None
            }
            kind => self.call_of_client(kind),
        };
        let output = self.output.filter(|_| call.is_none()).map(RawValue::to_owned);
        Ok(Said { call, answered, output })
    }

    /// The call of a tool that the API itself knows, if the client runs it.
    fn call_of_client(&self, kind: &str) -> Option<Record<'static>> {
        let (_, tool) = OF_CLIENT.iter().find(|(known, _)| *known == kind)?;
        if kind == "tool_search_call" && self.execution.as_deref() != Some("client") {
            return None;
        }
        let mut call = Record::of_tool(*tool);
        let arguments = self.action.or(self.actions).or(self.operation).or(self.arguments);
        call.arguments = argument_text::of_json(arguments);
        call.id = self.id().to_owned().into();
        Some(call)
    }

    /// What tells the call from others.
    fn id(&self) -> &str {
        self.call_id.as_deref().or(self.id.as_deref()).unwrap_or_default()
    }

    fn call(&self, arguments: RecordArguments<'static>) -> Result<Record<'static>, String> {
        let name = self.name.and_then(json::read_raw::<String>);
        let name = name.ok_or("a call whose `name` is not text")?;
        let namespace = self.namespace.as_deref().and_then(|name| name.strip_prefix("mcp__"));
        let server = namespace.map(|server| mcp_name::own_name(server.trim_end_matches('_')));
        let id = self.id().to_owned().into();
        Ok(Record { id, arguments, ..mcp_name::call(server, &name) })
    }

    /// An error of the protocol gives quota back, one of the tool or an unknown one does not.
    fn mcp_result(&self) -> CallResult {
        match &self.error {
            None | Some(Value::Null) => CallResult::Ok,
            Some(error) if error["type"] == "mcp_protocol_error" => CallResult::UpstreamError,
            Some(_) => CallResult::ToolError,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(json: &str) -> Said {
        said(serde_json::from_str(json).unwrap()).unwrap()
    }

    fn call(json: &str) -> Record<'static> {
        says(json).call.unwrap()
    }

    #[test]
    fn every_kind_of_call_names_its_tool_server_and_arguments() {
        for (json, tool, server, arguments) in [
            (
                r#"{"type":"function_call","name":"mcp__notes__add","arguments":"{\"a\":1}"}"#,
                "add",
                "notes",
                r#"{"a":1}"#,
            ),
            (
                r#"{"type":"function_call","namespace":"mcp__notes","name":"add","arguments":"{}"}"#,
                "add",
                "notes",
                "{}",
            ),
            (
                r#"{"type":"function_call","namespace":"agents","name":"spawn","arguments":"{}"}"#,
                "spawn",
                "",
                "{}",
            ),
            (
                r#"{"type":"custom_tool_call","name":"apply_patch","input":"*** \"x\""}"#,
                "apply_patch",
                "",
                r#""*** \"x\"""#,
            ),
            (
                r#"{"type":"local_shell_call","action":{"type":"exec","command":["ls"]}}"#,
                "local_shell",
                "",
                r#"{"type":"exec","command":["ls"]}"#,
            ),
            (
                r#"{"type":"shell_call","status":"completed","action":{"commands":["ls"]}}"#,
                "shell",
                "",
                r#"{"commands":["ls"]}"#,
            ),
            (
                r#"{"operation":{"type":"delete_file"},"type":"apply_patch_call"}"#,
                "apply_patch",
                "",
                r#"{"type":"delete_file"}"#,
            ),
            (
                r#"{"type":"computer_call","action":{"type":"click","x":1}}"#,
                "computer",
                "",
                r#"{"type":"click","x":1}"#,
            ),
            (
                r#"{"type":"tool_search_call","execution":"client","arguments":{"q":"x"}}"#,
                "tool_search",
                "",
                r#"{"q":"x"}"#,
            ),
            (
                r#"{"type":"mcp_call","name":"add","server_label":"notes","arguments":"{}"}"#,
                "add",
                "notes",
                "{}",
            ),
        ] {
            let record = call(json);
            assert_eq!((&*record.tool, &*record.server), (tool, server), "{json}");
            assert_eq!(record.arguments, RecordArguments::Json(arguments.into()), "{json}");
        }
    }

    #[test]
    fn only_an_error_of_the_protocol_gives_quota_back() {
        let result = |error| {
            call(&format!(r#"{{"type":"mcp_call","id":"m","name":"a","error":{error}}}"#)).result
        };
        assert_eq!(result("null"), CallResult::Ok);
        assert_eq!(result(r#""it broke""#), CallResult::ToolError);
        assert_eq!(result(r#"{"type":"mcp_tool_execution_error"}"#), CallResult::ToolError);
        assert_eq!(
            result(r#"{"type":"mcp_protocol_error","code":-32602}"#),
            CallResult::UpstreamError
        );
    }

    #[test]
    fn an_answer_names_its_call_and_other_items_say_nothing() {
        let answer = r#"{"type":"function_call_output","call_id":"c","output":[]}"#;
        let answered = says(answer);
        assert_eq!((answered.call, answered.answered.as_deref()), (None, Some("c")));
        assert_eq!(answered.output.unwrap().get(), "[]");
        let both = says(r#"{"type":"mcp_call","id":"m","name":"a"}"#);
        assert_eq!((both.call.is_some(), both.answered.as_deref()), (true, Some("m")));
        for kind in ["web_search_call", "code_interpreter_call", "tool_search_call"] {
            let nothing = says(&format!(r#"{{"type":"{kind}","id":"w"}}"#));
            assert!(nothing.call.is_none() && nothing.answered.is_none(), "{kind}");
        }
        let answer = r#"{"type":"computer_call_output","call_id":"c","output":{}}"#;
        assert_eq!(says(answer).answered.as_deref(), Some("c"));
        let why = serde_json::from_str(r#"{"type":"function_call","name":7}"#).map(said).unwrap();
        let why = why.unwrap_err();
        assert!(why.contains("`name` is not text"), "{why}");
    }
}
