//! `gatelint catalogue` as a user meets it.

mod builtin;
mod check;
mod http;
mod import;
mod index;
mod live;

use crate::support::Folder;

#[test]
fn servers_are_listed_shown_and_searched_for_people() {
    let folder = Folder::new();
    let list = folder.run(&["catalogue", "list"]);
    let line = list.out.lines().find(|line| line.contains("myrikld/komodo-mcp")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["myrikld/komodo-mcp", "53", "20", "14", "12", "7", "0", "Komodo", "MCP"]);
    let show = folder.run(&["catalogue", "show", "@PARETOOLS/http"]);
    assert!(
        show.out
            .starts_with("@paretools/http  Pare HTTP\n5 tools: 2 Read, 3 Execute; all reviewed\n")
    );
    assert!(show.out.contains("run      Execute   critical"), "{}", show.out);
    let search = folder.run(&["catalogue", "search", "Runbook", "execute"]);
    assert_eq!(search.out.lines().count(), 2, "{}", search.out);
    assert!(search.out.contains("run_runbook"));
    assert_eq!(folder.run(&["catalogue", "search", "nothing-like-it"]).status, 3);
}

#[test]
fn the_command_answers_to_the_other_spelling_too() {
    let folder = Folder::new();
    let (one, other) = (folder.run(&["catalogue", "list"]), folder.run(&["catalog", "list"]));
    assert_eq!((one.status, one.out), (0, other.out));
}

#[test]
fn a_tool_is_explained_by_its_record_and_by_its_name() {
    let folder = Folder::new();
    let run = folder.run(&["catalogue", "explain", "run_runbook"]);
    for part in [
        "octopusdeploy/mcp-server: Execute, severity high, reviewed\n",
        "runbookName (string, required)",
        "By its name alone: Execute, severity high, guessed with confidence 0.75\n  name: run\n",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
    let unknown = folder.run(&["catalogue", "explain", "frobnicate"]);
    assert_eq!(unknown.status, 0);
    assert!(unknown.out.contains("No server that is known has it."));
    let arguments = ["catalogue", "explain", "run_runbok", "--server", "octopusdeploy/mcp-server"];
    let wrong = folder.run(&arguments);
    assert_eq!(wrong.status, 2);
    assert!(wrong.err.contains("did you mean `run_runbook`?"), "{}", wrong.err);
}
