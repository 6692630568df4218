use regex::Regex;
use serde::Serialize;
use serde_json::{Value, json};

use crate::catalogue::{Capability, Holds, Property, Tool};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::ToolPolicy;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds policies under which one grant reaches private data, what strangers wrote, and a way out.
    /// It is silent where the way out is closed: to recipients from a list, or addresses of chosen hosts. What tools make possible is told from their names, descriptions, annotations and arguments; without a server it is a guess, and information only.
    ///
    /// ## Why is this bad?
    /// An agent follows what it reads. One poisoned page or mail has it read the inbox and send it away, and every single call is allowed.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"read_inbox": {}, "fetch_page": {}, "send_mail": {}}}
    /// ```
    ///
    /// ## Use instead
    /// One of the three less, or a way out to chosen places only:
    ///
    /// ```json
    /// {"tools": {"read_inbox": {},
    ///   "send_mail": {"require": [{"conditions": [{"path": "args.to", "op": "in", "value": ["ops@example.org"]}]}]}}}
    /// ```
    "lethal-trifecta", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct LethalTrifecta {
    private_data: String,
    untrusted_content: String,
    way_out: String,
}

impl Facts for LethalTrifecta {
    fn message(&self) -> String {
        let LethalTrifecta { private_data, untrusted_content, way_out } = self;
        format!(
            "whoever writes what `{untrusted_content}` reads may have `{way_out}` send away what `{private_data}` reads"
        )
    }

    fn help(&self) -> Option<String> {
        let way_out = &self.way_out;
        Some(format!(
            "let `{way_out}` go to chosen places only, have a person asked, or grant the three apart"
        ))
    }
}

/// A tool that a call may reach, with what speaks for the capability that it is looked at for.
#[derive(Clone, Copy)]
struct Part<'c> {
    listed: &'c ToolPolicy,
    tool: &'c Tool,
    is_certain: bool,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let tools: Vec<_> = context
        .unasked()
        .filter(|(listed, _)| !context.is_incomplete(listed))
        .map(|(listed, tool)| (listed, tool, tool.able()))
        .collect();
    let with = |capability: Capability| -> Vec<Part<'_>> {
        let with = tools.iter().filter_map(|(listed, tool, able)| {
            let is_certain = tool.is_surely(able.get(&capability)?) && context.is_known(listed);
            Some(Part { listed, tool, is_certain })
        });
        with.collect()
    };
    let is_open = |part: &Part<'_>| is_open(context, part.listed, part.tool);
    let Some(private) = first(with(Capability::PrivateData), &[]).into_iter().next() else {
        return;
    };
    let mut strangers = with(Capability::UntrustedContent);
    strangers.retain(|part| part.tool.targets().is_empty() || is_open(part));
    let mut ways = with(Capability::WayOut);
    ways.retain(is_open);
    let way_beside = |stranger: Part<'_>| {
        let used = [private.tool, stranger.tool];
        // What reads for a stranger sends for him only where it fetches whatever address it is given.
        let may = |way: &Part<'_>| way.tool.name != stranger.tool.name || way.is_certain;
        first(ways.clone(), &used).into_iter().find(may)
    };
    let found = first(strangers, &[private.tool])
        .into_iter()
        .find_map(|stranger| Some((stranger, way_beside(stranger)?)));
    let Some((stranger, way)) = found else { return };
    report(context, findings, private, stranger, way);
}

/// The certain ones first, and of those the ones that no other part is played by.
fn first<'c>(mut parts: Vec<Part<'c>>, used: &[&Tool]) -> Vec<Part<'c>> {
    let is_used = |part: &Part<'_>| used.iter().any(|tool| tool.name == part.tool.name);
    parts.sort_by_key(|part| (!part.is_certain, is_used(part)));
    parts
}

fn report(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    private: Part<'_>,
    stranger: Part<'_>,
    way: Part<'_>,
) {
    let facts = LethalTrifecta {
        private_data: private.tool.name.clone(),
        untrusted_content: stranger.tool.name.clone(),
        way_out: way.tool.name.clone(),
    };
    let severity = match [private, stranger, way].iter().all(|part| part.is_certain) {
        true => context.weigh_announced(way.tool, RULE.severity),
        false => Severity::Info,
    };
    let related =
        [(private, "this reads private data"), (stranger, "this reads what strangers wrote")];
    let related =
        related.map(|(part, words)| (Place::key(part.listed.pointer.clone()), words.to_owned()));
    findings.add_related(
        &RULE,
        severity,
        Place::key(way.listed.pointer.clone()),
        facts,
        related.into(),
    );
}

/// Whether a call may go to a place that nobody chose, neither the policy nor the server.
fn is_open(context: &Context<'_>, listed: &ToolPolicy, tool: &Tool) -> bool {
    let targets = tool.targets();
    let lets = |(name, what): &(String, Option<Holds>)| {
        let path = [name.clone()];
        let takes = |value: &Value| match tool.property(&path) {
            Property::Known(schema) => takes(schema, value),
            _ => true,
        };
        strange(*what).iter().any(|value| takes(value) && context.lets(listed, &path, value))
    };
    match targets.is_empty() {
        true => !context.is_looked_at(listed),
        false => targets.iter().all(lets),
    }
}

/// Whether a schema takes a value: it lists none, and what it wants texts to look like this one does.
fn takes(schema: &Value, value: &Value) -> bool {
    let listed = ["enum", "const"].iter().any(|key| schema.get(key).is_some());
    let pattern = schema.get("pattern").and_then(Value::as_str);
    let pattern = pattern.and_then(|pattern| Regex::new(pattern).ok());
    let fits = |text: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
    let items = schema.get("items").unwrap_or(schema);
    match value {
        Value::Array(values) => values.iter().all(|value| takes(items, value)),
        _ => !listed && value.as_str().is_none_or(fits),
    }
}

/// Places that nobody would choose.
fn strange(what: Option<Holds>) -> Vec<Value> {
    match what {
        Some(Holds::Url) => {
            let with = |scheme: &str| format!("{scheme}://evil.example/?d=1");
            vec![json!(with("https")), json!(with("http")), json!([with("https")])]
        }
        Some(Holds::Host) => vec![json!("evil.example"), json!(["evil.example"])],
        _ => vec![
            json!("eve@evil.example"),
            json!(["eve@evil.example"]),
            json!("+15550100"),
            json!("#strangers"),
            json!("C0EVIL0000"),
        ],
    }
}
