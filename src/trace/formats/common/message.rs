//! One MCP JSON-RPC message.
//!
//! A call is a request `tools/call`; what came of it stands in the answer.
//! Source: the Model Context Protocol, <https://modelcontextprotocol.io/specification>.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::answer::Answer;
use super::json::lenient;
use crate::trace::json;
use crate::trace::record::{is_object, parse_object, text_of};

/// The method of a call.
pub(in crate::trace) const CALL: &str = "tools/call";

/// A message: a request or a notification has a method, an answer has none.
#[derive(Debug, Default, Deserialize)]
pub(in crate::trace) struct Message<'a> {
    /// Whether it says that it is JSON-RPC.
    #[serde(default, rename = "jsonrpc", deserialize_with = "is_there")]
    pub(in crate::trace) declared: bool,
    #[serde(borrow)]
    pub(in crate::trace) method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(in crate::trace) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(in crate::trace) params: Option<&'a RawValue>,
    /// What a request came to, even if that is null.
    #[serde(borrow, default, deserialize_with = "present")]
    pub(in crate::trace) result: Option<&'a RawValue>,
    /// The error that a request came to instead.
    #[serde(borrow)]
    pub(in crate::trace) error: Option<&'a RawValue>,
}

/// A field that is there, even if it is null: an answer may be nothing.
fn present<'a, D: Deserializer<'a>>(json: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(json).map(Some)
}

fn is_there<'a, D: Deserializer<'a>>(json: D) -> Result<bool, D::Error> {
    Option::<IgnoredAny>::deserialize(json).map(|value| value.is_some())
}

impl<'a> Message<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// Why it is none, in words.
    pub(in crate::trace) fn parse(text: &'a str) -> Result<Message<'a>, String> {
        let message: Message<'_> = parse_object(text, "a JSON-RPC message")?;
        if message.method.is_none() && !message.is_answer() {
            let why = "not a JSON-RPC message: it has no `method`, `result` or `error`";
            return Err(why.to_owned());
        }
        Ok(message)
    }

    /// An answer of which the log holds only parts. What came of the request is told by keys
    /// outside any text, which no answer has for another reason.
    pub(in crate::trace) fn of_torn_answer(text: &str, id: Option<&'a RawValue>) -> Message<'a> {
        let is_error = text.contains("\"isError\":true");
        let result = if is_error { "{\"isError\":true}" } else { "{}" };
        Message {
            id,
            result: json::read(result),
            error: json::read("{}").filter(|_| !is_error && !text.contains("\"result\":")),
            ..Message::default()
        }
    }

    /// The id as text by which equal ids are equal, however they are written.
    pub(in crate::trace) fn canonical_id(&self) -> Option<String> {
        let json = self.id?.get();
        Some(match json::from_str(json) {
            Ok(serde_json::Value::String(text)) => format!("\"{text}"),
            Ok(serde_json::Value::Number(number)) => match number.as_f64() {
                Some(value) if value.abs() < 2f64.powi(53) => value.to_string(),
                _ => json.to_owned(),
            },
            _ => json.to_owned(),
        })
    }

    /// What came of the request that this message answers.
    pub(in crate::trace) fn answer(&self) -> Answer {
        Answer::of(self.result, self.error)
    }

    /// The program that begins a connection with this message.
    pub(in crate::trace) fn client(&self) -> Option<String> {
        let params: InitializeParams<'_> = lenient(self.params)?;
        Some(params.client_info.name.into_owned())
    }

    fn is_answer(&self) -> bool {
        self.result.is_some() || self.error.is_some()
    }
}

/// What a call says of itself.
pub(in crate::trace) struct CallMessage<'a> {
    pub(in crate::trace) tool: String,
    pub(in crate::trace) arguments: Option<&'a RawValue>,
    meta: Option<&'a RawValue>,
}

impl<'a> CallMessage<'a> {
    /// Reads the parameters of a call.
    ///
    /// # Errors
    /// Why they are none, in words.
    pub(in crate::trace) fn parse(params: Option<&'a RawValue>) -> Result<CallMessage<'a>, String> {
        let params = params.map(RawValue::get).filter(|params| is_object(params));
        let params = params.ok_or("a `tools/call` without an object as its `params`")?;
        let call: CallParams<'_> =
            json::from_str(params).map_err(|_| "a `tools/call` that names no tool")?;
        let tool =
            json::from_raw(call.name).map_err(|_| "a `tools/call` whose tool name is not text")?;
        Ok(CallMessage { tool, arguments: call.arguments, meta: call.meta })
    }

    /// The program that called, where the call itself says so, as it does since protocol
    /// 2026-07-28, which has no `initialize`.
    pub(in crate::trace) fn client(&self) -> Option<String> {
        let meta: Meta<'_> = lenient(self.meta)?;
        Some(meta.client_info.name.into_owned())
    }

    /// The text of a key of `_meta`, which is where a call says more of itself.
    pub(in crate::trace) fn meta_field(&self, name: &str) -> Option<String> {
        let fields: HashMap<String, &RawValue> = lenient(self.meta)?;
        fields.get(name).map(|value| text_of(value.get()).into_owned())
    }
}

#[derive(Deserialize)]
struct CallParams<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct InitializeParams<'a> {
    #[serde(borrow, rename = "clientInfo")]
    client_info: ClientInfo<'a>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "io.modelcontextprotocol/clientInfo")]
    client_info: ClientInfo<'a>,
}

#[derive(Deserialize)]
struct ClientInfo<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}
