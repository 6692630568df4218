//! What the calls of OpenCode's tools are asked about, and what it sees of a command.

use crate::policy::permissions::{Matter, Outer, ServerTools, ShellProfile, Subjects, ToolMatters};

/// The permission that folders outside of the project are asked by.
pub(super) const OUTSIDE: &str = "external_directory";

/// The tools that raise more than their names.
pub(super) static TOOLS: &[ToolMatters] = &[
    ToolMatters {
        tool: "bash",
        matters: &[
            outside(Subjects::OutsideCommands { command: "command", folder: "workdir" }),
            outside(Subjects::Outside("workdir", Outer::Itself)),
            Matter { name: "bash", of: Subjects::Commands("command") },
        ],
    },
    ToolMatters {
        tool: "read",
        matters: &[
            outside(Subjects::Outside("filePath", Outer::Either)),
            Matter { name: "read", of: Subjects::Path("filePath") },
        ],
    },
    ToolMatters { tool: "edit", matters: EDIT },
    ToolMatters { tool: "write", matters: EDIT },
    ToolMatters {
        tool: "apply_patch",
        matters: &[
            outside(Subjects::OutsidePatch("patchText")),
            Matter { name: "edit", of: Subjects::PatchPaths("patchText") },
        ],
    },
    ToolMatters {
        tool: "glob",
        matters: &[
            outside(Subjects::Outside("path", Outer::Itself)),
            Matter { name: "glob", of: Subjects::Text("pattern") },
        ],
    },
    ToolMatters {
        tool: "grep",
        matters: &[
            outside(Subjects::Outside("path", Outer::Either)),
            Matter { name: "grep", of: Subjects::Text("pattern") },
        ],
    },
    ToolMatters {
        tool: "webfetch",
        matters: &[Matter { name: "webfetch", of: Subjects::Text("url") }],
    },
    ToolMatters {
        tool: "websearch",
        matters: &[Matter { name: "websearch", of: Subjects::Text("query") }],
    },
    ToolMatters {
        tool: "task",
        matters: &[Matter { name: "task", of: Subjects::Text("subagent_type") }],
    },
    ToolMatters { tool: "skill", matters: &[Matter { name: "skill", of: Subjects::Text("name") }] },
];

const EDIT: &[Matter] = &[
    outside(Subjects::Outside("filePath", Outer::Parent)),
    Matter { name: "edit", of: Subjects::Path("filePath") },
];

const fn outside(of: Subjects) -> Matter {
    Matter { name: OUTSIDE, of }
}

/// A tool `t` of a server `s` is `s_t`.
pub(super) const SERVER_TOOLS: ServerTools = ServerTools { before: "", between: "_", kept: "_-" };

/// The programs that only change the folder are no commands to it, and only these programs' arguments
/// are looked at.
pub(super) static SHELL: ShellProfile = ShellProfile {
    with_redirections: true,
    silent: &["cd", "chdir", "popd", "pushd"],
    path_programs: &[
        "cd", "chdir", "popd", "pushd", "rm", "cp", "mv", "mkdir", "touch", "chmod", "chown", "cat",
    ],
};
