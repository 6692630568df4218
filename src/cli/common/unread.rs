//! What of a trace was not read, said on standard error.

use super::output::print_error;
use crate::replay::Run;
use crate::report::{command, escape};
use crate::source::nearest;
use crate::trace::{FieldMapping, PassedOver, UnknownFields, Unmapped};

/// How many files are named one by one.
const NAMED: usize = 50;

/// What others call the fields of a record.
const ALIASES: [(&str, &[&str]); 6] = [
    ("args", &["arguments", "input", "params", "parameters", "payload", "tool_input", "kwargs"]),
    ("ts", &["timestamp", "time", "at", "created_at", "date"]),
    ("grant", &["user", "user_id", "principal", "actor", "caller"]),
    ("session", &["session_id", "sessionId", "conversation_id", "thread_id"]),
    ("server", &["server_name", "mcp_server"]),
    ("result", &["status", "outcome"]),
];

/// Says which files gave no call, and in which fields arguments may stand that were not read.
pub(super) fn say<V>(run: &Run<V>) {
    say_passed_over(&run.passed_over);
    say_unknown(&run.unknown_fields);
    run.unmapped.iter().for_each(say_unmapped);
}

/// Says that a field stands in no line, so that what it was to stand for is not known.
fn say_unmapped(unmapped: &Unmapped) {
    let Unmapped { target, field, nearest, names } = unmapped;
    let named: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let named = format!("the lines have {}", named.join(", "));
    let help = match nearest {
        Some(near) => format!("did you mean `{near}`? {named}"),
        None => named,
    };
    print_error(&format!(
        "warning: --map {target}={}: no line has `{}`, so that its `{target}` is not known\n  help: {}\n",
        escape(field),
        escape(field),
        escape(&help)
    ));
}

fn say_passed_over(passed_over: &[PassedOver]) {
    for PassedOver { file, reason } in passed_over.iter().take(NAMED) {
        print_error(&format!("note: {} was passed over: {}\n", escape(file), escape(reason)));
    }
    if passed_over.len() > NAMED {
        let more = passed_over.len() - NAMED;
        print_error(&format!("note: and {more} more files were; --format json names them all\n"));
    }
}

fn say_unknown(unknown: &UnknownFields) {
    let mut names = unknown.iter().peekable();
    if names.peek().is_none() {
        return;
    }
    let named: Vec<String> = names
        .map(|(name, lines)| match known_for(name) {
            Some(known) => format!("`{name}` in {lines} (as `{known}`?)"),
            None => format!("`{name}` in {lines}"),
        })
        .collect();
    let help = match suggested(unknown) {
        Some((target, name)) => {
            format!("you may want `{}`", command::option("--map", &format!("{target}={name}")))
        }
        None => "if one of them holds the arguments, say so with `--map args=FIELD`".to_owned(),
    };
    print_error(&format!(
        "note: lines without `args` have fields that a record does not know, so that their arguments are unknown: {}\n  help: {}\n",
        escape(&named.join(", ")),
        escape(&help)
    ));
}

/// The field of a record that a name most likely stands for.
fn known_for(name: &str) -> Option<&'static str> {
    let alias = ALIASES.iter().find(|(_, names)| names.contains(&name)).map(|(known, _)| *known);
    alias.or_else(|| {
        let near = nearest(name, FieldMapping::TARGETS)?;
        FieldMapping::TARGETS.into_iter().find(|known| *known == near)
    })
}

/// What most likely holds the arguments, else whatever is likely.
fn suggested(unknown: &UnknownFields) -> Option<(&'static str, &str)> {
    let likely = || unknown.iter().filter_map(|(name, _)| Some((known_for(name)?, name)));
    likely().find(|(known, _)| *known == "args").or_else(|| likely().next())
}
