//! The rules that the program brings along, and what a mode changes.

use super::layers::Tier;
use super::rules::List;
use super::written::{CheckerName, Patterns, Written};
use crate::policy::permissions::Ruling;

/// A built-in rule.
struct BuiltIn {
    tools: &'static [&'static str],
    ruling: Ruling,
    priority: i32,
    /// The modes in which it is there; none stands for every mode.
    modes: &'static [&'static str],
    /// Whether it is there where somebody can be asked, or where nobody can.
    interactive: Option<bool>,
}

/// The tools that only look.
const LOOKING: &[&str] = &[
    "read_file",
    "glob",
    "grep_search",
    "list_directory",
    "google_web_search",
    "codebase_investigator",
    "cli_help",
    "get_internal_docs",
    "tracker_create_task",
    "tracker_update_task",
    "tracker_get_task",
    "tracker_list_tasks",
    "tracker_add_dependency",
    "tracker_visualize",
    "update_topic",
    "complete_task",
    "read_mcp_resource",
    "list_mcp_resources",
];

const WRITING: &[&str] = &["replace", "write_file"];

const ALL: &[&str] = &[];
const NO_PLAN: &[&str] = &["default", "autoEdit", "yolo"];
const AUTO_EDIT: &[&str] = &["autoEdit"];
const YOLO: &[&str] = &["yolo"];
const PLAN: &[&str] = &["plan"];

const fn rule(
    tools: &'static [&'static str],
    ruling: Ruling,
    priority: i32,
    modes: &'static [&'static str],
    interactive: Option<bool>,
) -> BuiltIn {
    BuiltIn { tools, ruling, priority, modes, interactive }
}

const RULES: [BuiltIn; 22] = [
    rule(LOOKING, Ruling::Allow, 50, ALL, None),
    rule(WRITING, Ruling::Ask, 10, ALL, Some(true)),
    rule(WRITING, Ruling::Deny, 10, ALL, Some(false)),
    rule(WRITING, Ruling::Allow, 15, AUTO_EDIT, None),
    rule(WRITING, Ruling::Deny, 65, PLAN, None),
    rule(&["web_fetch"], Ruling::Ask, 10, ALL, Some(true)),
    rule(&["web_fetch"], Ruling::Deny, 10, ALL, Some(false)),
    rule(&["web_fetch"], Ruling::Allow, 15, AUTO_EDIT, None),
    rule(&["run_shell_command", "activate_skill"], Ruling::Ask, 10, ALL, Some(true)),
    rule(&["run_shell_command", "activate_skill"], Ruling::Deny, 10, ALL, Some(false)),
    rule(&["invoke_agent"], Ruling::Allow, 50, NO_PLAN, None),
    rule(&["ask_user"], Ruling::Ask, 999, YOLO, Some(true)),
    rule(&["ask_user"], Ruling::Deny, 999, ALL, Some(false)),
    rule(&["web_fetch", "activate_skill", "ask_user"], Ruling::Ask, 50, PLAN, Some(true)),
    rule(&["*"], Ruling::Deny, 40, PLAN, None),
    rule(&["enter_plan_mode"], Ruling::Ask, 50, NO_PLAN, Some(true)),
    rule(&["enter_plan_mode"], Ruling::Allow, 50, NO_PLAN, Some(false)),
    rule(&["enter_plan_mode"], Ruling::Deny, 70, PLAN, None),
    rule(&["exit_plan_mode"], Ruling::Deny, 50, NO_PLAN, None),
    rule(&["exit_plan_mode"], Ruling::Ask, 70, PLAN, Some(true)),
    rule(&["exit_plan_mode"], Ruling::Allow, 70, PLAN, Some(false)),
    rule(&["enter_plan_mode", "exit_plan_mode"], Ruling::Deny, 999, YOLO, Some(true)),
];

/// Where plans are written: in the project's folder, or among the program's own files.
const PLANS: [&str; 4] = [
    r#"\0"file_path":"[\w.-]+\.md"\0"#,
    r#"\0"file_path":"plans[\\/]+[\w.-]+\.md"\0"#,
    r#"\0"file_path":"[^"]+[\\/]+\.gemini[\\/]+tmp[\\/]+[\w-]+[\\/]+plans[\\/]+[\w-]+\.md"\0"#,
    r#"\0"file_path":"[^"]+[\\/]+\.gemini[\\/]+tmp[\\/]+[\w-]+[\\/]+[\w-]+[\\/]+plans[\\/]+[\w-]+\.md"\0"#,
];

/// Adds them all.
pub(super) fn rules(list: &mut List) {
    for BuiltIn { tools, ruling, priority, modes, interactive } in RULES {
        let written = Written { interactive, ..written(tools, priority, modes) };
        list.add(&Written { ruling: Some(ruling), ..written });
    }
    for pattern in PLANS {
        let patterns = Patterns::Arguments(pattern.to_owned());
        let ruling = Some(Ruling::Allow);
        list.add(&Written { ruling, patterns, ..written(WRITING, 70, PLAN) });
    }
    let looking = Written {
        ruling: Some(Ruling::Ask),
        server: Some("*".to_owned()),
        annotations: vec![("readOnlyHint".into(), true.into())],
        interactive: Some(true),
        ..written(&["*"], 50, PLAN)
    };
    let yolo =
        Written { ruling: Some(Ruling::Allow), redirects: true, ..written(&["*"], 998, YOLO) };
    [looking, yolo].iter().for_each(|written| list.add(written));
    list.add_checker(&written(WRITING, 15, AUTO_EDIT), CheckerName::AllowedPath);
}

fn written(tools: &[&str], priority: i32, modes: &[&str]) -> Written {
    let modes: Vec<Box<str>> = modes.iter().map(|mode| (*mode).into()).collect();
    Written {
        tools: tools.iter().map(|tool| (*tool).to_owned()).collect(),
        priority: Tier::BuiltIn as i32 * 1000 + priority,
        modes: (!modes.is_empty()).then_some(modes),
        ..Written::default()
    }
}
