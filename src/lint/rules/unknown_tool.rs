use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::looks::Looks;
use crate::lint::{Context, RuleCheck, Severity};
use crate::source::{Editor, Part, Place};

rule! {
    /// ## What it does
    /// Finds tools in `tools` and `hide` that the server does not have but that are like one that it has, and offers that one.
    /// Where the server was only found from the names of the tools and a good part of them is unknown, it is information only: the policy may be for another server.
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
    "unknown-tool", Warning, RuleCheck::Policy(check)
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
