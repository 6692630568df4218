//! Importing from servers that run: good ones, and every kind of bad one.
#![cfg(all(unix, feature = "live"))]

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Folder, Run};

/// A server as a shell script: it answers `initialize`, and `tools/list` as it is told.
fn script(begin: &str, list: &str) -> String {
    format!(
        r#"{begin}
reply() {{ printf '{{"jsonrpc":"2.0","id":%s,"result":%s}}\n' "$id" "$1"; }}
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  cursor=$(printf '%s' "$line" | sed -n 's/.*"cursor":"\([0-9]*\)".*/\1/p')
  case "$line" in
    *'"initialize"'*) reply '{{"protocolVersion":"2025-06-18","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"fake","title":"A fake","version":"1"}}}}' ;;
    *'"tools/list"'*) {list} ;;
  esac
done
"#
    )
}

const TWO_TOOLS: &str = r#"reply '{"tools":[{"name":"get_x","inputSchema":{"type":"object"}},{"name":"delete_x","description":"Deletes.","inputSchema":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]},"annotations":{"destructiveHint":true}}]}'"#;

fn import(script: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("server.sh", script);
    let start = ["catalogue", "import", "--format", "json"];
    folder.run(&[&start[..], more, &["--", "sh", "server.sh"]].concat())
}

#[test]
fn a_server_is_started_asked_and_classified() {
    let run = import(&script("", TWO_TOOLS), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    let record = run.json();
    assert_eq!((&record["server"], &record["title"]), (&"fake".into(), &"A fake".into()));
    assert_eq!(record["tools"][1]["category"], "Destructive");
    assert_eq!(record["tools"][1]["arguments"]["id"]["required"], true);
    assert_eq!(import(&script("", TWO_TOOLS), &["--server", "ours"]).json()["server"], "ours");
}

#[test]
fn noise_on_standard_output_is_passed_over() {
    let noise = r#"echo "Listening..."; echo '{"level":"info","msg":"hello"}'; echo; echo '[1'; echo 'to stderr' >&2"#;
    let run = import(&script(noise, TWO_TOOLS), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.json()["tools"].as_array().unwrap().len(), 2);
}

#[test]
fn every_page_is_read_and_a_list_without_end_is_noticed() {
    let page = r#"n=${cursor:-0}; next=$((n + 1)); if [ $n -lt 200 ]; then more=",\"nextCursor\":\"$next\""; else more=""; fi; reply "{\"tools\":[{\"name\":\"get_$n\",\"inputSchema\":{\"type\":\"object\"}}]$more}""#;
    let run = import(&script("", page), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.json()["tools"].as_array().unwrap().len(), 201);
    let endless = r#"reply '{"tools":[],"nextCursor":"1"}'"#;
    let run = import(&script("", endless), &[]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("its list of tools has no end"), "{}", run.err);
}

#[test]
fn a_server_that_fails_says_how() {
    for (script, message) in [
        (
            script("", "echo 'no database' >&2; exit 3"),
            "it ended before it answered `tools/list` (exit status: 3); it said: no database",
        ),
        (
            "echo 'no key' >&2; exit 1".to_owned(),
            "it ended before it answered `initialize` (exit status: 1); it said: no key",
        ),
        (script("", "reply '{}'"), "holds no list of tools"),
        (
            script(
                "",
                r#"printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no tools here"}}\n' "$id""#,
            ),
            "no tools here",
        ),
        (
            script(
                "",
                r#"reply '{"tools":[{"name":"a","inputSchema":{"type":"object"}},{"name":"a","inputSchema":{"type":"object"}}]}'"#,
            ),
            "the tool `a` stands twice",
        ),
    ] {
        let run = import(&script, &[]);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{script}");
        assert!(run.err.contains(message), "{message}: {}", run.err);
    }
    let run = Folder::new().run(&["catalogue", "import", "--", "/no/such/program"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("cannot start /no/such/program"), "{}", run.err);
}

/// Whether a process of that number runs.
fn runs(process: &str) -> bool {
    let status = Command::new("kill").args(["-0", process]).stderr(Stdio::null()).status();
    status.unwrap().success()
}

/// Waits until a condition holds; false when it never does.
fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// A server that ignores requests to end, and starts another program that does so too.
const STUBBORN: &str = "trap '' TERM HUP INT\n(trap '' TERM HUP INT; echo $$ > parent; exec sleep 300) &\necho $! > child\nsleep 300\n";

#[test]
fn a_server_that_never_answers_is_ended_with_all_that_it_started() {
    let folder = Folder::new().file("server.sh", STUBBORN);
    let run = folder.run(&["catalogue", "import", "--timeout", "1", "--", "sh", "server.sh"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("no answer to `initialize` within 1 s"), "{}", run.err);
    let child = std::fs::read_to_string(folder.path("child")).unwrap();
    assert!(eventually(|| !runs(child.trim())), "{child} is an orphan");
}

#[test]
fn an_interrupted_import_leaves_no_orphan() {
    let folder = Folder::new().file("server.sh", STUBBORN);
    let mut running = Command::new(env!("CARGO_BIN_EXE_gatelint"))
        .args(["catalogue", "import", "--", "sh", "server.sh"])
        .current_dir(folder.path(""))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let child = folder.path("child");
    let started = || std::fs::read_to_string(&child).is_ok_and(|text| text.ends_with('\n'));
    assert!(eventually(started));
    let status = Command::new("kill").args(["-INT", &running.id().to_string()]).status();
    assert!(status.unwrap().success());
    let child = std::fs::read_to_string(child).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(2));
    assert!(eventually(|| !runs(child.trim())), "{child} is an orphan");
    let mut said = String::new();
    running.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("interrupted"), "{said}");
}

#[test]
fn every_server_of_a_configuration_is_imported_and_bad_ones_do_not_keep_the_others_back() {
    let folder = Folder::new().file("server.sh", script("", TWO_TOOLS)).file(
        ".mcp.json",
        r#"{"mcpServers": {
            "good": {"command": "sh", "args": ["${SCRIPT:-server.sh}"]},
            "bad": {"command": "/no/such/program"},
            "off": {"command": "sh", "disabled": true},
            "far": {"url": "https://mcp.example.com/mcp"}}}"#,
    );
    let run = folder.run(&["catalogue", "import", "--config", ".mcp.json", "--format", "json"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.json()["server"], "good");
    for part in [
        "bad: cannot start /no/such/program",
        "note: off is switched off",
        "far: https://mcp.example.com/mcp is no `http` address of this machine",
    ] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    let one = ["catalogue", "import", "--config", ".mcp.json", "--server", "good"];
    assert_eq!(folder.run(&one).status, 0);
    let none = ["catalogue", "import", "--config", ".mcp.json", "--server", "goods"];
    assert!(
        folder.run(&none).err.contains("it has `good`, `bad`")
            || folder.run(&none).err.contains("`good`")
    );
    let folder = folder
        .file("config.toml", "[mcp_servers.codex]\ncommand = \"sh\"\nargs = [\"server.sh\"]\n");
    let run = folder.run(&["catalogue", "import", "--config", "config.toml", "--format", "json"]);
    assert_eq!((run.status, run.json()["server"].as_str()), (0, Some("codex")));
}

