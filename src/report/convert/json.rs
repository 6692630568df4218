//! A converted policy with what is lost, for machines.

use std::io::{self, Write};

use serde::Serialize;

use super::losses::ConvertLoss;
use crate::policy::Dialect;
use crate::report::SCHEMA_VERSION;
use crate::report::common::json::write_pretty;

#[derive(Serialize)]
struct Output<'a> {
    schema_version: u32,
    from: &'static str,
    to: &'static str,
    text: &'a str,
    compared: Option<usize>,
    lost: Vec<Lost<'a>>,
}

#[derive(Serialize)]
struct Lost<'a> {
    what: &'static str,
    tool: Option<&'a str>,
    place: Option<&'a str>,
    message: &'a str,
    witness: Option<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    call: &'a str,
    from: &'static str,
    to: &'static str,
}

/// Writes a converted policy with what is lost (`schemas/convert.schema.json`); how many calls were decided
/// under both policies is there where calls were compared one by one.
pub fn write_converted_json(
    out: &mut dyn Write,
    [from, to]: [Dialect; 2],
    (text, compared): (&str, Option<usize>),
    losses: &[ConvertLoss],
) -> io::Result<()> {
    let lost = losses.iter().map(|loss| Lost {
        what: loss.what,
        tool: loss.tool.as_deref(),
        place: loss.place.as_deref(),
        message: &loss.message,
        witness: loss.witness.as_ref().map(|witness| Shown {
            call: &witness.call,
            from: witness.from.name(),
            to: witness.to.name(),
        }),
    });
    let (from, to, lost) = (from.code(), to.code(), lost.collect());
    write_pretty(out, &Output { schema_version: SCHEMA_VERSION, from, to, text, compared, lost })
}
