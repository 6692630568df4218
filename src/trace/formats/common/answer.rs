//! What an answer says of a call: what came of it, or that a gateway let it not pass.
//!
//! Sources: <https://github.com/PolicyLayer/Intercept> (`internal/proxy/handler.go`, pull requests
//! 2 and 3), <https://policylayer.com/docs> for the hosted gateway; MCP clients write an error of
//! the protocol as `MCP error CODE: MESSAGE`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{lenient, list};
use crate::engine::Outcome;
use crate::trace::record::{CallResult, Record, text_of};

/// What the texts of a gateway begin with, and what it decided.
const VERDICTS: [(&str, Outcome); 3] = [
    ("[POLICY DENIED]", Outcome::Deny),
    ("[INTERCEPT POLICY DENIED]", Outcome::Deny),
    ("[INTERCEPT APPROVAL REQUIRED]", Outcome::Ask),
];

/// What clients put before the text of an error.
const PREFIXES: [&str; 3] = ["Error: ", "McpError: ", "MCP error -32003: "];

/// The code of the error with which Intercept asks for approval.
const APPROVAL_REQUIRED: i64 = -32003;

/// What an answer says of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::trace) struct Answer {
    result: CallResult,
    /// What the gateway decided, where the answer is its own and not the tool's.
    decision: Option<Outcome>,
}

impl From<CallResult> for Answer {
    fn from(result: CallResult) -> Answer {
        Answer { result, decision: None }
    }
}

impl Answer {
    /// The answer that has this result, or this error.
    pub(in crate::trace) fn of(result: Option<&RawValue>, error: Option<&RawValue>) -> Answer {
        if let Some(error) = error {
            let decision = match lenient::<RpcError<'_>>(Some(error)) {
                Some(error) => error.decision(),
                None => first_text(error).and_then(|text| verdict(&text)),
            };
            return Answer::decided_or(decision, CallResult::UpstreamError);
        }
        match lenient::<ToolResult<'_>>(result) {
            Some(result) if result.is_error => Answer::of_failure(result.content),
            _ => CallResult::Ok.into(),
        }
    }

    /// The answer of a tool that failed with this content: text, or blocks of text.
    pub(in crate::trace) fn of_failure(content: Option<&RawValue>) -> Answer {
        let decision = content.and_then(first_text).and_then(|text| verdict(&text));
        Answer::decided_or(decision, CallResult::ToolError)
    }

    /// An answer that does not say whether it failed, so that this is not known; its first words may
    /// tell that it is the gateway's own.
    pub(in crate::trace) fn of_unflagged(content: Option<&RawValue>) -> Answer {
        let answer = Answer::of_failure(content);
        if answer.decision.is_some() { answer } else { CallResult::Unknown.into() }
    }

    fn decided_or(decision: Option<Outcome>, result: CallResult) -> Answer {
        match decision {
            // What the tool would have answered is not known.
            Some(_) => Answer { result: CallResult::Unknown, decision },
            None => result.into(),
        }
    }

    /// Says it of a call.
    pub(in crate::trace) fn settle(self, record: &mut Record<'_>) {
        record.result = self.result;
        record.decision = self.decision.or(record.decision);
    }
}

/// What a gateway decided that answers with this text.
fn verdict(text: &str) -> Option<Outcome> {
    let mut text = text.trim_start();
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        text = rest;
    }
    let found = VERDICTS.iter().find(|(start, _)| text.starts_with(start));
    found.map(|(_, outcome)| *outcome)
}

/// The text that some content begins with.
fn first_text(content: &RawValue) -> Option<Cow<'_, str>> {
    if content.get().starts_with('"') {
        return Some(text_of(content.get()));
    }
    list(Some(content)).first().and_then(|block| lenient::<Block<'_>>(Some(block))?.text)
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct ToolResult<'a> {
    #[serde(default, rename = "isError")]
    is_error: bool,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RpcError<'a> {
    code: Option<i64>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Approval {
    #[serde(rename = "approval_id")]
    _id: String,
}

impl RpcError<'_> {
    fn decision(&self) -> Option<Outcome> {
        let asks = || {
            let is_asked = self.code == Some(APPROVAL_REQUIRED);
            (is_asked && lenient::<Approval>(self.data).is_some()).then_some(Outcome::Ask)
        };
        self.message.as_deref().and_then(verdict).or_else(asks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> &RawValue {
        serde_json::from_str(json).unwrap()
    }

    fn of_result(json: &str) -> (CallResult, Option<Outcome>) {
        let Answer { result, decision } = Answer::of(Some(raw(json)), None);
        (result, decision)
    }

    fn of_error(json: &str) -> (CallResult, Option<Outcome>) {
        let Answer { result, decision } = Answer::of(None, Some(raw(json)));
        (result, decision)
    }

    #[test]
    fn what_a_gateway_answers_is_its_decision_and_no_answer_of_the_tool() {
        let denied = r#"{"isError":true,"content":[{"type":"text","text":"[POLICY DENIED] no"}]}"#;
        assert_eq!(of_result(denied), (CallResult::Unknown, Some(Outcome::Deny)));
        let intercept = denied.replace("[POLICY", "[INTERCEPT POLICY");
        assert_eq!(of_result(&intercept), (CallResult::Unknown, Some(Outcome::Deny)));
        let asked = r#"{"code":-32003,"message":"[INTERCEPT APPROVAL REQUIRED] big"}"#;
        assert_eq!(of_error(asked), (CallResult::Unknown, Some(Outcome::Ask)));
        let by_id = r#"{"code":-32003,"message":"wait","data":{"approval_id":"a"}}"#;
        assert_eq!(of_error(by_id), (CallResult::Unknown, Some(Outcome::Ask)));
        let seen = raw(r#""MCP error -32003: [INTERCEPT APPROVAL REQUIRED] big""#);
        assert_eq!(Answer::of_failure(Some(seen)).decision, Some(Outcome::Ask));
    }

    #[test]
    fn a_text_that_speaks_of_a_gateway_is_none_of_its_own() {
        let quotes = r#"{"isError":true,"content":[{"text":"see [POLICY DENIED]"}]}"#;
        assert_eq!(of_result(quotes), (CallResult::ToolError, None));
        let page = r#"{"content":[{"text":"[POLICY DENIED] is how it begins"}]}"#;
        assert_eq!(of_result(page), (CallResult::Ok, None));
        let other = r#"{"code":-32003,"message":"busy"}"#;
        assert_eq!(of_error(other), (CallResult::UpstreamError, None));
    }
}
