//! `gatelint catalogue check`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::imported::{Import, print_warnings};
use super::sources::Sources;
use crate::catalogue::{Catalogue, Imported, Lock, Warning};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::names::{exact_server, server};
use crate::cli::common::output::{OutputFormat, OutputOptions, print_error};
use crate::cli::common::output_file::write_file;
use crate::report::{Checked, escape, write_check, write_check_json, write_lock_json};

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    sources: Sources,
    /// The lock: what the servers announced when it was written.
    #[arg(long, default_value = "gatelint.lock", value_name = "FILE")]
    lock: PathBuf,
    /// Hold the servers against what is built in instead, by their names, or one of them against the
    /// server that is named.
    #[arg(long, value_name = "SERVER", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "", conflicts_with_all = ["lock", "write_lock"])]
    #[cfg_attr(feature = "live", arg(conflicts_with = "config"))]
    builtin: Option<String>,
    /// Write down what the servers announce now; other servers of the lock stay as they are.
    #[arg(long)]
    write_lock: bool,
    /// How the changes are written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &CheckArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    if let Some(server) = &arguments.builtin {
        return check_builtin(arguments, server, output);
    }
    let lock = read(&arguments.lock, arguments.write_lock)?;
    // What is written down anew is started whatever its command.
    let held_against = (!arguments.write_lock).then_some(&lock);
    let import = arguments.sources.import(held_against, output)?;
    let Import { servers, failed, .. } = &import;
    if let Some(partial) = servers.iter().find(|one| one.goes_on) {
        return Err(CliError::Refused {
            message: format!("the list of {} is not complete", partial.server.name),
            help: "import all of its pages at once".to_owned(),
        });
    }
    if servers.is_empty() && import.objections.is_empty() {
        return Ok(ExitStatus::of(*failed, true, false));
    }
    match arguments.write_lock {
        true if *failed => {
            print_error("error: the lock was not written, for not every server answered\n");
            Ok(ExitStatus::Error)
        }
        true => write_lock(&arguments.lock, lock, servers),
        false => check(arguments, &arguments.lock.display().to_string(), &lock, import, output),
    }
}

/// Holds servers against their built-in records. What a person decided of a tool that has not changed
/// is no change.
fn check_builtin(
    arguments: &CheckArguments,
    named: &str,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = Catalogue::builtin();
    let named = (!named.is_empty()).then(|| server(&catalogue, named)).transpose()?;
    let Import { servers, objections, failed } = arguments.sources.import(None, output)?;
    if named.is_some() && servers.len() > 1 {
        return Err(CliError::Refused {
            message: format!("{} servers cannot be held against one", servers.len()),
            help: "name one with `--server`, or leave the name after `--builtin` out".to_owned(),
        });
    }
    let (mut records, mut renewed) = (Vec::new(), Vec::new());
    for one in servers {
        let record = match named {
            Some(record) => record,
            None => exact_server(&catalogue, &one.server.name)?,
        };
        let Imported { command: _, fingerprints: _, server, .. } = one;
        let now = record.renewed(server).server;
        renewed.push(Imported { warnings: one.warnings, ..Imported::of_record(now) });
        records.push(record);
    }
    let versions = records.iter().map(|record| match &record.version {
        Some(version) => format!("{} {version}", record.name),
        None => record.name.clone(),
    });
    let what = format!("the built-in record of {}", versions.collect::<Vec<_>>().join(", "));
    let lock = Lock::of_records(records);
    check(arguments, &what, &lock, Import { servers: renewed, objections, failed }, output)
}

fn check(
    arguments: &CheckArguments,
    name: &str,
    lock: &Lock,
    Import { servers, objections, failed }: Import,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let mut changes = objections;
    let started = servers.iter().map(|one| &*one.server.name);
    let names: Vec<String> =
        started.chain(changes.iter().map(|changed| &*changed.server)).map(str::to_owned).collect();
    changes.extend(servers.iter().flat_map(|server| lock.changes(server)));
    let names = names.iter().map(String::as_str).collect();
    let checked = Checked { lock: name, servers: names, changes: &changes, imported: &servers };
    arguments.format.write(
        |out| write_check_json(out, &checked),
        |text| write_check(text, &checked, &output.style()),
    )?;
    let grave = servers.iter().flat_map(|one| &one.warnings).any(Warning::is_grave);
    Ok(ExitStatus::of(failed, false, grave || !changes.is_empty()))
}

/// The lock; an empty one where a first one is to be written.
fn read(path: &Path, is_written: bool) -> Result<Lock, CliError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound && is_written => {
            return Ok(Lock::empty());
        }
        Err(cause) => {
            return Err(CliError::Refused {
                message: format!("cannot read {}: {cause}", path.display()),
                help: "name the lock with `--lock`, or write a first one with `--write-lock`"
                    .to_owned(),
            });
        }
    };
    Lock::read(&text).map_err(|error| CliError::Refused {
        message: format!("{}: {error}", path.display()),
        help: "use the program that wrote it, or write a new one beside it".to_owned(),
    })
}

fn write_lock(path: &Path, mut lock: Lock, servers: &[Imported]) -> Result<ExitStatus, CliError> {
    servers.iter().for_each(|server| lock.set(server));
    write_file(path, true, |file| write_lock_json(file, &lock))?;
    print_warnings(servers);
    let tools: usize = servers.iter().map(|one| one.server.tools.len()).sum();
    let path = path.display().to_string();
    let path = escape(&path);
    let servers = if servers.len() == 1 {
        "1 server".to_owned()
    } else {
        format!("{} servers", servers.len())
    };
    print_error(&format!("{path}: wrote down {tools} tools of {servers}\n"));
    Ok(ExitStatus::Ok)
}
