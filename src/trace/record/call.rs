//! One recorded call.

use std::borrow::Cow;
use std::sync::Arc;

use arrayvec::ArrayVec;
use serde::{Deserialize, Serialize};

use super::grant_by::GrantBy;
use crate::engine::{Arguments, CallResult, Member, Missing, Outcome, Timestamp};

/// How many members of arguments are kept apart; of more, only the text is kept.
pub const MAX_MEMBERS: usize = 16;

/// A recorded call.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// The tool's name.
    pub tool: Cow<'a, str>,
    /// When it was called, if that is known.
    pub time: Option<Timestamp>,
    /// Whether every call before it in the trace was made before it: not so for a call without a
    /// time among those of several files.
    pub in_order: bool,
    /// Of a call without a time whose place in the trace tells that it was made after another: when that was.
    pub after: Option<Timestamp>,
    /// Who called, as [`GrantBy`] chose it; empty where the log does not tell.
    pub grant: Cow<'a, str>,
    /// The session that the call belongs to; empty where the log does not tell.
    pub session: Cow<'a, str>,
    /// The server that was called; empty where the log does not tell.
    pub server: Cow<'a, str>,
    /// The program that called; empty where the log does not tell.
    pub client: Cow<'a, str>,
    /// What tells the call from others in its session; empty where the log does not tell.
    pub id: Cow<'a, str>,
    /// The field that [`GrantBy::Field`] asks for; empty where the record has none.
    pub field: Cow<'a, str>,
    /// The arguments.
    pub arguments: RecordArguments<'a>,
    /// What came of the call.
    pub result: CallResult,
    /// The folder that the agent worked in; empty where the log does not tell.
    pub folder: Cow<'a, str>,
    /// The folders that belong to its work: the one that it was started in, then those that were added;
    /// none where the log does not tell.
    pub roots: Option<Arc<[Box<str>]>>,
    /// What the agent made of the call, if the log says so.
    pub permitted: Option<Permitted>,
    /// The permission mode of the agent, or its name where that decides; empty where the log does not
    /// tell.
    pub mode: Cow<'a, str>,
    /// What a live gateway decided, if the log says so.
    pub decision: Option<Outcome>,
    /// What that gateway told the caller, if the log says so.
    pub message: Option<Box<str>>,
    /// Whether a person had approved the call before it was allowed.
    pub approved: bool,
    /// Whose tool it is.
    pub toolset: Toolset,
    /// What tells copies of the call from other calls, in this process; 0 where the fields do.
    pub(in crate::trace) copy_key: u64,
    /// Fields that our own notation does not know, where the arguments may stand in them.
    pub unknown_fields: Vec<Cow<'a, str>>,
    /// The number of its file, from 0, in the order in which they were given.
    pub file: u32,
    /// The line of its file on which the call stands, counted from 1.
    pub line: u64,
}

/// What an agent made of a call, before any gateway saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permitted {
    /// It passed without a question.
    Passed,
    /// A person was asked and approved.
    Approved,
    /// A person was asked and refused, or nobody was there.
    Refused,
    /// It was denied by a rule or by the mode.
    Denied,
    /// It ran; whether somebody was asked is not told.
    Ran,
}

/// Whose tool was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Toolset {
    /// That of a server, as far as the log tells.
    #[default]
    Server,
    /// That of the agent itself, which no gateway in front of servers sees.
    Agent,
    /// That of the agent or of a server; the log names both alike.
    Either,
}

