//! Warnings of what servers announce, for people and for machines.

use std::fmt::Write;

use serde::Serialize;

use crate::catalogue::{Imported, Poison, Warning};
use crate::report::common::escape::escape;

/// A warning for machines.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    server: &'a str,
    tool: &'a str,
    place: String,
    warning: &'static str,
    message: String,
}

/// The warnings of servers for machines.
pub(super) fn told(servers: &[Imported]) -> Vec<Told<'_>> {
    servers.iter().flat_map(told_of).collect()
}

fn told_of(server: &Imported) -> impl Iterator<Item = Told<'_>> {
    server.warnings.iter().map(|warning| Told::of(&server.server.name, warning))
}

impl<'a> Told<'a> {
    fn of(server: &'a str, warning: &'a Warning) -> Told<'a> {
        Told {
            server,
            tool: &warning.tool,
            place: escape(&warning.place.to_string()).into_owned(),
            warning: warning.problem.name(),
            message: message(warning),
        }
    }
}

/// Writes a warning for every tool with text or a name that a person should look at, and where the
/// first of it stands.
pub fn write_warnings(out: &mut String, servers: &[Imported]) {
    for server in servers {
        let mut written: Vec<(&str, String)> = Vec::new();
        for warning in &server.warnings {
            let one = (&*warning.tool, message(warning));
            if !written.contains(&one) {
                write_warning(out, &server.server.name, warning, &one.1);
                written.push(one);
            }
        }
    }
}

fn write_warning(out: &mut String, server: &str, warning: &Warning, message: &str) {
    let place = format!("{}{}", warning.tool, warning.place);
    let help = match warning.problem {
        Poison::Shadows { .. } => "let an agent see only one of the two",
        _ => "look at it as it is, and do not let an agent see the tool before",
    };
    let (server, place) = (escape(server), escape(&place));
    _ = writeln!(out, "warning: {message}\n  at {place} of {server}\n  help: {help}");
}

/// What is wrong, without the text itself.
fn message(warning: &Warning) -> String {
    let tool = escape(&warning.tool);
    match &warning.problem {
        Poison::HiddenCharacters(numbers) => {
            format!("`{tool}` has characters that are not seen: {}", numbers.join(", "))
        }
        Poison::Orders(what) => format!("text of `{tool}` {what}"),
        Poison::Shadows { server, tool: other } => {
            let server = escape(server);
            match *other == warning.tool {
                true => format!("`{tool}` has the name of a tool of {server}"),
                false => format!("`{tool}` looks like `{}` of {server}", escape(other)),
            }
        }
    }
}
