//! Parts of a trace: what is written of one (`--format part`), and what all come to (`--merge`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::arguments::{ReplayArguments, SummaryFormat};
use super::read::Read;
use crate::cli::common::error::CliError;
use crate::cli::common::policies::Chosen;
use crate::cli::common::trace_input;
use crate::lint::WalkError;
use crate::replay::{Merging, Part, PartError};
use crate::report::escape;

/// Refuses what cannot be told of a part, and so of parts together neither.
pub(super) fn check(arguments: &ReplayArguments) -> Result<(), CliError> {
    if arguments.merge.is_empty() && arguments.format != SummaryFormat::Part {
        return Ok(());
    }
    let asked = [
        (arguments.compares_recorded(), "--compare-recorded"),
        (arguments.what_if, "--what-if"),
        (arguments.gathers_coverage(), "--coverage"),
        (arguments.decisions, "--decisions"),
    ];
    if let Some((_, option)) = asked.into_iter().find(|(is_asked, _)| *is_asked) {
        return Err(CliError::usage(
            &format!("{option} is told of a whole trace, not of its parts"),
            "leave it out, or replay the whole trace at once",
        ));
    }
    arguments.trace.check_parts()
}

/// The options on which a summary rests, and what they say. Policies stand for what they mean.
pub(super) fn options(arguments: &ReplayArguments, chosen: &[Chosen]) -> BTreeMap<String, String> {
    let mut options = BTreeMap::from([
        ("--by".to_owned(), arguments.by.name().to_owned()),
        ("--grant-by".to_owned(), arguments.trace.grant_by().name().to_owned()),
    ]);
    for Chosen { server, loaded } in chosen {
        let name = match server {
            Some(server) => format!("--policy {server}="),
            None => "--policy".to_owned(),
        };
        let digest = Sha256::digest(format!("{:?}", loaded.policy));
        let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        options.insert(name, format!("{} ({digest})", loaded.document.name));
    }
    let mut lists = vec![
        ("--assume", arguments.assume.all.iter().map(ToString::to_string).collect()),
        ("--behind-gateway", arguments.behind_gateway.clone()),
    ];
    lists.extend(arguments.choice.said());
    let said = lists.into_iter().filter(|(_, values): &(_, Vec<String>)| !values.is_empty());
    options.extend(said.map(|(name, values)| (name.to_owned(), values.join(", "))));
    options
}

/// Sums up the parts that were written. They are all of one trace under the same options, or none counts.
pub(super) fn merged(
    arguments: &ReplayArguments,
    options: &BTreeMap<String, String>,
) -> Result<Read, CliError> {
    let twice = |path: &&PathBuf| {
        let same = |other: &&PathBuf| is_same(path, other);
        arguments.merge.iter().filter(same).count() > 1
    };
    if let Some(path) = arguments.merge.iter().find(twice) {
        return Err(CliError::usage(
            &format!("{} is named twice", path.display()),
            "name every part once",
        ));
    }
    let mut merging = Merging::default();
    for path in &arguments.merge {
        let name = path.display().to_string();
        let part = Part::read(&name, &text(path)?).map_err(refused)?;
        merging.add(&name, part, options).map_err(refused)?;
    }
    let read = Read::of_part(merging.finish().expect("clap asks for a part"));
    trace_input::say_what_is_wrong(&read.run, &arguments.trace);
    Ok(read)
}

fn text(path: &Path) -> Result<Vec<u8>, CliError> {
    let unreadable = |cause| CliError::Unreadable(WalkError { path: path.to_owned(), cause });
    std::fs::read(path).map_err(unreadable)
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || one.canonicalize().ok().is_some_and(|one| other.canonicalize().ok() == Some(one))
}

fn refused(error: PartError) -> CliError {
    CliError::Refused {
        message: escape(&error.to_string()).into_owned(),
        help: error.help().to_owned(),
    }
}
