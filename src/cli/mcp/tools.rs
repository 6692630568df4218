//! The tools that are served: what each is for, and the command whose work it does.

use std::sync::Arc;

use clap::{Args, Command};
use rmcp::model::{CallToolResult, JsonObject, Tool, ToolAnnotations};
use rmcp::schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::{Answer, PLAIN, result};
use super::input::{
    CatalogueInput, DiffInput, ExplainInput, LintInput, PolicyInput, RuleInput, check, dialect,
    document,
};
use super::root::Root;
use crate::catalogue::Catalogue;
use crate::cli::common::error::CliError;
use crate::cli::common::output::OutputFormat::{Human, Json};
use crate::cli::common::{input, names};
use crate::cli::diff::{DiffArguments, diff_asked};
use crate::cli::explain::{ExplainArguments, explain_asked};
use crate::cli::lint::{Asked, LintArguments, lint_asked};
use crate::config::Config;
use crate::engine::Assumption;
use crate::lint::{Rule, all_rules};
use crate::report::{
    Detail, Secrets, write_found_tools, write_lint, write_lint_json, write_record_json,
    write_records_json, write_rule, write_rules, write_server,
};

/// How many tools are shown that have the words which are looked for: about what an answer holds.
const MOST_FOUND: usize = 400;

/// What every tool works with.
pub(super) struct Room {
    pub(super) root: Root,
    pub(super) config: Config,
    pub(super) catalogue: Catalogue,
}

/// A tool that is served.
pub(super) struct Served {
    pub(super) name: &'static str,
    title: &'static str,
    description: &'static str,
    /// The schema of what it answers beside a text, if it does.
    schema: Option<&'static str>,
    input: fn(Tool) -> Tool,
    pub(super) call: fn(&Room, JsonObject) -> CallToolResult,
}

/// The tools that are served.
pub(super) const TOOLS: [Served; 5] = [
    Served {
        name: "lint",
        title: "Lint policies",
        description: "Find what is wrong or dangerous in policies of MCP gateways (PolicyLayer, Intercept) and in permission files of agents (Claude Code, Codex, OpenCode, Gemini CLI): by `path`, or the `text` of one before it is saved. Each finding says where, what, why and how it is mended. Lint a policy whenever you wrote one.",
        schema: Some("lint"),
        input: Tool::with_input_schema::<LintInput>,
        call: |room, input| call(input, |input| lint(room, input)),
    },
    Served {
        name: "explain",
        title: "Explain the decision on a call",
        description: "Decide one tool call under a policy, step by step: whether it is allowed, asked about, denied or throttled, by which rule, and what each condition found. Counters are empty.",
        schema: Some("explain"),
        input: Tool::with_input_schema::<ExplainInput>,
        call: |room, input| call(input, |input| explain(room, input)),
    },
    Served {
        name: "diff",
        title: "Compare two policies",
        description: "Show what a change of a policy opens and closes, for all calls that there can be: each difference is proved and has a call that shows it, its witness. Use it before a policy is changed.",
        schema: Some("diff"),
        input: Tool::with_input_schema::<DiffInput>,
        call: |room, input| call(input, |input| diff(room, input)),
    },
    Served {
        name: "rule",
        title: "Explain a rule of the linter",
        description: "Say of a rule of the linter what it finds, why that is bad, and what to write instead; without a name list every rule.",
        schema: None,
        input: Tool::with_input_schema::<RuleInput>,
        call: |room, input| call(input, |input| rule(room, input)),
    },
    Served {
        name: "catalogue",
        title: "Look up MCP servers and their tools",
        description: "Look up which tools an MCP server has and how dangerous each is, by the `server`, or find tools by `words`. The names are those that a policy has to write.",
        schema: Some("catalogue"),
        input: Tool::with_input_schema::<CatalogueInput>,
        call: |room, input| call(input, |input| catalogue(room, input)),
    },
];

