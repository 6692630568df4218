//! One file of a trace, call by call in the order of time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::format::Format;
use super::mcp::Connection;
use super::record::{self, GrantBy, Record};
use crate::engine::Timestamp;

/// Block size of reads; larger ones gain nothing.
const BLOCK: usize = 1 << 20;

/// How many lines are looked at to find the format.
const PROBED_LINES: usize = 100;

/// One file of a trace.
pub(super) struct Feed {
    pub(super) name: String,
    pub(super) format: Format,
    lines: Lines,
    connection: Connection,
    /// The time that orders the head among the heads of other files. A call without a time has
    /// that of the call before it.
    pub(super) key: Option<Timestamp>,
    pub(super) head: Head,
}

/// What a feed gives next.
pub(super) enum Head {
    /// A line of our own notation, which stands in the line buffer.
    Line,
    /// A call put together from several messages.
    Call(Box<Record<'static>>),
    /// A line that is not valid, and why.
    Bad(String),
    /// Nothing more.
    End,
}

impl Feed {
    /// Opens a file. The format is found from its first lines where none is given; none if it
    /// cannot be found. The file must stay as it is while it is read.
    pub(super) fn open(
        name: String,
        mut file: File,
        format: Option<Format>,
    ) -> io::Result<Option<Feed>> {
        let probe = probe(&mut file)?;
        let Some(format) = format.or(probe) else { return Ok(None) };
        let order = match format {
            Format::Record => time_order(&mut file)?,
            Format::Mcp => None,
        };
        file.seek(SeekFrom::Start(0))?;
        let lines = Lines {
            reader: BufReader::with_capacity(BLOCK, file),
            order,
            buffer: Vec::new(),
            number: 0,
        };
        let connection = Connection::new(name.clone());
        Ok(Some(Feed { name, format, lines, connection, key: None, head: Head::End }))
    }

    /// The number of the current line.
    pub(super) fn line_number(&self) -> u64 {
        self.lines.number
    }

    /// The current line, if it is text.
    pub(super) fn line(&self) -> Result<&str, String> {
        self.lines.text()
    }

    /// Goes on to the next head. `keyed` says whether its time is wanted for ordering.
    pub(super) fn advance(&mut self, keyed: bool, grant_by: &GrantBy) -> io::Result<()> {
        self.head = match self.format {
            Format::Record => self.next_line(keyed)?,
            Format::Mcp => self.next_message(grant_by)?,
        };
        Ok(())
    }

    fn next_line(&mut self, keyed: bool) -> io::Result<Head> {
        if !self.lines.next()? {
            return Ok(Head::End);
        }
        if keyed {
            self.key = self.line().ok().and_then(record::time_of).or(self.key);
        }
        Ok(Head::Line)
    }

    fn next_message(&mut self, grant_by: &GrantBy) -> io::Result<Head> {
        loop {
            if let Some(call) = self.connection.next(false) {
                return Ok(Head::Call(Box::new(call)));
            }
            if !self.lines.next()? {
                let last = self.connection.next(true);
                return Ok(last.map_or(Head::End, |call| Head::Call(Box::new(call))));
            }
            let taken = self.lines.text().and_then(|line| self.connection.take(line, grant_by));
            if let Err(why) = taken {
                return Ok(Head::Bad(why));
            }
        }
    }
}

/// Where a line of a file stands.
struct LinePlace {
    offset: u64,
    length: usize,
    /// Counted from 1.
    number: u64,
}

/// The lines of a file, in its own order or in another.
struct Lines {
    reader: BufReader<File>,
    /// The lines in the order of time, the last one first.
    order: Option<Vec<LinePlace>>,
    buffer: Vec<u8>,
    number: u64,
}

impl Lines {
    /// Goes on to the next line that is not blank.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            if let Some(order) = &mut self.order {
                let Some(line) = order.pop() else { return Ok(false) };
                // Past the buffer, which would be filled anew for every line.
                let file = self.reader.get_mut();
                file.seek(SeekFrom::Start(line.offset))?;
                self.buffer.resize(line.length, 0);
                file.read_exact(&mut self.buffer)?;
                self.number = line.number;
            } else {
                self.buffer.clear();
                if self.reader.read_until(b'\n', &mut self.buffer)? == 0 {
                    return Ok(false);
                }
                self.number += 1;
            }
            if self.number == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
                self.buffer.drain(..3);
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(self.buffer.trim_ascii())
            .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1))
    }
}

/// The format of a file, from its first lines.
fn probe(file: &mut File) -> io::Result<Option<Format>> {
    file.seek(SeekFrom::Start(0))?;
    let reader = BufReader::new(Read::by_ref(file));
    for line in reader.split(b'\n').take(PROBED_LINES) {
        let line = line?;
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if let Some(format) = std::str::from_utf8(line.trim_ascii()).ok().and_then(Format::of_line)
        {
            return Ok(Some(format));
        }
    }
    Ok(None)
}

/// Where the lines of a file start, ordered by time, the last one first; none if the file is in
/// order as it is, which most are. Calls without a time stay behind the call before them.
fn time_order(file: &mut File) -> io::Result<Option<Vec<LinePlace>>> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(BLOCK, Read::by_ref(file));
    let mut sorted = true;
    let mut latest = None;
    let mut index: Vec<(Option<Timestamp>, LinePlace)> = Vec::new();
    let mut line = Vec::new();
    let (mut offset, mut number) = (0, 0);
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        number += 1;
        let text = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(&line);
        let time = std::str::from_utf8(text.trim_ascii()).ok().and_then(record::time_of).or(latest);
        if sorted && time < latest {
            // Only now an index is needed: read again from the start, keeping it.
            sorted = false;
            reader.seek(SeekFrom::Start(0))?;
            (offset, number, latest) = (0, 0, None);
            continue;
        }
        if !sorted {
            index.push((time, LinePlace { offset, length: line.len(), number }));
        }
        offset += length;
        latest = time;
    }
    if sorted {
        return Ok(None);
    }
    index.sort_by_key(|(time, line)| (*time, line.number));
    Ok(Some(index.into_iter().rev().map(|(_, line)| line).collect()))
}
