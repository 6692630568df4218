//! A trace put in the order of time, whatever its size: runs of calls are sorted in memory, kept
//! in a temporary file where they are too many, and merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::block::{Block, Content};
use super::lines::LineBuffer;
use crate::engine::Timestamp;

/// How much is sorted in memory at once, in bytes.
const RUN: usize = 16 << 20;

/// How much all runs together read ahead when they are merged, in bytes.
const READ_AHEAD: usize = 16 << 20;

/// How many bytes of lines make a block.
const BLOCK: usize = 1 << 18;

/// Takes lines in the order in which they stand.
pub(in crate::trace) struct Sorter {
    run_size: usize,
    lines: Vec<u8>,
    entries: Vec<Entry>,
    runs: Vec<u64>,
    file: Option<File>,
}

/// A line to be sorted: its time, where it stands in its file, and where its text is kept.
#[derive(Clone, Copy, Debug)]
struct Entry {
    time: Option<Timestamp>,
    file: u32,
    line: u64,
    start: usize,
    length: usize,
}

/// Gives the lines in the order of time. Those of one time stay as they stood.
pub(in crate::trace) struct Sorted {
    runs: Vec<Run>,
    /// The next line of each run, the first one on top.
    heads: BinaryHeap<Reverse<(Option<Timestamp>, usize)>>,
}

/// A sorted run.
struct Run {
    source: RunSource,
    /// The line that is next.
    head: Line,
}

enum RunSource {
    Memory { lines: Vec<u8>, entries: std::vec::IntoIter<Entry> },
    File(BufReader<Section>),
}

#[derive(Debug, Default)]
struct Line {
    time: Option<Timestamp>,
    file: u32,
    line: u64,
    text: Vec<u8>,
}

impl Sorter {
    pub(in crate::trace) fn new() -> Sorter {
        Sorter {
            run_size: RUN,
            lines: Vec::new(),
            entries: Vec::new(),
            runs: Vec::new(),
            file: None,
        }
    }

    /// Takes the next line.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub(in crate::trace) fn push(
        &mut self,
        time: Option<Timestamp>,
        (file, line): (u32, u64),
        text: &[u8],
    ) -> io::Result<()> {
        let start = self.lines.len();
        self.lines.extend_from_slice(text);
        self.entries.push(Entry { time, file, line, start, length: text.len() });
        if self.lines.len() + self.entries.len() * size_of::<Entry>() >= self.run_size {
            self.write_run()?;
        }
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.entries.sort_by_key(|entry| entry.time);
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile()?),
        };
        let mut out = io::BufWriter::with_capacity(1 << 18, file);
        for entry in self.entries.drain(..) {
            let text = &self.lines[entry.start..entry.start + entry.length];
            out.write_all(&[u8::from(entry.time.is_some())])?;
            let time = entry.time.unwrap_or(Timestamp::at_second(0));
            out.write_all(&time.seconds.to_le_bytes())?;
            out.write_all(&time.nanoseconds.to_le_bytes())?;
            out.write_all(&entry.file.to_le_bytes())?;
            out.write_all(&entry.line.to_le_bytes())?;
            out.write_all(&(text.len() as u64).to_le_bytes())?;
            out.write_all(text)?;
        }
        out.flush()?;
        drop(out);
        self.lines.clear();
        let end = self.file.as_mut().map_or(Ok(0), Seek::stream_position)?;
        self.runs.push(end);
        Ok(())
    }

    /// Begins to give the lines out.
    ///
    /// # Errors
    /// The temporary file cannot be written or read.
    pub(in crate::trace) fn finish(mut self) -> io::Result<Sorted> {
        let mut sources = Vec::new();
        match self.file.take() {
            None => {
                self.entries.sort_by_key(|entry| entry.time);
                let entries = self.entries.into_iter();
                sources.push(RunSource::Memory { lines: self.lines, entries });
            }
            Some(file) => {
                self.file = Some(file);
                self.write_run()?;
                let file = Arc::new(Mutex::new(self.file.take().expect("it was just put there")));
                let ahead = (READ_AHEAD / self.runs.len()).clamp(1 << 13, 1 << 20);
                let mut at = 0;
                for end in self.runs {
                    let section = Section { file: Arc::clone(&file), at, end };
                    sources.push(RunSource::File(BufReader::with_capacity(ahead, section)));
                    at = end;
                }
            }
        }
        let mut sorted = Sorted { runs: Vec::new(), heads: BinaryHeap::new() };
        for source in sources {
            sorted.runs.push(Run { source, head: Line::default() });
            sorted.advance(sorted.runs.len() - 1)?;
        }
        Ok(sorted)
    }
}

