//! Calls as records, and the commands that explain them.

use crate::diff::{Origin, ToolName};
use crate::report::common::command::{option, word};
use crate::report::common::json;
use crate::solver::{Evidence, Recorded};

/// The command that explains a call under a policy, ready to be run in a POSIX shell.
pub(in crate::report) fn explain(policy: &str, options: &[String], call: &str) -> String {
    let options: String = options.iter().map(|option| format!(" {option}")).collect();
    format!("gatelint explain {}{options} --call {}", option("--policy", policy), word(call))
}

/// The command that explains a call under a version of a policy.
pub(in crate::report) fn explain_version(
    origin: &Origin,
    options: &[String],
    call: &str,
) -> String {
    match origin {
        Origin::File(path) => explain(path, options, call),
        Origin::Revision { repository, object } => {
            let folder = repository.iter().map(|path| format!(" -C {}", word(path)));
            let folder: String = folder.collect();
            format!("git{folder} show {} | {}", word(object), explain("-", options, call))
        }
    }
}

/// The call that shows something as a record of a trace; none where it is not just one call.
pub(in crate::report) fn record(tool: &str, evidence: &Evidence) -> Option<String> {
    match evidence {
        Evidence::Call(arguments) => Some(call(tool, arguments)),
        Evidence::Recorded(recorded) => Some(self::recorded(recorded)),
        Evidence::Burst(_) | Evidence::Unknown(_) => None,
    }
}

/// A call of an agent's as a record of a trace.
pub(in crate::report) fn recorded(recorded: &Recorded) -> String {
    let Recorded { tool, arguments, mode, folder, .. } = recorded;
    let field = |name: &str, value: &Option<String>| {
        let value = value.as_ref().map(|value| compact(&value.as_str().into()));
        value.map_or_else(String::new, |value| format!(",\"{name}\":{value}"))
    };
    let own = call(tool, arguments);
    let open = own.strip_suffix('}').unwrap_or(&own);
    format!("{open}{}{}}}", field("mode", mode), field("cwd", folder))
}

/// A call as JSON on one line.
pub(in crate::report) fn call(tool: &str, arguments: &serde_json::Value) -> String {
    format!("{{\"tool\":{},\"args\":{}}}", compact(&tool.into()), compact(arguments))
}

/// The name of a tool as a call would have it.
pub(in crate::report) fn call_name(name: &ToolName) -> &str {
    match name {
        ToolName::Named(name) | ToolName::Other(name) => name,
        ToolName::All => "*",
    }
}

/// JSON on one line, with hostile characters as escapes.
pub(in crate::report) fn compact(value: &serde_json::Value) -> String {
    let mut out = Vec::new();
    // Writing into memory cannot fail.
    _ = json::write_line(&mut out, value);
    String::from_utf8_lossy(&out).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_the_shell_whatever_is_in_them() {
        let arguments = serde_json::json!({"q": "it's $(rm -rf) `x`\n\u{202e}"});
        assert_eq!(
            explain("my policy.json", &[], &call("t", &arguments)),
            r#"gatelint explain --policy 'my policy.json' --call '{"tool":"t","args":{"q":"it'\''s $(rm -rf) `x`\n\u202e"}}'"#
        );
    }
}
