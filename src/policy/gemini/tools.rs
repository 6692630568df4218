//! What Gemini CLI always does with calls, whatever its rules say.

use crate::policy::call_rules::{CallProfile, CheckedPaths, GuardedFiles};
use crate::policy::permissions::{ServerTools, ShellProfile};

/// A tool `t` of a server `s` is `mcp_s_t`.
pub(super) const SERVER_TOOLS: ServerTools =
    ServerTools { before: "mcp_", between: "_", kept: "_.:-" };

/// What is the same wherever it works.
pub(super) static PROFILE: CallProfile = CallProfile {
    server_tools: ("mcp_", "_"),
    agent_tool: ("invoke_agent", "agent_name"),
    agents: &["codebase_investigator", "cli_help", "generalist"],
    shell_tools: &["run_shell_command", "ShellTool"],
    shell_arguments: ("command", "dir_path"),
    careless_mode: "yolo",
    redirecting_modes: &["autoEdit", "yolo"],
    wishes: (&["additional_permissions", "fileSystem"], &["read", "write"]),
    guarded: GuardedFiles {
        tools: &["write_file", "replace"],
        words: &["write", "edit", "replace", "patch", "update", "create", "append", "save"],
        arguments: &["file_path", "path", "filePath", "file"],
        names: &[
            "BUILD",
            "BUILD.bazel",
            "WORKSPACE",
            "WORKSPACE.bazel",
            "MODULE.bazel",
            ".bazelrc",
            ".blazerc",
            "Makefile",
            "makefile",
            "GNUmakefile",
            "CMakeLists.txt",
            "package.json",
            "package-lock.json",
            "pnpm-lock.yaml",
            "yarn.lock",
            "bun.lockb",
            "setup.py",
            "setup.cfg",
            "pyproject.toml",
            "go.mod",
            "go.sum",
            "Cargo.toml",
            "Cargo.lock",
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "settings.gradle",
            "settings.gradle.kts",
            "Dockerfile",
            "Containerfile",
        ],
        beginnings: &["Dockerfile.", "Containerfile."],
        endings: &[".bzl", ".bazel", ".bzlmod", ".mk", ".cmake"],
    },
};

/// What its checker of paths looks at.
pub(super) static ALLOWED_PATHS: CheckedPaths = CheckedPaths {
    key_parts: &["path", "directory", "file"],
    keys: &["source", "destination"],
    refused: &[".git", ".env", "node_modules"],
    asked: &[".vscode"],
};

/// Its rules see whole calls: no command is a subject of its own.
pub(super) static SHELL: ShellProfile =
    ShellProfile { with_redirections: false, silent: &[], path_programs: &[] };
