use serde::Serialize;

use crate::lint::agent_tools::{Named, meant, named, of_others};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::looks::Looks;
use crate::lint::{Context, PermissionContext, RuleCheck, Severity};
use crate::policy::Dialect;
use crate::source::{Editor, Part, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds tools in `tools` and `hide` that the server does not have but that are like one that it has, and offers that one.
    /// Where the server was only found from the names of the tools and a good part of them is unknown, it is information only: the policy may be for another server.
    /// In the permission files of agents it finds names that are slips for the agent's own tools, such as `bash` for `Bash`, or names that its tools had once; and tools of a server, if the catalogue has one of that name.
    /// It says which version of a server that is built in was looked at: another one may have the tool, so that it is information only until the server is named.
    ///
    /// ## Why is this bad?
    /// A rule for a tool that does not exist protects nothing; the tool that was meant has no rule. A hidden tool that is misspelt is not hidden.
    ///
    /// ## Example
    /// ```json
    /// {"hide": ["delete_inventorys"]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"hide": ["delete_inventory"]}
    /// ```
    "unknown-tool", Warning, RuleCheck::Both(check, check_permissions)
}

#[derive(Serialize)]
struct UnknownTool {
    tool: String,
    server: String,
    /// The version of the server that the catalogue has a record of.
    version: Option<String>,
    nearest: String,
}

impl Facts for UnknownTool {
    fn message(&self) -> String {
        format!("{} has no tool `{}`", versioned(&self.server, self.version.as_deref()), self.tool)
    }

    fn help(&self) -> Option<String> {
        Some(format!("did you mean `{}`?", self.nearest))
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(known) = context.server() else { return };
    let policy = context.policy;
    let looks = Looks::new(context);
    // One that looks like a tool of the server has a rule of its own.
    for (name, place) in context.foreign_tools().filter(|(name, _)| !looks.has_tool_like(name)) {
        // One that is like none of the server's is no misspelling: see `stale-tool`.
        let Some(nearest) = known.server.nearest_tool(name) else { continue };
        let facts = UnknownTool {
            tool: name.to_owned(),
            server: known.server.name.clone(),
            version: known.server.version.clone(),
            nearest: nearest.to_owned(),
        };
        let taken = policy.tool(nearest).is_some() || context.hidden(nearest).is_some();
        let is_complete = known.is_complete();
        let is_meant = known.server.misspelt_tool(name) == Some(nearest);
        let is_mended = is_meant && is_complete && !taken;
        let fix = is_mended.then(|| renamed(nearest, &place, &findings.editor())).flatten();
        // What was to be hidden is open, whatever else another version has.
        let is_open = is_meant && place.part != Part::Key && policy.default.allows();
        let severity = match is_complete || (is_open && known.is_certain()) {
            true => RULE.severity,
            false => Severity::Info,
        };
        findings.add(&RULE, severity, place, facts).fixed_by(fix);
    }
}

/// A server with the version that its record is of: what is not in it may be in another.
pub(super) fn versioned(server: &str, version: Option<&str>) -> String {
    version.map_or_else(|| server.to_owned(), |version| format!("{server} {version}"))
}

/// The tool that may have been meant, which then has the rules.
pub(super) fn renamed(nearest: &str, place: &Place, editor: &Editor<'_>) -> Option<Fix> {
    let edit = match place.part {
        Part::Key => editor.rename(&place.pointer, nearest),
        _ => editor.replace(&place.pointer, &nearest.into()),
    };
    Fix::new(Safety::Unsafe, format!("write `{nearest}`"), [edit])
}

/// A name that no tool of an agent, or of a server that it knows, has.
#[derive(Serialize)]
struct UnknownAgentTool {
    reason: &'static str,
    tool: String,
    server: Option<String>,
    nearest: String,
    #[serde(skip)]
    owner: String,
    /// Whether other agents have a tool of the name.
    #[serde(skip)]
    is_of_others: bool,
}

impl Facts for UnknownAgentTool {
    fn message(&self) -> String {
        let (owner, tool) = (&self.owner, &self.tool);
        match self.reason {
            "retired-tool-name" => {
                format!("{owner} has no tool `{tool}` any more, so that this has no effect")
            }
            _ => format!("{owner} has no tool `{tool}`, so that this has no effect"),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self.reason {
            "retired-tool-name" => format!("write `{}`", self.nearest),
            _ if self.is_of_others => format!("here that is a part of `{}`", self.nearest),
            _ => format!("did you mean `{}`?", self.nearest),
        })
    }
}

fn check_permissions(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let Some(root) = findings.node(&Pointer::root()) else { return };
    for named in named(context, root) {
        let found = match &named.server {
            Some(server) => of_server(context, &named, server),
            None => of_agent(context, &named),
        };
        let Some((facts, severity)) = found else { continue };
        // What another program does by that name is not all that this agent's tool does.
        let is_mended = facts.reason == "unknown-tool-name" && !facts.is_of_others;
        let fix = is_mended.then(|| mended(&named, &facts.nearest, &findings.editor())).flatten();
        findings.add(&RULE, severity, named.place, facts).fixed_by(fix);
    }
}

fn of_agent(
    context: &PermissionContext<'_>,
    named: &Named,
) -> Option<(UnknownAgentTool, Severity)> {
    let (nearest, is_retired) = meant(context.agent, &named.tool)?;
    let facts = UnknownAgentTool {
        reason: if is_retired { "retired-tool-name" } else { "unknown-tool-name" },
        tool: named.tool.clone(),
        server: None,
        nearest: nearest.to_owned(),
        owner: Dialect::Agent(context.agent).to_string(),
        is_of_others: of_others(context.agent, &named.tool).is_some(),
    };
    Some((facts, if is_retired { Severity::Info } else { Severity::Warning }))
}

/// The same of a server that the catalogue knows by that name alone; another version may have the tool.
fn of_server(
    context: &PermissionContext<'_>,
    named: &Named,
    server: &str,
) -> Option<(UnknownAgentTool, Severity)> {
    let known = context.catalogue.server(server)?;
    let is_one = known.tool(&named.tool).is_some() || named.tool.contains('*');
    let nearest = known.misspelt_tool(&named.tool).filter(|_| !is_one)?;
    let facts = UnknownAgentTool {
        reason: "unknown-tool-name",
        tool: named.tool.clone(),
        server: Some(server.to_owned()),
        nearest: nearest.to_owned(),
        owner: versioned(server, known.version.as_deref()),
        is_of_others: false,
    };
    let is_given = context.catalogue.is_added(known);
    Some((facts, if is_given { Severity::Warning } else { Severity::Info }))
}

/// The rule with the name that was meant, which then has an effect.
fn mended(named: &Named, nearest: &str, editor: &Editor<'_>) -> Option<Fix> {
    let text = named.text.replacen(&named.tool, nearest, 1);
    let edit = match named.place.part {
        Part::Key => editor.rename(&named.place.pointer, &text),
        _ => editor.replace(&named.place.pointer, &text.as_str().into()),
    };
    Fix::new(Safety::Unsafe, format!("write `{text}`"), [edit])
}
