//! Traces of every format.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use gatelint::replay::{NumberedCall, RunOptions, Visitor, run};
use gatelint::trace::{Format, GrantBy, Trace, TraceOptions};

/// A file of any kind is read to its end in every format, and the same calls come out of it whatever
/// the number of threads and the pieces in which it comes. The first byte chooses the format; above
/// the last one it is found from the content.
pub fn holds(data: &[u8]) {
    let [kind, text @ ..] = data else { return };
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let plain = folder.path().join("trace.jsonl");
    std::fs::write(&plain, text).expect("the file takes it");
    let packed = folder.path().join("trace.jsonl.gz");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("memory takes everything");
    std::fs::write(&packed, encoder.finish().expect("memory takes everything"))
        .expect("so does the file");
    let format = Format::ALL.get(usize::from(*kind)).copied();
    let one = read(&plain, format, 1);
    for (path, threads) in [(&plain, 3), (&packed, 1), (&packed, 3)] {
        assert_eq!(read(path, format, threads), one, "{} by {threads} threads", path.display());
    }
}

/// The calls of a file and how many of its lines are bad; none where it is no trace.
fn read(path: &Path, format: Option<Format>, threads: usize) -> Option<(Vec<(u64, String)>, u64)> {
    let options = TraceOptions { format, grant_by: GrantBy::default(), ..TraceOptions::default() };
    let mut trace = Trace::open(&[PathBuf::from(path)], options).ok()?;
    let options = RunOptions { threads, pace: None };
    let run = run(&mut trace, options, Calls::default).expect("a file can be read to its end");
    let mut calls: Vec<_> = run.visitors.into_iter().flat_map(|calls| calls.0).collect();
    calls.sort();
    assert_eq!(run.calls, calls.len() as u64);
    Some((calls, run.bad_lines))
}

/// Every call by its number, in words.
#[derive(Default)]
struct Calls(Vec<(u64, String)>);

impl Visitor for Calls {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        let record = call.record;
        let words = format!(
            "{} {} {:?} {:?} {:?} {:?}",
            record.server, record.tool, record.arguments, record.result, record.decision, call.time
        );
        self.0.push((call.number, words));
        Ok(())
    }
}
