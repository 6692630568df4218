//! The words in which agents say that they, or a person, did not let a call pass.
//!
//! Sources: measured, see the reader of each format. What a tool prints may have any of these words in it, so
//! that only the beginning of an answer is looked at, and of a shell's none that ran.

use serde_json::value::RawValue;

use super::answer::first_text;
use crate::trace::record::Permitted;

/// How much of an answer is looked at.
const BEGINNING: usize = 600;

/// What Claude Code answers with, in older versions, which do not say it otherwise.
const CLAUDE_CODE: [(&str, Permitted); 4] = [
    ("The user doesn't want to proceed with this tool use", Permitted::Refused),
    ("The user doesn't want to take this action", Permitted::Refused),
    ("Permission to use ", Permitted::Denied),
    ("Claude requested permissions to ", Permitted::Refused),
];

/// What Codex answers with.
const CODEX: [(&str, Permitted); 5] = [
    ("Rejected(\"rejected by user", Permitted::Refused),
    ("user rejected MCP tool call", Permitted::Refused),
    ("policy forbids commands", Permitted::Denied),
    ("approval required by policy", Permitted::Denied),
    ("unsupported call: ", Permitted::Denied),
];

/// What stands before the answer of a program that Codex ran.
const CODEX_RAN: [&str; 4] = ["Chunk ID:", "{", "Exit code:", "Wall time:"];

/// What OpenCode answers with.
const OPENCODE: [(&str, Permitted); 2] = [
    ("The user has specified a rule which prevents you from using", Permitted::Denied),
    ("The user rejected permission", Permitted::Refused),
];

/// What became of a call that Claude Code answers with an error; none where it never came so far.
pub(in crate::trace) fn of_claude_code(content: Option<&RawValue>) -> Option<Permitted> {
    let text = content.and_then(first_text).unwrap_or_default();
    let text = beginning(&text);
    let said = CLAUDE_CODE.iter().find(|(words, _)| text.starts_with(words));
    match said {
        Some((_, permitted)) => Some(*permitted),
        // Malformed arguments, or a tool that is not there.
        None if text.starts_with("<tool_use_error>") => None,
        None => Some(Permitted::Ran),
    }
}

/// What became of a call that Codex answers.
pub(in crate::trace) fn of_codex(output: Option<&RawValue>) -> Permitted {
    let text = output.and_then(first_text).unwrap_or_default();
    let text = beginning(&text);
    if CODEX_RAN.iter().any(|start| text.starts_with(start)) {
        return Permitted::Ran;
    }
    let said = CODEX.iter().find(|(words, _)| text.contains(words));
    said.map_or(Permitted::Ran, |(_, permitted)| *permitted)
}

/// What became of a call that OpenCode answers with an error.
pub(in crate::trace) fn of_opencode(error: &str) -> Permitted {
    let said = OPENCODE.iter().find(|(words, _)| error.starts_with(words));
    said.map_or(Permitted::Ran, |(_, permitted)| *permitted)
}

fn beginning(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.floor_char_boundary(BEGINNING)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(serde_json::Value::from(text).to_string()).unwrap()
    }

    #[test]
    fn refusals_are_known_by_their_first_words_alone() {
        let of = |text: &str| of_claude_code(Some(&raw(text)));
        let refused =
            "The user doesn't want to proceed with this tool use. The tool use was rejected";
        assert_eq!(of(refused), Some(Permitted::Refused));
        assert_eq!(of("Permission to use Bash has been denied."), Some(Permitted::Denied));
        assert_eq!(of("<tool_use_error>No such tool available: X</tool_use_error>"), None);
        assert_eq!(of(&format!("exit 1: {refused}")), Some(Permitted::Ran));
        let of = |text: &str| of_codex(Some(&raw(text)));
        assert_eq!(of("exec failed: Rejected(\"rejected by user\")"), Permitted::Refused);
        assert_eq!(
            of("Rejected(\"policy forbids commands starting with `rm`\")"),
            Permitted::Denied
        );
        assert_eq!(of("Chunk ID: 1\nRejected(\"rejected by user\")"), Permitted::Ran);
        assert_eq!(
            of_opencode("The user rejected permission to use this tool"),
            Permitted::Refused
        );
        assert_eq!(of_opencode("it says: The user rejected permission"), Permitted::Ran);
    }
}
