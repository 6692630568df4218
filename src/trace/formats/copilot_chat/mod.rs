//! Chats of VS Code: `workspaceStorage/*/chatSessions/ID.json` and what "Chat: Export Session" writes,
//! a document; newer ones are `.jsonl`, a log of the document's changes.
//!
//! Sources: <https://github.com/microsoft/vscode>, `src/vs/workbench/contrib/chat/common`
//! (`objectMutationLog`, `languageModelToolsService`);
//! <https://github.com/microsoft/vscode-copilot-chat>, `src/extension/prompt/common/intents.ts`.

mod chat;
mod document;
mod tool_name;

use serde_json::Value;

use self::chat::{Chat, Servers};
use self::document::{Document, Unit};
use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "copilot-chat",
    description: "chats of VS Code",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(Chats::default()),
};

/// Reads the chats of a file.
#[derive(Debug, Default)]
struct Chats {
    /// The chat as it stands after the changes so far.
    document: Document,
    /// The servers of a chat of which the requests are given out one after the other.
    servers: Servers,
    /// The line on which it begins.
    line: u64,
    field: String,
}

/// Whether a unit is a chat or a change of one.
fn recognises(unit: &Value) -> bool {
    let is_chat = |unit: &Value| {
        unit.get("requests").is_some_and(Value::is_array)
            && ["sessionId", "responderUsername", "requesterUsername"]
                .iter()
                .any(|key| unit.get(*key).is_some())
    };
    let kind = unit.get("kind").and_then(Value::as_u64);
    let is_change = match kind {
        Some(0) => unit.get("v").is_some_and(is_chat),
        Some(1..=3) => unit.get("k").is_some_and(Value::is_array),
        _ => false,
    };
    is_chat(unit) || is_change
}

impl Reader for Chats {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let read = Unit::read(unit)?;
        if read.begins_chat() && !calls.goes_on {
            self.give_out(calls);
            self.servers.clear();
            self.line = calls.line;
            self.field = calls.field_of(unit)?;
        }
        match read {
            Unit::Change(change) => self.document.apply(change),
            // What nothing changes any more need not be kept.
            Unit::Chat(chat) => {
                Chat::new(&chat, &mut self.servers, (self.line, &self.field)).give_out(calls);
                Ok(())
            }
        }
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.give_out(calls);
    }
}

impl Chats {
    /// Gives out the calls of the chat.
    fn give_out(&mut self, calls: &mut Calls) {
        let chat = std::mem::take(&mut self.document).into_value();
        Chat::new(&chat, &mut Servers::default(), (self.line, &self.field)).give_out(calls);
    }
}

#[cfg(test)]
mod tests;
