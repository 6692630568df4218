//! Which rules of agents hold wherever other ones do.
//!
//! Whether a rule's test covers another one's is asked of the patterns, never of examples. Every answer
//! "yes" is certain; "no" says only that it is not known.

use crate::engine::covers_command;
use crate::policy::paths::is_within;
use crate::policy::{
    CallTest, CommandPattern, CommandTest, JsPattern, PartsProfile, PathPattern, PermissionRule,
    Reach, SubjectTest, ToolTest, Wildcard, WildcardSyntax,
};

/// Whether a rule is about every name that another one is about.
pub(super) fn covers_names(rule: &PermissionRule, other: &PermissionRule) -> bool {
    rule.name.covers(&other.name)
}

/// Whether the test of a rule holds for every subject for which that of another one does; `profile` is what the
/// agent knows of the parts of shell texts, if it looks at them.
pub(super) fn covers_test(
    rule: &PermissionRule,
    other: &PermissionRule,
    profile: Option<&PartsProfile>,
) -> bool {
    use SubjectTest::{
        Anything, AnythingUnsure, Argument, Below, Call, Command, Host, Inside, Path, Program,
        Text, Unsure as Partly, UrlHost, Words,
    };
    match (&rule.test, &other.test) {
        (Anything, _) => true,
        (AnythingUnsure(_) | Partly(..), _) => is_same_unsure(rule, other),
        (Text(own), Anything) => is_everything(own),
        (Text(own), Text(theirs) | Partly(theirs, _)) => own.covers(theirs),
        (Words(own), Words(theirs)) => begins_with(own, theirs),
        (Program(own, paths), Program(theirs, their_paths)) => {
            let has_paths = match (paths, their_paths) {
                (None, _) => true,
                (Some(paths), Some(theirs)) => theirs.iter().all(|path| paths.contains(path)),
                (Some(_), None) => false,
            };
            has_paths && begins_with(own, theirs)
        }
        (Below(own), Below(theirs)) => theirs.iter().all(|folder| own.contains(folder)),
        (Inside(own), Inside(theirs)) => theirs.iter().all(|folder| own.contains(folder)),
        (Path(own), Path(theirs)) => own == theirs || covers_path(own, theirs),
        (Host(own), Host(theirs)) => own.covers(theirs),
        (
            UrlHost { pattern, within_label },
            UrlHost { pattern: theirs, within_label: their_label },
        ) => {
            let is_same = (pattern, within_label) == (theirs, their_label);
            is_same || (!within_label && pattern.is_all()) || covers_host(pattern, theirs)
        }
        (Argument(name, own), Argument(other, theirs)) => name == other && own.covers(theirs),
        (Command(own), Command(theirs)) => covers_commands(own, theirs, profile),
        (Call(own), Call(theirs)) => covers_call(own, theirs),
        (own, theirs) => own == theirs,
    }
}

/// Whether a pattern matches every text, however many stars it has.
pub(super) fn is_everything(pattern: &Wildcard) -> bool {
    let source = pattern.source();
    !source.is_empty() && source.chars().all(|letter| letter == '*')
}

/// Whether it is certain that no subject meets both tests.
pub(super) fn are_apart(rule: &PermissionRule, other: &PermissionRule) -> bool {
    match (&rule.test, &other.test) {
        (SubjectTest::Text(own), SubjectTest::Text(theirs)) => own.is_apart_from(theirs),
        (SubjectTest::Host(own), SubjectTest::Host(theirs)) => own.is_apart_from(theirs),
        (SubjectTest::Call(own), SubjectTest::Call(theirs)) => {
            let differ = |one: Option<bool>, other| one.zip(other).is_some_and(|(a, b)| a != b);
            differ(own.interactive, theirs.interactive)
                || own.server.is_some() && theirs.server.is_some() && own.server != theirs.server
        }
        _ => false,
    }
}

/// Whether two rules wait for the same fact in the same way. Their words tell, for a pattern that is not
/// known stands nowhere else; a file that is put in is the same only in the same file.
fn is_same_unsure(rule: &PermissionRule, other: &PermissionRule) -> bool {
    let is_put_in = rule.text.contains("{file:");
    rule.test == other.test
        && (rule.ruling, &rule.text) == (other.ruling, &other.text)
        && (!is_put_in || rule.origin.file == other.origin.file)
}

/// Whether a pattern of words, with one of several in each place, is the beginning of another one.
fn begins_with(own: &[Vec<Box<str>>], theirs: &[Vec<Box<str>>]) -> bool {
    let has = |(own, theirs): (&Vec<Box<str>>, &Vec<Box<str>>)| {
        theirs.iter().all(|word| own.contains(word))
    };
    own.len() <= theirs.len() && own.iter().zip(theirs).all(has)
}

/// Whether a line of gitignore names a folder with all that lies there, and another one something that does.
fn is_all_below(own: &str, theirs: &str) -> bool {
    let folder = own.strip_suffix("/**").unwrap_or(own);
    let rest = theirs.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    folder.starts_with('/')
        && is_fixed(folder)
        && rest.is_some_and(|rest| !rest.trim_matches('/').is_empty())
}

/// Whether a line of gitignore leaves nothing open.
fn is_fixed(line: &str) -> bool {
    !line.contains(['*', '?', '[', '\\'])
}

