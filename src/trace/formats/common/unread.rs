//! Logs that are known and not read, because the arguments of calls do not stand in them; by name, and
//! with what to do instead.

/// A log that is known and not read.
struct Unread {
    /// Whether a line is of it.
    sign: fn(&str) -> bool,
    /// What it is, and what to do instead.
    words: &'static str,
}

const UNREAD: [Unread; 2] = [
    Unread {
        sign: |line| {
            let has = |text: &str| line.contains(text);
            !line.starts_with('{') && has(" mcp.method.name=") && has(" gateway=")
        },
        words: "it is a log of agentgateway, in which no call has its arguments; export spans with `gen_ai.tool.call.arguments` to OTLP, or record with `gatelint record`",
    },
    Unread {
        sign: |line| line.contains("\"resourceLogs\"") && line.contains("claude_code"),
        words: "it is telemetry of Claude Code (claude-code-otel), in which no call has its arguments; give its transcripts, ~/.claude/projects/*/*.jsonl",
    },
];

/// What an input is that is known and not read, by its first lines.
pub(in crate::trace) fn unread(start: &str) -> Option<&'static str> {
    let found = |line: &str| UNREAD.iter().find(|unread| (unread.sign)(line.trim_ascii()));
    start
        .lines()
        .find_map(found)
        .or_else(|| found(&start.replace('\n', " ")))
        .map(|unread| unread.words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_without_arguments_is_known_by_its_name() {
        let gateway = "2026-03-01T10:00:01Z\tinfo\trequest gateway=default/mcp mcp.method.name=tools/call gen_ai.tool.name=add";
        assert!(unread(gateway).unwrap().contains("agentgateway"));
        let telemetry =
            "{\n\"resourceLogs\": [\n{\"body\":{\"stringValue\":\"claude_code.tool_result\"}}]}";
        assert!(unread(telemetry).unwrap().contains("claude-code-otel"));
        for other in ["", r#"{"resourceLogs":[]}"#, "2026-03-01 [info] request mcp.method.name=x"] {
            assert_eq!(unread(other), None, "{other}");
        }
    }
}
