//! `gatelint rule`.

use clap::Args;

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::output::{OutputOptions, print};
use crate::lint::{RULES, nearest_rule, rule_named};
use crate::report::{write_rule, write_rules};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct RuleArguments {
    /// The rule's name.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// List every rule.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(
    arguments: &RuleArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let style = output.style();
    let mut text = String::new();
    match &arguments.name {
        None => write_rules(&mut text, RULES, &style),
        Some(name) => {
            let rule = rule_named(name).ok_or_else(|| unknown(name))?;
            write_rule(&mut text, rule, &style);
        }
    }
    print(&text)?;
    Ok(ExitStatus::Ok)
}

fn unknown(name: &str) -> CliError {
    let help = match nearest_rule(name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`gatelint rule --all` lists every rule".to_owned(),
    };
    CliError::UnknownName { what: "rule", name: name.to_owned(), help }
}