/// Whether a line of gitignore names all that one names that is a fixed path: it, and what lies below.
fn covers_path(own: &PathPattern, theirs: &PathPattern) -> bool {
    let is_wider = own.is_caseless() || !theirs.is_caseless();
    // A folder that stands for another lies in none but itself.
    let (folder, their_folder) = (own.folder(), theirs.folder());
    let is_known = folder.starts_with('/') && their_folder.starts_with('/');
    let is_below = folder == their_folder || (is_known && is_within(their_folder, folder));
    if !is_wider || !is_below {
        return false;
    }
    let is_all = own.source() == "*";
    if folder == their_folder && is_all_below(own.source(), theirs.source()) {
        return true;
    }
    let Some(way) = theirs.source().strip_prefix('/') else { return is_all };
    let is_fixed = !way.is_empty() && !way.ends_with('/') && is_fixed(way);
    let fixed = || format!("{}/{way}", theirs.folder().trim_end_matches('/'));
    is_all || (is_fixed && own.matches(&fixed()))
}

/// Whether a pattern of hosts that begins with `*.` matches all that another one of the kind matches.
fn covers_host(own: &Wildcard, theirs: &Wildcard) -> bool {
    let ending = |pattern: &Wildcard| {
        let rest = pattern.source().strip_prefix("*.")?;
        (!rest.contains('*')).then(|| rest.to_owned())
    };
    match (ending(own), ending(theirs)) {
        (Some(own), Some(theirs)) => theirs.ends_with(&format!(".{own}")),
        _ => false,
    }
}

fn covers_commands(
    own: &CommandTest,
    theirs: &CommandTest,
    profile: Option<&PartsProfile>,
) -> bool {
    match (own, theirs) {
        (CommandTest::Plain(own), CommandTest::Plain(theirs)) => {
            std::ptr::eq(*own, *theirs) || own == theirs
        }
        (CommandTest::Matches(own, reach), CommandTest::Matches(theirs, their_reach)) => {
            let reaches = reach == their_reach
                || (*reach == Reach::WideAndWhole && *their_reach == Reach::Wide);
            reaches && covers_pattern(own, *reach, theirs, profile)
        }
        (own, theirs) => own == theirs,
    }
}

/// Whether a pattern of commands matches wherever another one does.
///
/// A whole text is held against other forms of a command than a pattern is: against it as it is written, and
/// against all of the call. Of one whose blanks are single the first is among the forms too, and of the second
/// there is just one, which the engine is asked about.
fn covers_pattern(
    own: &CommandPattern,
    reach: Reach,
    theirs: &CommandPattern,
    profile: Option<&PartsProfile>,
) -> bool {
    use CommandPattern::{Exact, Glob, Prefix};
    let glob = |text: &str| Wildcard::new(text, WildcardSyntax::default());
    match (own, theirs) {
        (Exact(own), Exact(theirs)) => own == theirs,
        (Exact(_), _) => false,
        (own, Exact(text)) => {
            let is_single = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ") == **text;
            let is_whole = |profile| covers_command(text, own, reach, profile);
            is_single && own.matches(text) && profile.is_some_and(is_whole)
        }
        (Prefix(own), Prefix(theirs)) => {
            theirs.strip_prefix(&**own).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        }
        (Prefix(own), Glob(theirs)) => {
            let fixed = theirs.source().split('*').next().unwrap_or_default();
            fixed.strip_prefix(&**own).is_some_and(|rest| rest.starts_with(' '))
        }
        (Glob(own), Prefix(theirs)) => {
            !theirs.contains('*') && own.covers(&glob(&format!("{theirs}*")))
        }
        (Glob(own), Glob(theirs)) => own.covers(theirs),
    }
}

/// Whether a test of whole calls holds wherever another one does.
fn covers_call(own: &CallTest, theirs: &CallTest) -> bool {
    let has = |fact| theirs.annotations.contains(fact);
    covers_tool(&own.tool, &theirs.tool)
        && (own.server.is_none() || own.server == theirs.server)
        && (own.caller.is_none() || own.caller == theirs.caller)
        && (own.interactive.is_none() || own.interactive == theirs.interactive)
        && own.annotations.iter().all(has)
        && match (&own.arguments, &theirs.arguments) {
            (None, _) => true,
            (Some(own), Some(theirs)) => covers_arguments(own, theirs),
            (Some(_), None) => false,
        }
}

fn covers_tool(own: &ToolTest, theirs: &ToolTest) -> bool {
    match (own, theirs) {
        (ToolTest::Any, _) | (ToolTest::OfServers, ToolTest::OfServer(_)) => true,
        (ToolTest::Named(own), ToolTest::Named(theirs)) => {
            theirs.iter().all(|name| own.contains(name))
        }
        (own, theirs) => own == theirs,
    }
}

/// Whether an expression over the text of all arguments matches wherever another one does: it is the same,
/// or both are made of the beginning of a command, and one beginning goes on in the other.
fn covers_arguments(own: &JsPattern, theirs: &JsPattern) -> bool {
    const END: &str = r#"(?:[\s"]|\\")"#;
    if own == theirs {
        return true;
    }
    let begin = |pattern: &JsPattern| {
        let rest = pattern.source().strip_prefix(r#""command":""#)?.strip_suffix(END)?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || " _=,:@%".contains(c);
        rest.replace("\\-", "").replace("\\/", "").chars().all(is_plain).then(|| rest.to_owned())
    };
    match (begin(own), begin(theirs)) {
        (Some(own), Some(theirs)) => theirs.starts_with(&format!("{own} ")),
        _ => false,
    }
}
