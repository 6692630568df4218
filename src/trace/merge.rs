//! Several files as one trace, ordered by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::feed::{Feed, Head};
use super::record;
use super::{Format, GrantBy, Record, TraceError};

/// The name by which standard input is asked for.
const STDIN: &str = "-";

/// File endings that are taken for traces when a folder is given.
const ENDINGS: [&str; 4] = ["jsonl", "ndjson", "json", "log"];

/// Files read as one stream of calls.
pub struct Trace {
    feeds: Vec<Feed>,
    grant_by: GrantBy,
}

/// What a trace gives.
pub enum Item<'a> {
    /// A call, and the name of its file as it was given.
    Call(&'a Record<'a>, &'a str),
    /// A line that is not valid; it decides nothing and stops nothing.
    Bad(BadLine),
}

/// A line that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The file's name as it was given.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl Trace {
    /// Opens files, folders (their files in the order of names) and standard input (`-`).
    ///
    /// # Errors
    /// A path cannot be read, or a file is in no known format.
    pub fn open(
        paths: &[PathBuf],
        format: Option<Format>,
        grant_by: GrantBy,
    ) -> Result<Trace, TraceError> {
        let mut feeds = Vec::new();
        for (path, named) in expand(paths)? {
            let unreadable = |cause| TraceError::Unreadable { path: path.clone(), cause };
            let (name, file) = open(&path).map_err(unreadable)?;
            let is_empty = file.metadata().map_err(unreadable)?.len() == 0;
            match Feed::open(name.clone(), file, format, &grant_by).map_err(unreadable)? {
                Some(feed) => feeds.push(feed),
                // A folder may hold other files of the same endings.
                None if is_empty || !named => {}
                None => {
                    let found =
                        describe(&path).unwrap_or("none of its first lines is a call or a message");
                    return Err(TraceError::NotATrace { name, found: found.to_owned() });
                }
            }
        }
        Ok(Trace { feeds, grant_by })
    }

    /// Reads the trace to its end.
    ///
    /// # Errors
    /// A file cannot be read any further.
    pub fn for_each(mut self, mut visit: impl FnMut(Item<'_>)) -> Result<(), TraceError> {
        let keyed = self.feeds.len() > 1;
        let mut heap = BinaryHeap::new();
        for (index, feed) in self.feeds.iter_mut().enumerate() {
            advance(feed, keyed, &self.grant_by)?;
            if !matches!(feed.head, Head::End) {
                heap.push(Reverse((feed.key, index)));
            }
        }
        while let Some(Reverse((_, index))) = heap.pop() {
            let feed = &mut self.feeds[index];
            emit(feed, keyed, &self.grant_by, &mut visit);
            advance(feed, keyed, &self.grant_by)?;
            if !matches!(feed.head, Head::End) {
                heap.push(Reverse((feed.key, index)));
            }
        }
        Ok(())
    }
}

fn advance(feed: &mut Feed, keyed: bool, grant_by: &GrantBy) -> Result<(), TraceError> {
    feed.advance(keyed, grant_by)
        .map_err(|cause| TraceError::Unreadable { path: PathBuf::from(&feed.name), cause })
}

fn emit(feed: &mut Feed, merged: bool, grant_by: &GrantBy, visit: &mut impl FnMut(Item<'_>)) {
    let mut reason = None;
    match &mut feed.head {
        Head::Call(record) => {
            record.in_order = record.time.is_some() || !merged;
            visit(Item::Call(record, &feed.name));
        }
        Head::Bad(why) => reason = Some(std::mem::take(why)),
        Head::End => {}
        Head::Line => match feed.line().and_then(|line| record::parse(line, grant_by)) {
            Ok(mut record) => {
                record.in_order = record.time.is_some() || !merged;
                record.line = feed.line_number();
                visit(Item::Call(&record, &feed.name));
            }
            Err(why) => reason = Some(why),
        },
    }
    if let Some(reason) = reason {
        visit(Item::Bad(BadLine { file: feed.name.clone(), line: feed.line_number(), reason }));
    }
}

/// What a file is that is no trace, where its first bytes tell.
fn describe(path: &Path) -> Option<&'static str> {
    let mut start = [0; 4];
    File::open(path).ok()?.read_exact(&mut start).ok()?;
    match start {
        [0x1f, 0x8b, ..] => Some("it is compressed with gzip; unpack it first"),
        [0x28, 0xb5, 0x2f, 0xfd] => Some("it is compressed with zstd; unpack it first"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("it is UTF-16; save it as UTF-8"),
        _ => None,
    }
}

/// The files that paths stand for, and whether the user named them.
fn expand(paths: &[PathBuf]) -> Result<Vec<(PathBuf, bool)>, TraceError> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push((path.clone(), true));
            continue;
        }
        let walk =
            WalkBuilder::new(path).standard_filters(false).sort_by_file_name(Ord::cmp).build();
        for entry in walk {
            let entry = entry.map_err(|error| {
                let cause =
                    error.into_io_error().unwrap_or_else(|| io::Error::other("cannot be walked"));
                TraceError::Unreadable { path: path.clone(), cause }
            })?;
            let ending = entry.path().extension().and_then(|ending| ending.to_str());
            if entry.path().is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending)) {
                files.push((entry.into_path(), false));
            }
        }
    }
    Ok(files)
}

