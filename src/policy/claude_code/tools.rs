//! What the calls of Claude Code's tools are asked about, and what it sees of a command.

use super::wrappers::PARTS;
use crate::policy::permissions::{
    Matter, PathUse, ServerTools, ShellProfile, Subjects, ToolMatters,
};

/// What the paths are known by that a command reads, changes, or leads its output to. No rule of a file
/// has these names.
pub(super) const READS: &str = "Bash reads";
pub(super) const WRITES: &str = "Bash writes";
pub(super) const REDIRECTS: &str = "Bash redirects";

/// The tools that read, all of them by rules for `Read`.
pub(super) const READERS: [&str; 3] = ["Read", "Grep", "Glob"];

/// The tools that change files, all of them by rules for `Edit`; a denial of reading holds for all but
/// the last.
pub(super) const EDITORS: [&str; 3] = ["Edit", "Write", "NotebookEdit"];

/// The tools that raise more than their names.
pub(super) static TOOLS: &[ToolMatters] = &[
    ToolMatters {
        tool: "Bash",
        matters: &[
            Matter { name: READS, of: Subjects::PartPaths("command", PathUse::Reads, &PARTS) },
            Matter { name: WRITES, of: Subjects::PartPaths("command", PathUse::Writes, &PARTS) },
            Matter {
                name: REDIRECTS,
                of: Subjects::PartPaths("command", PathUse::Redirects, &PARTS),
            },
            Matter { name: "Bash", of: Subjects::Parts("command", &PARTS) },
        ],
    },
    ToolMatters {
        tool: "Read",
        matters: &[Matter { name: "Read", of: Subjects::LinkedPath("file_path") }],
    },
    ToolMatters {
        tool: "Grep",
        matters: &[Matter { name: "Grep", of: Subjects::Search { folder: "path", pattern: None } }],
    },
    ToolMatters {
        tool: "Glob",
        matters: &[Matter {
            name: "Glob",
            of: Subjects::Search { folder: "path", pattern: Some("pattern") },
        }],
    },
    ToolMatters {
        tool: "Edit",
        matters: &[Matter { name: "Edit", of: Subjects::LinkedPath("file_path") }],
    },
    ToolMatters {
        tool: "Write",
        matters: &[Matter { name: "Write", of: Subjects::LinkedPath("file_path") }],
    },
    ToolMatters {
        tool: "NotebookEdit",
        matters: &[Matter { name: "NotebookEdit", of: Subjects::LinkedPath("notebook_path") }],
    },
    ToolMatters {
        tool: "WebFetch",
        matters: &[Matter { name: "WebFetch", of: Subjects::Text("url") }],
    },
    ToolMatters {
        tool: "WebSearch",
        matters: &[Matter { name: "WebSearch", of: Subjects::Whole }],
    },
    ToolMatters {
        tool: "Agent",
        matters: &[Matter {
            name: "Agent",
            of: Subjects::TextOr("subagent_type", "general-purpose"),
        }],
    },
    ToolMatters {
        tool: "Task",
        matters: &[Matter {
            name: "Task",
            of: Subjects::TextOr("subagent_type", "general-purpose"),
        }],
    },
    ToolMatters {
        tool: "Skill",
        matters: &[Matter { name: "Skill", of: Subjects::Name("skill") }],
    },
];

/// A tool `t` of a server `s` is `mcp__s__t`.
pub(super) const SERVER_TOOLS: ServerTools =
    ServerTools { before: "mcp__", between: "__", kept: "_-" };

/// Nothing of it is asked: the parts have a profile of their own.
pub(super) static SHELL: ShellProfile =
    ShellProfile { with_redirections: false, silent: &[], path_programs: &[] };
