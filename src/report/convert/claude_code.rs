//! The `permissions` of Claude Code's `settings.json` (<https://code.claude.com/docs/en/permissions>).

use std::collections::BTreeMap;

use super::beginnings::beginnings;
use crate::convert::{AgentDraft, Area, AreaRule, Kind, Standings, Wording};
use crate::policy::Ruling;
use crate::report::common::json::to_text;

/// The lists of rules, in the order in which they are written.
#[derive(Default)]
struct Lists(BTreeMap<Ruling, Vec<String>>);

/// The text of a draft.
pub(super) fn text(draft: &AgentDraft) -> String {
    let mut lists = Lists::default();
    for (kind, area) in &draft.areas {
        lists.area(*kind, area);
    }
    draft.servers.iter().for_each(|(server, standings)| lists.server(server, standings));
    // Where nobody is asked, what no rule allows is denied anyway.
    for names in draft.denied.iter().filter(|_| !draft.denies_by_default()) {
        names.joined("__").iter().for_each(|name| lists.add(Ruling::Deny, format!("mcp__{name}")));
    }
    let list = |(name, ruling)| {
        let rules = lists.0.get(&ruling).into_iter().flatten();
        let rules: Vec<String> = rules.map(|rule| format!("\n      {}", to_text(rule))).collect();
        match rules.is_empty() {
            true => format!("    \"{name}\": []"),
            false => format!("    \"{name}\": [{}\n    ]", rules.join(",")),
        }
    };
    let named = [("allow", Ruling::Allow), ("ask", Ruling::Ask), ("deny", Ruling::Deny)];
    let mode = (!draft.areas.is_empty()).then(|| {
        let mode = if draft.denies_by_default() { "dontAsk" } else { "default" };
        format!("    \"defaultMode\": \"{mode}\"")
    });
    let parts: Vec<String> = mode.into_iter().chain(named.map(list)).collect();
    format!("{{\n  \"permissions\": {{\n{}\n  }}\n}}\n", parts.join(",\n"))
}

impl Lists {
    fn add(&mut self, ruling: Ruling, rule: String) {
        let list = self.0.entry(ruling).or_default();
        if !list.contains(&rule) {
            list.push(rule);
        }
    }

    /// The rules about what the agent does by itself. What it does not ask about is named where it
    /// should, and what it asks about where it need not.
    fn area(&mut self, kind: Kind, area: &Area) {
        for (text, ruling) in beginnings(area) {
            self.add(ruling, format!("Bash({text})"));
        }
        for rule in &area.rules {
            if let Some(text) = rule_text(kind, rule) {
                self.add(rule.ruling, text);
            }
        }
        // What Claude Code does by itself, where that is the same for all of a kind.
        let (tools, usual, ruling): (&[&str], _, _) = match kind {
            Kind::Command => (&["Bash"], Some(Ruling::Ask), area.floor),
            Kind::Read => (&["Read"], Some(Ruling::Allow), area.inside),
            Kind::Grep => (&["Grep"], Some(Ruling::Allow), area.inside),
            Kind::Glob => (&["Glob"], Some(Ruling::Allow), area.inside),
            // It has no such tool.
            Kind::List => (&[], None, area.inside),
            Kind::Change if area.inside == Ruling::Allow => (&["Edit(**)"], None, Ruling::Allow),
            Kind::Change => (&["Edit", "Write", "NotebookEdit"], Some(Ruling::Ask), area.inside),
            Kind::Fetch => (&["WebFetch"], None, area.floor),
            Kind::Search => (&["WebSearch"], Some(Ruling::Ask), area.floor),
            Kind::Delegate => (&["Agent"], Some(Ruling::Allow), area.floor),
            Kind::Skill => (&["Skill"], Some(Ruling::Allow), area.floor),
            Kind::Todo => {
                (&["TodoWrite", "TaskCreate", "TaskUpdate"], Some(Ruling::Allow), area.floor)
            }
            Kind::Server => (&[], None, area.floor),
        };
        // Where everything is refused that no rule allows, the mode says it.
        let allows = area.rules.iter().any(|rule| rule.ruling == Ruling::Allow);
        let is_default = kind == Kind::Command && ruling == Ruling::Deny && allows;
        let is_said = area.rules.iter().any(|rule| rule.wording == Wording::Everything);
        if usual != Some(ruling) && !is_default && !is_said {
            tools.iter().for_each(|tool| self.add(ruling, (*tool).to_owned()));
        }
    }

    fn server(&mut self, server: &str, standings: &Standings) {
        let mut rules: BTreeMap<String, Ruling> = BTreeMap::new();
        for (tool, ruling) in &standings.tools {
            // Two names may become one; the stricter counts.
            let rule = rules.entry(format!("mcp__{}__{}", plain(server), plain(tool)));
            let rule = rule.or_insert(*ruling);
            *rule = (*rule).max(*ruling);
        }
        // Everything else is asked for anyway. A rule for the whole server would win over one that
        // allows a tool, so that others can only be denied where nothing is allowed.
        if standings.others == Ruling::Allow || standings.denies_everything() {
            rules.insert(format!("mcp__{}", plain(server)), standings.others);
        }
        rules.into_iter().for_each(|(rule, ruling)| self.add(ruling, rule));
    }
}

fn rule_text(kind: Kind, rule: &AreaRule) -> Option<String> {
    Some(match (kind, &rule.wording) {
        (Kind::Command, Wording::Words { text, exact }) => {
            let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            let end = if *exact { "" } else { " *" };
            format!("Bash({text}{end})")
        }
        (Kind::Command, Wording::Everything) => "Bash".to_owned(),
        (Kind::Command, Wording::Pattern(pattern)) => format!("Bash({pattern})"),
        (Kind::Command, Wording::Part(part)) => format!("Bash(*{part}*)"),
        // Wherever it lies, in the project or not.
        (Kind::Read, Wording::Part(part)) => format!("Read(//**/*{part}*)"),
        (Kind::Change, Wording::Part(part)) => format!("Edit(//**/*{part}*)"),
        (Kind::Fetch, Wording::Part(host)) => {
            // In front of the host there may be more of it.
            let host = host.trim_matches('.');
            format!("WebFetch(domain:*{host}*)")
        }
        _ => return None,
    })
}

/// A name as Claude Code spells it.
fn plain(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}
