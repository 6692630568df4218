//! `gatelint replay --partition-key`: by what a trace may be parted.

use super::arguments::{ReplayArguments, SummaryFormat};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::OutputFormat;
use crate::cli::common::policies;
use crate::report::{PartitionReport, write_partition_key, write_partition_key_json};

pub(super) fn run(arguments: &ReplayArguments) -> Result<ExitStatus, CliError> {
    let format = match arguments.format {
        SummaryFormat::Human => OutputFormat::Human,
        SummaryFormat::Json => OutputFormat::Json,
        _ => {
            return Err(CliError::usage(
                "--partition-key is for people and for the format `json`",
                "leave out --format, or write `--format json`",
            ));
        }
    };
    let grant_by = arguments.trace.grant_by();
    arguments.trace.check_parts()?;
    let chosen = arguments.policies.load(arguments.assume.start())?;
    let assumptions = arguments.assume.together();
    let policies = policies::compile(&chosen, &arguments.behind_gateway, &assumptions)?;
    let names: Vec<&str> = policies.iter().map(|(name, _)| name).collect();
    let key = policies.partition_key();
    let report = PartitionReport { policies: &names, key, grant_by: grant_by.name() };
    format.write(
        |out| write_partition_key_json(out, &report),
        |text| write_partition_key(text, &report),
    )?;
    Ok(ExitStatus::Ok)
}
