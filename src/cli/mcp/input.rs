//! What the tools take.

use rmcp::schemars::{self, JsonSchema};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::root::{LARGEST, Root};
use crate::cli::common::agents;
use crate::cli::common::error::CliError;
use crate::cli::common::input::{Loaded, read_policy};
use crate::config::Config;
use crate::policy::Dialect;
use crate::source::{Document, nearest, one_of};

/// What `lint` takes.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LintInput {
    /// A policy or permission file, or a folder to look for them in, by its path from the root of the server. Without
    /// it and without `text` the whole root.
    pub(super) path: Option<String>,
    /// The text of a policy that is not saved yet, linted in place of what stands at `path`.
    pub(super) text: Option<String>,
    /// The MCP server that the policy is for, as the catalogue names it; found from the tools without it.
    pub(super) server: Option<String>,
    /// The dialect: `v1`, `intercept`, `claude-code`, `codex`, `gemini` or `opencode`; found from the content without it.
    pub(super) dialect: Option<String>,
    /// Only these rules of the linter.
    pub(super) select: Vec<String>,
    /// Not these rules of the linter.
    pub(super) ignore: Vec<String>,
}

/// What `explain` takes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplainInput {
    /// The policy, or the folder of a project whose agent's permission files count together, by its path from the root
    /// of the server.
    #[serde(default)]
    path: Option<String>,
    /// The text of a policy that is not saved yet, in place of what stands at `path`.
    #[serde(default)]
    text: Option<String>,
    /// The call, such as `{"tool": "pay", "args": {"amount": 11}}`; also `server`, `time`, `mode` and `cwd` count.
    pub(super) call: Map<String, Value>,
    /// What is taken for granted where a fact is missing, such as `mode=plan`, `trust=yes` or `arguments=absent`.
    #[serde(default)]
    pub(super) assume: Vec<String>,
    /// The dialect: `v1`, `intercept`, `claude-code`, `codex`, `gemini` or `opencode`; found from the content without it.
    #[serde(default)]
    pub(super) dialect: Option<String>,
}

/// What `diff` takes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DiffInput {
    /// The policy as it was.
    pub(super) old: PolicyInput,
    /// The policy as it is to be.
    pub(super) new: PolicyInput,
    /// The MCP server that both are for, whose input schemas restrict the calls that are looked for.
    #[serde(default)]
    pub(super) server: Option<String>,
    /// The dialect of both: `v1`, `intercept`, `claude-code`, `codex`, `gemini` or `opencode`; found from the content
    /// without it.
    #[serde(default)]
    pub(super) dialect: Option<String>,
}

/// What `rule` takes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleInput {
    /// The name of a rule of the linter, or a part of it; without one every rule is listed.
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// What `catalogue` takes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogueInput {
    /// The name of an MCP server, or a part of it: all its tools are shown.
    #[serde(default)]
    pub(super) server: Option<String>,
    /// Words that all stand in a tool's name, its category, or the name of its server.
    #[serde(default)]
    pub(super) words: Vec<String>,
}

/// A policy by its path, its text, or both.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub(super) struct PolicyInput {
    /// A policy, or the folder of a project whose agent's permission files count together, by its path from the root
    /// of the server.
    path: Option<String>,
    /// Its text, in place of what stands at `path`.
    text: Option<String>,
}

impl ExplainInput {
    /// The policy that decides.
    pub(super) fn policy(&self) -> PolicyInput {
        PolicyInput { path: self.path.clone(), text: self.text.clone() }
    }
}

impl PolicyInput {
    /// Reads the policy: which one it is, and what it is called where it has no path.
    pub(super) fn read(
        &self,
        (which, called): (&str, &str),
        dialect: Option<Dialect>,
        (root, config): (&Root, &Config),
    ) -> Result<Loaded, CliError> {
        let of_config = |name: &str| dialect.or_else(|| config.dialect_of(name));
        match (&self.text, &self.path) {
            (Some(text), path) => {
                let document = document(text, path.as_deref(), called, root)?;
                let dialect = of_config(&document.name);
                let loaded = read_policy(document, dialect)?;
                agents::note_alone(&loaded);
                Ok(loaded)
            }
            (None, Some(path)) => {
                let path = root.named(path)?;
                agents::policy(&path, of_config(&path.display().to_string()), None, None)
            }
            (None, None) => Err(CliError::usage(
                &format!("{which} policy is missing"),
                "give its `path` or `text`",
            )),
        }
    }
}

/// A text as the document at a path.
pub(super) fn document(
    text: &str,
    path: Option<&str>,
    called: &str,
    root: &Root,
) -> Result<Document, CliError> {
    if text.len() > LARGEST {
        let help = "give what people would write: a policy is much smaller";
        return Err(CliError::usage(&format!("the text is larger than {LARGEST} bytes"), help));
    }
    let name = match path {
        Some(path) => root.named(path)?.display().to_string(),
        None => format!("<{called}>"),
    };
    Ok(Document::read(name, text.as_bytes().to_vec()))
}

/// How long a path, a name or another word may be, in bytes.
const LONGEST: usize = 4096;

/// How many words a list may have.
const MANY: usize = 256;

/// Refuses what would take long to look up or to write back: words that nobody would write, in their number or their
/// length.
pub(super) fn check(input: &Map<String, Value>) -> Result<(), CliError> {
    let too_large = |name: &str, what: String| {
        let help = "call the tool with what people would write";
        Err(CliError::usage(&format!("`{name}` is larger than {what}"), help))
    };
    for (name, value) in input {
        match value {
            // A text is judged by itself.
            Value::String(_) if name == "text" => {}
            Value::String(word) if word.len() > LONGEST => {
                return too_large(name, format!("{LONGEST} bytes"));
            }
            Value::Array(words) if words.len() > MANY => {
                return too_large(name, format!("{MANY} entries"));
            }
            Value::Array(words) => {
                let is_long = |word: &Value| word.as_str().is_some_and(|word| word.len() > LONGEST);
                if words.iter().any(is_long) {
                    return too_large(name, format!("{LONGEST} bytes each"));
                }
            }
            Value::Object(_) if name == "call" && value.to_string().len() > LARGEST => {
                return too_large(name, format!("{LARGEST} bytes"));
            }
            Value::Object(_) if name == "call" => {}
            Value::Object(inner) => check(inner)?,
            _ => {}
        }
    }
    Ok(())
}

/// The dialect that is named, if one is.
pub(super) fn dialect(name: Option<&str>) -> Result<Option<Dialect>, CliError> {
    let Some(name) = name else { return Ok(None) };
    let names = || Dialect::NAMES.into_iter().map(|(name, ..)| name);
    let unknown = || CliError::UnknownName {
        what: "dialect",
        name: name.to_owned(),
        help: match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use {}", one_of(names())),
        },
    };
    Dialect::of_name(name).map(Some).ok_or_else(unknown)
}
