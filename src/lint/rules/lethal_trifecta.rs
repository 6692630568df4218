use serde::Serialize;
use serde_json::{Value, json};

use crate::catalogue::{Capabilities, Capability, Holds, Tool};
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

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let tools: Vec<_> = context
        .unasked()
        .filter(|(listed, _)| !context.is_incomplete(listed))
        .map(|(listed, tool)| (listed, tool, tool.able()))
        .collect();
    let with = |capability: Capability| {
        tools.iter().filter(move |(_, _, able)| able.contains_key(&capability))
    };
    let is_open = |one: &&(&ToolPolicy, &Tool, Capabilities)| is_open(context, one.0, one.1);
    let Some(private) = with(Capability::PrivateData).next() else { return };
    let mut strangers =
        with(Capability::UntrustedContent).filter(|one| one.1.targets().is_empty() || is_open(one));
    let others = strangers.clone().find(|one| one.1.name != private.1.name);
    let Some(stranger) = others.or_else(|| strangers.next()) else { return };
    let mut ways = with(Capability::WayOut).filter(is_open);
    let used = [&private.1.name, &stranger.1.name];
    let others = ways.clone().find(|one| !used.contains(&&one.1.name));
    let Some(way) = others.or_else(|| ways.next()) else { return };
    let facts = LethalTrifecta {
        private_data: private.1.name.clone(),
        untrusted_content: stranger.1.name.clone(),
        way_out: way.1.name.clone(),
    };
    let is_certain = [private, stranger, way].iter().all(|(listed, ..)| context.is_known(listed));
    let severity = match is_certain {
        true => context.weigh_announced(way.1, RULE.severity),
        false => Severity::Info,
    };
    let related =
        [(private, "this reads private data"), (stranger, "this reads what strangers wrote")];
    let related = related.map(|(one, words)| (Place::key(one.0.pointer.clone()), words.to_owned()));
    findings.add_related(&RULE, severity, Place::key(way.0.pointer.clone()), facts, related.into());
}

/// Whether a call may go to a place that nobody chose.
fn is_open(context: &Context<'_>, listed: &ToolPolicy, tool: &Tool) -> bool {
    let targets = tool.targets();
    let lets = |(name, what): &(String, Option<Holds>)| {
        let path = [name.clone()];
        strange(*what).iter().any(|value| context.lets(listed, &path, value))
    };
    match targets.is_empty() {
        true => !context.is_looked_at(listed),
        false => targets.iter().all(lets),
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
        _ => vec![json!("eve@evil.example"), json!(["eve@evil.example"]), json!("+15550100")],
    }
}
