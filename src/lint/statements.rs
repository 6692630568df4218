//! The statements of the house, asked of the solver for a policy.

use serde::Serialize;
use serde_json::{Value, json};

use super::context::{Known, enumerate};
use super::finding::{Facts, Findings};
use super::house::HouseRule;
use super::settings::Settings;
use super::severity::Severity;
use super::solving;
use crate::assertion::{Answered, Claim, Statement, Violation, counterexamples};
use crate::policy::Policy;
use crate::solver::{Evidence, Shapes};
use crate::source::{Place, Pointer};

/// What is shown of the value of an argument that holds a secret.
const MASKED: &str = "***";

/// A policy of which it is asked whether statements hold.
pub(super) struct Asked<'a> {
    pub(super) policy: &'a Policy,
    /// Its path below the folder of the configuration.
    pub(super) path: &'a str,
    pub(super) server: Option<Known<'a>>,
    /// Whether the gateway refuses it, so that nothing can be told of the calls that pass.
    pub(super) is_refused: bool,
    pub(super) settings: &'a Settings,
}

impl Asked<'_> {
    /// Adds what breaks a statement, or may: a finding for each tool that the policy lists, and one for
    /// those that it does not.
    pub(super) fn check(&self, findings: &mut Findings<'_>) {
        let is_asked = |own: &&HouseRule| self.settings.runs(own.rule) && own.is_about(self.path);
        let mut own = self.settings.house.iter().filter(is_asked).peekable();
        if own.peek().is_none() {
            return;
        }
        let (approved, shapes) = (self.policy.clone().approved(), self.shapes());
        let answered = Answered::new(self.policy, &approved, &shapes);
        for own in own {
            match self.is_refused {
                true => self.add(findings, own, Vec::new(), None, false),
                false => self.ask(own, &answered, findings),
            }
        }
    }

    /// What the server says of arguments and of what tools do. The schemas of one that was only guessed are no
    /// ground for a proof.
    fn shapes(&self) -> Shapes {
        match self.server {
            Some(known) if known.is_given() => Shapes::of_server(known.server),
            Some(known) => Shapes::default().with_categories(known.server),
            None => Shapes::default(),
        }
    }

    fn ask(&self, own: &HouseRule, answered: &Answered<'_>, findings: &mut Findings<'_>) {
        let budget = solving::statement_budget(self.policy);
        let (mut broken, mut unknown) = (Vec::new(), Vec::new());
        let is_guess = |tool: &str| answered.is_guess(&own.statement, tool);
        for Violation { tool, evidence, .. } in counterexamples(&own.statement, answered, &budget) {
            if self.policy.tools.iter().any(|listed| listed.name == tool) {
                let is_guess = is_guess(&tool);
                self.add(findings, own, vec![tool], Some(&evidence), is_guess);
                continue;
            }
            let others = if evidence.is_certain() { &mut broken } else { &mut unknown };
            others.push((tool, evidence));
        }
        for others in [broken, unknown] {
            let (tools, evidence): (Vec<String>, Vec<Evidence>) = others.into_iter().unzip();
            if let Some(evidence) = evidence.first() {
                let are_guesses = tools.iter().all(|tool| is_guess(tool));
                self.add(findings, own, tools, Some(evidence), are_guesses);
            }
        }
    }

    /// Adds what shows of some tools that a statement does not hold, or may not; with whether it is but guessed
    /// that it is about them.
    fn add(
        &self,
        findings: &mut Findings<'_>,
        own: &HouseRule,
        tools: Vec<String>,
        evidence: Option<&Evidence>,
        is_guess: bool,
    ) {
        let listed = |tool: &String| self.policy.tools.iter().find(|listed| listed.name == *tool);
        let place = match tools.first().and_then(listed) {
            Some(listed) => Place::key(listed.pointer.clone()),
            None => Place::start(Pointer::root()),
        };
        let facts = Answer { is_guess, ..self.facts(&own.statement, tools, evidence) };
        let severity = match facts.verdict {
            "fails" if !is_guess => own.rule.severity,
            // What is not known is no error yet.
            _ => own.rule.severity.min(Severity::Warning),
        };
        findings.add(own.rule, severity, place, facts);
    }

    fn facts(
        &self,
        statement: &Statement,
        tools: Vec<String>,
        evidence: Option<&Evidence>,
    ) -> Answer {
        let mut witness = None;
        let (shown, why) = match evidence {
            Some(Evidence::Call(arguments)) => {
                let (tool, arguments) = (json!(tools[0]), self.masked(arguments));
                let shown = format!("{{\"tool\":{tool},\"args\":{arguments}}}");
                witness = Some(json!({ "tool": tool, "args": arguments }));
                (shown, None)
            }
            Some(Evidence::Recorded(call)) => {
                let (tool, arguments) = (json!(call.tool), self.masked(&call.arguments));
                let shown = format!("{{\"tool\":{tool},\"args\":{arguments}}}");
                witness = Some(json!({ "tool": tool, "args": arguments }));
                (shown, None)
            }
            Some(Evidence::Burst(burst)) => {
                let mut burst = burst.clone();
                for batch in &mut burst.batches {
                    batch.arguments = self.masked(&batch.arguments);
                }
                witness = serde_json::to_value(&burst).ok();
                (format!("{} calls within one {}", burst.calls, burst.window), None)
            }
            Some(Evidence::Unknown(why)) => (why.to_string(), Some(why.code())),
            None => ("the gateway refuses the policy".to_owned(), Some("refused-policy")),
        };
        Answer {
            statement: statement.to_string(),
            verdict: if witness.is_some() { "fails" } else { "unknown" },
            advice: advice(&statement.claim, witness.is_some()),
            tools,
            witness,
            why,
            shown,
            is_guess: false,
        }
    }

    /// The same without the values of arguments that hold secrets.
    fn masked(&self, value: &Value) -> Value {
        let mut value = value.clone();
        mask(&mut value, self.settings);
        value
    }
}

