//! A comment on a pull request: as much as GitHub takes, the most dangerous first.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::rows::{Rank, Rows, Things};
use crate::report::common::uri::uri_encoded;

/// How many bytes a comment has. GitHub speaks of 65,536 characters, and counts bytes in some places and characters in
/// others; this is below all of them and leaves room for words of the workflow.
const ROOM: usize = 64_000;

/// How long the names in a marker may be before they are written as a digest.
const LONG_MARKER: usize = 200;

/// What a command has to say in one comment.
pub struct Comment {
    command: &'static str,
    marker: String,
    blocks: Vec<Block>,
    /// Below which heading the next block stands.
    heading: Option<usize>,
}

enum Block {
    Heading {
        rank: Rank,
        things: Things,
        text: String,
    },
    /// Words that stay as long as their heading does.
    Text {
        heading: Option<usize>,
        text: String,
    },
    Rows(Rows),
}

/// One entry: its rank, its block, and its place in it.
type Entry = (Rank, usize, usize);

impl Comment {
    /// An empty comment of a command that was given these paths. They and the command mark it, so that a workflow finds
    /// its own comment again.
    pub fn new<P: AsRef<Path>>(
        command: &'static str,
        paths: impl IntoIterator<Item = P>,
    ) -> Comment {
        let marker = marker(command, paths);
        Comment { command, marker, blocks: Vec::new(), heading: None }
    }

    /// Begins a section; it stays as long as anything in it.
    pub(in crate::report) fn heading(&mut self, rank: Rank, things: Things, text: String) {
        self.heading = Some(self.blocks.len());
        self.blocks.push(Block::Heading { rank, things, text });
    }

    pub(in crate::report) fn text(&mut self, text: String) {
        self.blocks.push(Block::Text { heading: self.heading, text });
    }

    pub(in crate::report) fn rows(&mut self, rows: Rows) {
        let least = rows.showable().iter().map(|row| row.rank).min();
        let heading = self.heading.map(|at| &mut self.blocks[at]);
        if let (Some(Block::Heading { rank, .. }), Some(least)) = (heading, least) {
            *rank = least.min(*rank);
        }
        self.blocks.push(Block::Rows(rows));
    }

    /// The comment as GitHub-flavoured Markdown.
    pub fn finish(&self) -> String {
        let mut entries: Vec<Entry> = self
            .blocks
            .iter()
            .enumerate()
            .flat_map(|(at, block)| self.entries(at, block))
            .collect();
        entries.sort_unstable();
        let whole = self.write(&entries);
        if whole.len() <= ROOM {
            return whole;
        }
        let (mut fitting, mut most) = (0, entries.len());
        while fitting + 1 < most {
            let middle = usize::midpoint(fitting, most);
            match self.write(&entries[..middle]).len() <= ROOM {
                true => fitting = middle,
                false => most = middle,
            }
        }
        self.write(&entries[..fitting])
    }

    fn entries(&self, at: usize, block: &Block) -> Vec<Entry> {
        match block {
            Block::Heading { rank, .. } => vec![(*rank, at, 0)],
            Block::Text { heading, .. } => vec![(self.rank(*heading), at, 0)],
            Block::Rows(rows) => {
                let rows = rows.showable().iter().enumerate();
                rows.map(|(number, row)| (row.rank, at, number)).collect()
            }
        }
    }

    fn rank(&self, heading: Option<usize>) -> Rank {
        match heading.map(|at| &self.blocks[at]) {
            Some(Block::Heading { rank, .. }) => *rank,
            _ => Rank::default(),
        }
    }

    /// The comment with some of its entries.
    fn write(&self, entries: &[Entry]) -> String {
        let length = |block: &Block| match block {
            Block::Rows(rows) => rows.rows.len(),
            _ => 1,
        };
        let mut kept: Vec<Vec<bool>> =
            self.blocks.iter().map(|block| vec![false; length(block)]).collect();
        entries.iter().for_each(|(_, block, entry)| kept[*block][*entry] = true);
        let blocks = self.blocks.iter().zip(&kept).filter_map(|(block, kept)| match block {
            Block::Heading { text, .. } | Block::Text { text, .. } => kept[0].then(|| text.clone()),
            Block::Rows(rows) => rows.write(kept),
        });
        let parts = std::iter::once(self.marker.clone()).chain(blocks).chain(self.left_out(&kept));
        parts.collect::<Vec<_>>().join("\n\n") + "\n"
    }

