//! `gatelint config`.

use std::fmt::Write;

use clap::Args;
use serde_json::json;

use super::common::config_input;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::output::{OutputOptions, print};
use super::common::policies::{Chosen, PolicyOptions};
use crate::catalogue::{Category, Vocabulary};
use crate::config::Config;
use crate::lint::{Patterns, Severity, all_rules};
use crate::policy::{Dialect, Start};
use crate::report::{Style, escape, write_permissions};

#[derive(Debug, Args)]
pub(super) struct ConfigArguments {
    #[command(flatten)]
    policies: PolicyOptions,
}

/// A setting as it is in force.
struct Setting {
    name: &'static str,
    value: serde_json::Value,
    /// The file and line; none for what is in force without being written.
    origin: Option<String>,
}

pub(super) fn run(
    arguments: &ConfigArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let style = output.style();
    if arguments.policies.are_given() {
        return permissions(&arguments.policies, &style);
    }
    let config = config_input::read(arguments.policies.config())?;
    let file = config.document.as_ref().map(|document| document.name.clone());
    let settings = settings(&config);
    let file = file.map_or("no configuration is used".to_owned(), |file| {
        format!("the configuration is {}", escape(&file))
    });
    let mut text = String::new();
    _ = writeln!(text, "{}", style.bold(&file));
    for setting in settings {
        let from = setting.origin.unwrap_or_else(|| "default".to_owned());
        let value = escape(&setting.value.to_string()).into_owned();
        let from = style.dim(&format!("({})", escape(&from)));
        _ = writeln!(text, "{}: {value}  {from}", setting.name);
    }
    print(&text)?;
    Ok(ExitStatus::Ok)
}

/// Prints the rules of agents as they are in force, with their places.
fn permissions(policies: &PolicyOptions, style: &Style) -> Result<ExitStatus, CliError> {
    let mut text = String::new();
    for Chosen { loaded, .. } in policies.load(Start::default())? {
        let Some(permissions) = &loaded.policy.permissions else {
            return Err(CliError::usage(
                &format!(
                    "{} is the policy of a gateway, which is in force as it stands",
                    loaded.document.name
                ),
                "name the folder of a project that has permission files of an agent",
            ));
        };
        write_permissions(&mut text, &loaded.document.name, permissions, style);
    }
    print(&text)?;
    Ok(ExitStatus::Ok)
}

fn settings(config: &Config) -> Vec<Setting> {
    let force = config.settings(&[], &[], None);
    let setting = |name, value| Setting { name, value, origin: config.origin(name) };
    let patterns = |patterns: &Option<Patterns>| match patterns {
        Some(patterns) => json!(patterns.texts),
        None => json!(null),
    };
    let rules: serde_json::Map<String, serde_json::Value> = all_rules(&config.statements)
        .map(|rule| {
            let severity = match force.runs(rule) {
                true => force.severity(rule, rule.severity).name(),
                false => "off",
            };
            let ignorable = !force.unignorable.contains(rule.name);
            (rule.name.to_owned(), json!({ "severity": severity, "ignorable": ignorable }))
        })
        .filter(|(name, value)| {
            // What is as it always is would bury the rest.
            let usual = all_rules(&config.statements).find(|rule| rule.name == name);
            let usual = usual.map_or(Severity::Info, |rule| rule.severity);
            *value != json!({ "severity": usual.name(), "ignorable": true })
        })
        .collect();
    let limits: serde_json::Map<String, serde_json::Value> = Category::ALL
        .iter()
        .filter_map(|category| {
            Some((category.word().to_owned(), force.recommended_per_minute(*category)?.into()))
        })
        .collect();
    let policies: Vec<serde_json::Value> = config
        .policies
        .iter()
        .map(|entry| {
            let dialect = entry.dialect.map(Dialect::versioned);
            json!({ "files": entry.files.texts, "server": entry.server, "dialect": dialect })
        })
        .collect();
    let ignores: Vec<serde_json::Value> = config
        .ignores
        .iter()
        .map(|entry| {
            let pointer = entry.pointer.as_ref().map(|pointer| pointer.as_str());
            let files = entry.files.as_ref().map(|files| &files.texts);
            json!({
                "rule": entry.rule, "files": files, "pointer": pointer, "reason": entry.reason,
                "expires": entry.expires.map(|day| day.to_string()),
            })
        })
        .collect();
    let statements: Vec<serde_json::Value> = config
        .statements
        .iter()
        .map(|own| {
            let files = own.files.as_ref().map(|files| &files.texts);
            let (id, severity) = (own.rule.name, own.rule.severity.name());
            let statement = own.statement.to_string();
            json!({ "id": id, "severity": severity, "files": files, "statement": statement })
        })
        .collect();
    vec![
        setting("select", config.select.as_ref().map_or(json!("every rule"), |list| json!(list))),
        setting("ignore", json!(config.ignore)),
        setting("rules", json!(rules)),
        setting("limits", json!(limits)),
        setting("allowed-hosts", json!(config.allowed_hosts)),
        setting("path-roots", json!(config.path_roots)),
        setting("secret-arguments", json!(config.secret_arguments)),
        setting("statements", json!(statements)),
        setting("require-ignore-reasons", json!(config.require_reasons)),
        setting("catalogues", json!(config.catalogues)),
        setting("policies", json!(policies)),
        setting("include", patterns(&config.include)),
        setting("exclude", patterns(&config.exclude)),
        setting("expect", patterns(&config.expect)),
        setting("ignores", json!(ignores)),
        setting("baseline", json!(config.baseline)),
    ]
}
