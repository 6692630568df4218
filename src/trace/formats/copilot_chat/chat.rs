//! The calls of a chat. A call stands in the rounds of its request, as the model asked for it, and in
//! its response, as VS Code made it, by other ids and other names.

use std::collections::HashMap;

use serde_json::Value;

use super::tool_name;
use crate::engine::Missing;
use crate::trace::formats::common::reader::Calls;
use crate::trace::formats::common::{argument_text, mcp_name};
use crate::trace::json;
use crate::trace::record::{CallResult, Record, RecordArguments, parse_milliseconds};

/// What stands between the id that the model gave a call and a number of VS Code's.
const ID_END: &str = "__vscode-";

/// How a person says that a call is not to be made: `Denied` and `Skipped` of `ToolConfirmKind`.
const REFUSED: [u64; 2] = [0, 5];

/// A chat whose calls are to be given out.
pub(super) struct Chat<'v> {
    session: &'v str,
    requests: &'v [Value],
    servers: &'v Servers,
    line: u64,
    field: &'v str,
}

/// The servers by the prefixes of their tools.
pub(super) type Servers = HashMap<String, String>;

/// A call as the model asked for it.
struct Wish<'v> {
    id: &'v str,
    name: &'v str,
    call: &'v Value,
    time: &'v Value,
}

/// A call as VS Code made it.
struct Made<'v> {
    id: &'v str,
    tool: &'v str,
    part: &'v Value,
    /// Whether the wish was found that it came from.
    is_known: bool,
}

/// Whether a call was made of a wish.
type SameCall<'r> = &'r dyn Fn(&Wish<'_>, &Made<'_>) -> bool;

impl<'v> Chat<'v> {
    /// A chat that begins on a line, or more of one of which some servers are known.
    pub(super) fn new(
        chat: &'v Value,
        servers: &'v mut Servers,
        (line, field): (u64, &'v str),
    ) -> Chat<'v> {
        let requests = list(&chat["requests"]);
        for made in requests.iter().flat_map(made) {
            if let Some((server, tool)) = made.server_and_tool()
                && let prefix = tool_name::prefix(made.tool, tool)
                && !prefix.is_empty()
            {
                servers.insert(prefix.to_owned(), server.to_owned());
            }
        }
        Chat { session: text(&chat["sessionId"]), requests, servers, line, field }
    }

    /// Gives out the calls.
    pub(super) fn give_out(&self, calls: &mut Calls) {
        for request in self.requests {
            self.request(request, calls);
        }
    }

    fn request(&self, request: &'v Value, calls: &mut Calls) {
        let wishes: Vec<_> = wishes(request).collect();
        let mut made: Vec<_> = made(request).collect();
        let joined = self.join(&wishes, &mut made);
        for (wish, index) in wishes.iter().zip(joined) {
            self.call(Some(wish), index.map(|index| &made[index]), request, calls);
        }
        for made in made.iter().filter(|made| !made.is_known) {
            self.call(None, Some(made), request, calls);
        }
    }

    /// The calls that were made of wishes, by their indexes: those with the same id; of older
    /// versions, those of the same tool with the same arguments, then of the same tool, then the
    /// agent's own tools in their order.
    fn join(&self, wishes: &[Wish<'_>], made: &mut [Made<'_>]) -> Vec<Option<usize>> {
        let mut joined = vec![None; wishes.len()];
        let rules: [SameCall<'_>; 4] = [
            &|wish, made| !wish.id.is_empty() && wish.id == made.id,
            &|wish, made| self.is_same_tool(wish, made) && same_arguments(wish, made),
            &|wish, made| self.is_same_tool(wish, made) && made.input().is_none(),
            &|wish, made| !wish.name.starts_with("mcp_") && !made.is_of_server(),
        ];
        for is_same in rules {
            for (wish, joined) in
                wishes.iter().zip(&mut joined).filter(|(_, joined)| joined.is_none())
            {
                let found = made.iter().position(|made| !made.is_known && is_same(wish, made));
                if let Some(index) = found {
                    made[index].is_known = true;
                    *joined = found;
                }
            }
        }
        joined
    }

    fn is_same_tool(&self, wish: &Wish<'_>, made: &Made<'_>) -> bool {
        wish.name == made.tool || (!made.is_of_server() && tool_name::is_own(wish.name, made.tool))
    }