/// What is recorded of a call's arguments.
#[expect(clippy::large_enum_variant, reason = "nearly all calls have the largest variant")]
#[derive(Clone, Debug, PartialEq)]
pub enum RecordArguments<'a> {
    /// Their JSON text.
    Json(Cow<'a, str>),
    /// The JSON text of an object, whose numbers are all within a 64-bit float, and its members.
    Members {
        /// The object.
        text: &'a str,
        /// Where the members stand in it, in their order.
        members: ArrayVec<Member, MAX_MEMBERS>,
    },
    /// The call had none.
    Absent,
    /// Only their names.
    Names(Vec<Cow<'a, str>>),
    /// Nothing, and why.
    Unknown(Missing),
}

impl<'a> Record<'a> {
    /// Names the folders that the agent works in anew, for which there is a name.
    pub fn rename_folders(&mut self, name: impl Fn(&str) -> Option<String>) {
        if let Some(new) = name(&self.folder) {
            self.folder = Cow::Owned(new);
        }
        let roots = self.roots.iter().flat_map(|roots| roots.iter());
        let renamed = roots.map(|root| name(root).map_or_else(|| root.clone(), Into::into));
        self.roots = self.roots.is_some().then(|| renamed.collect());
    }

    /// A call of a tool of which nothing else is known.
    pub fn of_tool(tool: impl Into<Cow<'a, str>>) -> Record<'a> {
        Record {
            tool: tool.into(),
            time: None,
            in_order: true,
            after: None,
            grant: Cow::default(),
            session: Cow::default(),
            server: Cow::default(),
            client: Cow::default(),
            id: Cow::default(),
            field: Cow::default(),
            folder: Cow::default(),
            roots: None,
            permitted: None,
            mode: Cow::default(),
            arguments: RecordArguments::Absent,
            result: CallResult::Ok,
            decision: None,
            message: None,
            approved: false,
            toolset: Toolset::Server,
            copy_key: 0,
            unknown_fields: Vec::new(),
            file: 0,
            line: 0,
        }
    }

    /// The record with texts of its own.
    pub fn into_owned(self) -> Record<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Record {
            tool: own(self.tool),
            grant: own(self.grant),
            session: own(self.session),
            server: own(self.server),
            client: own(self.client),
            id: own(self.id),
            field: own(self.field),
            folder: own(self.folder),
            mode: own(self.mode),
            arguments: match self.arguments {
                RecordArguments::Json(text) => RecordArguments::Json(own(text)),
                RecordArguments::Members { text, .. } => {
                    RecordArguments::Json(Cow::Owned(text.to_owned()))
                }
                RecordArguments::Absent => RecordArguments::Absent,
                RecordArguments::Names(names) => {
                    RecordArguments::Names(names.into_iter().map(own).collect())
                }
                RecordArguments::Unknown(missing) => RecordArguments::Unknown(missing),
            },
            unknown_fields: self.unknown_fields.into_iter().map(own).collect(),
            ..self
        }
    }

    /// The same record, with texts borrowed from this one.
    pub(in crate::trace) fn as_borrowed(&self) -> Record<'_> {
        Record {
            tool: Cow::Borrowed(&self.tool),
            grant: Cow::Borrowed(&self.grant),
            session: Cow::Borrowed(&self.session),
            server: Cow::Borrowed(&self.server),
            client: Cow::Borrowed(&self.client),
            id: Cow::Borrowed(&self.id),
            field: Cow::Borrowed(&self.field),
            folder: Cow::Borrowed(&self.folder),
            mode: Cow::Borrowed(&self.mode),
            arguments: match &self.arguments {
                RecordArguments::Json(text) => RecordArguments::Json(Cow::Borrowed(text)),
                RecordArguments::Names(names) => RecordArguments::Names(
                    names.iter().map(|name| Cow::Borrowed(&**name)).collect(),
                ),
                other => other.clone(),
            },
            roots: self.roots.clone(),
            message: self.message.clone(),
            unknown_fields: self.unknown_fields.iter().map(|name| Cow::Borrowed(&**name)).collect(),
            ..*self
        }
    }

    /// Chooses what stands for the grant.
    pub(in crate::trace) fn choose_grant(&mut self, grant_by: &GrantBy) {
        self.grant = match grant_by {
            // The file is known to whoever reads it.
            GrantBy::Grant | GrantBy::File => return,
            GrantBy::Session => self.session.clone(),
            GrantBy::Server => self.server.clone(),
            GrantBy::Client => self.client.clone(),
            GrantBy::Field(_) => self.field.clone(),
        };
    }
}

impl RecordArguments<'_> {
    /// Their JSON text, if it is known.
    pub fn json(&self) -> Option<&str> {
        match self {
            RecordArguments::Json(text) => Some(text),
            RecordArguments::Members { text, .. } => Some(text),
            RecordArguments::Absent | RecordArguments::Names(_) | RecordArguments::Unknown(_) => {
                None
            }
        }
    }

    /// As the engine takes them.
    pub fn as_arguments(&self) -> Arguments<'_> {
        match self {
            RecordArguments::Json(text) => Arguments::Json(text),
            RecordArguments::Members { text, members } => Arguments::Members { text, members },
            RecordArguments::Absent => Arguments::Absent,
            RecordArguments::Names(names) => Arguments::Names(names),
            RecordArguments::Unknown(missing) => Arguments::Unknown(*missing),
        }
    }
}
