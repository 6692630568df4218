//! The lock: what servers announced when somebody looked, so that a change is noticed.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::argument::Arguments;
use super::category::{Category, Severity};
use super::fingerprint::{Fingerprint, hash};
use super::import::Imported;
use super::record::{Annotations, Server, Tool};

/// The version of the lock that is written, and the newest that is read.
pub const LOCK_VERSION: u32 = 1;

/// What servers announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The version of this format.
    pub lock_version: u32,
    /// The servers, by name.
    pub servers: Vec<LockedServer>,
}

/// What one server announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedServer {
    /// The server's name.
    pub server: String,
    /// A hash of how it was started; none where that was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Its tools, by name.
    pub tools: Vec<LockedTool>,
}

/// What a server announced of one tool, and what that was taken for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedTool {
    /// The tool's name.
    pub name: String,
    /// What it was taken for.
    pub category: Category,
    /// How bad a careless call of it can be.
    pub severity: Severity,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Arguments>,
    /// The server's claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
    /// Hashes of the rest.
    #[serde(default)]
    pub fingerprint: Fingerprint,
}

/// Why a lock cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LockError {
    /// A newer program wrote it.
    #[error(
        "it is a lock of version {found}, and this program knows versions up to {LOCK_VERSION}"
    )]
    Newer {
        /// Its version.
        found: u64,
    },
    /// It is something else, or damaged.
    #[error("it is no lock: {0}")]
    Invalid(String),
}

/// How a tool differs from what the lock says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockChange {
    /// The lock does not have the server.
    NewServer,
    /// It is started by another program or with other arguments.
    ChangedCommand,
    /// The lock does not have the tool.
    NewTool,
    /// The tool is gone.
    VanishedTool,
    /// It is taken for more dangerous.
    RaisedRisk,
    /// It is taken for less dangerous.
    LoweredRisk,
    /// It takes other arguments.
    ChangedArguments,
    /// The server claims something else of it.
    ChangedClaims,
    /// Its arguments have the same names and types, but their schema differs.
    ChangedSchema,
    /// It is described in other words.
    ChangedDescription,
}

/// Something that changed since the lock was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The server.
    pub server: String,
    /// The tool; the server itself where there is none.
    pub tool: Option<String>,
    /// What changed.
    pub change: LockChange,
    /// What the lock says.
    pub was: Option<LockedTool>,
    /// What the server says.
    pub is: Option<LockedTool>,
    /// The hashes of how the server was started and how it is now, where they differ.
    pub commands: Option<[String; 2]>,
}

impl LockChange {
    /// Every change, in the order of severity.
    pub const ALL: [LockChange; 10] = [
        LockChange::NewServer,
        LockChange::ChangedCommand,
        LockChange::NewTool,
        LockChange::VanishedTool,
        LockChange::RaisedRisk,
        LockChange::LoweredRisk,
        LockChange::ChangedArguments,
        LockChange::ChangedClaims,
        LockChange::ChangedSchema,
        LockChange::ChangedDescription,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            LockChange::NewServer => "new-server",
            LockChange::ChangedCommand => "changed-command",
            LockChange::NewTool => "new-tool",
            LockChange::VanishedTool => "vanished-tool",
            LockChange::RaisedRisk => "raised-risk",
            LockChange::LoweredRisk => "lowered-risk",
            LockChange::ChangedArguments => "changed-arguments",
            LockChange::ChangedClaims => "changed-claims",
            LockChange::ChangedSchema => "changed-schema",
            LockChange::ChangedDescription => "changed-description",
        }
    }
}

impl Lock {
    /// A lock of nothing.
    pub fn empty() -> Lock {
        Lock { lock_version: LOCK_VERSION, servers: Vec::new() }
    }

    /// Reads a lock.
    ///
    /// # Errors
    /// That it is newer than this program, or no lock at all.
    pub fn read(text: &[u8]) -> Result<Lock, LockError> {
        #[derive(Deserialize)]
        struct Version {
            lock_version: u64,
        }
        let invalid = |error: serde_json::Error| LockError::Invalid(error.to_string());
        let Version { lock_version: found } = serde_json::from_slice(text).map_err(invalid)?;
        if found > u64::from(LOCK_VERSION) {
            return Err(LockError::Newer { found });
        }
        serde_json::from_slice(text).map_err(invalid)
    }