    fn call(
        &self,
        wish: Option<&Wish<'_>>,
        made: Option<&Made<'_>>,
        request: &Value,
        calls: &mut Calls,
    ) {
        if made.is_some_and(Made::is_refused) {
            calls.refused += 1;
            return;
        }
        let name = wish.map_or_else(|| made.map_or("", |made| made.tool), |wish| wish.name);
        if name.is_empty() {
            return calls.complain(self.line, "a call that names no tool".to_owned());
        }
        let mut record = self.named(name, made);
        let time = wish.map_or(&Value::Null, |wish| wish.time);
        let time = if time.is_null() { &request["timestamp"] } else { time };
        match (!time.is_null()).then(|| parse_milliseconds(&time.to_string())).transpose() {
            Ok(time) => record.time = time,
            Err(why) => return calls.complain(self.line, why),
        }
        let id = wish.map_or_else(|| made.map_or("", |made| made.id), |wish| wish.id);
        record.id = id.to_owned().into();
        record.session = self.session.to_owned().into();
        record.field = self.field.to_owned().into();
        record.line = self.line;
        record.arguments = arguments(wish, made);
        record.result = match made.map(|made| &made.part["resultDetails"]["isError"]) {
            Some(Value::Bool(true)) => CallResult::ToolError,
            Some(Value::Bool(false)) => CallResult::Ok,
            _ => CallResult::Unknown,
        };
        calls.push(record);
    }

    /// The call by its tool: that of a server by the server's name for it, one of VS Code's own by
    /// the model's.
    fn named(&self, name: &str, made: Option<&Made<'_>>) -> Record<'static> {
        if let Some(made) = made.filter(|made| made.is_of_server()) {
            let (server, tool) = made.server_and_tool().unwrap_or((made.label(), made.tool));
            return mcp_name::call(Some(server), tool);
        }
        let known = self.servers.iter().filter_map(|(prefix, server)| {
            let tool = name.strip_prefix(&**prefix).filter(|tool| !tool.is_empty())?;
            Some((prefix.len(), server, tool))
        });
        match known.max() {
            Some((_, server, tool)) if made.is_none() => mcp_name::call(Some(server), tool),
            _ => mcp_name::call(None, name),
        }
    }
}

impl<'v> Made<'v> {
    fn is_of_server(&self) -> bool {
        self.part["source"]["type"] == "mcp"
    }

    fn label(&self) -> &'v str {
        text(&self.part["source"]["label"])
    }

    /// The server and its own name for the tool, where the tool's name has the server's prefix.
    fn server_and_tool(&self) -> Option<(&'v str, &'v str)> {
        if !self.is_of_server() {
            return None;
        }
        let announced = text(&self.part["source"]["serverLabel"]);
        let names = [self.label(), announced].into_iter().filter(|name| !name.is_empty());
        let tool = names.into_iter().find_map(|name| tool_name::within(self.tool, name))?;
        Some((self.label(), tool))
    }

    fn is_refused(&self) -> bool {
        let confirmed = &self.part["isConfirmed"];
        let kind = confirmed["type"].as_u64();
        *confirmed == false || kind.is_some_and(|kind| REFUSED.contains(&kind))
    }

    /// What is known of the arguments: none of a command in a terminal, of which something else
    /// stands there.
    fn input(&self) -> Option<RecordArguments<'static>> {
        let input = self.part["resultDetails"]["input"].as_str()?;
        json::read::<HashMap<String, serde::de::IgnoredAny>>(input)?;
        Some(argument_text::of_text(input))
    }
}

fn wishes<'v>(request: &'v Value) -> impl Iterator<Item = Wish<'v>> {
    let rounds = list(&request["result"]["metadata"]["toolCallRounds"]).iter();
    rounds.flat_map(|round| {
        list(&round["toolCalls"]).iter().map(|call| {
            let id = text(&call["id"]);
            let id = id.split_once(ID_END).map_or(id, |(id, _)| id);
            Wish { id, name: text(&call["name"]), call, time: &round["timestamp"] }
        })
    })
}

fn made<'v>(request: &'v Value) -> impl Iterator<Item = Made<'v>> {
    let parts = list(&request["response"]).iter();
    parts.filter(|part| part["kind"] == "toolInvocationSerialized").map(|part| {
        let (id, tool) = (text(&part["toolCallId"]), text(&part["toolId"]));
        let id = id.split_once(ID_END).map_or(id, |(id, _)| id);
        Made { id, tool, part, is_known: false }
    })
}

fn arguments(wish: Option<&Wish<'_>>, made: Option<&Made<'_>>) -> RecordArguments<'static> {
    match wish.map(|wish| &wish.call["arguments"]) {
        Some(Value::String(text)) => argument_text::of_text(text),
        Some(Value::Null) => RecordArguments::Absent,
        Some(value) => RecordArguments::Json(value.to_string().into()),
        None => {
            let unrecorded = RecordArguments::Unknown(Missing::UnrecordedArguments);
            made.and_then(Made::input).unwrap_or(unrecorded)
        }
    }
}

fn same_arguments(wish: &Wish<'_>, made: &Made<'_>) -> bool {
    let value = |arguments: RecordArguments<'_>| arguments.json().and_then(json::read::<Value>);
    let made = made.input().and_then(value);
    made.is_some() && made == value(arguments(Some(wish), None))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
