//! Transcripts of Claude Code, written line by line as it writes them.

use serde_json::{Value, json};

/// What Claude Code made of a call, as it writes it down.
#[derive(Clone, Copy)]
pub enum Made {
    /// It passed by a rule, the mode or what is built in.
    Passed,
    /// A person approved it.
    Approved,
    /// A person refused it.
    Refused,
    /// A rule denied it.
    Denied,
    /// It ran, in a version that writes no more.
    Ran,
}

/// A transcript as it grows.
pub struct Transcript {
    lines: Vec<Value>,
    folder: String,
}

impl Transcript {
    /// A session that is started in a folder, in the mode `default`.
    pub fn new(folder: &str) -> Transcript {
        Transcript { lines: Vec::new(), folder: folder.to_owned() }.mode("default")
    }

    fn line(mut self, fields: Value) -> Transcript {
        let at = self.lines.len();
        let mut line = json!({"sessionId": "s", "cwd": self.folder, "version": "2.1.332", "isSidechain": false,
            "uuid": format!("u{at}"), "timestamp": format!("2026-11-20T10:{:02}:{:02}.000Z", at / 60, at % 60)});
        line.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.lines.push(line);
        self
    }

    /// A prompt, from which on this mode holds.
    pub fn mode(self, mode: &str) -> Transcript {
        self.line(json!({"type": "user", "permissionMode": mode, "message": {"role": "user", "content": "go on"}}))
    }

    /// What the session says of its folders.
    pub fn folders(self, further: &[&str]) -> Transcript {
        let snapshot =
            json!({"workingDirectory": self.folder, "additionalWorkingDirectories": further});
        self.line(json!({"type": "attachment", "attachment": {"type": "environment", "snapshot": snapshot}}))
    }

    /// A call and what became of it.
    pub fn call(self, tool: &str, input: Value, made: Made) -> Transcript {
        let id = format!("t{}", self.lines.len());
        let calls = self.line(json!({"type": "assistant",
            "message": {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": tool, "input": input}]}}));
        let is_error = matches!(made, Made::Refused | Made::Denied);
        let mut result = json!({"type": "user", "message": {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": id, "content": "done", "is_error": is_error}]}});
        let decision = match made {
            Made::Passed => json!({"decision": "accept", "source": "config", "reasonType": "rule"}),
            Made::Approved => json!({"decision": "accept", "source": "user_temporary"}),
            Made::Refused => json!({"decision": "reject", "source": "user_reject"}),
            Made::Denied => json!({"decision": "reject", "source": "config", "reasonType": "rule"}),
            Made::Ran => Value::Null,
        };
        if !decision.is_null() {
            result["permissionDecision"] = decision;
        }
        calls.line(result)
    }

    /// The call of a shell command.
    pub fn bash(self, command: &str, made: Made) -> Transcript {
        self.call("Bash", json!({"command": command}), made)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
