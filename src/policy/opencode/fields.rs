//! The fields of a configuration.

/// What may stand at the top of a configuration. Anything else is passed over without a word, but for
/// `permissions`.
/// Source: <https://opencode.ai/config.json>, and opencode-ai 1.18.33 for those of its next version, which it
/// takes over.
pub(super) const TOP: [&str; 47] = [
    "$schema",
    "agent",
    "agents",
    "attachment",
    "autoshare",
    "autoupdate",
    "command",
    "commands",
    "compaction",
    "default_agent",
    "disabled_providers",
    "enabled_providers",
    "enterprise",
    "experimental",
    "formatter",
    "instructions",
    "keybinds",
    "layout",
    "logLevel",
    "lsp",
    "mcp",
    "media",
    "mode",
    "model",
    "permission",
    "plugin",
    "plugins",
    "provider",
    "providers",
    "reference",
    "references",
    "server",
    "share",
    "shell",
    "skills",
    "small_model",
    "snapshot",
    "snapshots",
    "subagent_depth",
    "theme",
    "tool_output",
    "tools",
    "tui",
    "username",
    "warming",
    "watcher",
    "websearch",
];

/// Whether a field may stand at the top of a configuration.
pub(in crate::policy) fn is_top_field(name: &str) -> bool {
    TOP.contains(&name)
}
