//! Rules about paths: where a pattern begins, and what it covers.

use super::rules::Source;
use crate::policy::path_pattern::PathPattern;
use crate::policy::permissions::{Ground, Ruling, SubjectTest, Unsure};
use crate::policy::wildcard::{Wildcard, WildcardSyntax};

/// What the pattern of a rule asks of a path; none where it never matches.
pub(super) fn test(
    pattern: &str,
    ruling: Ruling,
    source: &Source,
    ground: &Ground,
) -> Option<SubjectTest> {
    if matches!(pattern, ".." | "~" | "" | "." | "./") || pattern.starts_with(['!', '#']) {
        return None;
    }
    if pattern.starts_with("../") {
        return None;
    }
    let start = ground.start.as_deref();
    let (folder, line, fact) = if let Some(rest) = pattern.strip_prefix("//") {
        (Some("/"), format!("/{rest}"), Unsure::Folder)
    } else if let Some(rest) = pattern.strip_prefix("~/") {
        (ground.home.as_deref(), format!("/{rest}"), Unsure::Home)
    } else if let Some(rest) = pattern.strip_prefix('/') {
        (source.anchor.as_deref().or(start), format!("/{rest}"), Unsure::Folder)
    } else {
        let bare = pattern.strip_prefix("./").unwrap_or(pattern);
        (start, line_below(bare, ruling), Unsure::Folder)
    };
    let Some(folder) = folder else {
        return Some(SubjectTest::Unsure(Wildcard::new("*", WildcardSyntax::default()), fact));
    };
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