#[test]
fn servers_that_send_without_end_are_given_up_at_once() {
    for (list, message) in [
        (r#"reply '{"tools":[],"nextCursor":"'"$id"'"}'"#, "more than 500 pages"),
        (r#"yes "$(printf '%2000s' x)""#, "more than 16 MiB in one message or 64 MiB"),
        (r#"reply '{"tools":[],"nextCursor":1}'"#, "a `nextCursor` that is no text"),
    ] {
        let run = import(&script("", list), &[]);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{list}");
        assert!(run.err.contains(message), "{message}: {}", run.err);
    }
}

#[test]
fn questions_of_a_server_are_answered() {
    let asks = r#"echo '{"jsonrpc":"2.0","id":"p","method":"ping"}'; read -r pong
        echo '{"jsonrpc":"2.0","id":9,"method":"roots/list"}'; read -r refusal
        case "$pong$refusal" in *'"result":{}'*-32601*) "#;
    let run = import(&script("", &format!("{asks} {TWO_TOOLS} ;; esac")), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.json()["tools"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_no_message_is_shown_when_nothing_else_comes() {
    let run = import("printf 'usage: \\033[31mserver [-h]\\n'; exit 2", &[]);
    assert!(run.err.contains(r"it said: usage: \u{1b}[31mserver [-h]"), "{}", run.err);
}

#[test]
fn values_from_the_environment_are_never_shown() {
    let folder = Folder::new().file(
        ".mcp.json",
        r#"{"mcpServers": {
            "quoting": {"command": "sh", "args": ["-c", "echo \"bad key $KEY, ${SECRET_ARGUMENT}\" >&2; exit 1"], "env": {"KEY": "literal-key"}},
            "absent": {"command": "/no/such/${SECRET_ARGUMENT}"},
            "far": {"url": "https://${SECRET_ARGUMENT}/mcp"},
            "near": {"url": "http://127.0.0.1:9/mcp?key=${SECRET_ARGUMENT}"}}}"#,
    );
    let output = Command::new(env!("CARGO_BIN_EXE_gatelint"))
        .args(["catalogue", "import", "--config", ".mcp.json"])
        .current_dir(folder.path(""))
        .env("SECRET_ARGUMENT", "zq-live-99")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("zq-live-99") && !said.contains("literal-key"), "{said}");
    for part in [
        "it said: bad key ${KEY}, ${SECRET_ARGUMENT}",
        "cannot start /no/such/${SECRET_ARGUMENT}",
        "https://${SECRET_ARGUMENT}/mcp is no `http` address",
        "near: it cannot be reached",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// It is found by its environment, which only Linux tells.
#[cfg(target_os = "linux")]
#[test]
fn a_program_that_left_its_process_group_is_ended_too() {
    let daemon = "setsid sh -c 'echo $$ > child; exec sleep 300' &";
    let waits = "while ! test -s child; do sleep 0.1; done";
    let folder = Folder::new().file("server.sh", script(&format!("{daemon}\n{waits}"), TWO_TOOLS));
    let run = folder.run(&["catalogue", "import", "--", "sh", "server.sh"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let child = std::fs::read_to_string(folder.path("child")).unwrap();
    assert!(eventually(|| !runs(child.trim())), "{child} is an orphan");
    assert!(!run.err.contains("warning"), "{}", run.err);
}

#[test]
fn a_program_that_cannot_be_ended_is_told() {
    let stray = "env -i setsid sleep 3 < /dev/null > /dev/null &\nsleep 0.2";
    let run = import(&script(stray, TWO_TOOLS), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(
        run.err.contains("something that sh started has left its process group"),
        "{}",
        run.err
    );
}

#[test]
fn a_server_is_asked_in_one_way_only() {
    let folder = Folder::new().file("a.json", "{}");
    for arguments in [
        &["a.json", "--url", "http://127.0.0.1/"][..],
        &["--url", "http://127.0.0.1/", "--config", "a.json"],
        &["a.json", "--", "sh"],
        &["--timeout", "0", "--", "sh"],
        &[],
    ] {
        let run = folder.run(&[&["catalogue", "import"], arguments].concat());
        assert_eq!(run.status, 2, "{arguments:?}");
    }
}