impl Sorted {
    /// Fills a block with the next lines; it stays empty at the end.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub(in crate::trace) fn next(&mut self, block: &mut Block) -> io::Result<()> {
        block.clear();
        block.content = Content::SortedLines;
        while block.lines.bytes().len() < BLOCK
            && let Some(Reverse((_, run))) = self.heads.pop()
        {
            let head = &self.runs[run].head;
            push_line(&mut block.lines, &head.text);
            block.places.push((head.file, head.line));
            self.advance(run)?;
        }
        Ok(())
    }

    /// Goes on to the next line of a run.
    fn advance(&mut self, run: usize) -> io::Result<()> {
        let Run { source, head } = &mut self.runs[run];
        let more = match source {
            RunSource::Memory { lines, entries } => match entries.next() {
                Some(entry) => {
                    let text = &lines[entry.start..entry.start + entry.length];
                    head.text.clear();
                    head.text.extend_from_slice(text);
                    (head.time, head.file, head.line) = (entry.time, entry.file, entry.line);
                    true
                }
                None => false,
            },
            RunSource::File(section) => head.read(section)?,
        };
        if more {
            self.heads.push(Reverse((head.time, run)));
        }
        Ok(())
    }
}

fn push_line(lines: &mut LineBuffer, text: &[u8]) {
    lines.push(text);
    lines.push(b"\n");
}

impl Line {
    /// Reads the next line of a run; false at its end.
    fn read(&mut self, run: &mut BufReader<Section>) -> io::Result<bool> {
        let mut is_timed = [0];
        if run.read(&mut is_timed)? == 0 {
            return Ok(false);
        }
        let seconds = i64::from_le_bytes(read_array(run)?);
        let nanoseconds = u32::from_le_bytes(read_array(run)?);
        self.time = (is_timed == [1]).then_some(Timestamp { seconds, nanoseconds });
        self.file = u32::from_le_bytes(read_array(run)?);
        self.line = u64::from_le_bytes(read_array(run)?);
        let length = u64::from_le_bytes(read_array(run)?);
        self.text.resize(length as usize, 0);
        run.read_exact(&mut self.text)?;
        Ok(true)
    }
}

fn read_array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut array = [0; N];
    from.read_exact(&mut array)?;
    Ok(array)
}

/// A part of a file that others read parts of, too.
struct Section {
    file: Arc<Mutex<File>>,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let length = file.read(&mut buffer[..wanted])?;
        self.at += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(run_size: usize, times: &[Option<i64>]) -> Vec<(u32, u64)> {
        let mut sorter = Sorter { run_size, ..Sorter::new() };
        for (index, time) in times.iter().enumerate() {
            let text = format!("line {index}");
            let time = time.map(Timestamp::at_second);
            sorter.push(time, (0, index as u64), text.as_bytes()).unwrap();
        }
        let (mut sorted, mut block, mut places) =
            (sorter.finish().unwrap(), Block::default(), Vec::new());
        loop {
            sorted.next(&mut block).unwrap();
            if block.places.is_empty() {
                return places;
            }
            for (line, (_, index)) in block.lines.bytes().split(|b| *b == b'\n').zip(&block.places)
            {
                assert_eq!(line, format!("line {index}").as_bytes());
            }
            places.append(&mut block.places);
        }
    }

    #[test]
    fn runs_in_memory_and_in_a_file_give_the_same_stable_order() {
        let times: Vec<Option<i64>> =
            (0..20_000i64).map(|n| (n % 97 != 0).then_some(n * 7_919 % 503)).collect();
        let mut expected: Vec<usize> = (0..times.len()).collect();
        expected.sort_by_key(|index| times[*index]);
        let expected: Vec<(u32, u64)> =
            expected.into_iter().map(|index| (0, index as u64)).collect();
        for run_size in [usize::MAX, 10_000, 1_000_000] {
            assert!(sorted(run_size, &times) == expected, "runs of {run_size} bytes");
        }
        assert!(sorted(1, &[]).is_empty());
    }
}
