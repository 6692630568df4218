use serde::Serialize;

use super::unknown_tool::renamed;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::looks::Looks;
use crate::lint::name::{is_disguised, strange};
use crate::lint::{Context, RuleCheck};
use crate::source::look;

rule! {
    /// ## What it does
    /// Finds names in `tools` and `hide` that look like another name and are not: letters of another script (a Cyrillic `е`, a wide `ａ`), marks on letters, characters that are not seen, blanks at an end, the other case. The other name is a tool of the server, stands elsewhere in the policy, or is the plain form of what only can be meant as a disguise.
    /// What looks alike is taken from the data of Unicode's UTS 39.
    ///
    /// ## Why is this bad?
    /// Gateways compare names character by character. The rules hold for a tool that nobody has, and the one that is meant has none: hidden to the eye, open to a call.
    ///
    /// ## Example
    /// ```json
    /// {"hide": ["delete_user "]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"hide": ["delete_user"]}
    /// ```
    "lookalike-tool-name", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Lookalike {
    tool: String,
    /// The name that it looks like.
    alike: String,
    /// The server, if that has the other name.
    server: Option<String>,
    /// The characters of the name that are not what they seem; none if only the case differs.
    characters: Vec<String>,
}

impl Facts for Lookalike {
    fn message(&self) -> String {
        let Lookalike { tool, alike, .. } = self;
        let whose = match &self.server {
            Some(server) => format!("`{alike}` of {server}"),
            None => format!("`{alike}`"),
        };
        const SHOWN: usize = 5;
        let shown = &self.characters[..self.characters.len().min(SHOWN)];
        let differs = match shown {
            [] => "in the case of letters".to_owned(),
            codes => format!("by {}", codes.join(", ")),
        };
        format!("`{tool}` looks like {whose} and is another name: it differs {differs}")
    }

    fn help(&self) -> Option<String> {
        Some(match self.server {
            Some(_) => format!("did you mean `{}`?", self.alike),
            None => "write the name as the server has it, character by character".to_owned(),
        })
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let known = context.server();
    let looks = Looks::new(context);
    for (tool, place) in context.unknown_names() {
        let found = looks.like(tool);
        let plain = || is_disguised(tool).then(|| look(tool));
        let Some(alike) = found.map(|other| other.name.to_owned()).or_else(plain) else { continue };
        let server = found.and_then(|other| other.server);
        let other = found.and_then(|other| other.place.clone());
        let related = other.map(|place| (place, "it looks like this one".to_owned()));
        let is_sure = server.is_some() && known.is_some_and(|known| known.is_certain());
        let is_free = || context.policy.tool(&alike).is_none() && context.hidden(&alike).is_none();
        let fix =
            (is_sure && is_free()).then(|| renamed(&alike, &place, &findings.editor())).flatten();
        let facts = Lookalike {
            tool: tool.to_owned(),
            alike,
            server: server.map(|server| server.name.clone()),
            characters: strange(tool),
        };
        let related = related.into_iter().collect();
        findings.add_related(&RULE, RULE.severity, place, facts, related).fixed_by(fix);
    }
}
