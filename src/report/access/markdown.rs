//! What two policies let pass, compared for all calls, as a comment on a pull request.

use std::fmt::Write;

use super::words;
use super::words::Group;
use crate::diff::{AccessChanges, Certainty, Change, Compared, Flips, ToolChange};
use crate::report::common::escape::escape;
use crate::solver::{Evidence, Lost};

/// How many protections are shown: comments on GitHub hold 65,536 characters.
const SHOWN: usize = 40;

/// How long one cell of the table may be.
const LONG: usize = 300;

/// Writes one comparison as GitHub-flavoured Markdown.
pub fn write_access_markdown(
    out: &mut String,
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
    flips: Option<&Flips>,
) {
    let loosens = if access.tools.is_empty() { Certainty::No } else { access.loosens() };
    let mark = match loosens.max(recorded(flips)) {
        Certainty::No => "✅",
        Certainty::Maybe => "⚠️",
        Certainty::Yes => "❌",
    };
    let new = compared.new_version();
    _ = writeln!(out, "### {mark} {}: {}\n", code(&new.name), words::verdict(access));
    let lost = |side: fn(&ToolChange<'_>) -> usize| access.tools.iter().map(side).sum::<usize>();
    if lost(|change| change.loosened.len()) > 0 {
        table(out, "lost protection", "passes now", access, |change| &change.loosened);
        commands(out, &new.name, access);
    }
    if lost(|change| change.tightened.len()) > 0 {
        table(out, "new protection", "is refused now", access, |change| &change.tightened);
    }
    if let Some(flips) = flips {
        let counts = Change::ALL.map(|change| format!("{} {}", flips.count(change), change.name()));
        _ = writeln!(out, "Of {} recorded calls: {}.\n", flips.calls, counts.join(", "));
    }
    _ = writeln!(out, "<sub>{}</sub>\n", plain(&words::basis(access)));
}

/// Whether recorded calls pass now that were refused.
fn recorded(flips: Option<&Flips>) -> Certainty {
    let any = |change| flips.is_some_and(|flips| flips.count(change) > 0);
    match (any(Change::Loosened), any(Change::MaybeLoosened)) {
        (true, _) => Certainty::Yes,
        (false, true) => Certainty::Maybe,
        (false, false) => Certainty::No,
    }
}

fn table<'c, 'p>(
    out: &mut String,
    protection: &str,
    shown_by: &str,
    access: &'c AccessChanges<'p>,
    side: impl Fn(&'c ToolChange<'p>) -> &'c Vec<Lost<'p>>,
) {
    _ = writeln!(out, "| tool | {protection} | {shown_by} |\n|---|---|---|");
    let rows: Vec<String> = words::groups(access, side).iter().map(row).collect();
    for row in rows.iter().take(SHOWN) {
        out.push_str(row);
    }
    if rows.len() > SHOWN {
        _ = writeln!(out, "| … | and {} more | |", rows.len() - SHOWN);
    }
    out.push('\n');
}

fn row(group: &Group<'_, '_>) -> String {
    let Group { tools, lost } = group;
    let shown = match &lost.evidence {
        Evidence::Call(arguments) => code(&words::compact(arguments)),
        Evidence::Burst(burst) => plain(&words::burst(burst)),
        Evidence::Unknown(why) => plain(&format!("unknown: {why}")),
    };
    let protection = code(&words::protection(&lost.protection));
    format!("| {} | {protection} | {shown} |\n", code(&words::tools(tools)))
}

fn commands(out: &mut String, policy: &str, access: &AccessChanges<'_>) {
    let commands: Vec<String> = words::groups(access, |change| &change.loosened)
        .iter()
        .filter_map(|group| match &group.lost.evidence {
            Evidence::Call(arguments) => {
                Some(words::explain(policy, words::call_name(group.tools[0]), arguments))
            }
            _ => None,
        })
        .take(SHOWN)
        .collect();
    if commands.is_empty() {
        return;
    }
    let longest = commands.iter().flat_map(|command| command.split(|c| c != '`')).map(str::len);
    let fence = "`".repeat(longest.max().unwrap_or(0).max(2) + 1);
    _ = writeln!(
        out,
        "<details><summary>Run it yourself</summary>\n\n{fence}sh\n{}\n{fence}\n\n</details>\n",
        commands.join("\n")
    );
}

/// Text as code that no Markdown in it can leave: what could be markup is written as a number.
pub(in crate::report) fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// Text in which nothing is markup; what could be is written as a number.
pub(in crate::report) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = escape(text);
    for (at, character) in text.chars().enumerate() {
        match character {
            _ if at >= LONG => {
                out.push('…');
                break;
            }
            '&' | '<' | '>' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '@' | '!'
            | '$' | ':' | '^' => {
                _ = write!(out, "&#{};", character as u32);
            }
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_markup_comes_out_of_a_policy() {
        assert_eq!(code("a|b`</code>@x"), "<code>a&#124;b&#96;&#60;/code&#62;&#64;x</code>");
        assert_eq!(plain(&"x".repeat(400)).chars().count(), LONG + 1);
    }
}
