//! What no output may do to who reads it, whatever the names in it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// What an output does that only a hostile name can bring about.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Harm {
    /// A character that moves the cursor or is not seen.
    Invisible,
    /// A line that GitHub takes for a command.
    Command,
    /// What GitHub in its older notation and Azure take for a command wherever it stands.
    Marker,
    /// Markdown that is more than the text of a name.
    Markup,
}

/// An annotation as `github` writes it, in which nothing is a command any more.
static ANNOTATION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^::(error|warning|notice) file=").unwrap());

/// Everything harmful in an output. `kind` is the end of the snapshot's name.
pub(super) fn harms(text: &str, kind: &str) -> BTreeSet<Harm> {
    let plain = if kind == "coloured" { without_colours(text) } else { text.to_owned() };
    let annotates = |line: &&str| kind == "github" && ANNOTATION.is_match(line);
    // Blanks before a command do not keep it from being one.
    let lines = || text.lines().map(str::trim_start).filter(|line| !annotates(line));
    let found = [
        (Harm::Invisible, plain.chars().any(is_invisible)),
        (Harm::Command, lines().any(|line| line.starts_with("::"))),
        (Harm::Marker, lines().any(|line| line.contains("##[") || line.contains("##vso["))),
        (Harm::Markup, kind == "markdown" && !is_tame(text)),
    ];
    found.into_iter().filter(|(_, is_there)| *is_there).map(|(harm, _)| harm).collect()
}

/// Whether a reader does not see a character as it is. The line break is the only control
/// character that an output needs.
pub(super) fn is_invisible(character: char) -> bool {
    static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
        let properties = r"[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}]";
        Regex::new(properties).unwrap()
    });
    // Our own signs have a selector that makes them colourful.
    (character.is_control() && character != '\n')
        || (character != '\u{fe0f}' && HIDDEN.is_match(character.encode_utf8(&mut [0; 4])))
}

/// The text without the sequences that set a colour or weight, and only those.
fn without_colours(text: &str) -> String {
    Regex::new("\x1b\\[[0-9;]*m").unwrap().replace_all(text, "").into_owned()
}

/// Whether Markdown has, outside code, no tags but ours, no links and no mentions, and whether the
/// rows of a table are equally long.
fn is_tame(text: &str) -> bool {
    let marker = Regex::new(r"\A<!-- gatelint:[a-z]+( [\w%./~@-]+)* -->\n").unwrap();
    let text = &*marker.replace(text, "");
    let prose = without_code(text);
    let tag = Regex::new(r"</?(code|details|summary|sub|br)>").unwrap();
    let prose = tag.replace_all(&prose, "");
    let is_plain = !["<", "](", "http://", "https://", "@"].iter().any(|part| prose.contains(part));
    let bar = Regex::new(r"(?:^|[^\\])\|").unwrap();
    let mut tables = text.split("\n\n").filter(|part| part.starts_with('|'));
    let is_even = tables.all(|table| {
        let widths: BTreeSet<usize> =
            table.lines().map(|line| bar.find_iter(line).count()).collect();
        widths.len() == 1
    });
    is_plain && is_even
}

/// Markdown without escaped characters and without its spans of code, which end at the
/// next run of as many backticks.
fn without_code(text: &str) -> String {
    let mut prose = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '\\']) {
        prose.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('\\') {
            let mut behind = rest.chars();
            behind.nth(1);
            rest = behind.as_str();
            continue;
        }
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        rest = after_code(&rest[ticks..], ticks).unwrap_or(&rest[ticks..]);
    }
    prose + rest
}

/// What comes behind the run of backticks that ends a span of code on its line.
fn after_code(text: &str, ticks: usize) -> Option<&str> {
    let line = text.lines().next()?;
    let runs = Regex::new("`+").unwrap();
    let end = runs.find_iter(line).find(|run| run.len() == ticks)?;
    Some(&text[end.end()..])
}

#[test]
fn every_harm_is_seen_and_nothing_else() {
    let seen = |text: &str, kind: &str| harms(text, kind).into_iter().collect::<Vec<_>>();
    for text in ["a\x1b[2Jb", "a\u{202e}b", "a\u{200b}b", "a\tb", "\u{feff}a"] {
        assert_eq!(seen(text, "human"), [Harm::Invisible], "{text:?}");
    }
    assert_eq!(seen("\x1b[1;31ma\x1b[0m", "coloured"), []);
    assert_eq!(seen("\x1b[2Ja", "coloured"), [Harm::Invisible]);
    assert_eq!(seen("a\n  ::error file=a::b", "human"), [Harm::Command]);
    for text in ["a ##[error]b", "##vso[task.complete]"] {
        assert_eq!(seen(text, "human"), [Harm::Marker], "{text:?}");
    }
    assert_eq!(seen("::error file=a,line=1::b ##[error]", "github"), []);
    assert_eq!(seen("::stop-commands::a", "github"), [Harm::Command]);
    let wild = [
        "<img src=a>",
        "[a](b)",
        "<!-- gatelint:lint a --> a",
        "a\n<!-- gatelint:lint a -->\n",
        "https://a.example",
        "@a",
        "`` `<img>` ``` <img>",
        "| a | b |\n| c | d | e |",
    ];
    for text in wild {
        assert_eq!(seen(text, "markdown"), [Harm::Markup], "{text:?}");
    }
    for text in [
        "`<img>`",
        "`` ` <img> ``<br>",
        r"\<img\>",
        "<!-- gatelint:lint a -->\n\na",
        "| a | b |\n| `c\\|` | d |",
    ] {
        assert_eq!(seen(text, "markdown"), [], "{text:?}");
    }
}
