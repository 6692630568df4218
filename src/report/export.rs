//! An exported policy in the notation of the agent that enforces it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::SCHEMA_VERSION;
use super::common::escape::escape;
use super::common::json::{double_quoted, to_text, write_pretty};
use crate::export::{Export, Loss, Standing};

/// Who enforces an exported policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Enforcer {
    /// The `permissions` of Claude Code's `settings.json`
    /// (<https://code.claude.com/docs/en/permissions>).
    ClaudeCode,
    /// A server's tools in Codex's `config.toml` (<https://developers.openai.com/codex/mcp>).
    Codex,
}

impl Enforcer {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Enforcer::ClaudeCode => "claude-code",
            Enforcer::Codex => "codex",
        }
    }
}

/// The text of an exported policy; `server` is what the agent calls the server.
pub fn export_text(export: &Export, to: Enforcer, server: &str) -> String {
    match to {
        Enforcer::ClaudeCode => claude_code(export, server),
        Enforcer::Codex => codex(export, server),
    }
}

fn claude_code(export: &Export, server: &str) -> String {
    let mut rules: BTreeMap<String, Standing> = BTreeMap::new();
    for (tool, standing) in &export.tools {
        // Two names may become one; the stricter counts.
        let rule = rules.entry(format!("mcp__{}__{}", plain(server), plain(tool)));
        let rule = rule.or_insert(*standing);
        *rule = (*rule).max(*standing);
    }
    // Everything else is asked for anyway. A rule for the whole server would win over one that
    // allows a tool, so that others can only be denied where nothing is allowed.
    if export.others == Standing::Allow || denies_everything(export) {
        rules.insert(format!("mcp__{}", plain(server)), export.others);
    }
    let list = |wanted| {
        let names = rules.iter().filter(|(_, standing)| **standing == wanted);
        let names: Vec<String> =
            names.map(|(name, _)| format!("\n      {}", to_text(name))).collect();
        match names.is_empty() {
            true => "[]".to_owned(),
            false => format!("[{}\n    ]", names.join(",")),
        }
    };
    let lists = [("allow", Standing::Allow), ("ask", Standing::Ask), ("deny", Standing::Deny)];
    let lists = lists.map(|(name, standing)| format!("    \"{name}\": {}", list(standing)));
    format!("{{\n  \"permissions\": {{\n{}\n  }}\n}}\n", lists.join(",\n"))
}

fn denies_everything(export: &Export) -> bool {
    let mut standings = export.tools.values().chain([&export.others]);
    standings.all(|standing| *standing == Standing::Deny)
}

/// A name as Claude Code spells it.
fn plain(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

fn codex(export: &Export, server: &str) -> String {
    let table = format!("mcp_servers.{}", key(server));
    let mut out = format!("[{table}]\n");
    if export.others == Standing::Deny {
        let callable = export.tools.iter().filter(|(_, standing)| **standing != Standing::Deny);
        write_list(&mut out, "enabled_tools", callable.map(|(name, _)| name.as_str()));
    }
    write_list(&mut out, "disabled_tools", export.of_standing(Standing::Deny));
    if export.others == Standing::Ask {
        out.push_str("default_tools_approval_mode = \"prompt\"\n");
    }
    for tool in export.of_standing(Standing::Ask) {
        _ = writeln!(out, "\n[{table}.tools.{}]\napproval_mode = \"prompt\"", key(tool));
    }
    out
}

fn write_list<'n>(out: &mut String, name: &str, tools: impl Iterator<Item = &'n str>) {
    let tools: Vec<String> = tools.map(|tool| format!("  {},\n", double_quoted(tool))).collect();
    match tools.is_empty() {
        true => _ = writeln!(out, "{name} = []"),
        false => _ = writeln!(out, "{name} = [\n{}]", tools.concat()),
    }
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { double_quoted(name) }
}

/// What of a policy is lost in the notation, in words; `None` where it can say it after all.
fn lost(loss: Loss, export: &Export, to: Enforcer) -> Option<&'static str> {
    match loss {
        Loss::Conditions => {
            Some("its conditions cannot be said, so a person is asked for each call")
        }
        Loss::Limits => Some("its limits cannot be said, so a person is asked for each call"),
        Loss::Messages => Some("what denied callers are told (`on_deny`) is lost"),
        Loss::DefaultDeny if to == Enforcer::Codex || denies_everything(export) => None,
        Loss::DefaultDeny => Some(
            "tools that are neither in the policy nor in the catalogue are asked for, not denied",
        ),
    }
}

/// Writes what is lost, a line each.
pub fn write_losses(out: &mut String, export: &Export, to: Enforcer) {
    for (tool, words) in losses(export, to) {
        match tool {
            Some(tool) => _ = writeln!(out, "warning: `{}`: {words}", escape(tool)),
            None => _ = writeln!(out, "warning: {words}"),
        }
    }
}

fn losses(export: &Export, to: Enforcer) -> impl Iterator<Item = (Option<&str>, &'static str)> {
    let losses = export.losses.iter();
    losses.filter_map(move |(tool, loss)| Some((tool.as_deref(), lost(*loss, export, to)?)))
}

/// Writes an exported policy with what is lost (`schemas/export.schema.json`).
pub fn write_export_json(
    out: &mut dyn Write,
    export: &Export,
    to: Enforcer,
    server: &str,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema_version: u32,
        to: &'static str,
        text: String,
        allow: Vec<&'a str>,
        ask: Vec<&'a str>,
        deny: Vec<&'a str>,
        lost: Vec<Lost<'a>>,
    }
    #[derive(Serialize)]
    struct Lost<'a> {
        tool: Option<&'a str>,
        what: &'static str,
        message: &'static str,
    }
    let lost = export.losses.iter().filter_map(|(tool, loss)| {
        let message = lost(*loss, export, to)?;
        Some(Lost { tool: tool.as_deref(), what: loss.name(), message })
    });
    let output = Output {
        schema_version: SCHEMA_VERSION,
        to: to.name(),
        text: export_text(export, to, server),
        allow: export.of_standing(Standing::Allow).collect(),
        ask: export.of_standing(Standing::Ask).collect(),
        deny: export.of_standing(Standing::Deny).collect(),
        lost: lost.collect(),
    };
    write_pretty(out, &output)
}
