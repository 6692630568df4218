//! Requests and answers, as far as calls stand in them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::message::Message;
use crate::trace::formats::common::json::{Fields, plain_text};

/// A request, an answer, an item of either, or what holds one.
#[derive(Deserialize)]
pub(super) struct Unit<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) role: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) messages: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) output: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) choices: Vec<Choice<'a>>,
    #[serde(borrow)]
    pub(super) message: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) content_block: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) body: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) request: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) response: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) result: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) created: Option<&'a RawValue>,
    #[serde(borrow, alias = "createdAt")]
    pub(super) created_at: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) previous_response_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) conversation: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) session_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "sessionId")]
    pub(super) camel_session_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) conversation_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) thread_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) user: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) safety_identifier: Option<&'a RawValue>,
}

impl Unit<'_> {
    /// The session that it names.
    pub(super) fn session(&self) -> Option<String> {
        let within = |object: Option<&RawValue>, name| {
            object.and_then(|object| Fields::of(object).plain_text(name))
        };
        within(self.conversation, "id")
            .or_else(|| plain_text(self.conversation))
            .or_else(|| within(self.metadata, "session_id"))
            .or_else(|| plain_text(self.session_id))
            .or_else(|| plain_text(self.camel_session_id))
            .or_else(|| plain_text(self.conversation_id))
            .or_else(|| plain_text(self.thread_id))
    }

    /// The user whom it names.
    pub(super) fn user(&self) -> Option<String> {
        let of_metadata = || Fields::of(self.metadata?).plain_text("user_id");
        plain_text(self.user).or_else(|| plain_text(self.safety_identifier)).or_else(of_metadata)
    }
}

#[derive(Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(borrow)]
    pub(super) message: Option<&'a RawValue>,
    /// A piece of a streamed answer.
    #[serde(borrow)]
    pub(super) delta: Option<Message<'a>>,
}