/// Opens a file for reading it more than once. Standard input, and whatever else cannot be read
/// from its start again, is copied to a temporary file first.
fn open(path: &Path) -> io::Result<(String, File)> {
    if path == Path::new(STDIN) {
        return Ok(("<stdin>".to_owned(), spool(&mut io::stdin().lock())?));
    }
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        file = spool(&mut file)?;
    }
    Ok((path.display().to_string(), file))
}

fn spool(from: &mut impl io::Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(from, &mut file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(files: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (index, text) in files.iter().enumerate() {
            let mut file = File::create(folder.path().join(format!("{index}.jsonl"))).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
        let mut seen = Vec::new();
        let trace = Trace::open(&[folder.path().to_owned()], None, GrantBy::Grant).unwrap();
        trace
            .for_each(|item| {
                seen.push(match item {
                    Item::Call(record, _) => record.tool.to_string(),
                    Item::Bad(bad) => format!("bad line {}: {}", bad.line, bad.reason),
                });
            })
            .unwrap();
        seen
    }

    #[test]
    fn a_file_out_of_order_is_put_in_order_stably() {
        let file = "{\"tool\":\"c\",\"ts\":3}\n\n{\"tool\":\"a\",\"ts\":1}\n{\"tool\":\"b1\",\"ts\":2}\n{\"tool\":\"b2\",\"ts\":2}\n";
        assert_eq!(read(&[file]), ["a", "b1", "b2", "c"]);
    }

    #[test]
    fn files_are_merged_by_time_and_then_by_their_order() {
        let first = "{\"tool\":\"a1\",\"ts\":1}\n{\"tool\":\"c1\",\"ts\":3}\n";
        let second =
            "{\"tool\":\"a2\",\"ts\":1}\n{\"tool\":\"b2\",\"ts\":2}\n{\"tool\":\"untimed\"}\n";
        assert_eq!(read(&[first, second]), ["a1", "a2", "b2", "untimed", "c1"]);
    }

    #[test]
    fn bad_lines_are_named_and_stop_nothing() {
        let file = "{\"tool\":\"a\"}\nnot json\n{\"tool\":\"b\"}\r\n{\"tool\":";
        let seen = read(&[file]);
        assert_eq!([&seen[0], &seen[2]], ["a", "b"]);
        assert!(
            seen[1].starts_with("bad line 2: ") && seen[3].starts_with("bad line 4: "),
            "{seen:?}"
        );
    }

    #[test]
    fn a_list_stands_for_its_elements_and_a_document_may_run_over_lines() {
        let batch = "[{\"method\":\"tools/call\",\"params\":{\"name\":\"a\"}},{},{\"method\":\"tools/call\",\"params\":{\"name\":\"b\"}}]\n";
        let seen = read(&[batch]);
        assert!(seen[0].starts_with("bad line 1: ") && seen[1..] == ["a", "b"], "{seen:?}");
        let document = "[\n{\"method\": \"tools/call\",\n \"params\": {\"name\": \"c\"}}]\n";
        assert_eq!(read(&[document]), ["c"]);
    }

    #[test]
    fn an_empty_file_is_an_empty_trace_and_another_file_is_none() {
        assert_eq!(read(&[""]), [""; 0]);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"hello\nworld\n").unwrap();
        let error = Trace::open(&[file.path().to_owned()], None, GrantBy::Grant).err().unwrap();
        assert!(error.to_string().contains("is not a trace"));
    }
}
