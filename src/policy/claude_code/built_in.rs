//! What the program decides by itself, and what its modes change.

use super::plain::{EDITING, READ_ONLY};
use super::rules::{ASKING, BUILT_IN, BYPASS, DENY, List, MODE, NOTHING, PLAN, PROTECTED, SAFETY};
use super::tools::{EDITORS, READERS, READS, REDIRECTS, WRITES};
use crate::policy::commands::CommandTest;
use crate::policy::path_pattern::PathPattern;
use crate::policy::permissions::{Ruling, SubjectTest};
use crate::policy::wildcard::{Wildcard, WildcardSyntax};

/// The folders and files that are not changed without a question, at any depth and in any case.
const PROTECTED_NAMES: [&str; 21] = [
    ".git",
    ".claude",
    ".vscode",
    ".idea",
    ".husky",
    ".devcontainer",
    ".gitmodules",
    ".gitconfig",
    ".mcp.json",
    ".claude.json",
    ".npmrc",
    ".envrc",
    ".bashrc",
    ".bash_profile",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".ripgreprc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnp.cjs",
];

/// The hosts of documentation that are fetched from without a question, as far as they are known.
const DOCUMENTATION: [&str; 2] = ["docs.python.org", "code.claude.com"];

/// The tools that need no permission.
/// Source: <https://code.claude.com/docs/en/tools-reference>.
const FREE: [&str; 9] = [
    "Skill",
    "TodoWrite",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskUpdate",
    "TaskOutput",
    "EnterPlanMode",
    "ListMcpResourcesTool",
];

const AGENTS: [&str; 2] = ["Agent", "Task"];

/// Adds what the program brings along.
pub(super) fn add(list: &mut List<'_>, folders: &[Box<str>], no_reads_outside: bool) {
    use Ruling::{Allow, Ask, Deny};
    let inside = SubjectTest::Inside(folders.to_vec());
    let any = SubjectTest::Anything;
    let classified: Vec<String> = list.classified.iter().map(|mode| mode.to_string()).collect();
    let classified: Vec<&str> = classified.iter().map(String::as_str).collect();
    let unclassified: Vec<&str> = ["default", "acceptEdits", "plan"]
        .into_iter()
        .filter(|m| !classified.contains(m))
        .collect();

    // What is a link is never written through.
    list.built_in(Deny, &EDITORS[..2], &SubjectTest::Link, &[], DENY);
    let critical = SubjectTest::Command(CommandTest::Critical);
    list.built_in(
        Ask,
        &["Bash"],
        &critical,
        &[&unclassified[..], &["bypassPermissions"]].concat(),
        SAFETY,
    );
    list.built_in(Deny, &["Bash"], &critical, &classified, SAFETY);
    list.built_in(Deny, &["Bash"], &critical, &["dontAsk"], SAFETY);
    list.built_in(Ask, &["AskUserQuestion"], &any, &[], SAFETY);
    if no_reads_outside {
        let reads = [&READERS[..], &[READS]].concat();
        list.built_in(Allow, &reads, &inside, &["bypassPermissions"], BYPASS + 2);
        list.built_in(Deny, &READERS, &any, &["bypassPermissions"], BYPASS + 1);
        list.built_in(Ask, &[READS], &any, &["bypassPermissions"], BYPASS + 1);
    }
    list.built_in(Allow, &["*"], &any, &["bypassPermissions"], BYPASS);

    let edits = [&EDITORS[..], &[WRITES, REDIRECTS]].concat();
    for name in PROTECTED_NAMES {
        let Some(pattern) = PathPattern::new("/", name, true) else { continue };
        let unknown = SubjectTest::Classified(Some(pattern.clone()));
        let test = SubjectTest::Path(pattern);
        list.built_in(Allow, &edits, &unknown, &classified, PROTECTED + 1);
        list.built_in(Deny, &edits, &test, &classified, PROTECTED);
        list.built_in(Ask, &edits, &test, &unclassified, PROTECTED);
        list.built_in(Deny, &edits, &test, &["dontAsk"], PROTECTED);
    }
    if classified.contains(&"plan") {
        list.built_in(Allow, &EDITORS, &SubjectTest::Classified(None), &["plan"], PLAN + 1);
    }
    list.built_in(Ask, &EDITORS, &any, &["plan"], PLAN);

    let editing = SubjectTest::Command(CommandTest::Plain(EDITING));
    for mode in ["acceptEdits", "auto"] {
        list.built_in(Allow, &edits, &inside, &[mode], MODE);
        list.built_in(Allow, &["Bash"], &editing, &[mode], MODE);
    }

    let read_only = SubjectTest::Command(CommandTest::Plain(READ_ONLY));
    list.built_in(Allow, &[&READERS[..], &[READS, WRITES]].concat(), &inside, &[], BUILT_IN);
    list.built_in(Allow, &["Bash"], &read_only, &[], BUILT_IN);
    list.built_in(Allow, &FREE, &any, &[], BUILT_IN);
    list.built_in(Allow, &AGENTS, &any, &[&ASKING[..2], &["dontAsk"]].concat(), BUILT_IN);
    list.built_in(Allow, &AGENTS, &any, &unclassified, BUILT_IN);
    list.built_in(Allow, &READERS, &any, &classified, BUILT_IN);
    for host in DOCUMENTATION {
        let pattern = Wildcard::new(host, WildcardSyntax::default());
        let host = SubjectTest::UrlHost { pattern, within_label: true };
        list.built_in(Allow, &["WebFetch"], &host, &[], BUILT_IN);
    }

    list.built_in(Deny, &["*"], &any, &["dontAsk"], NOTHING);
    list.built_in(Allow, &["*"], &SubjectTest::Classified(None), &classified, NOTHING);
    list.built_in(Deny, &["*"], &any, &classified, NOTHING - 1);
}