impl Served {
    /// The tool as it is announced.
    pub(super) fn announced(&self) -> Tool {
        let annotations = ToolAnnotations::with_title(self.title).read_only(true).open_world(false);
        let annotations = annotations.destructive(false).idempotent(true);
        let tool = Tool::new(self.name, self.description, JsonObject::new());
        let mut tool = (self.input)(tool).with_title(self.title).annotate(annotations);
        Arc::make_mut(&mut tool.input_schema).retain(|key, _| key != "$schema");
        Arc::make_mut(&mut tool.input_schema).values_mut().for_each(simplify);
        match self.schema {
            Some(name) => tool.with_raw_output_schema(Arc::new(output_schema(name))),
            None => tool,
        }
    }
}

/// Leaves of a schema what every client can follow: one type for each value, and no default that says nothing.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|key, value| key != "default" || value.is_string());
            for (key, value) in members {
                match value {
                    Value::Array(types) if key == "type" => *value = types[0].take(),
                    Value::String(text) if key == "description" => *text = text.replace('\n', " "),
                    value => simplify(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(simplify),
        _ => {}
    }
}

/// The schema of an answer names the whole one, which is longer than all that an agent is told of the tools.
fn output_schema(name: &str) -> JsonObject {
    let about = format!("As schemas/{name}.schema.json of gatelint describes it.");
    let schema = json!({ "type": "object", "description": about });
    schema.as_object().cloned().unwrap_or_default()
}

/// Calls a tool with what it takes.
fn call<I: DeserializeOwned + JsonSchema>(
    input: JsonObject,
    work: impl FnOnce(I) -> Result<Answer, CliError>,
) -> CallToolResult {
    result(|| {
        check(&input)?;
        let input = serde_json::from_value(Value::Object(input)).map_err(|error| {
            let help = "call the tool as its input schema says";
            CliError::usage(&format!("the arguments cannot be taken: {error}"), help)
        })?;
        work(input)
    })
}

/// The arguments of a command, as its command line takes them.
fn arguments<A: Args>(options: Vec<String>, names: &[&str]) -> Result<A, CliError> {
    let words = std::iter::once("gatelint".to_owned()).chain(options);
    let names = names.iter().map(|name| (*name).to_owned());
    let words = words.chain(["--".to_owned()]).chain(names);
    let matches = A::augment_args(Command::new("gatelint")).try_get_matches_from(words);
    matches.and_then(|matches| A::from_arg_matches(&matches)).map_err(|error| {
        CliError::usage(&error.to_string(), "call the tool as its input schema says")
    })
}

/// An option of a command with its value.
fn option<'v>(
    name: &'static str,
    values: impl IntoIterator<Item = &'v String>,
) -> impl Iterator<Item = String> {
    values.into_iter().map(move |value| format!("--{name}={value}"))
}

fn lint(room: &Room, input: LintInput) -> Result<Answer, CliError> {
    let named = dialect(input.dialect.as_deref())?;
    let path = match (&input.path, &input.text) {
        (Some(path), _) => room.root.named(path)?,
        (None, _) => ".".into(),
    };
    let options = option("server", &input.server)
        .chain(option("dialect", &named.map(|named| named.code().to_owned())))
        .chain(option("select", &input.select))
        .chain(option("ignore", &input.ignore))
        .collect();
    let arguments: LintArguments = arguments(options, &[&path.display().to_string()])?;
    let asked = match &input.text {
        Some(text) => {
            Asked::Text(document(text, input.path.as_deref(), "text", &room.root)?.into())
        }
        None => Asked::Paths,
    };
    lint_asked(asked, &arguments, (&room.config, &room.catalogue), |linted| {
        let (mut text, mut summary, mut json) = (String::new(), String::new(), Vec::new());
        write_lint(&mut text, linted, &PLAIN, Detail::Findings);
        write_lint(&mut summary, linted, &PLAIN, Detail::Summary);
        // Behind it stands what a command line may be told next.
        if let Some(at) = text.rfind(&summary).filter(|at| at + summary.len() < text.len()) {
            text.truncate(at + summary.len());
            text +=
                "the tool `rule` explains a rule; where something has a fix, that is in the JSON\n";
        }
        write_lint_json(&mut json, linted)?;
        let is_incomplete = linted.is_incomplete();
        Ok(Answer { is_incomplete, ..Answer::new(text, &json)? })
    })?
}

