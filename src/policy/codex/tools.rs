//! What the calls of Codex's tools are asked about, and what it sees of a command.

use crate::policy::permissions::{
    Launch, Matter, ServerTools, ShellProfile, Subjects, ToolMatters,
};

/// Commands, which the rules of the files are about.
pub(super) const COMMAND: &str = "command";

/// Commands that are to run outside of the sandbox; rules for commands hold as well.
pub(super) const OUTSIDE: &str = "command outside the sandbox";

/// What both of these begin with.
pub(super) const COMMANDS: &str = "command*";

/// Commands, held against what the program itself thinks dangerous.
pub(super) const REMOVAL: &str = "removal";

/// The files that a patch changes.
pub(super) const PATCH: &str = "patch";

/// The tools that raise more than their names.
pub(super) static TOOLS: &[ToolMatters] = &[
    ToolMatters { tool: "exec_command", matters: EXEC },
    ToolMatters { tool: "shell", matters: SHELL_COMMAND },
    ToolMatters { tool: "shell_command", matters: SHELL_COMMAND },
    ToolMatters {
        tool: "apply_patch",
        matters: &[Matter { name: PATCH, of: Subjects::LaunchedPatch(&PATCHED) }],
    },
];

const EXEC: &[Matter] = &matters(&EXEC_COMMAND);

const SHELL_COMMAND: &[Matter] = &matters(&SHELL);

static EXEC_COMMAND: Launch = launch("cmd");

static SHELL: Launch = launch("command");

static PATCHED: Launch = launch("input");

const fn launch(command: &'static str) -> Launch {
    Launch {
        command,
        shell: "shell",
        login: "login",
        folder: "workdir",
        outside: ("sandbox_permissions", "require_escalated"),
    }
}

const fn matters(launch: &'static Launch) -> [Matter; 4] {
    [
        Matter { name: PATCH, of: Subjects::LaunchedPatch(launch) },
        Matter { name: REMOVAL, of: Subjects::Launched(launch) },
        Matter { name: OUTSIDE, of: Subjects::LaunchedOutside(launch) },
        Matter { name: COMMAND, of: Subjects::Launched(launch) },
    ]
}

/// The tool `t` of the server `s` is `mcp__s__t`.
pub(super) const SERVER_TOOLS: ServerTools =
    ServerTools { before: "mcp__", between: "__", kept: "_" };

/// Commands are looked at word by word, and no argument as a path.
pub(super) static SHELL_PROFILE: ShellProfile =
    ShellProfile { with_redirections: false, silent: &[], path_programs: &[] };
