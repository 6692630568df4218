//! `gatelint rule`.

use clap::Args;

use super::common::config_input::{self, ConfigOptions};
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::names;
use super::common::output::{OutputOptions, print};
use crate::lint::{Rule, all_rules, rule_named};
use crate::report::{write_rule, write_rules};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct RuleArguments {
    /// The rule's name, or a part that no other has.
    #[arg(value_name = "RULE", required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// List every rule.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    config: ConfigOptions,
}

pub(super) fn run(
    arguments: &RuleArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let style = output.style();
    let mut text = String::new();
    let known = arguments.name.as_ref().and_then(|name| rule_named(name));
    // What a rule of our own does is told whatever the configuration is.
    let house = match known {
        Some(_) => Vec::new(),
        None => config_input::read(&arguments.config)?.statements,
    };
    match &arguments.name {
        None => write_rules(&mut text, &all_rules(&house).collect::<Vec<&Rule>>(), &style),
        Some(name) => {
            let rule = known.map_or_else(|| names::rule(name, &house), Ok)?;
            write_rule(&mut text, rule, &style);
        }
    }
    print(&text)?;
    Ok(ExitStatus::Ok)
}
