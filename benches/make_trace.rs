//! Writes the trace and the policy that speed is measured with:
//! `cargo run --release --example make_trace -- FOLDER [CALLS]`.
//!
//! 1.7 million calls (or as many as asked for) of some 330 bytes over six hours: 96 tools, 20,000
//! grants of which some call far more often than others, three checks and a limit for each tool.
//! The same numbers give the same bytes on every machine.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

const CALLS: u64 = 1_700_000;
const TOOLS: u64 = 96;
const GRANTS: u64 = 20_000;

/// From 2026-03-01T00:00:00Z on, in milliseconds.
const HOURS: u64 = 6;

#[expect(clippy::disallowed_macros, reason = "a program of its own, without the library's output")]
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (folder, calls) = (arguments.next(), arguments.next());
    let calls = calls.map_or(Some(CALLS), |calls| calls.parse().ok());
    let (Some(folder), Some(calls)) = (folder, calls) else {
        eprintln!("usage: make_trace FOLDER [CALLS]");
        return ExitCode::from(2);
    };
    match write(Path::new(&folder), calls) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write to {folder}: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(folder: &Path, calls: u64) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut policy = BufWriter::new(File::create(folder.join("policy.json"))?);
    write_policy(&mut policy)?;
    policy.flush()?;
    let mut trace = BufWriter::with_capacity(1 << 20, File::create(folder.join("trace.jsonl"))?);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for number in 0..calls {
        write_call(&mut trace, number, calls, &mut random)?;
    }
    trace.flush()
}

fn write_policy(out: &mut impl Write) -> io::Result<()> {
    write!(out, "{{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {{")?;
    for tool in 0..TOOLS {
        let comma = if tool == 0 { "" } else { "," };
        write!(
            out,
            r#"{comma}
    "tool_{tool:02}": {{
      "require": [{{ "conditions": [{{ "path": "args.project", "op": "regex", "value": "^[a-z]+-[0-9]+$" }}] }}],
      "deny_if": [
        {{ "conditions": [{{ "path": "args.count", "op": "gt", "value": 990 }}], "on_deny": "Too many at once." }},
        {{ "conditions": [{{ "path": "args.env", "op": "eq", "value": "prod" }}, {{ "path": "args.force", "op": "eq", "value": true }}] }}
      ],
      "limits": [{{ "counter": "tool_{tool:02}_rate", "window": "minute", "max": 10, "scope": "grant" }}]
    }}"#
        )?;
    }
    write!(out, "\n  }}\n}}\n")
}

fn write_call(
    out: &mut impl Write,
    number: u64,
    calls: u64,
    random: &mut Random,
) -> io::Result<()> {
    let milliseconds = number * HOURS * 3_600_000 / calls.max(1);
    let (seconds, fraction) = (milliseconds / 1_000, milliseconds % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    // The product of two makes some grants busy and most of them quiet.
    let grant = random.below(GRANTS) * random.below(GRANTS) / GRANTS;
    let tool = random.below(TOOLS);
    let env = ["dev", "staging", "test", "prod"][random.below(4) as usize];
    let force = random.below(16) == 0;
    writeln!(
        out,
        r#"{{"ts":"2026-03-01T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z","grant":"grant-{grant:05}","session":"s-{:08x}","server":"octopus","tool":"tool_{tool:02}","args":{{"project":"alpha-{}","env":"{env}","count":{},"force":{force},"note":"{:016x}{:016x} nightly run, see the linked ticket for the whole reason","tags":["a","b"]}},"id":"c-{number:07}","result":"ok"}}"#,
        random.next() as u32,
        random.below(100),
        random.below(1_000),
        random.next(),
        random.next(),
    )
}

/// Xorshift (Marsaglia, "Xorshift RNGs"): the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
