//! Rules about paths: where a pattern begins, and what it covers.

use super::layers::Source;
use crate::policy::folders::{below, followed};
use crate::policy::path_pattern::PathPattern;
use crate::policy::permissions::{Ground, Ruling, SubjectTest};

/// What the pattern of a rule asks of a path, each of which is enough; nothing where it never matches.
pub(super) fn tests(
    pattern: &str,
    ruling: Ruling,
    source: &Source,
    ground: &Ground,
) -> Vec<SubjectTest> {
    let Some(test) = test(pattern, ruling, source, ground) else { return Vec::new() };
    let led = match &test {
        SubjectTest::Path(pattern) if ruling != Ruling::Allow => led(pattern, ground),
        _ => None,
    };
    std::iter::once(test).chain(led.map(SubjectTest::Path)).collect()
}

/// The pattern of what the fixed beginning of another leads to by links, if it does.
fn led(pattern: &PathPattern, ground: &Ground) -> Option<PathPattern> {
    let line = pattern.source().strip_prefix('/')?;
    let folder = pattern.begin(ground.start.as_deref(), ground.home.as_deref())?;
    let fixed = match line.find(['*', '?', '[', '\\']) {
        Some(at) => &line[..line[..at].rfind('/')?],
        None => line,
    };
    let target = followed(&below(folder, fixed), &ground.links)?;
    PathPattern::new("/", &format!("{target}{}", &line[fixed.len()..]), true)
}

/// What the pattern asks of a path as it is written; none where it never matches.
fn test(pattern: &str, ruling: Ruling, source: &Source, ground: &Ground) -> Option<SubjectTest> {
    if matches!(pattern, ".." | "~" | "" | "." | "./") || pattern.starts_with(['!', '#']) {
        return None;
    }
    if pattern.starts_with("../") {
        return None;
    }
    let start = ground.start.as_deref();
    let (folder, line, unknown) = if let Some(rest) = pattern.strip_prefix("//") {
        (Some("/"), format!("/{rest}"), PathPattern::START)
    } else if let Some(rest) = pattern.strip_prefix("~/") {
        (ground.home.as_deref(), format!("/{rest}"), PathPattern::HOME)
    } else if let Some(rest) = pattern.strip_prefix('/') {
        (source.anchor.as_deref().or(start), format!("/{rest}"), PathPattern::START)
    } else {
        let bare = pattern.strip_prefix("./").unwrap_or(pattern);
        (start, line_below(bare, ruling), PathPattern::START)
    };
    let line = with_last_blanks(&single_slashes(&line));
    // Where the agent was started is told with each call, if its record has it.
    let folder = folder.filter(|folder| start != Some(*folder)).unwrap_or(unknown);
    // What follows a folder's name and two stars is all that lies in it, and the folder too.
    let line =
        line.strip_suffix("/**").filter(|rest| !rest.is_empty()).map_or(line.clone(), Into::into);
    let line = if line == "/**" || line == "/*" { "*".to_owned() } else { line };
    PathPattern::new(folder, &line, true).map(SubjectTest::Path)
}

/// A pattern without an anchor as a line of gitignore: one name is found at any depth, but one with `/**`
/// behind it only where it forbids.
fn line_below(pattern: &str, ruling: Ruling) -> String {
    match pattern.strip_suffix("/**") {
        Some(name) if !name.contains('/') && !name.is_empty() && name != "**" => match ruling {
            Ruling::Allow => format!("/{name}/**"),
            Ruling::Ask | Ruling::Deny => name.to_owned(),
        },
        Some(name) if name.contains('/') => format!("/{name}/**"),
        _ => pattern.to_owned(),
    }
}

/// A line whose slashes stand alone.
fn single_slashes(line: &str) -> String {
    let mut single = String::with_capacity(line.len());
    for letter in line.chars() {
        if letter != '/' || !single.ends_with('/') {
            single.push(letter);
        }
    }
    single
}

/// A line whose last blanks count, which those of gitignore do not.
fn with_last_blanks(line: &str) -> String {
    let text = line.trim_end_matches(' ');
    if text.ends_with('\\') {
        return line.to_owned();
    }
    let blanks = line.len() - text.len();
    format!("{text}{}", "\\ ".repeat(blanks))
}
