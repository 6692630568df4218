//! By what a trace may be parted; for machines described by `schemas/partition-key.schema.json`.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::replay::PartitionKey;
use crate::report::SCHEMA_VERSION;
use crate::report::common::escape::escape;
use crate::report::common::json;

/// By what a trace may be parted under some policies, to be written.
#[derive(Clone, Copy, Debug)]
pub struct PartitionReport<'a> {
    /// The policies, by their files' names.
    pub policies: &'a [&'a str],
    /// By what.
    pub key: PartitionKey,
    /// The field that stands for the grant.
    pub grant_by: &'a str,
}

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    policies: &'a [&'a str],
    partition_by: Vec<&'a str>,
    grant_by: &'a str,
    needs_time: bool,
    reason: &'static str,
}

/// Writes it for machines.
///
/// # Errors
/// The output cannot be written.
pub fn write_partition_key_json(
    out: &mut dyn Write,
    report: &PartitionReport<'_>,
) -> io::Result<()> {
    let output = Output {
        schema_version: SCHEMA_VERSION,
        policies: report.policies,
        partition_by: report.key.fields(report.grant_by),
        grant_by: report.grant_by,
        needs_time: report.key.needs_time(),
        reason: report.key.reason(),
    };
    json::write_pretty(out, &output)
}

/// Writes it for people.
pub fn write_partition_key(out: &mut String, report: &PartitionReport<'_>) {
    let fields = report.key.fields(report.grant_by).join(", ");
    _ = writeln!(out, "{}", escape(&fields));
    _ = writeln!(out, "  because {}", report.key.reason());
    if report.key.needs_time() {
        _ = writeln!(
            out,
            "  day: that of `ts` in UTC, beyond which no window goes; every call needs a time"
        );
    }
}