    /// A lock of what records say, whose schemas are known only by their facts.
    pub fn of_records<'a>(records: impl IntoIterator<Item = &'a Server>) -> Lock {
        let record = |server: &Server| LockedServer::of(&Imported::of_record(server.clone()));
        Lock { lock_version: LOCK_VERSION, servers: records.into_iter().map(record).collect() }
    }

    /// Takes over what a server announces now.
    pub fn set(&mut self, imported: &Imported) {
        let mut locked = LockedServer::of(imported);
        let before = self.servers.iter().find(|present| present.is_called(&locked.server));
        // Who only reads a file does not know how the server is started.
        locked.command = locked.command.or_else(|| before?.command.clone());
        self.servers.retain(|present| !present.is_called(&locked.server));
        self.servers.push(locked);
        self.servers.sort_by(|a, b| a.server.cmp(&b.server));
    }

    /// What speaks against starting a server in a way: the lock does not have the server, or another
    /// way. Where the lock or the caller does not know the way, any is right.
    pub fn objection(&self, name: &str, command: Option<&str>) -> Option<Changed> {
        let (server, tool) = (name.to_owned(), None);
        let Some(then) = self.servers.iter().find(|present| present.is_called(name)) else {
            let change = LockChange::NewServer;
            return Some(Changed { server, tool, change, was: None, is: None, commands: None });
        };
        let (was, is) = (then.command.as_ref()?, hash(command?.as_bytes()));
        let commands = Some([was.clone(), is]).filter(|[was, is]| was != is)?;
        let change = LockChange::ChangedCommand;
        Some(Changed { server, tool, change, was: None, is: None, commands: Some(commands) })
    }

    /// How a server differs from what the lock says of it.
    pub fn changes(&self, imported: &Imported) -> Vec<Changed> {
        let now = LockedServer::of(imported);
        let name = &imported.server.name;
        let objection = self.objection(name, imported.command.as_deref());
        let mut found: Vec<Changed> = objection.into_iter().collect();
        let Some(then) = self.servers.iter().find(|present| present.is_called(name)) else {
            return found;
        };
        let mut add = |tool: &str, change, was: Option<&LockedTool>, is: Option<&LockedTool>| {
            let (server, tool) = (name.clone(), Some(tool.to_owned()));
            let (was, is) = (was.cloned(), is.cloned());
            found.push(Changed { server, tool, change, was, is, commands: None });
        };
        for is in &now.tools {
            match then.tool(&is.name) {
                None => add(&is.name, LockChange::NewTool, None, Some(is)),
                Some(was) => {
                    for change in differences(was, is) {
                        add(&is.name, change, Some(was), Some(is));
                    }
                }
            }
        }
        for was in then.tools.iter().filter(|was| now.tool(&was.name).is_none()) {
            add(&was.name, LockChange::VanishedTool, Some(was), None);
        }
        found.sort_by(|a, b| (a.change, &a.tool).cmp(&(b.change, &b.tool)));
        found
    }
}

impl LockedServer {
    fn of(imported: &Imported) -> LockedServer {
        let tool = |tool: &Tool| LockedTool {
            name: tool.name.clone(),
            category: tool.category,
            severity: tool.severity,
            arguments: tool.arguments.clone(),
            annotations: tool.annotations,
            fingerprint: imported.fingerprints.get(&tool.name).cloned().unwrap_or_default(),
        };
        let mut tools: Vec<LockedTool> = imported.server.tools.iter().map(tool).collect();
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        let command = imported.command.as_ref().map(|command| hash(command.as_bytes()));
        LockedServer { server: imported.server.name.clone(), command, tools }
    }

    fn is_called(&self, name: &str) -> bool {
        self.server.eq_ignore_ascii_case(name)
    }

    fn tool(&self, name: &str) -> Option<&LockedTool> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

fn differences(was: &LockedTool, is: &LockedTool) -> Vec<LockChange> {
    let risk = |tool: &LockedTool| (tool.category, tool.severity);
    let arguments = was.arguments != is.arguments;
    let tests = [
        (risk(is) > risk(was), LockChange::RaisedRisk),
        (risk(is) < risk(was), LockChange::LoweredRisk),
        (arguments, LockChange::ChangedArguments),
        (was.annotations != is.annotations, LockChange::ChangedClaims),
        (!arguments && was.fingerprint.schema != is.fingerprint.schema, LockChange::ChangedSchema),
        (was.fingerprint.description != is.fingerprint.description, LockChange::ChangedDescription),
    ];
    tests.into_iter().filter(|(differs, _)| *differs).map(|(_, change)| change).collect()
}

#[cfg(test)]
mod tests;
