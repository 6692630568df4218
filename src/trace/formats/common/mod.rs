//! What the readers of several formats share: messages paired into calls, names, arguments in text.

pub(in crate::trace) mod answer;
pub(in crate::trace) mod argument_text;
pub(in crate::trace) mod claude_code_call;
pub(in crate::trace) mod connection;
pub(in crate::trace) mod conversation;
pub(in crate::trace) mod envelope;
pub(in crate::trace) mod format;
pub(in crate::trace) mod json;
pub(in crate::trace) mod mcp_name;
pub(in crate::trace) mod message;
pub(in crate::trace) mod observation;
pub(in crate::trace) mod outline;
pub(in crate::trace) mod pending;
pub(in crate::trace) mod reader;
pub(in crate::trace) mod refusal;
pub(in crate::trace) mod responses_item;
pub(in crate::trace) mod spans;
pub(in crate::trace) mod unread;
mod waiting;
