//! Servers and tools of the catalogue for people.

use std::fmt::Write;

use super::json::{Explanation, ServerLine};
use crate::catalogue::{
    Annotations, Argument, Arguments, Category, Held, Server, Tool, Vocabulary,
};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::table::{Align, write_table};
use crate::report::common::wrap::fitted;

const LEFT: Align = Align::Left;

/// Writes a line for every server.
pub fn write_server_list(out: &mut String, servers: &[ServerLine], style: &Style) {
    let categories = Category::ALL.iter().map(|category| (category.word(), Align::Right));
    let mut heading = vec![("server", LEFT), ("tools", Align::Right)];
    heading.extend(categories);
    heading.extend([("version", LEFT), ("title", LEFT)]);
    let row = |line: &ServerLine| {
        let mut row = vec![shown(&line.server), line.tools.to_string()];
        row.extend(line.categories.values().map(usize::to_string));
        row.extend(
            [&line.version, &line.title].map(|fact| shown(fact.as_deref().unwrap_or_default())),
        );
        row
    };
    let rows: Vec<Vec<String>> = servers.iter().map(row).collect();
    write_table(out, style, &heading, &rows);
}

/// Writes a server with its tools.
pub fn write_server(out: &mut String, server: &Server, style: &Style) {
    fitted(out, style, |out| write_facts_of(out, server, style));
}

fn write_facts_of(out: &mut String, server: &Server, style: &Style) {
    let title =
        server.title.as_deref().map_or(String::new(), |title| format!("  {}", shown(title)));
    _ = writeln!(out, "{}{title}", style.bold(&shown(&server.name)));
    for (what, fact) in [
        ("package", &server.package),
        ("version", &server.version),
        ("listed on", &server.date),
        ("repository", &server.repository),
    ] {
        if let Some(fact) = fact {
            _ = writeln!(out, "{what}: {}", shown(fact));
        }
    }
    if !server.aliases.is_empty() {
        _ = writeln!(out, "also called: {}", shown(&server.aliases.join(", ")));
    }
    _ = writeln!(out, "{}\n", counts(server));
    let heading = [
        ("tool", LEFT),
        ("category", LEFT),
        ("severity", LEFT),
        ("confidence", Align::Right),
        ("signals", LEFT),
        ("because of", LEFT),
    ];
    let row = |tool: &Tool| {
        vec![
            shown(&tool.name),
            tool.category.to_string(),
            tool.severity.to_string(),
            confidence(tool),
            words(&tool.signals),
            shown(&tool.evidence.join("; ")),
        ]
    };
    let rows: Vec<Vec<String>> = server.tools.iter().map(row).collect();
    if !rows.is_empty() {
        write_table(out, style, &heading, &rows);
    }
}

/// Writes a line for every tool that was found.
pub fn write_found_tools(out: &mut String, servers: &[Server], style: &Style) {
    let heading = [("server", LEFT), ("tool", LEFT), ("category", LEFT), ("severity", LEFT)];
    let row = |server: &Server, tool: &Tool| {
        let (category, severity) = (tool.category.to_string(), tool.severity.to_string());
        vec![shown(&server.name), shown(&tool.name), category, severity]
    };
    let rows: Vec<Vec<String>> = servers
        .iter()
        .flat_map(|server| server.tools.iter().map(move |tool| row(server, tool)))
        .collect();
    if !rows.is_empty() {
        write_table(out, style, &heading, &rows);
    }
}

/// Writes why a tool is in its category.
pub fn write_tool_explanation(out: &mut String, explanation: &Explanation<'_>, style: &Style) {
    fitted(out, style, |out| write_explained(out, explanation, style));
}

fn write_explained(out: &mut String, explanation: &Explanation<'_>, style: &Style) {
    _ = writeln!(out, "{}", style.bold(&shown(explanation.tool)));
    for (server, tool) in &explanation.records {
        _ = writeln!(out, "\n{}: {}", shown(server), judgement(tool));
        write_facts(out, tool);
    }
    let known =
        if explanation.records.is_empty() { "No server that is known has it. " } else { "" };
    _ = writeln!(out, "\n{known}By its name alone: {}", judgement(&explanation.by_name));
    write_facts(out, &explanation.by_name);
}

