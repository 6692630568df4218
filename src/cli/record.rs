//! `gatelint record`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser};

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use crate::recorder::{self, Ended, Log, now};
use crate::trace::{LiveSession, Redaction};

/// What the help text says behind the options.
const HELP: &str = concat!(
    examples!(
        "record -o trace.jsonl --grant ci -- npx -y @modelcontextprotocol/server-filesystem /srv"
    ),
    "\n\nEvery byte passes unchanged, in both directions. Each call is written once its answer is \
    known, or when the session ends; the file is appended to.\n\n\
    Exit status: that of the server (128 and the signal's number if a signal ended it), but 2 where it \
    would be 0 and calls are missing from the recording."
);

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct RecordArguments {
    /// The trace to append to. Standard output belongs to the session.
    #[arg(long, short, value_name = "FILE", default_value = "trace.jsonl", value_parser = PathBufValueParser::new().try_map(parse_output))]
    output: PathBuf,
    /// Who calls: the grant that is written with every call.
    #[arg(long, value_name = "NAME", default_value = "")]
    grant: String,
    /// What is called: the server that is written with every call.
    #[arg(long, value_name = "NAME", default_value = "")]
    server: String,
    /// Write no values of the arguments of a call that has one of this name, at any depth, but only
    /// the names of its arguments (`args_keys`); `'*'` is every call.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    redact: Vec<String>,
    /// The server's program with its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn run(arguments: &RecordArguments) -> Result<ExitStatus, CliError> {
    let path = &arguments.output;
    let redaction = Redaction::new(arguments.redact.clone());
    let log = Log::open(path, redaction)
        .map_err(|cause| CliError::Unwritable { path: path.clone(), cause })?;
    let session = LiveSession::new(
        format!("{}-{}", now(), process::id()),
        arguments.grant.clone(),
        arguments.server.clone(),
    );
    let (program, rest) = arguments.command.split_first().expect("clap requires a command");
    let mut command = Command::new(program);
    command.args(rest);
    let ended = recorder::run(command, session, log).map_err(|cause| CliError::Unstartable {
        command: program.to_string_lossy().into_owned(),
        cause,
    })?;
    Ok(exit_status(&ended))
}

fn exit_status(ended: &Ended) -> ExitStatus {
    match code(ended.status) {
        0 if ended.loss.is_some() => ExitStatus::Error,
        code => ExitStatus::OfServer(code),
    }
}

/// The exit status as shells know it.
fn code(status: process::ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().map_or(u8::MAX, |code| u8::try_from(code).unwrap_or(u8::MAX))
}

fn parse_output(path: PathBuf) -> Result<PathBuf, &'static str> {
    match path == Path::new("-") {
        true => Err("standard output belongs to the session, name a file"),
        false => Ok(path),
    }
}
