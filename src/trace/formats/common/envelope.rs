//! What logs tell of a message around it.

use crate::engine::{Missing, Timestamp};

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The client, which calls tools.
    Client,
    /// The server, which answers.
    Server,
}

/// What a log tells of a message around it.
#[derive(Debug)]
pub(in crate::trace) struct Envelope<'a> {
    /// When it was sent, if the log says so.
    pub(in crate::trace) time: Result<Option<Timestamp>, String>,
    /// Who sent it, if the log says so.
    pub(in crate::trace) sender: Option<Side>,
    /// The session; empty where the log has no name for it.
    pub(in crate::trace) session: &'a str,
    /// The server; empty where the log does not tell.
    pub(in crate::trace) server: &'a str,
    /// Whether the log drops the ids of requests, so that answers come in the order of these.
    pub(in crate::trace) unnumbered: bool,
    /// What the log writes in place of something that it leaves out.
    pub(in crate::trace) gap: Option<Gap>,
    /// The envelope itself, an object; empty if there is none.
    pub(in crate::trace) text: &'a str,
}

/// A text that stands where a log leaves something out.
#[derive(Clone, Copy, Debug)]
pub(in crate::trace) struct Gap {
    pub(in crate::trace) mark: &'static str,
    pub(in crate::trace) missing: Missing,
}

impl Gap {
    /// What most recorders write for a secret.
    pub(in crate::trace) const REDACTED: Gap =
        Gap { mark: "[REDACTED]", missing: Missing::RedactedArguments };
}

impl Envelope<'_> {
    /// No envelope at all.
    pub(in crate::trace) const BARE: Envelope<'static> = Envelope {
        time: Ok(None),
        sender: None,
        session: "",
        server: "",
        unnumbered: false,
        gap: None,
        text: "",
    };

    /// What tells the connection from others in the file.
    pub(super) fn connection(&self) -> String {
        match (self.session, self.server) {
            ("", server) => server.to_owned(),
            (session, server) => format!("{session}\n{server}"),
        }
    }
}