fn judgement(tool: &Tool) -> String {
    let severity = tool.severity;
    let sure = match tool.is_guess() {
        true => format!("guessed with confidence {}", confidence(tool)),
        false => "reviewed".to_owned(),
    };
    format!("{}, severity {severity}, {sure}", tool.category)
}

fn write_facts(out: &mut String, tool: &Tool) {
    for fact in &tool.evidence {
        _ = writeln!(out, "  {}", shown(fact));
    }
    if let Some(reason) = &tool.reason {
        _ = writeln!(out, "  reason: {}", shown(reason));
    }
    if tool.arguments.is_some() {
        _ = writeln!(out, "  arguments: {}", arguments(tool.arguments.as_ref()));
    }
    for (name, held) in tool.held_arguments() {
        _ = writeln!(out, "    {}: {}", shown(name), holds(&held));
    }
    for (capability, why) in tool.able() {
        _ = writeln!(out, "  {}: {}", capability.word(), shown(&why));
    }
    if !tool.signals.is_empty() {
        _ = writeln!(out, "  signals: {}", words(&tool.signals));
    }
    if let Some(claims) = tool.annotations.as_ref().map(claims).filter(|claims| !claims.is_empty())
    {
        _ = writeln!(out, "  the server claims: {claims}");
    }
}

/// "path, guessed with confidence 0.85 (name: path)".
fn holds(held: &Held) -> String {
    let what = held.what.word();
    match held.confidence < 1.0 {
        true => {
            let evidence = shown(&held.evidence.join("; "));
            format!("{what}, guessed with confidence {:.2} ({evidence})", held.confidence)
        }
        false => format!("{what}, reviewed"),
    }
}

/// "path (string, required), depth (integer)".
pub(in crate::report) fn arguments(arguments: Option<&Arguments>) -> String {
    let argument = |(name, argument): (&String, &Argument)| {
        let kind = argument.kind.map_or("any", Vocabulary::word);
        let required = if argument.required { ", required" } else { "" };
        format!("{} ({kind}{required})", shown(name))
    };
    match arguments {
        None => "unknown".to_owned(),
        Some(none) if none.is_empty() => "none".to_owned(),
        Some(some) => some.iter().map(argument).collect::<Vec<_>>().join(", "),
    }
}

/// "readOnlyHint=true, openWorldHint=false".
pub(in crate::report) fn claims(annotations: &Annotations) -> String {
    let hints = [
        ("readOnlyHint", annotations.read_only_hint),
        ("destructiveHint", annotations.destructive_hint),
        ("idempotentHint", annotations.idempotent_hint),
        ("openWorldHint", annotations.open_world_hint),
    ];
    let made = hints.iter().filter_map(|(name, hint)| Some(format!("{name}={}", (*hint)?)));
    made.collect::<Vec<_>>().join(", ")
}

/// "30 tools: 24 Read, 6 Execute; 6 reviewed".
fn counts(server: &Server) -> String {
    let line = ServerLine::of(server);
    let some = Category::ALL.iter().zip(line.categories.values()).filter(|(_, count)| **count > 0);
    let list: Vec<String> = some.map(|(category, count)| format!("{count} {category}")).collect();
    let reviewed = match line.reviewed {
        0 => "none reviewed".to_owned(),
        all if all == line.tools => "all reviewed".to_owned(),
        some => format!("{some} reviewed"),
    };
    match (line.tools, list.join(", ")) {
        (0, _) => "no tools".to_owned(),
        (1, list) => format!("1 tool: {list}; {reviewed}"),
        (tools, list) => format!("{tools} tools: {list}; {reviewed}"),
    }
}

fn confidence(tool: &Tool) -> String {
    format!("{:.2}", tool.confidence)
}

fn words<T: Vocabulary>(values: &[T]) -> String {
    values.iter().map(|value| value.word()).collect::<Vec<_>>().join(", ")
}

fn shown(text: &str) -> String {
    escape(text).into_owned()
}
