//! Calls over time as a bar chart in the terminal: a row a bucket.

use std::fmt::Write;

use crate::engine::{Outcome, Timestamp};
use crate::replay::{Counts, Timeline};
use crate::report::common::style::Style;

/// How many rows the chart may have.
const ROWS: usize = 16;

/// How short a bar may get on a narrow terminal and how long on a wide one, in columns.
const LENGTHS: (usize, usize) = (8, 50);

const DAY: i64 = 86_400;

/// Writes the chart; nothing where all calls fall into one row.
pub(in crate::report) fn write_timeline(out: &mut String, timeline: &Timeline, style: &Style) {
    let timeline = timeline.within(ROWS);
    let rows: Vec<(i64, &Counts)> = timeline.buckets().collect();
    let (Some((first, _)), Some((last, _)), 2..) = (rows.first(), rows.last(), rows.len()) else {
        return;
    };
    let glyphs = Glyphs::of(style);
    let title = style.bold(&format!("Timeline, {} a row", span(timeline.width())));
    let mut legend = vec![format!("{} allowed", glyphs.allowed)];
    let any = |test: fn(&Counts) -> u64| rows.iter().any(|(_, counts)| test(counts) > 0);
    if any(|counts| counts.of(Outcome::Ask)) {
        legend.push(format!("{} asked", glyphs.asked));
    }
    if any(Counts::refused) {
        legend.push(format!("{} refused", glyphs.refused));
    }
    if any(undecided) {
        legend.push(format!("{} indeterminate", glyphs.undecided));
    }
    _ = writeln!(out, "\n{title} ({})", legend.join(", "));
    let one_day = first.div_euclid(DAY) == last.div_euclid(DAY);
    let labels = rows.iter().map(|(start, _)| label(*start, timeline.width(), one_day));
    let labels: Vec<String> = labels.collect();
    let most = rows.iter().map(|(_, counts)| counts.calls()).max().unwrap_or(0);
    let digits = most.to_string().len();
    let numbers = rows.iter().map(|(_, counts)| numbers(counts, digits));
    let numbers: Vec<String> = numbers.collect();
    let longest =
        |texts: &[String]| texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    let label_width = longest(&labels);
    // Two columns of margin, and two between each of the three parts.
    let taken = label_width + longest(&numbers) + 6;
    let columns = style.width.saturating_sub(taken).clamp(LENGTHS.0, LENGTHS.1);
    for ((label, number), (_, counts)) in labels.iter().zip(&numbers).zip(&rows) {
        let (bar, length) = glyphs.bar(counts, most, columns, style);
        let pad = " ".repeat(columns - length);
        let line = format!("  {label:label_width$}  {bar}{pad}  {number}");
        _ = writeln!(out, "{}", line.trim_end());
    }
}

fn undecided(counts: &Counts) -> u64 {
    counts.of(Outcome::Indeterminate)
}

/// The calls of a row, and how many of them were refused.
fn numbers(counts: &Counts, width: usize) -> String {
    match (counts.calls(), counts.refused()) {
        (calls, 0) => format!("{calls:>width$}"),
        (calls, refused) => format!("{calls:>width$}, {refused} refused"),
    }
}

/// What bars are made of.
struct Glyphs {
    allowed: char,
    asked: char,
    refused: char,
    undecided: char,
}

impl Glyphs {
    fn of(style: &Style) -> Glyphs {
        match style.unicode {
            true => Glyphs { allowed: '█', asked: '▓', refused: '▒', undecided: '░' },
            false => Glyphs { allowed: '#', asked: '+', refused: 'x', undecided: '?' },
        }
    }

    /// A bar and its length. Calls that are there are seen, however few.
    fn bar(&self, counts: &Counts, most: u64, columns: usize, style: &Style) -> (String, usize) {
        let parts = [
            (self.allowed, "32", counts.of(Outcome::Allow)),
            (self.asked, "35", counts.of(Outcome::Ask)),
            (self.refused, "31", counts.refused()),
            (self.undecided, "36", undecided(counts)),
        ];
        let share = |calls: u64| (calls as f64 / most as f64 * columns as f64).round() as usize;
        let mut lengths = parts.map(|(_, _, calls)| share(calls).max(usize::from(calls > 0)));
        // What was rounded up is taken from the longest part.
        while lengths.iter().sum::<usize>() > columns {
            let longest = lengths.iter_mut().max_by_key(|length| **length);
            *longest.expect("there are four parts") -= 1;
        }
        let pieces = parts.iter().zip(lengths).filter(|(_, length)| *length > 0);
        let bar = pieces
            .map(|((glyph, color, _), length)| {
                style.paint(color, &glyph.to_string().repeat(length))
            })
            .collect();
        (bar, lengths.iter().sum())
    }
}

/// The start of a row, as short as it can be told from the others.
pub(super) fn label(start: i64, width: i64, one_day: bool) -> String {
    let full = Timestamp::at_second(start).to_string();
    // What has no four-digit year is not cut.
    if full.len() != "2026-03-01T10:00:00Z".len() || !full.ends_with('Z') {
        return full;
    }
    let end = if width < 60 { 19 } else { 16 };
    match (width >= DAY, one_day) {
        (true, _) => full[..10].to_owned(),
        (false, true) => full[11..end].to_owned(),
        (false, false) => full[5..end].replace('T', " "),
    }
}

/// The width of a row in its largest unit.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        seconds if seconds < 60 => format!("{seconds} s"),
        seconds if seconds < 3_600 => format!("{} min", seconds / 60),
        seconds if seconds < DAY => format!("{} h", seconds / 3_600),
        seconds if seconds == DAY => "1 day".to_owned(),
        seconds => format!("{} days", seconds / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { color: false, width: 60, unicode: false, bounded: false };

    #[test]
    fn few_calls_among_many_are_seen_and_bars_keep_their_width() {
        let glyphs = Glyphs::of(&PLAIN);
        let bar = |counts, most| glyphs.bar(&Counts(counts), most, 10, &PLAIN);
        assert_eq!(bar([1_000, 0, 1, 0, 0], 1_001), ("#########x".to_owned(), 10));
        assert_eq!(bar([5, 0, 0, 0, 0], 10), ("#####".to_owned(), 5));
        assert_eq!(bar([0, 0, 0, 0, 0], 10), (String::new(), 0));
        assert_eq!(bar([4, 0, 1, 2, 3], 10), ("####xxx???".to_owned(), 10));
        let unicode = Style { unicode: true, ..PLAIN };
        let (bar, _) = Glyphs::of(&unicode).bar(&Counts([1, 0, 1, 0, 0]), 2, 2, &unicode);
        assert_eq!(bar, "█▒");
    }

    #[test]
    fn labels_are_as_short_as_they_can_be() {
        assert_eq!(label(1_772_359_205, 5, true), "10:00:05");
        assert_eq!(label(1_772_359_200, 60, true), "10:00");
        assert_eq!(label(1_772_359_200, 3_600, false), "03-01 10:00");
        assert_eq!(label(1_772_323_200, DAY, false), "2026-03-01");
        assert_eq!(label(i64::MAX, DAY, false), "9223372036854775807s");
        assert_eq!(
            [5, 600, 10_800, DAY, 4 * DAY].map(span),
            ["5 s", "10 min", "3 h", "1 day", "4 days"]
        );
    }
}
