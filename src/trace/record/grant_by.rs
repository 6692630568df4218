//! What stands for the grant of a call.

/// What stands for the grant of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum GrantBy {
    /// The log's own `grant`.
    #[default]
    Grant,
    /// The session.
    Session,
    /// The server.
    Server,
    /// The client program.
    Client,
    /// The file that the call stands in.
    File,
    /// Another field of the record.
    Field(String),
}

impl GrantBy {
    /// Its name, as it is written.
    pub fn name(&self) -> &str {
        match self {
            GrantBy::Grant => "grant",
            GrantBy::Session => "session",
            GrantBy::Server => "server",
            GrantBy::Client => "client",
            GrantBy::File => "file",
            GrantBy::Field(name) => name,
        }
    }

    /// The field of the record that is asked for beside those that every reader gives.
    pub(in crate::trace) fn field(&self) -> Option<&str> {
        match self {
            GrantBy::Field(name) => Some(name),
            _ => None,
        }
    }
}

impl std::str::FromStr for GrantBy {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<GrantBy, Self::Err> {
        Ok(match text {
            "grant" => GrantBy::Grant,
            "session" => GrantBy::Session,
            "server" => GrantBy::Server,
            "client" => GrantBy::Client,
            "file" => GrantBy::File,
            field => GrantBy::Field(field.to_owned()),
        })
    }
}
