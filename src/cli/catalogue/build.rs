//! `gatelint catalogue build`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::catalogue::{Build, Built, Index, find_sources, is_catalogue};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input;
use crate::cli::common::output::print_error;
use crate::cli::common::output_file::{check, write_file};
use crate::lint::WalkError;
use crate::report::escape;
use crate::source::Format;

/// How many files that were passed over are named.
const NAMED: usize = 8;

#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// Records, answers to `tools/list`, and folders of them. Of two records of one server the
    /// later overrides the earlier tool by tool.
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// The index. One that is there already is replaced.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Overwrite a file that is no index.
    #[arg(long)]
    force: bool,
    /// Compress the records: a smaller file that takes longer to build.
    #[arg(long)]
    compress: bool,
    /// The index goes elsewhere, so that it is never held against its sources.
    #[arg(long)]
    detached: bool,
}

pub(super) fn run(arguments: &BuildArguments) -> Result<ExitStatus, CliError> {
    let index = &arguments.output;
    if index.as_os_str() == "-" {
        return Err(CliError::Refused {
            message: "an index is not written to standard output".to_owned(),
            help: "name the file that it becomes with `-o FILE`".to_owned(),
        });
    }
    if Format::of_name(&index.display().to_string()).is_some() {
        return Err(CliError::Refused {
            message: format!("an index is neither JSON nor YAML, as {} says", index.display()),
            help: "give it another ending, such as `.index`".to_owned(),
        });
    }
    let force = arguments.force || Index::is_index(index);
    check(index, force)?;
    let (files, folders) = find_sources(&arguments.sources)
        .map_err(|(path, cause)| CliError::Unreadable(WalkError { path, cause }))?;
    let mut build = if arguments.compress { Build::new().packed() } else { Build::new() };
    let (mut empty, mut passed_over) = (true, Vec::new());
    for file in &files {
        match add(arguments, &mut build, file)? {
            Some(found) => empty &= !found,
            None => passed_over.push(escape(&file.display().to_string()).into_owned()),
        }
    }
    if empty {
        say_passed_over(&passed_over);
        print_error(
            "error: the sources hold no server\n  help: name records or answers to `tools/list`\n",
        );
        return Ok(ExitStatus::Nothing);
    }
    if !arguments.detached {
        for folder in &folders {
            build.add_folder(folder, index).map_err(|error| gone(&error))?;
        }
    }
    let mut built = None;
    write_file(index, force, |out| {
        built = Some(build.write(out)?);
        Ok(())
    })?;
    let Built { servers, tools, bytes } = built.expect("what was written was built");
    let name = index.display().to_string();
    let plural = if servers == 1 { "" } else { "s" };
    let name = escape(&name);
    print_error(&format!("{name}: {servers} server{plural}, {tools} tools, {bytes} bytes\n"));
    say_passed_over(&passed_over);
    Ok(ExitStatus::Ok)
}

/// Names the first files that were passed over, and says how many others were.
fn say_passed_over(files: &[String]) {
    let named = files.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let others = match files.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if !files.is_empty() {
        print_error(&format!("note: passed over what holds no server: {named}{others}\n"));
    }
}

/// Adds the servers of a file, and says whether it has any; none for a file of a folder that is
/// something else, such as a lock or an index.
fn add(
    arguments: &BuildArguments,
    build: &mut Build,
    file: &Path,
) -> Result<Option<bool>, CliError> {
    let named = arguments.sources.iter().any(|source| source == file);
    match Index::is_index(file) {
        true if named => {
            return Err(CliError::Refused {
                message: format!("{} is an index, which is built and no source", file.display()),
                help: "name the records that it was built from".to_owned(),
            });
        }
        true => return Ok(None),
        false => {}
    }
    let document = input::document(file)?;
    if !named && document.is_readable() && !is_catalogue(&document) {
        return Ok(None);
    }
    let (document, servers) = input::servers(document)?;
    if !arguments.detached && file != Path::new("-") {
        let bytes = document.text.as_bytes();
        build.add_file(file, bytes, &arguments.output).map_err(|error| gone(&error))?;
    }
    let found = !servers.is_empty();
    servers.into_iter().for_each(|server| build.add(server));
    Ok(Some(found))
}

fn gone(error: &crate::catalogue::SourceError) -> CliError {
    CliError::Refused {
        message: error.to_string(),
        help: "leave the sources alone while the index is built".to_owned(),
    }
}
