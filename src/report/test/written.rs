//! Test files, written.

use serde_json::Value;

use crate::engine::Timestamp;
use crate::report::common::secrets::Secrets;
use crate::report::common::yaml::write_fields;
use crate::testing::{Case, DEFAULT_START, Expected, Step, span_text};
use crate::trace::write_record;

/// What stands in a test file before its cases.
#[derive(Clone, Debug, Default)]
pub struct Heading<'h> {
    /// What writes it, as a command.
    pub command: &'h str,
    /// The policies, each with the server that it is for.
    pub policies: Vec<(Option<&'h str>, String)>,
    /// The home folder whose files an agent's rules take in.
    pub home: Option<String>,
    /// What is assumed where facts are missing, as `FACT=VALUE`.
    pub assume: Vec<String>,
}

impl Heading<'_> {
    /// The fields, each with its value.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let policy = match self.policies.as_slice() {
            [(None, only)] => Value::from(only.as_str()),
            // All other servers are named by an empty text.
            all => all
                .iter()
                .map(|(server, path)| (server.unwrap_or_default(), path.as_str()))
                .collect(),
        };
        let home = self.home.as_deref().map(|home| ("home", Value::from(home)));
        let assume =
            (!self.assume.is_empty()).then(|| ("assume", Value::from(self.assume.clone())));
        [("for", policy)].into_iter().chain(home).chain(assume).collect()
    }
}

/// Writes a test file with cases, each with its name, as YAML or as JSON; reading it gives the same cases.
pub fn write_test_file(heading: &Heading<'_>, cases: &[(String, &Case)], as_json: bool) -> String {
    let (command, heading) = (heading.command, heading.fields());
    let cases = cases.iter().map(|(name, case)| fields(name, case.start, &case.steps));
    if as_json {
        let heading: String =
            heading.iter().map(|(name, value)| format!("  \"{name}\": {value},\n")).collect();
        let cases: Vec<String> = cases.map(|fields| format!("    {}", object(&fields))).collect();
        return format!("{{\n{heading}  \"cases\": [\n{}\n  ]\n}}\n", cases.join(",\n"));
    }
    let mut out = format!("# written by {command}\n");
    let heading: Vec<(&str, String)> =
        heading.into_iter().map(|(name, value)| (name, value.to_string())).collect();
    write_fields(&mut out, &object(&heading), "");
    out.push_str("cases:\n");
    cases.for_each(|fields| write_fields(&mut out, &object(&fields), "  - "));
    out
}

/// A case as JSON on one line, without the secrets in it.
pub(super) fn case_json(case: &Case, secrets: &Secrets) -> String {
    let masked = |step: &Step| Step { record: secrets.record(&step.record), ..step.clone() };
    let steps: Vec<Step> = case.steps.iter().map(masked).collect();
    object(&fields(&case.name, case.start, &steps))
}

/// The fields of a case, each with its value as JSON.
fn fields(name: &str, start: Timestamp, steps: &[Step]) -> Vec<(&'static str, String)> {
    let mut fields = vec![("name", Value::from(name).to_string())];
    if start != DEFAULT_START {
        fields.push(("start", Value::from(start.to_string()).to_string()));
    }
    match steps {
        [only] => fields.extend(of_step(only)),
        steps => {
            let steps: Vec<String> = steps.iter().map(|step| object(&of_step(step))).collect();
            fields.push(("steps", format!("[{}]", steps.join(", "))));
        }
    }
    fields
}

fn of_step(step: &Step) -> Vec<(&'static str, String)> {
    let text = |text: String| Value::from(text).to_string();
    let mut fields = vec![("call", write_record(&step.record))];
    if !step.at.is_zero() {
        fields.push(("at", text(span_text(step.at))));
    }
    match (step.times, step.every.is_zero()) {
        (1, _) => {}
        (times, true) => fields.push(("repeat", times.to_string())),
        (times, false) => {
            fields.push(("repeat", text(format!("{times} every {}", span_text(step.every)))));
        }
    }
    fields.push(("expect", expectation(&step.expected)));
    fields
}

fn expectation(expected: &Expected) -> String {
    let text = |text: &str| Value::from(text).to_string();
    let outcome = text(expected.outcome.name());
    let parts = [
        ("rule", expected.rule.as_deref().map(text)),
        ("message", expected.message.as_deref().map(text)),
        ("retry", expected.retry.map(|retry| text(&span_text(retry)))),
        ("missing", expected.missing.map(|fact| text(fact.code()))),
    ];
    let parts: Vec<(&str, String)> =
        parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    match parts.is_empty() {
        true => outcome,
        false => object(&[vec![("outcome", outcome)], parts].concat()),
    }
}

fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}