fn mask(value: &mut Value, settings: &Settings) {
    match value {
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(name, value)| match settings.is_secret_argument(name) {
                true => *value = MASKED.into(),
                false => mask(value, settings),
            })
        }
        Value::Array(elements) => elements.iter_mut().for_each(|value| mask(value, settings)),
        _ => {}
    }
}

fn advice(claim: &Claim, is_certain: bool) -> &'static str {
    match (is_certain, claim) {
        (false, _) => "write simpler conditions, or ask `gatelint assert`, which looks for longer",
        (true, Claim::Denied(_)) => "deny such calls",
        (true, Claim::Asked(_)) => "deny such calls, or have a person asked about them",
        (true, Claim::Allowed(_)) => {
            "the policy and the statement want different things: see which of them is meant"
        }
        (true, Claim::Limited { .. }) => "add such a limit, or lower the one there is",
    }
}

/// What came of a statement that is not proved.
#[derive(Serialize)]
struct Answer {
    statement: String,
    /// The tools; none where nothing can be told of any.
    tools: Vec<String>,
    verdict: &'static str,
    /// A call of the first tool, or calls within one window.
    witness: Option<Value>,
    why: Option<&'static str>,
    #[serde(skip)]
    shown: String,
    /// Whether it is guessed from names that the tools are of the statement's category.
    #[serde(skip)]
    is_guess: bool,
    #[serde(skip)]
    advice: &'static str,
}

impl Facts for Answer {
    fn message(&self) -> String {
        let Answer { statement, shown, .. } = self;
        let guess = match self.is_guess {
            true => ", whose category is guessed from names,",
            false => "",
        };
        match (self.verdict, self.tools.is_empty()) {
            ("fails", _) => {
                let tools = enumerate(&self.tools);
                format!("calls of {tools}{guess} break \"{statement}\": {shown}")
            }
            (_, true) => format!("it cannot be told whether \"{statement}\" holds: {shown}"),
            (_, false) => {
                let tools = enumerate(&self.tools);
                format!(
                    "it cannot be told whether \"{statement}\" holds for {tools}{guess}: {shown}"
                )
            }
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self.why {
            Some("refused-policy") => "mend first what the gateway refuses".to_owned(),
            _ => self.advice.to_owned(),
        })
    }
}