fn explain(room: &Room, input: ExplainInput) -> Result<Answer, CliError> {
    let named = dialect(input.dialect.as_deref())?;
    for assumed in &input.assume {
        let help = "write FACT=VALUE, such as `arguments=absent`";
        Assumption::parse(assumed).map_err(|message| CliError::usage(&message, help))?;
    }
    let call = Value::Object(input.call.clone()).to_string();
    let options = option("assume", &input.assume).chain(option("call", [&call])).collect();
    let arguments: ExplainArguments = arguments(options, &[])?;
    let policy = input.policy().read(("the", "text"), named, (&room.root, &room.config))?;
    let secrets = Secrets::new(room.config.secret_arguments.clone(), false);
    let [text, json] = explain_asked(&arguments, policy, &call, &secrets, PLAIN, [Human, Json])?;
    Answer::new(String::from_utf8_lossy(&text).into_owned(), &json)
}

fn diff(room: &Room, input: DiffInput) -> Result<Answer, CliError> {
    let named = dialect(input.dialect.as_deref())?;
    let options = option("server", &input.server).collect();
    let arguments: DiffArguments = arguments(options, &["old", "new"])?;
    let around = (&room.root, &room.config);
    let read = |policy: &PolicyInput, which| policy.read((which, which), named, around);
    let (old, new) = (read(&input.old, "old")?, read(&input.new, "new")?);
    let (mut text, mut json) = (String::new(), Vec::new());
    diff_asked(&arguments, (old, new), &room.catalogue, &PLAIN, &mut text, &mut json)?;
    Answer::new(text, &json)
}

fn rule(room: &Room, input: RuleInput) -> Result<Answer, CliError> {
    let house = &room.config.statements;
    let mut text = String::new();
    match &input.name {
        Some(name) => write_rule(&mut text, names::rule(name, house)?, &PLAIN),
        None => write_rules(&mut text, &all_rules(house).collect::<Vec<&Rule>>(), &PLAIN),
    }
    Ok(Answer::text(text))
}

fn catalogue(room: &Room, input: CatalogueInput) -> Result<Answer, CliError> {
    let (mut text, mut json) = (String::new(), Vec::new());
    if let Some(name) = &input.server {
        let server = names::server(&room.catalogue, name)?;
        write_server(&mut text, server, &PLAIN);
        write_record_json(&mut json, server)?;
        return Answer::new(text, &json);
    }
    let words: Vec<&str> = input.words.iter().map(String::as_str).collect();
    if words.is_empty() {
        return Err(CliError::usage("nothing is asked for", "give a `server` or `words`"));
    }
    let mut found = room.catalogue.search(&words);
    input::sound(&room.catalogue)?;
    if found.is_empty() {
        return Err(CliError::usage("no tool has all of these words", "try fewer"));
    }
    let all: usize = found.iter().map(|server| server.tools.len()).sum();
    let mut left = MOST_FOUND;
    found.retain_mut(|server| {
        server.tools.truncate(left);
        left -= server.tools.len();
        !server.tools.is_empty()
    });
    write_found_tools(&mut text, &found, &PLAIN);
    if all > MOST_FOUND {
        text += &format!(
            "\nnote: {all} tools have all of these words: the first {MOST_FOUND} are shown; ask for more words\n"
        );
    }
    write_records_json(&mut json, &found)?;
    Answer::new(text, &json)
}
