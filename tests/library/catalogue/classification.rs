//! How well tools are classified, measured on 600 tools whose category others have published.
//!
//! The labels are PolicyLayer's (its catalogue pages, and the section headings of Intercept's
//! policies). Those marked `wrong` are plainly so and judge nothing.
//! `cargo test --test library classification -- --nocapture` prints the matrices.

use std::collections::BTreeMap;
use std::fmt::Write;

use gatelint::catalogue::{Annotations, Arguments, Category, Subject, Vocabulary, classify};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    server: String,
    tool: String,
    category: Category,
    arguments: Option<Arguments>,
    annotations: Option<Annotations>,
    #[serde(default)]
    wrong: bool,
}

fn labelled() -> Vec<Labelled> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/catalogue/labelled.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What the labels are held against: the name alone, or everything that is known of the tool.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    Name,
    Everything,
}

impl Labelled {
    fn subject(&self, known: Known) -> Subject<'_> {
        match known {
            Known::Name => Subject::named(&self.tool),
            Known::Everything => Subject {
                arguments: self.arguments.as_ref(),
                annotations: self.annotations.as_ref(),
                ..Subject::named(&self.tool)
            },
        }
    }
}

/// How often a label was taken for a category.
#[derive(Default)]
struct Confusion {
    counts: BTreeMap<(Category, Category), usize>,
    misses: Vec<String>,
}

impl Confusion {
    fn measure(known: Known, tools: &[&Labelled]) -> Confusion {
        let mut confusion = Confusion::default();
        for tool in tools {
            let verdict = classify(&tool.subject(known));
            *confusion.counts.entry((tool.category, verdict.category)).or_default() += 1;
            if verdict.category != tool.category {
                let (label, found) = (tool.category, verdict.category);
                let mark = if is_dangerous_miss(label, found) { "DANGEROUS " } else { "" };
                let evidence = verdict.evidence.join("; ");
                confusion.misses.push(format!(
                    "{mark}{} of {}: {label}, taken for {found} ({evidence})",
                    tool.tool, tool.server
                ));
            }
        }
        confusion
    }

    fn sum(&self, counts: impl Fn(Category, Category) -> bool) -> usize {
        let counted = self.counts.iter().filter(|((label, found), _)| counts(*label, *found));
        counted.map(|(_, count)| count).sum()
    }

    fn of(&self) -> usize {
        self.sum(|_, _| true)
    }

    fn right(&self) -> usize {
        self.sum(|label, found| label == found)
    }

    fn table(&self) -> String {
        let mut out = format!("{:>24}", "label \\ taken for");
        Category::ALL.iter().for_each(|found| _ = write!(out, "{:>12}", found.word()));
        for label in Category::ALL {
            _ = write!(out, "\n{:>24}", label.word());
            for found in Category::ALL {
                let count = self.counts.get(&(*label, *found)).copied().unwrap_or(0);
                _ = write!(out, "{count:>12}");
            }
        }
        let (right, of) = (self.right(), self.of());
        let share = right as f64 * 100.0 / of as f64;
        let dangerous = self.sum(|label, _| label.is_dangerous());
        let missed = self.sum(is_dangerous_miss);
        _ = write!(
            out,
            "\n{right} of {of} right ({share:.1} %); {missed} of {dangerous} that are dangerous taken for Read"
        );
        out
    }
}

fn is_dangerous_miss(label: Category, found: Category) -> bool {
    label.is_dangerous() && found == Category::Read
}

#[expect(clippy::disallowed_macros, reason = "the matrix is for who runs it with --nocapture")]
fn assert_good(what: &str, confusion: &Confusion) {
    println!("\n{what}\n{}\n{}", confusion.table(), confusion.misses.join("\n"));
    let (right, of) = (confusion.right(), confusion.of());
    assert!(right * 100 >= of * 92, "{what}: {right} of {of}");
    let dangerous = confusion.sum(|label, _| label.is_dangerous());
    let missed = confusion.sum(is_dangerous_miss);
    assert!(missed * 100 <= dangerous, "{what}: {missed} of {dangerous} taken for Read");
}

#[test]
fn names_alone_are_classified_as_others_have_labelled_them() {
    let all = labelled();
    let tools: Vec<&Labelled> = all.iter().filter(|tool| !tool.wrong).collect();
    assert_good("By name", &Confusion::measure(Known::Name, &tools));
}

#[test]
fn everything_that_a_server_announces_is_weighed_and_may_raise_a_category() {
    let all = labelled();
    let tools: Vec<&Labelled> =
        all.iter().filter(|tool| !tool.wrong && tool.arguments.is_some()).collect();
    assert!(tools.len() > 100);
    assert_good("By name, of tools with known arguments", &Confusion::measure(Known::Name, &tools));
    let everything = Confusion::measure(Known::Everything, &tools);
    assert_good("By everything announced", &everything);
    assert_eq!(everything.sum(|label, found| label > Category::Write && found < label), 1);
}

#[test]
fn the_labels_are_600_of_which_two_are_plainly_wrong() {
    let all = labelled();
    assert_eq!(all.len(), 600);
    let wrong: Vec<&str> = all.iter().filter(|tool| tool.wrong).map(|tool| &*tool.tool).collect();
    assert_eq!(wrong, ["compare_transfer_options", "parse_http_headers"]);
}
