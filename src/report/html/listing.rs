//! The text of a document with what there is to say of its lines: marks in the margin, and notes below.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::Range;

use super::markup::Markup;
use crate::report::common::excerpt::masked_text;
use crate::report::common::words::count;
use crate::source::{Document, LineTable};

/// How many lines of all documents of a page are shown.
const ROOM: usize = 3_000;

/// How many lines of one document are shown; of a longer one those with something to say, and a few around them.
const MOST: usize = 800;

/// How many lines are shown around one with something to say.
const AROUND: usize = 3;

/// How many bytes of a line are shown at least, and how many before what is meant.
const LONG: usize = 400;
const BEFORE: usize = 100;

/// A document with what there is to say of its lines, which count from 1.
pub(in crate::report) struct Listing<'l> {
    document: &'l Document,
    margin: BTreeMap<usize, (&'static str, String)>,
    notes: BTreeMap<usize, Vec<(&'static str, Markup)>>,
    marked: Vec<Range<usize>>,
}

/// How many lines are left to be shown on a page, and how many documents had none.
pub(in crate::report) struct Room {
    lines: usize,
    without: usize,
}

/// What there is to say of a line.
pub(in crate::report) struct Remark {
    /// The line.
    pub(in crate::report) line: usize,
    /// How it looks.
    pub(in crate::report) class: &'static str,
    /// What it says.
    pub(in crate::report) says: Markup,
}

impl Room {
    /// All of a page.
    pub(in crate::report) fn new() -> Room {
        Room { lines: ROOM, without: 0 }
    }

    /// Says of how many documents nothing was shown.
    pub(in crate::report) fn write_rest(&self, out: &mut Markup) {
        if self.without > 0 {
            let said =
                format!("The text of {} is not shown.", count(self.without as u64, "more file"));
            out.leaf("p", &[("class", &"note")], &said);
        }
    }
}

impl<'l> Listing<'l> {
    /// A document of which nothing is said yet.
    pub(in crate::report) fn new(document: &'l Document) -> Listing<'l> {
        let (margin, notes) = (BTreeMap::new(), BTreeMap::new());
        Listing { document, margin, notes, marked: Vec::new() }
    }

    /// Puts a few signs beside a line.
    pub(in crate::report) fn beside(&mut self, line: usize, class: &'static str, signs: String) {
        self.margin.insert(line, (class, signs));
    }

    /// Puts a note below a line.
    pub(in crate::report) fn note(&mut self, remark: Remark) {
        let Remark { line, class, says } = remark;
        self.notes.entry(line).or_default().push((class, says));
    }

    /// Marks a place in the text.
    pub(in crate::report) fn mark(&mut self, span: Range<usize>) {
        self.marked.push(span);
    }

    /// Writes the lines, where there is room for them, with a heading for the margin. `prefix` begins the names of
    /// lines, to which others link.
    pub(in crate::report) fn write(
        mut self,
        out: &mut Markup,
        margin: &str,
        prefix: &str,
        room: &mut Room,
    ) {
        if room.lines == 0 {
            room.without += 1;
            return;
        }
        self.marked.sort_by_key(|span| (span.start, span.end));
        let caption = &self.document.name;
        let frame: [(&str, &dyn Display); 4] =
            [("class", &"frame"), ("role", &"region"), ("aria-label", caption), ("tabindex", &0)];
        let text = masked_text(self.document);
        let lines = LineTable::new(&text);
        let texts: Vec<&str> = text.lines().collect();
        let shown = self.shown(texts.len(), room.lines.min(MOST));
        room.lines -= shown.len();
        out.element("div", &frame, |out| {
            out.element("table", &[("class", &"source")], |out| {
                out.leaf("caption", &[], caption);
                out.element("thead", &[("class", &"unseen")], |out| {
                    out.element("tr", &[], |out| {
                        ["line", margin, "text"]
                            .iter()
                            .for_each(|name| out.leaf("th", &[("scope", &"col")], name));
                    });
                });
                out.element("tbody", &[], |out| {
                    let mut next = 1;
                    for line in shown {
                        write_gap(out, line - next);
                        next = line + 1;
                        let start = lines.start_of(line - 1, &text);
                        self.write_line(out, line, (start, texts[line - 1]), prefix);
                    }
                    write_gap(out, (texts.len() + 1).saturating_sub(next));
                });
            });
        });
    }

    /// The lines that are shown, of so many, where there is room for some.
    fn shown(&self, lines: usize, room: usize) -> BTreeSet<usize> {
        if lines <= room {
            return (1..=lines).collect();
        }
        let said = self.notes.keys().chain(self.margin.keys());
        let around = said.flat_map(|line| line.saturating_sub(AROUND)..=line + AROUND);
        let around = around.filter(|line| (1..=lines).contains(line));
        around.collect::<BTreeSet<_>>().into_iter().take(room).collect()
    }

    fn write_line(&self, out: &mut Markup, line: usize, text: (usize, &str), prefix: &str) {
        let beside = self.margin.get(&line);
        let class = beside.map_or("line", |(class, _)| class);
        let id = format!("{prefix}{line}");
        out.end_line();
        out.element("tr", &[("class", &class), ("id", &id)], |out| {
            out.leaf("th", &[("scope", &"row")], &line.to_string());
            out.leaf("td", &[("class", &"margin")], beside.map_or("", |(_, signs)| signs));
            out.element("td", &[], |out| {
                out.element("code", &[], |out| self.write_text(out, text));
            });
        });
        for (class, says) in self.notes.get(&line).into_iter().flatten() {
            out.end_line();
            out.element("tr", &[("class", &format_args!("said {class}"))], |out| {
                out.leaf("td", &[], "");
                out.leaf("td", &[], "");
                out.element("td", &[], |out| out.add(says));
            });
        }
    }

    /// Writes a line of the text that begins at a byte of it, with what is marked.
    fn write_text(&self, out: &mut Markup, (start, text): (usize, &str)) {
        let end = start + text.len();
        let marked = || {
            let within = self.marked.iter().filter(|span| span.start < end && span.end > start);
            within.map(|span| span.start.max(start) - start..span.end.min(end) - start)
        };
        let first = marked().next().map_or(0, |span| span.start);
        let from = if first > LONG - BEFORE { text.floor_char_boundary(first - BEFORE) } else { 0 };
        let until = text.ceil_char_boundary((from + LONG).min(text.len()));
        if from > 0 {
            out.text("…");
        }
        let mut at = from;
        for span in marked() {
            let [begin, end] = [span.start, span.end]
                .map(|place| text.floor_char_boundary(place).clamp(at, until));
            write_part(out, &text[at..begin]);
            if begin < end {
                out.element("mark", &[], |out| write_part(out, &text[begin..end]));
            }
            at = end;
        }
        write_part(out, &text[at..until]);
        if until < text.len() {
            out.text("…");
        }
    }
}

/// Writes a part of a line, in which tabs are no harm.
fn write_part(out: &mut Markup, text: &str) {
    out.text(&text.replace('\t', "    "));
}

fn write_gap(out: &mut Markup, lines: usize) {
    if lines > 0 {
        out.end_line();
        out.element("tr", &[("class", &"gap")], |out| {
            let said = format!("{} not shown", count(lines as u64, "line"));
            out.leaf("td", &[("colspan", &3)], &said);
        });
    }
}
