//! Servers and tools of the catalogue for machines.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::warnings::{Told, told};
use crate::catalogue::{
    Capabilities, Category, Held, Imported, Server, Severity, Signal, Tool, Vocabulary,
};
use crate::report::SCHEMA_VERSION;
use crate::report::common::json::write_pretty;

/// A server without its tools.
#[derive(Clone, Debug, Serialize)]
pub struct ServerLine {
    /// Its name.
    pub server: String,
    /// Its name for people.
    pub title: Option<String>,
    /// The version that its record is of.
    pub version: Option<String>,
    /// The day on which its tools were listed.
    pub date: Option<String>,
    /// How many tools it has.
    pub tools: usize,
    /// How many of them a person decided on.
    pub reviewed: usize,
    /// How many of them are of each category.
    pub categories: Counts,
}

/// How many tools are of each category, in the order of [`Category::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Category::ALL.len()]);

impl Counts {
    /// The counts in the order of [`Category::ALL`].
    pub fn values(&self) -> impl Iterator<Item = &usize> {
        self.0.iter()
    }
}

impl Serialize for Counts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Category::ALL.iter().map(|category| category.word()).zip(&self.0))
    }
}

impl ServerLine {
    /// What a list says of a server.
    pub fn of(server: &Server) -> ServerLine {
        let mut categories = Counts::default();
        server.tools.iter().for_each(|tool| categories.0[tool.category as usize] += 1);
        ServerLine {
            server: server.name.clone(),
            title: server.title.clone(),
            version: server.version.clone(),
            date: server.date.clone(),
            tools: server.tools.len(),
            reviewed: server.tools.iter().filter(|tool| !tool.is_guess()).count(),
            categories,
        }
    }
}

/// Why a tool is in its category.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// The records of the servers that have it, with the names of the servers.
    pub records: Vec<(&'a str, &'a Tool)>,
    /// What its name alone is taken for.
    pub by_name: Tool,
}

/// Writes a server's record (`schemas/catalogue.schema.json`).
pub fn write_record_json(out: &mut dyn Write, server: &Server) -> io::Result<()> {
    write_pretty(out, server)
}

/// Writes a server's record with a tool on every line, so that two of them can be held against each
/// other line by line.
pub fn write_record_lines(out: &mut dyn Write, server: &Server) -> io::Result<()> {
    let facts = [
        ("server", Some(&server.name)),
        ("title", server.title.as_ref()),
        ("package", server.package.as_ref()),
        ("version", server.version.as_ref()),
        ("date", server.date.as_ref()),
        ("repository", server.repository.as_ref()),
    ];
    writeln!(out, "{{")?;
    for (key, value) in facts.iter().filter_map(|(key, value)| Some((key, (*value)?))) {
        writeln!(out, "  \"{key}\": {},", serde_json::to_string(value)?)?;
    }
    if !server.aliases.is_empty() {
        writeln!(out, "  \"aliases\": {},", serde_json::to_string(&server.aliases)?)?;
    }
    writeln!(out, "  \"tools\": [")?;
    for (at, tool) in (1..).zip(&server.tools) {
        let comma = if at < server.tools.len() { "," } else { "" };
        writeln!(out, "    {}{comma}", serde_json::to_string(tool)?)?;
    }
    writeln!(out, "  ]\n}}")
}

/// Writes the records of several servers (`schemas/catalogue.schema.json`).
pub fn write_records_json(out: &mut dyn Write, servers: &[Server]) -> io::Result<()> {
    #[derive(Serialize)]
    struct Records<'a> {
        servers: &'a [Server],
    }
    write_pretty(out, &Records { servers })
}

/// Writes the records of imported servers with the warnings of what they announce: one as its
/// record, several as an object with `servers` (`schemas/catalogue.schema.json`).
pub fn write_imported_json(out: &mut dyn Write, servers: &[Imported]) -> io::Result<()> {
    #[derive(Serialize)]
    struct Records<'a> {
        servers: Vec<Announced<'a>>,
    }
    match servers {
        [one] => write_pretty(out, &Announced::of(one)),
        all => write_pretty(out, &Records { servers: all.iter().map(Announced::of).collect() }),
    }
}

/// A record with the warnings of what its server announces.
#[derive(Serialize)]
struct Announced<'a> {
    #[serde(flatten)]
    server: &'a Server,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Told<'a>>,
}

impl Announced<'_> {
    fn of(one: &Imported) -> Announced<'_> {
        Announced { server: &one.server, warnings: told(std::slice::from_ref(one)) }
    }
}

/// Writes the list of servers (`schemas/catalogue-list.schema.json`).
pub fn write_server_list_json(out: &mut dyn Write, servers: &[ServerLine]) -> io::Result<()> {
    #[derive(Serialize)]
    struct List<'a> {
        schema_version: u32,
        servers: &'a [ServerLine],
    }
    write_pretty(out, &List { schema_version: SCHEMA_VERSION, servers })
}

/// Writes why a tool is in its category (`schemas/catalogue-explain.schema.json`).
pub fn write_tool_explanation_json(
    out: &mut dyn Write,
    explanation: &Explanation<'_>,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema_version: u32,
        tool: &'a str,
        records: Vec<Record<'a>>,
        by_name: Judgement<'a>,
    }
    #[derive(Serialize)]
    struct Record<'a> {
        server: &'a str,
        judgement: Judgement<'a>,
    }
    let records = explanation.records.iter();
    let output = Output {
        schema_version: SCHEMA_VERSION,
        tool: explanation.tool,
        records: records
            .map(|(server, tool)| Record { server, judgement: Judgement::of(tool) })
            .collect(),
        by_name: Judgement::of(&explanation.by_name),
    };
    write_pretty(out, &output)
}

/// What a tool is taken for, and why.
#[derive(Serialize)]
struct Judgement<'a> {
    category: Category,
    severity: Severity,
    confidence: f64,
    evidence: &'a [String],
    signals: &'a [Signal],
    /// What its arguments hold, by name; those of which nothing tells it are left out.
    holds: BTreeMap<&'a str, Held>,
    /// What it makes possible in the company of others, each with what told it.
    capabilities: Capabilities,
    reason: Option<&'a str>,
}

impl Judgement<'_> {
    fn of(tool: &Tool) -> Judgement<'_> {
        Judgement {
            category: tool.category,
            severity: tool.severity,
            confidence: tool.confidence,
            evidence: &tool.evidence,
            signals: &tool.signals,
            holds: tool.held_arguments(),
            capabilities: tool.able(),
            reason: tool.reason.as_deref(),
        }
    }
}
