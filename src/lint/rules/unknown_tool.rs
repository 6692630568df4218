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
    nearest: String,
}

impl Facts for UnknownTool {
    fn message(&self) -> String {
        format!("{} has no tool `{}`", self.server, self.tool)
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
            nearest: nearest.to_owned(),
        };
        let taken = policy.tool(nearest).is_some() || context.hidden(nearest).is_some();
        let is_certain = known.is_certain();
        let fix =
            (!taken && is_certain).then(|| renamed(nearest, &place, &findings.editor())).flatten();
        let severity = if is_certain { RULE.severity } else { Severity::Info };
        findings.add(&RULE, severity, place, facts).fixed_by(fix);
    }
}

/// The tool that may have been meant, which then has the rules.
pub(super) fn renamed(nearest: &str, place: &Place, editor: &Editor<'_>) -> Option<Fix> {
    let edit = match place.part {
        Part::Key => editor.rename(&place.pointer, nearest),
        _ => editor.replace(&place.pointer, &nearest.into()),
    };
    Fix::new(Safety::Unsafe, format!("write `{nearest}`"), [edit])
}