    /// How much is left out of what, and where it is; nothing where all is there.
    fn left_out(&self, kept: &[Vec<bool>]) -> Option<String> {
        let mut counts: Vec<(Things, usize, usize)> = Vec::new();
        let mut count = |things: Things, number: usize, is_kept: bool| {
            let at = counts.iter().position(|(known, ..)| *known == things).unwrap_or_else(|| {
                counts.push((things, 0, 0));
                counts.len() - 1
            });
            counts[at].1 += if is_kept { 0 } else { number };
            counts[at].2 += number;
        };
        for (block, kept) in self.blocks.iter().zip(kept) {
            match block {
                Block::Heading { things, .. } => count(*things, 1, kept[0]),
                Block::Text { .. } => {}
                Block::Rows(rows) => {
                    let both = rows.rows.iter().zip(kept);
                    both.for_each(|(row, kept)| count(rows.things, row.number, *kept));
                }
            }
        }
        let named = counts.into_iter().filter(|(_, left, _)| *left > 0);
        let named =
            named.map(|(things, left, all)| format!("{left} of {all} {}", things.name(all)));
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| {
            let command = self.command;
            format!(
                "Not shown: {}; `gatelint {command} … --format json` has all.",
                named.join(", ")
            )
        })
    }
}

/// A comment of HTML, which nobody sees. Nothing in a path ends it.
fn marker<P: AsRef<Path>>(command: &str, paths: impl IntoIterator<Item = P>) -> String {
    let name = |path: P| {
        let path = path.as_ref().to_string_lossy().replace('\\', "/");
        let named = uri_encoded(path.trim_end_matches('/'));
        format!(" {}", if named.is_empty() { "/" } else { &named })
    };
    let mut names: String = paths.into_iter().map(name).collect();
    if names.len() > LONG_MARKER {
        let digest = Sha256::digest(&names);
        names = digest[..8].iter().fold(" ".to_owned(), |out, byte| format!("{out}{byte:02x}"));
    }
    format!("<!-- gatelint:{command}{names} -->")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::common::markdown::{Column, code, plain, tag};

    const THINGS: Things = Things("thing", "things");

    fn comment(number: usize, name: &str) -> String {
        let mut comment = Comment::new("lint", ["policies/"]);
        for section in ["a", "b"] {
            comment.heading((9, 0), Things("file", "files"), format!("### {section}"));
            comment.text(plain(name));
            let mut rows = Rows::table(THINGS, &[Column::Text("name"), Column::Number("at")]);
            for at in 0..number {
                let rank = if section == "b" && at + 1 == number { 0 } else { 1 };
                rows.row((rank, 0), 1, &[code(name), at.to_string()]);
            }
            comment.rows(rows);
            let mut rows = Rows::shell(Things("command", "commands")).folded(tag(name));
            rows.item((5, 0), format!("gatelint explain '{name}'"));
            comment.rows(rows);
        }
        comment.finish()
    }

    #[test]
    fn what_fits_is_whole() {
        let text = comment(2, "a");
        assert!(text.starts_with("<!-- gatelint:lint policies -->\n\n### a\n\na\n\n| name | at |\n| --- | --: |\n| `a` | 0 |\n"));
        assert!(!text.contains("Not shown"), "{text}");
        let many = comment(25, "a");
        assert!(
            many.contains("\n\n<details><summary>5 more things</summary>\n\n| name | at |\n"),
            "{many}"
        );
    }

    #[test]
    fn whole_entries_are_left_out_those_last_that_are_most_dangerous() {
        let long = "\u{1f680}".repeat(50);
        for name in ["a", "``` </details> <!-- gatelint:diff --> | @org/team", &long] {
            for number in [5_000, 10_000] {
                let text = comment(number, name);
                assert!(text.len() <= ROOM && text.len() > ROOM - 1_000, "{}", text.len());
                let tags =
                    [text.matches("<details>").count(), text.matches("\n</details>").count()];
                assert_eq!(tags[0], tags[1]);
                assert!(text.starts_with("<!-- gatelint:lint policies -->\n"));
                assert_eq!(text.matches("<!--").count(), 1);
                assert!(text.contains(&format!("| {} |\n", number - 1)), "the gravest is shown");
                let shown = text.matches(" |\n").count()
                    - text.matches("| name | at |\n| --- | --: |\n").count() * 2;
                let left = 2 * number - shown;
                let line = format!("Not shown: {left} of {} things, 2 of 2 commands; ", 2 * number);
                assert!(text.contains(&line), "{}", &text[text.len() - 200..]);
            }
        }
    }

    #[test]
    fn a_marker_tells_jobs_apart_and_nothing_ends_it() {
        assert_eq!(marker("lint", ["."; 1]), "<!-- gatelint:lint . -->");
        assert_eq!(marker("diff", ["a/", "b c"]), "<!-- gatelint:diff a b%20c -->");
        assert_eq!(marker("lint", ["--><img>"]), "<!-- gatelint:lint --%3E%3Cimg%3E -->");
        let long = marker("lint", ["a".repeat(300)]);
        assert!(long.len() < 50 && long != marker("lint", ["b".repeat(300)]), "{long}");
        assert_eq!(marker("replay", [""; 0]), "<!-- gatelint:replay -->");
    }
}
